"""Grouping on the labelled weeks: a floor under the figures of benchmarks/grouping.py, and the table's file is as made."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.grouping import crossed, entries_of, judge, ours, rows_of
from benchmarks.make_background import WEEKS
from groundwire.events.background import TABLE, dumped, shipped
from groundwire.events.cluster import THRESHOLD

FLOOR = {"0412": (0.95, 0.72), "0531": (0.90, 0.80)}


@pytest.mark.parametrize("week", WEEKS)
def test_figures_as_shipped(corpus: Path, week: str) -> None:
    rows = rows_of(corpus, week)
    found = judge(rows, ours(entries_of(rows), shipped().without(week), THRESHOLD))
    precision, f1 = FLOOR[week]
    assert found.precision >= precision, str(found)
    assert found.f1 >= f1, str(found)


def test_each_week_judged_at_the_other_s_threshold(corpus: Path) -> None:
    for week, found in crossed(corpus, ours).items():
        assert found.precision >= 0.85, f"{week} {found}"
        assert found.f1 >= 0.73, f"{week} {found}"


def test_the_table_is_small_and_its_bytes_follow_from_its_counts() -> None:
    assert TABLE.stat().st_size < 100_000
    table = shipped()
    assert dumped(table) == TABLE.read_bytes()
    assert table.rarity("attack") < table.rarity("fortinet") < table.rarity("zorvex")
