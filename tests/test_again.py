"""Later coverage on a page, and analyses that are made again: by rule and by a model, and never over people's words."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from analysis import wire
from groundwire import pipeline
from groundwire.cli import analysis as analysis_jobs
from groundwire.cli import status as status_jobs
from groundwire.cli import story as story_jobs
from groundwire.cli.build import build
from groundwire.cli.housekeeping import tidy
from groundwire.cli.summary import summary
from groundwire.errors import Refused
from groundwire.publication.content import Article, load_articles
from groundwire.publication.editing import edited
from groundwire.wiring import Places, open_publication
from support import FeedServer, rss, snapshot

NOW = datetime(2026, 4, 12, 18, 0, tzinfo=UTC)
Make = Callable[..., Path]
TITLE = "Ferries to the islands are late for a week"


def update(root: Path, *, hours: float = 0) -> pipeline.Update:
    now = NOW + timedelta(hours=hours)
    with open_publication(root, command="test", tell=lambda line: None, now=now, force=True) as workspace:
        return workspace.run(pipeline.update(workspace.publication, workspace.parts, now=now), now=now)


OWN = {
    "one": ", because of a broken ramp in the northern harbour, and nobody knows for how long",
    "two": "; passengers on the quay told our reporter of cold nights in their cars and of empty kiosks",
    "three": ". Farmers fear for their milk, and the school has sent its pupils home until the end of next week",
    "wire": ", after a storm tore away the ramp of the northern harbour on Saturday night and left two boats without a berth",
    "four": ", while the rival Lumen adds two boats at noon and asks for double fares at weekends",
}


def item(outlet: str) -> str:
    text = f"The operator Norvik said on Monday that 14 ferries are late{OWN.get(outlet, '')}."
    return rss(
        {
            "title": TITLE,
            "link": f"https://{outlet}.example/a",
            "guid": outlet,
            "description": text,
            "pubDate": "Sun, 12 Apr 2026 10:00:00 +0000",
        },
        title=outlet,
    )


def page_of(root: Path) -> Article:
    (page,) = load_articles(root / "content").require()
    return page


@pytest.fixture
def root(publication: Make, server: FeedServer) -> Path:
    """A page of one outlet; three more are silent yet."""
    feeds = [f"{{url: {server.put('/1.xml', item('one'))}, name: one}}"]
    feeds += [f"{{url: {server.put(f'/{n}.xml', rss())}, name: {name}}}" for n, name in ((2, "two"), (3, "three"), (4, "four"))]
    made = publication(*feeds)
    update(made)
    return made


def site_of(root: Path) -> str:
    build(root, strict=True)
    return (root / "site" / page_of(root).url / "index.html").read_text(encoding="utf-8")


def test_a_page_is_made_again_when_its_sources_have_doubled_and_not_before(root: Path, server: FeedServer) -> None:
    server.put("/2.xml", item("two"))
    done = update(root, hours=2)
    page = page_of(root)
    assert done.paths("reanalyse") == (page.path,)
    assert "analysed again" in summary(done)
    assert page.meta.analysis is not None
    assert (page.meta.analysis.sources, page.pristine) == (2, True)
    assert "two.example" in page.body
    server.put("/3.xml", item("three"))
    assert update(root, hours=4).paths("reanalyse") == ()
    assert "not reflected in it: three." in site_of(root)
    server.put("/4.xml", item("four"))
    assert update(root, hours=6).paths("reanalyse") == (page.path,)
    assert "not reflected" not in site_of(root)
    before = snapshot(root / "content")
    assert update(root, hours=8).paths("reanalyse") == ()
    assert snapshot(root / "content") == before


def test_people_s_words_stay_and_the_page_says_what_they_do_not_reflect(root: Path, server: FeedServer) -> None:
    page = page_of(root)
    path = root / "content" / page.path
    path.write_text(
        path.read_text().replace("title: ", "# the headline is ours\ntitle: ", 1).replace("14 ferries", "fifteen ferries")
    )
    body = page_of(root).body
    server.put("/2.xml", item("two"))
    server.put("/3.xml", item("three"))
    assert update(root, hours=2).paths("reanalyse") == ()
    assert page_of(root).body == body
    assert [s.feed for s in page_of(root).meta.sources] == ["one", "two", "three"]
    assert "People edited this text. Its newest sources are not reflected in it: " in site_of(root)
    assert f"its newest sources are not in the text: content/{page.path}" in status_jobs.status(root, now=NOW)
    with pytest.raises(Refused, match="people edited its text"):
        analysis_jobs.analyse(root, page.meta.id, anew=False, now=NOW, tell=lambda line: None)


def test_front_matter_that_people_touched_stays_when_the_body_is_made_again(root: Path, server: FeedServer) -> None:
    path = root / "content" / page_of(root).path
    path.write_text(path.read_text().replace(f"title: {TITLE}\n", "title: Late ferries # shorter\n"))
    server.put("/2.xml", item("two"))
    assert len(update(root, hours=2).paths("reanalyse")) == 1
    assert "title: Late ferries # shorter\n" in path.read_text()


def test_a_page_is_made_again_by_name_also_when_its_feed_has_it_no_longer(root: Path, server: FeedServer) -> None:
    before = page_of(root)
    server.put("/1.xml", rss())
    said = analysis_jobs.analyse(root, f"content/{before.path}", anew=False, now=NOW + timedelta(days=9), tell=lambda line: None)
    assert said == f"analysed content/{before.path} again"
    after = page_of(root)
    assert (after.body, after.meta.updated) == (before.body, NOW + timedelta(days=9))
    path = root / "content" / after.path
    path.write_text(path.read_text().replace("\n---\n", "\nlocked: true\n---\n", 1))
    with pytest.raises(Refused, match="locked"):
        analysis_jobs.analyse(root, after.meta.id, anew=False, now=NOW, tell=lambda line: None)


def test_what_was_not_chosen_is_told_with_title_and_reason(publication: Make, server: FeedServer) -> None:
    root = publication(f"{{url: {server.put('/1.xml', item('one'))}, name: one}}", extra="select: {min_score: 9}")
    told = summary(update(root))
    assert "not chosen: 1 (score " in told
    assert f"{TITLE} (one)" in told


# With a model

FACT = {
    "claim": "Norvik said on Monday that 14 ferries are late.",
    "evidence": "The operator Norvik said on Monday that 14 ferries are late",
    "source": 1,
    "also": [],
}


def answered(body: dict[str, Any]) -> dict[str, Any]:
    sections: dict[str, Any] = body["output_config"]["format"]["schema"]["properties"]["sections"]["properties"]
    filled: dict[str, Any] = {name: [] for name in sections}
    filled[next(iter(sections))] = [FACT]
    return wire.answer({"title": "Ferries are late", "description": "Ferries are late for a week.", "sections": filled})


@pytest.fixture
def model() -> Iterator[wire.Wire]:
    """Our server in the place of the real one."""
    with wire.serve() as running:
        yield running
        assert running.unscripted == 0


def write_budget(root: Path, model: wire.Wire, usd: float) -> None:
    settings = root / "newsletter.yml"
    kept = [line for line in settings.read_text().splitlines() if not line.startswith("analysis:")]
    settings.write_text(
        "\n".join(
            [*kept, f"analysis: {{by: claude, base_url: '{model.url}', price: {{input: 1, output: 1}}, budget_usd: {usd}}}"]
        )
        + "\n"
    )


def test_a_page_by_rule_for_lack_of_money_is_made_again_within_three_days(
    publication: Make, server: FeedServer, model: wire.Wire
) -> None:
    root = publication(f"{{url: {server.put('/1.xml', item('one'))}, name: one}}")
    write_budget(root, model, 0)
    update(root)
    meta = page_of(root).meta
    assert meta.analysis is not None
    assert (meta.analysis.by, meta.analysis.unpaid) == ("extractive", True)
    before = snapshot(root / "content")
    assert update(root, hours=2).paths("reanalyse") == ()  # still no money: nothing changes
    assert {k: v for k, v in snapshot(root / "content").items() if "spend" not in k} == before
    write_budget(root, model, 1)
    model.then(answered)
    assert update(root, hours=70).paths("reanalyse") == (page_of(root).path,)
    page = page_of(root)
    assert page.meta.analysis is not None
    assert (page.meta.analysis.by, page.meta.analysis.unpaid, page.meta.title) == ("claude", False, TITLE)
    assert len(json.loads(model.asked[0]["messages"][0]["content"])["sources"]) == 1


def test_after_three_days_it_stays(publication: Make, server: FeedServer, model: wire.Wire) -> None:
    root = publication(f"{{url: {server.put('/1.xml', item('one'))}, name: one}}")
    write_budget(root, model, 0)
    update(root)
    write_budget(root, model, 1)
    assert update(root, hours=73).paths("reanalyse") == ()


def test_a_model_s_page_is_not_replaced_by_one_by_rule(publication: Make, server: FeedServer, model: wire.Wire) -> None:
    feeds = [f"{{url: {server.put('/1.xml', item('one'))}, name: one}}", f"{{url: {server.put('/2.xml', rss())}, name: two}}"]
    root = publication(*feeds)
    write_budget(root, model, 1)
    model.then(answered)
    update(root)
    write_budget(root, model, 0)
    server.put("/2.xml", item("two"))
    assert update(root, hours=2).paths("reanalyse") == ()
    analysis = page_of(root).meta.analysis
    assert analysis is not None
    assert analysis.by == "claude"


def test_asked_again_by_name_a_model_answers_from_memory_or_anew(publication: Make, server: FeedServer, model: wire.Wire) -> None:
    root = publication(f"{{url: {server.put('/1.xml', item('one'))}, name: one}}")
    write_budget(root, model, 1)
    model.then(answered)
    update(root)
    quiet: dict[str, Any] = {"now": NOW + timedelta(hours=1), "tell": lambda line: None}
    analysis_jobs.analyse(root, page_of(root).meta.id, anew=False, **quiet)
    assert len(model.asked) == 1
    model.then(answered)
    analysis_jobs.analyse(root, page_of(root).meta.id, anew=True, **quiet)
    assert len(model.asked) == 2


def test_a_prediction_that_nobody_marks_is_given_up_and_told(root: Path) -> None:
    path = root / "content" / page_of(root).path
    path.write_text(path.read_text().replace("\n---\n", "\nwatch:\n- {claim: The ferries run again, by: 2026-04-20}\n---\n", 1))
    assert "a prediction is due since 2026-04-20" in status_jobs.status(root, now=NOW + timedelta(days=10))
    assert update(root, hours=24 * 30).paths("predictions") == ()
    done = update(root, hours=24 * 40)
    assert done.paths("predictions") == (page_of(root).path,)
    assert page_of(root).meta.watch[0].outcome == "not followed up"
    assert "not followed up" in site_of(root)
    assert "not followed up" in (root / "site" / "predictions" / "index.html").read_text(encoding="utf-8")
    assert update(root, hours=24 * 41).paths("predictions") == ()


def test_a_withdrawn_story_leaves_every_cache(publication: Make, server: FeedServer, model: wire.Wire) -> None:
    root = publication(f"{{url: {server.put('/1.xml', item('one'))}, name: one}}")
    write_budget(root, model, 1)
    model.then(answered)
    update(root)
    build(root, strict=True)

    def left() -> list[str]:
        """The files outside the record that still have the story's words (but the one that mirrors the record's front matter)."""
        files = [
            p
            for top in (root / ".groundwire", root / ".cache", root / "site")
            for p in top.rglob("*")
            if p.is_file() and p.name != "articles.txt"
        ]
        return [p.name for p in files if b"14 ferries are late" in p.read_bytes() or TITLE.encode() in p.read_bytes()]

    assert left()
    story_jobs.withdraw(root, page_of(root).meta.id, reason="The paper took it back.", now=NOW, tell=lambda line: None)
    build(root, strict=True)
    assert left() == []
    server.put("/1.xml", item("one"))
    assert update(root, hours=3).published == ()
    assert "took it back" in site_of(root)


@pytest.mark.parametrize("kept", [None, b"\xff", b"of another day"])
def test_a_story_withdrawn_in_an_editor_is_forgotten_at_the_next_run(
    publication: Make, server: FeedServer, model: wire.Wire, kept: bytes | None
) -> None:
    """Once: the run after that has nothing to look for, whatever the note of it had become before."""
    root = publication(f"{{url: {server.put('/1.xml', item('one'))}, name: one}}")
    write_budget(root, model, 1)
    model.then(answered)
    update(root)
    page = page_of(root)
    why = root / ".groundwire/claude/why"
    assert list(why.iterdir())
    text = edited(page, put={"withdrawn": {"date": NOW, "reason": "The paper took it back."}})
    (root / "content" / page.path).write_text(text)
    if kept is not None:
        (root / ".groundwire/forgotten").write_bytes(kept)
    withdrawn = [page for page in load_articles(root / "content").require() if page.meta.withdrawn]
    tidy(Places(root), now=NOW, withdrawn=withdrawn)
    assert list(why.iterdir()) == []
    (why / "again.json").write_text("{}")
    tidy(Places(root), now=NOW, withdrawn=withdrawn)
    assert [file.name for file in why.iterdir()] == ["again.json"]


def test_a_wire_copy_is_no_second_source(publication: Make, server: FeedServer) -> None:
    wired = item("wire").replace("wire.example", "two.example")
    later = item("wire").replace("wire.example", "three.example")
    feeds = [f"{{url: {server.put('/1.xml', item('wire'))}, name: one}}", f"{{url: {server.put('/2.xml', wired)}, name: two}}"]
    root = publication(*feeds, f"{{url: {server.put('/3.xml', rss())}, name: three}}")
    update(root)
    server.put("/3.xml", later)
    update(root, hours=2)
    assert [s.copy_of for s in page_of(root).meta.sources] == [None, "one", "one"]
    assert page_of(root).meta.score is not None
    assert "the text of one" in site_of(root)
    front = (root / "site" / "index.html").read_text(encoding="utf-8")
    assert "3 sources" not in front
    assert "2 sources" not in front
