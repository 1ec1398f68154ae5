"""Mending by people: split, joined, released and withdrawn stories stay so, over later runs and on a fresh runner."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from groundwire import pipeline
from groundwire.checking.check import check_publication
from groundwire.cli import new as new_jobs
from groundwire.cli import status as status_jobs
from groundwire.cli import story as story_jobs
from groundwire.cli.build import build
from groundwire.errors import Refused
from groundwire.publication.content import Article, load_articles
from groundwire.publication.frontmatter import SourceMeta
from groundwire.wiring import open_publication
from sitekit import NOON, Publication
from support import FeedServer, fresh_machine, rss, snapshot

NOW = datetime(2026, 4, 12, 18, 0, tzinfo=UTC)
Make = Callable[..., Path]
QUIET: dict[str, Any] = {"now": NOW + timedelta(hours=1), "tell": lambda line: None}


def update(root: Path, *, hours: int = 0) -> pipeline.Update:
    now = NOW + timedelta(hours=hours)
    with open_publication(root, command="test", tell=lambda line: None, now=now, force=True) as workspace:
        return workspace.run(pipeline.update(workspace.publication, workspace.parts, now=now), now=now)


def pages(root: Path) -> list[Article]:
    return list(load_articles(root / "content").require())


def item(title: str, link: str, text: str = "") -> dict[str, str]:
    return {
        "title": title,
        "link": link,
        "guid": link,
        "description": text or f"{title}, the paper says.",
        "pubDate": "Sun, 12 Apr 2026 10:00:00 +0000",
    }


def two_outlets(publication: Make, server: FeedServer) -> Path:
    """One headline in two outlets, so one page with two sources; and another story."""
    one = item("Ferries to the islands are late for a week", "https://one.example/a")
    two = item("Ferries to the islands are late for a week", "https://two.example/b")
    other = item("Bakers of Exampleton strike for shorter nights", "https://one.example/c")
    first = f"{{url: {server.put('/1.xml', rss(one, other))}, name: One}}"
    root = publication(first, f"{{url: {server.put('/2.xml', rss(two))}, name: Two}}")
    update(root)
    return root


def test_what_is_split_never_rejoins(publication: Make, server: FeedServer) -> None:
    root = two_outlets(publication, server)
    page = next(p for p in pages(root) if len(p.meta.sources) == 2)
    said = story_jobs.split(root, page.meta.id, ["https://two.example/b"], **QUIET)
    assert "never rejoin" in said
    assert sorted([s.url for s in p.meta.sources] for p in pages(root)) == [
        ["https://one.example/a"],
        ["https://one.example/c"],
        ["https://two.example/b"],
    ]
    before = snapshot(root / "content")
    fresh_machine(root)
    assert update(root, hours=3).published == ()
    assert snapshot(root / "content") == before


def drop_source(page: Article, url: str, root: Path) -> str:
    """Take a source's line off a page, as a person does in an editor; the answer is the line."""
    path = root / "content" / page.path
    lines = path.read_text().splitlines(keepends=True)
    (line,) = [line for line in lines if line.startswith("- ") and url in line]
    path.write_text("".join(other for other in lines if other != line))
    return line


def add_source(page: Article, line: str, root: Path) -> None:
    path = root / "content" / page.path
    path.write_text(path.read_text().replace("sources:\n", "sources:\n" + line))


def with_source(root: Path, url: str) -> Article:
    (found,) = [p for p in pages(root) if url in [s.url for s in p.meta.sources]]
    return found


def test_a_source_taken_off_a_page_never_rejoins_and_may_be_a_story_of_its_own(publication: Make, server: FeedServer) -> None:
    root = two_outlets(publication, server)
    ferries = with_source(root, "https://two.example/b")
    drop_source(ferries, "https://two.example/b", root)
    done = update(root, hours=1)
    assert (len(done.published), done.joined) == (1, ())
    assert with_source(root, "https://two.example/b").meta.id != ferries.meta.id
    before = snapshot(root / "content")
    fresh_machine(root)
    update(root, hours=3)
    assert snapshot(root / "content") == before


def test_the_first_source_taken_off_a_page_gets_another_id(publication: Make, server: FeedServer) -> None:
    root = two_outlets(publication, server)
    ferries = with_source(root, "https://one.example/a")
    drop_source(ferries, "https://one.example/a", root)
    update(root, hours=1)
    assert with_source(root, "https://one.example/a").meta.id != ferries.meta.id
    assert with_source(root, "https://two.example/b").meta.id == ferries.meta.id
    assert len(pages(root)) == 3


def test_what_was_taken_off_comes_back_by_no_other_feed(publication: Make, server: FeedServer) -> None:
    root = two_outlets(publication, server)
    ferries = with_source(root, "https://two.example/b")
    drop_source(ferries, "https://two.example/b", root)
    server.put("/2.xml", rss())
    assert update(root, hours=1).published == ()  # the feed has it no more
    again = {**item("Ferries to the islands are late for a week", "https://two.example/b?utm_source=x"), "guid": "anew"}
    server.put("/1.xml", rss(again))
    assert update(root, hours=2).joined == ()
    assert with_source(root, "https://two.example/b?utm_source=x").meta.id != ferries.meta.id


def test_a_source_moved_to_another_page_stays_there(publication: Make, server: FeedServer) -> None:
    root = two_outlets(publication, server)
    ferries, bakers = with_source(root, "https://two.example/b"), with_source(root, "https://one.example/c")
    add_source(bakers, drop_source(ferries, "https://two.example/b", root), root)
    done = update(root, hours=1)
    assert (done.published, done.joined) == ((), ())
    assert with_source(root, "https://two.example/b").meta.id == bakers.meta.id
    before = snapshot(root / "content")
    fresh_machine(root)
    update(root, hours=2)
    assert snapshot(root / "content") == before


def test_a_source_put_back_belongs_again(publication: Make, server: FeedServer) -> None:
    root = two_outlets(publication, server)
    ferries = with_source(root, "https://two.example/b")
    server.put("/2.xml", rss())
    line = drop_source(ferries, "https://two.example/b", root)
    update(root, hours=1)
    add_source(ferries, line, root)
    server.put("/2.xml", rss(item("Ferries to the islands are late for a week", "https://two.example/b")))
    assert update(root, hours=2).published == ()
    before = snapshot(root / "content")
    assert update(root, hours=3).published == ()
    assert snapshot(root / "content") == before


def test_an_address_put_right_parts_nothing(publication: Make, server: FeedServer) -> None:
    root = two_outlets(publication, server)
    ferries = with_source(root, "https://two.example/b")
    path = root / "content" / ferries.path
    path.write_text(path.read_text().replace("https://two.example/b", "https://two.example/better"))
    assert update(root, hours=1).published == ()
    before = snapshot(root / "content")
    assert update(root, hours=2).published == ()
    assert snapshot(root / "content") == before


def test_a_page_deleted_after_its_sources_moved_leads_to_their_new_home(publication: Make, server: FeedServer) -> None:
    root = two_outlets(publication, server)
    ferries, bakers = with_source(root, "https://two.example/b"), with_source(root, "https://one.example/c")
    for source in ferries.meta.sources:
        add_source(bakers, drop_source(with_source(root, source.url), source.url, root), root)
    (root / "content" / ferries.path).unlink()
    assert update(root, hours=1).published == ()
    build(root, strict=True)
    assert bakers.url.rstrip("/").rsplit("/", 1)[-1] in (root / "site" / ferries.url / "index.html").read_text()
    third = item("Ferries to the islands are late for a week", "https://three.example/d")
    server.put("/2.xml", rss({**third, "title": "Ferries to the islands are late for a week"}))
    assert update(root, hours=2).suppressed == ()


def test_a_page_is_not_emptied_by_a_split(publication: Make, server: FeedServer) -> None:
    root = two_outlets(publication, server)
    page = next(p for p in pages(root) if len(p.meta.sources) == 2)
    for urls in (["https://one.example/a", "https://two.example/b"], ["https://elsewhere.example/"]):
        with pytest.raises(Refused, match=r"name some, not all[^$]*https://two\.example/b"):
            story_jobs.split(root, page.meta.id, urls, **QUIET)


def test_what_is_joined_is_one_page_at_both_addresses(publication: Make, server: FeedServer) -> None:
    root = two_outlets(publication, server)
    bakers, ferries = sorted(pages(root), key=lambda p: p.meta.title)
    story_jobs.join(root, f"content/{bakers.path}", ferries.path, **QUIET)
    (left,) = pages(root)
    assert {s.url for s in left.meta.sources} == {"https://one.example/a", "https://two.example/b", "https://one.example/c"}
    assert left.meta.aliases == (bakers.url,)
    before = snapshot(root / "content")
    assert update(root, hours=3).published == ()
    assert snapshot(root / "content") == before
    again = item("Bakers of Exampleton strike for shorter nights", "https://one.example/c?utm_source=x")
    server.put("/2.xml", rss(again))
    done = update(root, hours=5)
    assert (done.published, len(pages(root))) == ((), 1)


def test_a_held_story_is_in_no_output_until_it_is_released(publication: Make, server: FeedServer) -> None:
    root = publication(
        server.put("/f.xml", rss(item("Ferries to the islands are late", "https://one.example/a"))), extra="review: {hold: all}"
    )
    done = update(root)
    assert [change.note for change in done.changes if change.kind == "publish"] == [
        "waits for review: every story is reviewed (review.hold: all)"
    ]
    assert pages(root)[0].meta.status == "draft"
    assert "A. Editor" in story_jobs.release(root, pages(root)[0].meta.id, by="A. Editor", **QUIET)
    meta = pages(root)[0].meta
    assert meta.listed
    assert (meta.reviewed and meta.reviewed.by, meta.published) == ("A. Editor", QUIET["now"])
    with pytest.raises(Refused, match="no draft"):
        story_jobs.release(root, meta.id, by="A. Editor", **QUIET)


def test_a_withdrawn_story_is_revived_by_nothing(publication: Make, server: FeedServer) -> None:
    root = publication(server.put("/f.xml", rss(item("Ferries to the islands are late for a week", "https://one.example/a"))))
    update(root)
    story_jobs.withdraw(root, pages(root)[0].meta.id, reason="The paper took it back.", **QUIET)
    page = pages(root)[0]
    assert page.meta.withdrawn is not None
    server.put("/f.xml", rss(item("Ferries to the islands are late for a week", "https://one.example/new")))
    done = update(root, hours=4)
    assert (done.published, done.joined, done.suppressed) == ((), (), ("Ferries to the islands are late for a week",))
    assert pages(root)[0].text == page.text
    with pytest.raises(Refused, match="already"):
        story_jobs.withdraw(root, page.path, reason="x", **QUIET)


def test_a_story_that_is_not_there_is_told_with_an_example(publication: Make, server: FeedServer) -> None:
    root = two_outlets(publication, server)
    with pytest.raises(Refused, match=r"for example s-[0-9a-f]{10} or content/articles/"):
        story_jobs.withdraw(root, "s-0000000000", reason="x", **QUIET)


def test_a_draft_that_a_person_began_is_released_by_nobody(publication: Make, server: FeedServer) -> None:
    root = publication(
        server.put("/f.xml", rss(item("Ferries to the islands are late", "https://one.example/a"))), extra="review: {hold: all}"
    )
    update(root)
    (held,) = pages(root)
    new_jobs.article(root, "What we changed", category="research", description="", ready=False, now=NOW)
    (begun,) = [page for page in pages(root) if page.meta.id != held.meta.id]
    taken_back = begun.text.replace(begun.meta.id, "s-00000000aa").replace("status: draft", held_keys(held))
    (root / "content/articles/2026/04/taken-back.md").write_text(taken_back)
    assert story_jobs.held(root) == f"content/{held.path}"
    with pytest.raises(Refused, match=r"begun by a person.*\nstatus: draft"):
        story_jobs.release(root, begun.path, by="A. Editor", **QUIET)
    story_jobs.release(root, held.path, by="A. Editor", **QUIET)
    assert story_jobs.held(root) == ""
    assert (root / "content" / begun.path).read_text(encoding="utf-8") == begun.text
    told = status_jobs.status(root, now=QUIET["now"])
    assert f"a draft of yours: content/{begun.path}" in told
    assert "waiting for review" not in told


def held_keys(page: Article) -> str:
    """A page of the machine's that was published, and that a person took back."""
    assert page.meta.generated is not None
    return f"generated: {{hash: '{page.meta.generated.hash}'}}\nstatus: draft"


PAGES = st.fixed_dictionaries(
    {
        "hours": st.integers(-23, 40),  # before noon, or after it as far as clocks and zones may differ
        "updated": st.none() | st.integers(-20, 40),
        "fraction": st.sampled_from([0, 7]),
        "status": st.sampled_from([None, "draft"]),
        "title": st.sampled_from(["A headline", "x" * 400, "  two\nlines  "]),
        "held": st.booleans(),
    }
)
COMMANDS = ("release", "withdraw", "split", "join")


PLAIN = {"hours": 5, "updated": None, "fraction": 0, "status": None, "title": "A headline", "held": False}


@settings(max_examples=8, deadline=None)
@example(shape={**PLAIN, "updated": 2, "status": "draft", "held": True}, order=["release", "withdraw", "split", "join"])
@example(shape={**PLAIN, "hours": -20, "fraction": 7, "title": "x" * 400}, order=["split", "join", "withdraw", "release"])
@given(shape=PAGES, order=st.permutations(COMMANDS))
def test_what_a_command_wrote_passes_the_check(
    tmp_path_factory: pytest.TempPathFactory, shape: dict[str, Any], order: list[str]
) -> None:
    pub = Publication.create(tmp_path_factory.mktemp("commands") / "pub")
    sources = [SourceMeta(feed=f"Outlet {n}", title=shape["title"], url=f"https://{n}.example/a") for n in range(3)]
    published = NOON - timedelta(hours=shape["hours"], microseconds=-shape["fraction"])
    updated = max(published, NOON - timedelta(hours=shape["updated"])) if shape["updated"] is not None else None
    state = {"status": shape["status"], "in_review": "x" if shape["held"] and shape["status"] else None}
    pub.article("One", date=NOON, published=published, updated=updated, sources=tuple(sources), **state)
    pub.article("Two", hours=1)
    assert wrong(pub) == []
    now: dict[str, Any] = {"now": NOON + timedelta(microseconds=3), "tell": lambda line: None}
    page = "articles/2026/02/one.md"
    commands: dict[str, Callable[[], str]] = {
        "release": lambda: story_jobs.release(pub.root, page, by="A. Editor", **now),
        "withdraw": lambda: story_jobs.withdraw(pub.root, page, reason="It was wrong: all of it.", **now),
        "split": lambda: story_jobs.split(pub.root, page, ["https://1.example/a"], **now),
        "join": lambda: story_jobs.join(pub.root, "articles/2026/02/two.md", page, **now),
    }
    for name in order:
        with suppress(Refused):
            commands[name]()
        assert wrong(pub) == [], name


def wrong(pub: Publication) -> list[str]:
    return [str(one) for one in check_publication(pub.root, now=NOON).problems if one.level == "error"]
