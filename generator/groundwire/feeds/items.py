"""Items of feeds, whatever format they came in: the type, the shared readers of text and links, and identity."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TypeVar
from urllib.parse import urljoin, urlsplit

from groundwire.errors import Unreadable
from groundwire.feeds.markup import paragraphs
from groundwire.text.addresses import canonical
from groundwire.text.escape import safe_url
from groundwire.text.plain import clean, cut, digest, whole

MAX_ITEMS = 2_000
CONTENT_WORDS = 20_000
# What enters of one item, in characters. A longer text is cut, of a longer id a hash is taken, a longer address is none.
MARKUP = 2_000_000  # of a text as HTML
TITLE, EXCERPT, CONTENT = 300, 10_000, 200_000
ID_LENGTH = 1_000
URL_LENGTH = 4_000
T = TypeVar("T")
_POST = re.compile(r"<p>\s*+The post (?:(?!</?p>).){0,900}+</p>", re.DOTALL | re.IGNORECASE)
_NEVER = re.compile(r"(?:javascript|vbscript|data|blob|file|about):", re.IGNORECASE)


class NotAFeed(Unreadable):
    """The document is no feed; the text says what it is instead."""


@dataclass(frozen=True)
class Item:
    """One item as parsed. `published` is None where the publisher gives no readable date."""

    id: str
    url: str
    title: str
    excerpt: str
    content: str
    published: datetime | None
    language: str | None = None


@dataclass(frozen=True)
class Parsed:
    """A feed's items, its own title and link, and a warning where the document is broken but readable. `listed`: how many items it has."""

    title: str
    link: str
    items: tuple[Item, ...]
    warning: str = ""
    ttl_minutes: int = 0
    language: str | None = None
    listed: int = 0


def taken(value: object, limit: int = MARKUP) -> str:
    """Return a value of a document as text: without half surrogates, at most `limit` characters; '' for what is neither text nor number.

    Every text of a feed enters through here.
    """
    if isinstance(value, int | float) and not isinstance(value, bool):
        value = str(value)
    return whole(value[:limit]) if isinstance(value, str) else ""


def newest(entries: Sequence[T], date_of: Callable[[T], datetime | None]) -> list[T]:
    """Return the entries in their order; of more than MAX_ITEMS the newest, those without a date last."""
    if len(entries) <= MAX_ITEMS:
        return list(entries)
    dates = [date_of(entry) for entry in entries]
    ranked = sorted(
        range(len(entries)), key=lambda n: (dates[n] is None, -(found.timestamp() if (found := dates[n]) else 0.0), n)
    )
    return [entries[n] for n in sorted(ranked[:MAX_ITEMS])]


def within_bounds(item: Item) -> Item:
    """Return the item with its texts cut to what one item may have."""
    title, excerpt, content = cut(item.title, TITLE), cut(item.excerpt, EXCERPT), cut(item.content, CONTENT)
    return replace(item, title=title, excerpt=excerpt, content=content)


def body_text(markup: str) -> str:
    """Return the text of an item without markup, a block (paragraph, heading, list item) a line."""
    lines, room = [], CONTENT_WORDS
    for block in paragraphs(strip_furniture(markup)):
        parts = block.split()
        lines.append(" ".join(parts[:room]))
        room -= len(parts)
        if room <= 0:
            break
    return "\n".join(lines)


def strip_furniture(markup: str) -> str:
    """Remove what is not the article's text from HTML: WordPress' "The post … appeared first on …" closing line."""
    if "appeared first on" not in markup:
        return markup
    return _POST.sub(lambda m: "" if "appeared first on" in m.group().lower() else m.group(), markup)


def absolute(base: str, link: str) -> str:
    """Return the link made absolute, '' where there is none or it is no web address.

    Line breaks go first, as browsers do it (WHATWG).
    """
    text = clean(re.sub(r"[\t\r\n]", "", link[: URL_LENGTH + 1]))
    try:
        url = safe_url(urljoin(base, text)) if 0 < len(text) <= URL_LENGTH else ""
    except ValueError:
        return ""
    return url if len(url) <= URL_LENGTH else ""


def identifier(raw: str) -> str:
    """Return a publisher's id as it stands, or a hash of it: where it is too long to keep or would be an address that runs."""
    text = clean(raw)
    return f"sha256:{digest(text, length=32)}" if len(text) > ID_LENGTH or _NEVER.match(text) else text


def with_identities(parsed: Parsed) -> Parsed:
    """Give each item an id that is one of a kind in its feed.

    guid; guid + address where the guid repeats; canonical address; the address with its fragment where only that differs
    (one page of news, an anchor an item); else a hash of the text.
    """
    places = [canonical(item.url) for item in parsed.items]
    ids, addresses, urls = Counter(i.id for i in parsed.items), Counter(places), Counter(i.url for i in parsed.items)
    out: dict[str, Item] = {}
    seen: Counter[str] = Counter()
    for item, place in zip(parsed.items, places, strict=True):
        address = place if addresses[place] == 1 else item.url if urls[item.url] == 1 and urlsplit(item.url).fragment else ""
        address = "" if address in ids and not item.id else address  # another item's guid
        one = base = _identity(item, address, repeated=ids[item.id] > 1)
        while one in out:  # the same item twice, to the letter
            seen[base] += 1
            one = f"{base}#{seen[base] + 1}"
        out[one] = replace(item, id=one)
    return replace(parsed, items=tuple(out.values()))


def _identity(item: Item, address: str, *, repeated: bool) -> str:
    if item.id and not repeated:
        return item.id
    if address:
        return f"{item.id}|{address}" if item.id else address
    return f"sha256:{digest(item.id, item.url, item.title, item.excerpt, item.content, length=32)}"
