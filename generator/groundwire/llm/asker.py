"""The paid way to an answer: the kept one, else a new one that fits into the budget, with as many tries as it may take.

Each try is paid for by itself. A raw answer is kept before its bill is settled and before anything judges it: killed at any moment, the
next run asks nothing twice, and the bill is never smaller than what was spent.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from groundwire.llm.budget import Purse
from groundwire.llm.messages import MAX_TOKENS, Reply, Request, Usage
from groundwire.llm.models import Tariff, unpriced

DEADLINE = 240.0  # seconds for one request with all its tries
TRIES = 4
LATE = 2  # answers that do not come in time, after which a run asks no more: with `call.TIMEOUT` at most four minutes
UNPAID = "the budget is spent"
OVERHEAD = 2_000  # tokens that the service may add for the form of the answer


class Caller(Protocol):
    """Whoever answers a request: the real one, or a test's."""

    def ask(self, request: Request, attempt: int = 0) -> Reply:
        """Try once; never raises for what a server or a model does."""


class Memory(Protocol):
    """Keeps raw answers by what was asked, and what became of them, so that a second run asks nothing again."""

    def answer(self, request: Request, /) -> Reply | None:
        """Return the reply that was kept for a request, None where there is none."""

    def keep(self, request: Request, reply: Reply) -> None:
        """Keep a reply as it came, before anything judges it."""

    def explain(self, story: str, trace: Mapping[str, Any]) -> None:
        """Keep what was asked, answered, kept and dropped for a story."""


@dataclass(frozen=True)
class Clock:
    """How long to wait is measured and slept by these."""

    sleep: Callable[[float], None] = time.sleep
    monotonic: Callable[[], float] = time.monotonic


class Asker:
    """Asks within the budget; safe to use from several threads."""

    def __init__(self, caller: Caller, *, purse: Purse, memory: Memory, tariff: Tariff, clock: Clock | None = None) -> None:
        self._caller, self.purse, self.memory, self.tariff = caller, purse, memory, tariff
        self._clock = clock or Clock()
        self.stopped = ""  # why no more calls are made in this run
        self._late = 0

    def ask(self, request: Request, *, category: str) -> Reply:
        """Return the kept answer, or ask for a new one within the budget: up to TRIES times, within DEADLINE seconds."""
        if (known := self.memory.answer(request)) is not None:
            return known
        started, reply = self._clock.monotonic(), Reply("failed", why=self.stopped)
        for attempt in range(TRIES):
            if self.stopped:
                break
            reply = self._try(request, category, attempt)
            late = reply.wait is None or self._clock.monotonic() - started + reply.wait > DEADLINE
            if late or reply.wait is None or attempt == TRIES - 1:
                break
            self._clock.sleep(reply.wait)
        return reply

    def _worst(self, request: Request) -> float | None:
        """Return the US dollars that a request costs at most; None, and a stop, where that cannot be known."""
        dear = self.tariff.cost(request.model, worst(request))
        if dear is None:
            self.stopped = unpriced(request.model)
        return dear

    def _try(self, request: Request, category: str, attempt: int) -> Reply:
        dear = self._worst(request)
        if dear is None:
            return Reply("failed", why=self.stopped)
        hold = self.purse.reserve({category: dear}, model=request.model)
        if hold is None:
            return Reply("failed", why=UNPAID)
        used = worst(request)  # where nobody says what it was: as much as it may have been
        try:
            reply = self._caller.ask(request, attempt)
            used = (reply.usage or used) if reply.paid else Usage()
            if reply.outcome in ("answer", "refusal", "truncated"):
                self.memory.keep(request, reply)
        finally:  # also through a bug or ^C: others may be waiting for what it gives back
            self.purse.settle(hold, {category: self.tariff.cost(request.model, used) or 0.0}, used)
        self._late += reply.late
        if reply.outcome == "fatal" or self._late >= LATE:
            self.stopped = self.stopped or reply.why
        return reply


def worst(request: Request) -> Usage:
    """Bound what a request can use: a token is at least one byte, and as many may be written as are allowed."""
    sent = len(request.system.encode()) + len(request.user.encode()) + len(json.dumps(request.schema).encode())
    return Usage(sent + OVERHEAD, MAX_TOKENS)
