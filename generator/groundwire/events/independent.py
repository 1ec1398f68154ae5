"""How many outlets report a story in their own words: one agency's copy printed five times is one source."""

from __future__ import annotations

from collections.abc import Sequence

from groundwire.model import Entry
from groundwire.publication.copies import is_copy


def independent(entries: Sequence[Entry]) -> tuple[tuple[Entry, ...], ...]:
    """Group the entries by who wrote them, in the order of the first.

    Those of one outlet, and those that print one text, stand together.
    """
    groups: list[list[int]] = []
    for number, entry in enumerate(entries):
        same = [group for group in groups if any(_one_voice(entry, entries[other]) for other in group)]
        others = [group for group in groups if not any(group is one for one in same)]
        groups = [*others, sorted([*(other for group in same for other in group), number])]
    return tuple(tuple(entries[number] for number in group) for group in sorted(groups))


def one_an_outlet(entries: Sequence[Entry]) -> list[Entry]:
    """Return the first entry of each feed, in their order: one outlet's repeats are no further sources."""
    first: dict[str, Entry] = {}
    for entry in entries:
        first.setdefault(entry.feed.url, entry)
    return list(first.values())


def _one_voice(a: Entry, b: Entry) -> bool:
    return a.feed.url == b.feed.url or is_copy(a.content or a.excerpt, b.content or b.excerpt) or is_copy(a.excerpt, b.excerpt)
