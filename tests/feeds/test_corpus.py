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

import pytest

from generator.feeds.items import NotAFeed, Parsed
from generator.feeds.parse import parse_feed
from generator.feeds.workers import MEGABYTES, SECONDS, Parsers
from generator.record.escape import escape, link

NOW = datetime(2026, 11, 23, tzinfo=UTC)
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


@pytest.fixture(scope="module")
def manifest(corpus: Path) -> dict[str, dict[str, Any]]:
    rows = (json.loads(line) for line in (corpus / "manifest.jsonl").read_text(encoding="utf-8").splitlines())
    return {row["file"]: row for row in rows if row["file"].startswith("feeds/")}


@pytest.fixture(scope="module")
def everything(corpus: Path, manifest: dict[str, dict[str, Any]]) -> list[Read]:
    """Every document of the corpus, once for all tests of this file."""
    files = [*manifest, *(f"attack/{p.name}" for p in sorted((corpus / "attack").iterdir()))]
    with Parsers() as parsers, ThreadPoolExecutor(4) as pool:

        def read(file: str) -> Read:
            try:
                return Read(file, *parsers.call(read_one, str(corpus / file)))
            except NotAFeed as error:
                return Read(file, None, str(error), True, [])

        return list(pool.map(read, files))


@pytest.mark.slow
@pytest.mark.xdist_group("corpus")
class TestTheWholeCorpus:
    def test_is_there(self, everything: list[Read]) -> None:
        assert len(everything) > 3_900

    def test_nothing_breaks_its_bounds(self, everything: list[Read]) -> None:
        feeds = [
            r for r in everything if r.file.startswith("feeds/")
        ]  # what attacks may be stopped, which is what bounds are for
        broken = [(r.file, r.reason) for r in feeds if re.search(r"more than|broke the parser|deeply", r.reason)]
        assert broken == [], f"over {SECONDS} s, {MEGABYTES} MB, or a crash"

    def test_no_item_is_lost(self, everything: list[Read], manifest: dict[str, dict[str, Any]]) -> None:
        for read in everything:
            row = manifest.get(read.file, {})
            if row.get("realworld"):
                assert read.parsed is not None, (read.file, read.reason)
                assert len(read.parsed.items) >= row.get("items", 0), (
                    read.file
                )  # what feedparser finds alone; of JSON, what is there

    def test_ids_are_stable_and_one_of_a_kind(self, everything: list[Read]) -> None:
        for read in everything:
            ids = [item.id for item in read.parsed.items] if read.parsed else []
            assert read.stable, read.file
            assert len(set(ids)) == len(ids), read.file
            assert all(ids), read.file

    def test_nothing_is_live(self, everything: list[Read]) -> None:
        found = [(read.file, live) for read in everything for live in read.live]
        assert found == [], "\n".join(map(str, found))

    def test_nothing_is_live_when_rendered(self, everything: list[Read]) -> None:
        import markdown

        machine = markdown.Markdown(extensions=["footnotes", "tables", "toc", "attr_list", "admonition"])
        for read in everything:
            for item in (read.parsed.items if read.parsed else ())[:3]:
                page = f"{link(item.title, item.url)}\n\n{escape(item.excerpt[:500])}"
                machine.reset()
                found = _Tags(machine.convert(page))
                assert found.names <= {"p", "a"}, (read.file, found.names)
                assert all(re.match(r"https?://", target, re.IGNORECASE) for target in found.links), (read.file, found.links)


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
