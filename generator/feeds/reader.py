"""Feeds as entries: asked together, politely and conditionally; every failure is a value that names its feed."""

from __future__ import annotations

import hashlib
import threading
from collections import defaultdict
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import replace
from datetime import datetime

from generator.feeds.items import Item, NotAFeed
from generator.feeds.memory import Memories, Memory
from generator.feeds.pace import advice, after_answer, after_failure, conditions, is_due
from generator.feeds.web import FetchError, Web
from generator.feeds.workers import Parsers
from generator.model import Entry, Feed, FeedResult
from generator.record.urls import host

PER_HOST = 2


class WebReader:
    """Reads feeds over HTTP. `force` asks also those that are not due yet."""

    def __init__(self, web: Web, parsers: Parsers, memories: Memories, *, concurrency: int = 8, force: bool = False) -> None:
        self._web, self._parsers, self._memories = web, parsers, memories
        self._concurrency, self._force = concurrency, force
        self._hosts: dict[str, threading.Semaphore] = defaultdict(lambda: threading.Semaphore(PER_HOST))

    def read(self, feeds: Sequence[Feed], *, now: datetime) -> Iterator[FeedResult]:
        """One result a feed, as they come."""
        self._parsers.start()
        with ThreadPoolExecutor(self._concurrency, thread_name_prefix="fetch") as pool:
            asked = [pool.submit(self._read, feed, self._hosts[host(feed.url)], now) for feed in feeds]
            try:
                for done in as_completed(asked):
                    yield done.result()
            except BaseException:
                pool.shutdown(wait=False, cancel_futures=True)
                raise

    def _read(self, feed: Feed, turn: threading.Semaphore, now: datetime) -> FeedResult:
        memory = self._memories.recall(feed.url)
        if not self._force and not is_due(memory, now=now):
            return _result(feed, memory, unchanged=True)
        try:
            with turn:
                fresh = self._ask(memory, now=now)
        except (FetchError, NotAFeed) as error:
            status, wait = getattr(error, "status", 0), getattr(error, "retry_after", "")
            memory = after_failure(memory, status=status, retry_after=wait, now=now)
            self._memories.keep(memory)
            # What was read before is still there to be published; the failure is told beside it.
            return replace(_result(feed, memory, unchanged=True), error=advice(memory) or str(error))
        self._memories.keep(fresh)
        return _result(feed, fresh, unchanged=fresh.items is memory.items)

    def _ask(self, memory: Memory, *, now: datetime) -> Memory:
        document = self._web.get(memory.url, headers=conditions(memory))
        checksum = hashlib.sha256(document.body).hexdigest() if document.status == 200 else memory.checksum
        if checksum != memory.checksum:
            parsed = self._parsers.parse(document.body, url=document.url, headers=document.headers, now=now)
            memory = replace(
                memory,
                checksum=checksum,
                items=parsed.items,
                warning=parsed.warning,
                ttl_minutes=parsed.ttl_minutes,
                title=parsed.title,
            )
        return after_answer(memory, headers=document.headers, moved_to=document.moved_to, now=now)


def _result(feed: Feed, memory: Memory, *, unchanged: bool) -> FeedResult:
    entries = tuple(_entry(feed, item) for item in memory.items if item.url and (item.title or item.excerpt))
    return FeedResult(feed, entries, warning=advice(memory) or memory.warning, unchanged=unchanged)


def _entry(feed: Feed, item: Item) -> Entry:
    return Entry(
        feed=feed,
        id=item.id,
        url=item.url,
        title=item.title or item.excerpt[:120],
        excerpt=item.excerpt,
        content=item.content,
        published=item.published,
        language=feed.language or item.language,
    )
