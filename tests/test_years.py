"""A publication's years in short: what benchmarks/years.py holds for three years holds for some weeks here."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from benchmarks import years
from groundwire.settings import load_settings


@pytest.mark.slow
@pytest.mark.parametrize("runners", [False, True])
def test_some_weeks_with_kills_edits_and_fresh_runners(tmp_path: Path, runners: bool) -> None:
    rows = years.live(tmp_path / "pub", days=48, stories=4, seed=3, tell=lambda line: None, runners=runners)
    last = rows[-1]
    assert last["kills"] >= 3
    assert last["issues"] >= 6
    assert last["pages"] > 100


def test_what_breaks_is_told(tmp_path: Path) -> None:
    """The watchman himself: a page that is there twice, an issue that carries a story again."""
    years.live(tmp_path / "pub", days=10, stories=3, seed=1, tell=lambda line: None)
    world = years.World(days=10, stories=3, seed=1)
    life = years.Life(tmp_path / "pub", world, load_settings(tmp_path / "pub"), random.Random(1))
    life.check()
    page = next((tmp_path / "pub" / "content" / "articles").rglob("*.md"))
    twin = page.with_name("twin.md")
    twin.write_text(_other_id(page.read_text()))
    with pytest.raises(years.Broken, match="stories twice"):
        life.check()
    twin.unlink()
    life.told.add("articles/2026/01/never-there/")
    with pytest.raises(years.Broken, match="dead addresses"):
        life.check()


def _other_id(text: str) -> str:
    start = text.index("\nid: s-") + 7
    return text[:start] + "0123456789" + text[start + 10 :]
