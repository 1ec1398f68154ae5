"""What a run adds to the record of the feeds' health, and what this machine knows beside it. The rows: publication/feed_health.py."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from statistics import median
from typing import Any

from groundwire.feeds.memory import Memory
from groundwire.model import Entry, Feed, FeedResult
from groundwire.publication import feed_health as record
from groundwire.publication.feed_health import FeedHealth, HealthRow

NEWS_APART = timedelta(days=1)
LOOKED_AT = 30


def health(
    feeds: Sequence[Feed], rows: Iterable[HealthRow], memories: Mapping[str, Memory] | None = None, *, now: datetime
) -> list[FeedHealth]:
    """Return the state of each feed, by the record and by the memories of the machine that asks."""
    known = memories or {}

    def know(found: FeedHealth) -> FeedHealth:
        memory = known.get(found.feed.url)
        return _with_memory(found, memory) if memory else found

    return record.health(feeds, rows, now=now, know=know)


def transitions(results: Iterable[FeedResult], rows: Iterable[HealthRow], *, now: datetime) -> list[dict[str, Any]]:
    """Return the rows that a run adds to the log; none where nothing changed."""
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
    """Return the date of the newest entry that is not ahead of `now`, and how often the feed has entries.

    That is the median pause between the days with entries; None where there are too few.
    """
    dates = sorted((e.published for e in entries if e.published and not e.estimated and e.published <= now), reverse=True)
    if not dates:
        return None, None
    days = sorted({d.date() for d in dates[:LOOKED_AT]})
    pauses = [(b - a).days for a, b in pairwise(days)]
    return dates[0], timedelta(days=median(pauses)) if pauses else None


def _with_memory(found: FeedHealth, memory: Memory) -> FeedHealth:
    """Add what this machine knows beside the record.

    That is: a newer entry of the same day, the reason of the last failure, the next check.
    """
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
