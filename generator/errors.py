"""The errors that a user can mend, and the form in which they are told.

GroundwireError            exit 1: yours to mend
├── InputError             files that break a contract; carries every Problem at once
├── LockHeld               another run is writing
├── FeedsFailed            no feed could be read
└── Refused                a command that would do harm as things stand, with what to change
Anything else that reaches `cli.py` is our bug: exit 3.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

Level = Literal["error", "warning"]


@dataclass(frozen=True, slots=True)
class Mend:
    """What `check --fix` may write without asking: another name for a key, another value, or other words in place of `old` in a text."""

    path: tuple[str | int, ...] = ()
    key: str = ""
    value: str = ""
    old: str = ""


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong in one file. `line` and `column` count from 1; 0 means the file as a whole."""

    file: str
    message: str
    line: int = 0
    column: int = 0
    key: str = ""
    example: str = ""
    level: Level = "error"
    mend: Mend | None = None

    def __str__(self) -> str:
        place = self.file + (f":{self.line}:{self.column}" if self.line else "")
        key = f"{self.key}: " if self.key else ""
        text = f"{place}: {self.level}: {key}{self.message}"
        if not self.example:
            return text
        first, *rest = self.example.splitlines()
        return "\n".join([text, f"    write: {first}", *(f"           {line}" for line in rest)])


class GroundwireError(Exception):
    """Base of all errors that are the user's to mend (exit 1). The text names the file, the fault, a right example."""


class InputError(GroundwireError):
    """Files that break their contract, all problems at once."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(map(str, self.problems)))


class LockHeld(GroundwireError):
    """Another process writes to the same publication."""


class FeedsFailed(GroundwireError):
    """Every feed failed: nothing could be read, which is a fault of the set-up or of the network."""


class Refused(GroundwireError):
    """The command would do harm, or nothing, as things stand; the message says what to change."""
