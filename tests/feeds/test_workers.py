"""Parsing in processes that can be killed: no document, no kill and no ^C holds the run."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from groundwire.feeds.items import NotAFeed
from groundwire.feeds.workers import Parsers
from support import FeedServer, rss

NOW = datetime(2026, 11, 23, tzinfo=UTC)
FEED = rss({"title": "One", "link": "https://outlet.example/1"}).encode()


def parse(parsers: Parsers, body: bytes) -> int:
    return len(parsers.parse(body, url="https://outlet.example/feed", headers={}, now=NOW).items)


@pytest.fixture(scope="module")
def parsers() -> Iterator[Parsers]:
    with Parsers(processes=1, seconds=2, megabytes=300) as pool:
        yield pool


def test_a_document_that_takes_too_long_is_a_reason(parsers: Parsers) -> None:
    attributes = " ".join(f'a{n}="x"' for n in range(60_000))  # feedparser's time is quadratic in them
    with pytest.raises(NotAFeed, match="more than 2 s"):
        parse(parsers, f"<rss version='2.0'><channel {attributes}><title>x</title></channel></rss>".encode())
    assert parse(parsers, FEED) == 1


def test_a_function_that_takes_too_much_memory_is_a_reason(parsers: Parsers) -> None:
    with pytest.raises(NotAFeed, match="more than 300 MB"):
        parsers.call(bytes, 2_000_000_000)
    assert parse(parsers, FEED) == 1


def test_a_killed_parser_is_a_reason_and_the_next_document_is_read(parsers: Parsers) -> None:
    victim = parsers.call(os.getpid)
    threading.Timer(0.3, os.kill, (victim, signal.SIGKILL)).start()
    with pytest.raises(NotAFeed, match="broke the parser"):
        parsers.call(time.sleep, 1.5)
    with pytest.raises(NotAFeed, match="broke the parser"):
        parsers.call(os.abort)
    assert parse(parsers, FEED) == 1


def test_many_threads_share_the_processes(parsers: Parsers) -> None:
    found: list[int] = []
    threads = [threading.Thread(target=lambda: found.append(parse(parsers, FEED))) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert found == [1] * 20


def test_after_the_end_nothing_is_parsed() -> None:
    with Parsers() as pool:
        pass
    with pytest.raises(NotAFeed, match="interrupted"):
        parse(pool, FEED)


@pytest.mark.parametrize("waits_for", ["server", "parser"])
def test_interrupted_while_it_waits_the_run_ends_at_once(
    publication: Callable[..., Path], server: FeedServer, waits_for: str
) -> None:
    slow = "<rss version='2.0'><channel " + " ".join(f'a{n}="x"' for n in range(60_000)) + "></channel></rss>"

    def answer(headers: dict[str, str]) -> tuple[int, dict[str, str], bytes]:
        asked.set()
        if waits_for == "server":
            time.sleep(15)
        return 200, {}, slow.encode()

    asked = threading.Event()
    server.pages["/f"] = answer
    root = publication(server.url("/f"))
    command = [sys.executable, "-m", "groundwire", "update", "-C", str(root)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True)
    assert asked.wait(20)
    time.sleep(0.8)
    began = time.monotonic()
    os.killpg(process.pid, signal.SIGINT)  # as a terminal does it: to the parsers too
    _, said = process.communicate(timeout=10)
    assert time.monotonic() - began < 3
    assert (process.returncode, "Traceback" in said) == (130, False), said
    assert not list((root / ".groundwire" / "feeds").glob("*.json"))  # an interrupted question is no failure of the feed
