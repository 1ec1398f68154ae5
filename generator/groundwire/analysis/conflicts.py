"""Where two sources of one story say different things: another number of the same thing, or a yes where the other has a no.

By rule, for every analyst, and rather too few than a wrong one: the two sentences must share what they speak of, and no bound ("more than"),
rounding or copy may explain the difference. Both are shown in the sources' own words.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, islice

from groundwire.model import Conflict, Source
from groundwire.publication.copies import is_copy
from groundwire.text.plain import sentences, words
from groundwire.text.quotation import EVIDENCE_WORDS
from groundwire.verification.bounds import bounded
from groundwire.verification.numbers import Amount, amounts
from groundwire.verification.said import Said
from groundwire.verification.support import LITTLE
from groundwire.verification.tokens import Token, tokenize
from groundwire.verification.tongue import SPANS, stem, tongue

MOST = 4  # of one story
SHARED = 2  # content words beside the counted thing that two sentences have in common
DENIED = 4  # of them where one says yes and the other no,
DENIED_WORDS = 3  # after a "not" that must stand in both
PART = 0.6  # and this part of the shorter sentence
ROUNDED = 0.06  # numbers that differ by less may be one number, rounded
SENTENCES = 60  # of one source that are compared,
READ = 100_000  # characters of a source
CHARACTERS = 600  # of each: longer ones are never shown
COUNTS = 12  # things that one sentence counts
_NO_THINGS = LITTLE | frozenset(
    "percent per cent point points other others time times part parts more most new first last us million billion thousand people's".split()
)


@dataclass(frozen=True)
class _Sentence:
    """One sentence of a source: what it speaks of, what it counts, and whether it denies."""

    source: int
    text: str
    stems: frozenset[str]
    counts: tuple[tuple[str, str, float], ...]  # the counted thing's stem, as it is written, its number
    denied: frozenset[str]  # the stems of what it denies
    asks: bool


def find_conflicts(sources: Sequence[Source], *, language: str = "en") -> tuple[Conflict, ...]:
    """Find the conflicts between a story's sources, in the order of the first one's text."""
    read = {source.id: list(_sentences(source, language)) for source in sources}
    counts = {
        number: frozenset((thing, value) for sentence in known for thing, _, value in sentence.counts)
        for number, known in read.items()
    }
    found: dict[str, Conflict] = {}
    for one, other in combinations(sources, 2):
        if is_copy(one.text, other.text):
            continue
        for a in read[one.id]:
            for b in read[other.id]:
                if conflict := _numbers(a, b, counts) or _denial(a, b):
                    found.setdefault(conflict.about, conflict)
    return tuple(found.values())[:MOST]


def _sentences(source: Source, language: str) -> Iterator[_Sentence]:
    given = (source.entry.language or language).split("-")[0].lower()
    every = (text[:CHARACTERS] for line in source.text[:READ].splitlines() if line for text in sentences(line))
    texts = list(islice(every, SENTENCES))
    spoken = tongue([word for text in texts[:20] for word in words(text)], given)
    for text in texts:
        tokens = tokenize(text)
        said = Said(tokens, spoken)
        stems = frozenset(stem(t.text) for t in tokens if t.is_word and t.folded not in LITTLE and not t.text[0].isdigit())
        if len(stems) >= SHARED:
            denied = frozenset(one for mark in said.marks("negation") for one in said.bears_on(mark)[:DENIED_WORDS])
            yield _Sentence(
                source.id, text, stems, tuple(islice(_counted(tokens, spoken), COUNTS)), denied, text.rstrip().endswith("?")
            )


def _counted(tokens: Sequence[Token], language: str) -> Iterator[tuple[str, str, float]]:
    """Yield the things that are counted, each with its name and number.

    Plain counts and sums: no dates, versions, bounds or spans of time.
    """
    for amount in amounts(tokens, language):
        value = _value(amount)
        thing = tokens[amount.end] if amount.end < len(tokens) else None
        money = amount.key[-1:] if amount.key[-1:] in "$€£¥%" else ""
        if value is None or bounded(tokens, amount):
            continue
        if money and money != "%":
            yield f"sum {money}", money, value
        elif thing and thing.is_word and thing.text.islower() and thing.folded not in _NO_THINGS and thing.folded not in SPANS:
            yield stem(thing.text) + money, _named(tokens[amount.end : amount.end + 2]), value


def _named(tokens: Sequence[Token]) -> str:
    """Return the counted thing as it is written, with the noun after it where there is one ("customer records")."""
    parts = [t.text for t in tokens]
    plural = len(parts) == 2 and parts[1].isalpha() and parts[1].islower() and parts[1].endswith("s") and parts[1] not in LITTLE
    return " ".join(parts) if plural else parts[0]


def _value(amount: Amount) -> float | None:
    digits = amount.key.rstrip("$€£¥%")
    try:
        value = float(digits)
    except ValueError:
        return None
    return None if 1900 <= value <= 2100 else value


def _numbers(a: _Sentence, b: _Sentence, counts: Mapping[int, frozenset[tuple[str, float]]]) -> Conflict | None:
    """Find another number of the same thing, which neither source has from the other."""
    for thing, written, mine in a.counts:
        for other, _, theirs in b.counts:
            if thing != other or a.asks or b.asks or len((a.stems & b.stems) - {thing}) < SHARED:
                continue
            if (
                abs(mine - theirs) <= ROUNDED * max(mine, theirs)
                or (thing, theirs) in counts[a.source]
                or (thing, mine) in counts[b.source]
            ):
                continue
            return _shown(written, a, b)
    return None


def _denial(a: _Sentence, b: _Sentence) -> Conflict | None:
    """Find a yes against a no, on nearly the same words: all that the one denies stands in the other."""
    shared = len(a.stems & b.stems)
    if (
        bool(a.denied) == bool(b.denied)
        or not (a.denied | b.denied) <= (a.stems & b.stems)
        or a.asks
        or b.asks
        or shared < DENIED
        or shared < PART * min(len(a.stems), len(b.stems))
    ):
        return None
    return _shown("", a, b)


def _shown(about: str, a: _Sentence, b: _Sentence) -> Conflict | None:
    sides = tuple((one.source, one.text) for one in (a, b) if len(words(one.text)) <= EVIDENCE_WORDS)
    return Conflict(about, sides) if len(sides) == 2 else None
