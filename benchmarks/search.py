"""The first answer of a search in Debian's chromium, beside Material's own search (lunr) on the same articles.

    python -m benchmarks.search [--pages 8000] [--folder DIR] [--ours-only]

The articles' words are made, as frequent among each other as a language's (Zipf) and from a vocabulary of 40,000; every fifth
names a CVE. Each query is asked by a new reader with an empty cache, over loopback with gzip: ours from an article's page (`/`, the
query, Enter; the last of them is typed, a key every 150 ms, without Enter), Material's likewise in its own box. Milliseconds from
the first key (typed: from the last one) to the first result, requests, and kilobytes over the wire: those that a mere view of the
page costs for search, and those of the answer. The median of three. DIR keeps the built sites for another run.
"""

from __future__ import annotations

import argparse
import functools
import gzip
import itertools
import random
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from browserkit import CHROMIUM, QUIET  # noqa: E402  # as the paths above allow
from groundwire.publication.frontmatter import ArticleMeta, SourceMeta, compose  # noqa: E402
from groundwire.website.build import build_site  # noqa: E402

SETTINGS = (
    "title: The Measured Briefing\nurl: https://measured.example.org/\nfeeds:\n- {url: https://f.example.org/, name: The Wire}\n"
)
STOCK = "site_name: Stock\nuse_directory_urls: true\ntheme: {name: material, font: false}\nvalidation: {omitted_files: ignore}\nplugins: [search]\n"
START = datetime(2025, 1, 1, 6, tzinfo=UTC)
WORDS_A_PAGE = 700
TRIES = 3
PACKED = (".js", ".json", ".css", ".html", ".xml", ".svg")


def vocabulary() -> tuple[list[str], list[float]]:
    """Make 40,000 words, and how often each comes, summed up."""
    rng = random.Random(8)  # the same everywhere is what is wanted
    parts = [
        "".join(two) for two in itertools.product("b c d f g h k l m n p r s t v w z st tr pl".split(), "a e i o u ai ou".split())
    ]
    words: dict[str, None] = {}
    while len(words) < 40_000:
        words["".join(rng.choices(parts, k=rng.choice((1, 2, 2, 3, 3, 4))))] = None
    return list(words), list(itertools.accumulate(1 / (rank + 2.7) for rank in range(len(words))))


def write_articles(content: Path, pages: int, *, words: list[str], sums: list[float]) -> None:
    """Write the same articles for both: ours with front matter."""
    rng = random.Random(9)  # likewise
    for number in range(pages):
        moment = START + timedelta(hours=1.2 * number)
        title = " ".join(rng.choices(words[50:], k=7)).capitalize()
        text = rng.choices(words, cum_weights=sums, k=WORDS_A_PAGE)
        if number % 5 == 0:
            text[100] = f"CVE-2025-{10_000 + number // 20}"
        body = "## Analysis summary\n\n" + "\n\n".join(
            " ".join(text[at : at + 70]).capitalize() + "." for at in range(0, WORDS_A_PAGE, 70)
        )
        source = SourceMeta(
            feed=f"The {words[number % 12 + 100].capitalize()} Wire", title=title, url=f"https://w.example.org/{number}"
        )
        meta = ArticleMeta(
            id=f"s-{number:010x}",
            title=title,
            description=f"{title}.",
            date=moment,
            published=moment,
            category="research",
            sources=(source,),
        )
        file = content / f"articles/{moment:%Y/%m}/story-{number}.md"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(compose(meta, body), encoding="utf-8")


def build_ours(folder: Path) -> Path:
    """Build our site."""
    (folder / "newsletter.yml").write_text(SETTINGS, encoding="utf-8")
    (folder / "mkdocs.yml").write_bytes((ROOT / "mkdocs.yml").read_bytes())
    return build_site(folder).site_dir


def build_stock(folder: Path) -> Path:
    """Build the same articles by Material as it comes, out of the navigation as ours are."""
    (folder / "stock.yml").write_text(
        STOCK + "docs_dir: content\nsite_dir: stock\nnot_in_nav: /articles/\nnav: [index.md]\n", encoding="utf-8"
    )
    (folder / "content/index.md").write_text("# Home\n", encoding="utf-8")
    subprocess.run([sys.executable, "-m", "mkdocs", "build", "-q", "-f", "stock.yml"], cwd=folder, check=True)
    (folder / "content/index.md").unlink()
    return folder / "stock"


@dataclass
class Wire:
    """What went over the wire."""

    sent: int = 0
    requests: int = 0
    packed: dict[str, bytes] = field(default_factory=dict)


class _Handler(SimpleHTTPRequestHandler):
    wire: Wire

    def do_GET(self) -> None:
        path = Path(self.translate_path(self.path))
        path = path / "index.html" if path.is_dir() else path
        if not path.is_file():
            self.send_error(404)
            return
        body, zipped = path.read_bytes(), path.suffix in PACKED
        if zipped:
            if str(path) not in self.wire.packed:
                self.wire.packed[str(path)] = gzip.compress(body, 6)
            body = self.wire.packed[str(path)]
        self.send_response(200)
        self.send_header("Content-Type", self.guess_type(str(path)))
        if zipped:
            self.send_header("Content-Encoding", "gzip")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
        self.wire.sent += len(body)
        self.wire.requests += 1

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@contextmanager
def served(folder: Path) -> Iterator[tuple[str, Wire]]:
    """Serve the folder on loopback, with gzip as a host would."""
    wire = Wire()
    handler = type("Handler", (_Handler,), {"wire": wire})
    web = ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(handler, directory=str(folder)))
    threading.Thread(target=web.serve_forever, args=(0.05,), daemon=True).start()
    yield f"http://127.0.0.1:{web.server_address[1]}/", wire
    web.shutdown()
    web.server_close()


@dataclass(frozen=True)
class Query:
    """What is asked, and how."""

    name: str
    words: str
    source: str = ""  # a filter
    says: str = ""  # typed without Enter until the page says this: what readers get while they type


@dataclass(frozen=True)
class Asked:
    """One query's cost: bytes before it, milliseconds, requests and bytes of the answer, results."""

    before: int
    ms: float
    requests: int
    bytes: int
    found: str


def ask(browser: Any, address: str, wire: Wire, *, query: Query, ours: bool) -> Asked:
    """Ask one query as one new reader."""
    context = browser.new_context()
    page = context.new_page()
    began = wire.sent
    page.goto(address, wait_until="load")
    page.wait_for_timeout(300)
    view, requests, started = wire.sent - began, wire.requests, time.perf_counter()
    if ours:
        page.keyboard.press("/")
        if query.source:
            page.select_option("[data-gw-dialog] select[name=source]", query.source)
            page.locator("[data-gw-dialog] input").focus()
    else:
        page.locator(".md-search__input").click()
    page.keyboard.type(query.words, delay=150 if query.says else 0)
    result = "[data-gw-dialog] .gw-search__results li, [data-gw-dialog] .gw-search__state:text('Nothing')"
    if query.says:
        started = time.perf_counter()
        page.get_by_text(query.says, exact=True).wait_for()
    elif ours:
        page.keyboard.press("Enter")
    else:
        result = ".md-search-result__item"
    page.locator(result).first.wait_for(timeout=300_000)
    ms = 1000 * (time.perf_counter() - started)
    page.wait_for_timeout(300)
    found = page.locator("[data-gw-dialog] .gw-search__state" if ours else ".md-search-result__meta").first.inner_text()
    asked = Asked(view, ms, wire.requests - requests, wire.sent - began - view, found)
    context.close()
    return asked


def measure(site: Path, queries: list[Query], *, ours: bool, tries: int) -> list[str]:
    """Print one row for each query; return what was found for each."""
    from playwright.sync_api import sync_playwright

    article = next(iter(sorted(site.glob("articles/**/index.html")))).parent.relative_to(site).as_posix()
    with served(site) as (base, wire), sync_playwright() as play:
        browser, found = play.chromium.launch(executable_path=str(CHROMIUM), args=QUIET), []
        for query in queries:
            asked = [ask(browser, f"{base}{article}/", wire, query=query, ours=ours) for _ in range(tries)]
            ms, most = statistics.median(one.ms for one in asked), max(one.bytes for one in asked)
            print(
                f"{'ours' if ours else 'Material':9} {query.name:34} {asked[0].before / 1000:9.0f} {most / 1000:9.0f}"
                f" {asked[0].requests:9} {ms:9.0f}   {asked[0].found}",
                flush=True,
            )
            found.append(asked[0].found)
        browser.close()
    return found


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description="The first answer of a search, ours and Material's.")
    parser.add_argument("--pages", type=int, default=8000)
    parser.add_argument("--folder", type=Path, help="keep the built sites here")
    parser.add_argument("--ours-only", action="store_true")
    options = parser.parse_args()
    words, sums = vocabulary()
    rare, common, most = words[20_000], words[1000], words[40]
    source = f"The {words[100].capitalize()} Wire"
    queries = [
        Query("a rare word", rare),
        Query("a word of 1 page in 13", common),
        Query("a word of most pages", most),
        Query("the same, of one source", most, source=source),
        Query("a source, no word", "", source=source),
        Query("two words", f"{words[200]} {words[1500]}"),
        Query("two words of most pages", f"{most} {words[60]}"),
        Query("a phrase", f'"{words[150]} {words[90]}"'),
        Query("a CVE", "CVE-2025-10012"),
        Query("the beginning of a word", words[2000][:4]),
        Query("a word that stands nowhere", "xylophonist"),
        Query("the two most frequent words", f"{words[0]} {words[1]}"),
    ]
    with tempfile.TemporaryDirectory() as temporary:
        folder = options.folder or Path(temporary)
        if not (folder / "content").is_dir():
            write_articles(folder / "content", options.pages, words=words, sums=sums)
        site = folder / "site" if (folder / "site").is_dir() else build_ours(folder)
        print(f"{'':9} {f'{options.pages} pages':34} {'view, kB':>9} {'query, kB':>9} {'requests':>9} {'ms':>9}   said")
        found = measure(site, queries, ours=True, tries=TRIES)
        typed = Query("the second while it is typed", common, says=found[1])
        measure(site, [typed], ours=True, tries=TRIES)
        if not options.ours_only:
            stock = folder / "stock" if (folder / "stock").is_dir() else build_stock(folder)
            measure(stock, [queries[1]], ours=False, tries=1)


if __name__ == "__main__":
    main()
