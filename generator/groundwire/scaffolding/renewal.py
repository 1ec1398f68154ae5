"""A new version for a publication, without touching what its owner owns: decisions as values, then the files.

Of a copy of the template: a file that stands as some version of the template once had it is the machinery's and is replaced; one that differs from
all of them was changed by the owner, and stays. So the template's history is asked, nothing has to be remembered in the copy, and a killed
upgrade is simply run again. Of a publication made by `init` from the installed package: the few files that `init` wrote are judged by the hashes
that it noted down.
"""

from __future__ import annotations

import hashlib
import json
import subprocess
from collections import defaultdict
from collections.abc import Mapping, Set
from dataclasses import dataclass
from pathlib import Path

from groundwire.errors import Refused
from groundwire.files.atomic import write_atomic

NOTE = ".groundwire-made.json"  # of a publication without a copy of the machinery: what `init` wrote, by hash
# The owner's, whatever the template has there.
OWNED = ("newsletter.yml", "entities.yml", "content/", "categories/", "branding/")


@dataclass(frozen=True)
class Step:
    """What is done with one file. `kept`: the owner changed it, so it stays as it is."""

    path: str
    what: str  # new, changed, gone, kept


@dataclass(frozen=True)
class Version:
    """The machinery's files of a version, with their modes, and by path the ids of all contents that they ever had."""

    folder: Path
    files: Mapping[str, int]
    history: Mapping[str, Set[str]]


def fetch(source: str, into: Path) -> Version:
    """Get the newest version of a template's repository (an address or a folder), with its history.

    Raises Refused if Git cannot get it, or it is no template of Groundwire.
    """
    _git("clone", "--quiet", "--filter=blob:none", "--", source, str(into), at=into.parent)
    listed = _git("ls-tree", "-r", "-z", "HEAD", at=into)
    rows = [row.split("\t", 1) for row in listed.split("\0") if row]
    files = {path: int(info.split()[0], 8) & 0o777 for info, path in rows if info.split()[1] == "blob" and not _owned(path)}
    if "generator/groundwire/__init__.py" not in files:
        raise Refused(f"{source} is no template of Groundwire: it has no generator/")
    return Version(into, files, _history(into))


def plan(root: Path, version: Version) -> list[Step]:
    """Plan what is to be done, by path. Files of the owner's appear only as `kept`."""
    steps = [_step(root, path, version) for path in sorted(version.files.keys() | version.history.keys()) if not _owned(path)]
    return [step for step in steps if step]


def carry_out(root: Path, steps: list[Step], version: Version) -> None:
    """Carry out the steps, a file at a time, each whole or not at all."""
    for step in steps:
        target = root / step.path
        if step.what in ("new", "changed"):
            write_atomic(target, (version.folder / step.path).read_bytes())
            target.chmod(version.files[step.path])
        elif step.what == "gone":
            target.unlink()


def note_of(files: Mapping[str, str]) -> str:
    """Write what `init` notes down about the files it wrote."""
    return json.dumps({name: _mark(text) for name, text in sorted(files.items())}, indent=1) + "\n"


def renewed(root: Path, files: Mapping[str, str]) -> list[Step]:
    """Write the package's own files anew if the owner has left them as they were; the note follows."""
    try:
        noted = json.loads((root / NOTE).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        noted = {}
    steps = []
    for name, text in files.items():
        path = root / name
        there = path.read_text(encoding="utf-8") if path.exists() else None
        if there == text:
            continue
        if there is None or noted.get(name) == _mark(there):
            write_atomic(path, text)
            steps.append(Step(name, "new" if there is None else "changed"))
        else:
            steps.append(Step(name, "kept"))
    write_atomic(root / NOTE, note_of(files))
    return steps


def _step(root: Path, path: str, version: Version) -> Step | None:
    target = root / path
    data = target.read_bytes() if target.is_file() else None
    if path not in version.files:
        if data is None or _blob(data) not in version.history[path]:
            return None  # not there, or a file of the owner's own at an address that the template gave up
        return Step(path, "gone")
    if data is None:
        return Step(path, "new")
    if data == (version.folder / path).read_bytes():
        return None
    return Step(path, "changed" if _blob(data) in version.history[path] else "kept")


def _owned(path: str) -> bool:
    return any(path == own or (own.endswith("/") and path.startswith(own)) for own in OWNED)


def _history(repository: Path) -> dict[str, set[str]]:
    """Return, by path, the ids of all contents that the repository ever had there."""
    told = _git("log", "--all", "--root", "-m", "--raw", "--no-abbrev", "--no-renames", "-z", "--format=", at=repository)
    found: defaultdict[str, set[str]] = defaultdict(set)
    parts = iter(told.split("\0"))
    for part in parts:
        if part.lstrip("\n").startswith(":"):
            _, _, _, new, _ = part.split()
            found[next(parts)].add(new)
    return dict(found)


def _blob(data: bytes) -> str:
    """Compute the id that Git gives a file's content."""
    return hashlib.sha1(b"blob %d\0" % len(data) + data, usedforsecurity=False).hexdigest()


def _mark(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def _git(*words: str, at: Path) -> str:
    command = ["git", "-c", "core.autocrlf=false", *words]
    try:
        done = subprocess.run(command, cwd=at, capture_output=True, text=True, check=False)  # noqa: S603  # our own words; the address stands after --
    except FileNotFoundError:
        raise Refused("git is needed for this; on Debian: sudo apt-get install git") from None
    if done.returncode:
        raise Refused(f"git {words[0]} failed: {done.stderr.strip()}")
    return done.stdout
