"""Front matter that was read once and found right, kept by the hash of its file: a big archive is parsed when it changes, not daily.

A file whose times, size and number are those of the last reading is not even opened. Its change time is set by the kernel alone, so an edit
shows however it was made; one made within the kernel's clock tick of the reading would not, so a file that young is read again (as Git does).

One SQLite file in the publication's private folder. It holds nothing that content/ doesn't, and may be deleted at any time. A file
that cannot be read or written, is broken, or was written by another version costs time, never a page: then everything is read anew.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
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
YOUNG_NS = 2_000_000_000  # file systems' clocks tick at most every two seconds
M = TypeVar("M", bound=Meta)


class Reading(NamedTuple):
    """What is kept of one page. `content_hash` is that of the whole file, `meta` is JSON, `stamp` is '' where the file has to be read again."""

    content_hash: str
    id: str
    pristine: bool
    meta: str
    brief: str = ""
    stamp: str = ""


class KeptPage(Page[M]):
    """A page whose parts are read when they are asked for: most commands need few of most pages."""

    def __init__(self, path: str, content: Path, model: type[M], reading: Reading) -> None:
        self.__dict__.update(path=path, content_hash=reading.content_hash, pristine=reading.pristine)
        self.__dict__.update(_content=content, _model=model, _reading=reading)

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
                known["meta"] = known["_model"].model_validate_json(known["_reading"].meta)
            except ValidationError:  # the kept row is damaged
                known["meta"] = self._read().meta
        elif name in ("text", "body"):
            text = self._on_disk()
            known.update(text=text, body=split(text, file=known["path"])[1])
        else:
            raise AttributeError(name)
        return known[name]

    def _read(self) -> Page[M]:
        known = self.__dict__
        return parse(self._on_disk(), known["_model"], file=known["path"])

    def _on_disk(self) -> str:
        content: Path = self.__dict__["_content"]
        return (content / self.path).read_bytes().decode("utf-8")


def stamp_of(status: os.stat_result, *, now_ns: int) -> str:
    """By what a file is known to be the one that was read; '' where it is too young for that."""
    if now_ns - max(status.st_ctime_ns, status.st_mtime_ns) < YOUNG_NS:
        return ""
    return f"{status.st_mtime_ns} {status.st_ctime_ns} {status.st_size} {status.st_ino}"


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


@dataclass(frozen=True)
class Readings:
    """The file of one publication. `folder` is made when there is something to keep."""

    folder: Path

    def load(self, kind: str) -> dict[str, Reading]:
        """What is kept of the pages of one folder of content/, by path."""
        file = self.folder / FILE
        if not file.is_file():
            return {}
        try:
            with _opened(file) as db:
                if db.execute("SELECT made_by FROM made").fetchone() != (made_by(),):
                    return {}
                rows = db.execute(
                    "SELECT path, content_hash, id, pristine, meta, brief, stamp FROM pages WHERE kind = ?", (kind,)
                )
                return {path: Reading(mark, name, bool(pristine), *more) for path, mark, name, pristine, *more in rows}
        except (sqlite3.Error, UnicodeError):
            return {}

    def keep(self, kind: str, new: Mapping[str, Reading], *, gone: Iterable[str]) -> None:
        """Add and replace rows, take out those of pages that are gone: all at once, or nothing."""
        gone = list(gone)
        if not new and not gone:
            return
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
            db.execute("BEGIN IMMEDIATE")
            db.execute("CREATE TABLE IF NOT EXISTS made (made_by TEXT NOT NULL)")
            if db.execute("SELECT made_by FROM made").fetchone() != (made_by(),):
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


@contextmanager
def _opened(file: Path) -> Iterator[sqlite3.Connection]:
    """A connection that waits a moment for another command's; closed, an open transaction is rolled back."""
    db = sqlite3.connect(file, timeout=1, isolation_level=None)
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
