"""Analyses by Message Batches: half the price, within a day, sent by one run and collected by a later one, on whatever machine.

A run first collects what has come, then sends what is still to be asked, and leaves out what waits. Of each story the first question goes in a
batch; where its answer has to be mended, or another model asked, that is one call at once, as without batches. After a day a page is made
by rule.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from generator.analysis.claude.analyst import ClaudeAnalyst, Given
from generator.analysis.claude.batchbook import History, Member
from generator.analysis.claude.post import Load, PostOffice
from generator.analysis.claude.reply import Reply, Request
from generator.model import Analysis, Job, Source, Story, replace
from generator.record.parallel import in_order

LONGEST = timedelta(hours=24)
TRIES = 3  # times that a story is sent
MOST, MOST_BYTES = 1_000, 64_000_000  # of one batch: far below the service's limits, so that its answers fit into memory
LATE = "No model answered within a day, so this page is made by rule."

Gather = Callable[[Story], Job]
Done = tuple[Job, Analysis]


@dataclass
class _Pile:
    """What goes into the next batch."""

    jobs: list[Job] = field(default_factory=list)
    requests: list[Request] = field(default_factory=list)
    parts: defaultdict[str, float] = field(default_factory=lambda: defaultdict(float))
    bytes: int = 0

    def add(self, job: Job, request: Request, usd: float) -> None:
        """Put one on it."""
        self.jobs.append(job)
        self.requests.append(request)
        self.parts[job.category] += usd
        self.bytes += len(request.system.encode()) + len(request.user.encode()) + len(str(request.schema))

    @property
    def full(self) -> bool:
        """Whether it is a batch's worth."""
        return len(self.jobs) >= MOST or self.bytes >= MOST_BYTES


class BatchAnalyst:
    """Implements ports.Analyst. Where it does not `send`, it collects what earlier runs sent and asks the rest at once."""

    def __init__(self, claude: ClaudeAnalyst, office: PostOffice, *, now: datetime, send: bool = True) -> None:
        self._claude, self._office, self._now = claude, office, now
        self.defers = send
        self._sent = 0

    @property
    def stopped(self) -> str:
        """Why no more calls are made in this run."""
        return self._claude.stopped

    @property
    def spent(self) -> float:
        """US dollars in this run."""
        return self._claude.spent

    def account(self) -> str:
        """What this run did cost, and what it sent."""
        sent = f"{self._sent} stories sent in a batch, at half the price; a later run makes their pages" if self._sent else ""
        return "; ".join(filter(None, (self._claude.account(), sent)))

    def analyse(self, story: Story, sources: Sequence[Source], *, category: str) -> Analysis:
        """What goes on the page of one story, at once."""
        return self._claude.analyse(story, sources, category=category)

    def analyse_all(self, stories: Sequence[Story], gather: Gather) -> Iterator[Done]:
        """The answers that have come, batch by batch; then what needs none; the rest is sent and waits."""
        left = {story.id: story for story in stories}
        histories, waiting = self._office.book.histories(), set[str]()
        for batch in self._office.book.owed(left):
            mine = {m.story for m in batch.members.values() if m.story in left and histories[m.story].last == batch.token}
            answers = self._office.collect(batch)
            if answers is None:
                waiting |= mine
                continue
            came = [
                (left[m.story], m.category, reply)
                for m, reply in answers
                if m.story in mine and self._is_answer(reply, batch.model)
            ]
            for story, _, _ in came:
                del left[story.id]
            yield from self._judged(came, gather, batch.model)
        late = [story for story in left.values() if self._is_late(histories.get(story.id), story.id in waiting)]
        yield from ((job, self._claude.by_rule(job, LATE)) for job in map(gather, late))
        done = waiting | {story.id for story in late}
        rest = [story for story in left.values() if story.id not in done]
        yield from self._send_all(rest, gather) if self.defers else self._claude.analyse_all(rest, gather)

    def _is_answer(self, reply: Reply, model: str) -> bool:
        """Whether a batch's reply is one that a model gave; what cannot mend itself stops the calls of this run."""
        if reply.outcome == "fatal" and model == self._claude.voice.model:
            self._claude.asker.stopped = reply.why
        return reply.outcome not in ("failed", "fatal")

    def _is_late(self, history: History | None, waits: bool) -> bool:
        if history is None:
            return False
        return self._now - history.first >= LONGEST or (history.tries >= TRIES and not waits)

    def _judged(self, came: Sequence[tuple[Story, str, Reply]], gather: Gather, model: str) -> Iterator[Done]:
        """Stories with what came of their answers. Their texts are found anew: what the sources say no longer does not pass the gate."""

        def judge(one: tuple[Story, str, Reply]) -> Done:
            story, category, reply = one
            job = gather(story)
            job = replace(job, category=category) if self._claude.knows(category) else job
            return job, self._claude.analyse(job.story, job.sources, category=job.category, given=Given(reply, model))

        return in_order(judge, came, workers=self._claude.voice.concurrency)

    def _send_all(self, stories: Sequence[Story], gather: Gather) -> Iterator[Done]:
        """Send what has to be asked, as many batches as it takes; what needs no question, or cannot be paid, is there at once."""
        claude, asker, pile, usd = self._claude, self._claude.asker, _Pile(), 0.0
        for job in in_order(gather, stories, workers=claude.voice.concurrency):
            request = claude.first_request(job)
            kept = asker.memory.answer(request) if request else None
            if request is None or kept or self.stopped:
                given = Given(kept, claude.voice.model) if kept else None
                yield job, claude.analyse(job.story, job.sources, category=job.category, given=given)
                continue
            dear = asker.worst(request, batch=True)
            if dear is None or not asker.purse.fits(usd + dear):
                yield job, replace(claude.by_rule(job), unpaid=True)
                continue
            pile.add(job, request, dear)
            usd += dear
            if pile.full:
                yield from self._send(pile)
                pile, usd = _Pile(), 0.0
        yield from self._send(pile)

    def _send(self, pile: _Pile) -> Iterator[Done]:
        """Send one batch; where the service will take none in this run, its stories are made by rule."""
        if not pile.jobs:
            return
        members = [Member(job.story.id, job.category) for job in pile.jobs]
        fault = self._office.send(Load(self._claude.voice.model, members, pile.requests, pile.parts))
        if fault is None:
            self._sent += len(members)
        elif fault.reply.outcome == "fatal":
            self._claude.asker.stopped = str(fault)
            yield from ((job, self._claude.by_rule(job, unpaid=True)) for job in pile.jobs)
