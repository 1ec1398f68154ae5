"""How well entries are grouped into events: python benchmarks/grouping.py [--misses] [--speed] [CORPUS].

Pairs of entries of the labelled weeks: right where both are one event by label; pairs marked ambiguous count neither way. The background table leaves
out the week that is judged. "Cross": the threshold is the lowest with a precision of .90 on the *other* week, so that .85 is left where a week is unlike it.
"""

from __future__ import annotations

import argparse
import json
import math
import random
import resource
import sys
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import combinations
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from benchmarks.make_background import WEEKS, corpus_folder  # noqa: E402  # the path comes first
from groundwire.events.background import Background, shipped  # noqa: E402  # as above
from groundwire.events.cluster import THRESHOLD  # noqa: E402  # as above
from groundwire.events.exact import duplicates  # noqa: E402  # as above
from groundwire.events.frozen import Frozen  # noqa: E402  # as above
from groundwire.events.group import join_or_start  # noqa: E402  # as above
from groundwire.events.terms import text_of  # noqa: E402  # as above
from groundwire.model import Entry, Feed, Story  # noqa: E402  # as above

NOW = datetime(2026, 6, 1, tzinfo=UTC)
THRESHOLDS = tuple(step / 100 for step in range(8, 31))
Row = dict[str, Any]


@dataclass(frozen=True)
class Figures:
    """Precision, recall and F1 over pairs, at a threshold."""

    threshold: float
    precision: float
    recall: float

    @property
    def f1(self) -> float:
        """Their harmonic mean."""
        return 2 * self.precision * self.recall / (self.precision + self.recall) if self.precision + self.recall else 0.0

    def __str__(self) -> str:
        return f"P {self.precision:.2f}  R {self.recall:.2f}  F1 {self.f1:.2f}"


def rows_of(corpus: Path, week: str) -> list[Row]:
    """Read the labelled entries of one week."""
    return [json.loads(line) for line in (corpus / "dedupe" / f"secnews-{week}.jsonl").read_text(encoding="utf-8").splitlines()]


def entries_of(rows: Sequence[Row]) -> list[Entry]:
    """Make entries of the rows: of one feed an outlet, all of one moment."""
    return [
        Entry(_feed(urlsplit(row["url"]).hostname or ""), row["id"], row["url"], row["title"], row["excerpt"], published=NOW)
        for row in rows
    ]


def judge(rows: Sequence[Row], stories: Sequence[Story], *, threshold: float = THRESHOLD) -> Figures:
    """Compute the figures of one grouping."""
    found = {entry.id: number for number, story in enumerate(stories) for entry in story.entries}
    count: Counter[tuple[bool, bool]] = Counter()
    for a, b in combinations(rows, 2):
        if b["id"] not in a["ambiguous_with"] and a["id"] not in b["ambiguous_with"]:
            count[a["story"] == b["story"], found[a["id"]] == found[b["id"]]] += 1
    together, right = count[True, True] + count[False, True], count[True, True]
    return Figures(threshold, right / together if together else 1.0, right / (right + count[True, False]))


def wrong_pairs(rows: Sequence[Row], stories: Sequence[Story]) -> tuple[list[tuple[Row, Row]], list[tuple[Row, Row]]]:
    """Return the pairs wrongly together, and those wrongly apart."""
    found = {entry.id: number for number, story in enumerate(stories) for entry in story.entries}
    plain = [
        (a, b) for a, b in combinations(rows, 2) if b["id"] not in a["ambiguous_with"] and a["id"] not in b["ambiguous_with"]
    ]
    together = [(a, b) for a, b in plain if found[a["id"]] == found[b["id"]] and a["story"] != b["story"]]
    return together, [(a, b) for a, b in plain if found[a["id"]] != found[b["id"]] and a["story"] == b["story"]]


Method = Callable[[Sequence[Entry], Background, float], Sequence[Story]]


def ours(entries: Sequence[Entry], table: Background, threshold: float) -> Sequence[Story]:
    """Group as Groundwire does."""
    return join_or_start(entries, background=table, threshold=threshold).stories


def exact_only(entries: Sequence[Entry], _table: Background, _threshold: float) -> Sequence[Story]:
    """Group entries of equal address or headline."""
    return [Story("", tuple(same)) for same in duplicates(entries)]


def plain_tfidf(entries: Sequence[Entry], _table: Background, threshold: float) -> Sequence[Story]:
    """Group by the cosine of words with the week's own IDF, pure average linkage: the baseline."""
    return _average([_words(entry) for entry in entries], entries, threshold)


def plain_trigrams(entries: Sequence[Entry], _table: Background, threshold: float) -> Sequence[Story]:
    """Group in the same way by runs of 3 to 5 characters."""
    return _average([_runs(entry) for entry in entries], entries, threshold)


METHODS: dict[str, Method] = {
    "exact only": exact_only,
    "TF-IDF words, average": plain_tfidf,
    "TF-IDF characters 3-5": plain_trigrams,
    "Groundwire": ours,
}


def curve(corpus: Path, week: str, method: Method) -> list[Figures]:
    """Compute the figures of a week at each threshold, without the week itself in the background."""
    rows, table = rows_of(corpus, week), shipped().without(week)
    entries = entries_of(rows)
    return [judge(rows, method(entries, table, one), threshold=one) for one in THRESHOLDS]


def precise(figures: Sequence[Figures]) -> Figures:
    """Choose the lowest threshold with a precision of .90 (else the most precise)."""
    return next((f for f in figures if f.precision >= 0.90), max(figures, key=lambda f: f.precision))


def crossed(corpus: Path, method: Method) -> dict[str, Figures]:
    """Judge each week at the threshold that the other chose."""
    curves = {week: curve(corpus, week, method) for week in WEEKS}
    chosen = {week: precise(curves[other]).threshold for week, other in zip(WEEKS, reversed(WEEKS), strict=True)}
    return {week: next(f for f in curves[week] if f.threshold == chosen[week]) for week in WEEKS}


def _feed(name: str) -> Feed:
    return Feed(url=f"https://{name or 'x'}.example/feed", name=name)


def _words(entry: Entry) -> Counter[str]:
    text = text_of(entry.title, entry.excerpt, outlet="", published=None)
    return text.title + text.excerpt


def _runs(entry: Entry) -> Counter[str]:
    text = f" {entry.title} {entry.excerpt} ".casefold()
    return Counter(text[start : start + size] for size in (3, 4, 5) for start in range(len(text) - size + 1))


def _average(counts: Sequence[Counter[str]], entries: Sequence[Entry], threshold: float) -> list[Story]:
    """Plain average linkage, quadratic and slow: a yardstick only."""
    similar = _cosines(counts)
    groups = [[number] for number in range(len(entries))]
    while True:
        pairs = [(_mean(similar, a, b), i, j) for (i, a), (j, b) in combinations(enumerate(groups), 2) if _linked(similar, a, b)]
        best = max(pairs, default=(0.0, 0, 0))
        if best[0] < threshold:
            return [Story("", tuple(entries[n] for n in group)) for group in groups]
        groups[best[1]] += groups.pop(best[2])


def _mean(similar: dict[tuple[int, int], float], a: Sequence[int], b: Sequence[int]) -> float:
    return sum(similar.get((min(i, j), max(i, j)), 0.0) for i in a for j in b) / (len(a) * len(b))


def _linked(similar: dict[tuple[int, int], float], a: Sequence[int], b: Sequence[int]) -> bool:
    return any((min(i, j), max(i, j)) in similar for i in a for j in b)


def _cosines(counts: Sequence[Counter[str]]) -> dict[tuple[int, int], float]:
    documents = Counter(term for count in counts for term in count)
    vectors = []
    for count in counts:
        weights = {t: (1 + math.log(n)) * (math.log((1 + len(counts)) / (1 + documents[t])) + 1) for t, n in count.items()}
        norm = math.sqrt(sum(w * w for w in weights.values())) or 1.0
        vectors.append({t: w / norm for t, w in weights.items()})
    found = {}
    for (i, a), (j, b) in combinations(enumerate(vectors), 2):
        cosine = sum(weight * b[term] for term, weight in a.items() if term in b)
        if cosine >= THRESHOLDS[0]:
            found[i, j] = cosine
    return found


def speed(corpus: Path, *, new: int = 10_000, archived: int = 60_000, days: int = 1_000) -> str:
    """Time new entries of one week against stories of some years, all made of the corpus' vocabulary and invented names."""
    rng = random.Random(1)
    pool = [word for week in WEEKS for row in rows_of(corpus, week) for word in f"{row['title']} {row['excerpt']}".split()]
    names = ["".join(rng.choice("bdfgklmnprstvz") + rng.choice("aeiou") for _ in range(3)) for _ in range(20_000)]

    def made() -> tuple[str, str]:
        own = rng.sample(names, 3)
        return " ".join([*rng.choices(pool, k=7), *own[:2]]), " ".join([*rng.choices(pool, k=28), *own])

    def then(within: int) -> datetime:
        return NOW - timedelta(minutes=rng.randrange(within * 1440))

    feeds = [_feed(f"outlet{number}") for number in range(250)]
    entries = [Entry(rng.choice(feeds), str(n), f"https://x.example/{n}", *made(), published=then(7)) for n in range(new)]
    frozen = []
    for number in range(archived):
        title, excerpt = made()
        text = text_of(title, excerpt, outlet=rng.choice(feeds).title, published=then(days))
        frozen.append(Frozen(f"s-{number:010x}", (text,), frozenset()))
    start, cpu = time.perf_counter(), time.process_time()
    done = join_or_start(entries, frozen)
    took, cpu, memory = (
        time.perf_counter() - start,
        time.process_time() - cpu,
        resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    )
    sizes = f"{new:,} entries of a week against {archived:,} stories of {days} days"
    return f"{sizes}: {took:.1f} s ({cpu:.1f} s of the processor), {memory:.0f} MB at most; {len(done.stories):,} stories, {len(done.joins)} joins"


def _print_table(corpus: Path) -> None:
    print(f"{'method':24}" + "".join(f"{week:>12} cross" + " " * 17 for week in WEEKS))
    for name, method in METHODS.items():
        print(f"{name:24}" + "".join(f"  @{f.threshold:.2f} {f}   " for f in crossed(corpus, method).values()))
    both = [next(f for f in curve(corpus, week, ours) if f.threshold == THRESHOLD) for week in WEEKS]
    print(f"{'as shipped':24}" + "".join(f"  @{f.threshold:.2f} {f}   " for f in both))


def _print_misses(corpus: Path) -> None:
    for week in WEEKS:
        rows = rows_of(corpus, week)
        for what, pairs in zip(
            ("WRONG ", "missed"), wrong_pairs(rows, ours(entries_of(rows), shipped().without(week), THRESHOLD)), strict=True
        ):
            for a, b in pairs:
                print(f"  {what} {a['id']} {a['title'][:60]} | {b['id']} {b['title'][:60]}")


def main() -> int:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("corpus", nargs="?")
    parser.add_argument("--misses", action="store_true", help="the pairs wrongly together or apart")
    parser.add_argument("--speed", action="store_true", help="the speed alone")
    args = parser.parse_args()
    folder = corpus_folder(args.corpus)
    if not folder.is_dir():
        print(f"no corpus at {folder}: set GROUNDWIRE_CORPUS", file=sys.stderr)
        return 1
    if not args.speed:
        _print_table(folder)
    if args.misses:
        _print_misses(folder)
    print(speed(folder))
    return 0


if __name__ == "__main__":
    sys.exit(main())
