"""The text of an article: from the feed where it carries it, else from its page where the feed's settings say so.

A page is fetched only where robots.txt, its rules for AI agents and `tdm-reservation` allow it. What is found is kept in
.groundwire/fulltext/ and never uploaded. A paywall or a stub counts as excerpt only and is marked.
"""

from __future__ import annotations

import codecs
import json
import re
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from generator.feeds.web import Document, FetchError, Web
from generator.model import Access, Entry, Source
from generator.record.text import clean, digest, words

# Who else a publisher means when it refuses machines that analyse: their rules are obeyed as if they were ours.
AI_AGENTS = ("ClaudeBot", "Claude-Web", "anthropic-ai", "GPTBot", "CCBot", "Google-Extended")
AGENT = "Groundwire"
LEAST_WORDS = 120
_NOT_FREE = re.compile(r'"isAccessibleForFree"\s*:\s*"?(?:false|False)"?')
_RESERVED = re.compile(r"<meta[^>]+name=[\"']tdm-reservation[\"'][^>]+content=[\"']1[\"']", re.IGNORECASE)
_WORD_COUNT = re.compile(r'"wordCount"\s*:\s*"?(\d{2,6})')


@dataclass(frozen=True)
class Text:
    """What a page gave: its text ('' if none may be had), and who may read it."""

    text: str
    access: Access = "free"


class WebFullText:
    """Finds articles' texts over HTTP, robots.txt first; both are remembered."""

    def __init__(self, web: Web, folder: Path) -> None:
        self._web, self._folder = web, folder
        self._robots: dict[str, Any] = {}
        self._lock = threading.Lock()

    def source(self, entry: Entry, *, number: int) -> Source:
        """The entry as a source, with as much text as its feed's settings and its publisher allow."""
        carried = from_feed(entry)
        if carried or entry.feed.fulltext is not True:
            return Source(number, entry, carried or entry.excerpt or entry.title, bool(carried))
        found = self._recall(entry.url) or self._remember(entry.url, self._fetch(entry.url))
        if found.text:
            return Source(number, entry, found.text, True, found.access)
        return Source(number, entry, entry.excerpt or entry.title, False, found.access)

    def _fetch(self, url: str) -> Text:
        try:
            if not self._may(url):
                return Text("")
            return extract(self._web.get(url, headers={"Accept": "text/html, application/xhtml+xml"}))
        except FetchError as error:
            return Text("", "paywalled" if error.status in (401, 402, 403) else "free")

    def _may(self, url: str) -> bool:
        parts = urlsplit(url)
        origin = f"{parts.scheme}://{parts.netloc}"
        with self._lock:
            if origin not in self._robots:
                self._robots[origin] = self._read_robots(origin)
            rules = self._robots[origin]
        if rules is None:
            return True
        if rules is False:
            return False
        return all(rules.can_fetch(url, agent) for agent in (AGENT, *AI_AGENTS))

    def _read_robots(self, origin: str) -> Any:
        from protego import Protego

        try:
            return Protego.parse(self._web.get(f"{origin}/robots.txt").body[:500_000].decode("utf-8", "replace"))
        except FetchError as error:
            return None if 400 <= error.status < 500 else False  # RFC 9309, section 2.3.1: unreachable means all refused

    def _recall(self, url: str) -> Text | None:
        try:
            raw = json.loads(self._path(url).read_text(encoding="utf-8"))
            return Text(raw["text"], raw["access"]) if raw["url"] == url else None
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def _remember(self, url: str, found: Text) -> Text:
        self._folder.mkdir(parents=True, exist_ok=True)
        temporary = self._path(url).with_suffix(f".{threading.get_ident()}.tmp")
        data = {"url": url, "text": found.text, "access": found.access}
        temporary.write_text(json.dumps(data, ensure_ascii=False), encoding="utf-8", errors="replace")
        temporary.replace(self._path(url))
        return found

    def _path(self, url: str) -> Path:
        return self._folder / f"{digest(url, length=20)}.json"


def from_feed(entry: Entry) -> str:
    """The article's text where the feed itself carries it: clearly more than the excerpt. '' otherwise."""
    if entry.feed.fulltext is False:
        return ""
    size = len(words(entry.content))
    return entry.content if (size >= LEAST_WORDS and size > 1.3 * len(words(entry.excerpt))) or size >= 300 else ""


def extract(document: Document) -> Text:
    """The article in a page, by trafilatura; nothing where the publisher reserves text mining, a mark where it is paid."""
    if _says_reserved(document.headers):
        return Text("")
    page = document.body.decode(_charset(document.headers), "replace")
    if _RESERVED.search(page):
        return Text("")
    access: Access = "paywalled" if _NOT_FREE.search(page) else "free"
    import trafilatura

    found = trafilatura.extract(page, url=document.url, favor_precision=True, include_comments=False, include_tables=False)
    text = "\n".join(line for raw in (found or "").splitlines() if (line := clean(raw)))
    claimed = _WORD_COUNT.search(page)
    stub = claimed is not None and len(words(text)) * 3 < int(claimed.group(1))
    if access == "paywalled" or stub or len(words(text)) < LEAST_WORDS:
        return Text("", "paywalled" if stub else access)
    return Text(text, access)


def _says_reserved(headers: Mapping[str, str]) -> bool:
    return headers.get("tdm-reservation", "").strip() == "1"


def _charset(headers: Mapping[str, str]) -> str:
    match = re.search(r"charset=[\"']?([\w.:-]+)", headers.get("content-type", ""), re.IGNORECASE)
    try:
        return codecs.lookup(match.group(1)).name if match else "utf-8"
    except LookupError:
        return "utf-8"
