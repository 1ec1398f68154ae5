"""What a run does to pages that are there: later coverage, people's edits of sources, predictions past their day, analyses that are due again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from generator.errors import Unreadable
from generator.model import Analysis, Entry, FeedResult, Source
from generator.record import afresh
from generator.record.bounded import call_here
from generator.record.editing import edited
from generator.record.evidence import remember
from generator.record.frontmatter import ArticleMeta, parse
from generator.record.identity import url_mark
from generator.record.mending import hand_edits
from generator.record.page import source_row
from generator.record.registry import Registry
from generator.record.store import Article
from generator.record.watching import given_up
from generator.steps.parts import Parts


def join_page(parts: Parts, registry: Registry, entry: Entry, story: str, *, now: datetime) -> str:
    """Later coverage of a published event: a source on its page, never a new page. '' where nothing was added.

    While the story's page is to come, nothing is remembered: the run after its page sees the entry again.
    """
    if registry.waits(story):
        return ""
    page = registry.page(story)
    path = ""
    if page and not page.meta.locked and not page.meta.withdrawn and not _is_source(page.meta, entry):
        source = parts.fulltext.source(registry.dated(entry, now=now), number=len(page.meta.sources) + 1)
        first = afresh.story_of(page, {}, parts.settings.feeds).first  # with the excerpt that the page quotes
        known = [Source(1, first, first.excerpt, fulltext=False)]
        row = source_row(source, language=parts.settings.language, added=now, others=known)
        text = edited(page, put={"updated": now.replace(microsecond=0)}, add={"sources": [row]})
        parts.store.replace_text(page, text)
        registry.changed(parse(text, ArticleMeta, file=page.path))
        path = page.path
    registry.joined(entry, story, listed=bool(path) or bool(page and _stands_on(page.meta, entry)), now=now)
    return path


def spared(registry: Registry, stories: Iterable[str]) -> tuple[tuple[str, str], ...]:
    """Of stories with new coverage: the pages whose text, or which as a whole, belong to people."""
    pages = [page for story in dict.fromkeys(stories) if (page := registry.page(story))]
    return tuple((page.path, why) for page in pages if not page.meta.withdrawn and (why := afresh.protected(page)))


def take_edits(parts: Parts, registry: Registry, *, now: datetime) -> None:
    """Remember what people did to the sources of pages since the last run."""
    feeds = {feed.url: feed.title for feed in parts.settings.feeds}
    gone = [lost.story for lost in registry.gone(parts.store.exists)]
    registry.mended(hand_edits(registry, feeds=feeds, gone=gone), now=now)
    registry.remember_places(now=now)


def give_up_predictions(parts: Parts, registry: Registry, *, now: datetime) -> tuple[str, ...]:
    """Say of predictions that nobody marked in time that they were not followed up; the answer is their pages' paths."""
    today = now.astimezone(parts.settings.zone).date()
    found = [(page, text) for page in registry.shelf.awaited(today) if (text := given_up(page, today=today))]
    for page, text in found:
        parts.store.replace_text(page, text)
        registry.changed(parse(text, ArticleMeta, file=page.path))
    return tuple(page.path for page, _ in found)


def analyse_again(
    parts: Parts, registry: Registry, results: Sequence[FeedResult], *, now: datetime, named: str = ""
) -> tuple[str, ...]:
    """Make the analyses again that are due, or of the one story that is `named`; the answer is the paths of the pages that changed."""
    entries = {url_mark(entry.url): entry for result in results for entry in result.entries}
    if named:
        wanted = [(page, "named") for page in [registry.page(named)] if page]
    else:
        wanted = [(page, afresh.due(page, now=now)) for page in registry.shelf.ripe()]
    return tuple(
        path for page, why in wanted if why and (path := _analyse_again(parts, registry, page, entries, why=why, now=now))
    )


def _analyse_again(
    parts: Parts, registry: Registry, page: Article, entries: Mapping[str, Entry], *, why: str, now: datetime
) -> str:
    """One page anew, in place; '' where its sources cannot be read any more or the new analysis is no better."""
    story = afresh.story_of(page, entries, parts.settings.feeds)
    sources = [parts.fulltext.source(registry.dated(entry, now=now), number=n) for n, entry in enumerate(story.entries, start=1)]
    if not sources or page.meta.category not in parts.categories or not (sources[0].fulltext or sources[0].entry.excerpt):
        return ""
    analysis = parts.analyst.analyse(story, sources, category=page.meta.category)
    if not afresh.better(page, analysis, why):
        return ""
    try:
        text, changed = call_here(_remade, page, analysis, sources, parts.settings.language, now)
    except Unreadable as error:
        parts.tell(f"not analysed again: {page.meta.title} ({error})")
        return ""
    remember(parts.ledger, page.meta.id, changed.body, now=now)
    parts.store.replace_text(page, text)
    registry.changed(changed)
    parts.tell(f"analysed again: {page.meta.title}")
    return page.path


def _remade(page: Article, analysis: Analysis, sources: Sequence[Source], language: str, now: datetime) -> tuple[str, Article]:
    text = afresh.remade(page, analysis, sources, language=language, now=now)
    return text, parse(text, ArticleMeta, file=page.path)


def _is_source(meta: ArticleMeta, entry: Entry) -> bool:
    """Whether the page has the entry, or another of its outlet."""
    return _stands_on(meta, entry) or any(source.feed == entry.feed.title for source in meta.sources)


def _stands_on(meta: ArticleMeta, entry: Entry) -> bool:
    mark = url_mark(entry.url)
    return any(url_mark(source.url) == mark for source in meta.sources)
