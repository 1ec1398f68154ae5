"""What the gate lets through and what it refuses: python benchmarks/gate.py [--misses KIND] [--each N] [CORPUS or files…].

Facts are made from sentences of real articles (claim and evidence the same sentence), then altered by rule in the claim only, in the
evidence only, or in both. Texts: $GROUNDWIRE_CORPUS, else ../shared/corpus beside the checkout; any folder with *.html, *.txt or
*.jsonl (keys full_text, title) will do.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import re
import sys
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from benchmarks import gate_alter as alter  # noqa: E402  # the path comes first
from groundwire.analysis.boilerplate import is_boilerplate, is_torn  # noqa: E402
from groundwire.model import Entry, Feed, Source  # noqa: E402
from groundwire.text.plain import clean, sentences, words  # noqa: E402
from groundwire.text.quotation import EVIDENCE_WORDS  # noqa: E402
from groundwire.verification.gate import Gate  # noqa: E402

FALSE: tuple[tuple[str, alter.Alteration], ...] = (
    ("number", alter.number),
    ("name", alter.name),
    ("quotation", alter.quotation),
    ("negation", alter.negation),
    ("attribution", alter.attribution),
    ("roles swapped", alter.roles),
    ("two facts mixed", alter.mixed),
)
WHERE = ("claim", "evidence", "both")


@dataclass(frozen=True, slots=True)
class Article:
    """A title and its text."""

    title: str
    text: str


@dataclass
class Tally:
    """How many facts of one kind were tried and accepted, with some that went the wrong way."""

    tried: int = 0
    accepted: int = 0
    odd: list[tuple[str, str, str]] = field(default_factory=list)

    @property
    def share(self) -> float:
        """Accepted, of those tried."""
        return self.accepted / self.tried if self.tried else 0.0


def corpus(given: str | None = None) -> Path:
    """Return the folder of the articles, whether or not it is there."""
    return Path(given or os.environ.get("GROUNDWIRE_CORPUS") or ROOT.parent / "shared" / "corpus")


def articles(folder: Path) -> Iterator[Article]:
    """Yield the articles in a folder, in the order of their names."""
    folder = folder / "articles" if (folder / "articles").is_dir() else folder
    for path in [folder] if folder.is_file() else sorted(p for p in folder.rglob("*") if p.is_file()):
        if path.suffix == ".jsonl":
            rows = (json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip())
            yield from (Article(clean(row.get("title") or ""), row["full_text"]) for row in rows if row.get("full_text"))
        elif path.suffix == ".html" and path.name != "expected.html":
            yield from _extracted(path)
        elif path.suffix == ".txt":
            yield Article("", path.read_text(encoding="utf-8", errors="replace"))


def _extracted(path: Path) -> Iterator[Article]:
    import trafilatura

    found = trafilatura.bare_extraction(path.read_text(encoding="utf-8", errors="replace"), include_comments=False)
    if found and not isinstance(found, dict) and found.text:
        yield Article(clean(found.title or ""), found.text)


def facts(article: Article, *, limit: int) -> list[str]:
    """Select sentences that could be a fact and its evidence."""
    found = (s for line in article.text.splitlines() for s in sentences(line))
    good = [
        s for s in found if 7 <= len(words(s)) <= EVIDENCE_WORDS and s[0].isalnum() and not is_torn(s) and not is_boilerplate(s)
    ]
    good = [s for s in good if s.endswith(".") and not re.search(r"https?:|www\.|[|<>{}@]|\S{40}", s)]
    return list(dict.fromkeys(good))[:limit]


def measure(found: Sequence[Article], *, each: int = 12, seed: int = 1) -> dict[tuple[str, str], Tally]:
    """Judge all alterations of all facts."""
    chance = random.Random(seed)
    table: dict[tuple[str, str], Tally] = defaultdict(Tally)
    made = [(article, facts(article, limit=each)) for article in found]
    names = sorted({m.group() for _, rows in made for s in rows for m in alter.names_in(s)})
    for article, rows in made:
        text = "\n".join(clean(line) for line in article.text.splitlines())
        gate = Gate([_source(article.title, text)])
        own = set(re.findall(r"\w+", f"{article.title} {text}"))
        context = alter.Context(chance, [n for n in names if n not in own], rows)
        for fact in rows:
            _judge(table, gate, fact, context)
    return table


def _source(title: str, text: str) -> Source:
    feed = Feed(url="https://outlet.example/feed", name="Outlet")
    return Source(1, Entry(feed, "1", "https://outlet.example/1", title), text, True)


def _judge(table: dict[tuple[str, str], Tally], gate: Gate, fact: str, context: alter.Context) -> None:
    _note(table["verbatim", "neither"], gate, fact, fact, wanted=True)
    if typed := alter.typographic(fact, context):
        _note(table["typographic", "evidence"], gate, fact, typed, wanted=True)
    if said := alter.paraphrase(fact, context):
        _note(table["fair paraphrase", "claim"], gate, said, fact, wanted=True)
    for claim, evidence, good in _elided(fact):
        _note(table["elided" if good else "elided unfairly", "evidence"], gate, claim, evidence, wanted=good)
    for kind, change in FALSE:
        if changed := change(fact, context):
            for where in WHERE:
                claim, evidence = (changed if where != "evidence" else fact), (changed if where != "claim" else fact)
                _note(table[kind, where], gate, claim, evidence, wanted=False)


# An elision over one of these may change what is said: whether such a one is fair is no question of rule.
_TURNS = re.compile(
    r"\b(?:not|no|never|none|without|may|might|could|if|would|will|said|alleg\w+|claim\w*|nicht|kein\w*|wenn|fail\w*|den\w+)\b|n['’]t",
    re.IGNORECASE,
)


def _elided(fact: str) -> Iterator[tuple[str, str, bool]]:
    """With the middle left out: in pieces of four words and more; then in shorter ones, and in the wrong order."""
    parts = words(fact)
    if len(parts) >= 12:
        head, tail = parts[:5], parts[-5:]
        left = " ".join(parts[5:-5])
        if not _TURNS.search(left):
            yield " ".join([*head, *tail]), f"{' '.join(head)} ... {' '.join(tail)}", True
        yield " ".join([*head, *tail]), f"{' '.join(parts[:2])} ... {' '.join(tail)}", False
        yield fact, f"{' '.join(tail)} … {' '.join(head)}", False


def _note(tally: Tally, gate: Gate, claim: str, evidence: str, *, wanted: bool) -> None:
    verdict = gate.fact(claim, evidence, 1)
    tally.tried += 1
    tally.accepted += verdict.passed
    if verdict.passed != wanted:
        tally.odd.append((claim, evidence, verdict.reason))


def _print(table: dict[tuple[str, str], Tally]) -> None:
    print(f"{'facts':18}{'altered in':>12}{'tried':>8}{'accepted':>10}{'refused':>9}")
    for (kind, where), tally in table.items():
        print(f"{kind:18}{where:>12}{tally.tried:8}{tally.share:10.1%}{1 - tally.share:9.1%}")


def main() -> int:
    """Print the table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("corpus", nargs="*")
    parser.add_argument("--misses", metavar="KIND", help="show what went the wrong way")
    parser.add_argument("--each", type=int, default=12, help="facts of one article")
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    folders = [corpus(given) for given in args.corpus or [None]]
    if missing := [folder for folder in folders if not folder.exists()]:
        print(f"no corpus at {missing[0]}: set GROUNDWIRE_CORPUS", file=sys.stderr)
        return 1
    found = [article for folder in folders for article in articles(folder)]
    start = time.perf_counter()
    table = measure(found, each=args.each, seed=args.seed)
    spent, tried = time.perf_counter() - start, sum(t.tried for t in table.values())
    _print(table)
    print(f"\n{len(found)} articles, {tried} facts, {spent / max(1, tried) * 1e3:.2f} ms each")
    for (kind, where), tally in table.items():
        for claim, evidence, reason in tally.odd[:40] if args.misses == kind else []:
            print(f"\n{kind} in {where}: {reason or 'accepted'}\n  claim    {claim}\n  evidence {evidence}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
