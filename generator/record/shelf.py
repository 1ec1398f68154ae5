"""The articles of a publication by what a run asks of them: which were covered lately, which wait for something, on which a source stands.

A run that changes ten pages makes objects of those that it looks at, not of the 8,000 that there are. The table holds each page's brief
(record/brief.py) and is kept between runs (record/index/file.py); the store says which of its rows still hold, by the files' stamps.
One page an id: of several with one id, which is an error of people's, the last by path counts, as for the registry.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from datetime import date, datetime, timedelta
from typing import Any

from generator.errors import Problem
from generator.record.brief import Brief, kept_form
from generator.record.frontmatter import ArticleMeta, Page
from generator.record.index.file import Index
from generator.record.readings import Reading

Article = Page[ArticleMeta]
_COLUMNS = "path, content_hash, id, pristine, brief"
Make = Callable[[str, Reading], Article]


class Shelf:
    """All articles, each an object from when somebody asks for it. The registry has its tables in the same `index`, and joins them with these."""

    def __init__(self, index: Index, make: Make) -> None:
        """On the index's tables; `make` makes the object of a row."""
        self.index = index
        self.problems: tuple[Problem, ...] = ()
        self._db = index.db
        self._make = make
        self._made: dict[str, Article] = {}
        self._put: set[str] = set()  # stories

    @classmethod
    def of(cls, pages: Iterable[Article]) -> Shelf:
        """A shelf of these pages, of several with one id the last, that is kept nowhere."""
        shelf = cls(Index(None), _no_page)
        for page in {page.id: page for page in pages}.values():
            shelf.put(page)
        return shelf

    def hash_of(self, path: str) -> str | None:
        """The hash of the text from which a page's row was made."""
        rows = self._db.execute("SELECT content_hash FROM pages WHERE path = ?", (path,)).fetchall()
        return str(rows[0][0]) if rows else None

    def put(self, page: Article) -> None:
        """Take in a page, in place of what stood at its path."""
        self.drop([page.path])
        row = (page.path, page.content_hash, page.id, page.pristine, kept_form(page.brief), *_asked(page.brief))
        n = self._db.execute("INSERT INTO pages VALUES (NULL, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", row).lastrowid
        marks = [(page.id, one, n) for one in page.brief.marks]
        self._db.executemany("INSERT INTO marks VALUES (?, ?, ?)", marks)
        promises = [(n, by.isoformat(), asked, answer) for by, asked, answer in page.brief.promises]
        self._db.executemany("INSERT INTO promises VALUES (?, ?, ?, ?)", promises)
        self._db.executemany("INSERT OR IGNORE INTO notes VALUES (?, ?)", [(n, mark) for mark in page.brief.notes])
        self._made[page.path] = page
        self._put.add(page.id)

    def drop(self, paths: Iterable[str]) -> None:
        """Forget the pages at these paths."""
        for path in paths:
            self._made.pop(path, None)
            for n, story in self._db.execute("SELECT n, id FROM pages WHERE path = ?", (path,)).fetchall():
                self._db.execute("DELETE FROM marks WHERE story = ? AND n = ?", (story, n))
                self._db.execute("DELETE FROM promises WHERE n = ?", (n,))
                self._db.execute("DELETE FROM notes WHERE n = ?", (n,))
                self._db.execute("DELETE FROM pages WHERE n = ?", (n,))

    def single_out(self) -> list[list[Article]]:
        """Let of several pages with one id the last by path count, and forget the others, among the pages that were put here since this was asked.

        The answer: the pages of each such id, by path.
        """
        shared = [sorted(self._where("id = ?", story), key=place) for story in sorted(self._put)]
        twins = [pages for pages in shared if len(pages) > 1]
        for pages in twins:
            self.drop(page.path for page in pages[:-1])
        self._put.clear()
        return twins

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
        rows = self._db.execute("SELECT story, path FROM marks JOIN pages USING (n) WHERE mark = ?", (mark,)).fetchall()
        return min((path.split("/"), str(story)) for story, path in rows)[1] if rows else None

    def newsworthy(
        self, *, carried: Collection[str], told: Collection[str], since: datetime | None, until: datetime
    ) -> tuple[Article, ...]:
        """Every page, by path, of which an issue may have to say something, and few others.

        They are those that no issue has `carried`, that got a source `since` the last one, that have a correction or were withdrawn
        for a reason that was not `told`, and those with a prediction whose day came between then and `until`, or whose answer was not `told` though the question was.
        Without an issue before it there is nothing to leave out.
        """
        if since is None:
            return self.all()
        day = timedelta(days=1)  # zones are at most a day apart
        days = ((since - day).date().isoformat(), (until + day).date().isoformat())
        rows = self._db.execute("SELECT n, id FROM pages WHERE listed").fetchall()
        found = {n for n, story in rows if story not in carried}
        answers = self._db.execute("SELECT n, asked, answer FROM promises WHERE answer != ''").fetchall()
        found |= {n for n, asked, answer in answers if asked in told and answer not in told}
        notes = self._db.execute("SELECT n, mark FROM notes").fetchall()
        found |= {n for n, mark in notes if mark not in told}
        query = "SELECT n FROM pages WHERE added >= ? UNION SELECT n FROM promises WHERE by BETWEEN ? AND ?"
        found |= {n for (n,) in self._db.execute(query, (since.timestamp(), *days)).fetchall()}
        return tuple(sorted((page for n in found for page in self._where("n = ?", n)), key=place))

    def standing(self, mark: str) -> set[str]:
        """The stories on whose pages, the withdrawn ones left out, the source with this mark stands."""
        rows = self._db.execute("SELECT story FROM marks JOIN pages USING (n) WHERE mark = ? AND NOT withdrawn", (mark,))
        return {story for (story,) in rows.fetchall()}

    def _where(self, condition: str, *values: object) -> Iterator[Article]:
        rows = self._db.execute(f"SELECT {_COLUMNS} FROM pages WHERE {condition}", values)  # noqa: S608  # a condition of this file's own
        return map(self._page, rows.fetchall())

    def _page(self, row: tuple[Any, ...]) -> Article:
        path, content_hash, name, pristine, brief = row
        if path not in self._made:
            self._made[path] = self._make(path, Reading(content_hash, name, bool(pristine), "", brief))
        return self._made[path]


def place(page: Article) -> list[str]:
    """By what pages are in the order of their paths."""
    return page.path.split("/")


def _no_page(path: str, reading: Reading) -> Article:
    raise AssertionError(f"{path} is not on the shelf")


def _asked(brief: Brief) -> tuple[object, ...]:
    published = brief.published.timestamp() if brief.published else None
    awaited = brief.awaited.isoformat() if brief.awaited else None
    added = brief.added.timestamp() if brief.added else None
    seen = (brief.listed, brief.withdrawn, brief.ripe, awaited, brief.last.timestamp(), published, brief.category)
    return (*seen, added)
