"""How the files of a folder stand: their names and their stamps, so that a run opens what changed and nothing else.

Somebody may edit any page at any time, in place, so every file is looked at: that is the one cost of a run that grows with the pages. It is kept
small: what was noted of a folder is compared as a whole, by its bytes.
"""

from __future__ import annotations

import os
import sqlite3
from array import array
from collections.abc import Collection, Iterator, Mapping
from typing import NamedTuple

from generator.errors import InputError, Refused
from generator.record.placement import unsafe

YOUNG_NS = 2_000_000_000  # file systems' clocks tick at most every two seconds
_NONE = (0, 0, 0, 0)  # the stamp of a file that is too young to have one
_MOST = 2**63 - 1  # that an array holds: inodes may be greater, and the times of files from a far future


class Listing(NamedTuple):
    """The pages of one folder by name, with four numbers each: when it was written and changed, its size, its inode."""

    names: list[str]
    numbers: array[int]
    sure: bool = True  # each file has a stamp

    def stamps(self) -> Iterator[tuple[str, str]]:
        """Each page's name and stamp, '' of a file that is too young to have one."""
        for place, name in enumerate(self.names):
            numbers = self.numbers[4 * place : 4 * place + 4]
            yield name, " ".join(map(str, numbers)) if any(numbers) else ""


Folders = Mapping[str, Listing]


def stamp_of(status: os.stat_result, *, now_ns: int) -> str:
    """By what a file is known to be the one that was read; '' where it is too young for that."""
    numbers = status.st_mtime_ns, status.st_ctime_ns, status.st_size, status.st_ino & _MOST
    return "" if max(numbers[:2]) > now_ns - YOUNG_NS else " ".join(map(str, numbers))


def look(content: str, folder: str, *, now_ns: int) -> dict[str, Listing]:
    """The pages below a folder of content/, by folder; hidden files and listings are none.

    A folder that cannot be read is not an empty one: its pages would count as deleted by a person. Raises OSError, Refused; InputError for a link or device.
    """
    found: dict[str, Listing] = {}
    todo = [folder]
    while todo:
        place = todo.pop()
        listing, below = _listed(f"{content}/{place}", young=now_ns - YOUNG_NS)
        todo += [f"{place}/{name}" for name in below]
        if listing.names:
            found[place] = listing
    return found


def _listed(folder: str, *, young: int) -> tuple[Listing, list[str]]:
    """A folder's pages, and the folders in it. Asked of the open folder, each name costs one step of the system and no path."""
    try:
        opened = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    except FileNotFoundError:
        return Listing([], array("q")), []
    except OSError:
        _refuse(folder)
        raise
    try:
        names, below = _names(opened, folder)
        _refuse_no_text(folder, names + below)
        numbers = _numbers(folder, names, opened)
    finally:
        os.close(opened)
    newest = max((*numbers[::4], *numbers[1::4]), default=young)
    if newest > young:
        for place in range(0, len(numbers), 4):
            if max(numbers[place : place + 2]) > young:
                numbers[place : place + 4] = array("q", _NONE)
    return Listing(names, numbers, newest <= young), below


def _names(opened: int, folder: str) -> tuple[list[str], list[str]]:
    """The pages and the folders of an open folder, by name."""
    names, below = [], []
    with os.scandir(opened) as entries:
        for entry in entries:
            name = entry.name
            if name[0] == ".":
                continue
            if entry.is_dir():
                below += [] if entry.is_symlink() else [name]
            elif name[-3:] == ".md" and name != "index.md":
                if not entry.is_file(follow_symlinks=False):
                    _refuse(f"{folder}/{name}")
                names.append(name)
    return sorted(names), sorted(below)


def _refuse(path: str) -> None:
    """Raise InputError where it is a link or a device."""
    if problem := unsafe(os.path.relpath(path), os.lstat(path).st_mode):
        raise InputError([problem])


def _numbers(folder: str, names: list[str], opened: int) -> array[int]:
    """Four numbers a page, at most what an array holds. Raises OSError with the path of a link that leads nowhere."""
    stat, most = os.stat, _MOST
    try:
        return array(
            "q",
            [
                number
                for name in names
                for one in (stat(name, dir_fd=opened),)
                for number in (one.st_mtime_ns, one.st_ctime_ns, one.st_size, one.st_ino & most)
            ],
        )
    except OverflowError:
        found = [os.stat(f"{folder}/{name}") for name in names]
        times = [(min(one.st_mtime_ns, most), min(one.st_ctime_ns, most), one.st_size, one.st_ino & most) for one in found]
        return array("q", [number for four in times for number in four])
    except OSError:
        for name in names:
            os.stat(f"{folder}/{name}")
        raise


def _refuse_no_text(folder: str, names: list[str]) -> None:
    """A name becomes an address, which is UTF-8."""
    try:
        "".join(names).encode()
    except UnicodeEncodeError:
        shown = next(one for one in (os.fsencode(name).decode("utf-8", "backslashreplace") for name in names) if "\\x" in one)
        raise Refused(f"{folder}/{shown}: this name is not UTF-8, so it can be no address; rename it") from None


def differences(db: sqlite3.Connection, folders: Folders) -> list[tuple[str, str | None]]:
    """The paths of files that are not as they were noted, in order, each with its stamp, None where it is gone."""
    kept = _kept(db)
    found: list[tuple[str, str | None]] = []
    for folder in kept.keys() | folders.keys():
        now = folders.get(folder, _EMPTY)
        if not (now.sure and _noted(now) == kept.get(folder)):
            files, before = dict(now.stamps()), dict(_restored(*kept.get(folder, (b"", b""))).stamps())
            unlike = (name for name in before.keys() | files.keys() if not before.get(name) == files.get(name) != "")
            found += [(f"{folder}/{name}", files.get(name)) for name in unlike]
    return sorted(found, key=lambda one: one[0].split("/"))


def note(db: sqlite3.Connection, folders: Folders, *, unsure: Collection[str]) -> None:
    """Note how the files are; those at the `unsure` paths are told as different again next time."""
    kept = _kept(db)
    noted = {folder: _noted(listing) for folder, listing in folders.items()}
    for path in unsure:
        folder, _, name = path.rpartition("/")
        numbers = array("q", noted[folder][1])
        place = 4 * folders[folder].names.index(name)
        numbers[place : place + 4] = array("q", _NONE)
        noted[folder] = (noted[folder][0], numbers.tobytes())
    db.executemany("DELETE FROM folders WHERE folder = ?", [(folder,) for folder in kept.keys() - noted.keys()])
    changed = [(folder, *row) for folder, row in noted.items() if kept.get(folder) != row]
    db.executemany("INSERT OR REPLACE INTO folders VALUES (?, ?, ?)", changed)


_EMPTY = Listing([], array("q"))


def _kept(db: sqlite3.Connection) -> dict[str, tuple[bytes, bytes]]:
    return {
        folder: (names, stamps) for folder, names, stamps in db.execute("SELECT folder, names, stamps FROM folders").fetchall()
    }


def _noted(listing: Listing) -> tuple[bytes, bytes]:
    return os.fsencode("/".join(listing.names)), listing.numbers.tobytes()  # no name has a slash


def _restored(names: bytes, stamps: bytes) -> Listing:
    return Listing(os.fsdecode(names).split("/") if names else [], array("q", stamps))
