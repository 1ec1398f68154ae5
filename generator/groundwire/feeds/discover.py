"""The feed behind a page: what its <link rel="alternate"> names, else where feeds usually are."""

from __future__ import annotations

import re
from urllib.parse import urljoin, urlsplit

from groundwire.feeds.items import absolute
from groundwire.feeds.markup import attributes

_TAGS = re.compile(r"<(link|a|base)\b([^<>]{1,2000}+)>", re.IGNORECASE)
_TYPES = ("application/rss+xml", "application/atom+xml", "application/feed+json", "application/rdf+xml", "application/json")
_LOOKS = re.compile(
    r"(?:/|^)(?:rss|feed|atom)(?:[./?]|$)|\.(?:rss|atom|rdf)(?:\?|$)|(?:rss|atom|feed|index)\.(?:xml|json)$", re.IGNORECASE
)
USUAL = ("feed/", "feed.xml", "rss.xml", "atom.xml", "index.xml", "rss", "feed.json")
MOST = 8


def named_feeds(page: str, *, url: str) -> list[str]:
    """Return the addresses that a page calls its feeds, best first, at most 8.

    The announced ones come first, then links that look like one. Feeds of comments come last: they are announced beside the one
    that is meant (WordPress).
    """
    announced: list[str] = []
    linked: list[str] = []
    base = url
    for name, rest in _TAGS.findall(page):
        found = attributes(rest)
        target = found.get("href", "")
        if name.lower() == "base":
            base = urljoin(url, target)
        elif _announces(found):
            announced.append(absolute(base, target))
        elif name.lower() == "a" and _LOOKS.search(target):
            linked.append(absolute(base, target))
    named = [one for one in dict.fromkeys([*announced, *linked]) if one]
    return sorted(named, key=lambda one: "comment" in one.lower())[:MOST]


def usual_places(url: str) -> list[str]:
    """Return where a site's feed usually is, from the page's own folder up to the root."""
    parts = urlsplit(url)
    root = f"{parts.scheme}://{parts.netloc}/"
    folder = url.split("?")[0].split("#")[0].rstrip("/") + "/"
    return list(dict.fromkeys([*([f"{folder}feed/"] if folder != root else []), *(root + place for place in USUAL)]))


def _announces(link: dict[str, str]) -> bool:
    rel = link.get("rel", "").lower().split()
    kind = link.get("type", "").split(";")[0].strip().lower()
    return "alternate" in rel and kind in _TYPES and "wp-json" not in link.get("href", "")
