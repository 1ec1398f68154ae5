"""Whether a claim keeps the bounds of a number: "up to 20" is not "20", and neither is "more than 20"."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from groundwire.verification.numbers import Amount, amounts
from groundwire.verification.tokens import Token

_MORE = """more than|over|at least|upwards of|exceeding|exceeds|exceeded|above|north of|in excess of|no fewer than|no less than|not less than|minimum of|topped|surpassed|well over|mehr als|über
|mindestens|plus de|au moins|más de|al menos|più di|almeno|meer dan|minstens|mais de|pelo menos|mer än|minst"""
_LESS = """up to|at most|less than|fewer than|under|below|no more than|not more than|as many as|as much as|maximum of|nearly|almost|just under|bis zu|höchstens|weniger als|unter|fast|knapp|beinahe
|jusqu'à|au plus|moins de|presque|hasta|menos de|casi|fino a|meno di|quasi|tot|minder dan|bijna|até|quase|upp till|mindre än|nästan"""
# Before a span of time these say when, not how much.
_WHEN = frozenset({"over", "above", "under", "below", "über", "unter"})
LONGEST = 3


def loosened(claim: Sequence[Token], evidence: Sequence[Token], *, languages: tuple[str, str]) -> str:
    """Return the number whose bound is not the evidence's, in a reader's words; '' where all are.

    `languages`: the claim's and the evidence's.
    """
    here, there = _bounds(claim, languages[0]), _bounds(evidence, languages[1])
    for number, bound in here.items():
        if number in there and bound != there[number]:
            return f"“{bound[1] or there[number][1]}” {'was added to' if bound[0] else 'was left out before'} a number"
    return ""


def bounded(tokens: Sequence[Token], amount: Amount) -> bool:
    """Say whether a number is said to be a bound: "more than", "up to"."""
    start = amount.start - (tokens[amount.start - 1].text in "$€£¥" if amount.start else 0)
    return bool(_bound([t.folded for t in tokens[:start]], span=False)[0])


class _Bound(tuple[str, str]):
    """A direction ("more", "less", '') and the words for it. Two are equal where their directions are."""

    __slots__ = ()

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Bound) and self[0] == other[0]

    def __ne__(self, other: object) -> bool:  # a tuple has one of its own, which compares the words
        return not self == other

    def __hash__(self) -> int:
        return hash(self[0])


def _bounds(tokens: Sequence[Token], language: str) -> dict[str, _Bound]:
    """Find the bound of each number that stands once; of one that stands twice nothing can be said."""
    found: dict[str, list[_Bound]] = {}
    words = [t.folded for t in tokens]
    for amount in amounts(tokens, language):
        if amount.key[0].isdigit():
            start = amount.start - (tokens[amount.start - 1].text in "$€£¥" if amount.start else 0)
            span = amount.end < len(tokens) and any(
                words[amount.end].startswith(unit)
                for unit in ("day", "week", "month", "year", "hour", "tag", "woche", "monat", "jahr")
            )
            found.setdefault(amount.key, []).append(_bound(words[:start], span=span))
    return {key: bounds[0] for key, bounds in found.items() if len(bounds) == 1}


def _bound(before: Sequence[str], *, span: bool) -> _Bound:
    for size in range(LONGEST, 0, -1):
        phrase = " ".join(before[-size:]) if len(before) >= size else ""
        if (direction := _phrases().get(phrase)) and not (span and phrase in _WHEN):
            return _Bound((direction, phrase))
    return _Bound(("", ""))


@cache
def _phrases() -> dict[str, str]:
    return {one.strip(): name for name, text in (("more", _MORE), ("less", _LESS)) for one in text.split("|")}
