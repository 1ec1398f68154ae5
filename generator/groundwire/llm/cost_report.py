"""What analyses cost, in words: what was spent, and what a publication would spend with each known model."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime

from groundwire.llm.budget import Cost
from groundwire.llm.messages import Usage
from groundwire.llm.models import Tariff, looked_up, models, retirement
from groundwire.settings import AnalysisSettings

DAYS = 7  # that are told one by one
MONTH = 30  # days


def spending(costs: Sequence[Cost], chosen: AnalysisSettings, *, now: datetime) -> list[str]:
    """Report the month's cost by day, model and category, a line each; no lines where no model was ever asked."""
    if not costs:
        return []
    this = f"{now.astimezone(UTC):%Y-%m}"
    month = [cost for cost in costs if cost.day.startswith(this)]
    aside = sum(cost.usd for cost in month if not cost.settled)
    open_calls = f", of which {_usd(aside)} set aside for calls without an answer yet" if aside else ""
    days = _added((cost.day, cost.usd) for cost in costs)
    recent = {day: days[day] for day in sorted(days, reverse=True)[:DAYS]}
    lines = [
        f"money: {_usd(sum(c.usd for c in month))} of ${chosen.budget_usd_month:.2f} in {this}{open_calls}",
        _row("by day", recent),
        _row("by model", _ranked(_added((c.model, c.usd) for c in month))),
        _row("by category", _ranked(_added((category, usd) for c in month for category, usd in c.parts.items()))),
    ]
    return [line for line in lines if line]


def retirements(chosen: Iterable[str], *, today: date) -> list[str]:
    """Write a line for each of these models that is gone or will be soon."""
    return [line for model in chosen if (line := retirement(model, today=today))]


@dataclass(frozen=True)
class Appetite:
    """What a publication would ask: stories a day, and what one story takes."""

    stories: float
    each: Sequence[Usage]

    @property
    def mean(self) -> Usage:
        """The tokens of a story."""
        count = max(1, len(self.each))
        return Usage(sum(u.input for u in self.each) // count, sum(u.output for u in self.each) // count)

    def month(self, model: str, tariff: Tariff) -> float | None:
        """Return US dollars of thirty days; None where the model's price is not known."""
        found = [tariff.cost(model, usage) for usage in self.each]
        known = [usd for usd in found if usd is not None]
        if len(known) < len(found):
            return None
        return sum(known) / max(1, len(known)) * self.stories * MONTH


def table(appetite: Appetite, chosen: AnalysisSettings, tariff: Tariff, *, today: date) -> list[str]:
    """List US dollars a month by model, the cheapest first, and whether the budget allows it."""
    names = [name for name, known in models().items() if known.price and not (known.retires and known.retires <= today)]
    mine = chosen.model
    rows: list[tuple[float, str]] = []
    for name in dict.fromkeys([mine, *names]):
        prices = tariff if name == mine else Tariff()
        usd = appetite.month(name, prices)
        if usd is None:
            continue
        over = " over the month's budget" if usd > chosen.budget_usd_month else ""
        note = " ← analysis.model" if name == mine else ""
        soon = f" (gone from {known.retires:%Y-%m-%d})" if (known := models().get(name)) and known.retires else ""
        rows.append((usd, f"{name:<22}{usd:>12.2f} {note}{over}{soon}".rstrip()))
    return ["US dollars a month", *(row for _, row in sorted(rows)), f"prices of {looked_up():%Y-%m-%d}, one question a story"]


def _added(pairs: Iterable[tuple[str, float]]) -> Mapping[str, float]:
    sums: Counter[str] = Counter()
    for name, usd in pairs:
        sums[name or "unknown"] += usd  # type: ignore[assignment]  # a Counter adds up dollars as well
    return sums


def _ranked(sums: Mapping[str, float]) -> Mapping[str, float]:
    return dict(sorted(sums.items(), key=lambda pair: (-pair[1], pair[0])))


def _row(name: str, sums: Mapping[str, float]) -> str:
    return f"  {name}: " + ", ".join(f"{key} {_usd(usd)}" for key, usd in sums.items()) if sums else ""


def _usd(usd: float) -> str:
    """Write dollars; small sums to a hundredth of a cent."""
    return f"${usd:.2f}" if usd >= 1 or usd == 0 else f"${usd:.4f}"
