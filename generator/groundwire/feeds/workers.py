"""Parsing in processes that can be killed: seconds and memory are bounded, whatever a document does to its parser."""

from __future__ import annotations

import multiprocessing
import os
import resource
import signal
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import TimeoutError as FutureTimeout
from dataclasses import dataclass
from datetime import datetime
from multiprocessing import forkserver, resource_tracker
from multiprocessing.context import BaseContext
from types import TracebackType
from typing import Any, TypeVar

from groundwire.feeds.items import NotAFeed, Parsed
from groundwire.feeds.parse import parse_feed
from groundwire.text.bounded import reason

T = TypeVar("T")
SECONDS = 10
MEGABYTES = 512
# What the first process loads, so that the others are forked with it loaded.
PRELOAD = ["feedparser", "nh3", "groundwire.feeds.parse"]
_OUT_OF_MEMORY = 86


class Parsers:
    """A few parsing processes, started when the first document comes. Safe to use from several threads.

    `preload`: modules of the functions that are called in them, besides the parser's.
    """

    def __init__(
        self, *, processes: int = 2, seconds: float = SECONDS, megabytes: int = MEGABYTES, preload: Sequence[str] = ()
    ) -> None:
        self._processes, self._seconds, self._megabytes, self._preload = processes, seconds, megabytes, preload
        self._lock = threading.Lock()
        self._closed = False
        self._pool: Any = None

    def __enter__(self) -> Parsers:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        with self._lock:
            self._closed = True
            if self._pool is not None:
                self._pool.stop()
                self._pool.join()

    def parse(self, body: bytes, *, url: str, headers: Mapping[str, str], now: datetime) -> Parsed:
        """Parse a feed as `parse_feed` does, within the bounds. Raises NotAFeed with the reason."""
        return self.call(_parse, body, url, dict(headers), now)

    def call(self, function: Callable[..., T], *args: object) -> T:
        """Call a function of untrusted data within the bounds.

        Raises NotAFeed where it breaks them, and where it raises anything: what a document does to its reader is the document's
        failure. Function, arguments and answer are pickled; the function is found by its module's name.
        """
        from pebble import ProcessExpired

        future = self._started().schedule(_guarded, args=(function, args), timeout=self._seconds)
        try:
            # The time counts from the start of the work; the wait for a turn is bounded too, should the pool itself break.
            answer: T | _Raised = future.result(timeout=self._seconds * 60)
        except FutureTimeout:
            raise NotAFeed(f"reading it took more than {self._seconds:g} s") from None
        except ProcessExpired as error:
            if error.exitcode == _OUT_OF_MEMORY:
                raise NotAFeed(f"reading it takes more than {self._megabytes} MB") from None
            raise NotAFeed("reading it broke the parser") from None
        if isinstance(answer, _Raised):
            raise NotAFeed(answer.why)
        return answer

    def _started(self) -> Any:
        from pebble import ProcessPool

        with self._lock:
            if self._closed:
                raise NotAFeed("the run was interrupted")
            if self._pool is None:
                context = _context([*PRELOAD, *self._preload])
                self._pool = ProcessPool(self._processes, initializer=_bound, initargs=(self._megabytes,), context=context)
            return self._pool


def _context(preload: list[str]) -> BaseContext:
    """Start processes that are forked from a clean one, so safe beside threads. ^C goes to the whole group, but not to them."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(preload)
    resource_tracker.ensure_running()  # first, as its start unblocks SIGINT again
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})  # inherited, also while they start
    try:
        forkserver.ensure_running()
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
    return context


@dataclass(frozen=True)
class _Raised:
    """What a call came to instead of an answer, in words: an exception of any library need not survive the way between processes."""

    why: str


def _guarded(function: Callable[..., T], args: tuple[object, ...]) -> T | _Raised:
    """Call the function; out of memory the process ends, since what it holds is in pieces."""
    try:
        return function(*args)
    except MemoryError:
        os._exit(_OUT_OF_MEMORY)
    except Exception as error:
        return _Raised(reason(error))


def _parse(body: bytes, url: str, headers: dict[str, str], now: datetime) -> Parsed:
    return parse_feed(body, url=url, headers=headers, now=now)


def _bound(megabytes: int) -> None:
    if sys.platform == "linux":  # elsewhere the kernel does not hold to it
        resource.setrlimit(resource.RLIMIT_DATA, (megabytes << 20, megabytes << 20))
