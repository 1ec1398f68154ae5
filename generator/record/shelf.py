"""The articles of a publication by what a run asks of them: which were covered lately, which wait for something, on which a source stands.

A run that changes ten pages makes objects of those that it looks at, not of the 8,000 that there are. The table holds each page's brief
(record/brief.py) and is kept between runs (record/snapshot.py); the store says which of its rows still hold, by the files' stamps.
One page an id: of several with one id, which is an error of people's, the last by path counts, as for the registry.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from generator.errors import Problem
from generator.record.brief import Brief, kept_form
from generator.record.frontmatter import ArticleMeta, Page
from generator.record.readings import Reading, made_by
from generator.record.snapshot import database, keep, restored
from generator.record.text import file_hash

SCHEMA, FILE = "shelf", "articles.shelf"
Article = Page[ArticleMeta]
_COLUMNS = "path, content_hash, id, pristine, brief"
_TABLES = """
CREATE TABLE shelf.pages (n INTEGER PRIMARY KEY, path TEXT UNIQUE, content_hash TEXT, id TEXT, pristine INTEGER, brief TEXT,
    listed INTEGER, withdrawn INTEGER, ripe INTEGER, awaited TEXT, last REAL, published REAL, category TEXT, added REAL, mended INTEGER);
CREATE INDEX shelf.by_id ON pages (id);
CREATE INDEX shelf.by_last ON pages (last);
CREATE INDEX shelf.by_published ON pages (published);
CREATE INDEX shelf.by_withdrawn ON pages (n) WHERE withdrawn;
CREATE INDEX shelf.by_ripe ON pages (n) WHERE ripe;
CREATE INDEX shelf.by_awaited ON pages (awaited) WHERE awaited IS NOT NULL;
CREATE TABLE shelf.marks (story TEXT, mark TEXT, n INTEGER, PRIMARY KEY (story, mark, n)) WITHOUT ROWID;
CREATE INDEX shelf.by_mark ON marks (mark);
CREATE INDEX shelf.by_added ON pages (added) WHERE added IS NOT NULL;
CREATE INDEX shelf.by_mended ON pages (n) WHERE mended;
CREATE TABLE shelf.promises (n INTEGER, by TEXT, asked TEXT, answer TEXT);
CREATE INDEX shelf.promises_by_page ON promises (n);
CREATE INDEX shelf.promises_by_day ON promises (by);
CREATE TABLE shelf.folders (folder TEXT PRIMARY KEY, listing TEXT);
"""
# By folder, by name: the stamps of the files in it, '' of one that is too young to have one.
Folders = Mapping[str, Mapping[str, str]]
Make = Callable[[str, Reading], Article]


class Shelf:
    """All articles, each an object from when somebody asks for it. `db` is shared with the registry, which joins its rows with these."""

    def __init__(self, db: sqlite3.Connection, make: Make, *, kept: Path | None = None) -> None:
        """On an empty database; `make` makes the object of a row, `kept` is the file in which the rows are kept, if they are."""
        self.db = db
        self.kept = kept
        self.problems: tuple[Problem, ...] = ()
        self._make = make
        self._made: dict[str, Article] = {}
        self._changed = False
        if kept is None or not restored(db, SCHEMA, kept, key=_key()):
            db.executescript(_TABLES)

    @classmethod
    def of(cls, pages: Iterable[Article]) -> Shelf:
        """A shelf of these pages, of several with one id the last, that is kept nowhere."""
        shelf = cls(database(SCHEMA), _no_page)
        for page in {page.id: page for page in pages}.values():
            shelf.put(page)
        return shelf

    def differences(self, folders: Folders) -> list[tuple[str, str | None]]:
        """The paths of files that are not as they were noted, in order, each with its stamp, None where it is gone."""
        kept = dict(self.db.execute("SELECT folder, listing FROM shelf.folders").fetchall())
        found: list[tuple[str, str | None]] = []
        for folder in kept.keys() | folders.keys():
            files, listing = folders.get(folder, {}), kept.get(folder, "")
            if listing != _listing(files) or "" in files.values():
                parts = listing.split("/")
                before = dict(zip(parts[::2], parts[1::2], strict=False))
                unlike = (name for name in before.keys() | files.keys() if name and not before.get(name) == files.get(name) != "")
                found += [(f"{folder}/{name}", files.get(name)) for name in unlike]
        return sorted(found, key=lambda one: one[0].split("/"))

    def note(self, folders: Folders, *, unsure: Collection[str]) -> None:
        """Note how the files are; those at the `unsure` paths are told as different again next time."""
        sure = {
            folder: {name: "" if f"{folder}/{name}" in unsure else stamp for name, stamp in files.items()} if unsure else files
            for folder, files in folders.items()
        }
        listings = {folder: _listing(files) for folder, files in sure.items()}
        if listings != dict(self.db.execute("SELECT folder, listing FROM shelf.folders").fetchall()):
            self.db.execute("DELETE FROM shelf.folders")
            self.db.executemany("INSERT INTO shelf.folders VALUES (?, ?)", listings.items())
            self._changed = True

    def hash_of(self, path: str) -> str | None:
        """The hash of the text from which a page's row was made."""
        rows = self.db.execute("SELECT content_hash FROM shelf.pages WHERE path = ?", (path,)).fetchall()
        return str(rows[0][0]) if rows else None

    def settle(self) -> None:
        """Keep the rows as they are now, if they changed."""
        if self._changed and self.kept is not None:
            keep(self.db, SCHEMA, self.kept, key=_key())
        self._changed = False

    def put(self, page: Article) -> None:
        """Take in a page, in place of what stood at its path."""
        self.drop([page.path])
        row = (page.path, page.content_hash, page.id, page.pristine, kept_form(page.brief), *_asked(page.brief))
        n = self.db.execute("INSERT INTO shelf.pages VALUES (NULL, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", row).lastrowid
        marks = [(page.id, one, n) for one in page.brief.marks]
        self.db.executemany("INSERT INTO shelf.marks VALUES (?, ?, ?)", marks)
        promises = [(n, by.isoformat(), asked, answer) for by, asked, answer in page.brief.promises]
        self.db.executemany("INSERT INTO shelf.promises VALUES (?, ?, ?, ?)", promises)
        self._made[page.path] = page

    def drop(self, paths: Iterable[str]) -> None:
        """Forget the pages at these paths."""
        for path in paths:
            self._changed = True
            self._made.pop(path, None)
            for n, story in self.db.execute("SELECT n, id FROM shelf.pages WHERE path = ?", (path,)).fetchall():
                self.db.execute("DELETE FROM shelf.marks WHERE story = ? AND n = ?", (story, n))
                self.db.execute("DELETE FROM shelf.promises WHERE n = ?", (n,))
                self.db.execute("DELETE FROM shelf.pages WHERE n = ?", (n,))

    def single_out(self) -> list[tuple[Article, Article]]:
        """Let of several pages with one id the last by path count. The answer: each but the first of its id, with that first one."""
        rows = self.db.execute(
            f"SELECT {_COLUMNS} FROM shelf.pages WHERE id IN (SELECT id FROM shelf.pages GROUP BY id HAVING COUNT(*) > 1)"  # noqa: S608  # no value in it
        )
        pages = sorted(map(self._page, rows.fetchall()), key=place)
        first: dict[str, Article] = {}
        told = [(page, first[page.id]) for page in pages if first.setdefault(page.id, page) is not page]
        last = {page.id: page for page in pages}
        self.drop(page.path for page in pages if last[page.id] is not page)
        return told

    def page(self, story: str) -> Article | None:
        """The page of a story."""
        return next(self._where("id = ?", story), None)

    def all(self) -> tuple[Article, ...]:
        """Every page, by path."""
        return tuple(sorted(self._where("1"), key=place))

    def covered_since(self, moment: datetime) -> tuple[Article, ...]:
        """Pages whose last coverage is of that moment or later."""
        return tuple(self._where("last >= ?", moment.timestamp()))

    def withdrawn(self) -> tuple[Article, ...]:
        """Pages that are withdrawn, by path."""
        return tuple(sorted(self._where("withdrawn"), key=place))

    def ripe(self) -> tuple[Article, ...]:
        """Pages whose analysis may be due again (record/afresh.py says whether it is), by id."""
        return tuple(sorted(self._where("ripe"), key=lambda page: page.id))

    def awaited(self, until: date) -> tuple[Article, ...]:
        """Pages with an open prediction for a day before that one, by id."""
        return tuple(sorted(self._where("awaited < ?", until.isoformat()), key=lambda page: page.id))

    def first_with(self, mark: str) -> str | None:
        """The story of the first page by path on which the source with this mark stands."""
        rows = self.db.execute(
            "SELECT story, path FROM shelf.marks JOIN shelf.pages USING (n) WHERE mark = ?", (mark,)
        ).fetchall()
        return min((path.split("/"), str(story)) for story, path in rows)[1] if rows else None

    def newsworthy(
        self, *, carried: Collection[str], told: Collection[str], since: datetime | None, until: datetime
    ) -> tuple[Article, ...]:
        """Every page, by path, of which an issue may have to say something, and few others.

        They are those that no issue has `carried`, that got a source `since` the last one, that have corrections or are withdrawn, and
        those with a prediction whose day came between then and `until`, or whose answer was not `told` though the question was.
        Without an issue before it there is nothing to leave out.
        """
        if since is None:
            return self.all()
        day = timedelta(days=1)  # zones are at most a day apart
        days = ((since - day).date().isoformat(), (until + day).date().isoformat())
        rows = self.db.execute("SELECT n, id FROM shelf.pages WHERE listed").fetchall()
        found = {n for n, story in rows if story not in carried}
        answers = self.db.execute("SELECT n, asked, answer FROM shelf.promises WHERE answer != ''").fetchall()
        found |= {n for n, asked, answer in answers if asked in told and answer not in told}
        query = (
            "SELECT n FROM shelf.pages WHERE added >= ? UNION SELECT n FROM shelf.pages WHERE mended"
            " UNION SELECT n FROM shelf.promises WHERE by BETWEEN ? AND ?"
        )
        found |= {n for (n,) in self.db.execute(query, (since.timestamp(), *days)).fetchall()}
        return tuple(sorted((page for n in found for page in self._where("n = ?", n)), key=place))

    def standing(self, mark: str) -> set[str]:
        """The stories on whose pages, the withdrawn ones left out, the source with this mark stands."""
        rows = self.db.execute(
            "SELECT story FROM shelf.marks JOIN shelf.pages USING (n) WHERE mark = ? AND NOT withdrawn", (mark,)
        )
        return {story for (story,) in rows.fetchall()}

    def _where(self, condition: str, *values: object) -> Iterator[Article]:
        rows = self.db.execute(f"SELECT {_COLUMNS} FROM shelf.pages WHERE {condition}", values)  # noqa: S608  # a condition of this file's own
        return map(self._page, rows.fetchall())

    def _page(self, row: tuple[Any, ...]) -> Article:
        path, content_hash, name, pristine, brief = row
        if path not in self._made:
            self._made[path] = self._make(path, Reading(content_hash, name, bool(pristine), "", brief))
        return self._made[path]


def _listing(files: Mapping[str, str]) -> str:
    return "/".join([f"{name}/{stamp}" for name, stamp in files.items()])  # no name has a slash


def place(page: Article) -> list[str]:
    """By what pages are in the order of their paths."""
    return page.path.split("/")


def _no_page(path: str, reading: Reading) -> Article:
    raise AssertionError(f"{path} is not on the shelf")


@cache
def _key() -> str:
    """What decides what the rows say: this table, and how front matter is read."""
    return file_hash(made_by().encode() + Path(__file__).read_bytes())


def _asked(brief: Brief) -> tuple[object, ...]:
    published = brief.published.timestamp() if brief.published else None
    awaited = brief.awaited.isoformat() if brief.awaited else None
    added = brief.added.timestamp() if brief.added else None
    seen = (brief.listed, brief.withdrawn, brief.ripe, awaited, brief.last.timestamp(), published, brief.category)
    return (*seen, added, brief.mended)
