"""Small helpers that tests share."""

from __future__ import annotations

import html
import shutil
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any


@dataclass
class FeedServer:
    """A web server on loopback. `pages` maps a path to (status, headers, body) or to a function that gives one."""

    port: int = 0
    pages: dict[str, Any] = field(default_factory=dict)
    asked: list[tuple[str, dict[str, str]]] = field(default_factory=list)

    def url(self, path: str) -> str:
        """The address of a path."""
        return f"http://127.0.0.1:{self.port}{path}"

    def put(self, path: str, body: str | bytes, *, status: int = 200, **headers: str) -> str:
        """Serve a body; the answer is its address."""
        raw = body.encode() if isinstance(body, str) else body
        self.pages[path] = (status, {name.replace("_", "-"): value for name, value in headers.items()}, raw)
        return self.url(path)

    def count(self, path: str) -> int:
        """How often a path was asked for."""
        return sum(1 for asked, _ in self.asked if asked == path)


def rss(*items: dict[str, str], title: str = "Test Feed") -> str:
    """A small RSS feed; an item's keys are its elements."""
    rows = "".join("<item>" + "".join(f"<{k}>{html.escape(v)}</{k}>" for k, v in item.items()) + "</item>" for item in items)
    head = f"<title>{title}</title><link>https://outlet.example/</link>"
    return f'<?xml version="1.0"?><rss version="2.0"><channel>{head}{rows}</channel></rss>'


def fresh_machine(root: Path) -> None:
    """Take from a publication what one machine keeps for itself."""
    for name in (".groundwire", ".derived"):
        shutil.rmtree(root / name, ignore_errors=True)


def snapshot(folder: Path) -> dict[str, bytes]:
    """Every file below a folder and its bytes."""
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}
