"""An analyst that asks, put together for tests: the real parts, with a purse and a memory of the test's choice."""

from __future__ import annotations

from typing import Any

from groundwire import resources
from groundwire.analysis.analyst import ClaudeAnalyst, Voice
from groundwire.analysis.extractive import ExtractiveAnalyst
from groundwire.llm.asker import Asker, Caller, Clock, Memory
from groundwire.llm.budget import Hold, Parts, Purse
from groundwire.llm.kept_answers import NoMemory
from groundwire.llm.messages import Usage
from groundwire.llm.models import Tariff
from groundwire.publication.categories import load_categories

KEY = "sk-test-0000"
CATEGORIES = load_categories(resources.PACKAGE / "nowhere")


class Open:
    """A purse without a bottom, which adds up what was spent."""

    def __init__(self) -> None:
        self.spent = 0.0

    def reserve(self, parts: Parts, *, model: str) -> Hold | None:
        return Hold("call", sum(parts.values()))

    def settle(self, hold: Hold, parts: Parts, usage: Usage) -> None:
        self.spent += sum(parts.values())

    def account(self) -> str:
        return ""


class Wall(Open):
    """An empty purse."""

    def reserve(self, parts: Parts, *, model: str) -> Hold | None:
        return None


def claude(
    caller: Caller, *, purse: Purse | None = None, memory: Memory | None = None, clock: Clock | None = None, **voice: Any
) -> ClaudeAnalyst:
    """The analyst with this caller."""
    asker = Asker(caller, purse=purse or Open(), memory=memory or NoMemory(), tariff=Tariff(), clock=clock)
    extractive = ExtractiveAnalyst(CATEGORIES)
    return ClaudeAnalyst(CATEGORIES, extractive=extractive, asker=asker, voice=Voice(**{"model": "claude-haiku-5-5", **voice}))
