"""All that a site is made from, by hashes. Imports nothing slow: the question whether anything changed is answered before MkDocs is loaded."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path

from groundwire import resources
from groundwire.pages_address import pages_address
from groundwire.publication.cache import installed
from groundwire.publication.placement import FOLDERS
from groundwire.text.plain import digest, file_hash


def inputs_of(root: Path, *, known: Mapping[str, str] | None = None) -> str:
    """Hash the publication's files, our code, the libraries, and the address that the repository gives, into one.

    `known`: hashes of files that were read already, by path below content/.
    """
    hashes = {f"content/{path}": mark for path, mark in (known or {}).items()}
    files = sorted((*(path.name for path in root.glob("*.y*ml")), *(path for folder in FOLDERS for path in _walk(root, folder))))
    lines = [f"{path} {hashes.get(path) or _hash(f'{root}/{path}')}" for path in files]
    ours = hash_of(below(resources.bundled("overrides")))
    return digest(code(), ours, repr(sorted(installed().items())), pages_address(root), *lines, length=32)


def _walk(root: Path, folder: str) -> Iterator[str]:
    for place, _, names in os.walk(root / folder):
        inside = Path(place).relative_to(root).as_posix()
        yield from (f"{inside}/{name}" for name in names if not name.startswith(".#"))


def _hash(path: str) -> str:
    try:
        with open(path, "rb") as file:  # noqa: PTH123  # a Path for each of 10,000 files costs as much as the hash
            return file_hash(file.read())
    except OSError:  # a link to nowhere
        return ""


@cache
def code() -> str:
    """Hash our own code and what ships with it."""
    own = (path for path in below(resources.PACKAGE) if "sample" not in path.parts and path.suffix != ".pyc")
    return hash_of([*own, resources.bundled("mkdocs.yml")])


def below(folder: Path) -> list[Path]:
    """List all files in a folder and in the folders below it, sorted."""
    return sorted(path for path in folder.rglob("*") if path.is_file())


def hash_of(paths: Iterable[Path]) -> str:
    """Hash the files' names and contents into one; a missing file counts as missing."""
    return digest(*(f"{path.name} {file_hash(path.read_bytes()) if path.is_file() else ''}" for path in paths))
