"""The main job with a model: the real SDK against our own server, from feed to page, within the budget, explained afterwards."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from analysis import wire
from analysis.echo import echo, events
from groundwire import pipeline
from groundwire.cli import analysis as analysis_jobs
from groundwire.cli import issue as issue_jobs
from groundwire.cli.summary import summary
from groundwire.errors import Refused
from groundwire.publication.content import load_articles
from groundwire.publication.log import Ledger
from groundwire.wiring import open_publication
from support import FeedServer, rss

NOW = datetime(2026, 4, 12, 18, 0, tzinfo=UTC)
EXCERPT = (
    "Example Corp said on Monday that a vulnerability in its Example Router lets strangers run commands on the device. "
    "The flaw, CVE-2026-12345, is rated 9.8 and has been fixed in firmware 4.2.1."
)
ITEM = {
    "title": "Example Corp fixes a critical vulnerability in its routers, CVE-2026-12345",
    "link": "https://outlet.example/a",
    "description": EXCERPT,
}


def scripted(body: dict[str, Any]) -> dict[str, Any]:
    """What a model might answer: two sound facts, one with a number that the source lacks."""
    asked = json.loads(
        body["messages"][0]["content"]
        if isinstance(body["messages"][0]["content"], str)
        else body["messages"][0]["content"][0]["text"]
    )
    assert set(asked) == {"category", "sources"}
    sections = body["output_config"]["format"]["schema"]["properties"]["sections"]["properties"]

    def fact(claim: str, evidence: str) -> dict[str, Any]:
        return {"claim": claim, "evidence": evidence, "source": 1}

    facts = [
        fact("The flaw, CVE-2026-12345, is rated 9.8.", "The flaw, CVE-2026-12345, is rated 9.8"),
        fact("It has been fixed in firmware 4.2.1.", "has been fixed in firmware 4.2.1"),
        fact("It has been fixed in firmware 9.9.9.", "has been fixed in firmware 4.2.1"),
    ]
    filled: dict[str, Any] = {name: [] for name in sections}
    filled[next(iter(sections))] = facts
    return wire.answer(
        {"title": "Example Corp fixes CVE-2026-12345", "description": "A flaw in a router has been fixed.", "sections": filled}
    )


def update(root: Path, *, now: datetime = NOW) -> pipeline.Update:
    with open_publication(root, command="test", tell=lambda line: None, now=now, force=True) as workspace:
        return workspace.run(pipeline.update(workspace.publication, workspace.parts, now=now), now=now)


@pytest.fixture
def wired(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("ANTHROPIC_CONFIG_DIR", str(tmp_path / "no-profiles"))
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")


def test_from_feed_to_checked_page(publication: Callable[..., Path], server: FeedServer, wired: None) -> None:
    with wire.serve() as model:
        root = publication(server.put("/f.xml", rss(ITEM)), extra=f"analysis: {{by: claude, base_url: '{model.url}'}}")
        model.then(scripted)
        done = update(root)
        assert (len(done.published), done.analyst, model.unscripted) == (1, "", 0)
    page = load_articles(root / "content").require()[0]
    assert page.meta.analysis is not None
    assert (page.meta.analysis.by, page.meta.analysis.dropped >= 1) == ("claude", True)
    assert "4.2.1" in page.body
    assert "9.9.9" not in page.text
    assert "https://outlet.example/a#:~:text=" in page.body
    assert "9.9.9" in analysis_jobs.explain(root, Path(page.path))
    assert sum(row.get("usd", 0) for row in Ledger(root / "content" / ".ledger").rows("spend")) > 0


def test_an_empty_purse_gives_extractive_pages_and_says_so(
    publication: Callable[..., Path], server: FeedServer, wired: None
) -> None:
    with wire.serve() as model:
        root = publication(
            server.put("/f.xml", rss(ITEM)), extra=f"analysis: {{by: claude, base_url: '{model.url}', budget_usd: 0.0}}"
        )
        done = update(root)
        assert (len(done.published), model.asked) == (1, [])
        assert "the budget is spent ($0 a run, $10 a month), so pages were made by rule" in summary(done)
    page = load_articles(root / "content").require()[0]
    assert page.meta.analysis is not None
    assert page.meta.analysis.by == "extractive"


def test_a_model_that_is_gone_stops_the_calls_and_no_page_is_lost(
    publication: Callable[..., Path], server: FeedServer, wired: None
) -> None:
    with wire.serve() as model:
        root = publication(server.put("/f.xml", rss(ITEM)), extra=f"analysis: {{by: claude, base_url: '{model.url}'}}")
        model.then(wire.error(401, "authentication_error", "invalid key"))
        done = update(root)
        assert len(done.published) == 1
        assert done.analyst
        assert "analysis: " in summary(done)
    assert update(root, now=NOW + timedelta(hours=2)).published == ()


def test_claude_without_a_key_says_what_to_set(publication: Callable[..., Path], server: FeedServer) -> None:
    root = publication(server.put("/f.xml", rss(ITEM)), extra="analysis: {by: claude}")
    with pytest.raises(Refused, match="ANTHROPIC_API_KEY"):
        update(root)


def test_an_unknown_price_is_refused_before_anything_happens_and_says_what_to_write(
    publication: Callable[..., Path], server: FeedServer, wired: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ANTHROPIC_API_KEY", "sk-test-0000")
    root = publication(server.put("/f.xml", rss(ITEM)), extra="analysis: {model: claude-nobody-1}")
    with pytest.raises(Refused, match=r"claude-nobody-1.*analysis: \{model: claude-haiku-5-5\}"):
        update(root)
    assert server.count("/f.xml") == 0


def test_a_command_that_analyses_nothing_needs_no_key(publication: Callable[..., Path], server: FeedServer) -> None:
    root = publication(server.put("/f.xml", rss(ITEM)), extra="analysis: {by: claude}")
    assert "no issue" in issue_jobs.write(root, now=NOW, tell=lambda line: None)


def test_many_calls_at_once_give_the_same_pages_in_the_same_order(
    publication: Callable[..., Path], server: FeedServer, wired: None
) -> None:
    items = events()
    made: dict[int, Any] = {}
    for workers in (1, 4):
        with wire.serve() as model:
            extra = f"analysis: {{by: claude, base_url: '{model.url}', concurrency: {workers}}}"
            root = publication(server.put("/f.xml", rss(*items)), extra=extra, folder=f"pub-{workers}")
            model.then(*[echo] * len(items))
            told: list[str] = []
            with open_publication(root, command="test", tell=told.append, now=NOW, force=True) as workspace:
                done = workspace.run(pipeline.update(workspace.publication, workspace.parts, now=NOW), now=NOW)
            assert (len(model.asked), model.unscripted) == (len(items), 0)
            assert "so far)" in told[-1]
            assert f"for {len(items)} calls" in done.cost
            made[workers] = (done.published, [page.text for page in load_articles(root / "content").require()])
    assert made[1] == made[4]


def test_a_server_of_one_s_own_needs_no_key_no_price_and_no_output_config(
    publication: Callable[..., Path], server: FeedServer, wired: None
) -> None:
    def local(body: dict[str, Any]) -> dict[str, Any]:
        """What a small server might do: no thinking, no usage, the JSON between other words."""
        text = echo(body)["json"]["content"][-1]["text"]
        return wire.message(f"Here is the JSON you asked for:\n```json\n{text}\n```\nAnything else?", usage=None)

    with wire.serve() as model:
        extra = f"analysis: {{base_url: '{model.url}', model: 'qwen3:8b', budget_usd: 0.0}}"
        root = publication(server.put("/f.xml", rss(*events(2))), extra=extra)
        model.then(local, local)
        done = update(root)
        assert (len(done.published), done.analyst) == (2, "")
        assert all('"additionalProperties": false' in asked["system"][0]["text"] for asked in model.asked)
    written = [page.meta.analysis for page in load_articles(root / "content").require()]
    assert {(a.by, a.model) for a in written if a} == {("claude", "qwen3:8b")}


def test_an_address_where_no_such_server_is_says_so(publication: Callable[..., Path], server: FeedServer, wired: None) -> None:
    with wire.serve() as model:
        extra = f"analysis: {{base_url: '{model.url}/v2', model: qwen3}}"
        done = update(publication(server.put("/f.xml", rss(*events(2))), extra=extra))
    assert len(done.published) == 2
    assert "check analysis.base_url" in done.analyst


def test_a_run_that_was_killed_asks_nothing_again(publication: Callable[..., Path], server: FeedServer, wired: None) -> None:
    with wire.serve() as model:
        root = publication(server.put("/f.xml", rss(*events(3))), extra=f"analysis: {{by: claude, base_url: '{model.url}'}}")
        model.then(echo, echo, wire.message("", stop_reason="refusal"))
        first = update(root)
        pages = [page.text for page in load_articles(root / "content").require()]
        shutil.rmtree(root / "content" / "articles")  # as if it had died with all its answers, before its first page
        for file in (root / "content" / ".ledger").glob("stories-*.jsonl"):
            file.unlink()
        again = update(root)
        assert (len(model.asked), again.published) == (3, first.published)
        assert [page.text for page in load_articles(root / "content").require()] == pages
