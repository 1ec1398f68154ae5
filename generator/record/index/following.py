"""How far a stream of the ledger was read: of months that only grew, or are new, a run reads the new rows.

Git may have joined lines in any order, people may have edited them, old months are compacted (record/compact.py): where what was read before does not
stand there any more, byte for byte, or a new row is not later than all of it, all is read anew.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable
from dataclasses import dataclass

from generator.record.index.listing import stamp_of
from generator.record.ledger import Ledger, Row, rows_in, time_of
from generator.record.text import file_hash


@dataclass(frozen=True)
class News:
    """Rows of a stream in the order of their times: those that are new, or, if it is to be read `anew`, all."""

    rows: tuple[Row, ...]
    anew: bool = False


def news(db: sqlite3.Connection, ledger: Ledger, stream: str, *, counts: Callable[[Row], bool]) -> News:
    """What the ledger says since the last time, and note that it was read. `counts`: whether a row says anything of what is asked."""
    found = _added(db, ledger, stream, counts)
    if anew := found is None:
        db.execute("DELETE FROM months WHERE stream = ?", (stream,))
        db.execute("DELETE FROM latest WHERE stream = ?", (stream,))
        found = _added(db, ledger, stream, counts)
    rows = sorted(found or (), key=time_of)
    if rows:
        db.execute("INSERT OR REPLACE INTO latest VALUES (?, ?)", (stream, time_of(rows[-1])))
    return News(tuple(rows), anew)


def _added(db: sqlite3.Connection, ledger: Ledger, stream: str, counts: Callable[[Row], bool]) -> list[Row] | None:
    """The rows that were added; None where what was there before is not as it was."""
    query = "SELECT name, stamp, length, hash FROM months WHERE stream = ?"
    kept = {name: (stamp, length, mark) for name, stamp, length, mark in db.execute(query, (stream,)).fetchall()}
    read: list[tuple[str, str, str, int, str]] = []
    rows: list[Row] = []
    seen: set[str] = set()
    for path in ledger.months(stream):
        stamp = stamp_of(path.stat(), now_ns=time.time_ns())
        before, length, mark = kept.pop(path.name, ("", 0, ""))
        if before == stamp != "":
            continue
        raw = path.read_bytes()
        if length and not (raw[length - 1 : length] == b"\n" and file_hash(raw[:length]) == mark):
            return None
        rows += [row for row in rows_in(raw[length:], seen) if counts(row)]
        read.append((stream, path.name, stamp, len(raw), file_hash(raw)))
    last = db.execute("SELECT at FROM latest WHERE stream = ?", (stream,)).fetchall()
    if kept or any(time_of(row) <= last[0][0] for row in rows if last):
        return None
    db.executemany("INSERT OR REPLACE INTO months VALUES (?, ?, ?, ?, ?)", read)
    return rows
