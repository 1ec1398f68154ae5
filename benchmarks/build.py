"""A daily build of 2,000, 8,000 and 20,000 articles, beside stock MkDocs with Material and beside Hugo on the same articles.

    python -m benchmarks.build [--sizes 2000 8000] [--only ours] [--folder DIR]

A day: ten new articles, one edited, one deleted. Stock Material (its own search, our plugin away, articles not in nav) and Hugo (Debian's
`hugo`, a plain theme of three templates; left out where it isn't installed) know no day: they build everything. CPU seconds are user and
system of the process with its children, RSS is that of the biggest of them. One run; on a machine with other work the ratios matter.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from benchmarks.build_corpus import article, make_publication, put  # noqa: E402  # the repository's root must be found first

STOCK = """site_name: Measured
site_url: https://measured.example.org/
docs_dir: content
site_dir: stock-site
theme: {name: material, font: false}
not_in_nav: "*"
plugins: [search]
markdown_extensions: [admonition, attr_list, footnotes, tables, {toc: {permalink: true}}]
"""
HUGO = {
    "hugo.toml": 'baseURL = "https://measured.example.org/"\ntitle = "Measured"\ncontentDir = "content"\npublishDir = "hugo-site"\n',
    "layouts/_default/baseof.html": '<!doctype html><html lang="en"><head><title>{{ .Title }}</title></head><body>{{ block "main" . }}{{ end }}</body></html>',
    "layouts/_default/single.html": '{{ define "main" }}<h1>{{ .Title }}</h1><p>{{ .Description }}</p>{{ .Content }}{{ end }}',
    "layouts/_default/list.html": '{{ define "main" }}<h1>{{ .Title }}</h1>{{ range .Pages }}<p><a href="{{ .RelPermalink }}">{{ .Title }}</a></p>{{ end }}{{ end }}',
}


@dataclass(frozen=True)
class Cost:
    """One run: seconds of all processors, seconds on the wall, MB of the biggest process."""

    cpu: float
    wall: float
    rss: float

    def __str__(self) -> str:
        return f"{self.cpu:8.1f} {self.wall:8.1f} {self.rss:7.0f}"


def measured(*command: str, at: Path) -> Cost:
    """Run a command to its end. Raises RuntimeError with what it said where it fails."""
    began = time.monotonic()
    with tempfile.TemporaryFile() as said:
        environment = {**os.environ, "NO_MKDOCS_2_WARNING": "1", "PYTHONPATH": str(ROOT / "generator")}
        environment.pop("PYTHONDONTWRITEBYTECODE", None)
        process = subprocess.Popen(command, cwd=at, stdout=said, stderr=said, env=environment)
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            said.seek(0)
            raise RuntimeError(said.read().decode(errors="replace")[-2000:])
    return Cost(usage.ru_utime + usage.ru_stime, time.monotonic() - began, usage.ru_maxrss / 1024)


def a_day(root: Path, count: int, categories: tuple[str, ...]) -> None:
    """Add ten new articles, edit one and delete one."""
    for number in range(count, count + 10):
        put(root, *article(number, categories=categories))
    put(root, *article(count // 2, categories=categories, edit="A person added this."))
    (root / "content" / article(count // 3, categories=categories)[0]).unlink()


def ours(root: Path, count: int, categories: tuple[str, ...]) -> Iterator[tuple[str, Cost]]:
    """Measure a full build, one after nothing changed, and one after a day."""
    build = (sys.executable, "-m", "groundwire", "build")
    yield "Groundwire, everything", measured(*build, at=root)
    measured(*build, at=root)  # the folder beside is brought up to date once
    yield "Groundwire, nothing changed", measured(*build, at=root)
    a_day(root, count, categories)
    yield "Groundwire, a day", measured(*build, at=root)


def stock(root: Path) -> Iterator[tuple[str, Cost]]:
    """Measure MkDocs with Material alone."""
    (root / "stock.yml").write_text(STOCK, encoding="utf-8")
    yield "Material, stock", measured(sys.executable, "-m", "mkdocs", "build", "-q", "-f", "stock.yml", at=root)
    shutil.rmtree(root / "stock-site")


def hugo(root: Path) -> Iterator[tuple[str, Cost]]:
    """Measure Hugo with a plain theme; nothing where it isn't installed."""
    if not shutil.which("hugo"):
        return
    for name, text in HUGO.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, encoding="utf-8")
    yield "Hugo, plain theme", measured("hugo", "--quiet", "--config", "hugo.toml", at=root)
    shutil.rmtree(root / "hugo-site")


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", type=int, nargs="+", default=[2000, 8000, 20000])
    parser.add_argument("--only", choices=["ours", "stock", "hugo"])
    parser.add_argument("--folder", type=Path)
    chosen = parser.parse_args()
    print(f"{'articles':>8}  {'':30} {'CPU s':>8} {'wall s':>8} {'RSS MB':>7}")
    for count in chosen.sizes:
        with tempfile.TemporaryDirectory(dir=chosen.folder, ignore_cleanup_errors=True) as folder:
            root = Path(folder)
            categories = make_publication(root, count)
            runs = {"ours": ours(root, count, categories), "stock": stock(root), "hugo": hugo(root)}
            for name, run in runs.items():
                for label, cost in run if chosen.only in (None, name) else ():
                    print(f"{count:8}  {label:30} {cost}", flush=True)


if __name__ == "__main__":
    main()
