"""What a model would cost, told without one; and what it did cost, told by status."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest

from analysis.echo import events
from groundwire.cli.analysis import estimate
from groundwire.cli.check import check
from groundwire.cli.status import status
from groundwire.errors import Refused
from groundwire.publication.log import Ledger
from support import FeedServer, rss

NOW = datetime(2026, 11, 25, 18, 0, tzinfo=UTC)


def items(*, days: int) -> list[dict[str, str]]:
    """Eight events, spread over the last days."""
    return [
        {**item, "pubDate": format_datetime(NOW - timedelta(hours=1 + number * 24 * days / 8))}
        for number, item in enumerate(events())
    ]


def told(root: Path) -> str:
    return estimate(root, now=NOW, tell=lambda line: None)


def dollars(text: str, model: str) -> float:
    found = re.search(rf"^{re.escape(model)} +([\d.]+)", text, re.MULTILINE)
    assert found, text
    return float(found[1])


def test_stories_a_day_and_dollars_a_month_without_a_key(publication: Callable[..., Path], server: FeedServer) -> None:
    root = publication(server.put("/f.xml", rss(*items(days=4))), extra="analysis: {by: claude}")
    text = told(root)
    assert "about 2.0 stories a day would get a page (the feeds' last 3 days" in text
    assert "← analysis.model" in next(line for line in text.splitlines() if line.startswith("claude-haiku-5-5"))
    assert 0 < dollars(text, "claude-haiku-5-5") < dollars(text, "claude-sonnet-5-5") < dollars(text, "claude-opus-5-5")
    assert "claude-opus-4-0" not in text
    assert not (root / "content" / ".ledger").exists()


def test_the_owner_s_limits_count(publication: Callable[..., Path], server: FeedServer) -> None:
    feed = server.put("/f.xml", rss(*items(days=4)))
    few = told(publication(feed, extra="select: {max_stories: 1}", folder="few"))
    assert "about 1.0 stories a day" in few


def test_a_busy_feed_shortens_the_days_that_are_looked_at(publication: Callable[..., Path], server: FeedServer) -> None:
    root = publication(server.put("/f.xml", rss(*items(days=1))))
    assert "about 8.0 stories a day would get a page (the feeds' last 1 days" in told(root)


def test_the_whole_text_costs_more_than_the_excerpt(publication: Callable[..., Path], server: FeedServer) -> None:
    feed = server.put("/f.xml", rss(*items(days=4)))
    short = dollars(told(publication(feed, folder="short")), "claude-opus-5-5")
    long = dollars(told(publication(f"{{url: '{feed}', fulltext: true}}", folder="long")), "claude-opus-5-5")
    assert long > short
    assert server.count("/1") == 0


def test_after_some_answers_the_ledger_knows_their_length(publication: Callable[..., Path], server: FeedServer) -> None:
    root = publication(server.put("/f.xml", rss(*items(days=4))))
    for number in range(20):
        row = {"event": "charged", "call": str(number), "for": {"research": 0.01}, "usd": 0.01, "in": 10, "out": 1_234}
        Ledger(root / "content" / ".ledger").append("spend", row, now=NOW)
    assert "1,234 to write (as the ledger has it)" in told(root)


def test_the_owner_s_own_price_and_the_budget(publication: Callable[..., Path], server: FeedServer) -> None:
    extra = "analysis: {model: claude-new-9, price: {input: 1000, output: 1000}, budget_usd_month: 1}"
    root = publication(server.put("/f.xml", rss(*items(days=4))), extra=extra)
    line = next(line for line in told(root).splitlines() if line.startswith("claude-new-9"))
    assert "← analysis.model over the month's budget" in line


def test_a_model_without_a_price_is_refused_with_a_right_example(publication: Callable[..., Path], server: FeedServer) -> None:
    root = publication(server.put("/f.xml", rss(*items(days=4))), extra="analysis: {model: claude-new-9}")
    with pytest.raises(Refused, match=r"analysis: \{model: claude-haiku-5-5\}"):
        told(root)


def test_no_feed_at_all_is_said(publication: Callable[..., Path], server: FeedServer) -> None:
    with pytest.raises(Refused, match="no feed has an entry"):
        told(publication(server.url("/nothing.xml")))


# --- status ---


def test_status_tells_the_month_by_day_model_and_category(publication: Callable[..., Path], server: FeedServer) -> None:
    root = publication(server.put("/f.xml", rss()))
    ledger = Ledger(root / "content" / ".ledger")
    for number, (days, model, category, usd) in enumerate(
        [
            (0, "claude-haiku-5-5", "research", 0.002),
            (1, "claude-haiku-5-5", "research", 0.004),
            (1, "claude-opus-5-5", "vulnerability", 0.05),
        ]
    ):
        at = NOW - timedelta(days=days)
        ledger.append("spend", {"event": "reserved", "call": str(number), "model": model, "for": {category: 0.09}}, now=at)
        ledger.append("spend", {"event": "charged", "call": str(number), "for": {category: usd}, "usd": usd}, now=at)
    ledger.append("spend", {"event": "reserved", "call": "x", "model": "claude-haiku-5-5", "for": {"research": 1.0}}, now=NOW)
    lines = status(root, now=NOW).splitlines()
    assert "money: $1.06 of $10.00 in 2026-11, of which $1.00 set aside for calls without an answer yet" in lines
    assert "  by day: 2026-11-25 $1.00, 2026-11-24 $0.0540" in lines
    assert "  by model: claude-haiku-5-5 $1.01, claude-opus-5-5 $0.0500" in lines
    assert "  by category: research $1.01, vulnerability $0.0500" in lines


@pytest.mark.parametrize(
    ("analysis", "said"),
    [
        ("{model: claude-sonnet-4-5}", "claude-sonnet-4-5 will be retired on 2026-11-30"),
        (
            "{fallback_model: claude-opus-4-20250514, price: {input: 1, output: 1}}",
            "claude-opus-4-20250514 was retired on 2026-06-15",
        ),
        ("{model: claude-nobody-1}", "the price of 'claude-nobody-1' is not known"),
        ("{by: extractive, model: claude-nobody-1}", ""),
        ("{}", ""),
    ],
)
def test_status_warns_of_models(publication: Callable[..., Path], server: FeedServer, analysis: str, said: str) -> None:
    lines = status(publication(server.put("/f.xml", rss()), extra=f"analysis: {analysis}"), now=NOW).splitlines()
    needs = [line for line in lines if line.startswith("- ") and "claude" in line]
    assert (said in " ".join(needs), bool(needs)) == (True, bool(said))


def test_status_warns_of_a_key_that_is_for_another_server(
    publication: Callable[..., Path], server: FeedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GROUNDWIRE_MODEL_KEY", "other-secret-0000")
    monkeypatch.setenv("GROUNDWIRE_MODEL_SERVER", "https://models.example.org")
    extra = "analysis: {base_url: 'https://evil.example', price: {input: 1, output: 1}}"
    told = status(publication(server.put("/f.xml", rss()), extra=extra), now=NOW)
    assert "GROUNDWIRE_MODEL_KEY is for https://models.example.org and goes nowhere else" in told
    assert "other-secret-0000" not in told


def test_check_warns_of_a_model_without_a_price(publication: Callable[..., Path], server: FeedServer) -> None:
    found = check(publication(server.put("/f.xml", rss()), extra="analysis: {model: claude-nobody-1}"), now=NOW)
    assert "newsletter.yml: warning: analysis.model: the price of 'claude-nobody-1' is not known" in found
    assert "analysis: {price: {input: 3, output: 15}}" in found
