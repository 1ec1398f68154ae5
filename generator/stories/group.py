"""Entries that are one event. Exact duplicates only: the same address, or the same headline, whoever printed it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

from generator.model import Entry, Story
from generator.record.identity import marks, story_id

_NEVER = datetime.max.replace(tzinfo=UTC)


def group(entries: Iterable[Entry]) -> tuple[Story, ...]:
    """Stories in the order of their first coverage; within a story the first coverage first."""
    ordered = sorted(entries, key=lambda e: (e.published or _NEVER, e.feed.url, e.id))
    clusters: list[list[Entry]] = []
    owner: dict[str, list[Entry]] = {}
    for entry in ordered:
        known = [owner[mark] for mark in marks(entry.url, entry.title) if mark in owner]
        cluster = known[0] if known else []
        if not known:
            clusters.append(cluster)
        cluster.append(entry)
        for mark in marks(entry.url, entry.title):
            owner.setdefault(mark, cluster)
    return tuple(_story(cluster) for cluster in clusters)


def _story(entries: Sequence[Entry]) -> Story:
    return Story(story_id(*entries[0].key), tuple(entries))
