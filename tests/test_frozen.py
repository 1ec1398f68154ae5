"""The publication that the first edition left (tests/fixtures/frozen) opens with today's code: nothing is lost, nothing is done twice."""

from __future__ import annotations

import shutil
import sqlite3
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from groundwire import pipeline
from groundwire.cli import check as check_jobs
from groundwire.cli import send as send_jobs
from groundwire.mail.links import Answer
from groundwire.publication.content import load_articles
from groundwire.subscribers.dispatch import World
from groundwire.website.build import build_site
from groundwire.wiring import open_publication
from mailkit import Sink, smtp_sink
from support import FeedServer, fresh_machine, rss, snapshot

FROZEN = Path(__file__).parent / "fixtures" / "frozen"
LEFT = datetime(2026, 3, 14, 14, tzinfo=UTC)  # after the last thing that was done to it
FEEDS_AT = ("127.0.0.1", 8000)


@pytest.fixture
def frozen(tmp_path: Path) -> Path:
    """A copy with its database, on a machine that never saw it."""
    root = tmp_path / "frozen"
    shutil.copytree(FROZEN, root)
    shutil.copy(Path(__file__).parents[1] / "mkdocs.yml", root / "mkdocs.yml")
    with sqlite3.connect(root / "subscribers.sqlite") as database:
        database.executescript((root / "subscribers.sql").read_text(encoding="utf-8"))
    database.close()
    return root


def run(root: Path, server: FeedServer, *, now: datetime) -> tuple[pipeline.Update, str]:
    """A day's update and issue, its feeds as they are served."""
    at = ("127.0.0.1", server.port)
    with open_publication(root, command="test", tell=lambda line: None, now=now, force=True, routes={FEEDS_AT: at}) as workspace:
        done = workspace.run(pipeline.update(workspace.publication, workspace.parts, now=now), now=now)
        return done, workspace.run(pipeline.issue(done.publication, workspace.parts, now=now), now=now)


def serve_feeds(server: FeedServer) -> None:
    """The feeds as they were on the last day."""
    for feed in FROZEN.glob("feeds/*.xml"):
        server.put(f"/feeds/{feed.name}", feed.read_bytes(), Content_Type="application/rss+xml")


def test_check_finds_nothing_wrong(frozen: Path) -> None:
    assert check_jobs.check(frozen, now=LEFT) == "all right: 18 articles, 4 issues, 3 feeds"


def test_every_address_is_still_there(frozen: Path) -> None:
    build_site(frozen)
    site = frozen / "site"
    gone = [line for line in (FROZEN / "addresses.txt").read_text().split() if not (site / line).is_file()]
    assert not gone
    moved = (site / "articles/2026/03/library-of-lindholm-lends-out-tools-as-well-as-books/index.html").read_text()
    assert "wild-bees-return-to-the-meadows-of-velden" in moved  # joined: its address leads there


def test_nothing_is_published_again(frozen: Path, server: FeedServer) -> None:
    serve_feeds(server)
    before = snapshot(frozen / "content")
    for hours in (0, 1, 24):
        done, issue = run(frozen, server, now=LEFT + timedelta(hours=hours))
        assert (done.published, done.joined, done.failed, issue) == ((), (), (), "no issue is due")
        fresh_machine(frozen)
    assert snapshot(frozen / "content") == before


def test_a_new_story_gets_its_one_page_and_leaves_the_others_alone(frozen: Path, server: FeedServer) -> None:
    serve_feeds(server)
    story = (
        "The choir of Lindholm sings below the bridge for the first time. Forty singers took part. The city lent them its boats."
    )
    item = {
        "title": "Choir of Lindholm sings below the bridge",
        "link": "https://wire.example/2026/03/choir",
        "guid": "wire-choir",
        "pubDate": "Sat, 14 Mar 2026 13:30:00 GMT",
        "description": story,
    }
    server.put("/feeds/wire.xml", rss(item))
    before = snapshot(frozen / "content" / "articles")
    done, _ = run(frozen, server, now=LEFT)
    assert len(done.published) == 1
    after = snapshot(frozen / "content" / "articles")
    assert {name: after[name] for name in before} == before
    assert len(after) == len(before) + 1


def test_what_people_did_still_holds(frozen: Path) -> None:
    pages = {page.meta.title: page for page in load_articles(frozen / "content").require()}
    assert not pages["Council of Northport adopts a budget of 61 million crowns"].pristine
    assert pages["Chess champion Ilse Brandt retires at thirty"].meta.locked
    assert pages["Railway workers of Estria vote to end their strike"].meta.withdrawn
    assert pages["Lindholm orders twelve trams without drivers"].meta.status == "draft"
    assert "Parliament of Velden passes a law on noisy drones" not in pages
    by_model = [title for title, page in pages.items() if page.meta.analysis and page.meta.analysis.by == "claude"]
    assert "Glacier below Mount Ardo lost a tenth of its ice in five years" in by_model


@pytest.fixture
def sink() -> Iterator[Sink]:
    with smtp_sink() as running:
        yield running


@pytest.mark.parametrize("later", [timedelta(0), timedelta(days=3)])
def test_nobody_is_mailed_again(frozen: Path, sink: Sink, later: timedelta) -> None:
    settings = frozen / "newsletter.yml"
    settings.write_text(settings.read_text(encoding="utf-8").replace("port: 2525", f"port: {sink.port}"), encoding="utf-8")
    build_site(frozen)
    world = World(lambda: LEFT + later, time.monotonic, lambda seconds: None, lambda line: None)

    def fetch(url: str) -> Answer:
        page = frozen / "site" / url.removeprefix("https://frozen.example/briefing/") / "index.html"
        return Answer(page.read_text(encoding="utf-8")) if page.is_file() else Answer(trouble="404")

    said = send_jobs.send(frozen, tell=lambda line: None, world=world, fetch=fetch)
    assert said == "every ready issue was sent before: 0 sent now"
    assert not sink.taken()
