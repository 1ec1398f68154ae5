"""Message Batches at the size of a large publication: python benchmarks/batches.py [--stories 10000]

A run sends all stories to a server of our own on loopback, in another process, and dies right after it has created a batch in the midst of them;
later runs, each on a fresh machine that knows only the ledger, go on, find that batch again, collect all answers and pass them through the gate. Everything
is real but the answers: the SDK, the wire, the ledger, the purse. Counted at the server: how often each story was sent.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import resource
import tempfile
import time
import urllib.request
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, ClassVar

from generator import resources
from generator.analysis.claude.analyst import ClaudeAnalyst, Voice
from generator.analysis.claude.ask import Asker
from generator.analysis.claude.batch import BatchAnalyst
from generator.analysis.claude.batchbook import BatchBook
from generator.analysis.claude.books import LedgerPurse, costs
from generator.analysis.claude.call import ClaudeCaller
from generator.analysis.claude.memory import NoMemory
from generator.analysis.claude.models import Tariff
from generator.analysis.claude.post import PostOffice
from generator.analysis.claude.reply import Request
from generator.analysis.extractive import ExtractiveAnalyst
from generator.model import Entry, Feed, Job, Source, Story
from generator.record.categories import load_categories
from generator.record.ledger import Ledger

NOW = datetime(2026, 11, 25, 6, tzinfo=UTC)
FEED = Feed(url="https://outlet.example/feed.xml", name="Example Courier")
SAID = (
    "The harbour office of Northport said on Monday that ferry {n} stops for repairs.",
    "The repairs of the engines take nine days, the office said.",
    "Passengers of ferry {n} may use the ferries of the neighbouring line until then.",
    "The office expects costs of 40,000 crowns for the repairs.",
)
FILLER = " A spokesman described at length how the engines are lifted out, cleaned, measured and put back again." * 4


class Gone(BaseException):
    """The machine went away."""


class DyingPost(ClaudeCaller):
    """The real service; this machine dies right after its `last` batch was created, before it could write that down."""

    last = 0

    def submit(self, requests: Mapping[str, Request], attempt: int = 0) -> str:
        """Create a batch."""
        made = super().submit(requests, attempt)
        self.last -= 1
        if self.last == 0:
            raise Gone
        return made


def story(number: int) -> Story:
    """One of many."""
    title = SAID[0].format(n=number)
    text = " ".join(SAID).format(n=number) + FILLER
    entry = Entry(FEED, str(number), f"https://outlet.example/{number}", title, title, text, published=NOW, language="en")
    return Story(f"s-{number:010x}", (entry,))


def gather(one: Story) -> Job:
    """A story with its only source's text."""
    return Job(one, (Source(1, one.first, one.first.content, True),), "industry-news")


class Handler(BaseHTTPRequestHandler):
    """The Batches wire format, with an answer that passes the gate."""

    protocol_version = "HTTP/1.1"
    batches: ClassVar[dict[str, list[dict[str, Any]]]] = {}
    seen: ClassVar[Counter[str]] = Counter()

    def do_POST(self) -> None:
        """Create a batch, answered at once."""
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        name = f"msgbatch_{len(self.batches) + 1}"
        for request in body["requests"]:
            self.seen[json.loads(request["params"]["messages"][0]["content"])["sources"][0]["url"]] += 1
        self.batches[name] = body["requests"]
        self._say(json.dumps(self._about(name)).encode())

    def do_GET(self) -> None:
        """Batches, one of them, or its results, last request first."""
        path = self.path.partition("?")[0].removeprefix("/v1/messages/batches").strip("/")
        name, _, results = path.partition("/")
        if path == "seen":
            self._say(json.dumps(Counter(self.seen.values())).encode())
        elif not path:
            listed = [self._about(one) for one in reversed(self.batches)]
            self._say(json.dumps({"data": listed, "has_more": False, "first_id": None, "last_id": None}).encode())
        elif results:
            self._say(b"".join(json.dumps(_result(r)).encode() + b"\n" for r in reversed(self.batches[name])))
        else:
            self._say(json.dumps(self._about(name)).encode())

    def _about(self, name: str) -> dict[str, Any]:
        counts = dict.fromkeys(("processing", "errored", "canceled", "expired"), 0) | {"succeeded": len(self.batches[name])}
        host = f"http://{self.headers['Host']}"
        times = {"created_at": "2026-11-25T06:00:00Z", "expires_at": "2026-11-26T06:00:00Z", "ended_at": "2026-11-25T06:01:00Z"}
        state = {"id": name, "type": "message_batch", "processing_status": "ended", "request_counts": counts}
        return state | times | {"results_url": f"{host}/v1/messages/batches/{name}/results"}

    def _say(self, raw: bytes) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(raw)))
        self.end_headers()
        self.wfile.write(raw)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


def _result(request: Mapping[str, Any]) -> dict[str, Any]:
    asked = json.loads(request["params"]["messages"][0]["content"])["sources"][0]
    number = asked["url"].rsplit("/", 1)[1]
    said = [sentence.format(n=number) for sentence in SAID]
    sections = request["params"]["output_config"]["format"]["schema"]["properties"]["sections"]["properties"]
    filled: dict[str, Any] = {name: [] for name in sections}
    filled[next(iter(sections))] = [{"claim": s, "evidence": s, "source": 1, "also": []} for s in said]
    text = json.dumps({"title": said[0], "description": said[1], "sections": filled})
    message = {
        "id": "msg_1",
        "type": "message",
        "role": "assistant",
        "model": "claude-haiku-5-5",
        "content": [{"type": "text", "text": text}],
        "stop_reason": "end_turn",
        "stop_sequence": None,
        "usage": {"input_tokens": 2_700, "output_tokens": 2_200},
    }
    return {"custom_id": request["custom_id"], "result": {"type": "succeeded", "message": message}}


class Service(ThreadingHTTPServer):
    """The service."""

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that died is none of its errors."""


def serve(told: Connection) -> None:
    """The service, in a process of its own."""
    web = Service(("127.0.0.1", 0), Handler)
    told.send(web.server_address[1])
    web.serve_forever()


def machine(folder: Path, url: str, *, now: datetime, dies_after: int = 0) -> BatchAnalyst:
    """A fresh one: it knows the ledger and nothing else."""
    ledger, categories = Ledger(folder), load_categories(resources.PACKAGE / "nowhere")
    caller = DyingPost(key="sk-test-0000", base_url=url)
    caller.last = dies_after
    purse = LedgerPurse(ledger, run=100, month=1_000, now=now)
    asker = Asker(caller, purse=purse, memory=NoMemory(), tariff=Tariff())
    claude = ClaudeAnalyst(
        categories, extractive=ExtractiveAnalyst(categories), asker=asker, voice=Voice("claude-haiku-5-5", concurrency=2)
    )
    office = PostOffice(caller, book=BatchBook(ledger, now=now), purse=purse, tariff=Tariff())
    return BatchAnalyst(claude, office, now=now)


def publish(
    folder: Path, url: str, stories: Mapping[str, Story], *, now: datetime, dies_after: int = 0
) -> Iterator[tuple[str, str]]:
    """One run: the stories that got a page, and who wrote it."""
    try:
        for job, analysis in machine(folder, url, now=now, dies_after=dies_after).analyse_all(list(stories.values()), gather):
            yield job.story.id, analysis.by
    except Gone:
        print("  … and died right after it had created a batch")


def run(count: int) -> None:
    """All of it, with the times."""
    os.environ["NO_PROXY"] = "127.0.0.1"
    here, there = multiprocessing.Pipe()
    server = multiprocessing.get_context("spawn").Process(target=serve, args=(there,), daemon=True)
    server.start()
    url = f"http://127.0.0.1:{here.recv()}"
    stories = {one.id: one for one in map(story, range(count))}
    by: Counter[str] = Counter()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for number, dies_after in enumerate((4, 0, 0), start=1):
            began, done = time.perf_counter(), 0
            for published, who in publish(folder, url, stories, now=NOW + timedelta(hours=number), dies_after=dies_after):
                del stories[published]
                by[who] += 1
                done += 1
            print(f"run {number}: {done} pages in {time.perf_counter() - began:.1f} s, {len(stories)} stories wait")
        spent = costs(Ledger(folder).rows("spend"))
        size = sum(path.stat().st_size for path in folder.iterdir())
        print(f"sent: {seen(url)}")
        print(
            f"by: {dict(by)}; ${sum(c.usd for c in spent):.2f}, all settled: {all(c.settled for c in spent)}; ledger {size / 1e6:.1f} MB"
        )
        print(f"memory at most {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")
    server.terminate()


def seen(url: str) -> str:
    """What the server counted."""
    with urllib.request.urlopen(f"{url}/v1/messages/batches/seen") as answer:
        counted: dict[str, int] = json.load(answer)
    return ", ".join(f"{stories} stories {times} time(s)" for times, stories in counted.items())


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--stories", type=int, default=10_000)
    run(parser.parse_args().stories)
