"""How many outlets report a story in their own words: one agency's copy printed five times is one source."""

from __future__ import annotations

import re
from collections.abc import Sequence

from generator.model import Entry

COPY = 0.6  # share of the shorter text's word triples that the other has too
LEAST_WORDS = 12  # below that, two texts may be alike by chance


def independent(entries: Sequence[Entry]) -> tuple[tuple[Entry, ...], ...]:
    """The entries by who wrote them: those of one outlet, and those that print one text, stand together; in the order of the first."""
    groups: list[list[Entry]] = []
    for entry in entries:
        same = [group for group in groups if any(_one_voice(entry, other) for other in group)]
        merged = [other for group in same for other in group] + [entry]
        groups = [group for group in groups if group not in same]
        groups.append(sorted(merged, key=entries.index))
    return tuple(tuple(group) for group in sorted(groups, key=lambda group: entries.index(group[0])))


def _one_voice(a: Entry, b: Entry) -> bool:
    return a.feed.url == b.feed.url or is_copy(a.content or a.excerpt, b.content or b.excerpt) or is_copy(a.excerpt, b.excerpt)


def is_copy(one: str, other: str) -> bool:
    """Whether two texts are one copy: most of the shorter one's word triples stand in the other."""
    a, b = _triples(one), _triples(other)
    least = min(len(a), len(b))
    return least >= LEAST_WORDS - 2 and len(a & b) >= COPY * least


def _triples(text: str) -> frozenset[tuple[str, ...]]:
    words = re.findall(r"\w+", text.casefold())[:400]
    return frozenset(zip(words, words[1:], words[2:], strict=False))
