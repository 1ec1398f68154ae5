"""How often somebody may ask: sliding windows, counted by hashes, forgotten after a week."""

from __future__ import annotations

import sqlite3

ADDRESS, CALLER = "address", "caller"
HOUR, WEEK = 3600, 7 * 24 * 3600
# (seconds, how many at most). A list bomber sends one mail an hour at most to a victim, and five in all.
WINDOWS = {ADDRESS: ((HOUR, 1), (WEEK, 5)), CALLER: ((HOUR, 20), (24 * HOUR, 60))}


def allow(db: sqlite3.Connection, kind: str, who: bytes, *, now: int) -> bool:
    """Say whether one more is within the limits; if so, count it. `who` is a hash."""
    db.execute("DELETE FROM attempts WHERE at < ?", (now - WEEK,))
    for seconds, most in WINDOWS[kind]:
        sql = "SELECT count(*) FROM attempts WHERE kind = ? AND hash = ? AND at > ?"
        if db.execute(sql, (kind, who, now - seconds)).fetchone()[0] >= most:
            return False
    db.execute("INSERT INTO attempts VALUES (?, ?, ?)", (kind, who, now))
    return True


def forget(db: sqlite3.Connection, kind: str, who: bytes) -> None:
    """Forget what was asked, as if nothing had been."""
    db.execute("DELETE FROM attempts WHERE kind = ? AND hash = ?", (kind, who))
