"""Average linkage over sparse similarities: clusters grow while what they have in common is above a threshold.

Two clusters are compared only where a member of each shares a telling term with the other and is as alike as the threshold. A cluster's
likeness to another is the average over all pairs of members, with a part for the closest pair: with the average alone a large event,
told in many ways, falls apart; with the closest pair alone, everything chains together.
"""

from __future__ import annotations

import heapq
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from groundwire.events.similar import SAME_CVE, Vector, similarity

THRESHOLD = 0.15
CLOSEST = 0.3  # the part of the closest pair


@dataclass
class _Clusters:
    """Clusters under way. A cluster goes by its first seed's number."""

    vectors: Sequence[Vector]
    members: dict[int, list[int]]
    allowed: Callable[[list[int], list[int]], bool]
    threshold: float
    seeds: dict[int, list[int]] = field(default_factory=dict)
    links: defaultdict[int, dict[int, tuple[float, float]]] = field(default_factory=lambda: defaultdict(dict))
    heap: list[tuple[float, int, int, int, int]] = field(default_factory=list)

    def link(self, a: int, b: int, total: float, closest: float) -> None:
        """Remember what two clusters have in common, and put the pair in line where they may become one."""
        self.links[a][b] = self.links[b][a] = (total, closest)
        pairs = len(self.members[a]) * len(self.members[b])
        score = (1 - CLOSEST) * total / pairs + CLOSEST * closest
        if score >= self.threshold and self.allowed(self.seeds[a], self.seeds[b]):
            one, other = sorted((a, b))
            # Rounded, so that ties are ties whatever the order of the sums was.
            heapq.heappush(self.heap, (-round(score, 9), one, other, len(self.members[one]), len(self.members[other])))

    def compared(self, a: int, b: int) -> tuple[float, float]:
        """Return the sum and the greatest of the similarities between two clusters."""
        if known := self.links[a].get(b):
            return known
        found = [similarity(self.vectors[i], self.vectors[j]) for i in self.members[a] for j in self.members[b]]
        return sum(found), max(found)

    def merge(self, a: int, b: int) -> None:
        """Let `a` take in `b`."""
        others = sorted({*self.links[a], *self.links[b]} - {a, b})
        sums = [(self.compared(a, c), self.compared(b, c)) for c in others]
        self.members[a] += self.members.pop(b)
        self.seeds[a] += self.seeds.pop(b)
        for c in (*self.links.pop(a), *self.links.pop(b)):
            if c in self.links:
                self.links[c].pop(a, None)
                self.links[c].pop(b, None)
        for c, ((total, closest), (more, close)) in zip(others, sums, strict=True):
            self.link(a, c, total + more, max(closest, close))


def clusters(
    vectors: Sequence[Vector],
    seeds: Sequence[Sequence[int]],
    *,
    known: int,
    allowed: Callable[[list[int], list[int]], bool],
    threshold: float = THRESHOLD,
) -> list[list[int]]:
    """Find the seeds (groups of vectors' numbers) that belong together, as lists of seeds' numbers.

    The first `known` vectors are not compared with each other. `allowed` says whether two lists of seeds may become one.
    """
    owner = {member: number for number, seed in enumerate(seeds) for member in seed}
    state = _Clusters(vectors, {number: list(seed) for number, seed in enumerate(seeds)}, allowed, threshold)
    state.seeds = {number: [number] for number in range(len(seeds))}
    for one, other in sorted(
        {_pair(owner[i], owner[j]) for i, j in _edges(vectors, known=known, threshold=threshold) if owner[i] != owner[j]}
    ):
        state.link(one, other, *state.compared(one, other))
    while state.heap:
        _, a, b, size_a, size_b = heapq.heappop(state.heap)
        if len(state.members.get(a, ())) == size_a and len(state.members.get(b, ())) == size_b:
            state.merge(a, b)
    return [sorted(group) for _, group in sorted(state.seeds.items())]


def _edges(vectors: Sequence[Vector], *, known: int, threshold: float) -> Iterator[tuple[int, int]]:
    """Yield the pairs that share a telling term and are as alike as the threshold."""
    index: defaultdict[str, tuple[list[int], list[float]]] = defaultdict(lambda: ([], []))
    rest = [vector.common_norm for vector in vectors]
    for number, vector in enumerate(vectors):
        if number >= known:
            cosine = [0.0] * number
            met: set[int] = set()
            for term, weight in vector.indexed.items():
                others, weights = index[term]
                met.update(others)
                for other, its_weight in zip(others, weights, strict=True):
                    cosine[other] += weight * its_weight
            # What the terms outside the index can add at most is the product of their lengths: few pairs are left to look at.
            least, own = threshold - (SAME_CVE if vector.cves else 0.0), vector.common_norm
            near = [other for other in met if cosine[other] + own * rest[other] >= least]
            yield from ((other, number) for other in near if _alike(vector, vectors[other], threshold))
        for term, weight in vector.indexed.items():
            others, weights = index[term]
            others.append(number)
            weights.append(weight)


def _alike(a: Vector, b: Vector, threshold: float) -> bool:
    return not a.telling.isdisjoint(b.telling) and similarity(a, b) >= threshold


def _pair(a: int, b: int) -> tuple[int, int]:
    return (a, b) if a < b else (b, a)
