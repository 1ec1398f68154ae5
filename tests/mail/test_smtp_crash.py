"""Point 1 of the checklist: a sender that is killed again and again loses nobody, and repeats at most the mail in its hand."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from groundwire.subscribers.database import Database
from groundwire.subscribers.ledger import Deliveries
from mailkit import MAILING, Flaky, peopled, send_all, smtp_sink

KILLS, READERS = 40, 400
# Imports once, then starts a sender for every line that it reads: 40 starts of Python would take longer than the sending.
STARTER = """
import os, sys
from pathlib import Path
from mailkit import send_all
for _ in sys.stdin:
    pid = os.fork()
    if not pid:
        send_all(Path(sys.argv[1]), int(sys.argv[2]))
        os._exit(0)
    print(pid, flush=True)
    os.waitpid(pid, 0)
"""


@contextmanager
def starter(path: Path, port: int) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-c", STARTER, str(path), str(port)]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment) as process:
        yield process
        assert process.stdin is not None
        process.stdin.close()


def start(process: subprocess.Popen[str]) -> int:
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write("\n")
    process.stdin.flush()
    return int(process.stdout.readline())


@pytest.mark.slow
def test_point_1_forty_kills(tmp_path: Path) -> None:
    path = tmp_path / "people.sqlite"
    peopled(path, READERS).close()
    chance = random.Random(40)
    with smtp_sink() as sink:
        flaky = Flaky(sink.port, late_s=0.02, put_off=0.05)
        flaky.start()
        with starter(path, flaky.port) as process:
            for _ in range(KILLS):
                before = flaky.asked
                sender = start(process)
                while flaky.asked == before:
                    time.sleep(0.002)
                time.sleep(chance.uniform(0, 0.15))
                os.kill(sender, signal.SIGKILL)  # fails where it was through before: then more readers are needed
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
