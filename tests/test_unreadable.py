"""One text that cannot be read holds and ends nothing: it is left out and named, everything else is read."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

import pytest

from groundwire import pipeline
from groundwire.analysis.extractive import ExtractiveAnalyst, by_rule
from groundwire.cli.summary import summary
from groundwire.errors import Unreadable
from groundwire.feeds.workers import Parsers
from groundwire.model import Entry, Feed, FeedResult, Job, Source, Story
from groundwire.ports import Analyst, BoundedCall
from groundwire.publication.categories import load_categories
from groundwire.publication.content import load_articles
from groundwire.settings import Settings
from groundwire.steps.parts import Parts
from groundwire.steps.rehearsal import TOGETHER, rehearse
from groundwire.text.bounded import call_here
from support import Run

NOW = datetime(2026, 4, 12, 18, tzinfo=UTC)
FEEDS = [Feed(url=f"https://outlet-{n}.example/feed", name=f"Outlet {n}") for n in range(3)]
CATEGORIES = load_categories(Path("/nonexistent"))
TITLES = [
    "Maker of the Gateway VPN repairs a flaw in version 4.2",
    "A bridge over the northern river opens to the public",
    "The council votes against a new airport in the south",
]
T = TypeVar("T")


def entry(number: int, **changes: Any) -> Entry:
    feed = FEEDS[number % len(FEEDS)]
    made = Entry(
        feed,
        str(number),
        f"{feed.url}/{number}",
        TITLES[number % len(TITLES)],
        "It was said on Friday.",
        "",
        NOW - timedelta(hours=2),
    )
    return replace(made, **changes)  # fmt: skip


class Reads:
    """A reader that has these entries."""

    def __init__(self, entries: Iterable[Entry]) -> None:
        self.entries = tuple(entries)

    def read(self, feeds: Sequence[Feed], *, now: datetime) -> Iterable[FeedResult]:
        return [FeedResult(feed, tuple(e for e in self.entries if e.feed.url == feed.url)) for feed in feeds]


class Excerpts:
    """No full texts."""

    def source(self, entry: Entry, *, number: int) -> Source:
        return Source(number, entry, entry.excerpt, fulltext=False)


class Refusing:
    """Calls everything but one function, which takes too long."""

    def __init__(self, function: Callable[..., Any], word: str = "") -> None:
        self.function, self.word = function, word

    def __call__(self, function: Callable[..., T], *args: object) -> T:
        if function == self.function and self.word in str(args):
            raise Unreadable("reading it took more than 10 s")
        return call_here(function, *args)


def run(
    content: Path, entries: Iterable[Entry], *, bounded: BoundedCall = call_here, analyst: Analyst | None = None
) -> tuple[pipeline.Update, str]:
    told: list[str] = []
    analyst = analyst or ExtractiveAnalyst(CATEGORIES, bounded=bounded, tell=told.append)
    parts = Parts(Reads(entries), Excerpts(), analyst, told.append, bounded=bounded)
    settings = Settings(title="T", url="https://news.example/", feeds=tuple(FEEDS))
    done = Run(content, settings, CATEGORIES, parts).update(now=NOW)
    return done, "\n".join([*told, summary(done)])


@pytest.mark.parametrize("changes", [{"excerpt": 5}, {"url": None}, {"content": b"bytes"}], ids=str)
def test_an_entry_at_which_our_code_raises_is_left_out_and_named(tmp_path: Path, changes: dict[str, Any]) -> None:
    done, said = run(tmp_path, [entry(0), entry(1, **changes), entry(2)])
    assert len(done.published) == 2
    assert len(done.unread) == 1
    assert "cannot be read and is left out: " in said
    done, _ = run(tmp_path, [entry(0), entry(1), entry(2)])  # nothing is lost: once it can be read, it is
    assert len(done.published) == 1


def test_a_story_that_takes_the_analysis_too_long_is_shown_by_its_excerpt(tmp_path: Path) -> None:
    done, said = run(tmp_path, [entry(0), entry(1)], bounded=Refusing(by_rule, "northern river"))
    assert len(done.published) == 2
    assert (
        "only its excerpt is shown: A bridge over the northern river opens to the public (reading it took more than 10 s)" in said
    )
    pages = [page.body for page in load_articles(tmp_path).require() if "bridge" in page.meta.title]
    assert len(pages) == 1
    assert "> It was said on Friday." in pages[0]


def test_a_story_of_which_no_page_can_be_made_keeps_no_other_from_its(tmp_path: Path) -> None:
    class Odd(ExtractiveAnalyst):
        def analyse(self, story: Story, sources: Sequence[Source], *, category: str) -> Any:
            made = super().analyse(story, sources, category=category)
            return replace(made, tags=("No Slug",)) if "bridge" in made.title else made

    done, said = run(tmp_path, [entry(0), entry(1), entry(2)], analyst=Odd(CATEGORIES))
    assert len(done.published) == 2
    assert [title for title, _ in done.unread] == [TITLES[1]]
    assert "ValidationError" in said


def test_a_feed_of_which_one_text_takes_too_long_is_left_there_and_the_others_are_read() -> None:
    calls: list[int] = []

    def bounded(function: Callable[..., T], *args: Any) -> T:
        calls.append(len(args[0]))
        if any(one.id == "slow" for one in args[0]):
            raise Unreadable("reading it took more than 10 s")
        return function(*args)

    mine = [replace(entry(0), id=str(n)) for n in range(2 * TOGETHER)]
    mine[TOGETHER] = replace(entry(0), id="slow")
    failed = rehearse([*mine, *mine[:1], entry(1)], bounded=bounded, categories=CATEGORIES, now=NOW)
    assert set(failed) == {one.key for one in mine[TOGETHER:]} | {mine[0].key}
    assert max(calls) <= TOGETHER


def _sleep(entries: Sequence[Entry]) -> None:
    time.sleep(60)


def test_the_clock_of_the_processes_holds_for_what_is_read_after_parsing() -> None:
    with Parsers(processes=1, seconds=1) as parsers, pytest.raises(Unreadable, match="more than 1 s"):
        parsers.call(_sleep, [entry(0)])


def test_an_analysis_comes_back_from_another_process_as_it_is_made_here() -> None:
    text = " ".join(f"The town of A{n} has {n} bridges that were not closed on Friday." for n in range(60))
    source = Source(1, entry(1, content=text), text, fulltext=True)
    job = Job(Story("s-0000000000", (source.entry,)), (source,), "industry-news")
    with Parsers(processes=1) as parsers:
        there = ExtractiveAnalyst(CATEGORIES, bounded=parsers.call).analyse(job.story, job.sources, category=job.category)
    assert there == ExtractiveAnalyst(CATEGORIES).analyse(job.story, job.sources, category=job.category)


def test_one_feed_of_very_many_alike_entries_does_not_hold_the_run(tmp_path: Path) -> None:
    """The newest are looked at, the others are named; another feed's story is published as ever."""
    alike = [
        entry(
            0,
            id=f"n{n}",
            url=f"{FEEDS[0].url}/n{n}",
            title=f"Notice {n}: planned work on line {n % 40}",
            published=NOW - timedelta(minutes=n),
        )
        for n in range(1_500)
    ]
    began = time.process_time()
    done, said = run(tmp_path, [*alike, entry(1)])
    assert time.process_time() - began < 60
    assert "not looked at: the older 1200 of the new entries of Outlet 0" in said
    left = [story for story, _ in done.left]
    assert any("bridge" in path for path in done.published) or any("bridge" in story.first.title for story in left)
    newest = [story for story in left if story.first.feed is FEEDS[0]]
    assert all(story.first.published and story.first.published > NOW - timedelta(minutes=301) for story in newest)
