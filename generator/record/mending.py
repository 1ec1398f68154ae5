"""What people did to the sources of pages by editing front matter, as rows for the ledger, so that it is remembered.

A source taken off a page is separated from its story and never rejoins it; one that stands on another page now has moved there; one put back
belongs again; one whose address alone was changed is the same. Decisions only: the pages and the ledger as they are, rows out.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from generator.record.registry import Registry
from generator.record.store import Article

Row = dict[str, Any]


@dataclass(frozen=True)
class _Known:
    """What pages and ledger say, and the feeds' names by address."""

    registry: Registry
    feeds: Mapping[str, str]


_ORDER = ("readdressed", "separated", "rejoined", "joined", "merged")


def hand_edits(registry: Registry, *, feeds: Mapping[str, str], gone: Collection[str] = ()) -> list[Row]:
    """The rows that the ledger lacks, in the order in which they count.

    `feeds`: the names of feeds by address; `gone`: stories whose pages people deleted.
    """
    known = _Known(registry, feeds)
    rows = [row for page in registry.differing() for row in (*_taken(page, known), *_given(page, known))]
    rows += [{"event": "merged", "story": story, "into": home} for story in gone if (home := _home(registry, story))]
    return sorted(rows, key=lambda row: _ORDER.index(row["event"]))


def parting(registry: Registry, story: str, sources: Mapping[str, str]) -> Row:
    """The row that takes sources (mark → feed's address) out of a story, with all that their outlets had in it."""
    entries = [list(entry) for feed in sorted(set(sources.values()) - {""}) for entry in registry.entries_of(story, feed=feed)]
    return {"event": "separated", "story": story, "entries": entries, "marks": sorted(sources)}


def _taken(page: Article, known: _Known) -> Iterator[Row]:
    """Sources that the page had."""
    story = page.id
    new = _readdressed(page, known)
    for mark, feed in known.registry.listed(story).items():
        if mark in new:
            yield {"event": "readdressed", "story": story, "from": mark, "to": new[mark]}
        elif mark not in page.brief.marks:
            yield parting(known.registry, story, {mark: feed})


def _given(page: Article, known: _Known) -> Iterator[Row]:
    """Sources that the page has and did not have: put back, or from another page. What people found themselves needs no row."""
    story, registry = page.id, known.registry
    for mark in sorted(page.brief.marks.keys() - registry.listed(story).keys()):
        owner = registry.owner(mark)
        if parted := registry.parting(mark, story):
            yield {"event": "rejoined", "story": story, "entries": parted["entries"], "marks": [mark], "listed": {mark: ""}}
        elif owner and owner not in registry.shelf.standing(mark):
            feed = registry.listed(owner)[mark]
            entries = [list(entry) for entry in registry.entries_of(owner, feed=feed)] if feed else []
            yield {"event": "joined", "story": story, "entries": entries, "marks": [mark], "listed": {mark: feed}}


def _readdressed(page: Article, known: _Known) -> dict[str, str]:
    """Old and new marks of sources whose outlet stayed and whose address nobody else knows."""
    listed, have = known.registry.listed(page.id), page.brief.marks
    if listed.keys() <= have.keys():
        return {}
    unknown = (mark for mark in have if mark not in listed and known.registry.owner(mark) is None)
    new = [mark for mark in unknown if not known.registry.parting(mark, page.id)]
    found: dict[str, str] = {}
    for mark, feed in listed.items():
        same = [m for m in new if have[m] == known.feeds.get(feed) and m not in found.values()]
        if mark not in have and same:
            found[mark] = same[0]
    return found


def _home(registry: Registry, story: str) -> str:
    """The one page on which all the sources of a deleted one stand; '' where there is none."""
    listed = registry.listed(story)
    common = set.intersection(*map(registry.shelf.standing, listed)) if listed else set()
    return common.pop() if len(common) == 1 else ""
