"""What was found in a body, kept by the hash of its text: an archive is rendered once, not at every check. Losing it costs time."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from generator.checking.body import Body, read_body
from generator.record import atomic
from generator.record.text import digest

_ROWS = TypeAdapter(dict[str, Body])
_MADE_BY = ("checking/body.py", "record/evidence.py", "record/sanitise.py", "record/text.py")  # other code there, other findings


class BodyMemory:
    """Bodies read before, in one file. Without a file nothing is remembered."""

    def __init__(self, file: Path | None) -> None:
        self._file = file
        self._known = dict(_load(file)) if file else {}
        self._used: dict[str, Body] = {}

    def body(self, text: str) -> Body:
        """What is in a body."""
        key = digest(_version(), text, length=24)
        found = self._used.get(key) or self._known.get(key) or read_body(text)
        self._used[key] = found
        return found

    def save(self) -> None:
        """Keep what this check used; what no page has any more is forgotten."""
        if self._file and self._used.keys() != self._known.keys():
            atomic.write_atomic(self._file, _ROWS.dump_json(self._used).decode("utf-8"))


def _load(file: Path) -> Mapping[str, Body]:
    try:
        return _ROWS.validate_json(file.read_bytes())
    except (OSError, ValidationError):
        return {}


@cache
def _version() -> str:
    package = Path(__file__).parents[1]
    return digest(*((package / name).read_text(encoding="utf-8") for name in _MADE_BY))
