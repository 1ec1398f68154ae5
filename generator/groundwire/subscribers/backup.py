"""Copies of the one database file: made while it is in use, put back so that nobody is mailed twice for it."""

from __future__ import annotations

import os
import re
import sqlite3
from contextlib import closing
from datetime import datetime
from pathlib import Path

from groundwire.errors import Refused
from groundwire.files.atomic import move_whole

_NAME = re.compile(r"subscribers-\d{8}T\d{6}Z\.sqlite")


def back_up(database: Path, folder: Path, *, keep: int, now: datetime) -> Path:
    """Copy the database, whole and checked, into `folder`, for its owner only; keep the newest `keep` copies there.

    Senders and the service go on meanwhile (SQLite's online backup). Killed on the way, it leaves no file that looks like a copy.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    target = folder / f"subscribers-{now:%Y%m%dT%H%M%SZ}.sqlite"
    part = target.with_suffix(".part")
    part.unlink(missing_ok=True)
    os.close(os.open(part, os.O_CREAT | os.O_RDWR | os.O_EXCL, 0o600))
    with closing(_opened(database)) as source, closing(sqlite3.connect(part)) as copy:
        source.backup(copy)
        copy.execute("PRAGMA journal_mode = DELETE")  # one file, without a log beside it
    _require_whole(part)
    move_whole(part, target)
    for old in sorted(path for path in folder.iterdir() if _NAME.fullmatch(path.name))[:-keep]:
        old.unlink()
    return target


def put_back(copy: Path, database: Path, *, now: datetime) -> Path | None:
    """Make a copy the database, and return where the old one is kept beside it.

    Raises Refused if the copy is not one, or the database is in use.
    """
    _require_whole(copy)
    database.parent.mkdir(parents=True, exist_ok=True)
    part = database.with_name(f"{database.name}.part")
    part.unlink(missing_ok=True)
    os.close(os.open(part, os.O_CREAT | os.O_RDWR | os.O_EXCL, 0o600))
    with closing(_opened(copy)) as source, closing(sqlite3.connect(part)) as target:
        source.backup(target)
    kept = None
    if database.exists():
        kept = database.with_name(f"{database.name}.before-{now:%Y%m%dT%H%M%SZ}")
        _settle(database)
        database.replace(kept)
    for log in (database.with_name(f"{database.name}{end}") for end in ("-wal", "-shm")):
        log.unlink(missing_ok=True)
    move_whole(part, database)
    return kept


def _opened(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=30)


def _require_whole(path: Path) -> None:
    """Raise Refused if a file is no database of ours, or is damaged."""
    try:
        with closing(_opened(path)) as db:
            found = db.execute("PRAGMA integrity_check(1)").fetchone()[0]
            db.execute("SELECT 1 FROM subscribers, mailings, suppressions, keys LIMIT 1")
    except sqlite3.Error as error:
        raise Refused(f"{path} is no copy of a subscribers' database: {error}") from None
    if found != "ok":
        raise Refused(f"{path} is damaged: {found}; take an older copy")


def _settle(database: Path) -> None:
    """Bring the write-ahead log into the file that is put aside. Raises Refused while somebody else has it open."""
    try:
        with closing(sqlite3.connect(database, timeout=1)) as db:
            if db.execute("PRAGMA journal_mode = DELETE").fetchone()[0] != "delete":
                raise Refused(f"{database} is in use; stop `subscribers serve` first")
    except sqlite3.OperationalError:
        raise Refused(f"{database} is in use; stop `subscribers serve` first") from None
    except sqlite3.DatabaseError:
        return  # damaged: that is why another takes its place
