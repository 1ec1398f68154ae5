"""When an issue is due: over daylight saving, drifting clocks and missed runs, and each story once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from random import Random

import pytest
from hypothesis import given
from hypothesis import settings as effort
from hypothesis import strategies as st

from groundwire.issues.compose import Draft, compose_issue
from groundwire.issues.past import past
from groundwire.issues.schedule import due, latest_slot, moment
from groundwire.publication.categories import load_categories
from groundwire.publication.content import Article, Issue
from groundwire.publication.frontmatter import ArticleMeta, IssueMeta, Page, Window
from groundwire.publication.log import Row
from groundwire.settings import Settings

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
ZONES = ("UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Pacific/Apia", "Asia/Kathmandu", "Africa/Casablanca")
START = datetime(2025, 12, 29, tzinfo=UTC)
CATEGORIES = load_categories(Path("no such folder"))


def settings(zone: str = "Europe/Berlin", weekday: str = "friday", hour: int = 9, **issue: int) -> Settings:
    data = {"title": "T", "url": "https://t.example/", "timezone": zone, "issue": {"weekday": weekday, "hour": hour, **issue}}
    return Settings.model_validate(data)


def made(name: str, when: datetime) -> Issue:
    meta = IssueMeta(id=name, subject="x", date=when, window=Window(since=when, until=when), status="ready")
    return Page(f"issues/{name}.md", meta, "", "")


def test_the_first_run_after_the_hour_makes_the_issue_and_the_next_does_not() -> None:
    assert due(settings=settings(), issues=[made("2026-w47", START)], now=datetime(2026, 11, 27, 7, 59, tzinfo=UTC)) is None
    late = datetime(2026, 11, 30, 1, 0, tzinfo=UTC)
    slot = due(settings=settings(), issues=[made("2026-w47", START)], now=late)
    assert slot is not None
    assert (slot.id, slot.slot, slot.following) == (
        "2026-w48",
        datetime(2026, 11, 27, 8, tzinfo=UTC),
        datetime(2026, 12, 4, 8, tzinfo=UTC),
    )
    assert due(settings=settings(), issues=[made("2026-w48", late)], now=late) is None


def test_the_week_is_that_of_the_slot_at_the_turn_of_the_year() -> None:
    slot = due(settings=settings(), issues=[], now=datetime(2027, 1, 2, tzinfo=UTC))
    assert slot is not None
    assert slot.id == "2026-w53"


@pytest.mark.parametrize(
    ("day", "hour", "utc"),
    [
        (date(2026, 3, 27), 2, datetime(2026, 3, 27, 1, tzinfo=UTC)),
        (date(2026, 3, 29), 2, datetime(2026, 3, 29, 1, tzinfo=UTC)),  # 2:00 is skipped: at 3:00, an hour later
        (date(2026, 10, 25), 2, datetime(2026, 10, 25, 0, tzinfo=UTC)),  # 2:00 comes twice: the first
    ],
)
def test_an_hour_that_the_clock_skips_or_doubles(day: date, hour: int, utc: datetime) -> None:
    assert moment(settings(weekday="sunday", hour=hour), day) == utc


def runs(random: Random, until: datetime) -> Iterator[datetime]:
    """Runs every few hours with a drifting clock, some missed, some weeks without any."""
    now = START
    while now < until:
        now += timedelta(hours=random.choice((1, 4, 6, 6, 6, 24)), minutes=random.randint(-30, 45), seconds=random.random())
        if random.random() < 0.02:
            now += timedelta(days=random.randint(2, 25))
        yield now


@given(seed=st.integers(0, 10**9), zone=st.sampled_from(ZONES), weekday=st.sampled_from(WEEKDAYS), hour=st.integers(0, 23))
@effort(max_examples=25, deadline=None)
def test_three_years_of_drifting_and_missed_runs(seed: int, zone: str, weekday: str, hour: int) -> None:
    owner = settings(zone, weekday, hour)
    issues: list[Issue] = []
    slots: list[date] = []
    followed = set()
    for now in runs(Random(seed), START + timedelta(days=3 * 365)):
        followed.add(latest_slot(owner, now))
        if slot := due(settings=owner, issues=issues[-3:], now=now):
            assert slot.slot <= now < slot.following
            local = slot.slot.astimezone(owner.zone)
            assert WEEKDAYS[local.weekday()] == weekday
            assert local.hour in (hour, (hour + 1) % 24)  # the second where the clock skipped the first
            slots.append(latest_slot(owner, now))
            issues.append(made(slot.id, now))
    assert slots == sorted(followed)  # each slot that a run followed, once, in order
    assert len({issue.meta.id for issue in issues}) == len(issues)


def story(number: int, when: datetime, *, held: bool) -> Article:
    data = {"id": f"s-{number:010x}", "title": f"Story {number}", "description": "d", "date": when, "published": when}
    meta = ArticleMeta.model_validate({**data, "category": "research", **({"status": "draft"} if held else {})})
    return Page(f"articles/2026/{number}.md", meta, "", "")


@given(seed=st.integers(0, 10**9))
@effort(max_examples=12, deadline=None)
def test_each_story_is_in_exactly_one_issue_that_counts(seed: int) -> None:
    """Half a year: stories come, some are held for weeks; drafts are approved, forgotten, or their files deleted."""
    random = Random(seed)
    owner = settings(min_items=2, max_items=4).model_copy(update={"review": settings().review.model_copy(update={"hold": "all"})})
    born: list[tuple[datetime, datetime]] = []  # when published, when released
    issues: list[Issue] = []
    rows: list[Row] = []
    counted: list[tuple[str, ...]] = []
    deleted: set[str] = set()
    end = START + timedelta(days=180)
    for now in runs(random, end + timedelta(days=120)):
        if now < end and random.random() < 0.5:
            born.append((now, now + timedelta(days=random.randint(1, 40)) if random.random() < 0.2 else now))
        slot = due(settings=owner, issues=issues, now=now, ledger_rows=rows)
        if slot is None:
            continue
        articles = [story(n, when, held=released > now) for n, (when, released) in enumerate(born)]
        found = compose_issue(
            settings=owner,
            categories=CATEGORIES,
            articles=articles,
            issues=issues,
            before=past(issues, rows, now=now),
            now=now,
            due=slot,
        )
        rows += [{"at": now.isoformat(), **row} for row in found.rows]
        if isinstance(found, Draft):
            fate = random.choice(("sent", "sent", "forgotten", "deleted")) if now < end else "sent"
            if fate != "deleted":
                meta = found.meta.model_copy(update={"status": "ready" if fate == "sent" else "draft"})
                issues.append(Page(found.path, meta, found.body, ""))
            deleted |= set(found.meta.items) if fate == "deleted" else set()
            counted += [found.meta.items] if fate == "sent" else []
    carried = Counter(item for items in counted for item in items)
    assert all(count == 1 for count in carried.values())
    assert not set(carried) & deleted
    assert len({f"s-{n:010x}" for n in range(len(born))} - set(carried) - deleted) < 2  # fewer than an issue takes
