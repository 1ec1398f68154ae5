"""The same work on many things, several at once, with the results in the order of the things.

The threads are daemons and report through queues: ^C ends the run at once, whatever they wait for.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

T = TypeVar("T")
R = TypeVar("R")
AHEAD = 4  # results a worker may be ahead of who takes them


def in_order(do: Callable[[T], R], things: Sequence[T], *, workers: int) -> Iterator[R]:
    """Yield `do` of each thing, in the order of the things; at most `workers` run at once.

    An exception is raised in its thing's place. Nothing new is begun once nobody takes results.
    """
    if workers <= 1 or len(things) <= 1:
        yield from map(do, things)
        return
    results: list[queue.SimpleQueue[tuple[R | None, BaseException | None]]] = [queue.SimpleQueue() for _ in things]
    room, numbers, over = threading.Semaphore(workers * AHEAD), iter(range(len(things))), threading.Event()
    turn = threading.Lock()

    def work() -> None:
        while True:
            room.acquire()
            with turn:
                number = next(numbers, None)
            if number is None or over.is_set():
                room.release()  # so that the others see it too
                return
            try:
                results[number].put((do(things[number]), None))
            except BaseException as error:
                results[number].put((None, error))

    for number in range(min(workers, len(things))):
        threading.Thread(target=work, daemon=True, name=f"work-{number}").start()
    try:
        for result in results:
            value, error = result.get()
            room.release()
            if error is not None:
                raise error
            yield value  # type: ignore[misc]  # no error: it is there
    finally:
        over.set()
        room.release(workers)
