"""What is remembered of each feed between runs, under .groundwire/feeds/: validators, pacing, and its items as parsed.

It holds other people's text and is never uploaded. Lost, it costs one unconditional fetch.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, fields
from datetime import datetime
from pathlib import Path
from typing import Any

from groundwire.feeds.items import Item
from groundwire.feeds.parse import VERSION
from groundwire.text.plain import digest


@dataclass(frozen=True)
class Memory:
    """One feed's state. Times are aware; `errors` counts failures in a row; `gone` counts answers of 410 in a row."""

    url: str
    etag: str = ""
    last_modified: str = ""
    checksum: str = ""
    due: datetime | None = None
    errors: int = 0
    error: str = ""  # why it failed last, '' after a success
    gone: int = 0
    moved_to: str = ""
    moved: int = 0
    warning: str = ""
    ttl_minutes: int = 0
    title: str = ""
    items: tuple[Item, ...] = ()


_FIELDS = tuple(f.name for f in fields(Memory) if f.name != "items")
_ITEM = tuple(f.name for f in fields(Item))


class Memories:
    """The folder of memories: two files a feed, its state and its items, since a 304 changes the state only."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def recall(self, url: str) -> Memory:
        """Return what is known of a feed; a fresh memory where nothing is, or where another version of the parser wrote it."""
        try:
            raw, items = json.loads(self._path(url).read_bytes()), json.loads(self._path(url, ".items").read_bytes())
            if raw.pop("version") != VERSION or items["version"] != VERSION or raw["url"] != url:
                return Memory(url)
            raw["items"] = tuple(_item(item) for item in items["items"])
            raw["due"] = _time(raw["due"])
            return Memory(**raw)
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            return Memory(url)

    def keep(self, memory: Memory, *, items: bool = True) -> None:
        """Write it, each file whole or not at all (no flush: it can be lost); without `items` those on the disk stay.

        Killed between the two, the old state stands beside new items: the next answer is read as a changed one.
        """
        self._folder.mkdir(parents=True, exist_ok=True)
        if items or not self._path(memory.url, ".items").exists():
            rows = [[getattr(item, name) for name in _ITEM] for item in memory.items]
            _write(self._path(memory.url, ".items"), {"version": VERSION, "items": rows})
        _write(self._path(memory.url), {**{name: getattr(memory, name) for name in _FIELDS}, "version": VERSION})

    def forget(self, url: str) -> None:
        """Remove all that is known of a feed."""
        for path in (self._path(url), self._path(url, ".items")):
            path.unlink(missing_ok=True)

    def _path(self, url: str, part: str = "") -> Path:
        return self._folder / f"{digest(url, length=20)}{part}.json"


def _write(path: Path, data: dict[str, Any]) -> None:
    temporary = path.with_suffix(".tmp")
    temporary.write_text(json.dumps(data, ensure_ascii=False, default=_plain), encoding="utf-8", errors="replace")
    temporary.replace(path)


def _item(raw: list[Any]) -> Item:
    values = dict(zip(_ITEM, raw, strict=True))
    return Item(**{**values, "published": _time(values["published"])})


def _time(raw: str | None) -> datetime | None:
    return datetime.fromisoformat(raw) if raw else None


def _plain(value: object) -> str:
    if isinstance(value, datetime):
        return value.isoformat()
    raise TypeError(type(value).__name__)
