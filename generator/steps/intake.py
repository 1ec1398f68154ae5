"""From feeds to entries: what the feeds say, which of it is new, what earlier runs still owe."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from generator.model import Entry, FeedResult, Story
from generator.record.blocklist import blocker
from generator.record.identity import url_mark
from generator.record.registry import Registry
from generator.record.waiting import resumed
from generator.steps.parts import Parts
from generator.steps.rehearsal import rehearse
from generator.stories.exact import shared_addresses


def read(parts: Parts, *, now: datetime) -> list[FeedResult]:
    results = []
    for result in parts.reader.read(parts.settings.feeds, now=now):
        results.append(result)
        outcome = result.error or ("nothing new" if result.unchanged else f"{len(result.entries)} entries")
        parts.tell(f"[{len(results)}/{len(parts.settings.feeds)}] {result.feed.title}: {outcome}")
    order = {feed.url: place for place, feed in enumerate(parts.settings.feeds)}
    return sorted(results, key=lambda r: order[r.feed.url])


def without_unreadable(
    parts: Parts, registry: Registry, results: Sequence[FeedResult], *, now: datetime
) -> tuple[list[FeedResult], list[tuple[str, str]]]:
    """The results without the new entries that cannot be read, and those entries' headlines, each with the reason."""
    unseen = [entry for result in results for entry in result.entries if not registry.has(entry)]
    failed = rehearse(unseen, bounded=parts.bounded, categories=parts.categories, now=now)
    if not failed:
        return list(results), []
    kept = [replace(result, entries=tuple(e for e in result.entries if e.key not in failed)) for result in results]
    return kept, [(entry.title, failed[entry.key]) for entry in unseen if entry.key in failed]


@dataclass(frozen=True)
class Fresh:
    """Entries that no page has: new ones, and new ones at an address that a page has (with its story's id)."""

    new: tuple[Entry, ...]
    known: tuple[tuple[Entry, str], ...]
    blocked: int


def fresh(parts: Parts, registry: Registry, results: Sequence[FeedResult], *, now: datetime) -> Fresh:
    unread = [entry for result in results for entry in result.entries if not registry.has(entry)]
    unwanted = blocker(parts.settings.block)
    wanted = [entry for entry in unread if not unwanted(entry.url, f"{entry.title} {entry.excerpt}")]
    lists = shared_addresses(entry for result in results for entry in result.entries)
    stories = {entry.key: registry.story_of(entry) for entry in wanted if url_mark(entry.url) not in lists}
    known = [(entry, story) for entry in wanted if (story := stories.get(entry.key))]
    new = [registry.dated(entry, now=now) for entry in wanted if not stories.get(entry.key)]
    registry.keep_first_seen(now=now)
    return Fresh(tuple(new), tuple(known), len(unread) - len(wanted))


def owed(parts: Parts, registry: Registry, results: Sequence[FeedResult], *, now: datetime) -> list[Story]:
    """Stories that an earlier run chose and that have no page yet. What was blocked since gets none."""
    entries = {entry.key: entry for result in results for entry in result.entries}
    unwanted = blocker(parts.settings.block)
    stories = [story for row in registry.waiting() if (story := resumed(row, entries, parts.settings.feeds))]
    blocked = {s.id for s in stories if any(unwanted(e.url, f"{e.title} {e.excerpt}") for e in s.entries)}
    for gone in sorted(blocked):
        registry.let_go(gone, now=now)
    return [story for story in stories if story.id not in blocked]
