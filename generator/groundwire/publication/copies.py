"""Whether two outlets print one text: an agency's copy is one voice, however often it is printed."""

from __future__ import annotations

import re
from itertools import islice

COPY = 0.6  # share of the shorter text's word triples that the other has too
LEAST_WORDS = 12  # below that, two texts may be alike by chance


def is_copy(one: str, other: str) -> bool:
    """Say whether two texts are one copy: most of the shorter one's word triples stand in the other."""
    a, b = _triples(one), _triples(other)
    least = min(len(a), len(b))
    return least >= LEAST_WORDS - 2 and len(a & b) >= COPY * least


def _triples(text: str) -> frozenset[tuple[str, ...]]:
    words = [match.group() for match in islice(re.finditer(r"\w+", text.casefold()), 400)]
    return frozenset(zip(words, words[1:], words[2:], strict=False))
