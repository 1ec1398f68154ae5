"""What the pipeline needs of the world, as small protocols: `wiring.py` gives real parts, tests give their own."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Protocol

from generator.model import Analysis, Entry, Feed, FeedResult, Source, Story

Clock = Callable[[], datetime]
Tell = Callable[[str], None]


class Reader(Protocol):
    """Fetches and parses feeds; a feed's failure is a value in its result, never an exception."""

    def read(self, feeds: Sequence[Feed], *, now: datetime) -> Iterable[FeedResult]:
        """One result a feed, in the order in which they come."""


class FullText(Protocol):
    """Finds the text of an entry's article."""

    def source(self, entry: Entry, *, number: int) -> Source:
        """The entry as a source: with the article's text where it may be had, else its excerpt."""


class Analyst(Protocol):
    """Makes an analysis of a story from its sources. `stopped`: why it asks no model any more in this run, '' if it does."""

    stopped: str

    def analyse(self, story: Story, sources: Sequence[Source], *, category: str) -> Analysis:
        """What goes on the page, already through the gate."""
