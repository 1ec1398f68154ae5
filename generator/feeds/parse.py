"""Feed documents (RSS, RDF, Atom by feedparser; JSON Feed by jsonfeed.py) as items of plain text.

feedparser gets bytes, with its sanitiser and its resolver off: nh3 and our own URL resolving are safer and twice as fast.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from generator.feeds.dates import read_date
from generator.feeds.items import MAX_ITEMS, Item, NotAFeed, Parsed, absolute, body_text, with_identities
from generator.feeds.jsonfeed import looks_like, parse_json
from generator.feeds.markup import title_text
from generator.record.text import clean, shorten, words

VERSION = 2  # of what comes out of here; cached items of another version are parsed anew


def parse_feed(body: bytes, *, url: str, headers: Mapping[str, str], now: datetime) -> Parsed:
    """The feed in `body`. Raises NotAFeed with the reason."""
    if not body.strip():
        raise NotAFeed("the document is empty")
    is_json = looks_like(body, headers.get("content-type", ""))
    parsed = parse_json(body, url=url, now=now) if is_json else _parse_xml(body, url=url, headers=headers, now=now)
    items = tuple(replace(item, language=item.language or parsed.language) for item in parsed.items)
    return with_identities(replace(parsed, items=items))


def _parse_xml(body: bytes, *, url: str, headers: Mapping[str, str], now: datetime) -> Parsed:
    import feedparser  # 60 ms, and only where something is parsed

    kept = {name: headers[name] for name in ("content-type", "content-language") if name in headers}
    found = feedparser.parse(body, response_headers=kept, sanitize_html=False, resolve_relative_uris=False)
    if not found.get("version") and not found.entries:
        raise NotAFeed(_what_it_is(body))
    feed = found.feed
    base = absolute(url, feed.get("link", "")) or url
    items = tuple(_item(entry, base=base, now=now) for entry in found.entries[:MAX_ITEMS])
    warning = f"not well-formed ({clean(str(found.get('bozo_exception', '')))[:120]})" if found.get("bozo") else ""
    ttl = str(feed.get("ttl", "")).strip()
    return Parsed(
        title_text(feed.get("title", "")),
        base,
        items,
        warning,
        int(ttl) if ttl.isdecimal() and len(ttl) < 6 else 0,
        clean(str(feed.get("language", "")))[:20] or None,
    )


def _item(entry: Any, *, base: str, now: datetime) -> Item:
    link = entry.get("link", "") or _first_link(entry)
    summary = body_text(entry.get("summary", ""))
    bodies = [body_text(part.get("value", "")) for part in entry.get("content", []) if _is_text(part.get("type", ""))]
    content = max(bodies, key=len, default="")
    if not content and len(words(summary)) > 150:  # feeds that carry the whole article as its description
        content = summary
    raw_dates = (entry.get("published"), entry.get("updated"), entry.get("created"))
    return Item(
        id=clean(str(entry.get("id", "")))[:1000],
        url=absolute(base, link),
        title=title_text(entry.get("title", "")),
        excerpt=clean(summary) or shorten(content, 60),
        content=content,
        published=next((d for raw in raw_dates if (d := read_date(raw, now=now))), None),
        language=clean(str((entry.get("summary_detail") or {}).get("language") or ""))[:20] or None,
    )


def _is_text(kind: str) -> bool:
    return kind in ("", "text/plain", "text/html", "application/xhtml+xml", "html", "xhtml", "text")


def _first_link(entry: Any) -> str:
    links: Sequence[Any] = entry.get("links", [])
    plain_links = [x.get("href", "") for x in links if x.get("rel", "alternate") == "alternate"]
    enclosed = [x.get("href", "") for x in links if x.get("rel") == "enclosure"]
    found = next((href for href in [*plain_links, *enclosed] if href), "")
    if not found and entry.get("guidislink", False):
        return str(entry.get("id", ""))
    if not found and re.match(r"https?://", str(entry.get("id", ""))):
        return str(entry.get("id", ""))
    return str(found)


def _what_it_is(body: bytes) -> str:
    start = body[:2_000].lower()
    if b"<html" in start or b"<!doctype html" in start:
        return "the address answers with an HTML page, not with a feed"
    return "the document is neither RSS, Atom nor JSON Feed"
