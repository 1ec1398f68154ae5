"""How alike two printings are: the cosine of their terms, rare terms weighing most, with what speaks for and against one event.

0 means that nothing speaks for one event, or that they are too far apart in time.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from groundwire.events.background import Background
from groundwire.events.terms import Text

WINDOW = timedelta(days=7)
# Measured by benchmarks/grouping.py on the labelled weeks, each judged by the other.
TITLE_WEIGHT = 1.0  # what standing in the headline adds to a term
LEVEL = 1.0  # rarity below which a term says nothing
LEAST_NORM = 17.0  # a text with fewer telling terms than that is like nothing
TELLING = 3.7  # rarity of a term without which two texts are not compared: in at most 1 of 40 documents
INDEXED = 3.6  # rarity below which a term is left to the exact comparison: in more than 1 of 37 documents
ALONE = 0.05  # what one shared term counts beyond all the others together: a name alone makes no event
HALF = 0.5  # of what common words count beside it
SAME_OUTLET = 0.6  # an outlet seldom prints one event twice,
NAME = 6.5  # and never under words that any other of its notices has: a term must be as rare as a new name (1 of 660 documents)
OTHER_CVE = 0.15  # each names flaws, and none is the same
SAME_CVE = 0.15


@dataclass(frozen=True, slots=True)
class Vector:
    """A text's weighted terms, of length one at most: those that an index is made of, and the commonest."""

    indexed: Mapping[str, float]
    common: Mapping[str, float]
    common_norm: float
    telling: frozenset[str]
    names: frozenset[str]
    cves: frozenset[str]
    outlet: str
    published: datetime | None


def vector(text: Text, background: Background) -> Vector:
    """Weigh the terms of a text. A round-up's vector is empty: it is like nothing."""
    rarity = {} if text.round_up else {term: background.rarity(term) for term in sorted({*text.title, *text.excerpt})}
    weights = {term: _often(text, term) * (rare - LEVEL) for term, rare in rarity.items() if rare > LEVEL}
    norm = max(_norm(weights.values()), LEAST_NORM)
    common = {term: weight / norm for term, weight in weights.items() if rarity[term] < INDEXED}
    return Vector(
        {term: weight / norm for term, weight in weights.items() if term not in common},
        common,
        _norm(common.values()),
        frozenset(term for term, rare in rarity.items() if rare >= TELLING),
        frozenset(term for term, rare in rarity.items() if rare >= NAME),
        frozenset() if text.round_up else text.cves,
        text.outlet,
        text.published,
    )


def similarity(a: Vector, b: Vector) -> float:
    """Return how alike two printings are, between 0 and 1, the same both ways."""
    if apart(a.published, b.published) or (a.outlet == b.outlet and a.names.isdisjoint(b.names)):
        return 0.0
    telling, common = _shared(a.indexed, b.indexed), _shared(a.common, b.common)
    if not telling and not common:
        return 0.0
    strongest, total = max(*telling, *common, 0.0), math.fsum([*telling, *common])
    beside = total - strongest - HALF * math.fsum(weight for weight in common if weight != strongest)
    cosine = total - strongest + min(strongest, beside + ALONE)
    if a.cves and b.cves:
        cosine = cosine + SAME_CVE if a.cves & b.cves else cosine * OTHER_CVE
    return min(1.0, cosine * SAME_OUTLET if a.outlet == b.outlet else cosine)


def apart(one: datetime | None, other: datetime | None) -> bool:
    """Say whether two printings are too far apart in time to be one event's."""
    return one is not None and other is not None and abs(one - other) > WINDOW


def _often(text: Text, term: str) -> float:
    often = text.excerpt.get(term, 0)
    return (1 + math.log(often) if often else 0.0) + (TITLE_WEIGHT if term in text.title else 0.0)


def _norm(weights: Iterable[float]) -> float:
    """Return the length of a vector; fsum gives the same in whatever order the weights come."""
    return math.sqrt(math.fsum(weight * weight for weight in weights))


def _shared(a: Mapping[str, float], b: Mapping[str, float]) -> list[float]:
    """Return what each shared term adds to the cosine."""
    if len(b) < len(a):
        a, b = b, a
    return [weight * b[term] for term, weight in a.items() if term in b]
