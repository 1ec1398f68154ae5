"""What the pipeline needs of the world, as small protocols: `wiring.py` gives real parts, tests give their own."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from typing import Protocol, TypeVar

from groundwire.model import Analysis, Entry, Feed, FeedResult, Job, Opening, Source, Story

Clock = Callable[[], datetime]
Tell = Callable[[str], None]
T = TypeVar("T")


class BoundedCall(Protocol):
    """Calls a function of others' texts within bounds of time and memory. Raises Unreadable with the reason, whatever the function does.

    Function, arguments and answer may go to another process and back: the function is found by its module's name.
    """

    def __call__(self, function: Callable[..., T], *args: object) -> T:
        """Call the function and return what it returns."""


class Reader(Protocol):
    """Fetches and parses feeds; a feed's failure is a value in its result, never an exception."""

    def read(self, feeds: Sequence[Feed], *, now: datetime) -> Iterable[FeedResult]:
        """Yield one result a feed, in the order in which they come."""


class FullText(Protocol):
    """Finds the text of an entry's article."""

    def source(self, entry: Entry, *, number: int) -> Source:
        """Return the entry as a source: with the article's text where it may be had, else its excerpt."""


class Analyst(Protocol):
    """Makes analyses of stories from their sources, already through the gate."""

    @property
    def stopped(self) -> str:
        """Why it asks no model any more in this run, '' if it does."""

    @property
    def spent(self) -> float:
        """US dollars in this run so far."""

    def account(self) -> str:
        """Say what this run did cost and what is left of the budget; '' where it asked nobody."""

    def analyse(self, story: Story, sources: Sequence[Source], *, category: str) -> Analysis:
        """Return what goes on the page of one story, at once."""

    def analyse_all(self, stories: Sequence[Story], gather: Callable[[Story], Job]) -> Iterator[tuple[Job, Analysis]]:
        """Yield each story with what goes on its page, in the order of the stories.

        `gather` finds a story's texts; it may be called from several threads.
        """


class Opener(Protocol):
    """Opens an issue in a few sentences of its own, already through the gate."""

    def open(self, stories: Sequence[Source]) -> Opening | None:
        """Return the opening of an issue that carries these, the lead first; None where the issue is to open by rule."""
