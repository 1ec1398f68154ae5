"""Reading the corpus' 280 real feeds over loopback HTTP, beside bare feedparser and `reader`.

    python -m benchmarks.ingest [CORPUS]

Cold: nothing is remembered. 304: the server says so to our validators. Unchanged: it sends the same bytes again, without
validators. `reader` (PyPI, 3.26) is installed into a throw-away venv for the occasion; without a package index its rows are left out.
Seconds on the wall, and CPU of the process with its children. One run; the ratios matter.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
import venv
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

NOW = datetime(2026, 11, 23, tzinfo=UTC)
READER = ("reader==3.26", "sgmllib3k")  # its own copy of feedparser needs the second, and does not say so
READER_CODE = """
import resource, sys, time
from reader import make_reader
urls = open(sys.argv[2]).read().split()
r = make_reader(sys.argv[1])
for url in urls:
    r.add_feed(url, exist_ok=True, allow_invalid_url=True)
def cpu():
    return sum(u.ru_utime + u.ru_stime for u in map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)))
began, used = time.perf_counter(), cpu()
for _ in r.update_feeds_iter(workers=int(sys.argv[3]), scheduled=False):
    pass
print(time.perf_counter() - began, cpu() - used, r.get_entry_counts().total)
"""


@dataclass
class Served:
    """What the server sends: bodies by path; whether it answers validators."""

    bodies: dict[str, tuple[str, bytes]] = field(default_factory=dict)
    validators: bool = True


@dataclass(frozen=True)
class Row:
    """One line of the table: seconds, CPU seconds, entries."""

    name: str
    wall: float
    cpu: float
    entries: int


def load(corpus: Path) -> Served:
    """Read the real-world feeds of the corpus."""
    rows = (json.loads(line) for line in (corpus / "manifest.jsonl").read_text(encoding="utf-8").splitlines())
    kinds = {"json": "application/feed+json", "atom": "application/atom+xml"}
    files = [(row["file"], kinds.get(row["kind"], "application/rss+xml")) for row in rows if row.get("realworld")]
    return Served({f"/{n}": (kind, (corpus / file).read_bytes()) for n, (file, kind) in enumerate(files)})


def serve(served: Served) -> None:
    """Serve on a free port, printed on the first line; a line on standard input switches the validators off."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        wbufsize = -1
        disable_nagle_algorithm = True

        def do_GET(self) -> None:
            kind, body = served.bodies[self.path]
            etag = f'"{hashlib.sha256(body).hexdigest()[:16]}"'
            same = served.validators and self.headers.get("If-None-Match") == etag
            self.send_response(304 if same else 200)
            self.send_header("Content-Type", kind)
            if served.validators:
                self.send_header("ETag", etag)
            self.send_header("Content-Length", "0" if same else str(len(body)))
            self.end_headers()
            if not same:
                self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    web = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=web.serve_forever, daemon=True).start()
    print(web.server_address[1], flush=True)
    for line in sys.stdin:
        served.validators = line.strip() == "on"
        print("ok", flush=True)


@contextmanager
def server(corpus: Path) -> Iterator[tuple[int, Callable[[bool], None]]]:
    """Run the server in a process of its own, so that its CPU is not counted; yield its port, and a switch for validators."""
    command = [sys.executable, "-m", "benchmarks.ingest", "--serve", str(corpus)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT) as process:
        if process.stdin is None or process.stdout is None:
            raise RuntimeError("no pipes")
        told, said = process.stdin, process.stdout

        def switch(on: bool) -> None:
            print("on" if on else "off", file=told, flush=True)
            said.readline()

        try:
            yield int(said.readline()), switch
        finally:
            process.kill()


def ours(urls: list[str], folder: Path, *, now: datetime) -> tuple[int, int]:
    """Do one whole update by our reader; return the entries and the feeds that failed."""
    from groundwire.feeds.memory import Memories
    from groundwire.feeds.reader import WebReader
    from groundwire.feeds.web import Web, user_agent
    from groundwire.feeds.workers import Parsers
    from groundwire.model import Feed
    from groundwire.settings import Fetch

    bounds = Fetch(allow_networks=("127.0.0.0/8",))
    with Web(bounds, user_agent=user_agent("benchmark", "https://news.example/")) as web, Parsers() as parsers:
        results = list(WebReader(web, parsers, Memories(folder), force=True).read([Feed(url=u) for u in urls], now=now))
    return sum(len(r.entries) for r in results), sum(1 for r in results if r.error)


def feedparser_alone(served: Served) -> int:
    """Count the entries that feedparser alone reads from the same bytes, without a network."""
    import feedparser

    return sum(len(feedparser.parse(body).entries) for _, body in served.bodies.values())


def child(kind: str, *args: str) -> Row:
    """Measure a piece of work in a fresh process.

    As with `reader`, its imports are not counted (those of our parsing processes are).
    """
    code = (
        f"import sys; sys.path.insert(0, {str(ROOT)!r}); from benchmarks import ingest; ingest.in_child({kind!r}, sys.argv[1:])"
    )
    process = subprocess.Popen([sys.executable, "-c", code, *args], stdout=subprocess.PIPE, text=True, start_new_session=True)
    used: dict[int, float] = {}
    while process.poll() is None:
        used |= session_cpu(process.pid)
        time.sleep(0.02)
    wall, own, entries, failed = map(float, (process.stdout.read() if process.stdout else "").split())
    used[process.pid] = own
    if failed:
        print(f"  ({failed:.0f} feeds failed)")
    return Row(kind, wall, sum(used.values()), int(entries))


def session_cpu(leader: int) -> dict[int, float]:
    """Return the CPU seconds of each process of a session (Linux).

    By session, because parsers are not children of the process that uses them.
    """
    found = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = path.read_text(encoding="utf-8", errors="replace").rsplit(") ", 1)[1].split()
        except (OSError, IndexError):
            continue
        if int(fields[3]) == leader:
            found[int(path.parent.name)] = (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    return found


def in_child(kind: str, args: list[str]) -> None:
    """Do what `child` asks for; print wall, own CPU, entries, failed feeds."""
    served = load(Path(args[0])) if kind == "feedparser" else Served()
    urls = Path(args[1]).read_text(encoding="utf-8").split() if kind != "feedparser" else []
    hours = {"cold": 0, "304": 48, "unchanged": 96}.get(kind, 0)
    ours([], Path(args[0]), now=NOW)  # imports only
    began, used = time.perf_counter(), time.process_time()
    if kind == "feedparser":
        entries, failed = feedparser_alone(served), 0
    else:
        entries, failed = ours(urls, Path(args[0]), now=NOW + timedelta(hours=hours))
    print(time.perf_counter() - began, time.process_time() - used, entries, failed)


def readers(python: Path, folder: Path, listed: Path, workers: int, switch: Callable[[bool], None]) -> list[Row]:
    """Measure the same three updates by `reader`; its own imports and database set-up are not counted."""
    rows = []
    for kind, on in (("cold", True), ("304", True), ("unchanged", False)):
        switch(on)
        database = str(folder / f"reader-{workers}.sqlite")
        command = [str(python), "-c", READER_CODE, database, str(listed), str(workers)]
        done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, check=True)
        wall, used, entries = done.stdout.split()
        rows.append(Row(f"reader, {workers} worker{'s' * (workers > 1)}: {kind}", float(wall), float(used), int(entries)))
    return rows


def installed(folder: Path) -> Path | None:
    """Return a Python that has `reader`; None if it cannot be had."""
    venv.create(folder, with_pip=True)
    python = folder / "bin" / "python"
    done = subprocess.run([str(python), "-m", "pip", "install", "--quiet", *READER], check=False, capture_output=True)
    return python if done.returncode == 0 else None


def table(rows: list[Row], feeds: int) -> None:
    """Print the rows beside our own cold one."""
    print(f"\n{'':34}{'wall s':>8}{'CPU s':>8}{'CPU ms/feed':>13}{'entries':>9}")
    for row in rows:
        print(f"{row.name:34}{row.wall:8.2f}{row.cpu:8.2f}{row.cpu / feeds * 1e3:13.1f}{row.entries:9}")
    cold = rows[0]
    for row in rows[3:]:
        if "cold" in row.name or "feedparser" in row.name:
            print(f"{row.name} / groundwire: cold = {row.wall / cold.wall:.1f} x wall, {row.cpu / cold.cpu:.1f} x CPU")


def main() -> int:
    """Print the table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument(
        "corpus", nargs="?", default=os.environ.get("GROUNDWIRE_CORPUS") or str(ROOT.parent / "shared" / "corpus")
    )
    parser.add_argument("--serve", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--no-reader", action="store_true", help="only our own rows and feedparser's")
    args = parser.parse_args()
    corpus = Path(args.corpus).resolve()
    if not corpus.is_dir():
        print(f"no corpus at {corpus}: set GROUNDWIRE_CORPUS", file=sys.stderr)
        return 1
    served = load(corpus)
    if args.serve:
        serve(served)
        return 0
    with tempfile.TemporaryDirectory() as name, server(corpus) as (port, switch):
        folder = Path(name)
        listed = folder / "urls.txt"
        listed.write_text("\n".join(f"http://127.0.0.1:{port}{path}" for path in served.bodies), encoding="utf-8")
        rows = []
        for kind, on in (("cold", True), ("304", True), ("unchanged", False)):
            switch(on)
            row = child(kind, str(folder / "ours"), str(listed))
            rows.append(Row(f"groundwire: {kind}", row.wall, row.cpu, row.entries))
        row = child("feedparser", str(corpus))
        rows.append(Row("feedparser alone, no network", row.wall, row.cpu, row.entries))
        python = None if args.no_reader else installed(folder / "venv")
        for workers in (1, 8) if python else ():
            rows += readers(python, folder, listed, workers, switch) if python else []
        table(rows, len(served.bodies))
    return 0


if __name__ == "__main__":
    sys.exit(main())
