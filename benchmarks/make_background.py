"""Make generator/groundwire/events/background.json.gz, the table of how common words are: python benchmarks/make_background.py [CORPUS].

Counts only, no text: in how many headlines with excerpt of a collection a term stands. The collections: `general` (the corpus'
real feeds), each labelled week (an event counts a word once), `trade` (trade-words.txt, written by hand) and `kinds` (the words by which
categories are recognised: they say of what kind a story is, not which event). The last two are shares, written as counts of 1,000.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from groundwire.events.background import TABLE, Background, dumped  # noqa: E402  # as above
from groundwire.events.terms import terms, text_of  # noqa: E402  # as above
from groundwire.feeds.items import NotAFeed  # noqa: E402  # the path comes first
from groundwire.feeds.parse import parse_feed  # noqa: E402  # as above
from groundwire.publication.categories import load_categories  # noqa: E402  # as above

WEEKS = ("0412", "0531")
RARE = 3  # terms in fewer general documents are as good as new
KINDS_SHARE = 20  # of 1,000


def make(corpus: Path) -> Background:
    """Make the table from all collections."""
    collections = {"general": (_distinct(_general(corpus)), RARE)}
    for week in WEEKS:
        collections[week] = (list(_events(corpus, week)), 1)
    counted = {name: (_counted(documents, least=least), len(documents)) for name, (documents, least) in collections.items()}
    counts = {name: count for name, (count, _) in counted.items()}
    documents = {name: number for name, (_, number) in counted.items()}
    counts |= {"trade": _trade(ROOT / "benchmarks" / "trade-words.txt"), "kinds": dict.fromkeys(_kinds(), KINDS_SHARE)}
    return Background(documents | {"trade": 1000, "kinds": 1000}, counts)


def _counted(documents: Iterable[frozenset[str]], *, least: int) -> dict[str, int]:
    count = Counter(term for document in documents for term in document)
    return {term: number for term, number in count.items() if number >= least and len(term) <= 30}


def _distinct(documents: Iterable[tuple[str, frozenset[str]]]) -> list[frozenset[str]]:
    return list(dict(documents).values())


def _general(corpus: Path) -> Iterator[tuple[str, frozenset[str]]]:
    for line in (corpus / "manifest.jsonl").read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        if not row.get("realworld"):
            continue
        try:
            body = (corpus / row["file"]).read_bytes()
            parsed = parse_feed(body, url="https://x.example/", headers={}, now=datetime(2026, 1, 1, tzinfo=UTC))
        except NotAFeed:
            continue
        for item in parsed.items:
            yield item.title.casefold(), _terms(item.title, item.excerpt)


def _events(corpus: Path, week: str) -> Iterator[frozenset[str]]:
    events: dict[str, set[str]] = defaultdict(set)
    for line in (corpus / "dedupe" / f"secnews-{week}.jsonl").read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        events[row["story"]] |= _terms(row["title"], row["excerpt"])
    for event in events.values():
        yield frozenset(event)


def _terms(title: str, excerpt: str) -> frozenset[str]:
    text = text_of(title, excerpt, outlet="", published=None)
    return frozenset(text.title) | frozenset(text.excerpt)


def _trade(path: Path) -> dict[str, int]:
    found: dict[str, int] = {}
    share = 0
    for line in path.read_text(encoding="utf-8").splitlines():
        if head := re.match(r"\[(\d+)\]", line):
            share = int(head.group(1))
        elif not line.startswith("#"):
            for term in terms(line):
                found[term] = max(share, found.get(term, 0))
    return found


def _kinds() -> set[str]:
    found: set[str] = set()
    for category in load_categories(ROOT).values():
        cues = [cue for section in category.all_sections() for cue in section.cues]
        for phrase in (*category.rules.title, *category.rules.text, *category.rules.against, *cues):
            found |= set(terms(" ".join(word for word in phrase.split() if "*" not in word)))
    return found


def corpus_folder(given: str | None = None) -> Path:
    """Return the folder of the corpus, whether or not it is there."""
    return Path(given or os.environ.get("GROUNDWIRE_CORPUS") or ROOT.parent / "shared" / "corpus")


def main() -> int:
    """Write the table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("corpus", nargs="?")
    folder = corpus_folder(parser.parse_args().corpus)
    if not folder.is_dir():
        print(f"no corpus at {folder}: set GROUNDWIRE_CORPUS", file=sys.stderr)
        return 1
    table = make(folder)
    TABLE.write_bytes(dumped(table))
    terms_in = {name: len(counts) for name, counts in table.counts.items()}
    print(f"{TABLE.relative_to(ROOT)}: {TABLE.stat().st_size:,} bytes; terms {terms_in}; documents {dict(table.documents)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
