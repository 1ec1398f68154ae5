"""Items of feeds, whatever format they came in: the type, the shared readers of text and links, and identity."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import datetime
from urllib.parse import urljoin

from generator.feeds.markup import paragraphs
from generator.record.escape import safe_url
from generator.record.text import clean, digest
from generator.record.urls import canonical

MAX_ITEMS = 2_000
CONTENT_WORDS = 20_000


class NotAFeed(Exception):
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
    """A feed's items, its own title and link, and a warning where the document is broken but readable."""

    title: str
    link: str
    items: tuple[Item, ...]
    warning: str = ""
    ttl_minutes: int = 0
    language: str | None = None


def body_text(markup: str) -> str:
    """The text of an item without markup, a block (paragraph, heading, list item) a line."""
    lines, room = [], CONTENT_WORDS
    for block in paragraphs(strip_furniture(markup)):
        lines.append(" ".join(block.split()[:room]))
        room -= len(block.split())
        if room <= 0:
            break
    return "\n".join(lines)


def strip_furniture(markup: str) -> str:
    """HTML without what is not the article's text: WordPress' "The post … appeared first on …" closing line."""
    return re.sub(r"<p>\s*The post .{0,600}?appeared first on .{0,300}?</p>", "", markup, flags=re.DOTALL | re.IGNORECASE)


def absolute(base: str, link: str) -> str:
    """The link made absolute, '' where it is no web address."""
    try:
        return safe_url(urljoin(base, clean(link)))
    except ValueError:
        return ""


def with_identities(parsed: Parsed) -> Parsed:
    """Items with ids that are one of a kind in their feed: guid; guid + url where repeated; canonical URL; hash of the text."""
    counts: dict[str, int] = {}
    urls: dict[str, int] = {}
    for item in parsed.items:
        counts[item.id] = counts.get(item.id, 0) + 1
        urls[canonical(item.url)] = urls.get(canonical(item.url), 0) + 1
    out: dict[str, Item] = {}
    for item in parsed.items:
        one = base = _identity(item, repeated=counts[item.id] > 1, url_repeated=urls[canonical(item.url)] > 1)
        nth = 1
        while one in out:  # the same item twice, to the letter
            nth += 1
            one = f"{base}#{nth}"
        out[one] = replace(item, id=one)
    return replace(parsed, items=tuple(out.values()))


def _identity(item: Item, *, repeated: bool, url_repeated: bool) -> str:
    address = canonical(item.url)
    if item.id and not repeated:
        return item.id
    if item.id and address and not url_repeated:
        return f"{item.id}|{address}"
    if address and not url_repeated:
        return address
    return f"sha256:{digest(item.id, address, item.title, item.excerpt, item.content, length=32)}"
