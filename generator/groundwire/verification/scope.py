"""What governs a piece of evidence from outside it, in its own sentence: "police said that", ", according to a filing", "If …,", "no".

Evidence may be the shortest passage that proves a claim; it may not be cut out of what denies, doubts or attributes it.
"""

from __future__ import annotations

from collections.abc import Sequence

from groundwire.verification.evidence import Located
from groundwire.verification.lexicon import Class
from groundwire.verification.said import Said
from groundwire.verification.tokens import Token

FAR, NEAR, TAIL = 25, 9, 10  # tokens ahead of the evidence that may say who speaks, that may deny; tokens after it
_RELATIVE = frozenset("who which whose whom where".split()) | {";", ":"}
_CLAUSE = (
    _RELATIVE
    | frozenset("and or but while because as after before when though although und oder aber weil nachdem".split())
    | {",", "(", ")", '"', "–"}
)
_TURNS = frozenset(
    "but while although though whereas because which who and after when as where adding aber während obwohl".split()
)
_OPENERS = frozenset(
    "according allegedly reportedly supposedly apparently possibly perhaps maybe if unless laut angeblich wenn falls selon si según secondo volgens segundo enligt".split()
)
_TAILS = frozenset("according if unless laut selon según wenn falls secondo volgens segundo enligt".split())
_SAY: tuple[Class, ...] = ("said", "claim")
_HEDGE: tuple[Class, ...] = ("negation", "undone", "doubt", "claim", "plan")


def governed(found: Located, language: str) -> tuple[Token, ...]:
    """Return the span of the evidence with what governs it from outside."""
    return (*_ahead(found.before, language), *found.span, *_behind(found.after, language))


def is_question(found: Located) -> bool:
    """Say whether the evidence asks instead of telling."""
    return found.around[-1:] != () and found.around[-1].text == "?"


def _ahead(before: Sequence[Token], language: str) -> Sequence[Token]:
    if before and next((t.folded for t in before if t.is_word), "") in _OPENERS and any(t.text == "," for t in before):
        return before
    start = min(_begin(before, _RELATIVE, FAR, _SAY, language), _begin(before, _CLAUSE, NEAR, _HEDGE, language))
    return before[start:]


def _begin(before: Sequence[Token], breaks: frozenset[str], reach: int, classes: Sequence[Class], language: str) -> int:
    """Find the first token of a phrase of the classes that governs what comes after; the end where there is none.

    It is within reach, with nothing between it and the evidence that breaks off.
    """
    low = max(0, len(before) - reach)
    low = max([low, *(n + 1 for n, t in enumerate(before) if t.folded in breaks)])
    said = Said(before[low:], language)
    # A negated verb is two words of one token: the earliest start is early enough.
    marks = [min(first, len(before) - low - 1) for name in classes for first, _ in said.marks(name)]
    return low + min(marks, default=len(before) - low)


def _behind(after: Sequence[Token], language: str) -> Sequence[Token]:
    """`, police said`, `, according to a filing`, `if the vote fails`."""
    words = [t.folded for t in after[: TAIL + 2]]
    lead = next((n for n, word in enumerate(words) if word not in (",", '"')), len(words))
    if lead == len(words) or (lead == 0 and words[0] not in _TAILS):
        return ()
    if words[lead] in _TAILS:
        return after
    said = Said(after[lead : TAIL + 2], language)
    marks = [last for name in _SAY for _, last in said.marks(name)]
    end = lead + min(marks, default=len(words))
    turns = any(word in _TURNS for word in words[lead:end])
    return () if not marks or turns else after[: end + 1]
