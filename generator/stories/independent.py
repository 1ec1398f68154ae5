"""How many outlets report a story in their own words: one agency's copy printed five times is one source."""

from __future__ import annotations

from collections.abc import Sequence

from generator.model import Entry
from generator.record.copies import is_copy


def independent(entries: Sequence[Entry]) -> tuple[tuple[Entry, ...], ...]:
    """The entries by who wrote them: those of one outlet, and those that print one text, stand together; in the order of the first."""
    groups: list[list[Entry]] = []
    for entry in entries:
        same = [group for group in groups if any(_one_voice(entry, other) for other in group)]
        merged = [other for group in same for other in group] + [entry]
        groups = [group for group in groups if group not in same]
        groups.append(sorted(merged, key=entries.index))
    return tuple(tuple(group) for group in sorted(groups, key=lambda group: entries.index(group[0])))


def one_an_outlet(entries: Sequence[Entry]) -> list[Entry]:
    """The first entry of each feed, in their order: one outlet's repeats are no further sources."""
    first: dict[str, Entry] = {}
    for entry in entries:
        first.setdefault(entry.feed.url, entry)
    return list(first.values())


def _one_voice(a: Entry, b: Entry) -> bool:
    return a.feed.url == b.feed.url or is_copy(a.content or a.excerpt, b.content or b.excerpt) or is_copy(a.excerpt, b.excerpt)
