"""A few inputs of each boundary's fuzzer (`make fuzz` runs many), so that it works when it is wanted."""

from __future__ import annotations

import random
import signal
from pathlib import Path

import pytest

from fuzz import BOUNDARIES, Fuzzer, mutated, seeds_of, stop_by_the_clock


@pytest.mark.parametrize("name", list(BOUNDARIES))
def test_a_few_changed_inputs_keep_every_promise(name: str, tmp_path: Path) -> None:
    before = signal.getsignal(signal.SIGPROF)
    stop_by_the_clock()
    fuzzer, chance, seeds = Fuzzer(name, tmp_path), random.Random(7), seeds_of([])
    try:
        BOUNDARIES[name](seeds[0])  # imports what it needs, without the clock
        for _ in range(40):
            fuzzer.one(mutated(chance.choice(seeds), chance.choice(seeds), chance))
    finally:
        signal.signal(signal.SIGPROF, before)
    assert fuzzer.inputs == 40
    assert fuzzer.kinds == {}


def test_a_broken_promise_is_found_and_kept_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(data: bytes) -> None:
        if b"!" in data:
            raise KeyError("our bug")

    monkeypatch.setitem(BOUNDARIES, "broken", broken)
    fuzzer = Fuzzer("broken", tmp_path)
    for data in (b"fine", b"bad!", b"bad! again"):
        fuzzer.one(data)
    assert list(fuzzer.kinds.values()) == [2]
    assert [path.read_bytes() for path in tmp_path.glob("broken-*") if not path.suffix] == [b"bad!"]
