"""The flow, one screen a job: what happens in which order. Parts are given (`wiring.py` makes them), nothing is printed.

update   feeds → entries → stories → the chosen ones → sources → analysis → page, then the ledger
issue    articles not yet in an issue → the issue's file
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from generator.analysis.classify import category_of
from generator.digest.compose import Draft, Quiet, compose_issue, unremembered
from generator.digest.past import past
from generator.digest.schedule import due
from generator.errors import FeedsFailed, Problem, Refused
from generator.feeds.health import transitions
from generator.model import FeedResult, Story
from generator.record.blocklist import blocked_pages
from generator.record.registry import HEALTH, Registry
from generator.record.shelf import Article, Shelf
from generator.steps.intake import fresh, owed, read, without_unreadable
from generator.steps.keeping import analyse_again, give_up_predictions, join_page, spared, take_edits
from generator.steps.leave import leave_issues
from generator.steps.parts import Parts
from generator.steps.publish import publish_all
from generator.stories.choose import choose
from generator.stories.frozen import frozen_clusters
from generator.stories.group import join_or_start
from generator.stories.hold import held
from generator.stories.similar import WINDOW


@dataclass(frozen=True)
class Update:
    """What an update did: for the summary, and for the exit code."""

    feeds: tuple[FeedResult, ...]
    published: tuple[str, ...] = ()
    joined: tuple[str, ...] = ()
    again: tuple[str, ...] = ()  # pages whose analysis was made again
    given_up: tuple[str, ...] = ()  # pages with predictions that nobody marked in time
    left: tuple[tuple[Story, str], ...] = ()
    spared: tuple[tuple[str, str], ...] = ()  # pages with new coverage that were left as people want them, each with the reason
    waiting: int = 0  # stories that are chosen and whose analysis comes in a later run
    held: tuple[tuple[str, str], ...] = ()  # drafts, each with the reason why it waits for a person
    swallowed: tuple[str, ...] = ()  # headlines on withdrawn or deleted stories, shown nowhere
    blocked: int = 0
    unread: tuple[tuple[str, str], ...] = ()  # headlines of entries and stories that cannot be read, each with the reason
    shelf: Shelf | None = None  # the articles as the run left them
    warnings: tuple[Problem, ...] = ()
    analyst: str = ""  # why the model was asked no more, '' if nothing was in the way
    cost: str = ""  # what the analyses did cost, in words

    @property
    def changed(self) -> bool:
        """Whether pages were written."""
        return bool(self.published or self.joined or self.again or self.given_up)

    @property
    def withdrawn(self) -> tuple[Article, ...]:
        """The pages that are withdrawn."""
        return self.shelf.withdrawn() if self.shelf else ()

    @property
    def failed(self) -> tuple[FeedResult, ...]:
        """The feeds that gave nothing new because something is wrong with them."""
        return tuple(result for result in self.feeds if result.error)


def update(parts: Parts, *, now: datetime) -> Update:
    """Read the feeds and publish the day's stories. Raises FeedsFailed where every feed failed."""
    if not parts.settings.feeds:
        example = "feeds:\n- {url: https://www.example.org/feed.xml, name: Example}"
        raise Refused(f"newsletter.yml names no feeds; write for example\n{example}")
    shelf = parts.store.shelf()
    registry = Registry(parts.ledger, shelf)
    take_edits(parts, registry, now=now)
    late = give_up_predictions(parts, registry, now=now)
    results = read(parts, now=now)
    parts.ledger.append(HEALTH, *transitions(results, registry.health(), now=now), now=now)
    if all(result.error for result in results):
        raise FeedsFailed("no feed could be read:\n" + "\n".join(f"  {r.feed.title}: {r.error}" for r in results))
    results, unread = without_unreadable(parts, registry, results, now=now)
    entries = fresh(parts, registry, results, now=now)
    since = min((entry.published or now for entry in entries.new), default=now)
    waiting = owed(parts, registry, results, now=now)
    known = frozen_clusters(shelf.covered_since(since - WINDOW), registry.gone(parts.store.exists), waiting, since=since)
    found = join_or_start(entries.new, known, separate=registry.separated(entries.new))
    later = [*entries.known, *found.joins, *found.swallowed]
    joined = [path for entry, story in later if (path := join_page(parts, registry, entry, story, now=now))]
    stories = found.stories
    homes = {story.id: category_of(story, parts.categories) for story in [*waiting, *stories]}
    today = registry.published_on(parts.settings.day(now), day=parts.settings.day)
    choice = choose(stories, select=parts.settings.select, today=today, category_of=lambda s: homes[s.id], now=now)
    if parts.analyst.defers:
        registry.chose(choice.chosen, category_of=homes, now=now)
    published, given_up = publish_all(parts, registry, [*waiting, *choice.chosen], homes, now=now)
    again = analyse_again(parts, registry, results, now=now)
    parts.store.refresh(shelf)
    return Update(
        feeds=tuple(results),
        published=tuple(published.values()),
        joined=tuple(joined),
        again=again,
        given_up=late,
        left=choice.left,
        spared=spared(registry, [story for _, story in later]),
        waiting=len(registry.waiting()),
        held=tuple((path, why) for story, path in published.items() if (why := held(story, parts.settings.review))),
        swallowed=tuple(entry.title for entry, _ in found.swallowed),
        blocked=entries.blocked,
        unread=(*unread, *given_up),
        shelf=shelf,
        warnings=shelf.problems,
        analyst=parts.analyst.stopped,
        cost=parts.analyst.account(),
    )


def issue(parts: Parts, *, now: datetime, shelf: Shelf | None = None) -> str:
    """Write the week's issue if one is due; the answer is lines for the owner, first what became of it.

    `shelf`: the articles, where the same run has just looked at them.
    """
    shelf, issues = shelf or parts.store.shelf(), parts.store.issues().require()
    rows = list(parts.ledger.rows("issues"))
    if lost := unremembered(issues, rows):
        parts.ledger.append("issues", *lost, now=now)
        rows += lost
    slot = due(settings=parts.settings, issues=issues, now=now, ledger_rows=rows)
    if slot is None:
        return "\n".join(["no issue is due", *leave_issues(parts, shelf, issues)])
    before = past(issues, rows, now=now)
    articles = shelf.newsworthy(carried=before.carried, told=before.told, since=before.since, until=now)
    unwanted = blocked_pages(articles, parts.settings.block)
    draft = compose_issue(
        settings=parts.settings,
        categories=parts.categories,
        articles=[page for page in articles if page.meta.id not in unwanted],
        issues=issues,
        before=before,
        now=now,
        due=slot,
        opener=parts.opener,
    )
    if isinstance(draft, Draft) and not parts.store.exists(draft.path):
        parts.store.create(draft.path, draft.meta, draft.body)
    parts.ledger.append("issues", *draft.rows, now=now)
    told = f"no issue: {draft.reason}" if isinstance(draft, Quiet) else _wrote(draft)
    return "\n".join([told, *leave_issues(parts, shelf, issues), *(f"alert: {line}" for line in draft.alerts)])


def _wrote(draft: Draft) -> str:
    return f"wrote content/{draft.path} with {len(draft.meta.items)} stories"
