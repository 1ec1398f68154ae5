"""What it costs to load a publication as one value: python -m benchmarks.load [ARTICLES …].

CPU seconds of one process: reading and parsing everything (no cache), reading it again (each file is read and hashed, its front matter comes
from the cache), the log with a row a story, and one change applied. The pages are those of benchmarks/build_corpus.py.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from benchmarks.build_corpus import make_publication  # noqa: E402  # after the path: the script also runs as a file
from groundwire.publication.changes import Change  # noqa: E402
from groundwire.publication.editing import edited  # noqa: E402
from groundwire.publication.log import Ledger  # noqa: E402
from groundwire.publication.story_log import STREAM  # noqa: E402
from groundwire.wiring import load_log, load_publication  # noqa: E402

NOW = datetime(2026, 6, 1, tzinfo=UTC)
TIMES = 5


def cost(work: Callable[[], object], times: int = TIMES) -> float:
    """Return the median CPU seconds of some runs."""
    found = []
    for _ in range(times):
        started = time.process_time()
        work()
        found.append(time.process_time() - started)
    return statistics.median(found)


def log_rows(root: Path) -> None:
    """Write a row for each article, as runs do."""
    for number, page in enumerate(load_publication(root).articles):
        keys = list(page.summary.outlets)
        row = {"event": "published", "story": page.id, "path": page.path, "category": page.summary.category, "title": page.path}
        known = {"entries": [[f"https://feed.example/{n}", key] for n, key in enumerate(keys)], "marks": keys}
        listed = dict.fromkeys(keys, "https://feed.example/1")
        Ledger(root / "content" / ".ledger").append(STREAM, {**row, **known, "listed": listed}, now=NOW - timedelta(hours=number))


def measured(root: Path, count: int) -> str:
    """Return one row of the table."""
    make_publication(root, count)
    cold = cost(lambda: load_publication(root), times=1)
    log_rows(root)
    warm = cost(lambda: load_publication(root))
    log = cost(lambda: load_log(Ledger(root / "content" / ".ledger")))
    publication = load_publication(root)
    page = publication.articles[-1]
    note = {"date": NOW, "note": "It was version 2."}
    change = Change("edit", page.path, files={page.path: edited(page, add={"corrections": [note]})})
    one = cost(lambda: publication.after(change, at=NOW).article(page.id))
    return f"{count:>9,} {cold:>9.2f} {warm:>9.2f} {log:>9.2f} {one * 1000:>12.1f}"


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("articles", nargs="*", type=int, default=[2_000, 8_000])
    print(f"{'articles':>9} {'no cache':>9} {'cached':>9} {'its log':>9} {'a change, ms':>12}")
    for count in parser.parse_args().articles:
        with tempfile.TemporaryDirectory() as folder:
            print(measured(Path(folder) / "pub", count), flush=True)


if __name__ == "__main__":
    main()
