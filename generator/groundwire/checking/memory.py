"""What was found in bodies, kept by the hash of their text (publication/cache.py): an archive is rendered once, not at every check."""

from __future__ import annotations

from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from groundwire.checking.body import Body, read_body
from groundwire.publication.cache import Cache
from groundwire.text.plain import digest

_BODY = TypeAdapter(Body)


class BodyMemory:
    """Bodies read before. Without a folder nothing is remembered."""

    def __init__(self, folder: Path | None) -> None:
        self._cache = Cache(folder, "bodies")
        self._read: dict[str, Body] = {}

    def body(self, text: str) -> Body:
        """Return what is in a body, from memory if it was read before."""
        key = digest(text, length=24)
        if key not in self._read:
            self._read[key] = self._kept(key) or self._fresh(key, text)
        return self._read[key]

    def save(self) -> None:
        """Keep what this check used; what no page has any more is forgotten."""
        self._cache.save()

    def _kept(self, key: str) -> Body | None:
        kept = self._cache.get(key)
        try:
            return _BODY.validate_json(kept) if kept is not None else None
        except ValidationError:
            return None

    def _fresh(self, key: str, text: str) -> Body:
        found = read_body(text)
        self._cache.put(key, _BODY.dump_json(found).decode("utf-8"))
        return found
