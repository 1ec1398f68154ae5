"""Raw answers on disk, named by a hash of all that was asked; and, for `analyse --explain`, what became of each story's.

It lies in .groundwire/: it holds other people's text. Lost, it costs the price of one run.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from groundwire.files.atomic import write_atomic
from groundwire.llm.messages import Reply, Request
from groundwire.text.plain import digest


class FolderMemory:
    """Answers and explanations as files of a folder. `anew`: what was answered before is asked again."""

    def __init__(self, folder: Path, *, anew: bool = False) -> None:
        self._folder, self._anew = folder, anew

    def answer(self, request: Request) -> Reply | None:
        """Return the reply that was kept, None where there is none or it cannot be read."""
        if self._anew:
            return None
        try:
            found: Any = json.loads(self._path(request).read_text(encoding="utf-8"))
            if found["outcome"] in ("answer", "refusal", "truncated"):
                return Reply(found["outcome"], text=str(found["text"]), why=str(found["why"]))
        except (OSError, ValueError, KeyError, TypeError):
            pass
        return None

    def keep(self, request: Request, reply: Reply) -> None:
        """Keep a reply."""
        data = {"outcome": reply.outcome, "text": reply.text, "why": reply.why}
        write_atomic(self._path(request), json.dumps(data, ensure_ascii=False))

    def explain(self, story: str, trace: Mapping[str, Any]) -> None:
        """Keep how a story's page came about."""
        write_atomic(self._folder / "why" / f"{digest(story)}.json", json.dumps(trace, ensure_ascii=False, indent=1))

    def explained(self, story: str) -> Mapping[str, Any] | None:
        """Return how a story's page came about, None where that is not known."""
        try:
            found: Any = json.loads((self._folder / "why" / f"{digest(story)}.json").read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return None
        return found if isinstance(found, dict) else None

    def forget(self, story: str) -> None:
        """Remove how a story's page came about, and the raw answers that it was made from."""
        trace = self.explained(story)
        if trace is None:
            return
        said = {step.get("answered") for step in trace.get("steps", ())} - {"", None}
        for path in self._folder.glob("*.json"):
            try:
                if json.loads(path.read_text(encoding="utf-8"))["text"] in said:
                    path.unlink(missing_ok=True)
            except (OSError, ValueError, KeyError, TypeError):
                continue
        (self._folder / "why" / f"{digest(story)}.json").unlink(missing_ok=True)

    def _path(self, request: Request) -> Path:
        return self._folder / f"{digest(json.dumps(request.body(), sort_keys=True), length=32)}.json"


class NoMemory:
    """Forgets everything: for tests."""

    def answer(self, _request: Request) -> Reply | None:
        """Return nothing."""
        return None

    def keep(self, request: Request, reply: Reply) -> None:
        """Keep nothing."""

    def explain(self, story: str, trace: Mapping[str, Any]) -> None:
        """Keep nothing."""
