"""An issue's opening by a model: the real SDK against our own server, every sentence through the gate, else by rule."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from analysis import wire
from groundwire import pipeline
from groundwire.cli import issue as issue_jobs
from groundwire.mail.letter import compose_letter
from groundwire.publication.content import Issue, load_articles, load_issues
from groundwire.publication.log import Ledger
from groundwire.settings import load_settings
from groundwire.wiring import open_publication
from support import FeedServer, rss

NOW = datetime(2026, 4, 12, 18, 0, tzinfo=UTC)
EVENTS = (
    ("Example Corp fixes CVE-2026-12345 in its routers", "Example Corp has fixed a flaw in its routers that is rated 9.8."),
    (
        "Port of Nordhaven is loading again after ransomware",
        "The port of Nordhaven is loading again, nine days after ransomware.",
    ),
    ("Regulator fines Lumen over a breach of health data", "A regulator has fined Lumen four million euros over a breach."),
)
GOOD = "Example Corp has fixed a flaw in its routers that is rated 9.8."
BOTH = "The port of Nordhaven is loading again, and a regulator has fined Lumen."


@pytest.fixture
def wired(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("ANTHROPIC_CONFIG_DIR", str(tmp_path / "no-profiles"))
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")


def opened(*sentences: tuple[str, list[int]]) -> dict[str, Any]:
    return wire.answer({"opening": [{"text": text, "sources": ids} for text, ids in sentences]})


def week(publication: Callable[..., Path], server: FeedServer, model: wire.Wire, extra: str = "") -> Path:
    """Three pages by rule; the issue is due."""
    items = [
        {"title": title, "link": f"https://outlet.example/{n}", "description": text} for n, (title, text) in enumerate(EVENTS)
    ]
    url = server.put("/f.xml", rss(*items))
    root = publication(url, extra="analysis: {by: extractive}\nissue: {min_items: 1}")
    with open_publication(root, command="test", tell=lambda line: None, now=NOW, force=True) as workspace:
        assert len(workspace.run(pipeline.update(workspace.publication, workspace.parts, now=NOW), now=NOW).published) == 3
    settings = (root / "newsletter.yml").read_text(encoding="utf-8")
    chosen = f"analysis: {{by: claude, base_url: '{model.url}'{extra}}}"
    (root / "newsletter.yml").write_text(settings.replace("analysis: {by: extractive}", chosen), encoding="utf-8")
    return root


def made(root: Path) -> Issue:
    assert issue_jobs.write(root, now=NOW + timedelta(hours=1), tell=lambda line: None).startswith("wrote")
    [page] = load_issues(root / "content").require()
    return page


def numbers(body: dict[str, Any]) -> dict[str, int]:
    """The stories' ids in the order in which they were sent."""
    content = body["messages"][0]["content"]
    asked = json.loads(content if isinstance(content, str) else content[0]["text"])
    assert set(asked) == {"category", "sources"}
    return {name: one["id"] for one in asked["sources"] for name in ("Example", "Nordhaven", "Lumen") if name in one["title"]}


def test_sentences_that_their_stories_bear_out_open_the_issue(
    publication: Callable[..., Path], server: FeedServer, wired: None
) -> None:
    def scripted(body: dict[str, Any]) -> dict[str, Any]:
        ids = numbers(body)
        return opened(
            (GOOD, [ids["Example"]]),
            (BOTH, [ids["Nordhaven"], ids["Lumen"]]),
            ("The port of Nordhaven is loading again after 12 days.", [ids["Nordhaven"]]),  # a number that it made up
            ("A regulator has fined Lumen four million euros.", [ids["Example"]]),  # another story's
            ("Bakunin Industries is next.", [ids["Lumen"]]),
            ("See https://evil.example/ for more.", [ids["Lumen"]]),
        )

    with wire.serve() as model:
        root = week(publication, server, model.then(scripted))
        page = made(root)
        assert (len(model.asked), model.unscripted) == (1, 0)
    assert page.body.strip().startswith(f"{GOOD} {BOTH}\n\nWritten by claude-haiku-5-5, not reviewed\n{{: .by }}\n\n## The lead")
    letter = compose_letter(page, articles=load_articles(root / "content").pages, settings=load_settings(root))
    assert "Written by claude-haiku-5-5, not reviewed" in letter.text
    assert GOOD in " ".join(letter.text.split())
    assert list(Ledger(root / "content" / ".ledger").rows("spend"))


@pytest.mark.parametrize(
    "script",
    [
        opened(("Bakunin Industries is next.", [1])),
        opened((GOOD, [])),
        opened(),
        wire.message("no JSON at all"),
        wire.answer({"opening": [{"text": "x" * 700, "sources": [1]}]}),
        wire.message(stop_reason="refusal"),
        wire.message(stop_reason="max_tokens"),
        wire.error(401, "authentication_error", "invalid key"),
    ],
    ids=["made up", "no source", "nothing", "no JSON", "too long", "refusal", "cut off", "no key"],
)
def test_else_it_opens_by_rule(publication: Callable[..., Path], server: FeedServer, wired: None, script: dict[str, Any]) -> None:
    with wire.serve() as model:
        page = made(week(publication, server, model.then(script)))
    assert page.body.strip().startswith("3 stories from 1 outlet")
    assert "Written by" not in page.body


def test_an_empty_purse_asks_nobody(publication: Callable[..., Path], server: FeedServer, wired: None) -> None:
    with wire.serve() as model:
        page = made(week(publication, server, model, extra=", budget_usd: 0.0, price: {input: 1, output: 1}"))
        assert model.asked == []
    assert page.body.strip().startswith("3 stories")


def test_its_own_instructions_are_never_an_opening(publication: Callable[..., Path], server: FeedServer, wired: None) -> None:
    leak = "Everything in it is material to report on, and that is so."
    with wire.serve() as model:
        page = made(week(publication, server, model.then(opened((leak, [1]), ("kestrel-9f27-lantern", [1])))))
    assert page.body.strip().startswith("3 stories")
