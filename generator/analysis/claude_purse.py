"""What a call costs, and who may say no. Prices are data with a date; an unknown price is a refusal, never a guess."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Protocol

from generator.analysis.claude_call import MAX_TOKENS, Request, Usage
from generator.record.ledger import Ledger

PRICES_OF = "2026-11"
# US dollars a million tokens: in, out; above LONG tokens of input: in, out.
PRICES: Mapping[str, tuple[float, float, float, float]] = {
    "claude-haiku-5-5": (0.10, 0.50, 0.50, 2.50),
    "claude-sonnet-5-5": (2, 10, 2, 10),
    "claude-opus-5-5": (4, 20, 4, 20),
    "claude-fable-5-1": (10, 50, 10, 50),
}
LONG = 100_000


class Purse(Protocol):
    """Money for calls: asked before each one, told after each one."""

    def may(self, cost: float) -> bool:
        """Whether a call that costs at most so many US dollars still fits."""

    def charge(self, cost: float, *, model: str, usage: Usage) -> None:
        """What a call did cost."""


class LedgerPurse:
    """The wall: a limit for this run, and one for the calendar month (UTC) that counts what earlier runs spent."""

    def __init__(self, ledger: Ledger, *, run: float, month: float, now: datetime) -> None:
        self._ledger, self._now = ledger, now
        this = f"{now.astimezone(UTC):%Y-%m}"
        spent = sum(float(row.get("usd") or 0) for row in ledger.rows("spend") if str(row["at"]).startswith(this))
        self.left = min(run, month - spent)

    def may(self, cost: float) -> bool:
        """Whether so many US dollars are left."""
        return cost <= self.left

    def charge(self, cost: float, *, model: str, usage: Usage) -> None:
        """Take it out, and write it down before anything else happens. Every row has a name of its own: equal ones would count once."""
        self.left -= cost
        row = {"model": model, "in": usage.input, "out": usage.output, "usd": round(cost, 8), "call": secrets.token_hex(6)}
        self._ledger.append("spend", row, now=self._now)


class Open:
    """A purse without a bottom, which remembers what was spent: for tests and for servers of one's own."""

    def __init__(self) -> None:
        self.spent = 0.0

    def may(self, cost: float) -> bool:
        """Always."""
        return cost >= 0

    def charge(self, cost: float, *, model: str, usage: Usage) -> None:
        """Add it up."""
        self.spent += cost


def price(model: str, usage: Usage) -> float | None:
    """US dollars of a call, or None where the price is not known. A dated model name has its family's price."""
    row = next((p for name, p in PRICES.items() if model == name or model.startswith(f"{name}-")), None)
    if row is None:
        return None
    given, made = row[2:] if usage.input > LONG else row[:2]
    return (usage.input * given + usage.output * made) / 1_000_000


def worst(request: Request) -> Usage:
    """At most this much: two characters a token (four is usual), and every token that may be written."""
    sent = len(request.system.encode()) + len(request.user.encode()) + len(str(request.schema))
    return Usage(sent // 2, MAX_TOKENS)
