"""Every real and hostile document of the corpus through the real parsing processes: nothing crashes, nothing is lost, nothing runs."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from html.parser import HTMLParser
from pathlib import Path
from typing import Any, NamedTuple

import markdown
import pytest

from groundwire.feeds.items import NotAFeed, Parsed
from groundwire.feeds.parse import parse_feed
from groundwire.feeds.workers import MEGABYTES, SECONDS, Parsers
from groundwire.text.escape import escape, link

NOW = datetime(2026, 11, 23, tzinfo=UTC)
EXTENSIONS = ["footnotes", "tables", "toc", "attr_list", "admonition"]
URL = "https://feeds.example/feed.xml"
LIVE = re.compile(r"<(?:script|iframe|object|embed|svg|img|form|link|meta|style)\b|<[a-z][^>]*\son\w+\s*=", re.IGNORECASE)


class Read(NamedTuple):
    """What one document gave, in the bounded process."""

    file: str
    parsed: Parsed | None
    reason: str
    stable: bool
    live: list[str]


def read_one(path: str) -> tuple[Parsed | None, str, bool, list[str]]:
    """Runs in a parsing process; twice what is small, since a second reading differs by no size."""
    body = Path(path).read_bytes()
    try:
        parsed = parse_feed(body, url=URL, headers={}, now=NOW)
    except NotAFeed as error:
        return None, str(error), True, []
    again = parse_feed(body, url=URL, headers={}, now=NOW) if len(body) < 50_000 else parsed
    return parsed, "", [i.id for i in again.items] == [i.id for i in parsed.items], list(live_in(parsed))


def live_in(parsed: Parsed) -> Iterator[str]:
    """What would run or lead elsewhere, as it stands and as it is rendered."""
    texts = [parsed.title, parsed.link]
    for item in parsed.items:
        texts += [item.id, item.title, item.excerpt[:2_000], item.content[:2_000]]
        if re.match(r"\s*(?:javascript|vbscript|data):", item.id, re.IGNORECASE):
            yield f"id {item.id[:200]!r}"
        if item.url and not re.match(r"https?://[^\s<>\"]+$", item.url, re.IGNORECASE):
            yield f"link {item.url!r}"
    for text in texts:
        if LIVE.search(text):
            yield f"live {text[:200]!r}"


@pytest.mark.slow
def test_the_whole_corpus(corpus: Path) -> None:
    """One test, since it is one reading: with two processes of pytest it would else be done twice."""
    rows = (json.loads(line) for line in (corpus / "manifest.jsonl").read_text(encoding="utf-8").splitlines())
    manifest = {row["file"]: row for row in rows if row["file"].startswith("feeds/")}
    everything = read_all(corpus, [*manifest, *(f"attack/{p.name}" for p in sorted((corpus / "attack").iterdir()))])
    assert len(everything) > 3_900
    complaints = [f"{read.file}: {what}" for read in everything for what in wrong(read, manifest.get(read.file, {}))]
    assert complaints == [], "\n".join(complaints)


def read_all(corpus: Path, files: list[str]) -> list[Read]:
    """Every document, in the processes that a run uses."""
    with Parsers() as parsers, ThreadPoolExecutor(4) as pool:

        def read(file: str) -> Read:
            try:
                return Read(file, *parsers.call(read_one, str(corpus / file)))
            except NotAFeed as error:
                return Read(file, None, str(error), True, [])

        return list(pool.map(read, files))


def wrong(read: Read, row: dict[str, Any]) -> Iterator[str]:
    """What a document did that none may do. `row` is its line of the manifest; an attack has none, and may be stopped."""
    if row and re.search(r"more than|broke the parser|deeply", read.reason):
        yield f"over {SECONDS} s or {MEGABYTES} MB, or a crash: {read.reason}"
    items = read.parsed.items if read.parsed else ()
    if row.get("realworld") and len(items) < row.get("items", 0):  # what feedparser finds alone; of JSON, what is there
        yield f"{len(items)} items of {row['items']} {read.reason}"
    ids = [item.id for item in items]
    if not read.stable or len(set(ids)) < len(ids) or not all(ids):
        yield "ids that change, repeat or are empty"
    yield from read.live
    for item in items[:3]:
        tags = _Tags(markdown.markdown(f"{link(item.title, item.url)}\n\n{escape(item.excerpt[:500])}", extensions=EXTENSIONS))
        if not tags.names <= {"p", "a"} or not all(re.match(r"https?://", to, re.IGNORECASE) for to in tags.links):
            yield f"rendered with {tags.names}, {tags.links}"


class _Tags(HTMLParser):
    """The names of a page's tags, and where its links lead."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.names: set[str] = set()
        self.links: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.names.add(tag)
        self.links += [value or "" for name, value in attrs if name in ("href", "src")]
