"""A run under way: the publication as its changes have made it so far."""

from __future__ import annotations

from collections.abc import Generator, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeVar

from groundwire.publication.changes import Change, Kind, Writer
from groundwire.publication.publication import Publication

T = TypeVar("T")
Changes = Generator[Change, None, T]


@dataclass
class Progress:
    """What a run has decided so far, and the publication with that. `now` is the time of the run."""

    publication: Publication
    now: datetime
    changes: list[Change] = field(default_factory=list)

    def follow(self, changes: Iterable[Change]) -> Iterator[Change]:
        """Yield changes, each taken into account as soon as it has been applied."""
        for change in changes:
            yield change
            self.publication = self.publication.after(change, at=self.now)
            self.changes.append(change)

    def paths(self, kind: Kind) -> tuple[str, ...]:
        """Return the paths of the pages that a kind of change was about, in order."""
        return tuple(change.path for change in self.changes if change.kind == kind)


def apply_all(changes: Changes[T], writer: Writer) -> T:
    """Apply changes as they come, and return what the run says at its end."""
    while True:
        try:
            change = next(changes)
        except StopIteration as end:
            result: T = end.value
            return result
        writer.apply(change)
