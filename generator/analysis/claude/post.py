"""Sending batches and fetching their answers, so that a kill at any moment submits nothing twice, loses nothing and leaves no bill unpaid.

The order of things is the whole trick. To send: write down what is meant, set the money aside, create, write down the service's name. A batch
whose name is missing is looked for among those of the account, by the custom_ids of its results. To collect: read the results, settle the bill,
write that down; the results stay with the service for 29 days and can be read again.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeVar

from generator.analysis.claude.ask import TRIES, Clock
from generator.analysis.claude.batchbook import Batch, BatchBook, Member
from generator.analysis.claude.books import Parts, Purse
from generator.analysis.claude.call import Fault, Parcel
from generator.analysis.claude.models import Tariff
from generator.analysis.claude.reply import Reply, Request, Usage

T = TypeVar("T")
Answers = Sequence[tuple[Member, Reply]]


class Post(Protocol):
    """Whoever carries batches: the real service, or a test's. All may raise Fault."""

    def submit(self, requests: Mapping[str, Request], attempt: int = 0) -> str:
        """Create a batch of requests by custom_id; the answer is its id."""

    def parcel(self, id: str, attempt: int = 0) -> Parcel:
        """How far a batch is."""

    def parcels(self, attempt: int = 0) -> Sequence[Parcel]:
        """The newest batches of the account."""

    def results(self, id: str, model: str) -> Iterator[tuple[str, Reply]]:
        """What came of each request, by custom_id, in any order."""


@dataclass(frozen=True)
class Load:
    """What is to be sent: who it is about, what is asked, and what it costs at most, by category."""

    model: str
    members: Sequence[Member]
    requests: Sequence[Request]
    parts: Parts


class PostOffice:
    """Batches between ledger, purse and service."""

    def __init__(self, post: Post, *, book: BatchBook, purse: Purse, tariff: Tariff, clock: Clock | None = None) -> None:
        self._post, self.book, self._purse, self._tariff = post, book, purse, tariff
        self._clock = clock or Clock()

    def send(self, load: Load) -> Fault | None:
        """Submit a batch. None: it is on its way, or may be, which a later run finds out. A Fault: it surely is not."""
        batch = self.book.intend(load.model, load.members)
        if self._purse.reserve(load.parts, model=load.model, call=batch.token, lasting=True) is None:
            return self._void(batch, Fault(Reply("failed", why="the budget is spent")))
        requests = dict(zip(batch.members, load.requests, strict=True))
        try:
            self.book.created(batch, self._again(lambda attempt: self._post.submit(requests, attempt)))
        except Fault as fault:
            return self._void(batch, fault) if fault.certain else None
        return None

    def collect(self, batch: Batch) -> Answers | None:
        """What came of a batch, nothing where it came to nothing; None while that is not known. Its bill is paid."""
        try:
            if not batch.id:
                found = self._search(batch)
                if found is None:
                    return None
                if not found:
                    self._void(batch, Fault(Reply("failed", why="the service knows no such batch")))
                    return ()
                batch = self.book.created(batch, found)
            if not self._again(lambda attempt: self._post.parcel(batch.id, attempt)).ended:
                return None
            results = dict(self._post.results(batch.id, batch.model))
        except Fault as fault:
            if fault.gone:
                self.book.void(batch, "the service has forgotten it")  # what it may have cost stays set aside
            return () if fault.gone else None
        lost = Reply("failed", why="in the batch: no result")
        answers = [(member, results.get(name, lost)) for name, member in batch.members.items()]
        if not batch.settled:
            self._settle(batch, answers)
        return answers

    def _search(self, batch: Batch) -> str | None:
        """The name of a batch whose creation nobody wrote down; '' where there is none, None while that cannot be told."""
        known, running = self.book.ids(), False
        for parcel in self._again(self._post.parcels):
            if parcel.id in known or parcel.requests != len(batch.members):
                continue
            if not parcel.ended:
                running = True  # only results tell whose it is
            elif self._is_it(parcel, batch):
                return parcel.id
        return None if running else ""

    def _is_it(self, parcel: Parcel, batch: Batch) -> bool:
        try:
            return any(name in batch.members for name, _ in self._post.results(parcel.id, batch.model))
        except Fault as fault:
            if fault.gone or fault.reply.wait is None:
                return False  # somebody else's, too old for its results to be there
            raise

    def _settle(self, batch: Batch, answers: Answers) -> None:
        """Pay for what succeeded. Where the service does not say how much it used, its share of what was set aside."""
        hold, parts, used = self._purse.hold_of(batch.token), defaultdict[str, float](float), Usage()
        share = hold.usd / max(1, len(answers)) if hold else 0.0
        for member, reply in answers:
            if reply.usage:
                used = Usage(used.input + reply.usage.input, used.output + reply.usage.output)
                parts[member.category] += self._tariff.cost(batch.model, reply.usage, batch=True) or 0.0
            elif reply.paid:
                parts[member.category] += share
        if hold:
            self._purse.settle(hold, parts, used)
        self.book.settled(batch)

    def _void(self, batch: Batch, fault: Fault) -> Fault:
        """It is not there: give the money back, and say so."""
        if hold := self._purse.hold_of(batch.token):
            self._purse.settle(hold, {}, Usage())
        self.book.void(batch, str(fault))
        return fault

    def _again(self, call: Callable[[int], T]) -> T:
        """The answer after as many tries as it may take. Raises Fault; what may have been done is not tried again."""
        for attempt in range(TRIES):
            try:
                return call(attempt)
            except Fault as fault:
                if fault.reply.wait is None or not fault.certain or attempt == TRIES - 1:
                    raise
                self._clock.sleep(fault.reply.wait)
        raise AssertionError("unreachable")
