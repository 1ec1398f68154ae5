"""Work in parallel: results in order, never more at once than allowed, failures in their place."""

from __future__ import annotations

import threading

import pytest

from groundwire.concurrency import AHEAD, in_order


def test_results_come_in_order_whatever_ends_first() -> None:
    first = threading.Event()

    def work(number: int) -> int:
        if number == 0:
            assert first.wait(10)
        if number == 3:
            first.set()
        return number * 10

    assert list(in_order(work, range(8), workers=4)) == [n * 10 for n in range(8)]


@pytest.mark.parametrize("workers", [1, 2, 5])
def test_no_more_at_once_than_allowed(workers: int) -> None:
    lock, now, most = threading.Lock(), 0, 0
    together = threading.Barrier(workers)

    def work(number: int) -> None:
        nonlocal now, most
        with lock:
            now += 1
            most = max(most, now)
        together.wait(10)  # all of them are here at once
        with lock:
            now -= 1

    assert len(list(in_order(work, range(workers * 4), workers=workers))) == workers * 4
    assert most == workers


def test_a_failure_is_raised_in_its_place_and_nothing_new_is_begun() -> None:
    begun: list[int] = []

    def work(number: int) -> int:
        begun.append(number)
        if number == 3:
            raise KeyError(number)
        return number

    results = in_order(work, range(1_000), workers=2)
    assert [next(results), next(results), next(results)] == [0, 1, 2]
    with pytest.raises(KeyError):
        next(results)
    assert len(begun) <= 3 + 2 + 2 * AHEAD


def test_nothing_runs_far_ahead_of_who_takes_the_results() -> None:
    begun: list[int] = []
    results = in_order(lambda n: begun.append(n), range(1_000), workers=2)
    next(results)
    results.close()  # type: ignore[attr-defined]  # a generator, whatever its type says
    assert len(begun) <= 1 + 2 + 2 * AHEAD
