"""What people did to the sources of pages by editing front matter, as rows for the ledger, so that it is remembered.

A source taken off a page is separated from its story and never rejoins it; one that stands on another page now has moved there; one put back
belongs again; one whose address alone was changed is the same. Decisions only: the pages and the ledger as they are, rows out.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from generator.record.registry import Registry
from generator.record.store import Article

Row = dict[str, Any]
_Marks = Mapping[str, Mapping[str, str]]  # by story: the marks of its page's sources, each with its outlet's name


_ORDER = ("readdressed", "separated", "rejoined", "joined", "merged")


def hand_edits(registry: Registry, *, feeds: Mapping[str, str], gone: Collection[str] = ()) -> list[Row]:
    """The rows that the ledger lacks, in the order in which they count.

    `feeds`: the names of feeds by address; `gone`: stories whose pages people deleted.
    """
    pages = [page for page in registry.pages() if not page.brief.withdrawn]
    on = {page.id: page.brief.marks for page in pages}
    rows = [row for page in pages for row in (*_taken(page, registry, on, feeds), *_given(page, registry, on, feeds))]
    rows += [{"event": "merged", "story": story, "into": home} for story in gone if (home := _home(registry.listed(story), on))]
    return sorted(rows, key=lambda row: _ORDER.index(row["event"]))


def parting(registry: Registry, story: str, sources: Mapping[str, str]) -> Row:
    """The row that takes sources (mark → feed's address) out of a story, with all that their outlets had in it."""
    entries = [list(entry) for feed in sorted(set(sources.values()) - {""}) for entry in registry.entries_of(story, feed=feed)]
    return {"event": "separated", "story": story, "entries": entries, "marks": sorted(sources)}


def _taken(page: Article, registry: Registry, on: _Marks, feeds: Mapping[str, str]) -> Iterator[Row]:
    """Sources that the page had."""
    story = page.id
    new = _readdressed(page, registry, on, feeds)
    for mark, feed in registry.listed(story).items():
        if mark in new:
            yield {"event": "readdressed", "story": story, "from": mark, "to": new[mark]}
        elif mark not in on[story]:
            yield parting(registry, story, {mark: feed})


def _given(page: Article, registry: Registry, on: _Marks, feeds: Mapping[str, str]) -> Iterator[Row]:
    """Sources that the page has and did not have: put back, or from another page. What people found themselves needs no row."""
    story, listed = page.id, registry.listed(page.id)
    for mark in on[story].keys() - listed.keys():
        owner = registry.owner(mark)
        if parted := registry.parting(mark, story):
            yield {"event": "rejoined", "story": story, "entries": parted["entries"], "marks": [mark], "listed": {mark: ""}}
        elif owner and mark not in on.get(owner, {}):
            feed = registry.listed(owner)[mark]
            entries = [list(entry) for entry in registry.entries_of(owner, feed=feed)] if feed else []
            yield {"event": "joined", "story": story, "entries": entries, "marks": [mark], "listed": {mark: feed}}


def _readdressed(page: Article, registry: Registry, on: _Marks, feeds: Mapping[str, str]) -> dict[str, str]:
    """Old and new marks of sources whose outlet stayed and whose address nobody else knows."""
    listed, have = registry.listed(page.id), on[page.id]
    new = [mark for mark in have if mark not in listed and not registry.owner(mark) and not registry.parting(mark, page.id)]
    found: dict[str, str] = {}
    for mark, feed in listed.items():
        same = [m for m in new if have[m] == feeds.get(feed) and m not in found.values()]
        if mark not in have and same:
            found[mark] = same[0]
    return found


def _home(listed: Mapping[str, str], on: _Marks) -> str:
    """The one page on which all the sources of a deleted one stand; '' where there is none."""
    homes = [story for story, have in on.items() if listed and listed.keys() <= have.keys()]
    return homes[0] if len(homes) == 1 else ""
