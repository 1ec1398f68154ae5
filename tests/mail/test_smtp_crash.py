"""Point 1 of the checklist: a sender that is killed again and again loses nobody, and repeats at most the mail in its hand."""

from __future__ import annotations

import multiprocessing
import random
import time
from pathlib import Path

import pytest
from mailkit import MAILING, Flaky, peopled, send_all, smtp_sink

from generator.subscribers.database import Database
from generator.subscribers.ledger import Deliveries

KILLS, READERS = 40, 600


@pytest.mark.slow
def test_point_1_forty_kills(tmp_path: Path) -> None:
    path = tmp_path / "people.sqlite"
    peopled(path, READERS).close()
    children = multiprocessing.get_context("forkserver")
    children.set_forkserver_preload(["mailkit"])
    chance = random.Random(40)
    with smtp_sink() as sink:
        flaky = Flaky(sink.port, late_s=0.02, put_off=0.05)
        flaky.start()
        for _ in range(KILLS):
            child = children.Process(target=send_all, args=(path, flaky.port))
            child.start()
            time.sleep(chance.uniform(0.15, 0.45))
            assert child.is_alive(), "it was through before the kills were: more readers are needed"
            child.kill()
            child.join()
        assert send_all(path, flaky.port) == ""
        taken, got = sink.taken(), sink.recipients()
    assert set(got) == {f"reader{number}@example.org" for number in range(READERS)}, "nobody is lost"
    assert len(taken) == READERS, "a repeat is the same mail: as many Message-IDs as readers"
    repeats = sum(taken.values()) - READERS
    assert repeats <= KILLS, "at most one repeat a crash"
    assert repeats > 0, "a test of crashes in which none hurt shows nothing"
    assert flaky.refused > READERS * 0.01
    with Database(path) as database:
        assert Deliveries(database).counts(MAILING) == {"sent": READERS}
    print(f"{KILLS} kills, {READERS} readers: 0 lost, {repeats} repeated, {flaky.refused} answers of 451")  # noqa: T201  # the figures


def test_point_7_the_rate_at_a_real_server(tmp_path: Path) -> None:
    path = tmp_path / "people.sqlite"
    peopled(path, 30).close()
    with smtp_sink() as sink:
        began = time.monotonic()
        send_all(path, sink.port, per_second=40)
        took = time.monotonic() - began
        assert len(sink.taken()) == 30
    assert took >= 29 / 40
