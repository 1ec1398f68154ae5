"""Feed documents (RSS, RDF, Atom by feedparser; JSON Feed by jsonfeed.py) as items of plain text.

feedparser gets bytes, with its sanitiser and its resolver off: nh3 and our own URL resolving are safer and twice as fast.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from groundwire.feeds.dates import read_date
from groundwire.feeds.items import (
    CONTENT,
    MAX_ITEMS,
    Item,
    NotAFeed,
    Parsed,
    absolute,
    body_text,
    identifier,
    newest,
    taken,
    with_identities,
    within_bounds,
)
from groundwire.feeds.jsonfeed import looks_like, parse_json
from groundwire.feeds.language import language_of, tag
from groundwire.feeds.markup import headline, inert, title_text
from groundwire.feeds.repair import mended, speaks_of_items, with_short_declaration, with_sound_references
from groundwire.text.plain import clean, shorten, words

VERSION = 4  # of what comes out of here; cached items of another version are parsed anew
_WEB = re.compile(r"https?://", re.IGNORECASE)
_HTML = re.compile(rb"<(?:!doctype\s+html|html|head|body)[\s>]", re.IGNORECASE)
_TEXT_TYPES = frozenset({"", "text/plain", "text/html", "application/xhtml+xml", "html", "xhtml", "text"})


def parse_feed(body: bytes, *, url: str, headers: Mapping[str, str], now: datetime) -> Parsed:
    """Read the feed in `body`. Raises NotAFeed with the reason."""
    if not body.strip(b" \t\r\n\0\xef\xbb\xbf"):
        raise NotAFeed("the document is empty")
    is_json = looks_like(body, headers.get("content-type", ""))
    parsed = parse_json(body, url=url, now=now) if is_json else _parse_xml(body, url=url, headers=headers, now=now)
    items = tuple(_with_language(within_bounds(item), parsed.language) for item in parsed.items)
    return with_identities(replace(parsed, items=items, warning="; ".join(_warnings(parsed))))


def _warnings(parsed: Parsed) -> Iterator[str]:
    """Say what is wrong with a document that was read, and what of it was cut."""
    if parsed.warning:
        yield parsed.warning
    if unlinked := sum(1 for item in parsed.items if not item.url):
        yield f"{unlinked} of {len(parsed.items)} entries have no link and are left out"
    if long := sum(1 for item in parsed.items if len(item.content) > CONTENT):
        yield f"of {long} entries only the first {CONTENT:,} characters are read"
    if parsed.listed > MAX_ITEMS:
        yield f"of {parsed.listed:,} entries only the newest {MAX_ITEMS:,} are read"


def _with_language(item: Item, declared: str | None) -> Item:
    text = f"{item.title}. {item.excerpt if len(item.excerpt) > len(item.content) else item.content}"
    return replace(item, language=language_of(text, item.language or declared))


def _parse_xml(body: bytes, *, url: str, headers: Mapping[str, str], now: datetime) -> Parsed:
    body = with_short_declaration(with_sound_references(body))
    found = _feedparsed(body, headers)
    why = clean(str(found.get("bozo_exception", ""))[:1_000])[:120] if found.get("bozo") else ""
    if not found.entries and speaks_of_items(body):
        again = _feedparsed(mended(body), {})
        found, why = (again, why or "its beginning") if again.entries else (found, why)
    if not found.get("version") and not found.entries:
        raise NotAFeed(_what_it_is(body))
    feed = found.feed
    base = absolute(url, taken(feed.get("link"))) or url
    ttl = taken(feed.get("ttl"), 100).strip()
    atom = str(found.get("version", "")).startswith("atom")
    return Parsed(
        title_text(taken(feed.get("title"))),
        base,
        tuple(
            _item(entry, base=base, atom=atom, now=now) for entry in newest(found.entries, lambda entry: _date(entry, now=now))
        ),
        f"not well-formed ({why})" if why else "",
        int(ttl) if ttl.isdecimal() and len(ttl) < 6 else 0,
        tag(taken(feed.get("language"))),
        len(found.entries),
    )


def _feedparsed(body: bytes, headers: Mapping[str, str]) -> Any:
    import feedparser  # 60 ms, and only where something is parsed

    kept = {name: headers[name] for name in ("content-type", "content-language") if name in headers}
    return feedparser.parse(body, response_headers=kept, sanitize_html=False, resolve_relative_uris=False)


def _item(entry: Any, *, base: str, atom: bool, now: datetime) -> Item:
    summary = _body(taken(entry.get("summary")), entry.get("summary_detail"), atom=atom)
    content = max((_body(taken(part.get("value")), part, atom=atom) for part in entry.get("content", [])), key=len, default="")
    if not content and len(words(summary)) > 150:  # feeds that carry the whole article as its description
        content = summary
    name = taken(entry.get("title"))
    title = title_text(name, is_html=not _is_plain(name, entry.get("title_detail"), atom=atom))
    excerpt = clean(summary) or shorten(content, 60)
    return Item(
        id=identifier(taken(entry.get("id"))),
        url=absolute(base, _link(entry)),
        title=headline(title, excerpt=excerpt, content=content),
        excerpt=excerpt,
        content=content,
        published=_date(entry, now=now),
        language=tag(_detail(entry.get("summary_detail"), "language")),
    )


def _body(text: str, detail: Any, *, atom: bool) -> str:
    if _detail(detail, "type").lower() not in _TEXT_TYPES:  # a picture, or a document of another kind, inside the feed
        return ""
    if not _is_plain(text, detail, atom=atom):
        return body_text(text)
    return "\n".join(inert(line) for line in (clean(raw) for raw in text.splitlines()) if line)


def _is_plain(text: str, detail: Any, *, atom: bool) -> bool:
    """Say whether a text is no HTML.

    Atom says so (RFC 4287, section 3.1.1); of RSS feedparser guesses, and a closing tag tells.
    """
    return _detail(detail, "type").lower() == "text/plain" and (atom or "</" not in text)


def _detail(detail: Any, key: str) -> str:
    return taken((detail or {}).get(key))


def _date(entry: Any, *, now: datetime) -> datetime | None:
    """Return the first of its dates that can be read, in the publisher's own words (feedparser's reading is not asked)."""
    # dict.get: feedparser's own get() answers `updated` with `published`, and warns that it does.
    raw = (taken(dict.get(entry, key)) for key in ("published", "updated", "created"))
    return next((found for text in raw if (found := read_date(text, now=now))), None)


def _link(entry: Any) -> str:
    """Return an entry's link; else its page or its enclosure.

    Else its guid, where that is a whole web address (RSS 2.0, isPermaLink).
    """
    link, guid = taken(entry.get("link")), taken(entry.get("id"))
    if link and (link != guid or _WEB.match(link)):
        return link
    links = [(x.get("rel", "alternate"), taken(x.get("href"))) for x in entry.get("links", [])]
    for wanted in ("alternate", "enclosure"):
        found = next((href for rel, href in links if rel == wanted and href and href != guid), "")
        if found:
            return found
    return guid if _WEB.match(guid) else ""


def _what_it_is(body: bytes) -> str:
    if _HTML.search(body, 0, 4_000):
        return "the address answers with an HTML page, not with a feed"
    return "the document is neither RSS, Atom nor JSON Feed"
