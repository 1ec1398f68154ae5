"""The text of an article: from the feed where it carries it, else from its page where the feed's settings say so.

A page is fetched only where robots.txt, its rules for AI agents and `tdm-reservation` allow it. What is found is kept in
.groundwire/fulltext/ and never uploaded. A paywall or a stub counts as excerpt only and is marked.
"""

from __future__ import annotations

import json
import threading
from concurrent.futures import BrokenExecutor
from dataclasses import replace
from pathlib import Path

from groundwire.feeds.article import LEAST_WORDS, Text, extract
from groundwire.feeds.items import CONTENT
from groundwire.feeds.language import language_of
from groundwire.feeds.permission import Permission
from groundwire.feeds.web import Document, FetchError, Web
from groundwire.feeds.workers import Parsers
from groundwire.model import Access, Entry, Source
from groundwire.ports import Tell
from groundwire.text.addresses import host
from groundwire.text.bounded import reason
from groundwire.text.plain import cut, digest, words

# What an answer says of who may read; any other refusal says nothing of it.
_CLOSED: dict[int, Access] = {401: "registration", 402: "paywalled"}
_FINAL = (401, 402, 404, 410, 451)


class WebFullText:
    """Finds articles' texts over HTTP, permission first; both are remembered.

    With `parsers`, pages are read in processes that can be killed, as feeds are. `tell` is told which page could not be read, and why.
    """

    def __init__(
        self,
        web: Web,
        folder: Path,
        parsers: Parsers | None = None,
        *,
        permission: Permission | None = None,
        tell: Tell = lambda _line: None,
    ) -> None:
        self._web, self._folder, self._parsers, self._tell = web, folder, parsers, tell
        self._permission = permission or Permission(web, folder.parent / "robots", parsers)
        self._turns: dict[str, threading.Lock] = {}
        self._lock = threading.Lock()

    def source(self, entry: Entry, *, number: int) -> Source:
        """Return the entry as a source, with its language and as much text as its feed's settings and publisher allow."""
        carried = from_feed(entry)
        if carried or entry.feed.fulltext is not True:
            return _source(entry, number, carried, "free")
        with self._turn_of(host(entry.url)):
            found = self._recall(entry.url) or self._find(entry.url)
        return _source(entry, number, found.text, found.access)

    def _turn_of(self, site: str) -> threading.Lock:
        """Return the host's lock: its articles are asked for one after another, however many stories are worked on at once."""
        with self._lock:
            return self._turns.setdefault(site, threading.Lock())

    def _find(self, url: str) -> Text:
        """Find the text at an address. What may be better another time is not kept."""
        try:
            if not self._permission.may(url):
                return Text("")
            document = self._web.get(url, headers={"Accept": "text/html, application/xhtml+xml"})
            if document.url != url and not self._permission.may(document.url):
                return Text("")
            found = self._read(document)
        except FetchError as error:
            found = Text("", _CLOSED.get(error.status, "free"))
            if error.status not in _FINAL:
                return found
        except BrokenExecutor:  # the processes themselves: no page's doing
            raise
        except Exception as error:  # whatever one page does to its reader is that page's failure
            self._tell(f"{url}: no full text, as {reason(error)}")
            found = Text("")
        return self._remember(url, found)

    def _read(self, document: Document) -> Text:
        document = replace(document, headers=dict(document.headers))
        return self._parsers.call(extract, document) if self._parsers else extract(document)

    def _recall(self, url: str) -> Text | None:
        try:
            raw = json.loads(self._path(url).read_text(encoding="utf-8"))
            return Text(cut(raw["text"], CONTENT), raw["access"]) if raw["url"] == url else None
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
        return text_file(self._folder, url)


def text_file(folder: Path, url: str) -> Path:
    """Return the file in the folder in which the text of an address is kept."""
    return folder / f"{digest(url, length=20)}.json"


def from_feed(entry: Entry) -> str:
    """Return the article's text where the feed itself carries it: clearly more than the excerpt. '' otherwise."""
    if entry.feed.fulltext is False:
        return ""
    size = len(words(entry.content))
    return entry.content if (size >= LEAST_WORDS and size > 1.3 * len(words(entry.excerpt))) or size >= 300 else ""


def _source(entry: Entry, number: int, text: str, access: Access) -> Source:
    """Make the source, in the language that the owner says, else that its text shows."""
    read = text or entry.excerpt or entry.title
    language = entry.feed.language or language_of(read, entry.language)
    return Source(number, replace(entry, language=language), read, bool(text), access)
