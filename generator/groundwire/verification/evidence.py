"""Where a piece of evidence stands in its source: exactly, or in pieces of four words and more in order.

The span that it covers is what its claim is judged by: what an elision leaves out belongs to it (and, by `scope.py`, what governs it from
outside). An elision ends a sentence only where it begins the next.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from groundwire.text.plain import words
from groundwire.text.quotation import EVIDENCE_WORDS
from groundwire.verification.numbers import amounts
from groundwire.verification.tokens import Text, Token, stripped, tokenize

SHORTEST = 3  # words of an evidence
PIECE = 4  # words of each piece of an elided one
GAP = 60  # words that an elision may leave out
_ELLIPSIS = re.compile(r"\s*[\[(]?(?:\.\.\.|…|\. \. \.)[\])]?\s*")
_STOPS = frozenset(".!?")
_SIGNS = frozenset("$€£¥")


@dataclass(frozen=True, slots=True)
class Located:
    """Evidence found: its own tokens, the span of the source that it covers, and what stands before and after that in its sentences."""

    tokens: tuple[Token, ...]
    span: tuple[Token, ...]
    before: tuple[Token, ...]
    after: tuple[Token, ...]

    @property
    def around(self) -> tuple[Token, ...]:
        """The sentences that it stands in."""
        return (*self.before, *self.span, *self.after)


def locate(evidence: str, source: Text, *, language: str) -> Located | str:
    """Find the place of the evidence in its source; a string says why there is none."""
    size = len(words(evidence))
    if size > EVIDENCE_WORDS:
        return f"the evidence has {size} words, {EVIDENCE_WORDS} are allowed"
    tokens = stripped(tokenize(evidence))
    if sum(t.is_word for t in tokens) < SHORTEST:
        return f"the evidence has fewer than {SHORTEST} words"
    pieces = _whole(tokens, source) or _elided(evidence, source)
    if not pieces:
        return "the evidence does not stand in its source"
    if any(_cut(piece, source, language) for piece in pieces):
        return "the evidence is cut within a number"
    return _located(pieces, source)


Piece = tuple[int, int]


def _whole(tokens: Sequence[Token], source: Text) -> list[Piece]:
    place = source.find(tokens)
    return [] if place is None else [(place, place + len(tokens))]


def _elided(evidence: str, source: Text) -> list[Piece]:
    pieces = [stripped(tokenize(part)) for part in _ELLIPSIS.split(evidence) if part]
    if len(pieces) < 2 or any(sum(t.is_word for t in piece) < PIECE for piece in pieces):
        return []
    start: int | None = source.find(pieces[0])
    while start is not None:
        if found := _follow(pieces, source, start):
            return found
        start = source.find(pieces[0], start=start + 1)
    return []


def _follow(pieces: Sequence[tuple[Token, ...]], source: Text, start: int) -> list[Piece]:
    """Find the pieces in order, each within reach of the one before; none if one is missing."""
    found = [(start, start + len(pieces[0]))]
    for piece in pieces[1:]:
        place = source.find(piece, start=found[-1][1])
        if place is None or place - found[-1][1] > GAP or _within(source, found[-1][1], place):
            return []
        found.append((place, place + len(piece)))
    return found


def _within(source: Text, start: int, end: int) -> bool:
    """Say whether what is left out ends one sentence and begins another within.

    The two halves would then make a sentence that nobody wrote.
    """
    ends = any(t.text in _STOPS for t in source.tokens[start:end]) or any(start < place <= end for place in source.starts)
    return ends and end not in source.starts and source.tokens[end - 1].text not in (*_STOPS, '"')


def _cut(piece: Piece, source: Text, language: str) -> bool:
    """Say whether an end of the piece divides a number from its sign, scale or unit."""
    start, end = piece
    tokens = source.tokens
    if tokens[start].text[0].isdigit() and start and tokens[start - 1].text in _SIGNS:
        return True
    low = max(0, start - 6)
    near = amounts(tokens[low : end + 6], language)
    return any(a.start + low < edge < a.end + low for a in near for edge in piece)


def _located(pieces: Sequence[Piece], source: Text) -> Located:
    tokens = source.tokens
    start, end = pieces[0][0], pieces[-1][1]
    first, last = start, end
    while first not in source.starts and tokens[first - 1].text not in _STOPS:
        first -= 1
    while last not in source.starts and tokens[last - 1].text not in _STOPS:
        last += 1
    own = tuple(t for a, b in pieces for t in tokens[a:b])
    return Located(own, tokens[start:end], tokens[first:start], tokens[end:last])
