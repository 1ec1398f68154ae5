"""A browser's reader, and a folder on loopback for it to read."""

from __future__ import annotations

import functools
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

CHROMIUM = Path("/usr/bin/chromium")
QUIET = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-component-update"]


class Quiet(SimpleHTTPRequestHandler):
    """Serves a folder and says nothing."""

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """The folder on loopback; its address."""
    web = ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=str(folder)))
    threading.Thread(target=web.serve_forever, args=(0.05,), daemon=True).start()
    yield f"http://127.0.0.1:{web.server_address[1]}/"
    web.shutdown()
    web.server_close()


@dataclass
class Reader:
    """One reader's window, and what went over the wire."""

    page: Any
    asked: list[str] = field(default_factory=list)
    bytes: int = 0
    errors: list[str] = field(default_factory=list)
