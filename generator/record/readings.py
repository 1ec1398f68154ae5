"""Front matter that was read once and found right, kept by the hash of its file: a big archive is parsed when it changes, not daily.

A file whose times, size and number are those of the last reading is not even opened. Its change time is set by the kernel alone, so an edit
shows however it was made; one made within the kernel's clock tick of the reading would not, so a file that young is read again (as Git does).

One SQLite file beside the index. It holds nothing that content/ doesn't, and may be deleted at any time. A file
that cannot be read or written, is broken, or was written by another version costs time, never a page: then everything is read anew.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import cache, cached_property
from importlib.metadata import version
from pathlib import Path
from typing import NamedTuple, TypeVar

from pydantic import ValidationError
from pydantic_core import PydanticSerializationError

from generator import checked_yaml, shapes
from generator.record import brief, frontmatter, identity, text, urls
from generator.record.brief import Brief, brief_of, from_kept, kept_form
from generator.record.frontmatter import ArticleMeta, Meta, Page, parse, split
from generator.record.text import file_hash

FILE = "frontmatter.sqlite"
M = TypeVar("M", bound=Meta)


class Reading(NamedTuple):
    """What is kept of one page.

    `content_hash` is that of the whole file; `meta` is JSON, '' where it is to be looked up; `stamp` is '' where the file has to be read again.
    """

    content_hash: str
    id: str
    pristine: bool
    meta: str
    brief: str = ""
    stamp: str = ""


class KeptPage(Page[M]):
    """A page whose parts are read when they are asked for: most commands need few of most pages."""

    def __init__(self, path: str, content: Path, model: type[M], reading: Reading, *, readings: Readings | None = None) -> None:
        """`readings`: where the front matter is looked up if `reading` comes without it."""
        self.__dict__.update(path=path, content_hash=reading.content_hash, pristine=reading.pristine)
        self.__dict__.update(_content=content, _model=model, _reading=reading, _readings=readings)

    @property
    def id(self) -> str:
        """The permanent id, without reading anything."""
        return str(self.__dict__["_reading"].id)

    @cached_property
    def brief(self) -> Brief:
        """What a run needs of an article."""
        try:
            return from_kept(self.__dict__["_reading"].brief)
        except ValueError:  # the kept row is damaged
            return brief_of(self.meta)

    def __getattr__(self, name: str) -> object:
        """The parts that aren't there yet; `text` and `body` are as they stand on disk when first asked for."""
        known = self.__dict__
        if name == "meta":
            try:
                known["meta"] = known["_model"].model_validate_json(self._kept_meta())
            except ValidationError:  # the kept row is damaged
                known["meta"] = self._read().meta
        elif name in ("text", "body"):
            text = self._on_disk()
            known.update(text=text, body=split(text, file=known["path"])[1])
        else:
            raise AttributeError(name)
        return known[name]

    def _kept_meta(self) -> str:
        reading: Reading = self.__dict__["_reading"]
        if reading.meta or self.__dict__["_readings"] is None:
            return reading.meta
        found = self.__dict__["_readings"].one(self.path)
        return found.meta if found and found.content_hash == reading.content_hash else ""

    def _read(self) -> Page[M]:
        known = self.__dict__
        return parse(self._on_disk(), known["_model"], file=known["path"])

    def _on_disk(self) -> str:
        content: Path = self.__dict__["_content"]
        return (content / self.path).read_bytes().decode("utf-8")


def reading_of(page: Page[M], content_hash: str, stamp: str = "") -> Reading | None:
    """What to keep of a page that was parsed; None where JSON cannot carry its front matter unchanged."""
    try:
        kept = page.meta.model_dump_json(exclude_unset=True)
        if type(page.meta).model_validate_json(kept) != page.meta:
            return None
    except (PydanticSerializationError, ValidationError, UnicodeError):
        return None
    brief = kept_form(page.brief) if isinstance(page.meta, ArticleMeta) else ""
    return Reading(content_hash, page.id, page.pristine, kept, brief, stamp)


class Readings:
    """The file of one publication. `folder` is made when there is something to keep."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._looking: sqlite3.Connection | None = None  # open while one page after the other is asked for
        self._lost = False  # no file, or none that can be read: not asked again

    def load(self, kind: str) -> dict[str, Reading]:
        """What is kept of the pages of one folder of content/, by path."""
        file = self.folder / FILE
        if not file.is_file():
            return {}
        try:
            with _opened(file) as db:
                if not _ours(db):
                    return {}
                return {row[0]: _reading(*row) for row in db.execute(f"{_SELECT} WHERE kind = ?", (kind,))}
        except (sqlite3.Error, UnicodeError):
            return {}

    def one(self, path: str) -> Reading | None:
        """What is kept of one page."""
        try:
            if self._looking is None and not self._lost:
                self._lost = not (self.folder / FILE).is_file()
                self._looking = None if self._lost else _connected(self.folder / FILE)
                self._lost = self._looking is None or not _ours(self._looking)
            rows = (
                [] if self._lost or self._looking is None else self._looking.execute(_ONE, (path.split("/")[0], path)).fetchall()
            )
            return _reading(*rows[0]) if rows else None
        except (sqlite3.Error, UnicodeError):
            self._lost = True
            return None

    def keep(self, kind: str, new: Mapping[str, Reading], *, gone: Iterable[str]) -> None:
        """Add and replace rows, take out those of pages that are gone: all at once, or nothing."""
        gone = list(gone)
        if not new and not gone:
            return
        self._looking, self._lost = None, False  # what is written now is looked up anew
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            try:
                self._write(kind, new, gone)
            except sqlite3.OperationalError:
                return  # another command writes just now, the disk is full, or the folder is read-only: this once without
            except sqlite3.DatabaseError:
                (self.folder / FILE).unlink(missing_ok=True)  # no database, or a broken one
                self._write(kind, new, gone)
        except (sqlite3.Error, OSError):
            return

    def _write(self, kind: str, new: Mapping[str, Reading], gone: list[str]) -> None:
        with _opened(self.folder / FILE) as db:
            # Losing the file with the machine's power costs a parse; waiting for the disk would cost more, every day.
            db.execute("PRAGMA synchronous = OFF")
            db.execute("PRAGMA secure_delete = ON")  # what a page said that is gone is gone here too
            db.execute("BEGIN IMMEDIATE")
            db.execute("CREATE TABLE IF NOT EXISTS made (made_by TEXT NOT NULL)")
            if not _ours(db):
                db.execute("DROP TABLE IF EXISTS pages")
                db.execute("DELETE FROM made")
                db.execute("INSERT INTO made VALUES (?)", (made_by(),))
            db.execute(
                "CREATE TABLE IF NOT EXISTS pages (kind TEXT, path TEXT, content_hash TEXT, id TEXT, pristine INTEGER, meta TEXT,"
                " brief TEXT, stamp TEXT, PRIMARY KEY (kind, path))"
            )
            db.executemany("DELETE FROM pages WHERE kind = ? AND path = ?", [(kind, path) for path in gone])
            rows = [(kind, path, *reading) for path, reading in new.items()]
            db.executemany("INSERT OR REPLACE INTO pages VALUES (?, ?, ?, ?, ?, ?, ?, ?)", rows)
            db.execute("COMMIT")


_SELECT = "SELECT path, content_hash, id, pristine, meta, brief, stamp FROM pages"
_ONE = f"{_SELECT} WHERE kind = ? AND path = ?"


def _reading(path: str, mark: str, name: str, pristine: int, meta: str, brief: str, stamp: str) -> Reading:
    return Reading(mark, name, bool(pristine), meta, brief, stamp)


def _ours(db: sqlite3.Connection) -> bool:
    """Whether the file was written by this version."""
    return bool(db.execute("SELECT made_by FROM made").fetchall() == [(made_by(),)])


def _connected(file: Path) -> sqlite3.Connection:
    return sqlite3.connect(file, timeout=1, isolation_level=None)


@contextmanager
def _opened(file: Path) -> Iterator[sqlite3.Connection]:
    """A connection that waits a moment for another command's; closed, an open transaction is rolled back."""
    db = _connected(file)
    try:
        yield db
    finally:
        db.close()


@cache
def made_by() -> str:
    """What decides how front matter is read: the code that reads it and the libraries below it. Other code, other rows."""
    code = [
        Path(module.__file__ or "").read_bytes() for module in (checked_yaml, shapes, text, urls, identity, brief, frontmatter)
    ]
    libraries = "".join(f"{name} {version(name)} " for name in ("pydantic", "pydantic-core", "pyyaml"))
    return file_hash(b"\0".join([*code, Path(__file__).read_bytes(), libraries.encode()]))
