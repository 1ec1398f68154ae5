"""One writer at a time: an OS file lock on the publication, with its holder's name for the one who waits."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from groundwire.errors import LockHeld

WAIT_S = 10.0


@contextmanager
def held(folder: Path, *, command: str, wait_s: float = WAIT_S, sweep: Callable[[], None] | None = None) -> Iterator[None]:
    """Hold the lock of the publication whose private folder this is. Raises LockHeld after `wait_s` seconds.

    The kernel lets go of the lock when its holder dies, however it dies. The note beside it is for people, and, left behind, says that a holder was cut
    off: then, and where nobody knows, `sweep` puts away what lies about; a holder that has none leaves the note to the next one.
    """
    from filelock import FileLock, Timeout  # 40 ms that `--help` need not pay

    note = folder / "lock.holder.json"
    unknown = not folder.exists()
    folder.mkdir(parents=True, exist_ok=True)
    lock = FileLock(str(folder / "lock"), timeout=wait_s)
    try:
        with lock:
            cut_off = note.exists()
            note.write_text(json.dumps({"pid": os.getpid(), "command": command}), encoding="utf-8")
            if sweep and (cut_off or unknown):
                sweep()
            yield
            if sweep or not cut_off:
                note.unlink(missing_ok=True)
    except Timeout:
        raise LockHeld(
            f"{_holder(note)} is writing to this publication; waited {wait_s:g} s. Try again when it has ended."
        ) from None


def _holder(note: Path) -> str:
    try:
        data = json.loads(note.read_text(encoding="utf-8"))
        return f"`groundwire {data['command']}` (process {data['pid']})"
    except (OSError, ValueError, KeyError, TypeError):
        return "another groundwire process"


def refuse_other_platforms(platform: str = sys.platform) -> str:
    """Return '' on POSIX, elsewhere the line that says why Groundwire does not run there."""
    if platform in ("win32", "cygwin", "emscripten", "wasi"):
        return "Groundwire runs on Linux, macOS and WSL; on Windows, run it inside WSL (`wsl --install`)."
    return ""
