"""Who subscribes: asking, confirming, leaving, importing, erasing. Every change is one transaction.

(form) → pending → active → left ⇄ pending …        bounced, and erased (only a hash remains), are for good
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

from groundwire.subscribers.database import Database
from groundwire.subscribers.limits import ADDRESS, allow, forget
from groundwire.subscribers.tokens import CONFIRM_S, ID_BYTES, Keys

CONFIRMATIONS = "confirm"  # the mailing of the confirmation mails
Status = Literal["pending", "active", "left", "bounced"]
Reason = Literal["erased", "bounced"]
SOFT_BOUNCES = 5  # as many in a row count as a hard one


@dataclass(frozen=True)
class Subscriber:
    """One person. `consented` is when they said yes to `wording`; `requested` when they last asked for the mail to confirm."""

    id: bytes
    email: str
    status: Status
    requested: int
    consented: datetime | None
    wording: str
    ended: datetime | None


class Subscribers:
    """The people in a database. Addresses are given in their kept form (`address.py`)."""

    def __init__(self, database: Database) -> None:
        self._database = database

    @property
    def keys(self) -> Keys:
        """The keys of the links in our mails."""
        return Keys({int(row["id"]): bytes(row["secret"]) for row in self._database.rows("SELECT id, secret FROM keys")})

    def rotate(self) -> None:
        """Sign with a new key from now on. Open confirmations end; links to unsubscribe in old mails stay good."""
        with self._database.write() as db:
            db.execute("INSERT INTO keys (secret) VALUES (?)", (secrets.token_bytes(32),))

    def request(self, email: str, *, now: datetime) -> bool:
        """Queue the mail to confirm for somebody who asks for the newsletter, unless it must not go; say whether it will.

        None goes to the subscribed, the suppressed, and to an address that had one lately. Nobody must learn which.
        """
        at = _second(now)
        with self._database.write() as db:
            row = db.execute("SELECT id, status FROM subscribers WHERE email = ?", (email,)).fetchone()
            welcome = row["status"] in ("pending", "left") if row else not self._suppressed(db, email)
            if not allow(db, ADDRESS, self._hash(db, email), now=at) or not welcome:
                return False
            who = bytes(row["id"]) if row else secrets.token_bytes(ID_BYTES)
            db.execute(_ASK, (who, email, at))
            db.execute(_QUEUE_AGAIN, (CONFIRMATIONS, who, at))
            return True

    def awaiting(self, token: str, *, now: datetime) -> bool:
        """Say whether the token of a confirmation still does something. Changes nothing."""
        return self._asked(token, now=now) is not None

    def confirm(self, token: str, *, wording: str, now: datetime) -> Literal["new", "again", "invalid"]:
        """Take the second yes: the subscriber is active, and gets the newest issue that was sent. Again: nothing more."""
        found = self.keys.confirmer(token, now=_second(now))
        if found is None:
            return "invalid"
        with self._database.write() as db:
            row = db.execute("SELECT status, requested FROM subscribers WHERE id = ?", (found[0],)).fetchone()
            if not row or row["requested"] != found[1] or row["status"] not in ("pending", "active"):
                return "invalid"
            if row["status"] == "active":
                return "again"
            db.execute(_AGREE, (_second(now), wording, found[0]))
            db.execute(_WELCOME, (found[0], _second(now)))
            return "new"

    def leave(self, token: str, *, now: datetime) -> bool:
        """Unsubscribe; False where the token is none of ours. Again, or where nobody is left to go: nothing more."""
        who = self.keys.leaver(token)
        if who is None:
            return False
        with self._database.write() as db:
            db.execute(
                "UPDATE subscribers SET status = 'left', ended = ? WHERE id = ? AND status = 'active'", (_second(now), who)
            )
        return True

    def leaves(self, token: str) -> bool:
        """Say whether the token is one for leaving. Changes nothing."""
        return self.keys.leaver(token) is not None

    def add(self, email: str, *, consented: datetime, wording: str) -> Literal["new", "known", "suppressed"]:
        """Take in somebody who agreed elsewhere. Those who are known here, or left, stay as they are."""
        with self._database.write() as db:
            if self._suppressed(db, email):
                return "suppressed"
            done = db.execute(_IMPORT, (secrets.token_bytes(ID_BYTES), email, _second(consented), wording))
            return "new" if done.rowcount else "known"

    def keep_out(
        self, email: str, status: Status, *, consented: datetime | None, wording: str, ended: datetime | None, now: datetime
    ) -> Literal["new", "known", "ended", "suppressed"]:
        """Take in somebody who must not be mailed: pending, left or bounced elsewhere.

        `ended`: when that was; a subscription here ends too, unless its consent is newer. A pending one is forgotten after seven
        days, as any other.
        """
        with self._database.write() as db:
            if self._suppressed(db, email):
                return "suppressed"
            until = None if status == "pending" else ended or now
            values = (secrets.token_bytes(ID_BYTES), email, status, _at(consented), wording, _at(until or ended), _second(now))
            if db.execute(_KEEP_OUT, values).rowcount:
                done: Literal["new", "known", "ended"] = "new"
            elif until and db.execute(_END, (status, _at(until), email)).rowcount:
                done = "ended"
            else:
                db.execute(_LEFT_BEFORE, (_at(until), email))
                return "known"
            if status == "bounced":
                self._suppress(db, email, "bounced", now=now)
            return done

    def erase(self, email: str, *, now: datetime) -> bool:
        """Forget a person; only a hash remains, so that no import brings them back. Say whether anyone was there."""
        with self._database.write() as db:
            there = db.execute("DELETE FROM subscribers WHERE email = ?", (email,)).rowcount > 0
            self._suppress(db, email, "erased", now=now)
            forget(db, ADDRESS, self._hash(db, email))
        self._database.scrub()
        return there

    def bounced(self, token: str, *, hard: bool, now: datetime) -> bool:
        """Note that a mail came back; say whether the token is ours.

        A hard bounce, or the fifth soft one, ends the subscription.
        """
        who = self.keys.leaver(token)
        return who is not None and self.undeliverable(who, hard=hard, now=now)

    def undeliverable(self, who: bytes, *, hard: bool, now: datetime) -> bool:
        """Note that a mail to a known subscriber came back; False if there is no such subscriber.

        A hard bounce, or the fifth soft one, ends the subscription.
        """
        with self._database.write() as db:
            row = db.execute("SELECT email, status, soft FROM subscribers WHERE id = ?", (who,)).fetchone()
            if not row or row["status"] == "bounced":
                return row is not None
            db.execute("UPDATE subscribers SET soft = soft + 1 WHERE id = ?", (who,))
            if hard or row["soft"] + 1 >= SOFT_BOUNCES:
                db.execute("UPDATE subscribers SET status = 'bounced', ended = ? WHERE id = ?", (_second(now), who))
                self._suppress(db, row["email"], "bounced", now=now)
            return True

    def sweep(self, *, now: datetime) -> int:
        """Forget those who did not confirm within seven days; who left before and asked again has left still."""
        limit = (_second(now) - CONFIRM_S,)
        with self._database.write() as db:
            db.execute(
                "UPDATE subscribers SET status = 'left' WHERE status = 'pending' AND ended IS NOT NULL AND requested < ?", limit
            )
            return db.execute("DELETE FROM subscribers WHERE status = 'pending' AND requested < ?", limit).rowcount

    def each(self) -> Iterator[Subscriber]:
        """Yield everybody, by address."""
        for row in self._database.rows("SELECT * FROM subscribers ORDER BY email"):
            yield Subscriber(
                bytes(row["id"]),
                row["email"],
                row["status"],
                row["requested"],
                _moment(row["consented"]),
                row["wording"],
                _moment(row["ended"]),
            )

    def suppressions(self) -> int:
        """Count the addresses that must never be mailed again."""
        row = self._database.row("SELECT count(*) FROM suppressions")
        return int(row[0]) if row else 0

    def hashed(self, value: str) -> bytes:
        """Hash a value that must not be kept, so that nobody can try values out without this database."""
        with self._database.write() as db:
            return self._hash(db, value)

    def _asked(self, token: str, *, now: datetime) -> bytes | None:
        found = self.keys.confirmer(token, now=_second(now))
        sql = "SELECT 1 FROM subscribers WHERE id = ? AND requested = ? AND status IN ('pending', 'active')"
        return found[0] if found and self._database.row(sql, *found) else None

    def _hash(self, db: sqlite3.Connection, value: str) -> bytes:
        pepper = bytes(db.execute("SELECT secret FROM pepper").fetchone()[0])
        return hmac.digest(pepper, value.casefold().encode("utf-8"), hashlib.sha256)

    def _suppressed(self, db: sqlite3.Connection, email: str) -> bool:
        return db.execute("SELECT 1 FROM suppressions WHERE hash = ?", (self._hash(db, email),)).fetchone() is not None

    def _suppress(self, db: sqlite3.Connection, email: str, reason: Reason, *, now: datetime) -> None:
        db.execute("INSERT OR REPLACE INTO suppressions VALUES (?, ?, ?)", (self._hash(db, email), reason, _second(now)))


_ASK = """INSERT INTO subscribers (id, email, status, requested) VALUES (?, ?, 'pending', ?)
    ON CONFLICT (email) DO UPDATE SET status = 'pending', requested = excluded.requested"""
_QUEUE_AGAIN = """INSERT INTO deliveries (mailing, subscriber, status, due) VALUES (?, ?, 'queued', ?)
    ON CONFLICT (mailing, subscriber) DO UPDATE SET status = 'queued', attempts = 0, due = excluded.due, answer = ''"""
_AGREE = "UPDATE subscribers SET status = 'active', consented = ?, wording = ?, ended = NULL, soft = 0 WHERE id = ?"
_WELCOME = """INSERT OR IGNORE INTO deliveries (mailing, subscriber, status, due)
    SELECT id, ?, 'queued', ? FROM mailings WHERE corrects IS NULL ORDER BY started DESC, id DESC LIMIT 1"""
_IMPORT = """INSERT OR IGNORE INTO subscribers (id, email, status, consented, wording) VALUES (?, ?, 'active', ?, ?)"""

_KEEP_OUT = (
    """INSERT OR IGNORE INTO subscribers (id, email, status, consented, wording, ended, requested) VALUES (?, ?, ?, ?, ?, ?, ?)"""
)
_END = """UPDATE subscribers SET status = ?1, ended = ?2 WHERE email = ?3 AND (
    (status = 'active' AND (consented IS NULL OR consented <= ?2)) OR (?1 = 'bounced' AND status IN ('pending', 'left')))"""

_LEFT_BEFORE = "UPDATE subscribers SET ended = coalesce(ended, ?) WHERE email = ? AND status = 'pending'"


def _second(when: datetime) -> int:
    return int(when.timestamp())


def _moment(second: int | None) -> datetime | None:
    return None if second is None else datetime.fromtimestamp(second, UTC)


def _at(when: datetime | None) -> int | None:
    return None if when is None else _second(when)
