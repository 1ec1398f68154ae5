"""Front matter kept by its file's hash: the same answer with it, without it, and with a broken one."""

from __future__ import annotations

import os
import shutil
import sqlite3
import time
from pathlib import Path

import pytest

from generator.errors import InputError
from generator.record.readings import FILE
from generator.record.store import Article, Store

SAMPLE = Path(__file__).parents[2] / "content"


@pytest.fixture
def content(tmp_path: Path) -> Path:
    for folder in ("articles", "issues"):
        shutil.copytree(SAMPLE / folder, tmp_path / "content" / folder)
    return tmp_path / "content"


def told(content: Path) -> list[object]:
    """All that a store says of its pages."""
    store = Store(content)
    pages: list[Article] = list(store.articles().require())
    told = [(p.path, p.id, p.url, p.meta, p.body, p.text, p.pristine, p.content_hash) for p in pages]
    return [*told, *((i.path, i.id, i.meta, i.text) for i in store.issues().require())]


def kept(content: Path) -> Path:
    return content.parent / ".derived" / FILE


def some_page(content: Path) -> Path:
    return sorted((content / "articles").rglob("*.md"))[3]


def test_the_second_reading_tells_the_same_and_parses_nothing(content: Path) -> None:
    first = told(content)
    assert told(content) == first
    page = Store(content).articles().require()[3]
    (content / page.path).unlink()
    assert page.meta.title, "front matter came from the kept reading"


@pytest.mark.parametrize("times", ["new", "as before"])
def test_an_edit_is_seen_whatever_its_times(content: Path, times: str) -> None:
    told(content)
    file = some_page(content)
    before = file.stat()
    file.write_text(file.read_text().replace("category: ", "category: x", 1))
    file.write_text(file.read_text().replace("category: x", "category: ", 1).replace("\ntitle: ", "\ntitle:  ", 1))
    file.write_text(file.read_text().replace("status: draft\n", "").replace("\nid: ", "\nlocked: true\nid: ", 1))
    if times == "as before":
        os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert Store(content).articles().require()[3].meta.locked


def test_a_page_that_breaks_and_is_mended(content: Path) -> None:
    first = told(content)
    file = some_page(content)
    good = file.read_text()
    file.write_text(good.replace("\ntitle:", "\ntitel:"))
    for _ in range(2):
        with pytest.raises(InputError, match="titel"):
            told(content)
    file.write_text(good)
    assert told(content) == first


def test_two_pages_with_one_id_are_told_of_from_what_is_kept(content: Path) -> None:
    file = some_page(content)
    shutil.copy(file, file.with_name("copy.md"))
    for _ in range(2):
        assert any("has the same id" in p.message and p.line > 1 for p in Store(content).articles().problems)


def test_deleted_and_moved_pages_leave(content: Path) -> None:
    told(content)
    file = some_page(content)
    file.rename(file.with_name("moved.md"))
    told(content)
    with sqlite3.connect(kept(content)) as db:
        paths = {row[0] for row in db.execute("SELECT path FROM pages")}
    db.close()
    assert not any(file.name in path for path in paths)
    assert any("moved.md" in path for path in paths)


def damage(file: Path, how: str) -> None:
    raw = file.read_bytes()
    if how == "empty":
        file.write_bytes(b"")
    elif how == "text":
        file.write_text("not a database at all, but long enough to look like one" * 40)
    elif how == "cut":
        file.write_bytes(raw[: len(raw) // 2])
    elif how == "holes":
        file.write_bytes(raw[:5000] + b"\0" * 9000 + raw[14000:])
    else:
        statement = {
            "rows": "UPDATE pages SET meta = '{\"id\": 1}'",
            "other version": "UPDATE made SET made_by = 'x'",
            "no table": "DROP TABLE pages",
            "other table": "DROP TABLE made",
            "blobs": "UPDATE pages SET meta = x'ff'",
        }[how]
        with sqlite3.connect(file) as db:
            db.execute(statement)
        db.close()


@pytest.mark.parametrize(
    "how", ["empty", "text", "cut", "holes", "rows", "other version", "no table", "other table", "blobs", "folder", "read-only"]
)
def test_a_damaged_file_costs_time_only(content: Path, how: str) -> None:
    first = told(content)
    file = kept(content)
    if how == "folder":
        file.unlink()
        (file / "x").mkdir(parents=True)
    elif how == "read-only":
        shutil.rmtree(file.parent)
        file.parent.write_text("a file where the folder should be")
    else:
        damage(file, how)
    assert told(content) == first
    assert told(content) == first


def later() -> int:
    """A clock by which no file here is young any more."""
    return time.time_ns() + 10_000_000_000


def test_a_file_that_nobody_touched_is_not_opened(content: Path) -> None:
    Store(content, clock_ns=later).articles()
    file = some_page(content)
    file.chmod(0o644)  # another change time
    Store(content, clock_ns=later).articles()
    with sqlite3.connect(kept(content)) as db:
        db.execute("UPDATE pages SET content_hash = 'x' WHERE path = ?", (file.relative_to(content).as_posix(),))
    db.close()
    assert Store(content, clock_ns=later).articles().require()[3].content_hash == "x", "what is kept was believed"
    assert Store(content).articles().require()[3].content_hash != "x", "a young file is read"


def test_an_edit_is_seen_by_its_change_time_alone(content: Path) -> None:
    Store(content, clock_ns=later).articles()
    file = some_page(content)
    before, text = file.stat(), file.read_text()
    edited = text.replace("category: ", "category:  ", 1).replace("\n\n", "\n", 1)
    assert len(edited) == len(text)
    file.write_text(edited)
    os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert Store(content, clock_ns=later).articles().require()[3].text == edited


def test_what_a_run_needs_is_the_same_kept_and_read(content: Path) -> None:
    first = [page.brief for page in Store(content).articles().require()]
    assert [page.brief for page in Store(content).articles().require()] == first
    with sqlite3.connect(kept(content)) as db:
        db.execute("UPDATE pages SET brief = '[]'")
    db.close()
    assert [page.brief for page in Store(content).articles().require()] == first
