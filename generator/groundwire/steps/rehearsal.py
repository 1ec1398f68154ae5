"""New entries are read once in processes that can be killed, before anything of theirs is read in this one.

What every later step does with the text of one entry is done here first. What raises is left out, and where the time is up, what
was not read of that feed: the run goes on and names it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from itertools import groupby

from groundwire.analysis.classify import category_of
from groundwire.errors import Unreadable
from groundwire.events.choose import score
from groundwire.events.hold import allegation
from groundwire.events.terms import text_of
from groundwire.model import Entry, Story
from groundwire.ports import BoundedCall
from groundwire.publication.categories import Category
from groundwire.publication.copies import is_copy
from groundwire.publication.identity import marks
from groundwire.text.bounded import reason

TOGETHER = 200  # entries in one call: half a second of work


def rehearse(
    entries: Iterable[Entry], *, bounded: BoundedCall, categories: Mapping[str, Category], now: datetime
) -> dict[tuple[str, str], str]:
    """Return the keys of entries that cannot be read, each with the reason."""
    failed: dict[tuple[str, str], str] = {}
    for _, group in groupby(entries, key=lambda entry: entry.feed.url):
        same = list(group)
        for start in range(0, len(same), TOGETHER):
            try:
                failed |= bounded(read_all, same[start : start + TOGETHER], categories, now)
            except Unreadable as error:
                failed |= {entry.key: str(error) for entry in same[start:]}
                break
    return failed


def read_all(entries: Sequence[Entry], categories: Mapping[str, Category], now: datetime) -> dict[tuple[str, str], str]:
    """Do with each entry what the steps of a run do with it, and return the reasons of those at which something raises."""
    failed = {}
    for entry in entries:
        try:
            _read(entry, categories, now)
        except Exception as error:
            failed[entry.key] = reason(error)
    return failed


def _read(entry: Entry, categories: Mapping[str, Category], now: datetime) -> None:
    story = Story("s-0000000000", (entry,))
    marks(entry.url, entry.title)
    text_of(entry.title, entry.excerpt or entry.content, outlet=entry.feed.title, published=entry.published)
    score(story, now=now)
    category_of(story, categories)
    allegation(entry.title, entry.excerpt)
    is_copy(entry.content, entry.excerpt)
