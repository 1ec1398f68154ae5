"""What must never be lost and has no place on a page: JSONL by month under content/.ledger/, appended.

Git merges the files by union (.gitattributes), so lines may stand there in any order and twice: a reader gets each row once, in the order of
the times, and of one time in that of the lines. A line that a kill tore is passed over, and the next append starts on a line of its own.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

Row = Mapping[str, Any]


class Ledger:
    """The streams under one folder.

    `stories` (entry → page), `feeds` (health), `issues`, `spend`, …
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def append(self, stream: str, *rows: Row, now: datetime) -> None:
        """Add rows, each stamped with `now`, and flush them to the disk before returning."""
        if not rows:
            return
        stamp = now.astimezone(UTC)
        path = self.folder / f"{stream}-{stamp:%Y-%m}.jsonl"
        text = "".join(line_of({"at": f"{stamp:%Y-%m-%dT%H:%M:%SZ}", **row}) for row in rows)
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("ab+") as handle:
            if handle.tell() and not _ends_line(path):
                text = "\n" + text
            handle.write(text.encode("utf-8", "replace"))
            handle.flush()
            os.fsync(handle.fileno())

    def rows(self, stream: str) -> list[Row]:
        """Return all rows of a stream in the order of their times, each once; what is no row is passed over."""
        lines = {line: None for path in self.months(stream) for line in lines_in(path.read_bytes())}
        return [row for _, _, row in sorted((time_of(row), line, row) for line, row in rows_in(lines))]

    def months(self, stream: str) -> list[Path]:
        """Return the files of a stream, oldest month first."""
        return sorted(self.folder.glob(f"{stream}-[0-9][0-9][0-9][0-9]-[0-9][0-9].jsonl"))


def lines_in(raw: bytes) -> dict[str, None]:
    """Return the lines of a piece of a file that may be rows, each once, in their order."""
    text = raw.decode("utf-8", "replace")
    lines = (line.rstrip("\r") for line in text.split("\n"))  # only there: a title may hold what Unicode calls a line's end
    return dict.fromkeys(line for line in lines if line.startswith("{"))


def rows_in(lines: Iterable[str]) -> Iterator[tuple[str, Row]]:
    """Yield the rows of lines, each with its line; what is no row is passed over."""
    for line in lines:
        try:
            row = json.loads(line)
        except ValueError:
            continue
        if isinstance(row, dict) and "at" in row:
            yield line, row


def time_of(row: Row) -> str:
    """Return when a row was written, as it says: by this, as text, rows are in order."""
    return str(row["at"]).encode("utf-8", "replace").decode()  # a person may have written half a surrogate pair


def line_of(row: Row) -> str:
    """Write a row as its line."""
    return json.dumps(row, ensure_ascii=False, sort_keys=True) + "\n"


def _ends_line(path: Path) -> bool:
    with path.open("rb") as handle:
        handle.seek(-1, os.SEEK_END)
        return handle.read(1) == b"\n"
