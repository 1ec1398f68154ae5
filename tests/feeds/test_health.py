"""Health: pure, from the ledger's rows; a quiet run adds none."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from groundwire.feeds.health import health, rhythm, transitions
from groundwire.feeds.memory import Memory
from groundwire.model import Entry, Feed, FeedResult

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
FEED = Feed(url="https://o.example/feed", name="Outlet")
DAY = timedelta(days=1)


def result(*ages: float, error: str = "") -> FeedResult:
    """A feed with entries so many days old."""
    entries = tuple(Entry(FEED, str(n), f"https://o.example/{n}", "T", published=NOW - age * DAY) for n, age in enumerate(ages))
    return FeedResult(FEED, entries, error=error)


def run(rows: list[dict[str, Any]], found: FeedResult, *, days: float = 0) -> list[dict[str, Any]]:
    """The rows that a run adds, `days` after NOW, with their stamps."""
    now = NOW + days * DAY
    new = [{"at": now.isoformat(), **row} for row in transitions([found], rows, now=now)]
    rows += new
    return new


def test_a_quiet_run_adds_nothing() -> None:
    rows: list[dict[str, Any]] = []
    assert [r["event"] for r in run(rows, result(0.5, 2, 4))] == ["news"]
    assert [run(rows, result(0.5, 2, 4), days=n) for n in (0.1, 1, 30)] == [[], [], []]


def test_news_are_noted_once_a_day() -> None:
    rows: list[dict[str, Any]] = []
    run(rows, result(3, 4))
    assert run(rows, result(2.1, 3)) == []
    assert [r["newest"] for r in run(rows, result(2.0, 3))] == ["2026-11-21T09:00:00Z"]


def test_failing_once_recovered_once() -> None:
    rows: list[dict[str, Any]] = []
    broken = result(1, error="the server says 404 Not Found")
    assert [r["event"] for r in run(rows, broken)] == ["failing", "news"]
    assert run(rows, result(1, error="no answer within 20 s"), days=1) == []
    state = health([FEED], rows, now=NOW + DAY)[0]
    assert (state.state, state.failing_since, state.why) == ("failing", NOW, "the server says 404 Not Found")
    assert [r["event"] for r in run(rows, result(1), days=2)] == ["recovered"]
    assert health([FEED], rows, now=NOW + 2 * DAY)[0].failing_since is None


@pytest.mark.parametrize(
    ("ages", "silent", "state"),
    [
        ((0, 1, 2, 3), 13, "ok"),
        ((0, 1, 2, 3), 15, "stale"),  # daily: a fortnight of silence
        ((0, 7, 14, 21), 20, "ok"),
        ((0, 7, 14, 21), 22, "stale"),  # weekly: three weeks
        ((0, 30, 60), 89, "ok"),
        ((0, 30, 60), 91, "stale"),
        ((0,), 15, "stale"),
    ],
)
def test_stale_by_its_own_rhythm(ages: tuple[float, ...], silent: float, state: str) -> None:
    rows: list[dict[str, Any]] = []
    run(rows, result(*ages))
    assert health([FEED], rows, now=NOW + silent * DAY)[0].state == state


def test_entries_of_tomorrow_and_first_seen_ones_tell_no_rhythm() -> None:
    guessed = Entry(FEED, "x", "https://o.example/x", "T", published=NOW, estimated=True)
    assert rhythm([*result(-1, 5, 6).entries, guessed], now=NOW) == (NOW - 5 * DAY, DAY)


def test_nothing_known_is_new_and_what_is_no_row_is_passed_over() -> None:
    rows: list[dict[str, Any]] = [
        {"at": "x"},
        {"at": NOW.isoformat(), "feed": FEED.url, "event": "news", "newest": 3, "every_days": "x"},
    ]
    rows += [{"at": NOW.isoformat(), "feed": FEED.url, "event": "of a later version"}, {}]
    assert health([FEED], rows, now=NOW)[0].state == "new"


def test_rows_in_any_order_and_twice() -> None:
    rows: list[dict[str, Any]] = []
    run(rows, result(1, error="a"))
    run(rows, result(1), days=1)
    run(rows, result(1, error="b"), days=2)
    assert health([FEED], rows, now=NOW) == health([FEED], [*reversed(rows), *rows], now=NOW)


def test_the_machine_that_asks_knows_more() -> None:
    memory = Memory(FEED.url, due=NOW + DAY, moved_to="https://new.example/feed", moved=3, error="timeout")
    state = health([FEED], [], {FEED.url: memory}, now=NOW)[0]
    assert (state.next_check, state.advice) == (NOW + DAY, "write url: https://new.example/feed")
