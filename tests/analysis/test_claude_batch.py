"""Message Batches, with the real SDK against a loopback server: one run sends, another collects, on a machine that knows only content/."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from analysis.asking import CATEGORIES, KEY
from analysis.echo import echo, events
from analysis.wire import RESET, Wire, answer, error, expired, message

from generator import pipeline
from generator.analysis.claude.analyst import ClaudeAnalyst, Voice
from generator.analysis.claude.ask import Asker, Clock
from generator.analysis.claude.batch import LATE, BatchAnalyst
from generator.analysis.claude.batchbook import BatchBook
from generator.analysis.claude.books import LedgerPurse, costs
from generator.analysis.claude.call import ClaudeCaller, Parcel
from generator.analysis.claude.memory import FolderMemory
from generator.analysis.claude.models import Tariff
from generator.analysis.claude.post import PostOffice
from generator.analysis.claude.reply import Reply, Request
from generator.analysis.extractive import ExtractiveAnalyst
from generator.model import Entry, Feed, FeedResult, Source
from generator.pipeline import Update
from generator.record.ledger import Ledger, Row
from generator.record.store import Article, Store
from generator.settings import Settings
from generator.steps.parts import Parts

NOW = datetime(2026, 4, 12, 6, 0, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(hours=24)
FEED = Feed(url="https://outlet.example/feed.xml", name="Example Courier")
ONE = (2_700 * 0.10 + 2_200 * 0.50) / 1_000_000 / 2  # US dollars of one answer in a batch


def coverage(count: int = 3, *, feed: Feed = FEED, at: datetime = NOW) -> list[Entry]:
    return [
        Entry(feed, item["link"], item["link"], item["title"], item["description"], published=at - HOUR, language="en")
        for item in events(count)
    ]


class Reads:
    """A reader that finds these entries in the feed."""

    def __init__(self, entries: Sequence[Entry]) -> None:
        self._entries = tuple(entries)

    def read(self, feeds: Sequence[Feed], *, now: datetime) -> Iterable[FeedResult]:
        return [FeedResult(feed, self._entries if feed == FEED else ()) for feed in feeds]


class Excerpts:
    """No article is to be had but its excerpt."""

    def source(self, entry: Entry, *, number: int) -> Source:
        return Source(number, entry, entry.excerpt, False)


class Killed(BaseException):
    """The machine went away."""


class Death:
    """Counts the steps that leave a trace outside of the process, and ends the process before or after one of them."""

    def __init__(self, step: int | None = None) -> None:
        self.step, self.steps = step, 0

    def around(self, do: Callable[[], Any]) -> Any:
        self._tick()
        done = do()
        self._tick()
        return done

    def _tick(self) -> None:
        self.steps += 1
        if self.steps == self.step:
            raise Killed


class MortalLedger(Ledger):
    def __init__(self, folder: Path, death: Death) -> None:
        super().__init__(folder)
        self._death = death

    def append(self, stream: str, *rows: Row, now: datetime) -> None:
        if rows:
            self._death.around(lambda: super(MortalLedger, self).append(stream, *rows, now=now))


class MortalStore(Store):
    def __init__(self, folder: Path, death: Death) -> None:
        super().__init__(folder)
        self._death = death

    def create(self, *args: Any, **kwargs: Any) -> Any:
        return self._death.around(lambda: super(MortalStore, self).create(*args, **kwargs))


class MortalPost:
    """The real service, reached by a mortal machine."""

    def __init__(self, caller: ClaudeCaller, death: Death) -> None:
        self._caller, self._death = caller, death

    def submit(self, requests: Mapping[str, Request], attempt: int = 0) -> str:
        made: str = self._death.around(lambda: self._caller.submit(requests, attempt))
        return made

    def parcel(self, id: str, attempt: int = 0) -> Parcel:
        return self._caller.parcel(id, attempt)

    def parcels(self, attempt: int = 0) -> Sequence[Parcel]:
        return self._caller.parcels(attempt)

    def results(self, id: str, model: str) -> Iterator[tuple[str, Reply]]:
        yield from self._caller.results(id, model)


class House:
    """A publication whose runs happen on fresh machines: nothing but content/ is there from one to the next."""

    def __init__(self, root: Path, wire: Wire) -> None:
        self.root, self.wire, self.machines = root, wire, 0
        self.settings = Settings.model_validate({"title": "T", "url": "https://news.example/", "feeds": [FEED]})
        self.caller = ClaudeCaller(key=KEY, base_url=wire.url)

    @property
    def ledger(self) -> Ledger:
        return Ledger(self.root / ".ledger")

    @property
    def pages(self) -> Sequence[Article]:
        return Store(self.root).articles().require()

    @property
    def by(self) -> Counter[str]:
        return Counter(page.meta.analysis.by for page in self.pages if page.meta.analysis)

    def run(
        self, entries: Sequence[Entry], *, now: datetime = NOW, death: Death | None = None, send: bool = True, **changes: Any
    ) -> Update:
        """One run. `changes` are of the voice, and the budgets."""
        self.machines += 1
        death = death or Death()
        ledger, store = MortalLedger(self.root / ".ledger", death), MortalStore(self.root, death)
        purse = LedgerPurse(ledger, run=changes.pop("run", 1.0), month=changes.pop("month", 5.0), now=now)
        memory = FolderMemory(self.root.parent / f"machine-{self.machines}")
        asker = Asker(self.caller, purse=purse, memory=memory, tariff=Tariff(), clock=Clock(lambda s: None, lambda: 0.0))
        voice = Voice(**{"model": "claude-haiku-5-5", **changes})
        claude = ClaudeAnalyst(CATEGORIES, extractive=ExtractiveAnalyst(CATEGORIES), asker=asker, voice=voice)
        post = MortalPost(self.caller, death)
        office = PostOffice(
            post, book=BatchBook(ledger, now=now), purse=purse, tariff=Tariff(), clock=Clock(lambda s: None, lambda: 0.0)
        )
        parts = Parts(
            settings=self.settings,
            categories=CATEGORIES,
            store=store,
            ledger=ledger,
            reader=Reads(entries),
            fulltext=Excerpts(),
            analyst=BatchAnalyst(claude, office, now=now, send=send),
            tell=lambda line: None,
        )
        return pipeline.update(parts, now=now)

    def asked(self) -> Counter[str]:
        """How often each story's title was sent in batches."""
        sent = [r["params"]["messages"][0]["content"] for batch in self.wire.batches.values() for r in batch["requests"]]
        return Counter(json.loads(text)["sources"][0]["title"] for text in sent)

    def spent(self) -> float:
        found = costs(self.ledger.rows("spend"))
        assert all(cost.settled for cost in found)
        return sum(cost.usd for cost in found)


@pytest.fixture
def house(tmp_path: Path, wire: Wire) -> House:
    wire.always = echo
    return House(tmp_path / "content", wire)


# --- the whole way ---


def test_one_run_sends_and_another_collects_on_a_fresh_machine(house: House) -> None:
    sent = house.run(coverage())
    assert (sent.published, sent.waiting) == ((), 3)
    assert "3 stories sent in a batch, at half the price" in sent.cost
    came = house.run(coverage(), now=NOW + HOUR)
    assert (len(came.published), came.waiting) == (3, 0)
    assert house.by == {"claude": 3}
    assert set(house.asked().values()) == {1}
    assert house.spent() == pytest.approx(3 * ONE)
    assert house.wire.asked == []  # no live call
    again = house.run(coverage(), now=NOW + 2 * HOUR)
    assert (again.published, again.waiting, again.cost) == ((), 0, "")


def test_what_is_asked_in_a_batch_is_what_is_asked_live(house: House, tmp_path: Path) -> None:
    house.run(coverage(1))
    live = House(tmp_path / "live", house.wire)
    live.run(coverage(1), send=False)
    (request,) = house.wire.batches["msgbatch_1"]["requests"]
    assert request["params"] == house.wire.asked[0]


def test_a_batch_at_work_is_waited_for_and_nothing_is_sent_or_published_twice(house: House) -> None:
    house.run(coverage())
    house.wire.running = True
    for hours in (1, 5, 23):
        done = house.run(coverage(), now=NOW + hours * HOUR)
        assert (done.published, done.waiting) == ((), 3)
    house.wire.running = False
    assert len(house.run(coverage(), now=NOW + 23.5 * HOUR).published) == 3
    assert set(house.asked().values()) == {1}


def test_after_a_day_pages_are_made_by_rule_and_say_so_and_the_bill_is_paid_later(house: House) -> None:
    house.run(coverage())
    house.wire.running = True
    assert len(house.run(coverage(), now=NOW + DAY).published) == 3
    assert house.by == {"extractive": 3}
    assert LATE in house.pages[0].body
    house.wire.running = False
    assert house.run(coverage(), now=NOW + DAY + HOUR).published == ()
    assert house.spent() == pytest.approx(3 * ONE)
    assert house.by == {"extractive": 3}


def test_an_answer_that_came_in_time_is_used_however_late_it_is_fetched(house: House) -> None:
    house.run(coverage())
    assert len(house.run(coverage(), now=NOW + 5 * DAY).published) == 3
    assert house.by == {"claude": 3}


# --- what goes wrong in a batch ---


def test_what_expired_or_erred_is_sent_again_and_what_came_is_published(house: House) -> None:
    house.wire.then(expired, echo, error(500, "api_error"))
    house.run(coverage())
    done = house.run(coverage(), now=NOW + HOUR)
    assert (len(done.published), done.waiting) == (1, 2)
    done = house.run(coverage(), now=NOW + 2 * HOUR)
    assert (len(done.published), done.waiting) == (2, 0)
    assert house.by == {"claude": 3}
    assert sorted(house.asked().values()) == [1, 2, 2]
    assert house.spent() == pytest.approx(3 * ONE)


def test_what_errs_for_ever_is_sent_three_times_and_then_made_by_rule(house: House) -> None:
    house.wire.always = error(500, "api_error")
    for hours in range(4):
        house.run(coverage(1), now=NOW + hours * HOUR)
    assert list(house.asked().values()) == [3]
    assert house.by == {"extractive": 1}
    assert house.spent() == 0


def test_a_model_that_is_gone_is_one_clear_line_and_pages_by_rule(house: House) -> None:
    house.wire.always = error(404, "not_found_error", "model: claude-haiku-5-5")
    house.run(coverage(2))
    done = house.run(coverage(3), now=NOW + HOUR)
    assert "there is no model 'claude-haiku-5-5', or it was retired" in done.analyst
    assert house.by == {"extractive": 3}
    assert len(house.wire.batches) == 1


def test_another_model_in_the_settings_does_not_suffer_from_the_old_one(house: House) -> None:
    house.wire.then(error(404, "not_found_error", "model: claude-haiku-5-5"))
    house.run(coverage(1))
    done = house.run(coverage(1), now=NOW + HOUR, model="claude-sonnet-5-5")
    assert (done.analyst, done.waiting) == ("", 1)
    house.run(coverage(1), now=NOW + 2 * HOUR, model="claude-sonnet-5-5")
    assert house.pages[0].meta.analysis is not None
    assert house.pages[0].meta.analysis.model == "claude-sonnet-5-5"


def test_an_answer_that_needs_mending_is_asked_once_more_at_once(house: House) -> None:
    house.wire.then(message("no json"), echo)
    house.run(coverage(1))
    assert len(house.run(coverage(1), now=NOW + HOUR).published) == 1
    assert house.by == {"claude": 1}
    (mend,) = house.wire.asked
    assert "mend" in json.loads(mend["messages"][0]["content"])
    assert house.spent() == pytest.approx(3 * ONE)  # half price, and once the full one


def test_no_usage_costs_its_share_of_what_was_set_aside(house: House) -> None:
    house.wire.always = message("{}", usage=None)
    house.run(coverage(2))
    aside = sum(cost.usd for cost in costs(house.ledger.rows("spend")))
    house.run(coverage(2), now=NOW + HOUR, run=0.0)
    assert house.spent() == pytest.approx(aside)


# --- sending that fails ---


@pytest.mark.parametrize("lost", [RESET, error(529, "overloaded_error")], ids=["reset", "529"])
def test_a_batch_whose_creation_was_answered_by_nobody_is_found_again(house: House, lost: dict[str, Any]) -> None:
    house.wire.after["create"] = lost
    assert house.run(coverage()).waiting == 3
    house.wire.running = True
    assert house.run(coverage(), now=NOW + HOUR).waiting == 3  # only results tell whose it is
    house.wire.running = False
    assert len(house.run(coverage(), now=NOW + 2 * HOUR).published) == 3
    assert set(house.asked().values()) == {1}
    assert house.spent() == pytest.approx(3 * ONE)


def test_somebody_else_s_batch_of_the_same_size_is_not_ours(house: House) -> None:
    other = [
        {"custom_id": f"other-{n}", "params": {"messages": [{"content": '{"sources": [{"title": "t"}]}'}]}} for n in range(3)
    ]
    house.wire.batches["msgbatch_0"] = {
        "requests": [],
        "rows": [{"custom_id": r["custom_id"], "result": {"type": "succeeded", "message": answer({})["json"]}} for r in other],
    }
    house.wire.after["create"] = RESET
    house.run(coverage())
    assert len(house.run(coverage(), now=NOW + HOUR).published) == 3
    assert house.by == {"claude": 3}


def test_a_service_that_takes_no_batches_says_what_to_set_and_no_page_is_lost(house: House) -> None:
    house.wire.after["create"] = error(404, "not_found_error")
    done = house.run(coverage())
    assert "analysis: {batch: false}" in done.analyst
    assert (len(done.published), house.by) == (3, {"extractive": 3})
    assert house.spent() == 0


def test_no_money_makes_pages_by_rule_and_what_fits_is_sent(house: House) -> None:
    house.run(coverage(1))
    each = costs(house.ledger.rows("spend"))[0].usd
    done = house.run(coverage(4), now=NOW + HOUR, run=each * 1.5)
    assert (house.by["extractive"], done.waiting) == (2, 1)
    assert [p.meta.analysis.unpaid for p in house.pages if p.meta.analysis and p.meta.analysis.by == "extractive"] == [True, True]
    assert "the budget is spent" in done.cost


def test_batches_turned_off_are_still_collected_and_the_rest_is_asked_at_once(house: House) -> None:
    house.run(coverage(2))
    done = house.run(coverage(4), now=NOW + HOUR, send=False)
    assert (len(done.published), done.waiting, house.by) == (4, 0, {"claude": 4})
    assert (len(house.wire.batches), len(house.wire.asked)) == (1, 2)


# --- a story that waits ---


def test_a_waiting_story_counts_on_the_day_on_which_it_was_chosen(house: House) -> None:
    house.settings = house.settings.model_copy(update={"select": house.settings.select.model_copy(update={"max_stories": 2})})
    assert house.run(coverage(4)).waiting == 2
    done = house.run(coverage(4), now=NOW + HOUR)
    assert (len(done.published), done.waiting) == (2, 0)
    done = house.run(coverage(4), now=NOW + DAY)
    assert (len(done.published), done.waiting) == (0, 2)


def test_its_text_comes_from_the_ledger_where_the_feed_has_it_no_longer(house: House) -> None:
    house.run(coverage(2))
    assert len(house.run([], now=NOW + HOUR).published) == 2
    assert house.by == {"claude": 2}


def test_what_the_source_no_longer_says_does_not_pass(house: House) -> None:
    house.run(coverage(1))
    (entry,) = coverage(1)
    other = Entry(FEED, entry.id, entry.url, entry.title, "All of this was withdrawn by the paper.", published=entry.published)
    house.run([other], now=NOW + HOUR, run=0.0)
    (page,) = house.pages
    assert "engines" not in page.text
    assert page.meta.analysis is not None
    assert page.meta.analysis.dropped > 0


def test_later_coverage_of_a_waiting_story_joins_its_page(house: House) -> None:
    second = FEED.model_copy(update={"url": "https://second.example/feed.xml", "name": "Second Post"})
    house.run(coverage(1))
    (entry,) = coverage(1)
    later = Entry(second, "x", "https://second.example/x", entry.title, entry.excerpt, published=NOW, language="en")
    for hours in (1, 2):
        done = house.run([entry, later], now=NOW + hours * HOUR)
    assert len(house.pages) == 1
    assert len(done.joined) == 1
    assert [source.feed for source in house.pages[0].meta.sources] == ["Example Courier", "Second Post"]


def test_a_story_that_is_blocked_while_it_waits_gets_no_page(house: House) -> None:
    house.run(coverage(2))
    block = house.settings.block.model_copy(update={"keywords": ("ferries",)})
    house.settings = house.settings.model_copy(update={"block": block})
    done = house.run(coverage(2), now=NOW + HOUR)
    assert (len(done.published), done.waiting) == (1, 0)
    assert house.spent() == pytest.approx(2 * ONE)


# --- killed at every step ---


def _steps(house: House) -> int:
    death = Death()
    house.run(coverage(2), death=death)
    house.run(coverage(2), now=NOW + HOUR, death=death)
    return death.steps


def test_killed_at_every_step_nothing_is_sent_or_published_twice_nothing_is_lost(tmp_path: Path, wire: Wire) -> None:
    wire.always = echo
    steps = _steps(House(tmp_path / "whole" / "content", wire))
    assert steps > 20
    for step in range(1, steps + 1):
        wire.batches.clear()
        house = House(tmp_path / f"at-{step}" / "content", wire)
        death, killed = Death(step), 0
        for hours in range(3):
            try:
                house.run(coverage(2), now=NOW + hours * HOUR, death=death)
            except Killed:
                killed += 1
        assert killed == 1, step
        assert house.by == {"claude": 2}, step
        assert set(house.asked().values()) == {1}, step
        assert house.spent() == pytest.approx(2 * ONE), step
        assert wire.asked == [], step
