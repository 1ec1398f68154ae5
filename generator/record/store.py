"""content/ on disk: pages read, new ones written whole, old ones replaced whole; what a change of front matter leaves alone: editing.py."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic, TypeVar

from generator.errors import InputError, Problem, not_utf8
from generator.record import atomic
from generator.record.frontmatter import ArticleMeta, IssueMeta, Meta, Page, compose, parse, read
from generator.record.index.file import Index
from generator.record.index.listing import differences, look, note
from generator.record.readings import KeptPage, Reading, Readings, made_by, reading_of
from generator.record.shelf import Article as Article  # by this name everybody knows it from here
from generator.record.shelf import Shelf, place
from generator.record.text import file_hash

M = TypeVar("M", bound=Meta)
P = TypeVar("P")
Issue = Page[IssueMeta]


@dataclass(frozen=True)
class Loaded(Generic[P]):
    """What could be read, and what is wrong with the rest."""

    pages: tuple[P, ...]
    problems: tuple[Problem, ...]

    def require(self) -> tuple[P, ...]:
        """The pages; raises InputError where there is any problem."""
        if self.problems:
            raise InputError(self.problems)
        return self.pages


class Store:
    """The pages of one publication. What was read of them before is kept in `derived` (by default .derived/ beside content/)."""

    def __init__(self, content: Path, *, derived: Path | None = None, clock_ns: Callable[[], int] = time.time_ns) -> None:
        self.content = content
        self._clock_ns = clock_ns  # no date of ours comes from it: only how young a file is
        self.derived = derived or content.parent / ".derived"
        self._readings = Readings(self.derived)
        self._written: set[str] = set()

    def articles(self) -> Loaded[Article]:
        """Every article, by path, with the problems of those that break the contract (two with one id among them)."""
        loaded = self._load("articles", ArticleMeta)
        first: dict[str, Article] = {}
        twins = [(page, first[page.id]) for page in loaded.pages if first.setdefault(page.id, page) is not page]
        return Loaded(loaded.pages, (*loaded.problems, *map(self._twin, twins)))

    def shelf(self) -> Shelf:
        """The articles as a run asks for them, of several with one id the last; its problems are those that `articles` tells.

        One at a time: a shelf that was asked for before answers no more.
        """
        shelf = Shelf(Index.of(self.derived, code=made_by()), self._shelved)
        db = shelf.index.db
        folders = look(str(self.content), "articles", now_ns=self._clock_ns())
        changed = [one for one in differences(db, folders) if not self._says_the_same(shelf, *one)]
        unsure, problems = self._take_in(shelf, changed)
        twins = shelf.single_out()
        told = sorted(((page, pages[0]) for pages in twins for page in pages[1:]), key=lambda twin: place(twin[0]))
        shelf.problems = (*problems, *map(self._twin, told))
        # What another page with its id keeps away is not known next time, so it is read and told of again.
        note(db, folders, unsure=unsure | {page.path for pages in twins for page in pages[:-1]})
        return shelf

    def _says_the_same(self, shelf: Shelf, path: str, stamp: str | None) -> bool:
        """Whether a file that looks changed holds what the shelf knows of it: on a runner all files are new, and few of them changed."""
        known = shelf.hash_of(path) if stamp is not None else None
        if known is None:
            return False
        with open(f"{self.content}/{path}", "rb") as file:  # noqa: PTH123  # a Path would cost as much as the reading
            return file_hash(file.read()) == known

    def refresh(self, shelf: Shelf) -> None:
        """Bring a shelf of this store's to what this store has written since. It looks at no other file."""
        written = [path for path in sorted(self._written) if path.startswith("articles/")]
        self._take_in(shelf, [(path, "" if self.exists(path) else None) for path in written])
        self._written.clear()

    def _take_in(self, shelf: Shelf, changed: Iterable[tuple[str, str | None]]) -> tuple[set[str], list[Problem]]:
        """Bring the shelf's rows to what the changed files (paths with stamps, None for one that is gone) say now.

        The answer: the paths of those that are to be read again next time, and what is wrong with them.
        """
        new, gone, unsure, problems = dict[str, Reading](), list[str](), set[str](), list[Problem]()
        for path, stamp in changed:
            if stamp is None:
                shelf.drop([path])
                gone.append(path)
                continue
            old = self._readings.one(path)
            known, page = self._current(path, ArticleMeta, old=old, stamp=stamp, problems=problems)
            if page is None:
                shelf.drop([path])
            elif shelf.hash_of(path) != page.content_hash:
                shelf.put(page)
            if known is None:
                unsure.add(path)
            elif known != old:
                new[path] = known
        self._readings.keep("articles", new, gone=gone)
        return unsure, problems

    def article(self, path: str) -> Article:
        """The article at this path below content/. Raises InputError where it breaks the contract."""
        return self._parse((self.content / path).read_bytes(), path, ArticleMeta)

    def issues(self) -> Loaded[Issue]:
        """Every issue, by path."""
        return self._load("issues", IssueMeta)

    def exists(self, path: str) -> bool:
        """Whether there is a file at this path below content/."""
        return os.path.exists(f"{self.content}/{path}")  # noqa: PTH110  # asked for every page that people deleted, twice a run

    def create(self, path: str, meta: Meta, body: str) -> None:
        """Write a new page, atomically. Never over an existing one, nor one that breaks the contract: InputError then."""
        target, text = self.content / path, compose(meta, body)
        if target.exists():
            raise FileExistsError(path)
        parse(text, type(meta), file=self._shown(path))
        atomic.write_atomic(target, text)
        self._written.add(path)

    def remove(self, page: Page[Any]) -> None:
        """Delete a page's file."""
        self._written.add(page.path)
        (self.content / page.path).unlink()

    def replace_text(self, page: Page[Any], text: str) -> bool:
        """Put `text` in a page's place, atomically; says whether anything changed. Raises InputError where it would break the contract."""
        parse(text, type(page.meta), file=self._shown(page.path))
        self._written.add(page.path)
        return atomic.write_atomic(self.content / page.path, text)

    def _load(self, folder: str, model: type[M]) -> Loaded[Page[M]]:
        kept, new = self._readings.load(folder), dict[str, Reading]()
        pages: list[Page[M]] = []
        problems: list[Problem] = []
        folders = look(str(self.content), folder, now_ns=self._clock_ns())
        stamps = [(f"{place}/{name}", stamp) for place, listing in folders.items() for name, stamp in listing.stamps()]
        for path, stamp in sorted(stamps, key=lambda one: one[0].split("/")):
            old = kept.pop(path, None)
            known, page = self._current(path, model, old=old, stamp=stamp, problems=problems)
            if page is not None:
                pages.append(page)
            if known is not None and known != old:
                new[path] = known
        self._readings.keep(folder, new, gone=kept)
        return Loaded(tuple(pages), tuple(problems))

    def _current(
        self, path: str, model: type[M], *, old: Reading | None, stamp: str, problems: list[Problem]
    ) -> tuple[Reading | None, Page[M] | None]:
        """A page as it stands, and what is kept of it; the file is opened where `old` does not speak for it."""
        if old is not None and old.stamp == stamp != "":
            return old, KeptPage(path, self.content, model, old)
        known, page = self._known((self.content / path).read_bytes(), path, model, old=old, stamp=stamp, problems=problems)
        return known, page if known is None else KeptPage(path, self.content, model, known)

    def _shelved(self, path: str, reading: Reading) -> Article:
        return KeptPage(path, self.content, ArticleMeta, reading, readings=self._readings)

    def _twin(self, twin: tuple[Article, Article]) -> Problem:
        page, first = twin
        message = f"{first.path} has the same id; every page has its own: in the newer of the two delete this line, then groundwire check --fix writes another"
        return Problem(self._shown(page.path), message, _line(page, "id"), 1, key="id")

    def _known(
        self, raw: bytes, path: str, model: type[M], *, old: Reading | None, stamp: str, problems: list[Problem]
    ) -> tuple[Reading | None, Page[M] | None]:
        """What is to be kept of a file that was read; the page itself where nothing can be, nothing where the file is broken."""
        mark = file_hash(raw)
        if old is not None and old.content_hash == mark:
            return old._replace(stamp=stamp), None
        try:
            page = self._parse(raw, path, model)
        except InputError as error:
            problems += error.problems
            return None, None
        return reading_of(page, mark, stamp), page

    def _parse(self, raw: bytes, path: str, model: type[M]) -> Page[M]:
        page = parse(_decoded(raw, self._shown(path)), model, file=self._shown(path))
        return Page(path, page.meta, page.body, page.text)

    def _shown(self, path: str) -> str:
        return f"{self.content.name}/{path}"


def colliding_aliases(pages: Iterable[tuple[Article, Sequence[str]]], *, folder: str) -> Iterator[Problem]:
    """Former addresses that are another page's address, or another's former one, too: of pages, each with its own. `folder`: content/'s name."""
    pages = tuple(pages)
    owner = {page.url: page.path for page, _ in pages}
    for page, aliases in pages:
        for number, alias in enumerate(aliases):
            if alias in owner:
                line, column = read(page.text, file=page.path)[0].place(("aliases", number))
                other = f"already the address, or an alias, of {folder}/{owner[alias]}"
                message = f"{alias} is {'its own address' if owner[alias] == page.path else other}; take it out here"
                yield Problem(f"{folder}/{page.path}", message, line, column, key="aliases")
            owner.setdefault(alias, page.path)


def _line(page: Page[Any], key: str) -> int:
    return read(page.text, file=page.path)[0].place((key,))[0]


def _decoded(raw: bytes, shown: str) -> str:
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError as error:
        raise InputError([not_utf8(shown, error)]) from None
