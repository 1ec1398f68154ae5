"""What content/ comes to, as tables in one SQLite file: asked by key, and brought up to date by what changed.

A run begins with what the last one left, takes in the pages and the ledger's rows that are new, and settles that: from here on the file stays as it
is, and what the run itself writes is known to its own connection only, until the next run takes it in from content/. So a run that is killed
anywhere leaves nothing half.

The file is believed where it stands as it was settled: by its stamp, as every page is (record/readings.py), or, if it came from another machine, by
its hash. Beside it the seal says both (the hash where `CI` is set: that machine ends with its job), and which code filled it. Anything else (other code, a kill while it was being settled, a damaged file, none)
is an empty index, which its owners fill anew. Deleting it costs time.
"""

from __future__ import annotations

import os
import sqlite3
import weakref
from contextlib import suppress
from functools import cache
from pathlib import Path

from generator.record.atomic import write_atomic
from generator.record.text import file_hash

FILE, SEAL = "index.sqlite", "index.seal"
_MADE_BY = ("derived.py", "following.py", "health.py", "index.py", "learning.py", "ledger.py", "listing.py", "shelf.py")
_open: weakref.WeakValueDictionary[Path, Index] = weakref.WeakValueDictionary()


class Index:
    """One publication's tables. `db` is asked and written by those who own tables in it; nothing is written after `settle` but for the run's own use.

    `new`: it holds nothing yet, so that its owners make their tables and fill them.
    """

    def __init__(self, file: Path | None, *, code: str) -> None:
        """The index kept in `file`; in memory where there is none, where another process has it or where it cannot be written.

        `code`: what decides, beside these tables' own code, what they hold.
        """
        self._file, self._code = file, code
        self.new = True
        self.db = _connected(":memory:")
        self._changes = 0  # of the connection, when the last transaction began
        if file is not None:
            self._reopen(file)
        if not self.db.in_transaction:
            self.db.execute("BEGIN")
        weakref.finalize(
            self, self.db.close
        )  # a connection refers to itself: without this it would hold the file until some later time

    @classmethod
    def of(cls, folder: Path, *, code: str) -> Index:
        """The index in this folder. One that this process opened before is closed: it is of an earlier run."""
        file = folder / FILE
        if earlier := _open.pop(file, None):
            earlier.close()
        _open[file] = index = cls(file, code=code)
        return index

    def settle(self) -> None:
        """Keep the tables as they are; what is written from now on is forgotten at the end."""
        if self._file is None:
            return
        changed = self.new or self.db.total_changes > self._changes
        self.db.execute("COMMIT" if changed else "ROLLBACK")
        if changed:
            self._seal(self._file)
        self.db.execute("BEGIN IMMEDIATE")
        self._changes = self.db.total_changes

    def close(self) -> None:
        """Forget what was not settled."""
        self.db.close()

    def _reopen(self, file: Path) -> None:
        """Go over from memory to the file, if it can be had."""
        try:
            file.parent.mkdir(parents=True, exist_ok=True)
            believed = self._believed(file)
            if not believed:
                for old in (file, file.with_name(SEAL)):
                    old.unlink(missing_ok=True)
            db = _connected(file)
            try:
                db.execute("BEGIN IMMEDIATE")
            except sqlite3.Error:
                db.close()
                raise
        except (OSError, sqlite3.Error):
            self._file = None  # read-only, or in another process's hands: this once in memory
            return
        self.db.close()
        self.db, self.new = db, not believed
        self._changes = db.total_changes

    def _believed(self, file: Path) -> bool:
        try:
            head, stamp, content = file.with_name(SEAL).read_text(encoding="utf-8").split("\n")[:3]
            if head != self._head():
                return False
            if stamp == _stamp(file):
                return True
            return bool(content) and content == file_hash(file.read_bytes())
        except (OSError, ValueError):
            return False

    def _seal(self, file: Path) -> None:
        """Say how the file stands. A hash of all of it costs as much as there is, so it is taken where the next run will need it."""
        content = file_hash(file.read_bytes()) if os.environ.get("CI") else ""
        with suppress(OSError):  # then the next run fills it anew
            write_atomic(file.with_name(SEAL), "\n".join([self._head(), _stamp(file), content, ""]))

    def _head(self) -> str:
        return f"groundwire index {sqlite3.sqlite_version} {_code()} {self._code}"


@cache
def _code() -> str:
    """What decides what the tables hold."""
    return file_hash(b"\0".join(Path(__file__).with_name(name).read_bytes() for name in _MADE_BY))


def _connected(file: Path | str) -> sqlite3.Connection:
    db = sqlite3.connect(file, timeout=0, isolation_level=None, check_same_thread=False)
    # Undoing is done in memory: a file that a kill left half settled is one that its seal does not know. Settled, it is flushed before the seal is
    # written. Nothing of what the run itself writes reaches the file, and what is taken out of it does not stay in its free places.
    for pragma in ("journal_mode = MEMORY", "synchronous = NORMAL", "cache_spill = OFF", "secure_delete = ON"):
        db.execute(f"PRAGMA {pragma}")
    return db


def _stamp(file: Path) -> str:
    status = file.stat()
    return f"{status.st_mtime_ns} {status.st_ctime_ns} {status.st_size} {status.st_ino}"
