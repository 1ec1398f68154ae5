"""By what an issue's text leads to a story, whoever wrote it."""

from __future__ import annotations

import re
from collections.abc import Iterable

from groundwire.publication.content import Article

_ADDRESS = re.compile(r"[^\s()<>#]+(?=[)>#])")  # of a link, up to a place on its page


class Addresses:
    """Where stories stand or stood: by them an issue leads to its stories."""

    def __init__(self, stories: Iterable[Article]) -> None:
        self._paths = {path for one in stories for path in (one.path, one.url, *one.meta.aliases)}
        self._names = {_last(path) for path in self._paths}

    def led_to(self, text: str) -> bool:
        """Say whether a text links to one of these stories, by its address or by its file."""
        if not any(name in text for name in self._names):
            return False
        likely = (address.split("/") for address in _ADDRESS.findall(text) if _last(address) in self._names)
        return any("/".join(parts[number:]) in self._paths for parts in likely for number in range(len(parts)))


def _last(path: str) -> str:
    return path.rstrip("/").rpartition("/")[2]
