"""How the feeds are doing, by what the ledger says: pure, so that `feeds list` and the public page tell the same.

Rows of the ledger's stream `feeds`, written on transitions only, so that a quiet run writes none:
  {"feed": URL, "event": "failing", "why": …}      it answered before, now it does not
  {"feed": URL, "event": "recovered"}
  {"feed": URL, "event": "news", "newest": TIME, "every_days": N}
      its newest entry is of TIME, and its entries come every N days (the median); at most one such row a feed and day
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from groundwire.settings import Feed

# Silent for longer than three times its usual pause, and than a fortnight (holidays), a feed is stale.
LEAST_SILENCE = timedelta(days=14)
PAUSES = 3
STREAM = "feeds"
HealthRow = Mapping[str, Any]


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
    feeds: Sequence[Feed],
    rows: Iterable[HealthRow],
    *,
    now: datetime,
    know: Callable[[FeedHealth], FeedHealth] = lambda found: found,
) -> list[FeedHealth]:
    """Return the state of each feed, in the order of the settings.

    `know` adds what one machine knows beside the record. For a page that must not change by itself, `now` is the newest
    moment in content/.
    """
    own: dict[str, list[HealthRow]] = defaultdict(list)
    for row in sorted((r for r in rows if _time(r.get("at"))), key=lambda r: str(r["at"])):
        own[str(row.get("feed"))].append(row)
    return [_state(feed, own[feed.url], know, now=now) for feed in feeds]


def _state(feed: Feed, rows: Sequence[HealthRow], know: Callable[[FeedHealth], FeedHealth], *, now: datetime) -> FeedHealth:
    found = FeedHealth(feed)
    for row in rows:
        found = _after(found, row)
    found = know(found)
    silence = max(LEAST_SILENCE, PAUSES * found.every) if found.every else LEAST_SILENCE
    if found.newest and now - found.newest > silence:
        found = replace(found, stale_since=found.newest + silence)
    return found


def _after(found: FeedHealth, row: HealthRow) -> FeedHealth:
    match row.get("event"):
        case "failing" if not found.failing_since:  # two machines may both have seen it begin
            return replace(found, failing_since=_time(row["at"]), why=str(row.get("why", "")))
        case "recovered":
            return replace(found, failing_since=None, why="")
        case "news":
            newest = _time(row.get("newest"))
            if newest and (found.newest is None or newest >= found.newest):
                return replace(found, newest=newest, every=_pause(row) or found.every)
    return found


def _pause(row: HealthRow) -> timedelta | None:
    days = row.get("every_days")
    return timedelta(days=days) if isinstance(days, int | float) and 0 < days < 10_000 else None


def _time(raw: object) -> datetime | None:
    try:
        found = datetime.fromisoformat(str(raw))
    except ValueError:
        return None
    return found.astimezone(UTC) if found.tzinfo else None
