"""When an issue is due: once a week, at the owner's weekday and hour in the publication's zone.

The clock of a scheduled runner drifts and skips (decidim#16143: 10:05, then 10:01, and a week was lost), so nothing is
compared with the time of the last run. A slot is a weekday and hour of one ISO week, whatever the clock did to that hour
(daylight saving), and its week is the issue's id.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from groundwire.issues.past import taken
from groundwire.publication.content import Issue
from groundwire.publication.log import Row
from groundwire.settings import Settings

_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


@dataclass(frozen=True)
class Due:
    """The issue to make now: its id, the moment of its slot and that of the next one (UTC)."""

    id: str
    slot: datetime
    following: datetime


def due(*, settings: Settings, issues: Sequence[Issue], now: datetime, ledger_rows: Iterable[Row] = ()) -> Due | None:
    """Return the issue of the latest slot; None if it was made or the slot passed without one.

    Missed slots are not made up for: their stories are in the next issue. A publication's first issue is due at once.
    """
    day = latest_slot(settings, now)
    name = issue_id(day)
    if name in taken(issues, ledger_rows):
        return None
    return Due(name, moment(settings, day), moment(settings, day + timedelta(days=7)))


def latest_slot(settings: Settings, now: datetime) -> date:
    """Return the day of the last slot that is not after `now`."""
    today = now.astimezone(settings.zone).date()
    day = today - timedelta(days=(today.weekday() - _WEEKDAYS.index(settings.issue.weekday)) % 7)
    return day if moment(settings, day) <= now else day - timedelta(days=7)


def moment(settings: Settings, day: date) -> datetime:
    """Return the slot's hour of that day in UTC.

    An hour that the clock skips comes an hour later; of a doubled one the first counts.
    """
    return datetime.combine(day, time(settings.issue.hour), settings.zone).astimezone(UTC)


def issue_id(day: date) -> str:
    """Name the issue of a slot by its ISO year and week: `2026-w48`."""
    year, week, _ = day.isocalendar()
    return f"{year}-w{week:02d}"
