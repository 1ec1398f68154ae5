"""A big archive read for the first time on several processors: what is kept of it is what one process would have kept."""

from __future__ import annotations

import os
import signal
import sqlite3
from pathlib import Path

import pytest
from sitekit import Publication, sample

from generator.errors import InputError
from generator.record.readings import FILE, reading_of
from generator.website.builder import priming
from generator.website.load import load_site


@pytest.fixture
def pub(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Publication:
    """One of everything, some of it no article; few pages are many here."""
    pub = sample(tmp_path / "pub")
    (pub.root / "content/articles/index.md").write_text("# No article\n", encoding="utf-8")
    (pub.root / "content/articles/.draft.md").write_text("no article either", encoding="utf-8")
    for path in (pub.root / "content").rglob("*.md"):
        os.utime(path, (1_600_000_000, 1_600_000_000))
    monkeypatch.setattr("generator.website.builder.helpers.MANY", 1)
    monkeypatch.setattr("generator.website.builder.helpers._processors", lambda: 3)
    return pub


def kept(pub: Publication) -> list[tuple[object, ...]]:
    """What is kept of each article, but for the stamp: that of a file so young stays empty, in whichever second it is read."""
    db = sqlite3.connect(pub.root / ".derived" / FILE)
    try:
        rows = db.execute("SELECT path, content_hash, id, pristine, meta, brief FROM pages WHERE kind = 'articles' ORDER BY path")
        return rows.fetchall()
    finally:
        db.close()


def test_the_same_is_kept(pub: Publication, monkeypatch: pytest.MonkeyPatch) -> None:
    load_site(pub.root)
    alone = kept(pub)
    assert len(alone) > 5
    (pub.root / ".derived" / FILE).unlink()
    monkeypatch.setattr(priming, "MANY", 1)
    priming.prime(pub.root / "content", pub.root / ".derived")
    assert kept(pub) == alone
    load_site(pub.root)
    assert kept(pub) == alone


def test_what_is_wrong_with_a_page_is_told_as_ever(pub: Publication, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(priming, "MANY", 1)
    for number in range(3):
        pub.write(f"articles/2026/03/broken-{number}.md", "---\ntitle: [\n---\n")
    (pub.root / "content/articles/2026/03/latin.md").write_bytes("---\ntitle: Caf\u00e9\n---\n".encode("latin-1"))
    with pytest.raises(InputError) as told:
        load_site(pub.root)
    assert {problem.file for problem in told.value.problems} == {
        *(f"content/articles/2026/03/broken-{number}.md" for number in range(3)),
        "content/articles/2026/03/latin.md",
    }


def test_a_helper_that_dies_costs_its_share(pub: Publication, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(priming, "MANY", 1)
    load_site(pub.root)
    alone, main, real = kept(pub), os.getpid(), reading_of
    (pub.root / ".derived" / FILE).unlink()

    def dying(*args: object) -> object:
        if os.getpid() != main:
            os.kill(os.getpid(), signal.SIGKILL)
        return real(*args)  # type: ignore[arg-type]  # whatever it is given

    monkeypatch.setattr(priming, "reading_of", dying)
    load_site(pub.root)
    assert kept(pub) == alone


def test_a_few_pages_are_read_by_one_process(pub: Publication) -> None:
    priming.prime(pub.root / "content", pub.root / ".derived")
    assert not (pub.root / ".derived" / FILE).exists()
