"""How the feeds did, kept in few rows: the same as all rows say."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from generator.model import Feed
from generator.record.health import HealthRow, health, still_said
from generator.record.ledger import Ledger
from generator.record.registry import HEALTH, Registry
from generator.record.store import Store

START = datetime(2026, 1, 10, tzinfo=UTC)
FEEDS = [Feed(url=f"https://{name}.example/f", name=name) for name in "ab"]
MOMENTS = st.one_of(
    st.integers(0, 40).map(lambda day: (START + timedelta(days=day)).isoformat()), st.sampled_from(["", "soon", None, 3])
)
ROWS: st.SearchStrategy[dict[str, Any]] = st.fixed_dictionaries(
    {
        "event": st.sampled_from(["failing", "recovered", "news", "news", "of another version"]),
        "feed": st.sampled_from([f.url for f in FEEDS]),
    },
    optional={
        "newest": MOMENTS,
        "every_days": st.sampled_from([0, 0.5, 3, 99_999, "x", None]),
        "why": st.sampled_from(["404", "500"]),
    },
)


@settings(max_examples=300)
@given(st.lists(ROWS, max_size=12), st.lists(ROWS, max_size=6))
def test_few_rows_say_the_same_also_with_later_ones_after_them(first: list[dict[str, Any]], later: list[dict[str, Any]]) -> None:
    rows: list[HealthRow] = [{"at": (START + timedelta(hours=n)).isoformat(), **row} for n, row in enumerate([*first, *later])]
    before, after = rows[: len(first)], rows[len(first) :]
    few = [row for feed in FEEDS for row in still_said(r for r in before if r["feed"] == feed.url)]
    now = START + timedelta(days=50)
    assert len(few) <= 2 * len(FEEDS)
    assert health(FEEDS, [*few, *after], now=now) == health(FEEDS, rows, now=now)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(ROWS, st.integers(0, 40)), max_size=8))
def test_a_run_knows_what_the_ledger_says(tmp_path_factory: Any, told: list[tuple[dict[str, Any], int]]) -> None:
    root: Path = tmp_path_factory.mktemp("publication")
    ledger, day = Ledger(root / "content/.ledger"), 0
    for row, pause in told:
        day += pause
        ledger.append(HEALTH, row, now=START + timedelta(days=day))
        kept = Registry(ledger, Store(root / "content").shelf()).health()
        now = START + timedelta(days=500)
        assert health(FEEDS, kept, now=now) == health(FEEDS, ledger.rows(HEALTH), now=now)
