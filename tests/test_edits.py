"""People's edits survive: whatever they change on a page, later coverage and further runs leave it as they wrote it."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from groundwire.analysis.extractive import ExtractiveAnalyst
from groundwire.cli import analysis as analysis_jobs
from groundwire.cli import daily as jobs
from groundwire.cli.summary import summary
from groundwire.errors import Refused
from groundwire.model import Entry, Feed, FeedResult, Source
from groundwire.pipeline import Update
from groundwire.publication.categories import load_categories
from groundwire.publication.content import Article, load_articles
from groundwire.settings import Settings
from groundwire.steps.parts import Parts
from support import FeedServer, Run, rss

NOW = datetime(2026, 4, 12, 18, tzinfo=UTC)
FEEDS = [Feed(url=f"https://outlet-{n}.example/feed", name=f"Outlet {n}") for n in range(4)]
CATEGORIES = load_categories(Path("/nonexistent"))
TEXT = "The maker of the Gateway VPN has repaired a flaw in version 4.2 that let anybody in without a password, the agency said on Friday."


def entry(feed: Feed, *, hours: float = 2) -> Entry:
    return Entry(
        feed,
        "1",
        f"{feed.url}/a",
        "Maker of the Gateway VPN repairs a flaw in version 4.2",
        TEXT,
        published=NOW - timedelta(hours=hours),
    )


class Reads:
    """A reader of given entries."""

    def __init__(self, entries: Iterable[Entry]) -> None:
        self.entries = tuple(entries)

    def read(self, feeds: Sequence[Feed], *, now: datetime) -> Iterable[FeedResult]:
        return [FeedResult(feed, tuple(e for e in self.entries if e.feed.url == feed.url)) for feed in feeds]


class Excerpts:
    """No full texts."""

    def source(self, entry: Entry, *, number: int) -> Source:
        return Source(number, entry, entry.excerpt, fulltext=False)


def run(content: Path, entries: Iterable[Entry], *, now: datetime) -> Update:
    parts = Parts(Reads(entries), Excerpts(), ExtractiveAnalyst(CATEGORIES), lambda line: None)
    settings = Settings(title="T", url="https://news.example/", feeds=tuple(FEEDS))
    return Run(content, settings, CATEGORIES, parts).update(now=now)


def only(content: Path) -> tuple[Path, Article]:
    [page] = load_articles(content).require()
    return content / page.path, page


words = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Zl", "Zp"), exclude_characters="\u0085"),
    min_size=1,
    max_size=40,
)
quoted = words.map(lambda text: "'" + text.replace("'", "''") + "x'")
EDITS = st.lists(
    st.one_of(
        st.tuples(st.sampled_from(["title", "description"]), quoted),
        st.tuples(st.just("category"), st.sampled_from(sorted(CATEGORIES))),
        st.tuples(st.just("tags"), st.sampled_from(["[a-tag, b-tag]", "\n- a-tag # kept\n- b-tag"])),
        st.tuples(st.just("comment"), words),
        st.tuples(st.just("body"), words),
        st.tuples(st.just("order"), st.randoms(use_true_random=False)),
        st.tuples(st.just("rename"), st.from_regex(r"[a-z]{3,9}", fullmatch=True)),
        st.tuples(st.just("locked"), st.just("true")),
        st.tuples(st.just("delete"), st.just("")),
    ),
    min_size=1,
    max_size=5,
)


def blocks(text: str) -> tuple[list[str], str]:
    """The front matter's top-level keys, each with its lines, and the rest."""
    _, front, rest = text.split("---\n", 2)
    return re.findall(r"^[^\s#-][^\n]*\n(?:(?:[ \-#][^\n]*)?\n)*", front, re.MULTILINE), rest


def edit(path: Path, kind: str, value: object) -> Path:
    """Do what a person does; the page's file afterwards."""
    text = path.read_bytes().decode()
    keys, rest = blocks(text)
    if kind in ("title", "description", "category", "tags", "locked"):
        own = f"{kind}: {value}\n"
        keys = [own if key.startswith(f"{kind}:") else key for key in keys]
        keys += [] if own in keys else [own]
    elif kind == "comment":
        keys[0] += f"# {value}\n"
    elif kind == "order":
        value.shuffle(keys)  # type: ignore[attr-defined]  # a Random of Hypothesis'
    elif kind == "body":
        rest = f"{rest.rstrip()}\n\nAn editor's remark: {value}\n"
    path.write_bytes(f"---\n{''.join(keys)}---\n{rest}".encode())
    if kind == "rename":
        path = path.rename(path.with_name(f"{value}.md"))
    return path


def without_machine_s(text: str, *, edited: bool) -> list[str]:
    """A page's lines without those that the machine may add (`updated`, sources that joined) and, where nobody `edited` the body, make anew."""
    own = r"updated: |- \{feed: Outlet [123], .*added: " + ("" if edited else "|analysis: |generated: ")
    text = text if edited else text[: text.index("\n---\n")]
    return [line for line in text.split("\n") if not re.match(own, line)]


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(EDITS)
def test_whatever_people_change_stays(edits: list[tuple[str, object]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        content = Path(folder) / "content"
        run(content, [entry(FEEDS[0])], now=NOW)
        path, page = only(content)
        assert page.pristine
        deleted = any(kind == "delete" for kind, _ in edits)
        for kind, value in edits:
            path = edit(path, kind, value) if kind != "delete" else path
        before, edited = path.read_bytes().decode(), load_articles(content).require()[0]
        if deleted:
            path.unlink()
        for hour in (1, 2, 3):
            done = run(content, [entry(feed, hours=2 - hour) for feed in FEEDS[: hour + 1]], now=NOW + timedelta(hours=hour))
            assert done.published == ()
            assert not edited.meta.locked or done.joined == ()
            if not deleted and (edited.meta.locked or not edited.pristine):
                assert f"left as people want it: content/{edited.path}" in summary(done)
        if deleted:
            assert list((content / "articles").rglob("*.md")) == []
            return
        after = path.read_bytes().decode()
        now = load_articles(content).require()[0]
        by_people = edited.meta.locked or not edited.pristine
        assert without_machine_s(after, edited=by_people) == without_machine_s(before, edited=by_people)
        assert now.path == edited.path
        assert not by_people or now.body == edited.body
        assert len(now.meta.sources) == (1 if edited.meta.locked else 4)


def test_an_edited_text_is_written_over_by_force_and_by_name_alone(publication: Callable[..., Path], server: FeedServer) -> None:
    item = {"title": "Maker repairs a flaw in the Gateway VPN", "link": "https://outlet.example/a", "description": TEXT}
    root = publication(server.put("/feed.xml", rss(item)))
    quiet: dict[str, Any] = {"now": NOW, "tell": lambda line: None}
    jobs.update(root, force=True, **quiet)
    path, page = only(root / "content")
    path.write_text(path.read_text() + "\nAn editor's remark.\n")
    jobs.run(root, force=True, **quiet)
    assert "An editor's remark." in path.read_text()
    with pytest.raises(Refused, match="--force"):
        analysis_jobs.analyse(root, page.meta.id, anew=False, **quiet)
    assert "An editor's remark." in path.read_text()
    analysis_jobs.analyse(root, page.meta.id, anew=True, **quiet)
    assert only(root / "content")[1].pristine
    path.write_text(path.read_text().replace("---\n\n", "locked: true\n---\n\n", 1) + "\nAn editor's remark.\n")
    with pytest.raises(Refused, match="locked"):
        analysis_jobs.analyse(root, page.meta.id, anew=True, **quiet)
