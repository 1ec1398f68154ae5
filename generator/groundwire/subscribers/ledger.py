"""The send ledger: a row per (mailing, subscriber), frozen when the sending starts, claimed before a mail is handed over.

    queued → sending → sent | refused | failed | left        sending → queued: later, or after a crash

A row that a killed sender left as `sending` is sent again, with the same Message-ID: the one mail that a crash may repeat.
"""

from __future__ import annotations

from collections import Counter
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal

from groundwire.subscribers.database import Database
from groundwire.subscribers.store import CONFIRMATIONS

Settled = Literal["sent", "refused", "failed", "left"]


@dataclass(frozen=True)
class Claim:
    """One mail to hand over now. `attempt` counts from 1."""

    mailing: str
    subscriber: bytes
    email: str
    requested: int
    attempt: int

    @property
    def id(self) -> str:
        """The recipient's id, for the Message-ID: the same for every attempt, another for another request to confirm."""
        return self.subscriber.hex() + (f".{self.requested}" if self.mailing == CONFIRMATIONS else "")


class Deliveries:
    """The rows of a database. Safe for several senders at once: a row is claimed by one."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def freeze(self, mailing: str, *, now: datetime, corrects: str | None = None) -> bool:
        """Write down who gets a mailing: all who are active now, or those of them who got the issue that it corrects.

        Once; afterwards it changes nothing and says False.
        """
        with self._database.write() as db:
            values = (mailing, _second(now), corrects)
            if not db.execute("INSERT OR IGNORE INTO mailings (id, started, corrects) VALUES (?, ?, ?)", values).rowcount:
                return False
            db.execute(_FREEZE, (corrects, mailing, _second(now)))
            return True

    def recipients(self, *, corrects: str | None = None) -> int:
        """Count those whom `freeze` would write down now."""
        row = self._database.row(_HOW_MANY, corrects)
        return int(row[0]) if row else 0

    def started(self, mailing: str) -> datetime | None:
        """Return when a mailing's recipients were frozen; None if they were not."""
        row = self._database.row("SELECT started FROM mailings WHERE id = ?", mailing)
        return datetime.fromtimestamp(row["started"], UTC) if row else None

    def release(self, mailing: str) -> int:
        """Queue again what a killed sender had in hand; return how many that were.

        Only for the one who holds the mailing's lock.
        """
        with self._database.write() as db:
            sql = "UPDATE deliveries SET status = 'queued' WHERE mailing = ? AND status = 'sending'"
            return db.execute(sql, (mailing,)).rowcount

    def claim(self, mailing: str, *, now: datetime) -> Claim | None:
        """Claim the next mail that is due; None if none is. Who has left meanwhile is passed over for good."""
        wanted = "pending" if mailing == CONFIRMATIONS else "active"
        with self._database.write() as db:
            while row := db.execute(_NEXT, (mailing, _second(now))).fetchone():
                key = (mailing, row["subscriber"])
                if row["status"] == wanted:
                    db.execute(
                        "UPDATE deliveries SET status = 'sending', attempts = attempts + 1 WHERE (mailing, subscriber) = (?, ?)",
                        key,
                    )
                    return Claim(mailing, bytes(row["subscriber"]), row["email"], row["requested"], row["attempts"] + 1)
                db.execute(
                    "UPDATE deliveries SET status = 'left', settled = ? WHERE (mailing, subscriber) = (?, ?)",
                    (_second(now), *key),
                )
        return None

    def together(self) -> AbstractContextManager[object]:
        """Make one transaction of what is written inside: one commit for each mail, not for each thing written of it."""
        return self._database.write()

    def settle(self, claim: Claim, status: Settled, *, now: datetime, answer: str = "") -> None:
        """Write down what became of a claim, for good."""
        values = (status, _second(now), answer[:300], claim.mailing, claim.subscriber)
        with self._database.write() as db:
            db.execute("UPDATE deliveries SET status = ?, settled = ?, answer = ? WHERE (mailing, subscriber) = (?, ?)", values)

    def later(self, claim: Claim, *, due: datetime, answer: str = "", counts: bool = True) -> None:
        """Queue a claim again for `due`; the attempt counts unless it never reached the server."""
        values = (_second(due), answer[:300], 0 if counts else 1, claim.mailing, claim.subscriber)
        with self._database.write() as db:
            db.execute(_LATER, values)

    def hasten(self, mailing: str, *, now: datetime, longest: timedelta) -> None:
        """Make due now what is put off longer than anything is: a clock was wrong, or `--now` was ahead."""
        values = (_second(now), mailing, _second(now + longest))
        with self._database.write() as db:
            db.execute("UPDATE deliveries SET due = ? WHERE mailing = ? AND status = 'queued' AND due > ?", values)

    def skip(self, email: str, *, now: datetime) -> int:
        """Settle as refused what waits for this reader in paused mailings; return how many that were. They stay subscribed."""
        with self._database.write() as db:
            count = db.execute(_SKIP, (_second(now), email)).rowcount
            db.execute(_UNPAUSE)
            return count

    def next_due(self, mailing: str) -> datetime | None:
        """Return when the next queued mail is due; None if none is queued."""
        row = self._database.row("SELECT min(due) AS due FROM deliveries WHERE mailing = ? AND status = 'queued'", mailing)
        return datetime.fromtimestamp(row["due"], UTC) if row and row["due"] is not None else None

    def open(self) -> tuple[str, ...]:
        """List the mailings that are neither complete nor paused, oldest first, without confirmations."""
        return tuple(row["id"] for row in self._database.rows(_OPEN))

    def waiting(self) -> dict[str, str]:
        """Return the paused mailings that somebody has still to get, oldest first, each with why it paused."""
        return {row["id"]: row["paused"] for row in self._database.rows(_PAUSED)}

    def stopped_at(self) -> dict[bytes, str]:
        """Return the subscribers at whom a paused mailing stopped, each with the server's answer."""
        return {bytes(row["subscriber"]): f"{row['mailing']}: {row['answer']}" for row in self._database.rows(_STOPPED_AT)}

    def counts(self, mailing: str) -> Counter[str]:
        """Count a mailing's rows by status."""
        sql = "SELECT status, count(*) AS n FROM deliveries WHERE mailing = ? GROUP BY status"
        return Counter({row["status"]: row["n"] for row in self._database.rows(sql, mailing)})

    def pause(self, mailing: str, reason: str | None) -> None:
        """Stop a mailing until a person sends it again; None lets it go on."""
        with self._database.write() as db:
            db.execute("UPDATE mailings SET paused = ? WHERE id = ?", (reason, mailing))

    def paused(self, mailing: str) -> str | None:
        """Return why a mailing is paused; None if it is not."""
        row = self._database.row("SELECT paused FROM mailings WHERE id = ?", mailing)
        return row["paused"] if row else None


_GETS_IT = """s.status = 'active' AND (?1 IS NULL OR EXISTS (
    SELECT 1 FROM deliveries d WHERE d.mailing = ?1 AND d.subscriber = s.id AND d.status = 'sent'))"""
_HOW_MANY = f"SELECT count(*) FROM subscribers s WHERE {_GETS_IT}"  # noqa: S608  # of our own two lines alone
_FREEZE = f"""INSERT INTO deliveries (mailing, subscriber, status, due)
    SELECT ?2, s.id, 'queued', ?3 FROM subscribers s WHERE {_GETS_IT}"""  # noqa: S608  # likewise
_NEXT = """SELECT d.subscriber, d.attempts, s.email, s.status, s.requested
    FROM deliveries d JOIN subscribers s ON s.id = d.subscriber
    WHERE d.mailing = ? AND d.status = 'queued' AND d.due <= ? ORDER BY d.due LIMIT 1"""
_LATER = """UPDATE deliveries SET status = 'queued', due = ?, answer = ?, attempts = attempts - ?
    WHERE (mailing, subscriber) = (?, ?)"""
_SKIP = """UPDATE deliveries SET status = 'refused', settled = ? WHERE status = 'queued'
    AND subscriber = (SELECT id FROM subscribers WHERE email = ?) AND mailing IN (SELECT id FROM mailings WHERE paused IS NOT NULL)"""
_UNPAUSE = """UPDATE mailings SET paused = NULL WHERE paused IS NOT NULL AND NOT EXISTS (
    SELECT 1 FROM deliveries WHERE mailing = mailings.id AND status IN ('queued', 'sending'))"""
_PAUSED = """SELECT id, paused FROM mailings WHERE paused IS NOT NULL AND EXISTS (
    SELECT 1 FROM deliveries WHERE mailing = mailings.id AND status IN ('queued', 'sending')) ORDER BY started"""
_STOPPED_AT = """SELECT d.subscriber, d.mailing, d.answer FROM deliveries d JOIN mailings m ON m.id = d.mailing
    WHERE m.paused IS NOT NULL AND d.status = 'queued' AND d.answer != '' ORDER BY m.started"""
_OPEN = """SELECT id FROM mailings WHERE paused IS NULL AND EXISTS (
    SELECT 1 FROM deliveries WHERE mailing = mailings.id AND status IN ('queued', 'sending')) ORDER BY started"""


def _second(when: datetime) -> int:
    return int(when.timestamp())
