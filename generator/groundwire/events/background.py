"""How common a word is in the press: document counts that ship with the package, so that a first day groups as well as a hundredth.

`background.json.gz` is made by `benchmarks/make_background.py` from several collections. A word is as common as in the collection
where it is commonest: "phishing" is rare in the general press and says little in a security newsletter all the same.
"""

from __future__ import annotations

import gzip
import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

TABLE = Path(__file__).with_name("background.json.gz")


@dataclass(frozen=True)
class Background:
    """Counts by collection: how many documents it has, and in how many of them a term stands."""

    documents: Mapping[str, int]
    counts: Mapping[str, Mapping[str, int]]
    _rarity: dict[str, float] = field(default_factory=dict, repr=False, compare=False)

    def rarity(self, term: str) -> float:
        """Return the negative logarithm of the share of documents that have the term.

        0.1 for the commonest terms, about 9 for a new name.
        """
        known = self._rarity.get(term)
        if known is None:
            shares = [counts.get(term, 0) / self.documents[name] for name, counts in self.counts.items()]
            unseen = 1 / max(self.documents.values(), default=1)
            known = self._rarity[term] = -math.log(min(0.9, max([unseen, *shares])))
        return known

    def without(self, *names: str) -> Background:
        """Return the table without some collections: what is judged must not have been counted."""
        return Background(self.documents, {name: counts for name, counts in self.counts.items() if name not in names})


def dumped(background: Background) -> bytes:
    """Write the table as the bytes of its file: the same for the same counts."""
    data = {"documents": dict(background.documents), "counts": {n: dict(sorted(c.items())) for n, c in background.counts.items()}}
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    return gzip.compress(text.encode("utf-8"), 9, mtime=0)


@lru_cache(maxsize=1)
def shipped() -> Background:
    """Read the table that ships with the package."""
    data = json.loads(gzip.decompress(TABLE.read_bytes()))
    return Background(data["documents"], data["counts"])
