"""Feeds as entries: asked together, politely and conditionally; every failure is a value that names its feed.

Feeds of one host stand in at most two lanes, each asked one after another, so that a slow host holds two threads at most.
The threads are daemons and report through a queue: ^C ends the run at once, whatever they wait for.
"""

from __future__ import annotations

import hashlib
import queue
import threading
from collections import defaultdict
from collections.abc import Iterator, Sequence
from concurrent.futures import BrokenExecutor
from dataclasses import dataclass, replace
from datetime import datetime

from groundwire.feeds.items import Item
from groundwire.feeds.memory import Memories, Memory
from groundwire.feeds.pace import advice, after_answer, after_failure, conditions, is_due, put_off
from groundwire.feeds.web import Document, FetchError, Web
from groundwire.feeds.workers import Parsers
from groundwire.model import Entry, Feed, FeedResult
from groundwire.text.addresses import host
from groundwire.text.bounded import reason

PER_HOST = 2
_BUSY = (429, 503)


@dataclass
class _Run:
    """One call of `read`: what is still to be asked, where the results go, and whether anyone still wants them."""

    lanes: queue.SimpleQueue[Sequence[Feed]]
    results: queue.SimpleQueue[FeedResult | BaseException]
    now: datetime
    over: threading.Event


class WebReader:
    """Reads feeds over HTTP. `force` asks also those that are not due yet."""

    def __init__(self, web: Web, parsers: Parsers, memories: Memories, *, concurrency: int = 8, force: bool = False) -> None:
        self._web, self._parsers, self._memories = web, parsers, memories
        self._concurrency, self._force = concurrency, force

    def read(self, feeds: Sequence[Feed], *, now: datetime) -> Iterator[FeedResult]:
        """Yield one result a feed, as they come.

        What is raised while one document is fetched and read is its feed's failure; anywhere else it is our bug, and is raised.
        """
        run = _Run(queue.SimpleQueue(), queue.SimpleQueue(), now, threading.Event())
        lanes = _lanes(feeds)
        for lane in lanes:
            run.lanes.put(lane)
        for number in range(min(self._concurrency, len(lanes))):
            threading.Thread(target=self._work, args=(run,), daemon=True, name=f"fetch-{number}").start()
        try:
            for _ in feeds:
                result = run.results.get()
                if isinstance(result, BaseException):
                    raise result
                yield result
        finally:
            run.over.set()

    def _work(self, run: _Run) -> None:
        try:
            while not run.over.is_set():
                self._ride(run.lanes.get_nowait(), run)
        except queue.Empty:
            return
        except BaseException as error:
            run.results.put(error)

    def _ride(self, lane: Sequence[Feed], run: _Run) -> None:
        wait = ""  # what this host said when it wanted to be left alone
        for feed in lane:
            if run.over.is_set():
                return
            memory = self._memories.recall(feed.url)
            if not self._force and not is_due(memory, now=run.now):
                run.results.put(_result(feed, memory, unchanged=True))
            elif wait:
                self._keep(put_off(memory, retry_after=wait, now=run.now), run, items=False)
                run.results.put(_result(feed, memory, unchanged=True))
            else:
                result, wait = self._read(feed, memory, run)
                run.results.put(result)

    def _read(self, feed: Feed, memory: Memory, run: _Run) -> tuple[FeedResult, str]:
        status, wait = 0, ""
        try:
            document = self._web.get(memory.url, headers=conditions(memory))
            fresh = self._learn(memory, document, now=run.now)
        except FetchError as error:
            status, wait, why = error.status, error.retry_after, str(error)
        except BrokenExecutor:  # the processes themselves: no document's doing
            raise
        except Exception as error:  # whatever one document does to its reader is that feed's failure
            why = reason(error)
        else:
            unchanged = fresh.items is memory.items
            self._keep(fresh, run, items=not unchanged)
            return _result(feed, fresh, unchanged=unchanged), ""
        memory = after_failure(memory, why=why, status=status, retry_after=wait, now=run.now)
        self._keep(memory, run, items=False)
        return _result(feed, memory, unchanged=True), (wait or "3600") if status in _BUSY else ""

    def _keep(self, memory: Memory, run: _Run, *, items: bool) -> None:
        if not run.over.is_set():  # a failure because the run was given up is none of the feed's
            self._memories.keep(memory, items=items)

    def _learn(self, memory: Memory, document: Document, *, now: datetime) -> Memory:
        if document.status == 304 and not memory.checksum:
            raise FetchError("the server says 304 Not Modified to a first question")
        checksum = hashlib.sha256(document.body).hexdigest() if document.status == 200 else memory.checksum
        if checksum != memory.checksum:
            parsed = self._parsers.parse(document.body, url=document.url, headers=document.headers, now=now)
            reserved = document.headers.get("tdm-reservation", "").strip() == "1"
            memory = replace(
                memory,
                checksum=checksum,
                items=tuple(map(_without_text, parsed.items)) if reserved else parsed.items,
                warning=parsed.warning,
                ttl_minutes=parsed.ttl_minutes,
                title=parsed.title,
            )
        return after_answer(memory, status=document.status, headers=document.headers, moved_to=document.moved_to, now=now)


def _lanes(feeds: Sequence[Feed]) -> list[list[Feed]]:
    """Sort the feeds into at most PER_HOST rows of each host, as they are listed; the longest rows start first."""
    hosts: dict[str, list[Feed]] = defaultdict(list)
    for feed in feeds:
        hosts[host(feed.url)].append(feed)
    lanes = [own[number::PER_HOST] for own in hosts.values() for number in range(min(PER_HOST, len(own)))]
    return sorted(lanes, key=len, reverse=True)


def _without_text(item: Item) -> Item:
    """Return what is left of an item whose publisher reserves text mining (TDM Reservation Protocol, section 5)."""
    return replace(item, content="")


def _result(feed: Feed, memory: Memory, *, unchanged: bool) -> FeedResult:
    """Return what is known of the feed.

    What was read before a failure is still there to be published; the failure is told beside it.
    """
    entries = tuple(_entry(feed, item) for item in memory.items if item.url and item.title)
    return FeedResult(feed, entries, error=memory.error, warning=advice(memory) or memory.warning, unchanged=unchanged)


def _entry(feed: Feed, item: Item) -> Entry:
    return Entry(
        feed=feed,
        id=item.id,
        url=item.url,
        title=item.title,
        excerpt=item.excerpt,
        content=item.content,
        published=item.published,
        language=feed.language or item.language,
    )
