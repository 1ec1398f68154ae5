"""Which stories, sequels, corrections and predictions an issue carries."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from math import inf

from groundwire.issues.past import Past
from groundwire.publication.content import Article
from groundwire.publication.frontmatter import SourceMeta, Watch
from groundwire.publication.identity import note_key, outcome_key
from groundwire.settings import Settings
from groundwire.text.escape import escape

CONTINUING = 8  # stories of earlier issues; more would bury the new ones
FIRST_REACH = timedelta(days=28)  # of a publication's first issue
WEEK = timedelta(days=7)


@dataclass(frozen=True)
class Sequel:
    """A story of an earlier issue and its coverage since, the newest first."""

    page: Article
    sources: tuple[SourceMeta, ...]


@dataclass(frozen=True)
class Mended:
    """What was wrong in a story of an earlier issue, or why it was withdrawn."""

    page: Article
    note: str
    withdrawn: bool
    key: str


@dataclass(frozen=True)
class Outcome:
    """A prediction whose day has come, or of which an issue said that it was open and which is settled now."""

    page: Article
    watch: Watch

    @property
    def key(self) -> str:
        """How the ledger remembers it: the prediction, and what became of it."""
        return _key(self.page, self.watch, self.watch.outcome)


@dataclass(frozen=True)
class Contents:
    """What an issue brings; `stories` best first, `online` those beyond the owner's number."""

    since: datetime
    until: datetime
    reach: datetime  # stories published before it are in no issue, not even if they are released later
    stories: tuple[Article, ...]
    online: tuple[Article, ...] = ()
    continuing: tuple[Sequel, ...] = ()
    corrections: tuple[Mended, ...] = ()
    outcomes: tuple[Outcome, ...] = ()


def contents(*, settings: Settings, articles: Sequence[Article], before: Past, now: datetime, slot: datetime) -> Contents:
    """Choose everything new since the last issue that counts, as of `now`."""
    listed = [page for page in articles if page.meta.listed]
    reach = before.horizon or slot - FIRST_REACH
    fresh = _ranked(_fresh(listed, before, reach=reach, now=now))
    since = before.since or min([slot - WEEK, *(page.meta.moment - timedelta(seconds=1) for page in fresh)])
    most = settings.issue.max_items
    return Contents(
        since=since,
        until=now,
        reach=reach,
        stories=tuple(fresh[:most]),
        online=tuple(fresh[most:]),
        continuing=tuple(_sequels(listed, before, since=since, until=now))[:CONTINUING],
        corrections=tuple(mended(articles, before, settings=settings, now=now)),
        outcomes=tuple(_outcomes(listed, before, settings=settings, since=since, until=now)),
    )


def _ranked(pages: Iterable[Article]) -> list[Article]:
    """Sort the best first.

    What a person wrote has no score: it is never left over for the website, but leads an issue only if nothing has a score.
    """
    ranked = sorted(pages, key=by_score)
    lead = next((place for place, page in enumerate(ranked) if page.meta.score), 0)
    return [*ranked[lead : lead + 1], *ranked[:lead], *ranked[lead + 1 :]]


def by_score(page: Article) -> tuple[float, datetime, str]:
    """Return a key that sorts the highest score first, and before it what has none."""
    return -(page.meta.score.total if page.meta.score else inf), page.meta.date, page.meta.id


def _fresh(listed: Iterable[Article], before: Past, *, reach: datetime, now: datetime) -> Iterable[Article]:
    """Select stories that no issue has carried.

    Not by the last window alone: a story held for review comes when it is released.
    """
    return (page for page in listed if page.meta.id not in before.carried and reach < page.meta.moment <= now)


def _sequels(listed: Iterable[Article], before: Past, *, since: datetime, until: datetime) -> list[Sequel]:
    found = []
    for page in listed:
        new = [s for s in page.meta.sources if s.added and since < s.added <= until]
        if new and page.meta.id in before.carried:
            found.append(Sequel(page, tuple(sorted(new, key=lambda s: s.added or until, reverse=True))))
    return sorted(found, key=lambda sequel: (-len(sequel.sources), by_score(sequel.page)))


def mended(articles: Iterable[Article], before: Past, *, settings: Settings, now: datetime) -> Iterable[Mended]:
    """Yield the corrections and withdrawals that no issue has told yet.

    People date by the day, so the day on which the story's issue closed counts whole.
    """
    for page in articles:
        carried = before.carried.get(page.meta.id)
        if carried is None or page.meta.status == "draft":
            continue
        notes = [(c.date, c.note, False) for c in page.meta.corrections]
        notes += [(w.date, w.reason, True)] if (w := page.meta.withdrawn) else []
        for when, note, withdrawn in notes:
            key = note_key(page.meta.id, note)
            if key in before.told or not _midnight(carried, settings) <= when <= now:
                continue
            if not before.says(escape(note), page, since=carried):
                yield Mended(page, note, withdrawn, key)


def _midnight(when: datetime, settings: Settings) -> datetime:
    """Return the start of the day, in the zone where it starts first: a bare date is midnight UTC."""
    local = when.astimezone(settings.zone).replace(hour=0, minute=0, second=0, microsecond=0)
    return min(local.astimezone(UTC), when.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0))


def _outcomes(
    listed: Iterable[Article], before: Past, *, settings: Settings, since: datetime, until: datetime
) -> Iterable[Outcome]:
    first, last = (when.astimezone(settings.zone).date() for when in (since, until))
    for page in listed:
        for watch in page.meta.watch:
            late = watch.outcome != "open" and _key(page, watch, "open") in before.told
            if first < watch.by <= last or (late and _key(page, watch, watch.outcome) not in before.told):
                yield Outcome(page, watch)


def _key(page: Article, watch: Watch, outcome: str) -> str:
    return outcome_key(page.meta.id, watch.claim, watch.by, outcome)
