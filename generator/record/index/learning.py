"""How a run learns what the ledger's stream `stories` says: tables, and for each kind of row what it does to them.

Git may have joined the ledger's lines in any order; what people decided counts after what the machine did. So rows are learned in the order
of their times, those of people last: the index (record/index/file.py) holds what the machine's rows come to, new ones are learned on top
(record/index/following.py says which are new), and what people decided, which is little, is learned in every run after that.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterable
from datetime import UTC, datetime

from generator.record.index.following import news
from generator.record.index.tables import LEARNED
from generator.record.ledger import Ledger, Row, time_of

STREAM = "stories"
MENDS = ("separated", "rejoined", "readdressed")  # what people did to a page's sources


def take_in(db: sqlite3.Connection, ledger: Ledger) -> None:
    """Learn the machine's rows that are new, or, where not all that was learned stands there any more, all anew."""
    found = news(db, ledger, STREAM, counts=lambda row: "story" in row or row.get("event") == "seen")
    if found.anew:
        for table in LEARNED:
            db.execute(f"DELETE FROM {table}")  # noqa: S608  # a name of this file's own
    learn(db, (row for row in found.rows if not _by_people(row)))
    mends = [(time_of(row), json.dumps(row)) for row in found.rows if _by_people(row)]
    db.executemany("INSERT INTO mends VALUES (?, ?)", mends)


def mend(db: sqlite3.Connection) -> None:
    """Learn what people decided, after all that the machine did."""
    learn(db, [json.loads(line) for (line,) in db.execute("SELECT line FROM mends ORDER BY at, rowid").fetchall()])


def learn(db: sqlite3.Connection, rows: Iterable[Row]) -> None:
    """Learn rows in this order."""
    for row in rows:
        try:
            _learn(db, row)
        except (AttributeError, KeyError, OverflowError, TypeError, ValueError):
            continue  # a row of another version, or one that a person broke: it must not stop the run


def _by_people(row: Row) -> bool:
    return row.get("event") in MENDS


def moment_of(row: Row) -> datetime:
    """When a row was written. Raises ValueError."""
    return datetime.fromisoformat(row["at"]).astimezone(UTC)


def _learn(db: sqlite3.Connection, row: Row) -> None:
    event = row["event"]
    if "path" in row:
        db.execute("INSERT OR IGNORE INTO stood VALUES (?, ?)", (_text(row["story"]), _text(row["path"])))
    if event in _RULES:
        _RULES[event](db, row)
        return
    if event in ("published", "chosen"):
        story, moment = _text(row["story"]), moment_of(row)
        counted = (story, moment.timestamp(), str(row["category"]))
        db.execute("INSERT OR IGNORE INTO counted VALUES (?, ?, ?)", counted)
        if event == "published":
            remembered = (story, moment.isoformat(), str(row.get("path", "")), str(row.get("title", "")))
            db.execute("INSERT OR IGNORE INTO published VALUES (?, ?, ?, ?)", remembered)
        else:
            db.execute("INSERT OR IGNORE INTO chosen VALUES (?, ?)", (story, json.dumps(row)))
    _own(db, row)


def _own(db: sqlite3.Connection, row: Row) -> None:
    """A story has entries, addresses, and of these some on its page."""
    story = _text(row["story"])
    entries = [(*pair, story) for pair in _pairs(row)]
    addresses = [(mark, story) for mark in _marks(row)]
    listed = [(story, str(mark), str(feed)) for mark, feed in row.get("listed", {}).items()]
    db.executemany("INSERT INTO entries VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET story = excluded.story", entries)
    db.executemany("INSERT OR IGNORE INTO addresses VALUES (?, ?)", addresses)
    db.executemany(_LIST, listed)


def _seen(db: sqlite3.Connection, row: Row) -> None:
    first = (str(row["feed"]), str(row["entry"]), moment_of(row).isoformat())
    db.execute("INSERT INTO seen VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET at = min(at, excluded.at)", first)


def _merge(db: sqlite3.Connection, row: Row) -> None:
    story, home = _text(row["story"]), _text(row["into"])
    db.execute("INSERT OR REPLACE INTO merged VALUES (?, ?)", (story, home))
    marks = db.execute("SELECT mark, feed FROM listed WHERE story = ? ORDER BY rowid", (story,)).fetchall()
    db.executemany(_LIST, [(home, mark, feed) for mark, feed in marks])
    db.execute("DELETE FROM listed WHERE story = ?", (story,))


def _let_go(db: sqlite3.Connection, row: Row) -> None:
    db.execute("INSERT OR IGNORE INTO let_go VALUES (?)", (_text(row["story"]),))


def _part(db: sqlite3.Connection, row: Row) -> None:
    """People took entries out of a story."""
    story, line = _text(row["story"]), json.dumps(row)
    entries = [(*pair, story) for pair in _pairs(row)]
    marks = [(mark, story) for mark in _marks(row)]
    db.executemany("INSERT OR IGNORE INTO parted_entries VALUES (?, ?, ?)", entries)
    db.executemany("DELETE FROM entries WHERE feed = ? AND entry = ? AND story = ?", entries)
    db.executemany("INSERT OR REPLACE INTO parted_marks VALUES (?, ?, ?)", [(*pair, line) for pair in marks])
    db.executemany("DELETE FROM listed WHERE mark = ? AND story = ?", marks)
    db.executemany("DELETE FROM addresses WHERE mark = ? AND story = ?", marks)


def _rejoin(db: sqlite3.Connection, row: Row) -> None:
    """People put a source back."""
    story = _text(row["story"])
    entries = [(*pair, story) for pair in _pairs(row)]
    marks = [(mark, story) for mark in _marks(row)]
    db.executemany("DELETE FROM parted_entries WHERE feed = ? AND entry = ? AND story = ?", entries)
    db.executemany("DELETE FROM parted_marks WHERE mark = ? AND story = ?", marks)
    _own(db, row)


def _readdress(db: sqlite3.Connection, row: Row) -> None:
    """People put right the address of a source."""
    story, old, new = _text(row["story"]), _text(row["from"]), _text(row["to"])
    feeds = db.execute("SELECT feed FROM listed WHERE story = ? AND mark = ?", (story, old)).fetchall()
    db.execute("DELETE FROM listed WHERE story = ? AND mark = ?", (story, old))
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


_LIST = "INSERT INTO listed VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET feed = excluded.feed"
_RULES: dict[str, Callable[[sqlite3.Connection, Row], None]] = {
    "seen": _seen,
    "merged": _merge,
    "let go": _let_go,
    "separated": _part,
    "rejoined": _rejoin,
    "readdressed": _readdress,
}
