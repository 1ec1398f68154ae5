"""Key sentences of an article: scored by position and content, chosen so that none repeats another.

Position and term frequency with maximal marginal relevance did as well as graph methods on publishers' own excerpts
(`benchmarks/extractive.py`), and need no dependency.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from groundwire.analysis.boilerplate import is_boilerplate, is_torn
from groundwire.text.plain import sentences, words

SHORTEST, LONGEST = 8, 45  # words
READ = 100_000  # characters of a text: what comes later in it counts for next to nothing
_STOP = frozenset(
    """a an and are as at be been but by can could for from had has have he her his i in into is it its more new not of on or our out
    said says she so than that the their them then there these they this to up was we were what when which who will with would you your
    der die das den dem des ein eine einen einem einer eines und oder aber ist sind war waren wird werden wurde wurden hat haben hatte
    im in am an auf aus bei mit nach von vom zu zum zur für über unter durch sich nicht auch als wie dass es er sie wir ihr ihre sein""".split()
)
# A sentence that leans on the one before it does not stand alone.
_LEANS = re.compile(
    r"^(?:but|and|so|or|yet|also|then|thus|hence|however|meanwhile|instead|still|otherwise|moreover|furthermore|additionally|besides|therefore"
    r"|he|she|they|it|this|that|these|those|his|her|their|its|such|both|neither|there|here|i|we|you|my|our"
    r"|aber|und|doch|dies\w*|das|er|sie|es|dazu|damit|dabei|daher|deshalb|außerdem|allerdings|zudem|auch|so|wir|ich)\b",
    re.IGNORECASE,
)
# So does one whose first words point back.
_POINTS_BACK = re.compile(
    r"^(?:\S+\s+){1,5}(?:it|them|they|these|those|this|such|him|her|he|she|its|their|ihn|ihm|ihnen|diese[rsnm]?|davon|darauf)\b",
    re.IGNORECASE,
)
_CONCRETE = re.compile(r"\bCVE-\d|\d")


# Code, addresses, handles, and what is left of tables.
_NOT_PROSE = re.compile(r"https?:|[{}|<>@=]|\S{40}|\(\s|\s\)|\b\w+\(\)|\.\s*\w+\s*\(|;\s*$")
_FIRST_PERSON = re.compile(r"\b(?:I|me|my|we|us|our|you|your|wir|uns|unser\w*|ich|mein\w*|Sie|Ihre?n?)\b")
_LOOSE = re.compile(r"\s[.,;:!?](?:\s|$)")  # a blank before a comma: markup that fell apart


@dataclass(frozen=True)
class Key:
    """A sentence worth quoting: its place in the text (from 0), its score."""

    text: str
    place: int
    score: float


def terms(text: str) -> list[str]:
    """Return the content words of a text, folded and roughly stemmed."""
    found = re.findall(r"[^\W_][\w.-]*[^\W_]|\d+", text.casefold())
    return [w[:-1] if w.endswith("s") and len(w) > 4 else w for w in found if w not in _STOP and len(w) > 1]


def key_sentences(text: str, *, title: str, limit: int = 12, avoid: Iterable[str] = ()) -> list[Key]:
    """Choose up to `limit` sentences, best first, none like another nor like one of `avoid`."""
    every = [s for block in text[:READ].split("\n") if block for s in sentences(block)]
    candidates = [(place, s) for place, s in enumerate(every) if _usable(s)]
    if not candidates:
        return []
    bags = {place: Counter(terms(s)) for place, s in candidates}
    weights = _weights(list(bags.values()), Counter(terms(title)))
    scored = [Key(s, place, _score(s, place, bags[place], weights)) for place, s in candidates]
    return _diverse(scored, bags, limit=limit, avoid=[Counter(terms(a)) for a in avoid])


def alike(one: Counter[str], other: Counter[str]) -> float:
    """Return how much of the smaller bag of words stands in the other, 0 to 1."""
    small = min(one.total(), other.total())
    return (one & other).total() / small if small else 0.0


def _usable(sentence: str) -> bool:
    size = len(words(sentence))
    if not SHORTEST <= size <= LONGEST or is_boilerplate(sentence) or is_torn(sentence) or sentence.endswith(("?", ":")):
        return False
    if not (sentence[0].isupper() or sentence[0].isdigit() or sentence[0] in "\"“„'‘") or sentence.count('"') % 2:
        return False
    if any(sentence.count(a) != sentence.count(b) for a, b in ("()", "“”", "[]")):
        return False
    letters = sum(c.isalpha() or c == " " for c in sentence)
    return letters / len(sentence) > 0.75 and not _NOT_PROSE.search(sentence)


def _weights(bags: Sequence[Counter[str]], title: Counter[str]) -> dict[str, float]:
    """Weigh how much each word tells of this text: its frequency, damped; the headline's words count double."""
    total: Counter[str] = Counter()
    for bag in bags:
        total.update(bag.keys())
    return {word: math.log1p(count) * (2.0 if word in title else 1.0) for word, count in total.items()}


def _score(sentence: str, place: int, bag: Counter[str], weights: dict[str, float]) -> float:
    content = sum(weights[word] for word in bag) / (len(bag) + 4)
    position = 1.0 / (1.0 + 0.25 * place)
    value = content + 1.2 * position
    if _LEANS.match(sentence) and place > 0:
        value *= 0.6
    elif _POINTS_BACK.match(sentence) and place > 0:
        value *= 0.75
    if _CONCRETE.search(sentence):
        value *= 1.25
    if _FIRST_PERSON.search(sentence) and not re.search(r"[\"“„]", sentence):
        value *= 0.6
    if _LOOSE.search(sentence):
        value *= 0.7
    return value


def _diverse(scored: list[Key], bags: dict[int, Counter[str]], *, limit: int, avoid: list[Counter[str]]) -> list[Key]:
    printed: Counter[str] = Counter()
    for bag in avoid:
        printed |= bag
    chosen: list[Key] = []
    for key in sorted(scored, key=lambda k: (-k.score, k.place)):
        bag = bags[key.place]
        news = 1 - (bag & printed).total() / (bag.total() or 1)
        if news >= 0.45 and all(alike(bag, bags[other.place]) < 0.6 for other in chosen):
            chosen.append(key)
        if len(chosen) == limit:
            break
    return chosen
