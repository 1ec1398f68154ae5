"""The one database file: connection, schema, migrations. Times are whole seconds since 1970 (UTC).

WAL with synchronous=NORMAL: a killed process loses nothing that it committed; a power cut may lose the last moments, never
the file. Deleted rows are overwritten (secure_delete), because `erase` promises it.
"""

from __future__ import annotations

import os
import secrets
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any

from groundwire.errors import Refused

# What each version adds; `PRAGMA user_version` says how many of them a file has seen. Never change one, add one.
MIGRATIONS: tuple[tuple[str, ...], ...] = (
    (
        "CREATE TABLE keys (id INTEGER PRIMARY KEY, secret BLOB NOT NULL)",
        "CREATE TABLE pepper (secret BLOB NOT NULL)",
        """CREATE TABLE subscribers (
            id BLOB PRIMARY KEY,
            email TEXT NOT NULL UNIQUE COLLATE NOCASE,
            status TEXT NOT NULL CHECK (status IN ('pending', 'active', 'left', 'bounced')),
            requested INTEGER NOT NULL DEFAULT 0,
            consented INTEGER,
            wording TEXT NOT NULL DEFAULT '',
            ended INTEGER,
            soft INTEGER NOT NULL DEFAULT 0) WITHOUT ROWID""",
        "CREATE INDEX subscribers_status ON subscribers (status)",
        "CREATE TABLE suppressions (hash BLOB PRIMARY KEY, reason TEXT NOT NULL, since INTEGER NOT NULL) WITHOUT ROWID",
        "CREATE TABLE mailings (id TEXT PRIMARY KEY, started INTEGER NOT NULL, corrects TEXT, paused TEXT)",
        """CREATE TABLE deliveries (
            mailing TEXT NOT NULL,
            subscriber BLOB NOT NULL REFERENCES subscribers (id) ON DELETE CASCADE,
            status TEXT NOT NULL CHECK (status IN ('queued', 'sending', 'sent', 'refused', 'failed', 'left')),
            attempts INTEGER NOT NULL DEFAULT 0,
            due INTEGER NOT NULL,
            settled INTEGER,
            answer TEXT NOT NULL DEFAULT '',
            PRIMARY KEY (mailing, subscriber)) WITHOUT ROWID""",
        "CREATE INDEX deliveries_queued ON deliveries (mailing, due) WHERE status = 'queued'",
        "CREATE INDEX deliveries_status ON deliveries (mailing, status)",
        "CREATE INDEX deliveries_subscriber ON deliveries (subscriber)",
        "CREATE TABLE attempts (kind TEXT NOT NULL, hash BLOB NOT NULL, at INTEGER NOT NULL)",
        "CREATE INDEX attempts_by ON attempts (kind, hash, at)",
    ),
)


class Database:
    """The subscribers' database. Safe to use from several threads and processes; made, for its owner only, where it is not."""

    def __init__(self, path: Path, *, read_only: bool = False) -> None:
        """Open the database. With `read_only` nothing is made, upgraded or written; then raises Refused if it cannot be read."""
        self.path = path
        self._lock = threading.RLock()
        if read_only:
            self._db = _opened_to_read(path)
            return
        path.parent.mkdir(parents=True, exist_ok=True)
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
        self._db = sqlite3.connect(path, timeout=30, isolation_level=None, check_same_thread=False)
        self._db.row_factory = sqlite3.Row
        for pragma in ("journal_mode = WAL", "synchronous = NORMAL", "foreign_keys = ON", "secure_delete = ON"):
            self._db.execute(f"PRAGMA {pragma}")
        self._migrate()

    def __enter__(self) -> Database:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Give the file back."""
        self._db.close()

    @contextmanager
    def write(self) -> Iterator[sqlite3.Connection]:
        """Begin a transaction: all of it happens or nothing. Inside another one of the same thread it is a part of that."""
        with self._lock:
            if self._db.in_transaction:
                yield self._db
                return
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield self._db
            except BaseException:
                self._db.execute("ROLLBACK")
                raise
            self._db.execute("COMMIT")

    def rows(self, sql: str, *values: Any) -> list[sqlite3.Row]:
        """Return all rows that a query finds."""
        with self._lock:
            return self._db.execute(sql, values).fetchall()

    def row(self, sql: str, *values: Any) -> sqlite3.Row | None:
        """Return the first row that a query finds; None if there is none."""
        with self._lock:
            found: sqlite3.Row | None = self._db.execute(sql, values).fetchone()
            return found

    def scrub(self) -> None:
        """Empty the write-ahead log, so that what was deleted is in no file any more."""
        with self._lock:
            self._db.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def _migrate(self) -> None:
        with self.write() as db:
            seen = int(db.execute("PRAGMA user_version").fetchone()[0])
            if seen > len(MIGRATIONS):
                raise Refused(f"{self.path} was written by a newer Groundwire (version {seen}); upgrade this one")
            for statement in (statement for migration in MIGRATIONS[seen:] for statement in migration):
                db.execute(statement)
            db.execute(f"PRAGMA user_version = {len(MIGRATIONS)}")
            if not db.execute("SELECT 1 FROM pepper").fetchone():
                db.execute("INSERT INTO pepper VALUES (?)", (secrets.token_bytes(32),))
                db.execute("INSERT INTO keys (secret) VALUES (?)", (secrets.token_bytes(32),))


def _opened_to_read(path: Path) -> sqlite3.Connection:
    """Open a connection that writes nothing. Raises Refused if this is no database of ours that this user may read."""
    # Without a log beside it nobody has it open, and SQLite need not make one to read it, which it would leave behind.
    how = "mode=ro" if path.with_name(f"{path.name}-wal").exists() else "mode=ro&immutable=1"
    try:
        db = sqlite3.connect(f"{path.absolute().as_uri()}?{how}", uri=True, timeout=30, isolation_level=None)
        db.row_factory = sqlite3.Row
        db.execute("SELECT 1 FROM subscribers, deliveries, mailings, suppressions LIMIT 1")
    except sqlite3.Error as error:
        raise Refused(f"{path} cannot be read as a subscribers' database: {error}") from None
    return db
