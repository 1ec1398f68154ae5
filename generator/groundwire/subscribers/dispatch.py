"""The loop that sends: claim, hand over, write down; slower where told so, and never on and on into a wall of errors."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Literal, Protocol

from groundwire.ports import Clock, Tell
from groundwire.subscribers.ledger import Claim, Deliveries

_BLOCKED = "the mail server refused a mail, and not because there is no such reader"
_ONE_ALONE = (
    "If it refuses one reader's only: `groundwire subscribers list` shows whose, and `groundwire send --skip ADDRESS` sends the others theirs; "
    "who is skipped stays subscribed."
)
Outcome = Literal["accepted", "later", "refused", "blocked", "unreachable"]


class Reply(Protocol):
    """What became of one mail at the server.

    `later`: not now (4xx), or the answer was lost; `refused`: never, as their mailbox doesn't take it; `blocked`: a 5xx that may
    be no fault of theirs; `unreachable`: none of theirs, the server could not be talked to, and `fatal` where trying again is of
    no use (a wrong password).
    """

    @property
    def outcome(self) -> Outcome:
        """What the server made of it."""

    @property
    def text(self) -> str:
        """Its words, for the ledger."""

    @property
    def fatal(self) -> bool:
        """Of `unreachable`: trying again is of no use until a person acts."""


Post = Callable[[Claim], Reply]


@dataclass(frozen=True)
class Rules:
    """How fast, how often, and when to give up. Waits double from `first_wait_s` to `longest_wait_s`."""

    per_second: float
    attempts: int = 8
    first_wait_s: float = 60
    longest_wait_s: float = 900
    unreachable_in_a_row: int = 5
    refused_in_a_row: int = 10
    later_in_a_row: int = 50
    reconnect_s: float = 5

    def wait(self, attempt: int) -> timedelta:
        """Return how long after the attempt of this number (from 1) the next one comes."""
        return timedelta(seconds=min(self.longest_wait_s, self.first_wait_s * 2 ** (attempt - 1)))


@dataclass(frozen=True)
class World:
    """The clocks and the progress report of a sender; tests pass their own."""

    clock: Clock  # the time of day, for the ledger
    ticks: Callable[[], float]  # seconds that only go forward, for the pace
    sleep: Callable[[float], object]
    tell: Tell
    stop: Callable[[], bool] = lambda: False


@dataclass
class _Run:
    """What has happened in a row so far."""

    streak: dict[str, int] = field(default_factory=dict)
    next_slot: float = 0.0
    told: float = float("-inf")
    posted: int = 0

    def count(self, outcome: Outcome) -> int:
        """Count one more of this outcome; return how many have come in a row."""
        self.streak = {outcome: self.streak.get(outcome, 0) + 1}
        return self.streak[outcome]


def dispatch(deliveries: Deliveries, mailing: str, *, post: Post, rules: Rules, world: World) -> str:
    """Send what is queued, until nothing is; return why it paused (the ledger knows too), '' if it is through or was stopped."""
    run, claim = _Run(), None
    while not world.stop():
        _await_slot(run, world)  # before the claim: who leaves meanwhile gets nothing
        claim = claim or deliveries.claim(mailing, now=world.clock())
        if claim is None:
            if not _waited(deliveries, mailing, world):
                return ""
            continue
        run.next_slot = max(run.next_slot, world.ticks()) + 1 / rules.per_second
        reply, email = post(claim), claim.email
        with deliveries.together():
            _write_down(deliveries, claim, reply, rules, world)
            claim = _next_at_once(deliveries, mailing, reply, run, world)
        if reason := _too_many(run, reply, rules, email=email):
            deliveries.pause(mailing, reason)
            return reason
        if reply.outcome == "unreachable":
            world.sleep(rules.reconnect_s * 2 ** (run.streak["unreachable"] - 1))
        _progress(deliveries, mailing, run, world)
    if claim:
        deliveries.later(claim, due=world.clock(), counts=False)
    return ""


def _next_at_once(deliveries: Deliveries, mailing: str, reply: Reply, run: _Run, world: World) -> Claim | None:
    """Claim the next mail, in the transaction that wrote the last one down; None if there is something to wait for first."""
    if reply.outcome != "accepted" or run.next_slot > world.ticks():
        return None
    return deliveries.claim(mailing, now=world.clock())


def _waited(deliveries: Deliveries, mailing: str, world: World) -> bool:
    """Wait a moment for what is due later; False where nothing is queued."""
    due = deliveries.next_due(mailing)
    if due is None:
        return False
    left = (due - world.clock()).total_seconds()
    if left > 0:
        world.sleep(min(left, 1.0))
    return True


def _await_slot(run: _Run, world: World) -> None:
    left = run.next_slot - world.ticks()
    if left > 0:
        world.sleep(left)


def _write_down(deliveries: Deliveries, claim: Claim, reply: Reply, rules: Rules, world: World) -> None:
    now = world.clock()
    if reply.outcome == "accepted":
        deliveries.settle(claim, "sent", now=now)
    elif reply.outcome == "refused":
        deliveries.settle(claim, "refused", now=now, answer=reply.text)
    elif reply.outcome == "unreachable":
        deliveries.later(claim, due=now, answer=reply.text, counts=False)
    elif reply.outcome == "blocked":  # behind all others, should it be this one's alone
        deliveries.later(claim, due=now + timedelta(seconds=1), answer=reply.text, counts=False)
    elif claim.attempt >= rules.attempts:
        deliveries.settle(claim, "failed", now=now, answer=reply.text)
    else:
        deliveries.later(claim, due=now + rules.wait(claim.attempt), answer=reply.text)


def _too_many(run: _Run, reply: Reply, rules: Rules, *, email: str) -> str:
    """Say why the sending must pause now; '' if it may go on.

    The reader's address is not in it: logs may be public.
    """
    row, text = run.count(reply.outcome), re.sub(re.escape(email), "(the reader)", reply.text, flags=re.IGNORECASE)
    if reply.outcome == "blocked":
        return f"{_BLOCKED}: {text}\n{_ONE_ALONE}"
    if reply.fatal:
        return f"the mail server takes nothing from here: {text}"
    most = {"unreachable": rules.unreachable_in_a_row, "refused": rules.refused_in_a_row, "later": rules.later_in_a_row}
    if reply.outcome == "accepted" or row < most[reply.outcome]:
        return ""
    words = {"unreachable": "could not be reached", "refused": "refused each address", "later": "put each address off"}
    times = f" {row} times in a row" if row > 1 else ""
    return f"the mail server {words[reply.outcome]}{times}: {text}"


def _progress(deliveries: Deliveries, mailing: str, run: _Run, world: World) -> None:
    run.posted += 1
    if world.ticks() - run.told >= 5:
        run.told = world.ticks()
        counts = deliveries.counts(mailing)
        world.tell(f"{mailing}: {counts['sent']} of {counts.total()} sent")
