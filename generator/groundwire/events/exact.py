"""Exact duplicates: one address, or one headline within the window, whoever printed it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet

from groundwire.events.frozen import Frozen
from groundwire.events.similar import apart
from groundwire.model import Entry
from groundwire.publication.identity import title_key, url_key
from groundwire.text.plain import normal_title


def duplicates(ordered: Sequence[Entry]) -> list[list[Entry]]:
    """Group exact duplicates, by their first coverage. `ordered`: entries, the first coverage first."""
    parent = list(range(len(ordered)))

    def root(n: int) -> int:
        while parent[n] != n:
            parent[n] = n = parent[parent[n]]
        return n

    for earlier, later in _pairs(ordered):
        a, b = sorted((root(earlier), root(later)))
        parent[b] = a
    groups: dict[int, list[Entry]] = {}
    for n, entry in enumerate(ordered):
        groups.setdefault(root(n), []).append(entry)
    return list(groups.values())


def shared_addresses(entries: Iterable[Entry]) -> frozenset[str]:
    """Find the addresses that name a list, not an article, by their keys.

    They are those that several entries of one feed with different headlines have.
    """
    headlines: defaultdict[tuple[str, str], set[str]] = defaultdict(set)
    for entry in entries:
        if address := url_key(entry.url):
            headlines[(entry.feed.url, address)].add(normal_title(entry.title))
    return frozenset(address for (_, address), titles in headlines.items() if len(titles) > 1)


def _pairs(ordered: Sequence[Entry]) -> Iterator[tuple[int, int]]:
    """Yield each entry with the last one before it of the same address, and of the same headline within the window."""
    last: dict[str, int] = {}
    lists = shared_addresses(ordered)
    for n, entry in enumerate(ordered):
        address, headline = url_key(entry.url), title_key(entry.title)
        if address in lists:
            address = ""
        if address and address in last:
            yield last[address], n
        # A headline that comes back each month ("Stable channel update for desktop") is no duplicate.
        if headline and headline in last and not apart(ordered[last[headline]].published, entry.published):
            yield last[headline], n
        last |= {mark: n for mark in (address, headline) if mark}


class Headlines:
    """The headlines of published stories."""

    def __init__(self, stories: Sequence[Frozen]) -> None:
        self._by_mark: defaultdict[str, list[Frozen]] = defaultdict(list)
        for story in stories:
            for mark in sorted(story.titles):
                self._by_mark[mark].append(story)

    def story_of(self, same: Sequence[Entry], *, barred: AbstractSet[str]) -> str:
        """Find a story with a headline of these duplicates, within the window; of several the least id, '' for none."""
        found = {
            story.story
            for entry in same
            for story in self._by_mark.get(title_key(entry.title), ())
            if story.story not in barred and any(not apart(text.published, entry.published) for text in story.texts)
        }
        return min(found, default="")
