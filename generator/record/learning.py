"""How a run learns what the ledger's stream `stories` says: tables in memory, and for each kind of row what it does to them.

Git may have joined the ledger's lines in any order; what people decided counts after what the machine did. So rows are learned in the order
of their times, those of people last. What the machine's rows of all months but the newest come to is kept between runs (record/snapshot.py),
under a hash of these months' bytes: whatever happens to an old month, be it by compaction, by Git or by hand, it is learned anew. The newest
month and all that people decided is learned in every run, on top of it.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

from generator.record import ledger as ledger_module
from generator.record.ledger import Ledger, Row
from generator.record.snapshot import keep, restored
from generator.record.text import file_hash

STREAM, SCHEMA, FILE = "stories", "known", "stories.known"
MENDS = ("separated", "rejoined", "readdressed")  # what people did to a page's sources
_TABLES = """
CREATE TABLE known.entries (feed TEXT, entry TEXT, story TEXT, PRIMARY KEY (feed, entry));
CREATE INDEX known.entries_by_story ON entries (story);
CREATE TABLE known.addresses (mark TEXT PRIMARY KEY, story TEXT) WITHOUT ROWID;
CREATE TABLE known.listed (story TEXT, mark TEXT, feed TEXT, PRIMARY KEY (story, mark));
CREATE INDEX known.listed_by_mark ON listed (mark);
CREATE TABLE known.published (story TEXT PRIMARY KEY, at TEXT, path TEXT, title TEXT) WITHOUT ROWID;
CREATE TABLE known.chosen (story TEXT PRIMARY KEY, line TEXT);
CREATE TABLE known.counted (story TEXT PRIMARY KEY, moment REAL, category TEXT) WITHOUT ROWID;
CREATE INDEX known.counted_by_moment ON counted (moment);
CREATE TABLE known.merged (story TEXT PRIMARY KEY, home TEXT) WITHOUT ROWID;
CREATE TABLE known.let_go (story TEXT PRIMARY KEY) WITHOUT ROWID;
CREATE TABLE known.seen (feed TEXT, entry TEXT, at TEXT, PRIMARY KEY (feed, entry)) WITHOUT ROWID;
CREATE TABLE known.stood (story TEXT, path TEXT, PRIMARY KEY (story, path)) WITHOUT ROWID;
CREATE TABLE known.parted_entries (feed TEXT, entry TEXT, story TEXT, PRIMARY KEY (feed, entry, story)) WITHOUT ROWID;
CREATE TABLE known.parted_marks (mark TEXT, story TEXT, line TEXT, PRIMARY KEY (mark, story)) WITHOUT ROWID;
CREATE TABLE known.mends (line TEXT);
CREATE TABLE known.learned (latest TEXT);
"""


def learn_all(db: sqlite3.Connection, ledger: Ledger, *, kept: Path | None = None) -> None:
    """Fill the schema `known` of `db`, which is empty, with what the ledger says. `kept`: the file in which a part of it is kept."""
    months = ledger.months(STREAM)
    if kept is None or not _learn_newest(db, ledger, months, kept):
        db.executescript(f"DETACH {SCHEMA}; ATTACH ':memory:' AS {SCHEMA};{_TABLES}")
        learn(db, _in_order(_rows(ledger, months)))


def _learn_newest(db: sqlite3.Connection, ledger: Ledger, months: Sequence[Path], kept: Path) -> bool:
    """Learn what is kept of all months but the newest, and on top of it the newest; False where that is not the order of the rows."""
    old, key = months[:-1], _key(months[:-1])
    if not restored(db, SCHEMA, kept, key=key):
        db.executescript(_TABLES)
        _learn_old(db, _rows(ledger, old))
        if _key(old) == key:  # nobody wrote there meanwhile
            keep(db, SCHEMA, kept, key=key)
    rows = _rows(ledger, months[-1:])
    [(latest,)] = db.execute("SELECT latest FROM known.learned").fetchall()
    if any(str(row["at"]) <= latest for row in rows):  # not after what was learned, or said once before
        return False
    lines = db.execute("SELECT line FROM known.mends ORDER BY rowid").fetchall()
    learn(db, _in_order([*(json.loads(line) for (line,) in lines), *rows]))
    return True


def learn(db: sqlite3.Connection, rows: Iterable[Row]) -> None:
    """Learn rows in this order."""
    db.execute("BEGIN")
    for row in rows:
        try:
            _learn(db, row)
        except (AttributeError, KeyError, TypeError, ValueError):
            continue  # a row of another version, or one that a person broke: it must not stop the run
    db.execute("COMMIT")


def _learn_old(db: sqlite3.Connection, rows: Sequence[Row]) -> None:
    """What the machine's rows say; those of people wait, as newer ones of the machine count before them."""
    ordered = _in_order(rows)
    learn(db, (row for row in ordered if not _by_people(row)))
    db.executemany("INSERT INTO known.mends VALUES (?)", [(json.dumps(row),) for row in ordered if _by_people(row)])
    db.execute("INSERT INTO known.learned VALUES (?)", (max((str(row["at"]) for row in rows), default=""),))


def _rows(ledger: Ledger, months: Sequence[Path]) -> list[Row]:
    """The rows of these months that say something of an entry or a story, each once."""
    seen: set[str] = set()
    return [row for path in months for row in ledger.rows_of(path, seen) if "story" in row or row.get("event") == "seen"]


def _in_order(rows: Iterable[Row]) -> list[Row]:
    return sorted(rows, key=lambda row: (_by_people(row), str(row["at"])))


def _by_people(row: Row) -> bool:
    return row.get("event") in MENDS


def _key(months: Sequence[Path]) -> str:
    return file_hash("".join([_code(), *(f"{path.name} {file_hash(path.read_bytes())}" for path in months)]).encode())


@cache
def _code() -> str:
    """What decides what rows come to."""
    return file_hash(Path(__file__).read_bytes() + Path(ledger_module.__file__).read_bytes())


def moment_of(row: Row) -> datetime:
    """When a row was written. Raises ValueError."""
    return datetime.fromisoformat(row["at"]).astimezone(UTC)


def _learn(db: sqlite3.Connection, row: Row) -> None:
    event = row["event"]
    if "path" in row:
        db.execute("INSERT OR IGNORE INTO known.stood VALUES (?, ?)", (_text(row["story"]), _text(row["path"])))
    if event in _RULES:
        _RULES[event](db, row)
        return
    if event in ("published", "chosen"):
        story, moment = _text(row["story"]), moment_of(row)
        counted = (story, moment.timestamp(), str(row["category"]))
        db.execute("INSERT OR IGNORE INTO known.counted VALUES (?, ?, ?)", counted)
        if event == "published":
            remembered = (story, moment.isoformat(), str(row.get("path", "")), str(row.get("title", "")))
            db.execute("INSERT OR IGNORE INTO known.published VALUES (?, ?, ?, ?)", remembered)
        else:
            db.execute("INSERT OR IGNORE INTO known.chosen VALUES (?, ?)", (story, json.dumps(row)))
    _own(db, row)


def _own(db: sqlite3.Connection, row: Row) -> None:
    """A story has entries, addresses, and of these some on its page."""
    story = _text(row["story"])
    entries = [(*pair, story) for pair in _pairs(row)]
    addresses = [(mark, story) for mark in _marks(row)]
    listed = [(story, str(mark), str(feed)) for mark, feed in row.get("listed", {}).items()]
    db.executemany("INSERT INTO known.entries VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET story = excluded.story", entries)
    db.executemany("INSERT OR IGNORE INTO known.addresses VALUES (?, ?)", addresses)
    db.executemany(_LIST, listed)


def _seen(db: sqlite3.Connection, row: Row) -> None:
    first = (str(row["feed"]), str(row["entry"]), moment_of(row).isoformat())
    db.execute("INSERT INTO known.seen VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET at = min(at, excluded.at)", first)


def _merge(db: sqlite3.Connection, row: Row) -> None:
    story, home = _text(row["story"]), _text(row["into"])
    db.execute("INSERT OR REPLACE INTO known.merged VALUES (?, ?)", (story, home))
    marks = db.execute("SELECT mark, feed FROM known.listed WHERE story = ? ORDER BY rowid", (story,)).fetchall()
    db.executemany(_LIST, [(home, mark, feed) for mark, feed in marks])
    db.execute("DELETE FROM known.listed WHERE story = ?", (story,))


def _let_go(db: sqlite3.Connection, row: Row) -> None:
    db.execute("INSERT OR IGNORE INTO known.let_go VALUES (?)", (_text(row["story"]),))


def _part(db: sqlite3.Connection, row: Row) -> None:
    """People took entries out of a story."""
    story, line = _text(row["story"]), json.dumps(row)
    entries = [(*pair, story) for pair in _pairs(row)]
    marks = [(mark, story) for mark in _marks(row)]
    db.executemany("INSERT OR IGNORE INTO known.parted_entries VALUES (?, ?, ?)", entries)
    db.executemany("DELETE FROM known.entries WHERE feed = ? AND entry = ? AND story = ?", entries)
    db.executemany("INSERT OR REPLACE INTO known.parted_marks VALUES (?, ?, ?)", [(*pair, line) for pair in marks])
    db.executemany("DELETE FROM known.listed WHERE mark = ? AND story = ?", marks)
    db.executemany("DELETE FROM known.addresses WHERE mark = ? AND story = ?", marks)


def _rejoin(db: sqlite3.Connection, row: Row) -> None:
    """People put a source back."""
    story = _text(row["story"])
    entries = [(*pair, story) for pair in _pairs(row)]
    marks = [(mark, story) for mark in _marks(row)]
    db.executemany("DELETE FROM known.parted_entries WHERE feed = ? AND entry = ? AND story = ?", entries)
    db.executemany("DELETE FROM known.parted_marks WHERE mark = ? AND story = ?", marks)
    _own(db, row)


def _readdress(db: sqlite3.Connection, row: Row) -> None:
    """People put right the address of a source."""
    story, old, new = _text(row["story"]), _text(row["from"]), _text(row["to"])
    feeds = db.execute("SELECT feed FROM known.listed WHERE story = ? AND mark = ?", (story, old)).fetchall()
    db.execute("DELETE FROM known.listed WHERE story = ? AND mark = ?", (story, old))
    db.execute(_LIST, (story, new, feeds[0][0] if feeds else ""))


def _pairs(row: Row) -> list[tuple[str, str]]:
    return [(_text(feed), _text(entry)) for feed, entry in row["entries"]]


def _marks(row: Row) -> list[str]:
    return [_text(mark) for mark in row["marks"]]


def _text(value: object) -> str:
    """Raises TypeError where a person put something else than text."""
    if not isinstance(value, str):
        raise TypeError(f"no text: {value!r}")
    return value


_LIST = "INSERT INTO known.listed VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET feed = excluded.feed"
_RULES: dict[str, Callable[[sqlite3.Connection, Row], None]] = {
    "seen": _seen,
    "merged": _merge,
    "let go": _let_go,
    "separated": _part,
    "rejoined": _rejoin,
    "readdressed": _readdress,
}
