"""What content/ comes to, as tables in one SQLite file: asked by key, and brought up to date by what changed.

A run begins with what the last one left, takes in the pages and the ledger's rows that are new, and settles that: from here on the file stays as it
is, and what the run itself writes is known to its own connection only, until the next run takes it in from content/. So a run that is killed
anywhere leaves nothing half.

The file is believed where it stands as it was settled: by its stamp, as every page is (record/readings.py), or, if it came from another machine, by
its hash. Beside it the seal says both (the hash where `CI` is set: that machine ends with its job), and which code filled it. While the file is
changed there is no seal. Anything else (other code, a kill or a power cut while it was being settled, a file that somebody changed, none) is an empty
index, which its owners fill anew. Deleting it costs time.

One process has it, by the kernel's lock on a file beside it; a second one works in memory.
"""

from __future__ import annotations

import errno
import fcntl
import os
import sqlite3
import weakref
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import IO

from generator.record.atomic import write_atomic
from generator.record.index.tables import TABLES
from generator.record.text import file_hash

FILE, SEAL, LOCK = "index.sqlite", "index.seal", "index.lock"
_MADE_BY = ("health.py", "ledger.py", "shelf.py", "store.py")  # beside this folder's files
_open: weakref.WeakValueDictionary[Path, Index] = weakref.WeakValueDictionary()


class Index:
    """One publication's tables: `db` is asked and written by those who own tables in it, always within a transaction.

    `new`: it holds nothing yet.
    """

    def __init__(self, folder: Path | None, *, code: str = "") -> None:
        """The index kept in `folder`; in memory where there is none, where another process has it or where nothing can be written.

        `code`: what decides, beside these tables' own code, what they hold.
        """
        self._folder, self._code = folder, code
        self._lock: IO[str] | None = None
        self._settled = False
        self.new = True
        self.db = _connected(":memory:") if folder is None else self._opened(folder)
        self.db.execute("BEGIN")
        if self.new:
            for statement in TABLES:
                self.db.execute(statement)
        self._changes = self.db.total_changes
        # A connection refers to itself: without this it would hold the file until some later time.
        weakref.finalize(self, _close, self.db, self._lock)

    @classmethod
    def of(cls, folder: Path, *, code: str) -> Index:
        """The index in this folder. One that this process opened before is closed: it is of an earlier run."""
        place = folder.absolute()
        if earlier := _open.pop(place, None):
            earlier.close()
        _open[place] = index = cls(place, code=code)
        return index

    def settle(self) -> None:
        """Keep the tables as they are; what is written from now on is forgotten at the end.

        Once, before anything is written that is not to be kept: raises RuntimeError the second time. Raises OSError where the disk doesn't take it.
        """
        if self._settled:
            raise RuntimeError("the index was settled already: one registry a shelf")
        self._settled = True
        if self._folder is None or not (self.new or self.db.total_changes > self._changes):
            return
        try:
            unseal(self._folder)
            self.db.execute("COMMIT")
        except OSError:  # somebody removes the folder; the transaction stays open, so that this run knows all and keeps nothing
            return
        except sqlite3.Error as error:
            if self.db.in_transaction:  # somebody else reads the file; likewise
                return
            number = errno.ENOSPC if error.sqlite_errorcode == sqlite3.SQLITE_FULL else errno.EIO
            raise OSError(number, os.strerror(number), str(self._folder / FILE)) from error
        self._seal(self._folder)
        self.db.execute("BEGIN")

    def close(self) -> None:
        """Forget what was not settled."""
        _close(self.db, self._lock)

    def _opened(self, folder: Path) -> sqlite3.Connection:
        """The file's connection; one in memory where the file cannot be had."""
        try:
            folder.mkdir(parents=True, exist_ok=True)
            self._lock = (folder / LOCK).open("a")
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if self._believed(folder):
                with suppress(sqlite3.DatabaseError):
                    db = _connected(folder / FILE)
                    self.new = False
                    return db
            unseal(folder)
            (folder / FILE).unlink(missing_ok=True)
            return _connected(folder / FILE)
        except (OSError, sqlite3.Error):
            self._folder, self.new = None, True  # read-only, or in another process's hands: this once in memory
            return _connected(":memory:")

    def _believed(self, folder: Path) -> bool:
        try:
            head, stamp, content = (folder / SEAL).read_text(encoding="utf-8").split("\n")[:3]
            if head != self._head():
                return False
            return stamp == _stamp(folder / FILE) or (bool(content) and content == file_hash((folder / FILE).read_bytes()))
        except (OSError, ValueError):
            return False

    def _seal(self, folder: Path) -> None:
        """Say how the file stands. A hash of all of it costs as much as there is, so it is taken where the next run will need it."""
        with suppress(OSError):  # then the next run fills it anew
            content = file_hash((folder / FILE).read_bytes()) if os.environ.get("CI") else ""
            write_atomic(folder / SEAL, "\n".join([self._head(), _stamp(folder / FILE), content, ""]))

    def _head(self) -> str:
        return f"groundwire index {sqlite3.sqlite_version} {_own_code()} {self._code}"


def unseal(folder: Path) -> None:
    """Let nobody believe the index in this folder any more, not after a power cut either."""
    (folder / SEAL).unlink(missing_ok=True)
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@cache
def _own_code() -> str:
    """What decides what the tables hold."""
    here = Path(__file__).parent
    files = [*sorted(here.glob("*.py")), *(here.parent / name for name in _MADE_BY)]
    return file_hash(b"\0".join(file.read_bytes() for file in files))


def _connected(file: Path | str) -> sqlite3.Connection:
    db = sqlite3.connect(file, timeout=0, isolation_level=None, check_same_thread=False)
    # Undoing is done in memory, as the seal tells a file that was left half settled. Settled, the file is flushed before it is sealed. Nothing of what
    # the run itself writes reaches it, and what is taken out of it does not stay in its free places.
    for pragma in ("journal_mode = MEMORY", "synchronous = NORMAL", "cache_spill = OFF", "secure_delete = ON"):
        db.execute(f"PRAGMA {pragma}")
    return db


def _close(db: sqlite3.Connection, lock: IO[str] | None) -> None:
    db.close()
    if lock is not None:
        lock.close()


def _stamp(file: Path) -> str:
    status = file.stat()
    return f"{status.st_mtime_ns} {status.st_ctime_ns} {status.st_size} {status.st_ino}"
