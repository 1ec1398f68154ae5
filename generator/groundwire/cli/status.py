"""`groundwire status`: how a publication stands, in words for the owner, a function a topic.

What needs a person comes last, an item a line, so that it is what stays on the screen.
"""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import click

from groundwire.cli.common import by_clock, in_folder, say
from groundwire.cli.summary import kept_and_dropped
from groundwire.errors import GroundwireError, Refused, of_the_disk
from groundwire.feeds.health import health
from groundwire.feeds.memory import Memories
from groundwire.issues.past import SILENT, past
from groundwire.llm.budget import STREAM as SPEND
from groundwire.llm.budget import costs
from groundwire.llm.cost_report import retirements, spending
from groundwire.llm.models import chosen_models, tariff_of
from groundwire.llm.server import key_for
from groundwire.publication.content import Article, Issue, load_articles, load_issues
from groundwire.publication.feed_health import STREAM as HEALTH
from groundwire.publication.feed_health import FeedHealth
from groundwire.publication.log import Ledger
from groundwire.publication.predictions import due
from groundwire.publication.reanalysis import untold
from groundwire.settings import PLACEHOLDER_URL, Settings, load_settings
from groundwire.text.plain import clean
from groundwire.wiring import Places, load_log

if TYPE_CHECKING:  # what speaks of mail is imported where it is asked for: a run's summary needs none of it
    from groundwire.subscribers.database import Database

T = TypeVar("T")
LATELY = timedelta(days=30)


@click.command()
@in_folder
@by_clock
def status_command(root: Path, now: datetime) -> None:
    """Say what there is, what is failing, and what needs a person."""
    say(status(root, now=now))


def status(root: Path, *, now: datetime) -> str:
    """Say what there is and what needs a person; also what cannot be read, and the rest all the same."""
    settings = load_settings(root)
    places = Places(root)
    ledger, unread = Ledger(places.ledger), _Unread()
    articles = unread.reading(lambda: load_articles(places.content, cache=places.cache))
    issues = unread.reading(lambda: load_issues(places.content, cache=places.cache))
    feeds = unread.reading(lambda: _health(settings, places, ledger, now=now))
    pages, editions = articles.pages if articles else (), issues.pages if issues else ()
    lines = [
        f"{settings.title} · {settings.url}",
        _feeds(feeds) if feeds is not None else "feeds: cannot be read",
        _articles(pages, settings, now=now) if articles else "articles: cannot be read",
        *_sentences(pages, now=now),
        _issues(editions) if issues else "issues: cannot be read",
        unread.reading(lambda: _mail(root, settings)) or f"mail: {settings.email.transport}; the subscribers cannot be read",
        *(unread.reading(lambda: spending(costs(ledger.rows(SPEND)), settings.analysis, now=now)) or ()),
    ]
    unread.reading(lambda: load_log(ledger))  # what a run needs of it
    needs = [
        *_of_settings(settings),
        *_of_models(settings, now=now),
        *_of_feeds(feeds or ()),
        *_of_pages(pages, today=now.astimezone(settings.zone).date()),
        *_of_issues(editions, settings),
        *(unread.reading(lambda: _of_mail(root, settings, editions)) or ()),
        *(unread.reading(lambda: _of_quiet_weeks(editions, ledger, now=now)) or ()),
        *map(str, (*(articles.problems if articles else ()), *(issues.problems if issues else ()))),
    ]
    needs += [line for line in unread.lines if line not in needs]
    return "\n".join(
        [*lines, f"needs a person: {len(needs)}" if needs else "nothing needs a person", *(f"- {need}" for need in needs)]
    )


@dataclass
class _Unread:
    """Why parts of the publication could not be read, a line each."""

    lines: list[str] = field(default_factory=list)

    def reading(self, part: Callable[[], T]) -> T | None:
        """Return what a part comes to; None where it cannot be read, and `lines` says why."""
        try:
            return part()
        except (GroundwireError, sqlite3.Error) as error:
            self._note(str(error))
        except OSError as error:
            self._note(str(of_the_disk(error) or error))
        return None

    def _note(self, line: str) -> None:
        if line not in self.lines:
            self.lines.append(line)


def _newest_unread(page: Article) -> bool:
    """Say whether people edited the text and sources have joined since: the machine adds them to the front matter only."""
    return not page.pristine and bool(untold(page))


def _health(settings: Settings, places: Places, ledger: Ledger, *, now: datetime) -> Sequence[FeedHealth]:
    memories = Memories(places.private / "feeds")
    return health(settings.feeds, ledger.rows(HEALTH), {f.url: memories.recall(f.url) for f in settings.feeds}, now=now)


def _feeds(feeds: Sequence[FeedHealth]) -> str:
    states = Counter(feed.state for feed in feeds)
    told = [f"{states[state]} {state}" for state in ("failing", "stale", "new") if states[state] or state == "failing"]
    return ", ".join([f"feeds: {len(feeds)}", *told])


def _articles(pages: Sequence[Article], settings: Settings, *, now: datetime) -> str:
    today = sum(1 for p in pages if settings.day(p.meta.moment) == settings.day(now))
    newest = max((p.meta.moment for p in pages), default=None)
    last = f", the newest of {newest.astimezone(settings.zone):%Y-%m-%d %H:%M}" if newest else ""
    edited = sum(1 for p in pages if p.meta.generated and not p.pristine)
    withdrawn = sum(1 for p in pages if p.meta.withdrawn)
    more = [f"{count} {what}" for count, what in ((edited, "edited by people"), (withdrawn, "withdrawn")) if count]
    return ", ".join([f"articles: {len(pages)}, {today} today{last}", *more])


def _sentences(pages: Sequence[Article], *, now: datetime) -> list[str]:
    """Say what the check kept and dropped in the last thirty days."""
    since = now - LATELY
    told = kept_and_dropped(page for page in pages if page.meta.moment > since)
    return [f"{line}, in {LATELY.days} days" for line in told]


def _issues(issues: Sequence[Issue]) -> str:
    newest = f", the newest {issues[-1].meta.id} ({issues[-1].meta.status})" if issues else ""
    return f"issues: {len(issues)}{newest}"


def _mail(root: Path, settings: Settings) -> str:
    from groundwire.delivery.posting import SERVICES
    from groundwire.subscribers.store import Subscribers

    head, named = f"mail: {settings.email.transport}", settings.subscribers.database
    with _subscribers(root, settings) as database:
        if database is not None:
            counts = Counter(one.status for one in Subscribers(database).each())
            return f"{head}, {counts['active']} subscribers, {counts['pending']} to confirm, {counts['bounced']} bounced"
    if settings.email.transport in SERVICES:
        return f"{head}, which has the subscribers"
    if settings.email.transport != "smtp" and not named:
        return head
    return f"{head}; the subscribers are on another machine{f': {root / named} is not on this one' if named else ''}"


def _of_mail(root: Path, settings: Settings, issues: Sequence[Issue]) -> list[str]:
    """Name the issues whose sending waits for a person."""
    from groundwire.subscribers.ledger import Deliveries

    with _subscribers(root, settings) as database:
        waiting = Deliveries(database).waiting() if database else {}
    ready = {page.meta.id for page in issues if page.meta.status == "ready"}
    told = {name: why.splitlines()[0] for name, why in waiting.items() if name in ready}
    return [f"the sending of {name} is paused: {why}; `groundwire send` goes on" for name, why in told.items()]


@contextmanager
def _subscribers(root: Path, settings: Settings) -> Iterator[Database | None]:
    """Open the subscribers' database, to read; None where this machine has none."""
    from groundwire.subscribers.database import Database

    path = root / settings.subscribers.database if settings.subscribers.database else None
    if path is None or not path.exists():
        yield None
        return
    with Database(path, read_only=True) as database:
        yield database


def _of_models(settings: Settings, *, now: datetime) -> list[str]:
    """Name models that are gone or will be, whose bill could not be bounded, or whose server is not the one that the key is for."""
    if settings.analysis.by == "extractive":
        return []
    found = retirements(chosen_models(settings.analysis), today=now.astimezone(UTC).date())
    try:
        key_for(settings.analysis.base_url)
        tariff_of(settings.analysis)
    except Refused as refused:
        found.append(str(refused))
    return found


def _of_settings(settings: Settings) -> list[str]:
    found = []
    if settings.url == PLACEHOLDER_URL:
        found.append("newsletter.yml has the template's url; write where the site will live: url: https://me.github.io/briefing/")
    publisher = settings.publisher
    if settings.email.transport not in ("none", "outbox") and not all(
        (publisher.name, publisher.postal_address, publisher.email)
    ):
        found.append("newsletter.yml: mail goes out only with publisher: {name, postal_address, email, responsible}")
    return found


def _of_feeds(feeds: Sequence[FeedHealth]) -> list[str]:
    failing = [f"feed failing since {f.failing_since:%Y-%m-%d}: {f.feed.title}: {f.why}" for f in feeds if f.failing_since]
    stale = [
        f"feed silent since {f.newest:%Y-%m-%d}: {f.feed.title}; see `groundwire feeds check`"
        for f in feeds
        if f.state == "stale" and f.newest
    ]
    return [*failing, *stale, *(f"feed has moved: {f.feed.title}: {f.advice}" for f in feeds if f.advice)]


def _of_pages(pages: Sequence[Article], *, today: date) -> list[str]:
    unread = [f"edited by people, its newest sources are not in the text: content/{p.path}" for p in pages if _newest_unread(p)]
    open_ones = [
        f"a prediction is due since {watch.by}, what became of it? content/{p.path}: {clean(watch.claim)}"
        for p in pages
        if p.meta.listed
        for watch in due(p, today=today)
    ]
    waiting = [f"waiting for review: content/{p.path}" for p in pages if p.meta.held]
    begun = [f"a draft of yours: content/{p.path}" for p in pages if p.meta.status == "draft" and not p.meta.held]
    return [*unread, *open_ones, *waiting, *begun]


def _of_issues(issues: Sequence[Issue], settings: Settings) -> list[str]:
    newest = issues[-1] if issues else None
    if newest is None or newest.meta.status != "draft" or settings.email.transport == "none":
        return []
    return [f"the issue waits for `status: ready`: content/{newest.path}"]


def _of_quiet_weeks(issues: Sequence[Issue], ledger: Ledger, *, now: datetime) -> list[str]:
    weeks = past(issues, ledger.rows("issues"), now=now).silent
    told = "see `groundwire feeds check` and issue.min_items in newsletter.yml"
    return [f"{weeks} weeks in a row without an issue: {told}"] if weeks >= SILENT else []
