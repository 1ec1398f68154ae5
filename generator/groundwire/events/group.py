"""Entries that are one event: first the exact duplicates, then what is alike; later coverage joins what is published.

Published stories are frozen: an entry joins one or starts a new one, and no two of them ever become one. The outcome depends neither on the
order of the entries nor on entries that have nothing to do with it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from groundwire.events.background import Background, shipped
from groundwire.events.cluster import THRESHOLD, clusters
from groundwire.events.exact import Headlines, duplicates
from groundwire.events.frozen import Frozen
from groundwire.events.similar import Vector, vector
from groundwire.events.terms import text_of
from groundwire.model import Entry, Story
from groundwire.publication.identity import story_id

_NEVER = datetime.max.replace(tzinfo=UTC)
Key = tuple[str, str]
Group = Sequence[Entry]


@dataclass(frozen=True)
class Grouping:
    """What became of the entries: later coverage with its story's id, and the new stories.

    `swallowed` is later coverage of withdrawn and deleted stories: remembered and reported, shown nowhere.
    """

    joins: tuple[tuple[Entry, str], ...] = ()
    stories: tuple[Story, ...] = ()
    swallowed: tuple[tuple[Entry, str], ...] = ()


def group(entries: Iterable[Entry]) -> tuple[Story, ...]:
    """Group entries into new stories, in the order of their first coverage; within a story the first coverage first."""
    return join_or_start(entries).stories


def join_or_start(
    entries: Iterable[Entry],
    frozen: Iterable[Frozen] = (),
    *,
    separate: Mapping[Key, frozenset[str]] | None = None,
    background: Background | None = None,
    threshold: float = THRESHOLD,
) -> Grouping:
    """Sort entries into published and new stories. `separate`: the stories that people took an entry out of, which it never rejoins."""
    ordered = sorted(entries, key=_in_time)
    kept_out = separate or {}
    stories = _near(frozen, ordered)
    headlines = Headlines(stories)
    found: list[tuple[str, Group]] = []
    new: list[Group] = []
    for same in duplicates(ordered):
        barred = frozenset().union(*(kept_out.get(entry.key, ()) for entry in same))
        story = headlines.story_of(same, barred=barred)
        found += [(story, same)] if story else []
        new += [] if story else [same]
    found += _alike(new, stories, separate=kept_out, table=background or shipped(), threshold=threshold)
    return _sorted(found, closed={story.story for story in stories if story.closed}, separate=kept_out)


def _alike(
    new: Sequence[Group],
    stories: Sequence[Frozen],
    *,
    separate: Mapping[Key, frozenset[str]],
    table: Background,
    threshold: float,
) -> list[tuple[str, Group]]:
    """Return new groups with the story they join ('' for one of their own), several groups as one where they are alike."""
    old = [[vector(text, table) for text in story.texts] for story in stories]
    vectors = [v for texts in old for v in texts]
    known = len(vectors)
    vectors += [_vector(entry, table) for same in new for entry in same]
    seeds = _numbered([*map(len, old), *map(len, new)])
    barred = [frozenset().union(*(separate.get(entry.key, ()) for entry in same)) for same in new]

    def allowed(one: Sequence[int], other: Sequence[int]) -> bool:
        """Say whether two clusters may be one: at most one published story, and none that people took a member out of."""
        both = [*one, *other]
        published = {stories[n].story for n in both if n < len(stories)}
        return len(published) <= 1 and not any(published & barred[n - len(stories)] for n in both if n >= len(stories))

    found: list[tuple[str, Group]] = []
    for members in clusters(vectors, seeds, known=known, allowed=allowed, threshold=threshold):
        story = next((stories[n].story for n in members if n < len(stories)), "")
        coverage = [entry for n in members if n >= len(stories) for entry in new[n - len(stories)]]
        found += [(story, coverage)] if coverage else []
    return found


def _sorted(found: Iterable[tuple[str, Group]], *, closed: set[str], separate: Mapping[Key, frozenset[str]]) -> Grouping:
    started = [sorted(entries, key=_in_time) for story, entries in found if not story]
    later = sorted(((entry, story) for story, entries in found if story for entry in entries), key=lambda pair: _in_time(pair[0]))
    return Grouping(
        tuple((entry, story) for entry, story in later if story not in closed),
        tuple(Story(_own_id(one[0], separate), tuple(one)) for one in sorted(started, key=lambda one: _in_time(one[0]))),
        tuple((entry, story) for entry, story in later if story in closed),
    )


def _own_id(first: Entry, separate: Mapping[Key, frozenset[str]]) -> str:
    """Return the id of the story that begins with this entry; another one where the story that it began goes on without it."""
    own = story_id(*first.key)
    while own in separate.get(first.key, ()):
        own = story_id(own, first.id)
    return own


def _near(frozen: Iterable[Frozen], entries: Sequence[Entry]) -> list[Frozen]:
    """Return the stories with coverage in the window of any entry, by id."""
    moments = [entry.published for entry in entries if entry.published]
    if not moments:
        return sorted(frozen, key=lambda story: story.story)
    first, last = min(moments), max(moments)
    return sorted((story for story in frozen if story.near(first, last)), key=lambda story: story.story)


def _vector(entry: Entry, table: Background) -> Vector:
    text = text_of(entry.title, entry.excerpt or entry.content, outlet=entry.feed.title, published=entry.published)
    return vector(text, table)


def _numbered(sizes: Iterable[int]) -> list[range]:
    """Return consecutive numbers, as many a group as it has members."""
    out, start = [], 0
    for size in sizes:
        out.append(range(start, start + size))
        start += size
    return out


def _in_time(entry: Entry) -> tuple[datetime, str, str]:
    return entry.published or _NEVER, entry.feed.url, entry.id
