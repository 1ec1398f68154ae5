"""What a command decides: files to write or remove, then rows for the log. One writer applies it; a dry run prints it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Literal, Protocol

from groundwire.files.atomic import write_atomic
from groundwire.publication.frontmatter import ArticleMeta, IssueMeta, parse
from groundwire.publication.log import Ledger

_MODELS: Mapping[str, type[ArticleMeta | IssueMeta]] = {"articles": ArticleMeta, "issues": IssueMeta}
Kind = Literal["publish", "join", "reanalyse", "predictions", "issue", "edit", "log"]


@dataclass(frozen=True)
class Change:
    """One decision. `path` is that of the page that it is about, below content/ ('' where it is about none).

    `files`: path below content/ → its new text, None where it is removed. `rows`: (stream, row) in order. `note` says what it is, for people.
    """

    kind: Kind
    path: str = ""
    files: Mapping[str, str | None] = field(default_factory=dict)
    rows: tuple[tuple[str, Mapping[str, Any]], ...] = ()
    note: str = ""


class Writer(Protocol):
    """What applies changes."""

    def apply(self, change: Change) -> None:
        """Make a change true."""


class ContentWriter:
    """Applies changes to content/: the files, each whole or not at all, then the log. Killed between the two, the next run adds the rows."""

    def __init__(self, content: Path, ledger: Ledger, *, now: datetime) -> None:
        self._content, self._ledger, self._now = content, ledger, now

    def apply(self, change: Change) -> None:
        """Write and remove the files, then append the rows. Raises OSError."""
        for path, text in change.files.items():
            self.put(path, text)
        for stream, row in change.rows:
            self._ledger.append(stream, dict(row), now=self._now)

    def put(self, path: str, text: str | None) -> None:
        """Write one file below content/, or remove it. Raises InputError where a page would break its contract: nothing is written then."""
        if text is None:
            (self._content / path).unlink(missing_ok=True)
            return
        if model := _MODELS.get(path.split("/")[0]):
            parse(text, model, file=f"{self._content.name}/{path}")
        write_atomic(self._content / path, text)


class DryRun:
    """Takes changes and writes nothing: for a dry run."""

    def __init__(self) -> None:
        self.changes: list[Change] = []

    def apply(self, change: Change) -> None:
        """Remember a change."""
        self.changes.append(change)


def told(changes: Iterable[Change]) -> str:
    """Say what changes would do: each file with what becomes of it."""
    lines = [
        f"{'remove' if text is None else 'write'} content/{path}  ({change.note})"
        for change in changes
        for path, text in change.files.items()
    ]
    return "\n".join(lines)
