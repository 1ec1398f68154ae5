"""The errors that a user can mend, and the form in which they are told.

GroundwireError            exit 1: yours to mend
├── InputError             files that break a contract; carries every Problem at once
├── LockHeld               another run is writing
├── FeedsFailed            no feed could be read
└── Refused                a command that would do harm as things stand, with what to change
Unreadable                 one document or text of others could not be read: a value of the run, which goes on
Anything else that reaches `cli.py` is our bug: exit 3.
"""

from __future__ import annotations

import errno
import os
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


class Unreadable(Exception):
    """One document or one text of others could not be read; the text says why. It is that document's failure, and the run goes on."""


def not_utf8(file: str, error: UnicodeDecodeError) -> Problem:
    """Describe a file in another encoding, with the line of the first byte that is not UTF-8."""
    before = error.object[: error.start]
    column = len(before[before.rfind(b"\n") + 1 :].decode("utf-8", "replace")) + 1
    message = f"not UTF-8 text ({error.reason}); open it in an editor and save it with the encoding UTF-8"
    return Problem(file, message, before.count(b"\n") + 1, column)


_OF_THE_DISK = {
    errno.EISDIR: ("this is a folder, and a file belongs here; give it another name", "mv {file} {file}-folder"),
    errno.ENOTDIR: ("a file stands where a folder belongs on this path; give it another name", ""),
    errno.EACCES: ("this user may not read or write it", "chmod u+rwX {file}"),
    errno.EPERM: ("this user may not change it", "chmod u+rwX {file}"),
    errno.EROFS: ("it is on a disk that can only be read; work in a copy", "cp -r . ~/briefing"),
    errno.ELOOP: ("this link leads to itself; remove it", "rm {file}"),
    errno.ENOSPC: ("no space is left on the disk; make room and run it again", "df -h ."),
    errno.EDQUOT: ("this user's share of the disk is used up; make room and run it again", "df -h ."),
}


def of_the_disk(error: OSError) -> InputError | None:
    """Say what the owner can mend about a file or the disk; None where the fault may be ours."""
    file = os.path.relpath(os.fsdecode(error.filename)) if isinstance(error.filename, str | bytes | os.PathLike) else ""
    folder, _, name = file.rpartition("/")
    if name.startswith(".groundwire-tmp-"):  # what files/atomic.py writes first
        file = folder or "."
    message, example = _OF_THE_DISK.get(error.errno or 0, ("", ""))
    if error.errno == errno.ENOENT and file and os.path.islink(file):  # noqa: PTH114  # no pathlib in what every command imports
        message, example = "this link leads to a file that is not there; remove it", "rm {file}"
    if not message:
        return None
    return InputError([Problem(file or ".", message, example=example.format(file=file or "."))])
