"""What the tests of analysts that ask share: a server on loopback, and an analyst that asks it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from analysis.asking import KEY, claude
from analysis.wire import Wire, serve
from groundwire.analysis.analyst import ClaudeAnalyst
from groundwire.llm.asker import Clock
from groundwire.llm.providers.anthropic import ClaudeCaller


@pytest.fixture
def wire(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Wire]:
    """A running server; a test that makes a call which no script expects fails."""
    monkeypatch.setenv("ANTHROPIC_CONFIG_DIR", str(tmp_path / "anthropic"))
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    for name in ("ANTHROPIC_AUTH_TOKEN", "ANTHROPIC_BASE_URL", "ANTHROPIC_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    with serve() as running:
        yield running
        assert running.unscripted == 0
        assert not running.scripts, "the script expects more calls"


@pytest.fixture
def slept() -> list[float]:
    """How long the caller waited between tries."""
    return []


@pytest.fixture
def make(wire: Wire, slept: list[float]) -> Callable[..., ClaudeAnalyst]:
    """An analyst that asks the server."""

    def made(**changes: Any) -> ClaudeAnalyst:
        caller = changes.pop("caller", None) or ClaudeCaller(key=KEY, base_url=wire.url)
        return claude(caller, clock=Clock(slept.append, lambda: 0.0), **changes)

    return made
