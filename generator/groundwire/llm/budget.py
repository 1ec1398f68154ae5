"""The books: what calls cost, from the ledger's `spend` rows, and the wall that they build.

Before a call its worst case is written down as reserved, after it what it did cost; a call whose second row is missing (a
kill) counts with its worst case. A cost belongs to the day of its reservation.
"""

from __future__ import annotations

import secrets
import threading
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Protocol

from groundwire.llm.messages import Usage
from groundwire.publication.log import Ledger, Row

STREAM = "spend"
_ROUNDING = 1e-9  # dollars that adding up may be off
Parts = Mapping[str, float]  # US dollars by category


@dataclass(frozen=True)
class Hold:
    """US dollars that are set aside for one call."""

    call: str
    usd: float


@dataclass(frozen=True)
class Cost:
    """What one call did cost, or at most will. `settled`: whether that is known."""

    call: str
    day: str
    model: str
    parts: Parts
    settled: bool

    @property
    def usd(self) -> float:
        """US dollars in all."""
        return sum(self.parts.values())


class Purse(Protocol):
    """Money for calls: set aside before each one, settled after it."""

    def reserve(self, parts: Parts, *, model: str) -> Hold | None:
        """Set aside at most so much; None where it does not fit."""

    def settle(self, hold: Hold, parts: Parts, usage: Usage) -> None:
        """Take what it did cost, and give back the rest."""

    def account(self) -> str:
        """Say what this run spent; '' where it asked nobody."""

    spent: float  # US dollars in this run


class LedgerPurse:
    """The wall: a limit for this run, and one for the calendar month (UTC) that counts what earlier runs spent.

    Safe to use from several threads. While calls are under way, what does not fit waits until they are settled: they may give back enough.
    """

    def __init__(self, ledger: Ledger, *, run: float, month: float, now: datetime) -> None:
        self._ledger, self._now = ledger, now
        self._month = f"{now.astimezone(UTC):%Y-%m}"
        known = costs(ledger.rows(STREAM))
        before = sum(c.usd for c in known if c.day.startswith(self._month))
        self._run_left, self._month_left, self._limits = run, month - before, (run, month)
        self._under_way = 0
        self._turn = threading.Condition()
        self.spent, self._calls, self._refused = 0.0, 0, False

    @property
    def left(self) -> float:
        """US dollars that may still be set aside."""
        return min(self._run_left, self._month_left)

    def reserve(self, parts: Parts, *, model: str) -> Hold | None:
        """Set it aside, and write it down before anything else happens."""
        usd = sum(parts.values())
        hold = Hold(secrets.token_hex(6), usd)
        with self._turn:
            while usd > self.left + _ROUNDING and self._under_way:
                self._turn.wait()
            if usd > self.left + _ROUNDING:
                self._refused = True
                return None
            self._run_left -= usd
            self._month_left -= usd
            self._under_way += 1
            self._write("reserved", hold, parts, {"model": model, "at_most": round(usd, 8)})
            return hold

    def settle(self, hold: Hold, parts: Parts, usage: Usage) -> None:
        """Write down what it did cost."""
        usd = sum(parts.values())
        with self._turn:
            self._write("charged", hold, parts, {"usd": round(usd, 8), "in": usage.input, "out": usage.output})
            self._month_left += hold.usd - usd
            self._run_left += hold.usd - usd
            self._under_way -= 1
            self._calls += bool(usage.input or usage.output)
            self.spent += usd
            self._turn.notify_all()

    def account(self) -> str:
        """Say how many calls there were, their cost, what is left, and whether the money ran out."""
        run, month = self._limits
        calls = "1 call" if self._calls == 1 else f"{self._calls} calls"
        lines = [
            f"cost: ${self.spent:.4f} for {calls}" if self._calls else "",
            f"the budget is spent (${run:g} a run, ${month:g} a month), so pages were made by rule" if self._refused else "",
        ]
        said = "; ".join(filter(None, lines))
        return f"{said}; ${max(0.0, self._month_left):.2f} left this month" if said else ""

    def _write(self, event: str, hold: Hold, parts: Parts, more: Row) -> None:
        rounded = {category: round(usd, 8) for category, usd in parts.items()}
        self._ledger.append(STREAM, {"event": event, "call": hold.call, "for": rounded, **more}, now=self._now)


def costs(rows: Iterable[Row]) -> list[Cost]:
    """Return every call once, whatever the order of its rows; a row of another kind is passed over."""
    found: dict[str, dict[str, Row]] = {}
    for number, row in enumerate(rows):
        found.setdefault(str(row.get("call") or number), {})[str(row.get("event", "charged"))] = row
    return [cost for call, events in found.items() if (cost := _cost(call, events))]


def _cost(call: str, events: Mapping[str, Row]) -> Cost | None:
    last = events.get("charged") or events.get("reserved")
    if last is None:
        return None
    try:
        given: Any = last["for"] if "for" in last else {"": last["usd"]}
        parts = {str(category): float(usd) for category, usd in given.items()}
        first = events.get("reserved", last)
        return Cost(call, str(first["at"])[:10], str(first.get("model", "")), parts, "charged" in events)
    except (KeyError, TypeError, ValueError, AttributeError):
        return None
