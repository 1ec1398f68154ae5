"""Parsing in processes that can be killed: seconds and memory are bounded, whatever a document does to its parser."""

from __future__ import annotations

import multiprocessing
import resource
import sys
from collections.abc import Mapping
from concurrent.futures import TimeoutError as FutureTimeout
from datetime import datetime
from types import TracebackType
from typing import Any

from generator.feeds.items import NotAFeed, Parsed
from generator.feeds.parse import parse_feed

SECONDS = 10
MEGABYTES = 512


class Parsers:
    """A few parsing processes, started when the first document comes."""

    def __init__(self, *, processes: int = 2, seconds: float = SECONDS, megabytes: int = MEGABYTES) -> None:
        self._processes, self._seconds, self._megabytes = processes, seconds, megabytes
        self._pool: Any = None

    def __enter__(self) -> Parsers:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if self._pool is not None:
            self._pool.stop()
            self._pool.join()

    def start(self) -> None:
        """Start the processes. Call it from the main thread, before other threads parse."""
        from pebble import ProcessPool

        if self._pool is None:
            context = multiprocessing.get_context("forkserver")
            self._pool = ProcessPool(self._processes, initializer=_bound, initargs=(self._megabytes,), context=context)

    def parse(self, body: bytes, *, url: str, headers: Mapping[str, str], now: datetime) -> Parsed:
        """As `parse_feed`, within the bounds. Raises NotAFeed with the reason."""
        from pebble import ProcessExpired

        self.start()
        future = self._pool.schedule(_parse, args=(body, url, dict(headers), now), timeout=self._seconds)
        try:
            answer: Parsed | str = future.result()
        except FutureTimeout:
            raise NotAFeed(f"reading it took more than {self._seconds:g} s") from None
        except (MemoryError, RecursionError):
            raise NotAFeed(f"reading it takes more than {self._megabytes} MB") from None
        except ProcessExpired:
            raise NotAFeed("reading it broke the parser") from None
        if isinstance(answer, str):
            raise NotAFeed(answer)
        return answer


def _parse(body: bytes, url: str, headers: dict[str, str], now: datetime) -> Parsed | str:
    try:
        return parse_feed(body, url=url, headers=headers, now=now)
    except NotAFeed as error:
        return str(error)


def _bound(megabytes: int) -> None:
    if sys.platform == "linux":  # elsewhere the kernel does not hold to it
        resource.setrlimit(resource.RLIMIT_DATA, (megabytes << 20, megabytes << 20))
