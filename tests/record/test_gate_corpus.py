"""The gate's promises in figures, on real articles (benchmarks/gate.py prints the whole table)."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.gate import articles, measure

AT_MOST = {
    "number": 0.0,
    "name": 0.005,
    "quotation": 0.0,
    "negation": 0.02,
    "attribution": 0.2,
    "two facts mixed": 0.06,
    "roles swapped": 0.06,
}
AT_LEAST = {"verbatim": 0.995, "typographic": 0.995, "fair paraphrase": 0.95, "elided": 0.88}


@pytest.mark.slow
def test_the_figures_on_real_articles(corpus: Path) -> None:
    table = measure(list(articles(corpus)), each=6)
    shares = {key: round(tally.share, 4) for key, tally in table.items()}
    worse = {key: share for key, share in shares.items() if share > AT_MOST.get(key[0], 1) or share < AT_LEAST.get(key[0], 0)}
    assert worse == {}, shares
    assert sum(tally.tried for tally in table.values()) > 5_000
