"""How alike two printings are: the cosine of their terms, rare terms weighing most, with what speaks for and against one event.

0 means "not one event as far as we can see": nothing telling in common, or too far apart in time.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from generator.stories.background import Background
from generator.stories.terms import Text

WINDOW = timedelta(days=7)
# Measured by benchmarks/grouping.py on the labelled weeks, each judged by the other.
TITLE_WEIGHT = 1.0  # what standing in the headline adds to a term
LEVEL = 1.0  # rarity below which a term says nothing
LEAST_NORM = 16.0  # a text with fewer telling terms than that is like nothing
TELLING = 4.7  # rarity of a term that can make two texts candidates: in at most 1 of 110 documents
SAME_OUTLET = 0.6  # an outlet seldom prints one event twice
OTHER_CVE = 0.4  # each names flaws, and none is the same
SAME_CVE = 0.15


@dataclass(frozen=True, slots=True)
class Vector:
    """A text's weighted terms, of length one at most: the telling ones and the common ones."""

    telling: Mapping[str, float]
    common: Mapping[str, float]
    common_norm: float
    cves: frozenset[str]
    outlet: str
    published: datetime | None


def vector(text: Text, background: Background) -> Vector:
    """The text's vector. A round-up's is empty: it is like nothing."""
    weights = {} if text.round_up else {term: _weight(text, term, background) for term in {*text.title, *text.excerpt}}
    # fsum: the sum is the same in whatever order the terms come.
    norm = max(math.sqrt(math.fsum(w * w for w in weights.values())), LEAST_NORM)
    telling = {t: w / norm for t, w in sorted(weights.items()) if w and background.rarity(t) >= TELLING}
    common = {t: w / norm for t, w in sorted(weights.items()) if w and t not in telling}
    common_norm = math.sqrt(math.fsum(w * w for w in common.values()))
    return Vector(telling, common, common_norm, frozenset() if text.round_up else text.cves, text.outlet, text.published)


def similarity(a: Vector, b: Vector) -> float:
    """Between 0 and 1, the same both ways."""
    if apart(a.published, b.published):
        return 0.0
    shared = _dot(a.telling, b.telling)
    if not shared and not a.cves & b.cves:
        return 0.0
    return adjusted(shared + _dot(a.common, b.common), a, b)


def adjusted(cosine: float, a: Vector, b: Vector) -> float:
    """The cosine with what else speaks for and against one event."""
    if a.cves and b.cves:
        cosine = cosine + SAME_CVE if a.cves & b.cves else cosine * OTHER_CVE
    return min(1.0, cosine * SAME_OUTLET if a.outlet == b.outlet else cosine)


def apart(one: datetime | None, other: datetime | None) -> bool:
    """Whether two printings are too far apart in time to be one event's."""
    return one is not None and other is not None and abs(one - other) > WINDOW


def _weight(text: Text, term: str, background: Background) -> float:
    often = text.excerpt.get(term, 0)
    tf = (1 + math.log(often) if often else 0.0) + (TITLE_WEIGHT if term in text.title else 0.0)
    return tf * max(0.0, background.rarity(term) - LEVEL)


def _dot(a: Mapping[str, float], b: Mapping[str, float]) -> float:
    if len(b) < len(a):
        a, b = b, a
    return math.fsum(weight * b[term] for term, weight in a.items() if term in b)
