"""What a run knows of the publication: read from files in any order, kept in a cache that changes no answer, and current while it changes."""

from __future__ import annotations

import random
import shutil
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from groundwire.model import Entry, Feed
from groundwire.publication.cache import Cache, made_by
from groundwire.publication.changes import Change, ContentWriter
from groundwire.publication.content import Content, load_articles, load_content
from groundwire.publication.editing import edited
from groundwire.publication.frontmatter import ArticleMeta, compose
from groundwire.publication.identity import url_key
from groundwire.publication.log import Ledger, Row, line_of
from groundwire.publication.manual_edits import hand_edits
from groundwire.publication.publication import Publication
from groundwire.publication.story_log import BY_PEOPLE, StoryLog
from groundwire.settings import Settings
from groundwire.wiring import load_log

START = datetime(2026, 1, 10, tzinfo=UTC)
NOW = datetime(2026, 9, 20, 6, tzinfo=UTC)
FEEDS = [Feed(url=f"https://{name}.example/f", name=name) for name in "ab"]
ENTRIES = [Entry(feed, f"e{n}", f"https://{feed.name}.example/{n}", f"Title {n}") for feed in FEEDS for n in range(2)]
STORIES = [f"s-{n:010x}" for n in range(3)]
KEYS = [url_key(entry.url) for entry in ENTRIES]
SETTINGS = Settings(title="T", url="https://news.example/", feeds=tuple(FEEDS))


@st.composite
def rows(draw: st.DrawFn) -> Row:
    """A row of any kind, now and then a broken one."""
    story, entry = draw(st.sampled_from(STORIES)), draw(st.sampled_from(ENTRIES))
    numbers = draw(st.lists(st.integers(0, 3), min_size=1, max_size=2, unique=True))
    known: Row = {"entries": [list(ENTRIES[n].key) for n in numbers], "marks": [KEYS[n] for n in numbers]}
    if draw(st.booleans()):
        known = {**known, "listed": {KEYS[n]: ENTRIES[n].feed.url for n in numbers}}
    page = {"event": "published", "story": story, "title": "T", **known}
    kinds: list[Row] = [
        {**page, "path": f"articles/2026/01/{story}.md", "category": "research"},
        {**page, "path": f"articles/2026/02/{story}.md", "category": "other"},
        {"event": "joined", "story": story, **known},
        {"event": "seen", "feed": entry.feed.url, "entry": entry.id},
        {"event": "separated", "story": story, **known},
        {"event": "rejoined", "story": story, **known},
        {"event": "readdressed", "story": story, "from": draw(st.sampled_from(KEYS)), "to": draw(st.sampled_from(KEYS))},
        {"event": "chosen", "story": story, "category": "research", "coverage": [], **known},
        {"event": "merged", "story": story, "into": draw(st.sampled_from(STORIES))},
        {"event": "stood", "story": story, "path": f"articles/2026/01/{story}.md"},
        {"event": "of another version", "story": story, **known},
    ]
    row = draw(st.sampled_from(kinds))
    if draw(st.integers(0, 11)) == 11:
        key = draw(st.sampled_from(sorted(row)))
        row = {**row, key: draw(st.sampled_from([None, 3, ["x"], {"x": 1}]))}
    return row


def write_page(content: Path, story: str, *entries: Entry, month: int = 1) -> Path:
    """A page of a story, with sources."""
    meta = ArticleMeta.model_validate(
        {
            "id": story,
            "title": "A title",
            "description": "A line.",
            "date": START,
            "category": "research",
            "published": START,
            "sources": [{"feed": entry.feed.title, "title": "T", "url": entry.url} for entry in entries],
        }
    )
    path = content / f"articles/2026/{month:02}/{story}.md"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(compose(meta, "Text.\n"))
    return path


def publication(content: Path, *, cache: Path | None = None) -> Publication:
    """As it is on disk."""
    return Publication.of(SETTINGS, {}, load_content(content, cache=cache), load_log(Ledger(content / ".ledger")))


def answers(known: Publication) -> dict[str, object]:
    """Every question that a run asks."""
    return {
        "knows": [known.knows(entry) for entry in ENTRIES],
        "story_of": [known.story_of(entry) for entry in ENTRIES],
        "separated": known.separated(ENTRIES),
        "deleted": known.deleted_articles(),
        "published": [known.published_on((START + timedelta(days=n)).date().isoformat()) for n in range(40)],
        "edits": hand_edits(known),
        "unlogged": [page.path for page in known.unlogged_articles()],
        "articles": [(page.path, page.content_hash, page.summary, page.meta) for page in known.articles],
    }


@settings(max_examples=150, deadline=None)
@given(st.lists(rows(), max_size=10), st.randoms(use_true_random=False))
def test_lines_in_any_order_and_twice_say_the_same(
    tmp_path_factory: pytest.TempPathFactory, told: list[Row], chance: random.Random
) -> None:
    """Git merges the log's files by union."""
    folder = tmp_path_factory.mktemp("ledger")
    for number, row in enumerate(told):
        Ledger(folder).append("stories", row, now=START + timedelta(days=number * chance.choice((0, 1, 20))))
    before = StoryLog.of(Ledger(folder).rows("stories"))
    for file in folder.glob("stories-*.jsonl"):
        lines = file.read_text(encoding="utf-8").splitlines(keepends=True)
        lines += chance.sample(lines, len(lines) // 2)
        chance.shuffle(lines)
        file.write_text("".join(lines), encoding="utf-8")
    assert StoryLog.of(Ledger(folder).rows("stories")) == before


@settings(max_examples=100, deadline=None)
@given(st.lists(rows().filter(lambda row: row.get("event") not in BY_PEOPLE), max_size=8), st.randoms(use_true_random=False))
def test_after_a_change_it_is_what_the_next_run_reads(
    tmp_path_factory: pytest.TempPathFactory, told: list[Row], chance: random.Random
) -> None:
    content = tmp_path_factory.mktemp("publication") / "content"
    for story in STORIES:
        write_page(content, story, *chance.sample(ENTRIES, 2))
    known, at = publication(content), START
    for row in told:
        page = chance.choice(known.articles)
        note = {"date": at, "note": f"Note of {at:%d %B}."}
        other = f"articles/2026/03/{len(known.articles)}-{page.id}.md"
        kinds: list[dict[str, str | None]] = [{}, {page.path: edited(page, add={"corrections": [note]})}]
        files = chance.choice([*kinds, {page.path: None, other: page.text}])
        change = Change("edit", page.path, files=files, rows=(("stories", row),))
        ContentWriter(content, Ledger(content / ".ledger"), now=at).apply(change)
        known, at = known.after(change, at=at), at + timedelta(days=1)
    assert answers(known) == answers(publication(content))


def test_what_people_decided_counts_after_what_the_machine_did(tmp_path: Path) -> None:
    """Whichever of two machines wrote first: an entry that people took out of a story does not come back to it."""
    key = ENTRIES[0].key
    known = {"entries": [list(key)], "marks": [KEYS[0]]}
    ledger = Ledger(tmp_path)
    ledger.append("stories", {"event": "separated", "story": STORIES[0], **known}, now=START)
    ledger.append("stories", {"event": "joined", "story": STORIES[0], **known}, now=START + timedelta(days=1))
    log = StoryLog.of(ledger.rows("stories"))
    assert (log.story_by_entry, log.separated_entries) == ({}, {key: frozenset({STORIES[0]})})


def test_a_page_that_another_one_with_its_id_kept_away_comes_back(tmp_path: Path) -> None:
    content, cache = tmp_path / "content", tmp_path / ".cache"
    first, second = (write_page(content, STORIES[0], ENTRIES[n], month=n + 1) for n in range(2))
    found = load_articles(content, cache=cache)
    assert [problem.file for problem in found.problems] == [f"content/articles/2026/02/{STORIES[0]}.md"]
    assert publication(content, cache=cache).article(STORIES[0]) == found.pages[1]
    second.unlink()
    page = publication(content, cache=cache).article(STORIES[0])
    assert page is not None
    assert content / page.path == first


def damaged(raw: bytes, chance: random.Random) -> bytes:
    """A file as a disk or a kill may leave it."""
    place = chance.randrange(len(raw))
    flipped = bytes([raw[place] ^ (1 << chance.randrange(8))])
    return chance.choice(
        (raw[:place] + flipped + raw[place + 1 :], raw[:place], b"", raw[:place] + b"\0" * 64 + raw[place + 64 :])
    )


@settings(max_examples=100, deadline=None)
@given(st.randoms(use_true_random=False))
def test_a_damaged_cache_changes_no_answer(tmp_path_factory: pytest.TempPathFactory, chance: random.Random) -> None:
    root = tmp_path_factory.mktemp("publication")
    content, cache = root / "content", root / ".cache"
    for number, story in enumerate(STORIES):
        write_page(content, story, ENTRIES[number])
    whole = answers(publication(content, cache=cache))
    file = cache / "articles.txt"
    file.write_bytes(damaged(file.read_bytes(), chance))
    assert answers(publication(content, cache=cache)) == whole
    assert answers(publication(content, cache=cache)) == whole


def test_an_edit_is_seen_whatever_the_file_s_times_say(tmp_path: Path) -> None:
    content, cache = tmp_path / "content", tmp_path / ".cache"
    path = write_page(content, STORIES[0], ENTRIES[0])
    load_content(content, cache=cache)
    status = path.stat()
    path.write_text(path.read_text().replace("A title", "B title"))
    shutil.os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))  # type: ignore[attr-defined]  # the module's own import
    assert [page.meta.title for page in load_content(content, cache=cache).articles] == ["B title"]


def test_only_what_changed_is_parsed_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The cache is used: else all of this proves nothing."""
    content, cache = tmp_path / "content", tmp_path / ".cache"
    for story in STORIES:
        write_page(content, story)
    whole = load_content(content, cache=cache)
    parsed: list[str] = []
    original: Callable[..., object] = sys.modules["groundwire.publication.content"].__dict__["parse"]

    def watched(text: str, model: type[ArticleMeta], *, file: str) -> object:
        parsed.append(file)
        return original(text, model, file=file)

    monkeypatch.setattr("groundwire.publication.content.parse", watched)
    assert load_content(content, cache=cache) == whole
    assert parsed == []
    write_page(content, STORIES[1], ENTRIES[0])
    load_content(content, cache=cache)
    assert parsed == [f"content/articles/2026/01/{STORIES[1]}.md"]


def test_a_cache_forgets_what_nobody_asks_for(tmp_path: Path) -> None:
    """What a page said that is gone is gone here, too."""
    first = Cache(tmp_path, "kind")
    first.put("a", "one")
    first.put("b", "two")
    first.save()
    later = Cache(tmp_path, "kind")
    assert later.get("a") == "one"
    later.save()
    assert (Cache(tmp_path, "kind").get("a"), Cache(tmp_path, "kind").get("b")) == ("one", None)


def test_a_cache_of_other_code_is_not_believed(tmp_path: Path) -> None:
    """Change any module of the package: what was worked out before is worked out again."""
    package = tmp_path / "groundwire"
    shutil.copytree(
        Path(__file__).parents[2] / "generator" / "groundwire", package, ignore=shutil.ignore_patterns("__pycache__", "sample")
    )
    ask = [sys.executable, "-c", "from groundwire.publication.cache import made_by; print(made_by())"]

    def answer() -> str:
        return subprocess.run(ask, cwd=tmp_path, check=True, capture_output=True, text=True).stdout

    before = answer()
    assert answer() == before
    for module in ("checking/links.py", "text/escape.py", "analysis/topics.yml"):
        old = (package / module).read_text(encoding="utf-8")
        (package / module).write_text(old + "\n# changed\n", encoding="utf-8")
        assert answer() != before
        (package / module).write_text(old, encoding="utf-8")
    assert answer() == before


def test_a_full_disk_costs_time_and_no_more(tmp_path: Path) -> None:
    (tmp_path / "content").mkdir()
    cache = tmp_path / "cache"
    cache.write_text("a file where the folder should be")
    assert load_content(tmp_path / "content", cache=cache) == Content()
    write_page(tmp_path / "content", STORIES[0])
    assert len(load_content(tmp_path / "content", cache=cache).articles) == 1


def test_the_log_of_the_first_edition_s_batches_is_passed_over(tmp_path: Path) -> None:
    """A story that was chosen and never got its page is new again."""
    ledger = Ledger(tmp_path)
    known = {"entries": [list(ENTRIES[0].key)], "marks": [KEYS[0]]}
    line = line_of({"at": "2026-01-10T00:00:00Z", "event": "chosen", "story": STORIES[0], "category": "research", **known})
    (tmp_path / "stories-2026-01.jsonl").write_text(line)
    assert StoryLog.of(ledger.rows("stories")).story_by_entry == {}
    assert made_by()
