"""JSON Feed 1.0 and 1.1 (jsonfeed.org): feedparser reads neither."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from groundwire.feeds.dates import read_date
from groundwire.feeds.items import Item, NotAFeed, Parsed, absolute, body_text, identifier, newest, taken
from groundwire.feeds.language import tag
from groundwire.feeds.markup import headline, inert, plain, title_text
from groundwire.text.plain import clean, shorten, words


def looks_like(body: bytes, content_type: str) -> bool:
    """Say whether a document claims to be JSON: by its first character, whatever its type says."""
    return body.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] == b"{" or ("json" in content_type.lower() and body.lstrip()[:1] == b"[")


def parse_json(body: bytes, *, url: str, now: datetime) -> Parsed:
    """Read the items of a JSON Feed. Raises NotAFeed."""
    try:
        text = body.decode("utf-8-sig", "replace").strip()
        data, end = json.JSONDecoder(strict=False).raw_decode(text)
    except (ValueError, RecursionError):
        raise NotAFeed("the document is JSON, but broken") from None
    if (
        not isinstance(data, dict)
        or not isinstance(data.get("items"), list)
        or "jsonfeed.org/version" not in str(data.get("version", ""))
    ):
        raise NotAFeed("the document is JSON, but no JSON Feed")
    base = absolute(url, taken(data.get("home_page_url"))) or url
    objects = [raw for raw in data["items"] if isinstance(raw, dict)]
    items = tuple(_item(raw, base=base, now=now) for raw in newest(objects, lambda raw: _date(raw, now=now)))
    warning = "something stands after the end of the JSON" if text[end:].strip() else ""
    title = title_text(taken(data.get("title")), is_html=False)
    return Parsed(title, base, items, warning, language=tag(taken(data.get("language"))), listed=len(objects))


def _item(raw: dict[str, Any], *, base: str, now: datetime) -> Item:
    content = body_text(taken(raw.get("content_html"))) or _lines(taken(raw.get("content_text")))
    excerpt = plain(taken(raw.get("summary"))) or (clean(content) if len(words(content)) <= 80 else shorten(content, 60))
    return Item(
        id=identifier(taken(raw.get("id"))),
        url=absolute(base, taken(raw.get("url")) or taken(raw.get("external_url"))),
        title=headline(title_text(taken(raw.get("title")), is_html=False), excerpt=excerpt, content=content),
        excerpt=excerpt,
        content=content,
        published=_date(raw, now=now),
        language=tag(taken(raw.get("language"))),
    )


def _date(raw: dict[str, Any], *, now: datetime) -> datetime | None:
    dates = (raw.get("date_published"), raw.get("date_modified"))
    return next((d for value in dates if (d := read_date(taken(value), now=now))), None)


def _lines(text: str) -> str:
    """Read `content_text`, plain by the specification, as blocks: its own lines."""
    return "\n".join(line for raw in text.splitlines() if (line := inert(clean(raw))))
