"""Templates as Jinja has compiled them, kept from build to build: on a day with few new pages compiling would take longer than making them.

In the publication's private folder; what is lost or cannot be written is compiled again. What a template was compiled from besides its own
text (filters, words, which templates escape) is part of what every page depends on, so a change there begins a folder of its own.
"""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path

from jinja2.bccache import Bucket, FileSystemBytecodeCache

from groundwire.text.plain import digest

FOLDER = "templates"


class Compiled(FileSystemBytecodeCache):
    """Jinja's own cache of compiled templates; if the disk refuses a write, the build goes on without."""

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep a template."""
        try:
            Path(self.directory).mkdir(parents=True, exist_ok=True)
            super().dump_bytecode(bucket)
        except OSError:
            return


def compiled(private: Path, parts: Mapping[str, str]) -> Compiled:
    """Return the cache of compiled templates for builds with these parts, and delete those for other parts."""
    folder = private / FOLDER / digest(*(f"{name} {mark}" for name, mark in sorted(parts.items())))
    for other in folder.parent.glob("*") if not folder.exists() else ():
        shutil.rmtree(other, ignore_errors=True)
    return Compiled(str(folder), "%s")
