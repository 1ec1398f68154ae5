"""What was worked out once, kept by the hash of what it was worked out from: .cache/KIND.txt, which may be deleted at any time.

A file is believed where the same code wrote it: its first line is a hash of every module of the package, the Python and the libraries that
are installed. A row is believed where its checksum holds. So a changed module, an upgrade and a flipped bit cost time and change no answer.
"""

from __future__ import annotations

import hashlib
import sys
from contextlib import suppress
from functools import cache
from pathlib import Path

from groundwire.files.atomic import write_atomic

_PACKAGE = Path(__file__).parents[1]


class Cache:
    """One kind of values. Keys and values are text without line breaks; a key has no blanks."""

    def __init__(self, folder: Path | None, kind: str) -> None:
        """Values in `folder`; with None nothing is kept from run to run."""
        self._file = folder / f"{kind}.txt" if folder else None
        self._kept = _read(self._file) if self._file else {}
        self._used: dict[str, str] = {}

    def get(self, key: str) -> str | None:
        """Return the value of a key, None where there is none."""
        value = self._used.get(key) or self._kept.get(key)
        if value is not None:
            self._used[key] = value
        return value

    def put(self, key: str, value: str) -> None:
        """Keep a value."""
        self._used[key] = value

    def drop(self, key: str) -> None:
        """Forget a value that turned out to be of no use."""
        self._used.pop(key, None)
        self._kept.pop(key, None)

    def save(self) -> None:
        """Write what was asked for or put since the file was read, and forget the rest. A full disk costs time, no more."""
        if self._file is None or self._used == self._kept:
            return
        rows = (f"{key} {_checksum(key, value)} {value}\n" for key, value in self._used.items())
        with suppress(OSError):
            write_atomic(self._file, "".join((made_by(), "\n", *rows)))
            self._kept = dict(self._used)


def _read(file: Path) -> dict[str, str]:
    try:
        head, _, rows = file.read_text(encoding="utf-8").partition("\n")
    except (OSError, UnicodeDecodeError):
        return {}
    if head != made_by():
        return {}
    parts = (row.split(" ", 2) for row in rows.split("\n"))
    return {part[0]: part[2] for part in parts if len(part) == 3 and part[1] == _checksum(part[0], part[2])}


def _checksum(key: str, value: str) -> str:
    return hashlib.blake2b(f"{key} {value}".encode(), digest_size=8).hexdigest()


@cache
def made_by() -> str:
    """Return a hash of all that decides a value: every file of this package, the Python, the names and versions of what is installed."""
    found = hashlib.sha256(sys.version.encode())
    for file in sorted(_PACKAGE.rglob("*")):
        if file.suffix != ".pyc" and file.is_file():
            found.update(f"{file.relative_to(_PACKAGE)}\0".encode() + file.read_bytes())
    found.update(repr(installed()).encode())
    return found.hexdigest()


@cache
def installed() -> dict[str, str]:
    """Return the versions of all installed distributions by name, as the names of their folders have them (PEP 376)."""
    folders = [path.stem for place in sys.path for path in sorted(Path(place).glob("*.dist-info"))]
    return {name: version for name, _, version in (folder.partition("-") for folder in reversed(folders))}
