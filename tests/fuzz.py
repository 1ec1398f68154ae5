"""Bytes of strangers, changed at random, on their whole way to a page: `make fuzz`, or `python tests/fuzz.py feeds --minutes 60 SEEDS…`.

With atheris (a wheel of its own, no dependency of ours) what is changed is chosen by the code that it reaches; without it, seeds are mutated
blindly. A finding is told once, with its input kept in the folder of findings. An input is right where

- nothing is raised but what is declared (feedparser's and trafilatura's own faults are their document's: `Parsers` holds them),
- no text has half a surrogate pair, and every text keeps its bound,
- the page is read again as it was written, has no raw HTML, and is made twice the same,
- the time is at most SECONDS and as much again for each megabyte.
"""

from __future__ import annotations

import argparse
import hashlib
import importlib
import random
import signal
import sys
import time
import traceback
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from types import FrameType
from typing import Any

SECONDS = 2.0
LONGEST = 200_000  # bytes of an input
NOW = datetime(2026, 11, 23, tzinfo=UTC)
DICTIONARY = """&#55357; &#x110000; &#99999999999; <![CDATA[ ]]> <!DOCTYPE <item> </item> <entry> <guid> <link> <title> <description> <content:encoded>
<media:player> <gml:pos> <dc:date> <pubDate> xml:lang= xml:base= type="html" type="xhtml" encoding="utf-16" href=" \\ud800 "items":[ "id": "url": CVE-2026-
1,1, ... “ ” 2026-11-23T00:00:00Z $1,000 U.S. http:// javascript: [^1]: | ``` <script> --- !!! {{ }}""".split()


FEED = """<?xml version="1.0"?><rss version="2.0"><channel><title>A &amp; B</title><link>https://outlet.example/</link>
<item><title>Maker repairs a flaw in version 4.2</title><link>https://outlet.example/1</link><guid>1</guid>
<pubDate>Mon, 23 Nov 2026 09:00:00 GMT</pubDate><description>&lt;p&gt;CVE-2026-1234 is fixed, “it is critical”, said the U.S. agency.&lt;/p&gt;
</description></item></channel></rss>"""
JSON = """{"version": "https://jsonfeed.org/version/1.1", "title": "A", "items": [{"id": 1, "url": "https://outlet.example/2", "title": "Two towns",
"content_text": "Two towns have $1,000 each. Nobody knows why.", "date_published": "2026-11-23T09:00:00Z"}]}"""


class TooSlow(BaseException):
    """The clock's: nothing of ours may catch it."""


class Wrong(Exception):
    """A promise that an input breaks."""


def feeds(data: bytes) -> None:
    """Bytes as a feed → entries → stories → analysis by rule → page → front matter and body read again."""
    from groundwire.feeds.items import CONTENT, EXCERPT, ID_LENGTH, TITLE, URL_LENGTH, NotAFeed
    from groundwire.feeds.parse import parse_feed

    try:
        parsed = parse_feed(data, url="https://feeds.example/rss.xml", headers={}, now=NOW)
    except NotAFeed:
        return
    except Exception as error:
        if _of_a_library(error):
            return
        raise
    for item in parsed.items:
        sizes = ((item.title, TITLE), (item.excerpt, EXCERPT), (item.content, CONTENT), (item.url, URL_LENGTH))
        for value, bound in (*sizes, (item.id, ID_LENGTH + URL_LENGTH + 10)):
            value.encode("utf-8")
            if len(value) > bound:
                raise Wrong(f"a text of {len(value)} characters, where {bound} are allowed")
    if len({item.id for item in parsed.items}) < len(parsed.items):
        raise Wrong("two entries have one id")
    _pages(parsed.items)


def articles(data: bytes) -> None:
    """Bytes as an article's page → its text → analysis by rule → page."""
    from groundwire.feeds.article import extract
    from groundwire.feeds.items import CONTENT, Item
    from groundwire.feeds.web import Document
    from groundwire.text.plain import clean

    try:
        found = extract(Document("https://outlet.example/1", 200, {"content-type": "text/html"}, data))
    except Exception as error:
        if _of_a_library(error):
            return
        raise
    found.text.encode("utf-8")
    if len(found.text) > CONTENT:
        raise Wrong("a text without a bound")
    if found.text:
        title, excerpt = clean(found.text[:200].partition("\n")[0]), clean(found.text[200:1_000])
        _pages([Item("1", "https://outlet.example/1", title, excerpt, found.text, NOW)])


def plain(data: bytes) -> None:
    """Bytes as the plain text of an entry, so that every change reaches our own code."""
    from groundwire.feeds.items import Item, within_bounds
    from groundwire.text.plain import clean, whole

    text = whole(data.decode("utf-8", "replace"))
    lines = "\n".join(line for raw in text.splitlines() if (line := clean(raw)))
    _pages([within_bounds(Item("1", "https://outlet.example/1", clean(text[:250]) or "T", clean(text), lines, NOW))])


BOUNDARIES: dict[str, Callable[[bytes], None]] = {"feeds": feeds, "articles": articles, "plain": plain}


def _pages(items: Sequence[Any]) -> None:
    """What a run makes of entries, without the network and the disk."""
    from groundwire.analysis.classify import category_of
    from groundwire.events.choose import score
    from groundwire.events.group import group
    from groundwire.events.hold import allegation
    from groundwire.model import Entry, Feed

    feed = Feed(url="https://feeds.example/rss.xml", name="Outlet")
    entries = [
        Entry(feed, item.id, item.url, item.title, item.excerpt, item.content, item.published, language=item.language)
        for item in items
        if item.url and item.title
    ]
    for story in group(entries[:12])[:3]:
        ranked = score(story, now=NOW)
        for entry in ranked.entries[:8]:
            allegation(entry.title, entry.excerpt)
        _page(ranked, category_of(ranked, _categories()))


def _page(story: Any, category: str) -> None:
    from groundwire.analysis.extractive import ExtractiveAnalyst
    from groundwire.checking.body import read_body
    from groundwire.feeds.fulltext import from_feed
    from groundwire.model import Source
    from groundwire.publication.article_body import compose_body
    from groundwire.publication.article_meta import article_meta, article_path
    from groundwire.publication.evidence import notes_of
    from groundwire.publication.frontmatter import ArticleMeta, compose, parse

    made = []
    for _ in range(2):
        sources = [
            Source(number, entry, (text := from_feed(entry)) or entry.excerpt or entry.title, bool(text))
            for number, entry in enumerate(story.entries[:3], start=1)
        ]
        analysis = ExtractiveAnalyst(_categories()).analyse(story, sources, category=category)
        body = compose_body(analysis, sources)
        meta = article_meta(story, analysis, sources, body=body, now=NOW, language="en")
        made.append(compose(meta, body))
    made[0].encode("utf-8")
    again = parse(made[0], ArticleMeta, file=article_path(meta, taken=lambda path: False))
    if made[0] != made[1]:
        raise Wrong("made twice, it is not the same")
    if again.meta != meta or again.body.strip() != body.strip() or not again.pristine:
        raise Wrong("read again, it is another page")
    found = read_body(body)
    if found.remarks or any(wrong for _, wrong, _ in found.footnotes):
        raise Wrong(f"rendered, it has {found.remarks or found.footnotes}"[:300])
    notes_of(body)


def _categories() -> Any:
    from groundwire import resources
    from groundwire.publication.categories import load_categories

    if not _KEPT:
        _KEPT.append(load_categories(resources.PACKAGE / "nowhere"))
    return _KEPT[0]


_KEPT: list[Any] = []


def _of_a_library(error: BaseException) -> bool:
    """Whether an exception was raised in a library's own code: what it reaches is held by `Parsers`, and named."""
    frames = traceback.extract_tb(error.__traceback__)
    return bool(frames) and any("site-packages" in frame.filename for frame in frames[-4:])


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


class Fuzzer:
    """Runs inputs, tells each kind of finding once, and keeps its input."""

    def __init__(self, name: str, folder: Path) -> None:
        self.name, self.read, self.folder = name, BOUNDARIES[name], folder
        self.inputs, self.kinds = 0, dict[str, int]()

    def one(self, data: bytes) -> None:
        """One input."""
        self.inputs += 1
        limit = SECONDS * (1 + len(data) / 1_000_000)
        signal.setitimer(signal.ITIMER_PROF, limit)
        try:
            self.read(data)
        except TooSlow as error:
            self._found(f"more than {limit:.1f} s", data, error)
        except Exception as error:
            self._found(repr(error)[:200], data, error)
        finally:
            signal.setitimer(signal.ITIMER_PROF, 0)

    def _found(self, what: str, data: bytes, error: BaseException) -> None:
        ours = [f"{f.filename.rpartition('groundwire/')[2]}:{f.lineno}" for f in traceback.extract_tb(error.__traceback__)]
        kind = f"{type(error).__name__} at {' < '.join(ours[:-4:-1])}"
        self.kinds[kind] = self.kinds.get(kind, 0) + 1
        if self.kinds[kind] > 1:
            return
        self.folder.mkdir(parents=True, exist_ok=True)
        path = self.folder / f"{self.name}-{hashlib.sha256(data).hexdigest()[:12]}"
        path.write_bytes(data)
        path.with_suffix(".txt").write_text(
            what + "\n" + "".join(traceback.format_exception(error)), encoding="utf-8", errors="replace"
        )
        _say(f"FOUND {kind}: {what} ({path.name})")


def mutated(data: bytes, other: bytes, chance: random.Random) -> bytes:
    """A seed changed in one to five places."""
    out = bytearray(data[:LONGEST])
    for _ in range(chance.randint(1, 5)):
        start = chance.randrange(len(out) + 1)
        end = min(len(out), start + chance.choice((0, 1, 4, 40, 400)))
        word = chance.choice(DICTIONARY).encode()
        piece = chance.choice(
            (b"", bytes([chance.randrange(256)]), word, word * chance.choice((2, 50, 2_000)), out[start:end] * 3)
        )
        far = chance.randrange(len(other) + 1)
        out[start:end] = other[far : far + 200] if chance.random() < 0.15 else piece
    return bytes(out[:LONGEST])


def seeds_of(places: Sequence[Path]) -> list[bytes]:
    """The files to begin with; the tests' own documents where none are named."""
    files = [file for place in places for file in ([place] if place.is_file() else sorted(place.rglob("*"))) if file.is_file()]
    return [file.read_bytes() for file in files if file.stat().st_size <= LONGEST] or [
        text.encode()
        for text in (FEED, JSON, f"<html><body><article><h1>A bridge</h1>{'<p>It opens on Friday, the city said.</p>' * 30}")
    ]


def _blindly(fuzzer: Fuzzer, seeds: Sequence[bytes], seconds: float, chance: random.Random) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        fuzzer.one(mutated(chance.choice(seeds), chance.choice(seeds), chance))


def stop_by_the_clock() -> None:
    """Make the clock of each input raise TooSlow."""

    def stop(number: int, frame: FrameType | None) -> None:
        raise TooSlow

    signal.signal(signal.SIGPROF, stop)


def main() -> None:
    """Fuzz one boundary."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("boundary", choices=BOUNDARIES)
    parser.add_argument("seeds", nargs="*", type=Path, help="files and folders to begin with")
    parser.add_argument("--minutes", type=float, default=1.0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--findings", type=Path, default=Path("findings"))
    asked = parser.parse_args()

    stop_by_the_clock()
    fuzzer, chance = Fuzzer(asked.boundary, asked.findings), random.Random(asked.seed)
    seeds = seeds_of(asked.seeds)
    try:
        atheris = importlib.import_module("atheris")
    except ImportError:
        _blindly(fuzzer, seeds, asked.minutes * 60, chance)
    else:
        _guided(atheris, fuzzer, seeds, asked.minutes * 60, asked.seed)
    _say(f"{asked.boundary}: {fuzzer.inputs} inputs, {len(fuzzer.kinds)} kinds of findings")
    sys.exit(bool(fuzzer.kinds))


def _guided(atheris: Any, fuzzer: Fuzzer, seeds: Sequence[bytes], seconds: float, seed: int) -> None:
    """By coverage of our code. libFuzzer ends the process itself, so what was found is told as it comes, and the count now and then."""
    with atheris.instrument_imports(
        include=["groundwire.feeds", "groundwire.record", "groundwire.events", "groundwire.analysis"]
    ):
        fuzzer.one(seeds[0])  # imports what it needs
    corpus = fuzzer.folder / f"corpus-{fuzzer.name}"
    corpus.mkdir(parents=True, exist_ok=True)
    for data in seeds:
        (corpus / hashlib.sha256(data).hexdigest()[:20]).write_bytes(data)
    words = fuzzer.folder / "words.txt"
    lines = ["".join(rf"\x{byte:02x}" for byte in word.encode()) for word in DICTIONARY]
    words.write_text("".join(f'"{line}"\n' for line in lines), encoding="ascii")

    def one(data: bytes) -> None:
        fuzzer.one(data)
        if fuzzer.inputs % 500 == 0:
            _say(f"{fuzzer.name}: {fuzzer.inputs} inputs, {len(fuzzer.kinds)} kinds of findings")

    options = [f"-max_total_time={int(seconds)}", f"-max_len={LONGEST}", f"-seed={seed}", "-timeout=120", "-rss_limit_mb=3000"]
    atheris.Setup([sys.argv[0], str(corpus), f"-dict={words}", *options], one)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
