"""How long `groundwire check` takes on a large archive, cold and warm: python benchmarks/check.py [PAGES].

The archive is made of one generated page, each with its own id, title and links to its neighbours. The limit for 10,000 pages, warm, is 10 s.
"""

from __future__ import annotations

import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from groundwire.cli.check import closing, examine
from groundwire.publication.frontmatter import AnalysisMeta, ArticleMeta, Generated, SourceMeta, body_hash, compose

START = datetime(2021, 1, 1, tzinfo=UTC)
NOW = datetime(2026, 11, 1, tzinfo=UTC)
LIMIT_S = 10.0
SENTENCE = "“The flaw number {n} lets anybody in who knows the address of the gateway and waits for an hour.”[^{k}]"


def page(number: int) -> tuple[str, str]:
    """Make one page; return its path and its text."""
    date = START + timedelta(hours=5 * number)
    notes = [
        f"[^{k}]: [Example Blog](<https://blog.example/{number}#:~:text=The%20flaw%20number,for%20an%20hour.>)"
        for k in range(1, 7)
    ]
    lines = "\n".join(f"- {SENTENCE.format(n=number, k=k)}" for k in range(1, 7))
    body = f"## Full report\n\n> An excerpt of the story {number}, in the publisher's words.\n>\n> — [Example Blog](<https://blog.example/{number}>)\n\n"
    body += (
        f"## Analysis summary\n\n### Overview\n\n{lines}\n\nSee [the next]({_name(number + 1)}#overview).\n\n"
        + "\n".join(notes)
        + "\n"
    )
    meta = ArticleMeta(
        id=f"s-{number:010x}",
        title=f"Story {number} about a flaw in a gateway",
        description="What is known about it, in a sentence.",
        date=date,
        published=date,
        category="vulnerability",
        sources=(SourceMeta(feed="Example Blog", url=f"https://blog.example/{number}", words=900, fulltext=True),),
        analysis=AnalysisMeta(by="extractive", kept=6),
        generated=Generated(hash=body_hash(body)),
    )
    return f"articles/{date:%Y/%m}/{number}.md", compose(meta, body)


def _name(number: int) -> str:
    return f"../../{START + timedelta(hours=5 * number):%Y/%m}/{number}.md"


def archive(root: Path, pages: int) -> None:
    """Write a publication of so many pages."""
    (root / "newsletter.yml").write_text("title: Large\nurl: https://news.example/\n", encoding="utf-8")
    (root / "mkdocs.yml").write_text((Path(__file__).parents[1] / "mkdocs.yml").read_text(encoding="utf-8"), encoding="utf-8")
    for number in range(pages):
        path, text = page(number)
        if number == pages - 1:
            text = text.replace(_name(pages), _name(0))
        target = root / "content" / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")


def main(pages: int) -> int:
    """Print a line a run; exit 1 where the warm one is too slow."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        archive(root, pages)
        for run in ("cold", "warm"):
            start = time.perf_counter()
            found = examine(root, now=NOW)
            took = time.perf_counter() - start
            print(f"{run}: {pages} pages in {took:.1f} s; {closing(found)}")
    return int(pages <= 10_000 and took > LIMIT_S)


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 10_000))
