"""Entries that are one event. Exact duplicates only: the same address, or the same headline, whoever printed it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

from generator.model import Entry, Story
from generator.record.text import digest, normal_title, words
from generator.record.urls import canonical

_NEVER = datetime.max.replace(tzinfo=UTC)
TITLE_WORDS = 4  # below that, equal headlines ("Security update") say nothing


def marks(entry: Entry) -> tuple[str, ...]:
    """The short hashes by which the same article is known again: its canonical address and its headline."""
    found = []
    if address := canonical(entry.url):
        found.append(digest("url", address))
    title = normal_title(entry.title)
    if len(words(title)) >= TITLE_WORDS:
        found.append(digest("title", title))
    return tuple(found)


def story_id(entry: Entry) -> str:
    """The id of the story that begins with this entry."""
    return f"s-{digest(entry.feed.url, entry.id, length=10)}"


def group(entries: Iterable[Entry]) -> tuple[Story, ...]:
    """Stories in the order of their first coverage; within a story the first coverage first."""
    ordered = sorted(entries, key=lambda e: (e.published or _NEVER, e.feed.url, e.id))
    clusters: list[list[Entry]] = []
    owner: dict[str, list[Entry]] = {}
    for entry in ordered:
        known = [owner[mark] for mark in marks(entry) if mark in owner]
        cluster = known[0] if known else []
        if not known:
            clusters.append(cluster)
        cluster.append(entry)
        for mark in marks(entry):
            owner.setdefault(mark, cluster)
    return tuple(_story(cluster) for cluster in clusters)


def _story(entries: Sequence[Entry]) -> Story:
    return Story(story_id(entries[0]), tuple(entries))
