"""How far a stream of the ledger was read: of months that only grew, or are new, a run reads the new rows.

Git may have joined lines in another order, or twice: rows are in the order of their times, and then of their lines, so that this changes nothing.
People may have edited them, another machine may have added earlier ones, old months are compacted (record/compact.py): where not all stands there
that was read before, or a row came that is not later than all of it, all is read anew.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from generator.record.index.listing import stamp_of
from generator.record.ledger import Ledger, Row, lines_in, rows_in, time_of
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
    ordered = sorted((time_of(row), line) for line, row in (found or {}).items())
    if ordered:
        db.execute("INSERT OR REPLACE INTO latest VALUES (?, ?)", (stream, ordered[-1][0]))
    return News(tuple((found or {})[line] for _, line in ordered), anew)


def _added(db: sqlite3.Connection, ledger: Ledger, stream: str, counts: Callable[[Row], bool]) -> dict[str, Row] | None:
    """The rows that were added, by line; None where what was read before is not all there, or what came is not later than all of it."""
    query = "SELECT name, stamp, length, hash, lines FROM months WHERE stream = ?"
    kept = {name: rest for name, *rest in db.execute(query, (stream,)).fetchall()}
    last = db.execute("SELECT at FROM latest WHERE stream = ?", (stream,)).fetchall()
    read: list[tuple[str, str, str, int, str, str]] = []
    found: dict[str, Row] = {}
    for path in ledger.months(stream):
        stamp = stamp_of(path.stat(), now_ns=time.time_ns())
        before, length, mark, known = kept.pop(path.name, ("", 0, "", ""))
        if before == stamp != "":
            continue
        raw = path.read_bytes()
        lines = lines_in(raw)
        grew = raw[length - 1 : length] == b"\n" and file_hash(raw[:length]) == mark
        rows = {line: row for line, row in rows_in(lines_in(raw[length:]) if grew else lines) if counts(row)}
        new = {line: row for line, row in rows.items() if not last or time_of(row) > last[0][0]}
        if _lines_hash(lines.keys() - new.keys()) != known if known else len(new) < len(rows):
            return None
        found |= new
        read.append((stream, path.name, stamp, len(raw), file_hash(raw), _lines_hash(lines)))
    if kept:
        return None
    db.executemany("INSERT OR REPLACE INTO months VALUES (?, ?, ?, ?, ?, ?)", read)
    return found


def _lines_hash(lines: Iterable[str]) -> str:
    """The hash of lines in whatever order."""
    return file_hash("\n".join(sorted(lines)).encode("utf-8", "replace"))
