"""How much of other people's text a page may carry: one rule for every analyst.

From one source: at most 60 words of its own excerpt, at most 25 words an evidence, and beyond the excerpt at most 150
words and at most 15% of the article in all, unless the feed's licence allows more.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from groundwire.text.plain import words

EXCERPT_WORDS = 60
EVIDENCE_WORDS = 25
_OPEN = frozenset({"public-domain", "cc-by", "cc-by-sa", "own"})


@dataclass(frozen=True, slots=True)
class Limits:
    """Words that may be printed from one source."""

    excerpt: int
    evidence: int
    beyond: int


def limits(*, license: str, source_words: int) -> Limits:
    """Return the limits for one source of `source_words` words under a feed's licence."""
    if is_open(license):
        return Limits(excerpt=EXCERPT_WORDS, evidence=EVIDENCE_WORDS, beyond=min(600, source_words))
    return Limits(excerpt=EXCERPT_WORDS, evidence=EVIDENCE_WORDS, beyond=min(150, source_words * 15 // 100))


def is_open(license: str) -> bool:
    """Say whether a licence lets a page quote without these bounds."""
    return license in _OPEN


def fit(quotations: Sequence[str], *, license: str, source_words: int, already: int = 0) -> tuple[int, ...]:
    """Return the positions of the quotations, first come first kept, that together stay within the source's limit.

    `already` counts words quoted from this source before. A quotation is kept whole or not at all.
    """
    room = limits(license=license, source_words=source_words).beyond - already
    kept: list[int] = []
    for position, quotation in enumerate(quotations):
        size = len(words(quotation))
        if size <= room:
            kept.append(position)
            room -= size
    return tuple(kept)
