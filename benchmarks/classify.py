"""How well the rules sort the labelled weeks: python benchmarks/classify.py [--misses] [CORPUS].

Labels: tests/fixtures/categories-by-hand.yml (ids only). Texts: $GROUNDWIRE_CORPUS, else ../shared/corpus beside the checkout.
Precision: of what is decided, how much is an accepted label. Recall: of what has a category (no `uncategorised` among the
accepted labels), how much is decided rightly.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from groundwire.analysis.classify import Verdict, classify  # noqa: E402  # the path comes first
from groundwire.publication.categories import UNCATEGORISED, load_categories  # noqa: E402  # as above

WEEKS = ("0412", "0531")


@dataclass(frozen=True, slots=True)
class Judged:
    """One entry, what the editor accepts, and what the rules say."""

    id: str
    title: str
    accepted: tuple[str, ...]
    verdict: Verdict

    @property
    def decided(self) -> bool:
        """The rules gave a category."""
        return self.verdict.category != UNCATEGORISED

    @property
    def right(self) -> bool:
        """The rules' category is an accepted one."""
        return self.verdict.category in self.accepted

    @property
    def wanted(self) -> bool:
        """It has a category, so leaving it uncategorised is a miss."""
        return UNCATEGORISED not in self.accepted


@dataclass(frozen=True, slots=True)
class Measure:
    """The figures of one week."""

    entries: int
    decided: int
    precision: float
    recall: float


def corpus(given: str | None = None) -> Path:
    """Return the folder of the labelled weeks, whether or not it is there."""
    return Path(given or os.environ.get("GROUNDWIRE_CORPUS") or ROOT.parent / "shared" / "corpus") / "dedupe"


def judge(folder: Path, week: str) -> list[Judged]:
    """Sort the labelled entries of one week by the rules."""
    labels: Mapping[str, list[str]] = yaml.safe_load((ROOT / "tests/fixtures/categories-by-hand.yml").read_text(encoding="utf-8"))
    categories = load_categories(ROOT)
    return [
        Judged(e["id"], e["title"], tuple(labels[e["id"]]), classify(e["title"], e["excerpt"], categories=categories))
        for e in entries(folder, week)
        if e["id"] in labels
    ]


def entries(folder: Path, week: str) -> Iterator[dict[str, str]]:
    """Yield the entries of one week."""
    for line in (folder / f"secnews-{week}.jsonl").read_text(encoding="utf-8").splitlines():
        yield json.loads(line)


def measure(judged: list[Judged]) -> Measure:
    """Compute precision and recall."""
    decided = [j for j in judged if j.decided]
    wanted = [j for j in judged if j.wanted]
    return Measure(
        len(judged),
        len(decided),
        sum(j.right for j in decided) / max(1, len(decided)),
        sum(j.right for j in wanted) / max(1, len(wanted)),
    )


def _print_week(week: str, judged: list[Judged], *, misses: bool) -> None:
    m = measure(judged)
    print(f"\n{week}: {m.entries} entries, {m.decided} decided, precision {m.precision:.2f}, recall {m.recall:.2f}\n")
    print(f"  {'category':28}{'decided':>8}{'right':>7}{'of':>5}{'found':>7}")
    decided = Counter(j.verdict.category for j in judged if j.decided)
    right = Counter(j.verdict.category for j in judged if j.decided and j.right)
    wanted = Counter(c for j in judged if j.wanted for c in j.accepted[:1])
    found = Counter(c for j in judged if j.wanted and j.right for c in j.accepted[:1])
    for one in sorted({*decided, *wanted}):
        print(f"  {one:28}{decided[one]:8}{right[one]:7}{wanted[one]:5}{found[one]:7}")
    for j in judged:
        if (j.decided and not j.right) or (misses and j.wanted and not j.decided):
            kind = "WRONG " if j.decided else "missed"
            print(f"  {kind} {j.id} {j.verdict.category} for {'/'.join(j.accepted)}: {j.title[:70]}")
            print(f"         {'; '.join(j.verdict.why)}")


def _print_speed(folder: Path) -> None:
    categories = load_categories(ROOT)
    texts = [(e["title"], e["excerpt"]) for week in WEEKS for e in entries(folder, week)]
    start = time.perf_counter()
    for title, excerpt in texts:
        classify(title, excerpt, categories=categories)
    each = (time.perf_counter() - start) / len(texts)
    print(f"\n{each * 1e3:.2f} ms an entry, {each * 10_000:.1f} s for 10,000")


def main() -> int:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("corpus", nargs="?")
    parser.add_argument("--misses", action="store_true", help="also what was left uncategorised")
    parser.add_argument("--week", choices=WEEKS)
    args = parser.parse_args()
    folder = corpus(args.corpus)
    if not folder.is_dir():
        print(f"no corpus at {folder}: set GROUNDWIRE_CORPUS", file=sys.stderr)
        return 1
    for week in [args.week] if args.week else WEEKS:
        _print_week(week, judge(folder, week), misses=args.misses)
    _print_speed(folder)
    return 0


if __name__ == "__main__":
    sys.exit(main())
