"""The site's folder changes as a whole: the next site is made beside it and takes its place in one step.

The folder beside (`.groundwire-tmp-…`) stays, as the site before last. The next build brings it up to date by hard links to the files
that it keeps, so that a build touches what changed and readers see the old site or the new one, whenever it is killed. Where the folder
cannot be renamed (a mount point, the folder that `mkdocs serve` shows), it is changed in place; without the state, which goes first
and comes back last, the next build makes everything.
"""

from __future__ import annotations

import ctypes
import errno
import fcntl
import os
import time
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from groundwire.errors import Refused
from groundwire.files.atomic import PREFIX
from groundwire.website.builder.state import forget_state

WAIT_S = 10.0
_HERE, _SWAP_LINUX, _SWAP_DARWIN = -100, 2, 2  # AT_FDCWD, RENAME_EXCHANGE (renameat2), RENAME_SWAP (renamex_np)


@dataclass(frozen=True)
class Tree:
    """`live` is the site, `work` where the next one is made: the same folder where it is changed in place."""

    live: Path
    work: Path

    @property
    def in_place(self) -> bool:
        """Whether the site is changed under its readers' eyes."""
        return self.live == self.work

    def present(self) -> dict[str, int]:
        """List the site's files by path, with their inodes.

        Names that start with a dot are not the site's: MkDocs leaves them alone too.
        """
        return dict(files_in(self.live))

    def prepare(self, keep: Collection[str], *, present: Mapping[str, int], made: Collection[str]) -> None:
        """Make `work` hold exactly the kept files. `made` are those that will come, so that their folders stay."""
        there = present if self.in_place else dict(files_in(self.work))
        if self.in_place:
            forget_state(self.work)
        left = set()
        for path, inode in there.items():
            if path not in keep or present.get(path) != inode:
                os.unlink(f"{self.work}/{path}")
                left.add(os.path.dirname(path))
        self._remove_empty(left, needed={os.path.dirname(path) for path in made})
        for path in keep:
            if there.get(path) != present[path]:
                _link(f"{self.live}/{path}", f"{self.work}/{path}")

    def publish(self) -> None:
        """Put the new site in the old one's place."""
        if self.in_place:
            return
        if not self.live.exists():
            self.work.rename(self.live)
            return
        _exchange(self.work, self.live)
        for foreign in self.work.glob(".*"):  # for example .git, where the site is a branch's checkout
            if not (self.live / foreign.name).exists():
                foreign.rename(self.live / foreign.name)

    def _remove_empty(self, folders: Collection[str], *, needed: set[str]) -> None:
        stay = {"", *needed}
        for folder in needed:
            while folder := os.path.dirname(folder):
                stay.add(folder)
        gone = {parent for folder in folders for parent in _upwards(folder) if parent not in stay}
        for folder in sorted(gone, key=len, reverse=True):
            try:
                os.rmdir(f"{self.work}/{folder}")
            except OSError:
                continue  # something stands in it


def tree_for(site: Path, *, in_place: bool) -> Tree:
    """Return the tree of the site in this folder; a symbolic link to it is followed."""
    live = site.resolve()
    if in_place or live.is_mount():
        return Tree(live, live)
    return Tree(live, live.with_name(f"{PREFIX}{live.name}"))


@contextmanager
def one_at_a_time(tree: Tree) -> Iterator[None]:
    """Hold the site's lock, for one build and its helpers. Raises Refused if another build goes on for `WAIT_S` seconds."""
    tree.live.parent.mkdir(parents=True, exist_ok=True)
    handle = os.open(tree.live.parent, os.O_RDONLY)
    try:
        for _ in range(int(WAIT_S * 10)):
            if _locked(handle):
                break
            time.sleep(0.1)
        else:
            raise Refused(f"another build writes {tree.live}; waited {WAIT_S:g} s. Try again when it has ended.")
        yield
    finally:
        os.close(handle)


def _locked(handle: int) -> bool:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        return error.errno not in (errno.EWOULDBLOCK, errno.EACCES)  # a file system without locks
    return True


def files_in(folder: Path) -> Iterator[tuple[str, int]]:
    """Yield a folder's files with their inodes, except names at its top that start with a dot."""
    stack = [("", str(folder))] if folder.is_dir() else []
    while stack:
        before, place = stack.pop()
        with os.scandir(place) as entries:
            for entry in entries:
                if entry.is_dir(follow_symlinks=False):
                    if before or not entry.name.startswith("."):
                        stack.append((f"{before}{entry.name}/", entry.path))
                elif before or not entry.name.startswith("."):
                    yield f"{before}{entry.name}", entry.inode()


def _upwards(folder: str) -> Iterator[str]:
    while folder:
        yield folder
        folder = os.path.dirname(folder)


def _link(old: str, new: str) -> None:
    try:
        os.link(old, new)
    except FileNotFoundError:
        os.makedirs(os.path.dirname(new), exist_ok=True)
        os.link(old, new)


def _exchange(one: Path, other: Path) -> None:
    """Swap two folders.

    Where the system has no single step for it, there is a moment without the site's folder; `recover` mends that.
    """
    libc = ctypes.CDLL(None, use_errno=True)
    first, second = os.fsencode(one), os.fsencode(other)
    if hasattr(libc, "renameat2") and libc.renameat2(_HERE, first, _HERE, second, _SWAP_LINUX) == 0:
        return
    if hasattr(libc, "renamex_np") and libc.renamex_np(first, second, _SWAP_DARWIN) == 0:
        return
    aside = _aside(other)
    other.rename(aside)
    one.rename(other)
    aside.rename(one)


def recover(tree: Tree) -> None:
    """Complete an exchange of folders that was killed between its renames."""
    aside = _aside(tree.live)
    if aside.exists() and not tree.live.exists():
        aside.rename(tree.live)
    elif aside.exists() and not tree.work.exists():
        aside.rename(tree.work)


def _aside(site: Path) -> Path:
    return site.with_name(f"{PREFIX}{site.name}-before")
