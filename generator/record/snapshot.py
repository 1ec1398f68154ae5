"""A small database in memory that is kept between runs as one file: read whole, proved by its hash, replaced whole.

What a run derives from many files by rules that don't change needs not be derived every day. The file is named right by a key, which
says all that its content was made from, and by a hash of that content; whatever is not right to the byte (another key, a cut or damaged
file, none) is no snapshot, and its owner makes the content anew. Nothing is ever changed in place, so a kill leaves the old file or the new.
"""

from __future__ import annotations

import os
import sqlite3
from pathlib import Path

from generator.record.atomic import PREFIX
from generator.record.text import file_hash


def database(*schemas: str) -> sqlite3.Connection:
    """An empty database in memory with these schemas, each of which can be kept in a file of its own."""
    db = sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False)
    for schema in schemas:
        db.execute(f"ATTACH ':memory:' AS {schema}")
        db.execute(f"PRAGMA {schema}.journal_mode = OFF")
    return db


def restored(db: sqlite3.Connection, schema: str, file: Path, *, key: str) -> bool:
    """Make an empty schema what `file` keeps under `key`; says whether it could. False leaves the schema empty."""
    try:
        raw = file.read_bytes()
    except OSError:
        return False
    end = raw.find(b"\n") + 1
    content = raw[end:]
    if raw[:end] != _head(key, content):
        return False
    try:
        db.deserialize(content, name=schema)
    except (AttributeError, sqlite3.Error):  # an SQLite that was built without it
        return False
    return True


def keep(db: sqlite3.Connection, schema: str, file: Path, *, key: str) -> None:
    """Keep the schema in `file`. Where that cannot be written, the next run makes the content anew."""
    beside = file.with_name(f"{PREFIX}{os.getpid()}-{file.name}")
    try:
        content = db.serialize(name=schema)
        file.parent.mkdir(parents=True, exist_ok=True)
        try:
            # Not flushed to the disk: a file that the power took is one that its hash gives away.
            with beside.open("wb") as handle:
                handle.write(_head(key, content))
                handle.write(content)
            beside.replace(file)
        finally:
            beside.unlink(missing_ok=True)
    except (AttributeError, OSError, sqlite3.Error):
        return


def _head(key: str, content: bytes) -> bytes:
    """The file's first line: another SQLite may write another format."""
    return f"groundwire snapshot {sqlite3.sqlite_version} {key} {file_hash(content)}\n".encode()
