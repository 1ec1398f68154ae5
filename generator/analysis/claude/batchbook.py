"""What the ledger knows of Message Batches: which stories are in which, under which name the service has it, and what is still owed.

`intended` is written before a batch is created, `created` with the service's name right after, `settled` when its bill is paid, `void` when it
came to nothing. Killed anywhere in between, the next run, on whatever machine, sees how far it came.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from generator.model import replace
from generator.record.ledger import Ledger
from generator.record.text import digest

STREAM = "batches"


@dataclass(frozen=True)
class Member:
    """One request of a batch."""

    story: str
    category: str


@dataclass(frozen=True)
class Batch:
    """One batch. `id` is the service's name for it, '' while that is not known; `members` are its requests by custom_id."""

    token: str
    at: datetime
    model: str
    members: Mapping[str, Member]
    id: str = ""
    settled: bool = False
    void: bool = False


@dataclass(frozen=True)
class History:
    """One story: when somebody first meant to send it, how often it was sent, and in which batch last ('' in none)."""

    first: datetime
    tries: int = 0
    last: str = ""


class BatchBook:
    """The batches of the ledger, kept current while a run adds to them."""

    def __init__(self, ledger: Ledger, *, now: datetime) -> None:
        self._ledger, self._now = ledger, now
        self._batches: dict[str, Batch] = {}
        # Git may have joined the lines in any order: first what was intended, then what became of it.
        for row in sorted(ledger.rows(STREAM), key=lambda row: (row.get("event") != "intended", str(row["at"]))):
            self._learn(row)

    def intend(self, model: str, members: Iterable[Member]) -> Batch:
        """Write down what is about to be submitted."""
        members = list(members)
        token = digest(self._now.isoformat(), str(len(self._batches)), *(member.story for member in members))
        named = {f"gw-{token}-{number}": [member.story, member.category] for number, member in enumerate(members)}
        self._write({"event": "intended", "batch": token, "model": model, "requests": named})
        return self._batches[token]

    def created(self, batch: Batch, id: str) -> Batch:
        """Write down the service's name of it."""
        self._write({"event": "created", "batch": batch.token, "id": id})
        return self._batches[batch.token]

    def settled(self, batch: Batch) -> None:
        """Its bill is paid."""
        self._write({"event": "settled", "batch": batch.token})

    def void(self, batch: Batch, why: str) -> None:
        """It came to nothing."""
        self._write({"event": "void", "batch": batch.token, "why": why[:200]})

    def histories(self) -> dict[str, History]:
        """What became of each story so far, by its id."""
        found: dict[str, History] = {}
        for batch in self._sorted():
            for story in _stories(batch):
                old = found.get(story, History(batch.at))
                found[story] = old if batch.void else History(old.first, old.tries + 1, batch.token)
        return found

    def owed(self, stories: Container[str]) -> list[Batch]:
        """Batches to look after, oldest first: whose bill is open, or that are the last ones in which one of these stories was sent."""
        last = {story: history.last for story, history in self.histories().items() if story in stories}
        wanted = set(last.values())
        return [batch for batch in self._sorted() if not batch.void and (not batch.settled or batch.token in wanted)]

    def ids(self) -> set[str]:
        """The service's names that are known."""
        return {batch.id for batch in self._batches.values() if batch.id}

    def _sorted(self) -> list[Batch]:
        return sorted(self._batches.values(), key=lambda batch: (batch.at, batch.token))

    def _write(self, row: dict[str, Any]) -> None:
        self._ledger.append(STREAM, row, now=self._now)
        self._learn({**row, "at": self._now.isoformat()})

    def _learn(self, row: Mapping[str, Any]) -> None:
        try:
            token = str(row["batch"])
            if row["event"] == "intended":
                members = {str(name): Member(str(story), str(category)) for name, (story, category) in row["requests"].items()}
                at = datetime.fromisoformat(row["at"]).astimezone(UTC)
                self._batches.setdefault(token, Batch(token, at, str(row["model"]), members))
            elif row["event"] == "created":
                self._batches[token] = replace(self._batches[token], id=str(row["id"]))
            elif row["event"] == "settled":
                self._batches[token] = replace(self._batches[token], settled=True)
            elif row["event"] == "void":
                self._batches[token] = replace(self._batches[token], void=True)
        except (AttributeError, KeyError, TypeError, ValueError):
            return  # a row of another version, or one that a person broke: it must not stop the run


def _stories(batch: Batch) -> Iterable[str]:
    return (member.story for member in batch.members.values())
