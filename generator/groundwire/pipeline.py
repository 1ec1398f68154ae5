"""The flow, one screen a job: what happens in which order. The publication is given, changes come out, and one writer applies them.

update   feeds → entries → stories → the chosen ones → sources → analysis → pages
issue    articles not yet in an issue → the issue's file
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from groundwire.analysis.classify import category_of
from groundwire.errors import FeedsFailed, InputError, Refused
from groundwire.events.choose import choose
from groundwire.events.frozen import frozen_clusters
from groundwire.events.group import join_or_start
from groundwire.events.similar import WINDOW
from groundwire.feeds.health import transitions
from groundwire.issues.compose import Draft, Quiet, compose_issue, unremembered
from groundwire.issues.past import STREAM as ISSUES
from groundwire.issues.past import past
from groundwire.issues.schedule import Due, due
from groundwire.model import FeedResult, Story
from groundwire.publication.blocklist import blocked_pages
from groundwire.publication.changes import Change
from groundwire.publication.feed_health import STREAM as FEEDS
from groundwire.publication.frontmatter import compose
from groundwire.publication.log import Row
from groundwire.publication.publication import Publication
from groundwire.steps.intake import fresh, read, without_unreadable
from groundwire.steps.keeping import analyse_again, give_up_predictions, join_page, log_places, protected_pages, take_edits
from groundwire.steps.leave import leave_issues
from groundwire.steps.parts import Parts
from groundwire.steps.progress import Changes, Progress
from groundwire.steps.publish import publish_all


@dataclass(frozen=True)
class Update:
    """What an update did: for the summary, and for the exit code. `publication` is as the update left it.

    `left`: the stories that were not chosen, each with the reason. `protected`: pages with new coverage that were left as people want them,
    each with the reason. `suppressed`: headlines on withdrawn or deleted stories, shown nowhere.
    """

    publication: Publication
    feeds: tuple[FeedResult, ...]
    changes: tuple[Change, ...] = ()
    left: tuple[tuple[Story, str], ...] = ()
    protected: tuple[tuple[str, str], ...] = ()
    suppressed: tuple[str, ...] = ()
    blocked: int = 0
    passed_over: tuple[tuple[str, int], ...] = ()  # older entries of feeds with very many new ones, by the feed's name
    unread: tuple[tuple[str, str], ...] = ()  # headlines of entries and stories that cannot be read, each with the reason
    analyst: str = ""  # why the model was asked no more, '' if nothing was in the way
    cost: str = ""  # what the analyses did cost, in words

    def paths(self, kind: str) -> tuple[str, ...]:
        """Return the paths of the pages that a kind of change was about, in order."""
        return tuple(change.path for change in self.changes if change.kind == kind)

    @property
    def published(self) -> tuple[str, ...]:
        """The paths of the new pages."""
        return self.paths("publish")

    @property
    def joined(self) -> tuple[str, ...]:
        """The paths of the pages that later coverage joined."""
        return self.paths("join")

    @property
    def failed(self) -> tuple[FeedResult, ...]:
        """The feeds that gave nothing new because something is wrong with them."""
        return tuple(result for result in self.feeds if result.error)


def update(publication: Publication, parts: Parts, *, now: datetime) -> Changes[Update]:
    """Read the feeds and publish the day's stories. Raises FeedsFailed where every feed failed, Refused where there is none."""
    settings, run = publication.settings, Progress(publication, now)
    if not settings.feeds:
        example = "feeds:\n- {url: https://www.example.org/feed.xml, name: Example}"
        raise Refused(f"newsletter.yml names no feeds; write for example\n{example}")
    yield from run.follow(take_edits(run.publication))
    yield from run.follow(log_places(run.publication))
    yield from run.follow(give_up_predictions(run.publication, now=now))
    results = read(run.publication, parts, now=now)
    health = transitions(results, run.publication.log.feeds, now=now)
    yield from run.follow([Change("log", rows=tuple((FEEDS, row) for row in health), note="how feeds are")] if health else [])
    if all(result.error for result in results):
        raise FeedsFailed("no feed could be read:\n" + "\n".join(f"  {r.feed.title}: {r.error}" for r in results))
    results, unread = without_unreadable(run.publication, parts, results, now=now)
    entries = fresh(run.publication, results, now=now)
    yield from run.follow(entries.remember())
    since = min((entry.published or now for entry in entries.new), default=now)
    known = frozen_clusters(run.publication.covered_since(since - WINDOW), run.publication.deleted_articles(), since=since)
    found = join_or_start(entries.new, known, separate=run.publication.separated(entries.new))
    later = [*entries.known, *found.joins, *found.swallowed]
    for entry, story in later:
        yield from run.follow(join_page(run.publication, parts, entry, story, now=now))
    homes = {story.id: category_of(story, publication.categories) for story in found.stories}
    today = run.publication.published_on(settings.day(now))
    choice = choose(found.stories, select=settings.select, today=today, category_of=lambda s: homes[s.id], now=now)
    yield from run.follow(publish_all(run.publication, parts, choice.chosen, homes, unread=unread, now=now))
    yield from run.follow(analyse_again(run.publication, parts, results, now=now))
    return Update(
        publication=run.publication,
        feeds=tuple(results),
        changes=tuple(run.changes),
        left=choice.left,
        protected=protected_pages(run.publication, [story for _, story in later]),
        suppressed=tuple(entry.title for entry, _ in found.swallowed),
        blocked=entries.blocked,
        passed_over=entries.passed_over,
        unread=tuple(unread),
        analyst=parts.analyst.stopped,
        cost=parts.analyst.account(),
    )


def issue(publication: Publication, parts: Parts, *, now: datetime) -> Changes[str]:
    """Write the week's issue if one is due; the answer is lines for the owner, first what became of it."""
    settings, run = publication.settings, Progress(publication, now)
    if broken := [problem for problem in publication.problems if "/issues/" in problem.file]:
        raise InputError(broken)
    if lost := unremembered(publication.issues, publication.log.issues):
        yield from run.follow([Change("log", rows=tuple((ISSUES, row) for row in lost), note="issues that the log lacks")])
    rows, issues = run.publication.log.issues, publication.issues
    slot = due(settings=settings, issues=issues, now=now, ledger_rows=rows)
    draft = _composed(run.publication, parts, slot, now=now) if slot else None
    if isinstance(draft, Draft):
        text = {} if publication.has_file(draft.path) else {draft.path: compose(draft.meta, draft.body)}
        yield from run.follow([Change("issue", draft.path, files=text, rows=_rows(draft), note=draft.meta.subject)])
    elif draft:
        yield from run.follow([Change("log", rows=_rows(draft), note="a week without an issue")])
    yield from run.follow(leave_issues(run.publication))
    return "\n".join(
        [_became(draft), *(f"took withdrawn stories out of content/{path}" for path in run.paths("edit")), *_alerts(draft)]
    )


def _composed(publication: Publication, parts: Parts, slot: Due, *, now: datetime) -> Draft | Quiet:
    before = past(publication.issues, publication.log.issues, now=now)
    articles = publication.newsworthy(carried=before.carried, told=before.told, since=before.since, until=now)
    unwanted = blocked_pages(articles, publication.settings.block)
    return compose_issue(
        settings=publication.settings,
        categories=publication.categories,
        articles=[page for page in articles if page.meta.id not in unwanted],
        issues=publication.issues,
        before=before,
        now=now,
        due=slot,
        opener=parts.opener,
    )


def _rows(draft: Draft | Quiet) -> tuple[tuple[str, Row], ...]:
    return tuple((ISSUES, row) for row in draft.rows)


def _became(draft: Draft | Quiet | None) -> str:
    if draft is None:
        return "no issue is due"
    if isinstance(draft, Quiet):
        return f"no issue: {draft.reason}"
    return f"wrote content/{draft.path} with {len(draft.meta.items)} stories"


def _alerts(draft: Draft | Quiet | None) -> list[str]:
    return [f"alert: {line}" for line in draft.alerts] if draft else []
