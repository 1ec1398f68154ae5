"""The flow, one screen a job: what happens in which order. Parts are given (`wiring.py` makes them), nothing is printed.

update   feeds → entries → stories → the chosen ones → sources → analysis → page, then the ledger
issue    articles not yet in an issue → the issue's file
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from generator.analysis.classify import category_by_text, category_of
from generator.digest.compose import Draft, Quiet, compose_issue, unremembered
from generator.digest.removal import touched, without
from generator.digest.schedule import due
from generator.errors import FeedsFailed, Problem, Refused
from generator.feeds.health import transitions
from generator.keeping import analyse_again, give_up_predictions, join_page, spared, take_edits
from generator.model import Analysis, Entry, FeedResult, Job, Story
from generator.parts import Parts
from generator.record.article import compose_body
from generator.record.blocklist import blocked_pages, blocker
from generator.record.evidence import remember
from generator.record.identity import url_mark
from generator.record.page import article_meta, article_path
from generator.record.registry import HEALTH, Registry
from generator.record.store import Article
from generator.record.waiting import resumed
from generator.stories.choose import choose
from generator.stories.exact import shared_addresses
from generator.stories.frozen import frozen_clusters
from generator.stories.group import join_or_start
from generator.stories.hold import held
from generator.stories.independent import one_an_outlet


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
    warnings: tuple[Problem, ...] = ()
    analyst: str = ""  # why the model was asked no more, '' if nothing was in the way
    cost: str = ""  # what the analyses did cost, in words

    @property
    def changed(self) -> bool:
        """Whether pages were written."""
        return bool(self.published or self.joined or self.again or self.given_up)

    @property
    def failed(self) -> tuple[FeedResult, ...]:
        """The feeds that gave nothing new because something is wrong with them."""
        return tuple(result for result in self.feeds if result.error)


def update(parts: Parts, *, now: datetime) -> Update:
    """Read the feeds and publish the day's stories. Raises FeedsFailed where every feed failed."""
    if not parts.settings.feeds:
        example = "feeds:\n- {url: https://www.example.org/feed.xml, name: Example}"
        raise Refused(f"newsletter.yml names no feeds; write for example\n{example}")
    loaded = parts.store.articles()
    registry = Registry(parts.ledger, loaded.pages)
    take_edits(parts, registry, now=now)
    late = give_up_predictions(parts, registry, now=now)
    results = _read(parts, now=now)
    parts.ledger.append(HEALTH, *transitions(results, list(parts.ledger.rows(HEALTH)), now=now), now=now)
    if all(result.error for result in results):
        raise FeedsFailed("no feed could be read:\n" + "\n".join(f"  {r.feed.title}: {r.error}" for r in results))
    fresh = _fresh(parts, registry, results, now=now)
    since = min((entry.published or now for entry in fresh.new), default=now)
    owed = _owed(parts, registry, results, now=now)
    known = frozen_clusters(loaded.pages, registry.gone(parts.store.exists), owed, since=since)
    found = join_or_start(fresh.new, known, separate=registry.separated(fresh.new))
    later = [*fresh.known, *found.joins, *found.swallowed]
    joined = [path for entry, story in later if (path := join_page(parts, registry, entry, story, now=now))]
    stories = found.stories
    homes = {story.id: category_of(story, parts.categories) for story in [*owed, *stories]}
    today = registry.published_on(parts.settings.day(now), day=parts.settings.day)
    choice = choose(stories, select=parts.settings.select, today=today, category_of=lambda s: homes[s.id], now=now)
    if parts.analyst.defers:
        registry.chose(choice.chosen, category_of=homes, now=now)
    published = _publish_all(parts, registry, [*owed, *choice.chosen], homes, now=now)
    again = analyse_again(parts, registry, results, now=now)
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
        blocked=fresh.blocked,
        warnings=loaded.problems,
        analyst=parts.analyst.stopped,
        cost=parts.analyst.account(),
    )


def issue(parts: Parts, *, now: datetime) -> str:
    """Write the week's issue if one is due; the answer is lines for the owner, first what became of it."""
    articles, issues = parts.store.articles().pages, parts.store.issues().require()
    rows = list(parts.ledger.rows("issues"))
    if lost := unremembered(issues, rows):
        parts.ledger.append("issues", *lost, now=now)
        rows += lost
    slot = due(settings=parts.settings, issues=issues, now=now, ledger_rows=rows)
    if slot is None:
        return "\n".join(["no issue is due", *_leave_issues(parts, articles)])
    unwanted = blocked_pages(articles, parts.settings.block)
    draft = compose_issue(
        settings=parts.settings,
        categories=parts.categories,
        articles=[page for page in articles if page.meta.id not in unwanted],
        issues=issues,
        ledger_rows=rows,
        now=now,
        due=slot,
        opener=parts.opener,
    )
    if isinstance(draft, Draft) and not parts.store.exists(draft.path):
        parts.store.create(draft.path, draft.meta, draft.body)
    parts.ledger.append("issues", *draft.rows, now=now)
    told = f"no issue: {draft.reason}" if isinstance(draft, Quiet) else _wrote(draft)
    return "\n".join([told, *_leave_issues(parts, articles), *(f"alert: {line}" for line in draft.alerts)])


def leave_issues(parts: Parts) -> list[str]:
    """Take withdrawn stories out of the files of issues; a line for each file that changed."""
    return _leave_issues(parts, parts.store.articles().pages)


def _leave_issues(parts: Parts, articles: Sequence[Article]) -> list[str]:
    gone = [page for page in articles if page.brief.withdrawn]
    left = [page for page in articles if not page.brief.withdrawn]
    issues = [page for page in parts.store.issues().pages if page.meta.corrects is None] if gone else []
    changed = [page for page in touched(issues, gone) if parts.store.replace_text(page, without(page, gone, left=left))]
    return [f"took withdrawn stories out of content/{page.path}" for page in changed]


def _wrote(draft: Draft) -> str:
    return f"wrote content/{draft.path} with {len(draft.meta.items)} stories"


def _read(parts: Parts, *, now: datetime) -> list[FeedResult]:
    results = []
    for result in parts.reader.read(parts.settings.feeds, now=now):
        results.append(result)
        outcome = result.error or ("nothing new" if result.unchanged else f"{len(result.entries)} entries")
        parts.tell(f"[{len(results)}/{len(parts.settings.feeds)}] {result.feed.title}: {outcome}")
    order = {feed.url: place for place, feed in enumerate(parts.settings.feeds)}
    return sorted(results, key=lambda r: order[r.feed.url])


@dataclass(frozen=True)
class _Fresh:
    """Entries that no page has: new ones, and new ones at an address that a page has (with its story's id)."""

    new: tuple[Entry, ...]
    known: tuple[tuple[Entry, str], ...]
    blocked: int


def _fresh(parts: Parts, registry: Registry, results: Sequence[FeedResult], *, now: datetime) -> _Fresh:
    unread = [entry for result in results for entry in result.entries if not registry.has(entry)]
    unwanted = blocker(parts.settings.block)
    wanted = [entry for entry in unread if not unwanted(entry.url, f"{entry.title} {entry.excerpt}")]
    lists = shared_addresses(entry for result in results for entry in result.entries)
    stories = {entry.key: registry.story_of(entry) for entry in wanted if url_mark(entry.url) not in lists}
    known = [(entry, story) for entry in wanted if (story := stories.get(entry.key))]
    new = [registry.dated(entry, now=now) for entry in wanted if not stories.get(entry.key)]
    registry.keep_first_seen(now=now)
    return _Fresh(tuple(new), tuple(known), len(unread) - len(wanted))


def _owed(parts: Parts, registry: Registry, results: Sequence[FeedResult], *, now: datetime) -> list[Story]:
    """Stories that an earlier run chose and that have no page yet. What was blocked since gets none."""
    entries = {entry.key: entry for result in results for entry in result.entries}
    unwanted = blocker(parts.settings.block)
    stories = [story for row in registry.waiting() if (story := resumed(row, entries, parts.settings.feeds))]
    blocked = {s.id for s in stories if any(unwanted(e.url, f"{e.title} {e.excerpt}") for e in s.entries)}
    for gone in sorted(blocked):
        registry.let_go(gone, now=now)
    return [story for story in stories if story.id not in blocked]


def _publish_all(
    parts: Parts, registry: Registry, stories: Sequence[Story], homes: Mapping[str, str], *, now: datetime
) -> dict[Story, str]:
    """A page for each story that its analyst is ready with, in that order; the answer is their paths."""

    def gather(story: Story) -> Job:
        sources = [parts.fulltext.source(entry, number=n) for n, entry in enumerate(one_an_outlet(story.entries), start=1)]
        return Job(story, tuple(sources), category_by_text(homes[story.id], sources[0], parts.categories))

    paths: dict[Story, str] = {}
    for job, analysis in parts.analyst.analyse_all(stories, gather):
        paths[job.story] = _publish(parts, registry, job, analysis, now=now)
        cost = f" (${spent:.4f} so far)" if (spent := parts.analyst.spent) else ""
        parts.tell(f"[{len(paths)}/{len(stories)}] {job.category}: {analysis.title}{cost}")
    return paths


def _publish(parts: Parts, registry: Registry, job: Job, analysis: Analysis, *, now: datetime) -> str:
    """Write one story's page, then its ledger row: killed between the two, the next run finds the page and adds the row."""
    body = compose_body(analysis, job.sources, language=parts.settings.language)
    draft = bool(held(job.story, parts.settings.review))
    meta = article_meta(job.story, analysis, job.sources, body=body, now=now, language=parts.settings.language, draft=draft)
    path = article_path(meta, taken=parts.store.exists)
    remember(parts.ledger, job.story.id, body, now=now)
    parts.store.create(path, meta, body)
    registry.published(job.story, path=path, category=job.category, listed=[s.entry for s in job.sources], now=now)
    return path
