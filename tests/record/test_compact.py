"""Old months of the ledger in fewer words: whatever is asked of them has the same answer."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generator.analysis.claude.batchbook import BatchBook
from generator.analysis.claude.books import costs
from generator.model import Entry, Feed
from generator.record.compact import compact
from generator.record.health import health
from generator.record.ledger import Ledger, Row
from generator.record.registry import Registry

OLD = datetime(2026, 1, 10, tzinfo=UTC)
NOW = datetime(2026, 12, 1, tzinfo=UTC)
FEEDS = [Feed(url=f"https://{name}.example/f", name=name) for name in "abc"]


def entry(feed: int, number: int) -> Entry:
    return Entry(FEEDS[feed], f"e{number}", f"https://{'abc'[feed]}.example/{number}", f"Title {number}")


def known_by(feed: int, number: int) -> Row:
    one = entry(feed, number)
    return {"entries": [[one.feed.url, one.id]], "marks": [f"m{feed}{number}"]}


@st.composite
def rows(draw: st.DrawFn) -> Row:
    feed, number, story = draw(st.integers(0, 2)), draw(st.integers(0, 3)), f"s-{draw(st.integers(0, 3))}"
    path = f"articles/2026/01/{story}.md"
    published = {"event": "published", "story": story, "path": path, "category": "research", "title": "T", "listed": {"x": "y"}}
    kinds: list[Row] = [
        published | known_by(feed, number),
        {"event": "joined", "story": story, "listed": {"x": "y"}, **known_by(feed, number)},
        {"event": "seen", "feed": FEEDS[feed].url, "entry": f"e{number}"},
        {"event": "separated", "story": story, **known_by(feed, number)},
        {"event": "chosen", "story": story, "category": "research", "coverage": [], **known_by(feed, number)},
        {"event": "merged", "story": story, "into": "s-9"},
        {"event": "nonsense"},
    ]
    return draw(st.sampled_from(kinds))


def answers(ledger: Ledger) -> object:
    """What a run asks of the stories that the ledger knows. A story's first row is by time, of one time by its text."""
    registry = Registry(ledger, [])
    every = [entry(feed, number) for feed in range(3) for number in range(4)]
    dated = [registry.dated(one, now=NOW).published for one in every if not registry.has(one)]
    return (
        [registry.has(one) for one in every],
        registry.separated(every),
        sorted(lost.story for lost in registry.gone(lambda path: False)),
        {(row.get("story"), row["path"]) for row in ledger.rows("stories") if "path" in row},
        dated,
    )


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 300), rows()), max_size=14))
def test_stories_are_known_as_before(tmp_path_factory: pytest.TempPathFactory, told: list[tuple[int, Row]]) -> None:
    ledger = Ledger(tmp_path_factory.mktemp("ledger"))
    for day, row in sorted(told, key=lambda pair: pair[0]):
        ledger.append("stories", row, now=OLD + timedelta(days=day))
    before = answers(ledger)
    compact(ledger, now=NOW)
    assert answers(ledger) == before
    assert compact(ledger, now=NOW) == (), "once is enough"


def test_a_month_is_left_alone_until_all_of_it_is_old(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path)
    ledger.append("stories", {"event": "published", "story": "s-1", "path": "p", "category": "c", **known_by(0, 0)}, now=OLD)
    assert compact(ledger, now=datetime(2026, 7, 30, tzinfo=UTC)) == ()
    assert compact(ledger, now=datetime(2026, 8, 1, tzinfo=UTC)) == ("stories-2026-01.jsonl",)


def test_a_busy_month_of_coverage_becomes_a_row_a_story(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path)
    ledger.append("stories", {"event": "published", "story": "s-1", "path": "p", "category": "c", **known_by(0, 0)}, now=OLD)
    for number in range(20):
        ledger.append("stories", {"event": "joined", "story": "s-1", **known_by(1, number)}, now=OLD)
    compact(ledger, now=NOW)
    assert len(list(ledger.rows("stories"))) == 3, "published, joined, and that it was done"


def test_an_old_copy_that_git_joins_again_does_no_harm(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path)
    ledger.append("stories", {"event": "published", "story": "s-1", "path": "p", "category": "c", **known_by(0, 0)}, now=OLD)
    file = next(tmp_path.iterdir())
    old = file.read_text()
    before = answers(ledger)
    compact(ledger, now=NOW)
    file.write_text(file.read_text() + old)
    assert answers(ledger) == before


def test_feeds_are_as_healthy_as_before(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path)
    for day in range(25):
        news = {"event": "news", "newest": (OLD + timedelta(days=day)).isoformat(), "every_days": 1.0}
        ledger.append("feeds", *({"feed": feed.url, **news} for feed in FEEDS), now=OLD + timedelta(days=day % 20))
    ledger.append("feeds", {"feed": FEEDS[1].url, "event": "failing", "why": "500"}, now=OLD + timedelta(days=3))
    ledger.append("feeds", {"feed": FEEDS[1].url, "event": "recovered"}, now=OLD + timedelta(days=5))
    ledger.append("feeds", {"feed": FEEDS[2].url, "event": "failing", "why": "404"}, now=OLD + timedelta(days=9))
    before = health(FEEDS, ledger.rows("feeds"), now=NOW)
    compact(ledger, now=NOW)
    assert health(FEEDS, ledger.rows("feeds"), now=NOW) == before
    assert len(list(ledger.rows("feeds"))) <= 2 * len(FEEDS) + 1


def test_money_adds_up_as_before_and_an_open_call_stays_open(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path)
    for number in range(9):
        at = OLD + timedelta(days=number // 3)
        ledger.append(
            "spend", {"event": "reserved", "call": f"c{number}", "model": "m", "at_most": 1.0, "for": {"x": 1.0}}, now=at
        )
        if number != 4:
            ledger.append(
                "spend",
                {"event": "charged", "call": f"c{number}", "for": {"x": 0.1, "y": 0.2}, "usd": 0.3, "in": 5, "out": 6},
                now=at,
            )

    def told() -> object:
        found = costs(ledger.rows("spend"))
        days = {cost.day for cost in found}
        return {day: round(sum(c.usd for c in found if c.day == day), 6) for day in days}, [
            c.call for c in found if not c.settled
        ]

    before = told()
    compact(ledger, now=NOW)
    assert told() == before


def test_batches_that_are_done_leave_and_others_stay_what_they_were(tmp_path: Path) -> None:
    ledger, old = Ledger(tmp_path), datetime(2026, 1, 31, 6, tzinfo=UTC)
    for name, ends in (("done", "settled"), ("nothing", "void"), ("over", ""), ("open", "")):
        ledger.append(
            "batches", {"event": "intended", "batch": name, "model": "m", "requests": {f"gw-{name}-0": ["s-1", "x"]}}, now=old
        )
        ledger.append("batches", {"event": "created", "batch": name, "id": f"msgbatch_{name}"}, now=old)
        if ends:
            ledger.append("batches", {"event": ends, "batch": name}, now=old)
    ledger.append("batches", {"event": "settled", "batch": "over"}, now=old + timedelta(days=2))
    assert len(compact(ledger, now=old + timedelta(days=400))) == 2
    book = BatchBook(ledger, now=old)
    assert [batch.token for batch in book.owed(())] == ["open"]
    assert book.ids() == {"msgbatch_over", "msgbatch_open"}
