"""What the last build left behind for the next one: in the site's folder itself, so that it travels and changes with it.

It holds hashes, and of listed articles what their listings show anyway: nothing that the site does not. JSON, compressed by zlib.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from generator.record.atomic import write_atomic

FILE = ".groundwire-build"
FORMAT = 1


@dataclass(frozen=True)
class State:
    """One build. Sources are paths below content/, outputs and addresses below the site's.

    `parts`: what every page depends on, each by its hash. `pages`: source → (mark of all that it was made from, output).
    `files`: output → mark. `links`: source → sources and files that it links to, those with a fragment end with '#'.
    `unsettled`: sources that the build warned of. `briefs`: see `briefs.py`.
    """

    parts: Mapping[str, str] = field(default_factory=dict)
    pages: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    files: Mapping[str, str] = field(default_factory=dict)
    links: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    unsettled: tuple[str, ...] = ()
    briefs: Mapping[str, list[Any]] = field(default_factory=dict)


def load_state(site: Path) -> State | None:
    """The state of the site in this folder; None where there is none that can be read: then everything is made."""
    try:
        data = json.loads(zlib.decompress((site / FILE).read_bytes()))
        if data["format"] != FORMAT:
            return None
        pages = {source: (str(mark), str(output)) for source, (mark, output) in data["pages"].items()}
        links = {source: tuple(targets) for source, targets in data["links"].items()}
        parts, files, briefs = dict(data["parts"]), dict(data["files"]), dict(data["briefs"])
        return State(parts, pages, files, links, tuple(data["unsettled"]), briefs)
    except (OSError, zlib.error, ValueError, KeyError, TypeError, AttributeError):
        return None


def save_state(site: Path, state: State) -> None:
    """Write it, whole."""
    data = {"format": FORMAT, **{name: getattr(state, name) for name in State.__dataclass_fields__}}
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    write_atomic(site / FILE, zlib.compress(text.encode("utf-8"), 1))


def forget_state(site: Path) -> None:
    """From now on the folder is no site that a build may rely on."""
    (site / FILE).unlink(missing_ok=True)
