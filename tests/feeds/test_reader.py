"""Feeds over loopback HTTP: conditional, paced, polite; a failure is a value and costs no entry."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from groundwire.feeds.memory import Memories
from groundwire.feeds.reader import WebReader
from groundwire.feeds.web import Web
from groundwire.feeds.workers import Parsers
from groundwire.model import Feed, FeedResult
from groundwire.settings import Fetch
from support import FeedServer, rss

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
ITEM = {"title": "One", "link": "https://outlet.example/1", "guid": "1"}
Read = Callable[..., FeedResult]


@pytest.fixture(scope="module")
def parsers() -> Iterator[Parsers]:
    with Parsers(processes=1) as pool:
        yield pool


@pytest.fixture
def read(parsers: Parsers, tmp_path: Path) -> Iterator[Read]:
    """Reads one feed at a time of the clock, in hours after NOW."""
    with Web(Fetch(allow_networks=("127.0.0.0/8",), timeout_s=5), user_agent="t") as web:
        memories = Memories(tmp_path)

        def one(url: str, *, hours: float = 0, force: bool = False) -> FeedResult:
            reader = WebReader(web, parsers, memories, force=force)
            return next(iter(reader.read([Feed(url=url)], now=NOW + hours * HOUR)))

        yield one


def test_validators_go_back_verbatim_and_a_304_keeps_the_entries(server: FeedServer, read: Read) -> None:
    etag, modified = 'W/"a\u00fc-1"', "Sun, 22 Nov 2026 09:00:00 GMT"

    def answer(headers: dict[str, str]) -> tuple[int, dict[str, str], bytes]:
        if headers.get("if-none-match"):
            return 304, {"Cache-Control": "max-age=7200"}, b""
        return 200, {"ETag": etag, "Last-Modified": modified}, rss(ITEM).encode()

    server.pages["/f"] = answer
    assert not read(server.url("/f")).unchanged
    second = read(server.url("/f"), hours=1)
    assert (second.unchanged, second.error, [e.title for e in second.entries]) == (True, "", ["One"])
    assert server.asked[1][1]["if-none-match"].encode("latin-1").decode("latin-1") == etag
    assert server.asked[1][1]["if-modified-since"] == modified
    read(server.url("/f"), hours=2.9)
    assert server.count("/f") == 2  # the 304's max-age holds
    read(server.url("/f"), hours=3)
    assert server.asked[2][1]["if-none-match"] == server.asked[1][1]["if-none-match"]


def test_an_unchanged_body_is_parsed_no_more(server: FeedServer, tmp_path: Path) -> None:
    class Counting(Parsers):
        parsed = 0

        def parse(self, *args: object, **kwargs: object) -> object:  # type: ignore[override]  # only counts
            Counting.parsed += 1
            return super().parse(*args, **kwargs)  # type: ignore[arg-type]  # as given

    url = server.put("/f", rss(ITEM))
    with Web(Fetch(allow_networks=("127.0.0.0/8",)), user_agent="t") as web, Counting(processes=1) as pool:
        reader = WebReader(web, pool, Memories(tmp_path), force=True)
        results = [next(iter(reader.read([Feed(url=url)], now=NOW + n * HOUR))) for n in range(3)]
    assert ([r.unchanged for r in results], Counting.parsed) == ([False, True, True], 1)


def test_a_validator_that_is_gone_is_sent_no_more(server: FeedServer, read: Read) -> None:
    server.put("/f", rss(ITEM), ETag='"1"')
    read(server.url("/f"))
    server.put("/f", rss(ITEM))
    read(server.url("/f"), hours=1)
    read(server.url("/f"), hours=2)
    assert ["if-none-match" in headers for _, headers in server.asked] == [False, True, False]


@pytest.mark.parametrize(
    ("headers", "ttl", "not_before", "by"),
    [
        ({}, "", 0.99, 1),
        ({"Cache_Control": "max-age=60"}, "", 0.99, 1),
        ({"Cache_Control": "public, max-age=10800"}, "", 2.9, 3),
        ({"Cache_Control": "s-maxage=99999"}, "", 0.99, 1),
        ({"Expires": "Mon, 23 Nov 2026 13:00:00 GMT"}, "", 3.9, 4),
        ({"Expires": "Mon, 23 Nov 2026 13:00:00 GMT", "Cache_Control": "max-age=0"}, "", 0.99, 1),
        ({"Expires": "0"}, "", 0.99, 1),
        ({}, "180", 2.9, 3),
        ({"Cache_Control": "max-age=99999999"}, "", 23.4, 24),
        ({}, "99999", 23.4, 24),
    ],
)
def test_the_next_check(server: FeedServer, read: Read, headers: dict[str, str], ttl: str, not_before: float, by: float) -> None:
    body = rss(ITEM).replace("<link>", f"<ttl>{ttl}</ttl><link>", 1) if ttl else rss(ITEM)
    url = server.put("/f", body, **headers)  # type: ignore[arg-type]  # none of them is called status
    read(url)
    assert read(url, hours=not_before).unchanged
    assert server.count("/f") == 1
    read(url, hours=by)
    assert server.count("/f") == 2


def test_force_asks_what_is_not_due(server: FeedServer, read: Read) -> None:
    url = server.put("/f", rss(ITEM))
    read(url)
    read(url, hours=0.1, force=True)
    assert server.count("/f") == 2


def test_back_off_doubles_and_ends_at_a_day(server: FeedServer, read: Read) -> None:
    url, hours = server.put("/f", "", status=500), 0.0
    read(url)
    pauses = []
    for _ in range(7):
        asked, wait = server.count("/f"), 0.0
        while server.count("/f") == asked:
            wait += 0.5
            read(url, hours=hours + wait)
        pauses.append(wait)
        hours += wait
    assert pauses == [1.0, 2.0, 4.0, 8.0, 15.5, 23.5, 23.5]


@pytest.mark.parametrize(("value", "hours"), [("10800", 3), ("Mon, 23 Nov 2026 14:00:00 GMT", 5), ("5", 1), ("9999999", 23.5)])
def test_retry_after_is_kept_within_a_day(server: FeedServer, read: Read, value: str, hours: float) -> None:
    url = server.put("/f", "", status=503, Retry_After=value)
    read(url)
    read(url, hours=hours - 0.1)
    assert server.count("/f") == 1
    read(url, hours=hours)
    assert server.count("/f") == 2


def test_a_host_that_wants_to_be_left_alone_is(server: FeedServer, parsers: Parsers, tmp_path: Path) -> None:
    feeds = [Feed(url=server.put(f"/{n}", "", status=429, Retry_After="7200")) for n in range(10)]
    with Web(Fetch(allow_networks=("127.0.0.0/8",)), user_agent="t") as web:
        reader = WebReader(web, parsers, Memories(tmp_path))
        assert len(list(reader.read(feeds, now=NOW))) == 10
        assert len(server.asked) <= 2  # one a lane
        list(reader.read(feeds, now=NOW + 1.9 * HOUR))
        assert len(server.asked) <= 2


def test_gone_is_confirmed_then_never_asked_again(server: FeedServer, read: Read) -> None:
    url = server.put("/f", "", status=410)
    assert "410" in read(url).error
    assert "gone for good" in read(url, hours=1).error
    assert "gone for good" in read(url, hours=24 * 60).error
    assert server.count("/f") == 2
    server.put("/f", rss(ITEM))
    assert read(url, hours=24 * 61, force=True).error == ""
    assert read(url, hours=24 * 62).error == ""


def test_a_permanent_redirect_is_proposed_after_the_third_time(server: FeedServer, read: Read) -> None:
    url = server.put("/f", "", status=301, Location="/new")
    server.put("/new", rss(ITEM))
    warnings = [read(url, hours=n).warning for n in range(4)]
    assert warnings[:2] == ["", ""]
    assert warnings[2] == warnings[3] == f"has moved for good: write url: {server.url('/new')}"


def test_a_failing_feed_stays_failing_while_it_is_not_asked(server: FeedServer, read: Read) -> None:
    url = server.put("/f", rss(ITEM))
    read(url)
    server.put("/f", "<!doctype html><html>502</html>")
    first = read(url, hours=1)
    assert "HTML page" in first.error
    assert [e.title for e in first.entries] == ["One"]  # what was read before is still there
    assert read(url, hours=1.5).error == first.error
    server.put("/f", rss(ITEM))
    assert read(url, hours=2).error == ""
    assert read(url, hours=2.1).error == ""


def test_a_feed_that_refuses_machines_gives_its_excerpts_only(server: FeedServer, read: Read) -> None:
    item = {**ITEM, "description": "word " * 400}
    free, closed = server.put("/a", rss(item)), server.put("/b", rss(item), tdm_reservation="1")
    assert read(free).entries[0].content
    assert not read(closed).entries[0].content


def test_a_memory_that_is_damaged_is_forgotten(server: FeedServer, read: Read, tmp_path: Path) -> None:
    url = server.put("/f", rss(ITEM))
    read(url)
    for damage in ("", "[]", '{"version": 3}', "\0" * 40):
        for path in sorted(tmp_path.glob("*.json")):
            path.write_text(damage)
            assert [e.title for e in read(url).entries] == ["One"]


def test_a_slow_host_does_not_hold_the_others(server: FeedServer, parsers: Parsers, tmp_path: Path) -> None:
    busy: list[int] = []
    most = 0
    lock = threading.Lock()

    def slow(headers: dict[str, str]) -> tuple[int, dict[str, str], bytes]:
        nonlocal most
        with lock:
            busy.append(1)
            most = max(most, len(busy))
        time.sleep(0.1)
        with lock:
            busy.pop()
        return 200, {}, rss(ITEM).encode()

    for n in range(6):
        server.pages[f"/{n}"] = slow
    feeds = [Feed(url=server.url(f"/{n}")) for n in range(6)]
    quick = Feed(url=server.put("/quick", rss(ITEM)).replace("127.0.0.1", "127.0.0.2"))
    with Web(
        Fetch(allow_networks=("127.0.0.0/8",)), user_agent="t", routes={("127.0.0.2", server.port): ("127.0.0.1", server.port)}
    ) as web:
        order = [r.feed.url for r in WebReader(web, parsers, Memories(tmp_path), concurrency=3).read([*feeds, quick], now=NOW)]
    assert most == 2
    assert order.index(quick.url) < 4


def test_our_own_bug_stops_the_run(server: FeedServer, parsers: Parsers, tmp_path: Path) -> None:
    class Broken(Memories):
        def keep(self, memory: object, *, items: bool = True) -> None:
            raise KeyError("our bug")

    url = server.put("/f", rss(ITEM))
    with Web(Fetch(allow_networks=("127.0.0.0/8",)), user_agent="t") as web, pytest.raises(KeyError):
        list(WebReader(web, parsers, Broken(tmp_path)).read([Feed(url=url)], now=NOW))
