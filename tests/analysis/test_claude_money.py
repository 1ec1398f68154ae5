"""The bill: what may be asked, what is charged, and what the ledger says of it afterwards."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from analysis import seed
from analysis.asking import Open, Wall
from analysis.wire import HTML, RESET, Wire, answer, error, half, message
from groundwire.analysis.analyst import ClaudeAnalyst
from groundwire.llm.asker import UNPAID, Asker, worst
from groundwire.llm.budget import STREAM, LedgerPurse, costs
from groundwire.llm.kept_answers import NoMemory
from groundwire.llm.messages import MAX_TOKENS, Reply, Request, Usage
from groundwire.llm.models import Price, Tariff, find, looked_up, models, retirement
from groundwire.model import Analysis
from groundwire.publication.log import Ledger

NOW = datetime(2026, 2, 28, 8, 0, tzinfo=UTC)
Make = Callable[..., ClaudeAnalyst]


def analyse(analyst: ClaudeAnalyst) -> Analysis:
    return analyst.analyse(seed.story(), seed.sources(full=True), category="industry-news")


def purse(folder: Path, *, run: float = 1, month: float = 1, now: datetime = NOW) -> LedgerPurse:
    return LedgerPurse(Ledger(folder), run=run, month=month, now=now)


def asked(user: str = "") -> Request:
    return Request("claude-haiku-5-5", "s" * 4_000, user, {})


def spend(wallet: LedgerPurse, usd: float) -> None:
    hold = wallet.reserve({"research": usd}, model="claude-haiku-5-5")
    assert hold is not None
    wallet.settle(hold, {"research": usd}, Usage(1, 1))


# --- what may be asked ---


def test_an_empty_purse_makes_no_call(make: Make) -> None:
    assert analyse(make(purse=Wall())).by == "extractive"


def test_the_worst_case_must_fit_before_the_call(wire: Wire, make: Make, tmp_path: Path) -> None:
    wire.then(answer(seed.full_answer()))
    analyse(make(purse=(seen := purse(tmp_path / "a"))))
    first = next(iter(Ledger(tmp_path / "a").rows(STREAM)))
    least = sum(first["for"].values())
    assert 0 < seen.spent < least
    assert analyse(make(purse=purse(tmp_path / "b", run=least * 0.999))).by == "extractive"  # no script: no call


def test_the_worst_case_is_every_byte_and_every_token_that_may_be_written() -> None:
    assert worst(asked("ü" * 1_000)).output == MAX_TOKENS
    assert worst(asked("ü" * 1_000)).input >= 4_000 + 2_000


def test_an_unknown_price_makes_no_call_and_says_what_to_write(make: Make) -> None:
    analyst = make(model="claude-nobody-1")
    assert analyse(analyst).by == "extractive"
    assert "analysis: {model: claude-haiku-5-5}" in analyst.stopped
    assert "price: {input: 3, output: 15}" in analyst.stopped


def test_an_empty_purse_is_a_line_in_the_account(tmp_path: Path) -> None:
    wallet = purse(tmp_path, run=0.5, month=2)
    spend(wallet, 0.4)
    assert wallet.account() == "cost: $0.4000 for 1 call; $1.60 left this month"
    assert wallet.reserve({"research": 0.2}, model="m") is None
    assert "the budget is spent ($0.5 a run, $2 a month), so pages were made by rule" in wallet.account()


def test_the_wall_holds_with_many_at_once(tmp_path: Path) -> None:
    wallet, most, now_open = purse(tmp_path, run=1.0, month=0.5), 0.0, 0.0
    lock = threading.Lock()

    def call() -> None:
        nonlocal most, now_open
        if (hold := wallet.reserve({"research": 0.1}, model="m")) is None:
            return
        with lock:
            now_open += 0.1
            most = max(most, now_open + wallet.spent)
        with lock:
            now_open -= 0.1
        wallet.settle(hold, {"research": 0.05}, Usage(1, 1))

    threads = [threading.Thread(target=call) for _ in range(30)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wallet.spent == pytest.approx(0.45)  # nine calls of 0.05; a tenth might cost 0.1 and had 0.05 left
    assert most <= 0.5 + 1e-9


# --- what is charged ---


def test_what_a_call_used_is_charged(wire: Wire, make: Make) -> None:
    wire.then(answer(seed.full_answer()))
    wallet = Open()
    analyse(make(purse=wallet))
    assert wallet.spent == pytest.approx(2_700 * 0.10e-6 + 2_200 * 0.50e-6)


@pytest.mark.parametrize("trouble", [RESET, half(answer({"title": "x"}))], ids=["reset", "half a body"])
def test_a_call_whose_answer_was_lost_counts_with_its_worst_case(
    wire: Wire, make: Make, tmp_path: Path, trouble: dict[str, Any]
) -> None:
    wire.then(trouble, answer(seed.full_answer()))
    wallet = purse(tmp_path)
    assert analyse(make(purse=wallet)).by == "claude"
    used, lost = sorted(cost.usd for cost in costs(Ledger(tmp_path).rows(STREAM)))
    reserved = [sum(row["for"].values()) for row in Ledger(tmp_path).rows(STREAM) if row["event"] == "reserved"]
    assert lost == pytest.approx(reserved[0])
    assert used == pytest.approx(2_700 * 0.10e-6 + 2_200 * 0.50e-6)


@pytest.mark.parametrize(
    ("body", "charged"),
    [
        (error(529, "overloaded_error"), False),
        (error(400, "invalid_request_error"), False),
        (HTML, True),
        (message("{}", usage=None), True),
    ],
    ids=["529", "400", "HTML", "no usage"],
)
def test_failures_are_charged_where_the_server_may_charge_them(
    wire: Wire, make: Make, body: dict[str, Any], charged: bool
) -> None:
    wire.then(*[body] * (4 if body["status"] == 529 else 2 if body["status"] == 200 and "json" in body else 1))
    wallet = Open()
    assert analyse(make(purse=wallet)).by == "extractive"
    assert (wallet.spent > 0.004) is charged


def test_a_bug_under_way_is_paid_for_and_holds_nobody_up(tmp_path: Path) -> None:
    class Broken:
        """Fails at its first call as nothing should."""

        calls = 0

        def ask(self, request: Request, attempt: int = 0) -> Reply:
            self.calls += 1
            if self.calls == 1:
                raise ZeroDivisionError
            return Reply("failed", why="no")

    wallet = purse(tmp_path, run=0.006)  # room for one call at a time
    asker = Asker(Broken(), purse=wallet, memory=NoMemory(), tariff=Tariff())
    with pytest.raises(ZeroDivisionError):
        asker.ask(asked(), category="research")
    assert all(cost.settled for cost in costs(Ledger(tmp_path).rows(STREAM)))
    assert wallet.spent > 0.004
    assert asker.ask(asked(), category="research").why == UNPAID


# --- what the ledger says ---


def test_the_wall_is_kept_in_the_ledger(tmp_path: Path) -> None:
    for _ in range(3):
        spend(purse(tmp_path), 0.25)
    assert purse(tmp_path).left == pytest.approx(0.25)
    assert purse(tmp_path, run=0.5, now=NOW.replace(month=3, day=1)).left == 0.5


def test_a_killed_call_counts_with_its_worst_case(tmp_path: Path) -> None:
    assert purse(tmp_path).reserve({"research": 0.25}, model="m")
    assert purse(tmp_path).left == pytest.approx(0.75)


def test_rows_count_once_in_any_order_and_broken_ones_stop_nothing(tmp_path: Path) -> None:
    spend(purse(tmp_path), 0.25)
    (file,) = tmp_path.glob("spend-*.jsonl")
    first, second = file.read_text(encoding="utf-8").splitlines()
    torn = '{"at": "2026-02-28T08:00:00Z", "event": "charged", "for": [1], "call": "x"}'
    older = '{"at": "2026-02-27T08:00:00Z", "call": "y", "usd": 0.5, "model": "m"}'
    file.write_text("\n".join([second, torn, older, first, second]) + "\n", encoding="utf-8")
    found = costs(Ledger(tmp_path).rows(STREAM))
    assert sorted((c.usd, c.day, c.settled) for c in found) == [(0.25, "2026-02-28", True), (0.5, "2026-02-27", True)]


# --- prices and retirements ---


def test_prices() -> None:
    tariff = Tariff()
    assert tariff.cost("claude-opus-5-5", Usage(1_000_000, 0)) == 4
    assert tariff.cost("claude-haiku-5-5-20260901", Usage(200_000, 0)) == pytest.approx(0.1)
    assert tariff.cost("claude-opus-5", Usage(1_000_000, 0)) == 5
    assert tariff.cost("claude-opus-5-9", Usage(1, 1)) is None
    assert Tariff(free=True).cost("qwen", Usage(9, 9)) == 0
    assert Tariff(Price(3, 15), free=True).cost("qwen", Usage(0, 1_000_000)) == 15


def test_the_table_of_models_is_whole() -> None:
    assert looked_up() >= date(2026, 11, 1)
    for known in models().values():
        assert known.price or known.retires, known.name


@pytest.mark.parametrize(
    ("today", "said"),
    [("2026-09-30", ""), ("2026-10-01", "will be retired on 2026-11-30"), ("2026-12-01", "was retired on 2026-11-30")],
)
def test_a_retirement_is_told_sixty_days_ahead(today: str, said: str) -> None:
    found = retirement("claude-sonnet-4-5-20250929", today=date.fromisoformat(today))
    assert said in found
    assert bool(said) == bool(found)
    assert find("claude-nobody-1") is None
    assert retirement("claude-nobody-1", today=date.fromisoformat(today)) == ""
