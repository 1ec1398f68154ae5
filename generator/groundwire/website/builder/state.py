"""What the last build left behind for the next one: in the site's folder itself, so that it travels and changes with it.

It holds hashes, and of listed articles what their listings show anyway: nothing that the site does not. A line of JSON (the format, and the
seal if there is one), then JSON compressed by zlib.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from groundwire.files.atomic import write_atomic

FILE = ".groundwire-build"
FORMAT = 2


@dataclass(frozen=True)
class Seal:
    """A site that is whole and of which nobody warned: the hash of all that it was made from and that of its files' names. See `settled.py`."""

    inputs: str
    outputs: str
    pages: int


@dataclass(frozen=True)
class State:
    """One build. Sources are paths below content/, outputs and addresses below the site's.

    `parts`: what every page depends on, each by its hash. `pages`: source → (mark of all that it was made from, output).
    `files`: output → mark. `links`: source → sources and files that it links to, those with a fragment end with '#'.
    `unsettled`: sources that the build warned of. `unsearched`: addresses of pages that changed since the search was made. `briefs`: see `briefs.py`.
    """

    parts: Mapping[str, str] = field(default_factory=dict)
    pages: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    files: Mapping[str, str] = field(default_factory=dict)
    links: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    unsettled: tuple[str, ...] = ()
    unsearched: tuple[str, ...] = ()
    briefs: Mapping[str, list[Any]] = field(default_factory=dict)


def load_state(site: Path) -> State | None:
    """Read the state of the site in this folder; None if there is none that can be read: then everything is made."""
    from pydantic_core import from_json  # twice as fast as Python's own

    try:
        head, _, rest = (site / FILE).read_bytes().partition(b"\n")
        if json.loads(head)["format"] != FORMAT:
            return None
        data = from_json(zlib.decompress(rest))
        pages = {source: (str(mark), str(output)) for source, (mark, output) in data["pages"].items()}
        links = {source: tuple(targets) for source, targets in data["links"].items()}
        parts, files, briefs = dict(data["parts"]), dict(data["files"]), dict(data["briefs"])
        return State(parts, pages, files, links, tuple(data["unsettled"]), tuple(data["unsearched"]), briefs)
    except (OSError, zlib.error, ValueError, KeyError, TypeError, AttributeError):
        return None


def save_state(site: Path, state: State, seal: Seal | None = None) -> None:
    """Write the state, whole or not at all."""
    from pydantic_core import to_json

    head = json.dumps({"format": FORMAT, "seal": asdict(seal) if seal else None})
    data = {name: getattr(state, name) for name in State.__dataclass_fields__}
    write_atomic(site / FILE, head.encode() + b"\n" + zlib.compress(to_json(data), 1))


def load_seal(site: Path) -> Seal | None:
    """Read the seal of the site in this folder; None if it has none."""
    try:
        with (site / FILE).open("rb") as file:
            head = json.loads(file.readline())
        return Seal(**head["seal"]) if head["format"] == FORMAT else None
    except (OSError, ValueError, LookupError, TypeError):
        return None


def forget_state(site: Path) -> None:
    """Delete the state, so that no build relies on this folder."""
    (site / FILE).unlink(missing_ok=True)
