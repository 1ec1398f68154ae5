"""Files written whole or not at all: beside, flushed, renamed."""

from __future__ import annotations

import os
from pathlib import Path

PREFIX = ".groundwire-tmp-"


def write_atomic(path: Path, data: str | bytes) -> bool:
    """Make `path` hold `data`; says whether anything changed. A reader sees the old file or the new one."""
    raw = data.encode("utf-8") if isinstance(data, str) else data
    try:
        if path.read_bytes() == raw:
            return False
    except (FileNotFoundError, NotADirectoryError):
        pass
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f"{PREFIX}{os.getpid()}-{path.name}"[:200])
    try:
        with temporary.open("wb") as handle:
            handle.write(raw)
            handle.flush()
            os.fsync(handle.fileno())
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)
    _sync_folder(path.parent)
    return True


def move_whole(written: Path, path: Path) -> None:
    """Make a file that was written beside it `path`, flushed first: a reader sees the old one or the new one, also after a power cut."""
    with written.open("rb") as handle:
        os.fsync(handle.fileno())
    written.replace(path)
    _sync_folder(path.parent)


def sweep(folder: Path, *, below: bool = True) -> None:
    """Remove what a killed writer left beside its files, `below` in all folders. Call it with the publication's lock held."""
    for place, folders, names in os.walk(folder):
        for name in names:
            if name.startswith(PREFIX):
                Path(place, name).unlink(missing_ok=True)
        if not below:
            folders.clear()


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
