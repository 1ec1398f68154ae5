"""How the feeds are doing, by what the ledger says: pure, so that `feeds list` and a public page tell the same.

Rows of the ledger's stream `feeds`, written on transitions only, so that a quiet run writes none:
  {"feed": URL, "event": "failing", "why": …}      it answered before, now it does not
  {"feed": URL, "event": "recovered"}
  {"feed": URL, "event": "news", "newest": TIME, "every_days": N}
      its newest entry is of TIME, and its entries come every N days (the median); at most one such row a feed and day
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from statistics import median
from typing import Any

from generator.feeds.memory import Memory
from generator.model import Entry, Feed, FeedResult

# Silent for longer than five times its usual pause, and than a fortnight (holidays), a feed is stale.
LEAST_SILENCE = timedelta(days=14)
PAUSES = 5
NEWS_APART = timedelta(days=1)
LOOKED_AT = 30
Row = Mapping[str, Any]


@dataclass(frozen=True)
class FeedHealth:
    """One feed's state. Times are UTC; None and '' where nothing is known.

    `newest` is the date of its newest entry, `every` its usual pause, `next_check` when it may be asked again (known only
    on the machine that asks).
    """

    feed: Feed
    newest: datetime | None = None
    every: timedelta | None = None
    failing_since: datetime | None = None
    why: str = ""
    stale_since: datetime | None = None
    next_check: datetime | None = None
    advice: str = ""

    @property
    def state(self) -> str:
        """`failing`, `stale`, `new` (nothing is known yet) or `ok`."""
        if self.failing_since:
            return "failing"
        if self.stale_since:
            return "stale"
        return "ok" if self.newest else "new"


def health(
    feeds: Sequence[Feed], rows: Iterable[Row], memories: Mapping[str, Memory] | None = None, *, now: datetime
) -> list[FeedHealth]:
    """The state of each feed, in the order of the settings.

    From content/ alone (no `memories`) all is told but the next check. For a page that must not change by itself, `now` is the
    newest moment in content/.
    """
    own: dict[str, list[Row]] = defaultdict(list)
    for row in sorted((r for r in rows if _time(r.get("at"))), key=lambda r: str(r["at"])):
        own[str(row.get("feed"))].append(row)
    return [_state(feed, own[feed.url], (memories or {}).get(feed.url), now=now) for feed in feeds]


def transitions(results: Iterable[FeedResult], rows: Iterable[Row], *, now: datetime) -> list[dict[str, Any]]:
    """The rows that a run adds to the ledger; none where nothing changed."""
    results = list(results)
    before = {h.feed.url: h for h in health([r.feed for r in results], rows, now=now)}
    out: list[dict[str, Any]] = []
    for result in results:
        known = before[result.feed.url]
        if bool(result.error) != bool(known.failing_since):
            event = {"event": "failing", "why": result.error} if result.error else {"event": "recovered"}
            out.append({"feed": result.feed.url, **event})
        newest, every = rhythm(result.entries, now=now)
        if newest and (known.newest is None or newest - known.newest >= NEWS_APART):
            out.append({"feed": result.feed.url, "event": "news", "newest": _stamp(newest), **_days(every)})
    return out


def rhythm(entries: Iterable[Entry], *, now: datetime) -> tuple[datetime | None, timedelta | None]:
    """The date of the newest entry that is not ahead of `now`, and the median pause between the days with entries."""
    dates = sorted((e.published for e in entries if e.published and not e.estimated and e.published <= now), reverse=True)
    if not dates:
        return None, None
    days = sorted({d.date() for d in dates[:LOOKED_AT]})
    pauses = [(b - a).days for a, b in pairwise(days)]
    return dates[0], timedelta(days=median(pauses)) if pauses else None


def _state(feed: Feed, rows: Sequence[Row], memory: Memory | None, *, now: datetime) -> FeedHealth:
    found = FeedHealth(feed)
    for row in rows:
        found = _after(found, row)
    if memory:
        found = _with_memory(found, memory)
    silence = max(LEAST_SILENCE, PAUSES * found.every) if found.every else LEAST_SILENCE
    if found.newest and now - found.newest > silence:
        found = replace(found, stale_since=found.newest + silence)
    return found


def _after(found: FeedHealth, row: Row) -> FeedHealth:
    match row.get("event"):
        case "failing" if not found.failing_since:  # two machines may both have seen it begin
            return replace(found, failing_since=_time(row["at"]), why=str(row.get("why", "")))
        case "recovered":
            return replace(found, failing_since=None, why="")
        case "news":
            newest, days = _time(row.get("newest")), row.get("every_days")
            if newest and (found.newest is None or newest >= found.newest):
                every = timedelta(days=days) if isinstance(days, int | float) and 0 < days < 10_000 else found.every
                return replace(found, newest=newest, every=every)
    return found


def _with_memory(found: FeedHealth, memory: Memory) -> FeedHealth:
    """What this machine knows beside the record: a newer entry of the same day, the reason of the last failure, the next check."""
    dates = [item.published for item in memory.items if item.published]
    newest = max([d for d in (found.newest, *dates) if d], default=None)
    return replace(
        found,
        newest=newest,
        why=memory.error or found.why,
        next_check=None if memory.gone > 1 else memory.due,
        advice=f"write url: {memory.moved_to}" if memory.moved >= 3 else "",
    )


def _days(every: timedelta | None) -> dict[str, float]:
    return {"every_days": round(every / timedelta(days=1), 1)} if every else {}


def _stamp(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def _time(raw: object) -> datetime | None:
    try:
        found = datetime.fromisoformat(str(raw))
    except ValueError:
        return None
    return found.astimezone(UTC) if found.tzinfo else None
