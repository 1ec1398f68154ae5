"""What is published, as a run knows it from what is kept between runs: the same as one that learns all anew."""

from __future__ import annotations

import os
import random
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generator.errors import Refused
from generator.model import Entry, Feed
from generator.record.compact import compact
from generator.record.editing import edited
from generator.record.frontmatter import ArticleMeta, compose
from generator.record.identity import url_mark
from generator.record.index import file as index
from generator.record.index import following, learning
from generator.record.ledger import Ledger, Row, line_of, rows_in
from generator.record.mending import hand_edits
from generator.record.registry import Registry
from generator.record.shelf import Shelf
from generator.record.store import Store

START = datetime(2026, 1, 10, tzinfo=UTC)
NOW = datetime(2026, 9, 20, 6, tzinfo=UTC)
FEEDS = [Feed(url=f"https://{name}.example/f", name=name) for name in "ab"]
ENTRIES = [Entry(feed, f"e{n}", f"https://{feed.name}.example/{n}", f"Title {n}") for feed in FEEDS for n in range(2)]
STORIES = [f"s-{n:010x}" for n in range(3)]
MARKS = [url_mark(entry.url) for entry in ENTRIES]


class Told(Ledger):
    """A ledger that keeps to itself what would be written."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.told: list[Row] = []

    def append(self, stream: str, *rows: Row, now: datetime) -> None:
        self.told += rows


def answers(registry: Registry, ledger: Told) -> dict[str, object]:
    """Every question that a run asks."""
    registry.remember_places(now=NOW)
    days = [(START + timedelta(days=n)).date().isoformat() for n in range(0, 250, 10)]
    told: dict[str, object] = {
        "has": [registry.has(entry) for entry in ENTRIES],
        "story_of": [registry.story_of(entry) for entry in ENTRIES],
        "separated": registry.separated(ENTRIES),
        "listed": [dict(registry.listed(story)) for story in STORIES],
        "owner": [registry.owner(mark) for mark in MARKS],
        "parting": [registry.parting(mark, story) for mark in MARKS for story in STORIES],
        "entries_of": [registry.entries_of(story, feed=feed) for story in STORIES for feed in (None, FEEDS[0].url)],
        "gone": sorted((one.story, one.title, one.published) for one in registry.gone(lambda path: False)),
        "page": [page and page.path for story in STORIES for page in [registry.page(story)]],
        "dated": [registry.dated(entry, now=NOW).published for entry in ENTRIES],
        "published_on": [registry.published_on(day, day=lambda moment: moment.date().isoformat()) for day in days],
        "waiting": registry.waiting(),
        "waits": [registry.waits(story) for story in STORIES],
        "edits": hand_edits(registry, feeds={f.url: f.title for f in FEEDS}, gone=STORIES[:1]),
        "places": list(ledger.told),
    }
    return told


def _entry_rows() -> st.SearchStrategy[Row]:
    def row(numbers: list[int], listed: bool) -> Row:
        marks = [MARKS[n] for n in numbers]
        found: Row = {"entries": [list(ENTRIES[n].key) for n in numbers], "marks": marks}
        return (
            {**found, "listed": {mark: ENTRIES[n].feed.url for n, mark in zip(numbers, marks, strict=True)}} if listed else found
        )

    return st.builds(row, st.lists(st.integers(0, 3), min_size=1, max_size=2, unique=True), st.booleans())


@st.composite
def _rows(draw: st.DrawFn) -> Row:
    """A row of any kind, now and then a broken one."""
    story, known = draw(st.sampled_from(STORIES)), draw(_entry_rows())
    entry = draw(st.sampled_from(ENTRIES))
    kinds: list[Row] = [
        {
            "event": "published",
            "story": story,
            "path": f"articles/2026/01/{story}.md",
            "category": "research",
            "title": "T",
            **known,
        },
        {
            "event": "published",
            "story": story,
            "path": f"articles/2026/02/{story}.md",
            "category": "other",
            "title": "U",
            **known,
        },
        {"event": "joined", "story": story, **known},
        {"event": "seen", "feed": entry.feed.url, "entry": entry.id},
        {"event": "separated", "story": story, **known},
        {"event": "rejoined", "story": story, **known},
        {"event": "readdressed", "story": story, "from": draw(st.sampled_from(MARKS)), "to": draw(st.sampled_from(MARKS))},
        {"event": "chosen", "story": story, "category": "research", "coverage": [], **known},
        {"event": "let go", "story": story},
        {"event": "merged", "story": story, "into": draw(st.sampled_from(STORIES))},
        {"event": "stood", "story": story, "path": f"articles/2026/01/{story}.md"},
        {"event": "of another version", "story": story, **known},
    ]
    row = draw(st.sampled_from(kinds))
    if draw(st.integers(0, 11)) == 11:
        row = dict(row)
        key = draw(st.sampled_from(sorted(row)))
        row[key] = draw(st.sampled_from([None, 3, ["x"], {"x": 1}, "\ud800"]))
    return row


class Publication:
    """A folder with pages and a ledger, and what may happen to them between two runs."""

    def __init__(self, root: Path, chance: random.Random) -> None:
        self.content, self.derived = root / "content", root / ".derived"
        self.ledger = Ledger(self.content / ".ledger")
        self.chance = chance
        self.day = 0.0

    def goes_on(self, rows: list[Row]) -> None:
        """Runs write rows, on later days."""
        for row in rows:
            self.ledger.append("stories", row, now=START + timedelta(days=self.day))
            self.day += self.chance.choice((0, 0, 1, 9, 40))

    def merged_by_git(self, rows: list[Row]) -> None:
        """A month's lines in another order, some twice, some from another month, some that another machine wrote back then."""
        months = self.ledger.months("stories")
        if not months:
            return
        file = self.chance.choice((months[-1], *months))
        lines = file.read_text(encoding="utf-8").splitlines(keepends=True)
        other = self.chance.choice(months).read_text(encoding="utf-8").splitlines(keepends=True)
        whens = [START + timedelta(days=self.chance.random() * self.day) for _ in rows]
        early = [line_of({"at": f"{when:%Y-%m-%dT%H:%M:%SZ}", **row}) for when, row in zip(whens, rows, strict=True)]
        lines += [*self.chance.sample(lines, min(2, len(lines))), *other[:1], *early]
        self.chance.shuffle(lines)
        file.write_text("".join(lines), encoding="utf-8", errors="replace")

    def compacted(self, rows: list[Row]) -> None:
        compact(self.ledger, now=START + timedelta(days=200 + self.day))

    def pages_change(self, rows: list[Row]) -> None:
        """People write, edit, move and delete pages."""
        for story in self.chance.sample(STORIES, 2):
            path = f"articles/2026/0{self.chance.randint(1, 2)}/{story}.md"
            file = self.content / path
            if not file.exists():
                self.writes(story, file)
            elif self.chance.random() < 0.3:
                file.unlink()
            else:
                page = Store(self.content).article(path)
                reason = {"withdrawn": {"date": NOW, "reason": "Wrong."}}
                file.write_text(
                    edited(page, put=reason) if self.chance.random() < 0.4 and not page.meta.withdrawn else page.text + "More.\n"
                )

    def writes(self, story: str, file: Path) -> None:
        some = self.chance.sample(ENTRIES, self.chance.randint(0, 2))
        meta = ArticleMeta.model_validate(
            {
                "id": story,
                "title": "A title",
                "description": "A line.",
                "date": START,
                "category": "research",
                "published": self.chance.choice((None, START, NOW)),
                "sources": [{"feed": entry.feed.title, "title": "T", "url": entry.url} for entry in some],
                "status": self.chance.choice((None, "draft")),
            }
        )
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(compose(meta, "Text.\n"))

    def lost(self, rows: list[Row]) -> None:
        shutil.rmtree(self.derived, ignore_errors=True)

    def damaged(self, rows: list[Row]) -> None:
        time.sleep(0.02)  # the kernel's clock ticks: a change shows in the file's times
        for file in sorted(self.derived.glob("*")):
            raw = file.read_bytes()
            place = self.chance.randrange(len(raw) + 1)
            how = self.chance.randrange(4)
            file.write_bytes([raw[:place], b"", raw[:place] + b"\0" * 64 + raw[place + 64 :], b"no such thing"][how])

    def of_another_time(self, rows: list[Row]) -> None:
        """An old copy of what is kept comes back."""
        old = self.derived.with_name("old")
        if self.derived.exists():
            if old.exists():
                shutil.rmtree(self.derived)
                shutil.copytree(old, self.derived)
            else:
                shutil.copytree(self.derived, old)


def _clock(later: bool) -> Callable[[], int]:
    """The clock, or one by which no file is young any more."""
    return lambda: time.time_ns() + 10**10 * later


HAPPENINGS: list[Callable[[Publication, list[Row]], None]] = [
    Publication.goes_on,
    Publication.goes_on,
    Publication.goes_on,
    Publication.merged_by_git,
    Publication.compacted,
    Publication.pages_change,
    Publication.pages_change,
    Publication.lost,
    Publication.damaged,
    Publication.of_another_time,
]


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.tuples(st.sampled_from(HAPPENINGS), st.lists(_rows(), min_size=2, max_size=6), st.booleans()), min_size=6, max_size=12
    ),
    st.randoms(use_true_random=False),
)
def test_what_is_kept_answers_as_what_is_learned_anew(
    tmp_path_factory: pytest.TempPathFactory, life: list[tuple[Callable[..., None], list[Row], bool]], chance: random.Random
) -> None:
    pub = Publication(tmp_path_factory.mktemp("publication"), chance)
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("CI", chance.choice(("", "true")))  # where it is set, the index also comes back by its hash
        lives(pub, life)


def lives(pub: Publication, life: list[tuple[Callable[..., None], list[Row], bool]]) -> None:
    for happens, rows, later in life:
        happens(pub, rows)
        kept, anew = Told(pub.ledger.folder), Told(pub.ledger.folder)
        # By a later clock no file is young, so that what is kept of it is believed.
        store = Store(pub.content, clock_ns=_clock(later))
        pages = Store(pub.content, derived=pub.content / "nowhere").articles().pages
        by_kept = answers(Registry(kept, store.shelf()), kept)
        assert by_kept == answers(Registry(anew, pages), anew)
        assert not (pub.content / "nowhere" / index.FILE).exists()


def test_a_later_run_reads_only_what_was_added(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is kept is used: else all of this proves nothing."""
    ledger, store = Ledger(tmp_path / "content/.ledger"), Store(tmp_path / "content")
    for month in range(5):
        ledger.append("stories", joined(month), now=START + timedelta(days=31 * month))
    read: list[str] = []

    def watched(lines: Iterable[str]) -> list[tuple[str, Row]]:
        rows = list(rows_in(lines))
        read.extend(row["story"] for _, row in rows)
        return rows

    monkeypatch.setattr(following, "rows_in", watched)
    Registry(ledger, store.shelf())
    assert read == [f"s-{month}" for month in range(5)]
    for later in (5, 6):
        ledger.append("stories", joined(later), now=START + timedelta(days=150 + later))
        read.clear()
        registry = Registry(ledger, store.shelf())
        assert read == [f"s-{later}"]
        assert [registry.entries_of(f"s-{n}") for n in range(later + 1)] == [[("f", str(n))] for n in range(later + 1)]


@pytest.mark.parametrize("earlier", [False, True])
def test_lines_that_git_joined_in_another_order_are_not_read_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, earlier: bool
) -> None:
    """Unless an earlier row is among them, which another machine wrote."""
    pub = Publication(tmp_path, random.Random(1))
    pub.ledger.append("stories", *map(joined, range(6)), now=START)
    Registry(pub.ledger, Store(pub.content).shelf())
    file = pub.ledger.months("stories")[0]
    lines = file.read_text().splitlines(keepends=True)
    later = line_of({"at": f"{START + timedelta(days=1):%Y-%m-%dT%H:%M:%SZ}", **joined(6)})
    other = [line_of({"at": f"{START - timedelta(days=1):%Y-%m-%dT%H:%M:%SZ}", **joined(7)})] if earlier else []
    file.write_text("".join([*other, *lines[:2], later, *reversed(lines[1:]), lines[0]]))
    learned: list[Row] = []
    learn = learning.learn
    monkeypatch.setattr(learning, "learn", lambda db, rows: learn(db, [learned.append(row) or row for row in rows]))  # type: ignore[func-returns-value]
    registry = Registry(pub.ledger, Store(pub.content).shelf())
    assert [row["story"] for row in learned] == (["s-7", *(f"s-{n}" for n in range(7))] if earlier else ["s-6"])
    assert all(registry.entries_of(f"s-{n}") for n in range(7 + earlier))


def joined(number: int) -> Row:
    return {"event": "joined", "story": f"s-{number}", "entries": [["f", str(number)]], "marks": []}


def test_what_comes_from_another_machine_is_believed_by_its_hash(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As a runner's cache brings it: other times, other inodes. Later runs of that machine, and the machine after it, too."""
    monkeypatch.setenv("CI", "true")
    pub = Publication(tmp_path / "one", random.Random(1))
    pub.writes(STORIES[0], pub.content / "articles/2026/01/a-page.md")
    pub.goes_on([joined(number) for number in range(3)])
    Registry(pub.ledger, Store(pub.content).shelf())
    for number in (2, 3):
        there = tmp_path / f"machine-{number}"
        shutil.copytree(pub.content.parent, there, copy_function=shutil.copyfile)
        pub = Publication(there, random.Random(1))
        pub.day = 100.0 * number
        for later in range(2):
            assert not Store(pub.content).shelf().index.new
            pub.goes_on([joined(10 * number + later)])
            assert Registry(pub.ledger, Store(pub.content).shelf()).entries_of(f"s-{10 * number + later}")
    with (pub.derived / index.FILE).open("ab") as handle:
        handle.write(b"x")
    assert Store(pub.content).shelf().index.new


def test_a_run_that_ends_anywhere_leaves_the_index_as_it_was_settled(tmp_path: Path) -> None:
    pub = Publication(tmp_path, random.Random(1))
    pub.writes(STORIES[0], pub.content / "articles/2026/01/a-page.md")
    registry = Registry(pub.ledger, Store(pub.content).shelf())
    settled = (pub.derived / index.FILE).read_bytes()
    for number in range(2000):
        registry.mended([joined(number)], now=NOW)
    assert (pub.derived / index.FILE).read_bytes() == settled
    assert sorted(file.name for file in pub.derived.iterdir()) == ["frontmatter.sqlite", index.LOCK, index.SEAL, index.FILE]
    assert registry.entries_of("s-1999") == [("f", "1999")]
    assert Registry(pub.ledger, Store(pub.content).shelf()).entries_of("s-1999") == [("f", "1999")]


def test_where_another_process_has_the_index_a_command_does_without(tmp_path: Path) -> None:
    pub = Publication(tmp_path, random.Random(1))
    pub.goes_on([joined(1)])
    code = "import sys, time; from pathlib import Path; from generator.record.store import Store; shelf = Store(Path(sys.argv[1])).shelf(); print('in', flush=True); time.sleep(60)"
    other = subprocess.Popen([sys.executable, "-c", code, str(pub.content)], stdout=subprocess.PIPE, text=True)
    try:
        assert other.stdout is not None
        assert other.stdout.readline() == "in\n"
        registry = Registry(pub.ledger, Store(pub.content).shelf())
        assert registry.entries_of("s-1") == [("f", "1")]
        assert not (pub.derived / index.SEAL).exists()  # nothing was settled, by nobody
    finally:
        other.kill()
        other.wait()
    Registry(pub.ledger, Store(pub.content).shelf())
    assert not Store(pub.content).shelf().index.new


def test_an_index_that_was_settled_empty_is_one(tmp_path: Path) -> None:
    """A new publication: its first command finds neither pages nor rows."""
    pub = Publication(tmp_path, random.Random(1))
    for _ in range(2):
        Store(pub.content).shelf()
        Registry(pub.ledger, Store(pub.content).shelf())
    pub.goes_on([joined(1)])
    assert Registry(pub.ledger, Store(pub.content).shelf()).entries_of("s-1") == [("f", "1")]


def test_one_registry_a_shelf(tmp_path: Path) -> None:
    """A second one would keep what the first had added for itself."""
    pub = Publication(tmp_path, random.Random(1))
    shelf = Store(pub.content).shelf()
    Registry(pub.ledger, shelf)
    with pytest.raises(RuntimeError, match="one registry a shelf"):
        Registry(pub.ledger, shelf)


@pytest.mark.parametrize("ci", ["", "true"])
def test_the_folder_may_go_while_a_run_is_at_work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ci: str) -> None:
    monkeypatch.setenv("CI", ci)
    pub = Publication(tmp_path, random.Random(1))
    shelf = Store(pub.content).shelf()
    shutil.rmtree(pub.derived)
    pub.goes_on([joined(1)])
    assert Registry(pub.ledger, shelf).entries_of("s-1") == [("f", "1")]
    assert Registry(pub.ledger, Store(pub.content).shelf()).entries_of("s-1") == [("f", "1")]


def test_a_full_disk_is_told_with_the_file_and_the_next_run_begins_anew(tmp_path: Path) -> None:
    pub = Publication(tmp_path, random.Random(1))
    pub.goes_on([joined(1)])
    Registry(pub.ledger, Store(pub.content).shelf())
    pub.goes_on([joined(number) for number in range(2, 3000)])
    code = (
        "import resource, sys; from pathlib import Path; from generator.record.store import Store; from generator.record.registry import Registry;"
        "from generator.record.ledger import Ledger; at = Path(sys.argv[1]); resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, -1));"
        "Registry(Ledger(at / '.ledger'), Store(at).shelf())"
    )
    done = subprocess.run([sys.executable, "-c", code, str(pub.content)], capture_output=True, text=True, check=False)
    assert done.stderr.splitlines()[-1].startswith("OSError: [Errno"), done.stderr
    assert done.stderr.rstrip().endswith(f"{index.FILE}'")
    assert not (pub.derived / index.SEAL).exists()
    assert Registry(pub.ledger, Store(pub.content).shelf()).entries_of("s-2999") == [("f", "2999")]


def test_while_the_file_is_changed_it_has_no_seal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Else a power cut could leave a file that is half the old one and half the new one, with the old one's times."""
    pub = Publication(tmp_path, random.Random(1))
    pub.goes_on([joined(1)])
    Registry(pub.ledger, Store(pub.content).shelf())
    pub.goes_on([joined(2)])
    monkeypatch.setattr(index.Index, "_seal", lambda self, folder: None)  # killed before
    Registry(pub.ledger, Store(pub.content).shelf())
    assert not (pub.derived / index.SEAL).exists()
    monkeypatch.undo()
    assert Store(pub.content).shelf().index.new


def test_rows_whose_time_is_no_text(tmp_path: Path) -> None:
    """People wrote them; each run goes on without them, or with them in some order."""
    pub = Publication(tmp_path, random.Random(1))
    pub.goes_on([joined(1)])
    with (pub.ledger.folder / "stories-2026-01.jsonl").open("a", encoding="utf-8") as file:
        for at in ('"\\ud800"', '""', "3", '"0001-01-01T00:00:00+10:00"', "null"):
            file.write(f'{{"at": {at}, "event": "separated", "story": "s-1", "entries": [], "marks": []}}\n')
            file.write(f'{{"at": {at}, "event": "joined", "story": "s-8", "entries": [["f", "8"]], "marks": []}}\n')
            file.write(f'{{"at": {at}, "event": "published", "story": "s-9", "entries": [], "marks": [], "category": "x"}}\n')
    for _ in range(3):
        registry = Registry(pub.ledger, Store(pub.content).shelf())
        assert (registry.entries_of("s-1"), registry.entries_of("s-8")) == ([("f", "1")], [("f", "8")])


def test_odd_files_beside_the_pages_stop_no_run(tmp_path: Path) -> None:
    pub = Publication(tmp_path, random.Random(1))
    page = pub.content / "articles/2026/01/a-page.md"
    pub.writes(STORIES[0], page)
    os.utime(page, (10**11, 10**11))  # year 5138
    (page.parent / "notes.txt").symlink_to("nowhere")
    (page.parent / "folder.md").mkdir()
    (page.parent / "elsewhere").symlink_to(page.parent)
    for _ in range(2):
        assert [one.path for one in Store(pub.content).shelf().all()] == ["articles/2026/01/a-page.md"]
        assert [one.path for one in Store(pub.content).articles().require()] == ["articles/2026/01/a-page.md"]


def test_a_name_that_is_no_text_is_refused_with_its_place(tmp_path: Path) -> None:
    pub = Publication(tmp_path, random.Random(1))
    pub.writes(STORIES[0], pub.content / "articles/2026/01/a-page.md")
    page = pub.content / "articles/2026/01/a-page.md"
    page.rename(page.with_name(os.fsdecode(b"caf\xe9.md")))
    with pytest.raises(Refused, match=r"articles/2026/01/caf\\xe9\.md: this name is not UTF-8"):
        Store(pub.content).shelf()


def known(pub: Publication, **how: Any) -> Shelf:
    """The shelf of a run, which keeps what it took in."""
    return Registry(pub.ledger, Store(pub.content, **how).shelf()).shelf


def test_an_edit_of_a_page_that_is_still_young_is_seen(tmp_path: Path) -> None:
    """Its file has no stamp yet by which it could be known."""
    pub = Publication(tmp_path, random.Random(1))
    file = pub.content / "articles/2026/01/a-page.md"
    pub.writes(STORIES[0], file)
    for title in ("Other", "Third"):
        known(pub)
        file.write_text(file.read_text().replace("A title", title).replace("Other", title))
        page = known(pub).page(STORIES[0])
        assert page is not None
        assert page.meta.title == title


@pytest.mark.parametrize("how", ["a file in its place", "read-only"])
def test_where_nothing_can_be_kept_all_is_known_all_the_same(tmp_path: Path, how: str) -> None:
    pub = Publication(tmp_path, random.Random(1))
    pub.writes(STORIES[0], pub.content / "articles/2026/01/a-page.md")
    pub.goes_on([{"event": "joined", "story": STORIES[1], "entries": [list(ENTRIES[0].key)], "marks": []}])
    if how == "read-only":
        known(pub)
        pub.derived.chmod(0o500)
    else:
        pub.derived.write_text("")
    for _ in range(2):
        registry = Registry(pub.ledger, Store(pub.content).shelf())
        assert registry.has(ENTRIES[0])
        assert registry.page(STORIES[0]) is not None


def test_of_two_pages_with_one_id_the_last_counts_and_both_are_told_of(tmp_path: Path) -> None:
    pub = Publication(tmp_path, random.Random(1))
    for name in ("b-page", "a-page", "c-page"):
        pub.writes(STORIES[0], pub.content / f"articles/2026/01/{name}.md")
    for _ in range(2):
        shelf = known(pub)
        assert [page.path for page in shelf.all()] == ["articles/2026/01/c-page.md"]
        assert shelf.problems == Store(pub.content).articles().problems
        assert len(shelf.problems) == 2


def test_a_page_that_another_one_with_its_id_kept_away_comes_back(tmp_path: Path) -> None:
    pub = Publication(tmp_path, random.Random(1))
    first, second = (pub.content / f"articles/2026/01/{name}-page.md" for name in "ab")
    pub.writes(STORIES[0], first)
    old = _clock(later=True)
    assert known(pub, clock_ns=old).page(STORIES[0]) is not None
    pub.writes(STORIES[0], second)
    assert len(known(pub, clock_ns=old).problems) == 1
    second.unlink()
    page = known(pub, clock_ns=old).page(STORIES[0])
    assert page is not None
    assert page.path == "articles/2026/01/a-page.md"


def test_a_page_that_breaks_is_told_of_in_every_run(tmp_path: Path) -> None:
    pub = Publication(tmp_path, random.Random(1))
    file = pub.content / "articles/2026/01/a-page.md"
    pub.writes(STORIES[0], file)
    known(pub)
    file.write_text(file.read_text().replace("\ntitle:", "\ntitel:"))
    for later in (0, 1, 1):
        shelf = known(pub, clock_ns=_clock(bool(later)))
        assert any("titel" in str(problem) for problem in shelf.problems)
        assert shelf.page(STORIES[0]) is None


def test_a_store_takes_in_what_it_wrote_itself(tmp_path: Path) -> None:
    pub = Publication(tmp_path, random.Random(1))
    pub.writes(STORIES[0], pub.content / "articles/2026/01/a-page.md")
    store = Store(pub.content)
    shelf = store.shelf()
    page = store.article("articles/2026/01/a-page.md")
    store.replace_text(page, page.text.replace("A title", "Another"))
    store.create("articles/2026/02/b-page.md", page.meta.model_copy(update={"id": STORIES[1]}), "Text.")
    store.refresh(shelf)
    assert [(one.id, one.meta.title) for one in shelf.all()] == [(STORIES[0], "Another"), (STORIES[1], "A title")]
    paths = [one.path for one in shelf.all()]
    assert [one.path for one in Store(pub.content).shelf().all()] == paths
