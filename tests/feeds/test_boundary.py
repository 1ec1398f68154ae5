"""Where others' documents become entries: what one document does is its own failure, and what enters is bounded text that a file can hold."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from groundwire.feeds import items
from groundwire.feeds.items import NotAFeed
from groundwire.feeds.memory import Memories
from groundwire.feeds.parse import parse_feed
from groundwire.feeds.reader import WebReader
from groundwire.feeds.unpack import MEMBERS, Unpackable, unpack
from groundwire.feeds.web import Document, Web
from groundwire.feeds.workers import Parsers
from groundwire.model import Feed
from groundwire.settings import Fetch
from support import FeedServer, rss

NOW = datetime(2026, 11, 23, tzinfo=UTC)
GOOD = rss({"title": "A bridge over the northern river opens on Monday", "link": "https://outlet.example/1"})
SPACES = (
    'xmlns:georss="http://www.georss.org/georss" xmlns:gml="http://www.opengis.net/gml" xmlns:media="http://search.yahoo.com/mrss/" '
    'xmlns:psc="http://podlove.org/simple-chapters"'
)


def feed(inside: str) -> str:
    item = f"<item><title>Other words about something else</title><link>https://b.example/1</link>{inside}</item>"
    return f'<?xml version="1.0"?><rss version="2.0" {SPACES}><channel><title>b</title>{item}</channel></rss>'


# Each makes feedparser raise what it does not declare.
RAISING = [
    feed("<gml:pos>1 2</gml:pos>").encode(),
    feed("<gml:exterior/><gml:posList>1 2</gml:posList>").encode(),
    feed("</media:player>").encode(),
    feed("<description>&#x110000;</description>").encode("utf-16"),
]


# Texts of which each held a run for minutes.
HOLDING = "".join(
    f"<item><title>{n} holds {unit}</title><link>https://b.example/{n}</link><description>{(unit * 1_000_000)[:1_000_000]}</description></item>"
    for n, unit in enumerate([".", "1,", "CVE-2026-", "-", "A-", "\u0301\u0327", ". a"])
)


@pytest.fixture(scope="module")
def parsers() -> Iterator[Parsers]:
    with Parsers(processes=1) as pool:
        yield pool


def _raise(number: int) -> None:
    class Strange(Exception):
        """One that cannot go from process to process."""

        def __init__(self, first: str, second: str) -> None:
            super().__init__(first + second)

    error: Exception
    for error in [KeyError("where"), OverflowError("too large"), Strange("a", "b\ud800"), RecursionError(), StopIteration()][
        number:
    ]:
        raise error


@pytest.mark.parametrize("number", range(5))
def test_whatever_a_document_makes_its_reader_raise_is_a_reason(parsers: Parsers, number: int) -> None:
    with pytest.raises(NotAFeed) as caught:
        parsers.call(_raise, number)
    assert str(caught.value).encode()  # a file can hold it
    assert parsers.call(len, "next") == 4


def test_documents_that_break_or_hold_the_reader_do_no_harm_to_others(
    publication: Callable[..., Path], server: FeedServer
) -> None:
    holding = GOOD.replace("<item>", f"{HOLDING}<item>").encode()
    root = publication(*(server.put(f"/{n}", document) for n, document in enumerate([*RAISING, holding])))
    command = [sys.executable, "-m", "groundwire", "update", "-C", str(root)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=240, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("feed failed: ") == len(RAISING)
    pages = [path.read_text(encoding="utf-8") for path in (root / "content" / "articles").rglob("*.md")]
    assert any("northern river" in page for page in pages)


def test_a_fault_of_the_client_is_the_documents_too(server: FeedServer, parsers: Parsers, tmp_path: Path) -> None:
    class Faulty(Web):
        def get(self, url: str, *, headers: object = None) -> Document:
            if url.endswith("/bad"):
                raise UnicodeError("a header that nobody foresaw")
            return super().get(url)

    feeds = [Feed(url=server.url("/bad")), Feed(url=server.put("/good", GOOD))]
    with Faulty(Fetch(allow_networks=("127.0.0.0/8",)), user_agent="t") as web:
        found = {r.feed.url: r for r in WebReader(web, parsers, Memories(tmp_path)).read(feeds, now=NOW)}
    assert "nobody foresaw" in found[feeds[0].url].error
    assert len(found[feeds[1].url].entries) == 1


REFERENCES = st.sampled_from(["&#55357;", "&#56832;", "&#xD83D;", "&#xde00;", "&#x110000;", "&#1114112;", "&#99999999999999;", "&#xFFFFFFFFFFFF;", "&#0;", "&#65;", "A", " ", "&amp;"])  # fmt: skip


def strings(parsed: items.Parsed) -> Iterator[str]:
    yield from (parsed.title, parsed.link, parsed.warning)
    for item in parsed.items:
        yield from (item.id, item.url, item.title, item.excerpt, item.content, item.language or "")


@settings(deadline=None)  # the machine may be busy
@given(
    st.lists(REFERENCES, min_size=1, max_size=6).map("".join), st.sampled_from(["title", "link", "description", "guid", "author"])
)
def test_character_references_of_xml_bring_no_half_surrogate(text: str, element: str) -> None:
    for made in (text, f"<![CDATA[{text}]]>"):
        document = f"<rss version='2.0'><channel><title>{made}</title><item><title>T</title><{element}>{made}</{element}></item></channel></rss>"
        for string in strings(parse_feed(document.encode(), url="https://f.example/", headers={}, now=NOW)):
            string.encode("utf-8")


def test_two_halves_of_a_character_are_that_character() -> None:
    parsed = parse_feed(feed("<description>Great news &#55357;&#56832; &#xD83D;&#xDE00; for &#xD800; all</description>").encode(), url="https://f.example/", headers={}, now=NOW)  # fmt: skip
    assert parsed.items[0].excerpt == "Great news 😀 😀 for � all"
    assert not parsed.warning


@settings(deadline=None)  # the machine may be busy
@given(
    st.text(st.characters(), max_size=8),
    st.sampled_from(["id", "url", "title", "summary", "content_text", "content_html", "language"]),
)
def test_no_escape_of_json_brings_a_half_surrogate(text: str, key: str) -> None:
    document = {"version": "https://jsonfeed.org/version/1.1", "title": text + "\ud83d", "items": [{"id": "1", "title": "T", key: f"\udc00{text}\ud83d"}]}  # fmt: skip
    for string in strings(parse_feed(json.dumps(document).encode(), url="https://f.example/", headers={}, now=NOW)):
        string.encode("utf-8")


@pytest.mark.parametrize("blank", [" ", ""])
def test_every_text_that_enters_has_a_bound_in_characters(blank: str) -> None:
    long = f"word{blank}" * 100_000
    keys = ("id", "url", "title", "summary", "content_text", "language")
    large = [dict.fromkeys(keys, long), {**dict.fromkeys(keys, long), "url": f"https://f.example/{long}"}]
    small = [{"id": str(n), "title": "T"} for n in range(3_000)]
    document = {"version": "https://jsonfeed.org/version/1.1", "title": long, "items": [*large, *small]}
    parsed = [parse_feed(json.dumps(document).encode(), url="https://f.example/", headers={}, now=NOW)]
    parsed += [parse_feed(feed(f"<description>{long}</description><guid>{long}</guid>").replace("Other", long).encode(), url="https://f.example/", headers={}, now=NOW)]  # fmt: skip
    for one in parsed:
        assert len(one.items) <= items.MAX_ITEMS
        assert len(one.title) <= items.TITLE
        for item in one.items:
            assert len(item.title) <= items.TITLE
            assert len(item.excerpt) <= items.EXCERPT
            assert len(item.content) <= items.CONTENT
            assert len(item.url) <= items.URL_LENGTH
            assert len(item.id) <= items.ID_LENGTH + items.URL_LENGTH + 10


EMPTY = bytes.fromhex("1f8b08000000000000ff0300000000000000000000")[:20]


def test_members_without_end_are_refused_in_no_time() -> None:
    began = time.process_time()
    with pytest.raises(Unpackable, match="pieces"):
        unpack(EMPTY * 400_000, "gzip", limit=10_000_000)
    assert time.process_time() - began < 2
    assert unpack(EMPTY * MEMBERS, "gzip", limit=10) == b""


def test_what_is_cut_of_a_feed_is_named_and_the_newest_entries_are_kept() -> None:
    day = "2026-11-{:02}T{:02}:00:00Z"
    rows = [
        {"id": str(n), "url": f"https://f.example/{n}", "title": "T", "date_published": day.format(1 + n // 150, n % 24)}
        for n in range(2_500)
    ]
    rows[-1]["content_text"] = "word " * 50_000
    document = {"version": "https://jsonfeed.org/version/1.1", "items": rows}
    parsed = parse_feed(json.dumps(document).encode(), url="https://f.example/", headers={}, now=NOW)
    assert len(parsed.items) == items.MAX_ITEMS
    assert parsed.items[-1].id == "2499"
    assert "only the newest 2,000 are read" in parsed.warning
    assert "only the first 200,000 characters" in parsed.warning


def test_the_same_item_a_thousand_times_costs_no_square() -> None:
    document = feed("").replace(
        "</channel>", ("<item><title>T</title><guid>" + "x" * 900 + "</guid></item>") * 1_900 + "</channel>"
    )
    began = time.process_time()
    parsed = parse_feed(document.encode(), url="https://f.example/", headers={}, now=NOW)
    assert len({item.id for item in parsed.items}) == len(parsed.items)
    assert time.process_time() - began < 20


@pytest.mark.parametrize("line", [b'<?xml version="1.0" %s', b'<?xml version="1.0" encoding="utf-8"?><rss><!-- %s -->'])
def test_a_first_line_of_many_encodings_takes_no_time(line: bytes) -> None:
    body = (
        line % (b'encoding="utf-16" ' * 20_000)
        + b"<rss version='2.0'><channel><item><title>T</title><guid>1</guid></item></channel></rss>"
    )
    began = time.process_time()
    with suppress(NotAFeed):
        parse_feed(body, url="https://a.example/f", headers={}, now=datetime(2026, 11, 23, tzinfo=UTC))
    assert time.process_time() - began < 10
