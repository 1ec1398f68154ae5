"""What an extractive page says against the publisher's own excerpt: ROUGE-1/2/L F1 beside lead-3, on the corpus's pairs.

    python -m benchmarks.extractive [CORPUS]

All methods see the article's title and text only. `opening` is what the page prints first where a feed gives no excerpt: at most
60 words of the lead, furniture removed. `key 3` are the three best key sentences, which a page prints under its headings. In most
pairs the excerpt is the text's own beginning, which no choice of sentences can beat; the second group holds the others.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path

from groundwire.analysis.boilerplate import clean_excerpt
from groundwire.analysis.sentences import key_sentences, terms
from groundwire.text.plain import sentences, shorten
from groundwire.text.quotation import EXCERPT_WORDS


def rouge_n(one: Sequence[str], other: Sequence[str], n: int) -> float:
    """Compute the ROUGE-N F1 of two lists of words."""
    a, b = (Counter(zip(*(w[i:] for i in range(n)), strict=False)) for w in (one, other))
    hits = (a & b).total()
    return 2 * hits / (a.total() + b.total()) if a and b else 0.0


def rouge_l(one: Sequence[str], other: Sequence[str]) -> float:
    """Compute the ROUGE-L F1 of two lists of words, from their longest common subsequence."""
    row = [0] * (len(other) + 1)
    for a in one:
        last = 0
        for i, b in enumerate(other, start=1):
            last, row[i] = row[i], last + 1 if a == b else max(row[i], row[i - 1])
    return 2 * row[-1] / (len(one) + len(other)) if one and other else 0.0


def lead(text: str, _title: str) -> str:
    """Return the first three sentences."""
    return " ".join(sentences(text)[:3])


def opening(text: str, _title: str) -> str:
    """Return what a page prints first."""
    return clean_excerpt(shorten(text, EXCERPT_WORDS))


def key_three(text: str, title: str) -> str:
    """Return the three best key sentences, in the text's order."""
    keys = key_sentences(text, title=title, limit=3)
    return " ".join(k.text for k in sorted(keys, key=lambda k: k.place))


METHODS = (("lead-3", lead), ("opening", opening), ("key 3", key_three))


def judge(pairs: Sequence[tuple[str, str, str]], method: Callable[[str, str], str]) -> tuple[float, float, float]:
    """Return the mean ROUGE-1, -2 and -L over (title, text, excerpt)."""
    scores = []
    for title, text, excerpt in pairs:
        found, wanted = terms(method(text, title)), terms(excerpt)
        scores.append((rouge_n(found, wanted, 1), rouge_n(found, wanted, 2), rouge_l(found, wanted)))
    return tuple(sum(s[i] for s in scores) / len(scores) for i in range(3))  # type: ignore[return-value]  # three of them


def load(corpus: Path) -> list[tuple[str, str, str]]:
    """Read the pairs, each article once."""
    seen: dict[str, tuple[str, str, str]] = {}
    for line in (corpus / "articles" / "excerpt-fulltext-pairs-dev.jsonl").read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        seen.setdefault(row["full_text"], (row["title"], row["full_text"], row["excerpt"]))
    return list(seen.values())


def written(pairs: Sequence[tuple[str, str, str]]) -> list[tuple[str, str, str]]:
    """Select the pairs whose excerpt somebody wrote, instead of cutting the text off."""
    return [p for p in pairs if " ".join(terms(p[2])[:8]) not in " ".join(terms(p[1])[:60])]


def main() -> None:
    """Print the table."""
    corpus = Path(sys.argv[1] if len(sys.argv) > 1 else Path(__file__).parents[2] / "shared" / "corpus")
    pairs = load(corpus)
    own = written(pairs)
    print(f"{'pairs':34} {'method':8} ROUGE-1 ROUGE-2 ROUGE-L")
    for name, chosen in ((f"all ({len(pairs)})", pairs), (f"excerpt not the text's start ({len(own)})", own)):
        for label, method in METHODS:
            one, two, longest = judge(chosen, method)
            print(f"{name:34} {label:8} {one:7.3f} {two:7.3f} {longest:7.3f}")


if __name__ == "__main__":
    main()
