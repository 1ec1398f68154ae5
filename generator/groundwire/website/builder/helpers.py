"""A big build on all processors: the process forks when MkDocs knows its files, and each copy makes its share of the pages.

The copies write different files of the same folder. What a helper heard and found it tells at its end; then it is gone.
"""

from __future__ import annotations

import json
import logging
import os
import signal
from dataclasses import dataclass, field
from typing import Any

from groundwire.errors import GroundwireError

MANY = 200  # pages; below that a second process is not worth its start
MOST = 8


class Recorder(logging.Handler):
    """Keeps what a helper would say, so that the main process says it, and counts it, in its place."""

    def __init__(self) -> None:
        super().__init__()
        self.records: list[tuple[int, str]] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Keep one line."""
        self.records.append((record.levelno, record.getMessage()))


@dataclass
class Team:
    """`number` is this process's place, 0 for the main one; only that one has `others`: process and pipe of each helper."""

    size: int = 1
    number: int = 0
    others: list[tuple[int, int]] = field(default_factory=list)
    main: int = 0
    pipe: int = -1
    recorder: Recorder | None = None

    @property
    def helper(self) -> bool:
        """Whether this process only helps."""
        return self.number > 0

    def share(self, work: list[str]) -> list[str]:
        """Return this process's part of the work."""
        return work[self.number :: self.size]

    def check(self) -> None:
        """End a helper whose main process was killed: another build may begin."""
        if self.helper and os.getppid() != self.main:
            os._exit(1)

    def tell(self, found: Any) -> None:
        """Send what a helper found, and its log, to the main process; then end the helper. Never returns."""
        lines = self.recorder.records if self.recorder else []
        with os.fdopen(self.pipe, "w", encoding="utf-8") as pipe:
            json.dump({"found": found, "lines": lines}, pipe)
        os._exit(0)

    def gather(self) -> list[Any]:
        """Wait for the helpers, repeat what they logged, and return what they found.

        Raises GroundwireError if one of them died.
        """
        answers = []
        while self.others:
            process, pipe = self.others.pop(0)
            with os.fdopen(pipe, encoding="utf-8") as stream:
                text = stream.read()
            status = os.waitstatus_to_exitcode(os.waitpid(process, 0)[1])
            if status or not text:
                raise GroundwireError(f"a helper of the build ended early ({status}); was there too little memory?")
            answers.append(json.loads(text))
        for answer in answers:
            for level, line in answer["lines"]:
                logging.getLogger("mkdocs").log(level, line)
        return [answer["found"] for answer in answers]

    def dismiss(self) -> None:
        """Kill the helpers of a build that failed."""
        for process, pipe in self.others:
            os.kill(process, signal.SIGKILL)
            os.waitpid(process, 0)
            os.close(pipe)
        self.others.clear()


def make_team(work: int, *, processors: int | None = None) -> Team:
    """Fork as many processes as the work is worth; returns in each of them, with that process's number."""
    size = min(processors or _processors(), MOST) if work >= MANY else 1
    main, others = os.getpid(), []
    for number in range(1, size):
        reading, writing = os.pipe()
        process = os.fork()
        if process == 0:
            os.close(reading)
            signal.signal(signal.SIGINT, signal.SIG_DFL)  # ^C is the main process's to answer
            return Team(size, number, main=main, pipe=writing, recorder=_quiet())
        os.close(writing)
        others.append((process, reading))
    return Team(size, 0, others, main)


def _processors() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _quiet() -> Recorder:
    recorder, logger = Recorder(), logging.getLogger("mkdocs")
    logger.handlers, logger.propagate = [recorder], False
    return recorder
