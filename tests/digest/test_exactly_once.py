"""Each story in exactly one issue, whatever people and accidents do: Hypothesis tries sequences of events on real files."""

from __future__ import annotations

import shutil
import tempfile
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from hypothesis import settings as effort
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from groundwire.analysis.extractive import ExtractiveAnalyst
from groundwire.model import Entry, Feed, FeedResult, Source
from groundwire.publication.categories import load_categories
from groundwire.publication.content import Article, Issue
from groundwire.publication.editing import edited
from groundwire.publication.log import Ledger
from groundwire.settings import Settings
from groundwire.steps.parts import Parts
from letterkit import article
from support import ByHand, Run

START = datetime(2026, 1, 5, tzinfo=UTC)
CATEGORIES = load_categories(Path("no such folder"))
OWNER = Settings.model_validate(
    {"title": "T", "url": "https://t.example/", "issue": {"min_items": 2, "max_items": 3}, "review": {"hold": "all"}}
)


class Nobody:
    """No feed is read here."""

    def read(self, feeds: object, *, now: datetime) -> Iterator[FeedResult]:
        yield from ()

    def source(self, entry: Entry, *, number: int) -> Source:
        raise AssertionError(Feed)


class Weeks(RuleBasedStateMachine):
    """A publication over some weeks. `sent` is what was approved and mailed before it expired, as it stood then."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="weeks-"))
        parts = Parts(Nobody(), Nobody(), ExtractiveAnalyst(CATEGORIES), lambda line: None)
        self.pages = ByHand(self.folder / "content")
        self.ledger = Ledger(self.folder / "content" / ".ledger")
        self.machine = Run(self.folder / "content", OWNER, CATEGORIES, parts)
        self.now, self.number = START, 0
        self.sent: list[tuple[str, ...]] = []
        self.lost: set[str] = set()  # in an issue whose file a person deleted: they meant it

    def teardown(self) -> None:
        """Then some quiet weeks in which everything is released and approved: nobody is forgotten."""
        while held := [page for page in self.articles() if page.meta.status == "draft"]:
            self.pages.replace_text(held[0], edited(held[0], put={"published": self.now}, drop=("status",)))
        for _ in range(6):
            self.run(days=7, killed=False)
            self.approve()
        carried = Counter(story for items in self.sent for story in items)
        waiting = {p.meta.id for p in self.articles() if not p.meta.withdrawn} - set(carried) - self.lost
        assert len(waiting) < OWNER.issue.min_items, waiting
        shutil.rmtree(self.folder)

    def articles(self) -> tuple[Article, ...]:
        return self.pages.articles().require()

    def issues(self) -> tuple[Issue, ...]:
        return self.pages.issues().require()

    @rule(count=st.integers(1, 4), held=st.booleans())
    def publish(self, count: int, held: bool) -> None:
        for _ in range(count):
            self.number += 1
            page = article(self.number, published=self.now, **({"status": "draft"} if held else {}))
            self.pages.create(page.path, page.meta, "Text.")

    @rule()
    def release(self) -> None:
        for page in self.articles():
            if page.meta.status == "draft":
                self.pages.replace_text(page, edited(page, put={"published": self.now}, drop=("status",)))

    @precondition(lambda self: self.number)
    @rule(data=st.data())
    def withdraw(self, data: st.DataObject) -> None:
        page = data.draw(st.sampled_from(self.articles()))
        if not page.meta.withdrawn:
            text = edited(page, put={"withdrawn": {"date": self.now, "reason": "Denied."}})
            self.pages.replace_text(page, text)

    @rule(days=st.sampled_from([0.1, 1, 3, 7, 20]), killed=st.booleans())
    def run(self, days: float, killed: bool) -> None:
        """A run; killed after it wrote the issue's file, before the ledger's rows."""
        self.now += timedelta(days=days)
        ledger = self.ledger.folder
        before = {path: path.read_bytes() for path in ledger.glob("*.jsonl")}
        self.machine.issue(now=self.now)
        if killed:
            for path in ledger.glob("*.jsonl"):
                path.write_bytes(before.get(path, b""))

    @rule()
    def approve(self) -> None:
        """A person reads the newest draft, and it is mailed."""
        for page in self.issues()[-1:]:
            if page.meta.status == "draft" and page.meta.expires and page.meta.expires > self.now:
                self.pages.replace_text(page, edited(page, put={"status": "ready"}))
                self.sent.append(page.meta.items)

    @rule()
    def delete(self) -> None:
        """A person deletes a draft that the ledger knows: those stories are not wanted."""
        known = {row["issue"] for row in self.ledger.rows("issues") if row["event"] == "composed"}
        for page in self.issues()[-1:]:
            if page.meta.status == "draft" and page.meta.id in known:
                self.pages.remove(page)
                self.lost |= set(page.meta.items)

    @invariant()
    def once(self) -> None:
        carried = Counter(story for items in self.sent for story in items)
        assert all(count == 1 for count in carried.values()), carried


Weeks.TestCase.settings = effort(max_examples=25, stateful_step_count=20, deadline=None)
TestWeeks = Weeks.TestCase


def test_what_was_held_through_a_quiet_first_week_comes_when_it_is_released() -> None:
    weeks = Weeks()
    weeks.publish(count=2, held=True)
    weeks.run(days=20, killed=False)
    weeks.teardown()
    assert sorted(story for items in weeks.sent for story in items) == ["s-0000000001", "s-0000000002"]
