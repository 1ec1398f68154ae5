"""Live three years of a publication in fast motion, to see whether it loses, repeats or kills anything, or gets slower.

    python -m benchmarks.years [--days 1095] [--stories 8] [--seed 1] [--runners]

Twelve made-up feeds report made-up events with a fake clock: most are told by several outlets, many on later days. Runs come hours late, twice a
day or not at all; feeds fail for days; runs are killed between and within writes; runners are fresh; Git joins the ledger's lines in another
order and twice; people edit, rename, correct, delete and withdraw pages and approve issues or don't. Everything but the network is the real thing:
`pipeline.update` and `pipeline.issue` on a real folder. After each month all that must hold is checked; a breach ends the run with what is wrong.

The table has a row a quarter: what there is, and what one day's run (update and issue) costs in CPU time of this process, median of the
quarter, on a machine that ran before and on a bare one, which has nothing but content/. With `--runners` no machine ran before: each run has a copy of
content/ and, as from a workflow's cache, of .cache/, which is lost now and then.
"""

from __future__ import annotations

import argparse
import gc
import hashlib
import os
import random
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from groundwire import pipeline  # noqa: E402  # after the path: the script also runs as a file
from groundwire.analysis.extractive import ExtractiveAnalyst  # noqa: E402
from groundwire.cli.housekeeping import tidy  # noqa: E402
from groundwire.errors import FeedsFailed  # noqa: E402
from groundwire.model import Entry, Feed, FeedResult, Source  # noqa: E402
from groundwire.publication.categories import load_categories  # noqa: E402
from groundwire.publication.changes import ContentWriter  # noqa: E402
from groundwire.publication.content import Article, load_articles, load_issues  # noqa: E402
from groundwire.publication.editing import edited  # noqa: E402
from groundwire.publication.log import Ledger, Row  # noqa: E402
from groundwire.settings import Settings, load_settings  # noqa: E402
from groundwire.steps.parts import Parts  # noqa: E402
from groundwire.steps.progress import apply_all  # noqa: E402
from groundwire.website.load import load_site  # noqa: E402
from groundwire.wiring import Places, load_publication  # noqa: E402

START = datetime(2026, 1, 5, 5, 17, tzinfo=UTC)
OUTLETS = 12
SHOWN = 40  # entries that a feed shows
SYLLABLES = "ba ce di fo gu ha je ki lo mu na pe qui ro su ta ve wi xo zu bran dell fin gor hest".split()


class Killed(BaseException):
    """The machine was switched off."""


class Broken(AssertionError):
    """Something that must hold doesn't."""


@dataclass(frozen=True)
class Event:
    """Something that happened: who tells it when, the first one first, all in the same words. `number` makes it what it is."""

    number: int
    title: str
    text: str
    told: tuple[tuple[int, datetime], ...]  # outlet, moment


class World:
    """All that will happen, and what each feed shows at a moment."""

    def __init__(self, *, days: int, stories: int, seed: int) -> None:
        self.random = random.Random(seed)
        words = {"".join(self.random.choices(SYLLABLES, k=self.random.randint(2, 3))) for _ in range(4000)}
        self.words = sorted(words)
        self.events = [event for day in range(days) for event in self._day(day, stories)]
        self.feeds = [Feed(url=f"https://outlet-{n}.example/feed.xml", name=f"Outlet {n}") for n in range(OUTLETS)]
        self._shelves: list[list[tuple[datetime, Entry]]] = [[] for _ in self.feeds]
        for event in self.events:
            for outlet, moment in event.told:
                self._shelves[outlet].append((moment, self._entry(event, outlet, moment)))
        for shelf in self._shelves:
            shelf.sort(key=lambda row: row[0])
        self.failing = self._failures(days)

    def shows(self, outlet: int, now: datetime) -> tuple[Entry, ...]:
        """Return the newest entries of a feed, the newest first."""
        shelf = self._shelves[outlet]
        low, high = 0, len(shelf)
        while low < high:
            middle = (low + high) // 2
            low, high = (middle + 1, high) if shelf[middle][0] <= now else (low, middle)
        return tuple(entry for _, entry in reversed(shelf[max(0, low - SHOWN) : low]))

    def _day(self, day: int, stories: int) -> Iterator[Event]:
        quiet = 200 <= day < 203
        for _ in range(0 if quiet else max(1, round(self.random.gauss(stories, 2)))):
            number = self.random.getrandbits(40)
            start = START + timedelta(days=day, minutes=self.random.randrange(1440)) - timedelta(hours=12)
            outlets = self.random.sample(range(OUTLETS), self.random.choice((1, 1, 1, 2, 2, 3)))
            told = [(outlets[0], start)]
            told += [(outlet, start + timedelta(hours=self.random.choice((1, 5, 20, 30, 60)))) for outlet in outlets[1:]]
            title = f"{' '.join(self.random.sample(self.words, 6)).capitalize()} {number % 10_000}"
            yield Event(number, title, self._text(), tuple(told))

    def _text(self) -> str:
        sentences = (" ".join(self.random.sample(self.words, 12)).capitalize() + "." for _ in range(8))
        return " ".join(sentences)

    def _entry(self, event: Event, outlet: int, moment: datetime) -> Entry:
        undated = event.number % 17 == 0
        link = f"https://outlet-{outlet}.example/{event.number}"
        return Entry(
            feed=self.feeds[outlet],
            id=f"{event.number}",
            url=link,
            title=event.title,
            excerpt=event.text[:300],
            content=event.text,
            published=None if undated else moment,
        )

    def _failures(self, days: int) -> dict[int, set[int]]:
        """Outlet → days on which it cannot be read."""
        found: dict[int, set[int]] = defaultdict(set)
        for outlet in range(OUTLETS):
            for day in range(days):
                if self.random.random() < 0.01:
                    found[outlet] |= set(range(day, day + self.random.choice((1, 1, 2, 3))))
        return found


@dataclass
class Feeds:
    """The reader: what the world shows, unless the feed fails."""

    world: World
    day: int

    def read(self, feeds: Sequence[Feed], *, now: datetime) -> Iterator[FeedResult]:
        for outlet, feed in enumerate(feeds):
            down = self.day in self.world.failing[outlet]
            yield FeedResult(feed, () if down else self.world.shows(outlet, now), error="the server says 500" if down else "")


class Texts:
    """Full texts: the feed carries them."""

    def source(self, entry: Entry, *, number: int) -> Source:
        return Source(number, entry, entry.content or entry.title, fulltext=bool(entry.content))


@dataclass
class Switch:
    """Switches the machine off at the n-th write, before it, after it, or in the middle of a ledger's line."""

    left: int = -1
    how: str = "before"

    def before(self) -> None:
        self.left -= 1
        if self.left == 0 and self.how == "before":
            raise Killed

    def after(self) -> None:
        if self.left == 0:
            raise Killed


class MortalLedger(Ledger):
    """A ledger whose machine may be switched off."""

    def __init__(self, folder: Path, switch: Switch) -> None:
        super().__init__(folder)
        self._switch = switch

    def append(self, stream: str, *rows: Row, now: datetime) -> None:
        if not rows:
            return
        if self._switch.left < 0:
            super().append(stream, *rows, now=now)
            return
        self._switch.before()
        sizes = {path: path.stat().st_size for path in self.folder.glob(f"{stream}-*")}
        super().append(stream, *rows, now=now)
        if self._switch.left == 0 and self._switch.how == "torn":
            for path in self.folder.glob(f"{stream}-*"):
                old, new = sizes.get(path, 0), path.stat().st_size
                if new > old:
                    path.write_bytes(path.read_bytes()[: (old + new) // 2])
        self._switch.after()


class MortalWriter(ContentWriter):
    """Files likewise; one is written whole or not at all (files/atomic.py has its own tests)."""

    def __init__(self, content: Path, ledger: Ledger, switch: Switch, *, now: datetime) -> None:
        super().__init__(content, ledger, now=now)
        self._switch = switch

    def put(self, path: str, text: str | None) -> None:
        self._switch.before()
        super().put(path, text)
        self._switch.after()


@dataclass(frozen=True)
class Day:
    """What a day's run did cost, in CPU seconds, and whether it wrote the week's issue."""

    number: int
    cost: float
    issue: bool


@dataclass
class Quarter:
    """What the days of a quarter cost, in CPU seconds."""

    warm: list[float] = field(default_factory=list)
    fresh: list[float] = field(default_factory=list)


@dataclass
class Life:
    """The publication, what its people did, and what readers were told."""

    root: Path
    world: World
    settings: Settings
    random: random.Random
    told: set[str] = field(default_factory=set)
    deleted: set[str] = field(default_factory=set)
    withdrawn: set[str] = field(default_factory=set)
    edited: dict[str, str] = field(default_factory=dict)
    seen: set[int] = field(default_factory=set)  # events that a run that ended well could read
    issues: Counter[str] = field(default_factory=Counter)
    kills: int = 0
    runs: int = 0
    days: list[Day] = field(default_factory=list)  # of a machine that ran before
    runners: bool = False  # each run is on another machine

    @property
    def content(self) -> Path:
        return self.root / "content"

    def day(self, number: int, costs: Quarter) -> None:
        """Live one day: a run that may be late, missing, doubled or killed, and people at work."""
        drift = timedelta(minutes=self.random.choice((0, 3, 40, 180, 320)))
        now = START + timedelta(days=number) + drift
        if self.random.random() < 0.04 or 400 <= number < 404:
            return  # GitHub forgot, four days in a row once
        for extra in range(2 if self.random.random() < 0.1 else 1):
            fresh = self.random.random() < 0.1
            if self.runners:
                self.on_another_machine()
            if fresh:
                for name in (".groundwire", ".cache"):
                    shutil.rmtree(self.root / name, ignore_errors=True)
            issues, began = len(self.issues_written()), time.process_time()
            self.run(number, now + timedelta(hours=extra))
            cost = time.process_time() - began
            (costs.fresh if fresh else costs.warm).append(cost)
            if not fresh:
                self.days.append(Day(number, cost, issue=len(self.issues_written()) > issues))
        self.people(now + timedelta(hours=8))
        if self.random.random() < 0.1:
            self.git_joins_lines()

    def on_another_machine(self) -> None:
        """Move to another machine: all files are new there, and nothing is there that one machine keeps for itself."""
        there = self.root.with_name("another-machine")
        shutil.copytree(self.root, there, copy_function=shutil.copyfile, ignore=shutil.ignore_patterns(".groundwire"))
        shutil.rmtree(self.root)
        there.rename(self.root)

    def issues_written(self) -> list[Path]:
        """List the files of issues."""
        return list((self.content / "issues").rglob("*.md"))

    def run(self, number: int, now: datetime) -> None:
        """Update and issue, perhaps killed and run again."""
        if self.random.random() < 0.1:
            self.kills += 1
            switch = Switch(self.random.randint(1, 12), self.random.choice(("before", "after", "torn")))
            try:
                self._run(number, now, switch)
            except Killed:
                now += timedelta(minutes=20)
        self._run(number, now, Switch())

    def _run(self, number: int, now: datetime, switch: Switch) -> None:
        self.runs += 1
        publication, parts = load_publication(self.root, settings=self.settings), self.parts(number)
        writer = MortalWriter(self.content, MortalLedger(self.content / ".ledger", switch), switch, now=now)
        try:
            done = apply_all(pipeline.update(publication, parts, now=now), writer)
        except FeedsFailed:
            return
        tidy(Places(self.root), now=now, withdrawn=done.publication.withdrawn())
        apply_all(pipeline.issue(done.publication, parts, now=now), writer)
        for outlet in range(OUTLETS):
            if number not in self.world.failing[outlet]:
                self.seen |= {int(entry.id) for entry in self.world.shows(outlet, now)}

    def parts(self, number: int) -> Parts:
        return Parts(Feeds(self.world, number), Texts(), ExtractiveAnalyst(load_categories(self.root)), lambda _: None)

    def people(self, now: datetime) -> None:
        """Do what people do in an afternoon: little, to pages of the last weeks."""
        if self.random.random() < 0.3:
            recent = [page for page in load_articles(self.content).pages[-200:] if page.id not in self.withdrawn]
            if recent:
                page = self.random.choice(recent)
                self.random.choice((self.edit, self.edit, self.correct, self.delete, self.withdraw, self.rename))(page, now)
        for issue in load_issues(self.content).pages[-3:]:
            if issue.meta.status == "draft" and self.random.random() < 0.8:
                path = self.content / issue.path
                path.write_text(issue.text.replace("status: draft", "status: ready"), encoding="utf-8")

    def edit(self, page: Article, _now: datetime) -> None:
        text = page.text + "\nA person added this.\n"
        self._write(page, text)
        self.edited[page.id] = "A person added this."

    def correct(self, page: Article, now: datetime) -> None:
        day = now.date()
        self._write(page, edited(page, add={"corrections": [{"date": day, "note": "It was version 2."}]}))

    def delete(self, page: Article, _now: datetime) -> None:
        (self.content / page.path).unlink()
        self.deleted.add(page.id)
        self.edited.pop(page.id, None)

    def withdraw(self, page: Article, now: datetime) -> None:
        self._write(page, edited(page, put={"withdrawn": {"date": now.replace(microsecond=0), "reason": "It was wrong."}}))
        self.withdrawn.add(page.id)

    def rename(self, page: Article, _now: datetime) -> None:
        target = page.path.replace(".md", "-renamed.md")
        if not (self.content / target).exists() and page.path.endswith(".md"):
            text = edited(page, put={"aliases": [*page.meta.aliases, page.url]})
            (self.content / target).write_text(text, encoding="utf-8")
            (self.content / page.path).unlink()

    def _write(self, page: Article, text: str) -> None:
        (self.content / page.path).write_text(text, encoding="utf-8")

    def git_joins_lines(self) -> None:
        """Merge by union, as Git does: the newest ledger file's lines in another order, some of them twice."""
        for path in sorted((self.content / ".ledger").glob("stories-*.jsonl"))[-1:]:
            lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
            if lines and lines[-1].endswith("\n"):
                lines += self.random.sample(lines, min(5, len(lines)))
                self.random.shuffle(lines)
                path.write_text("".join(lines), encoding="utf-8")

    def check(self) -> None:
        """Check all that must hold. Raises Broken."""
        site = load_site(self.root)
        pages = [page for page in site.articles.values() if not page.meta.status]
        self._each_event_once(pages)
        self._each_story_in_one_issue()
        stands = {page.url for page in site.articles.values()} | {page.url for page in site.virtual.values()}
        self.told |= {page.url for page in pages if page.meta.listed}
        if dead := self.told - stands:
            raise Broken(f"dead addresses: {sorted(dead)[:5]}")
        for page in pages:
            words = self.edited.get(page.id)
            if words and words not in page.body:
                raise Broken(f"an edit was undone: {page.path}")
            if page.id in self.withdrawn and not page.meta.withdrawn:
                raise Broken(f"a withdrawal was undone: {page.path}")

    def _each_event_once(self, pages: Iterable[Article]) -> None:
        on: dict[int, list[str]] = defaultdict(list)
        for page in pages:
            for event in {int(source.url.rsplit("/", 1)[1]) for source in page.meta.sources}:
                on[event].append(page.path)
        if twice := [paths for paths in on.values() if len(paths) > 1]:
            raise Broken(f"{len(twice)} stories twice: {twice[:3]}")
        lost = self.seen - on.keys()
        if len(lost) > len(self.deleted):
            raise Broken(f"{len(lost)} stories lost, {len(self.deleted)} were deleted: {sorted(lost)[:5]}")

    def _each_story_in_one_issue(self) -> None:
        carried: dict[str, list[str]] = defaultdict(list)
        issues = [page for page in load_issues(self.content).pages if page.meta.corrects is None]
        rows = list(Ledger(self.content / ".ledger").rows("issues"))
        skipped = {row.get("issue") for row in rows if row.get("event") == "skipped"}
        if len({page.meta.id for page in issues}) != len(issues):
            raise Broken("an issue twice")
        for page in issues:
            if page.meta.id not in skipped:
                for story in page.meta.items:
                    carried[story].append(page.meta.id)
        if twice := {story: ids for story, ids in carried.items() if len(ids) > 1}:
            raise Broken(f"stories in two issues: {dict(list(twice.items())[:3])}")
        newest = max((page.meta.window.until for page in issues), default=START)
        left = [
            page.path
            for page in load_articles(self.content).pages
            if page.meta.listed and page.meta.moment < newest - timedelta(days=15) and page.meta.id not in carried
        ]
        if left:
            raise Broken(f"{len(left)} stories in no issue: {left[:5]}")


def size(folder: Path) -> int:
    """Count the bytes of the files below a folder."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def live(root: Path, *, days: int, stories: int, seed: int, tell: Any = print, runners: bool = False) -> list[dict[str, float]]:
    """Live through the days; return the table's rows. Raises Broken."""
    try:
        return _live(root, days=days, stories=stories, seed=seed, tell=tell, runners=runners)
    finally:
        gc.unfreeze()


def _live(root: Path, *, days: int, stories: int, seed: int, tell: Any, runners: bool) -> list[dict[str, float]]:
    world = World(days=days, stories=stories, seed=seed)
    gc.collect()
    gc.freeze()  # a run has no made-up world in its memory to tidy
    root.mkdir(parents=True, exist_ok=True)
    listed = "".join(f"- {{url: '{feed.url}', name: {feed.name}}}\n" for feed in world.feeds)
    limits = "select: {max_stories: 1000, max_per_category: 1000}\nissue: {max_items: 60}\n"
    (root / "newsletter.yml").write_text(f"title: Years\nurl: https://years.example/\n{limits}feeds:\n{listed}", encoding="utf-8")
    (root / "content").mkdir(exist_ok=True)
    life = Life(root, world, load_settings(root), random.Random(seed + 1), runners=runners)
    rows: list[dict[str, float]] = []
    costs, quarter = Quarter(), max(1, min(91, days // 4))
    for number in range(days):
        life.day(number, costs)
        if number % 30 == 29 or number == days - 1:
            life.check()
        if number % quarter == quarter - 1 or number == days - 1:
            rows.append(row(life, costs, day=number + 1))
            tell(shown(rows[-1]))
            costs = Quarter()
    tell(compared(life.days, days_in_all=days))
    return rows


def start_cost() -> float:
    """Measure the CPU seconds before a command's work: for Python, and the modules that `groundwire update` needs."""
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}  # as an installed one
    costs = []
    for _ in range(6):  # of which the first compiles
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run([sys.executable, "-c", "import groundwire.cli.daily"], cwd=ROOT, env=environment, check=True)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        costs.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    return statistics.median(costs[1:])


def compared(days: Sequence[Day], *, days_in_all: int) -> str:
    """Compare the first month with the last: medians of days without an issue, and of those with one."""
    start = start_cost()
    said = [f"before its work a command takes {start:.3f} s to start, which the figures leave out"]
    for name, wanted in (("without an issue", False), ("with one", True)):
        first = [day.cost for day in days if day.issue == wanted and 7 <= day.number < 37]
        last = [day.cost for day in days if day.issue == wanted and day.number >= days_in_all - 30]
        if first and last:
            one, other = statistics.median(first), statistics.median(last)
            more = f"{other / one:.2f} times; as a command {(start + other) / (start + one):.2f}"
            said.append(f"a day {name}: {one:.3f} s in the first month, {other:.3f} s in the last, {more}")
    return "\n".join(said)


def row(life: Life, costs: Quarter, *, day: int) -> dict[str, float]:
    """Make one line of the table."""
    ledger = life.content / ".ledger"
    return {
        "day": day,
        "runs": life.runs,
        "kills": life.kills,
        "pages": sum(1 for _ in (life.content / "articles").rglob("*.md")),
        "issues": sum(1 for _ in (life.content / "issues").rglob("*.md")),
        "content_mb": size(life.content) / 1e6,
        "ledger_mb": size(ledger) / 1e6,
        "ledger_files": sum(1 for _ in ledger.glob("*")),
        "cache_mb": size(life.root / ".cache") / 1e6,
        "warm_s": statistics.median(costs.warm or [0]),
        "fresh_s": statistics.median(costs.fresh or [0]),
        "rss_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }


HEAD = "   day   runs  kills   pages issues content MB ledger MB files   cache MB   run s  bare s RSS MB"


def shown(cells: dict[str, float]) -> str:
    """Write a row as text."""
    return (
        f"{cells['day']:6.0f} {cells['runs']:6.0f} {cells['kills']:6.0f} {cells['pages']:7.0f} {cells['issues']:6.0f} {cells['content_mb']:10.1f}"
        f" {cells['ledger_mb']:9.2f} {cells['ledger_files']:5.0f} {cells['cache_mb']:10.1f} {cells['warm_s']:7.2f} {cells['fresh_s']:7.2f} {cells['rss_mb']:6.0f}"
    )


def fingerprint(root: Path) -> str:
    """Hash content/: the same seed gives the same life."""
    total = hashlib.sha256()
    for path in sorted((root / "content").rglob("*")):
        if path.is_file():
            total.update(path.relative_to(root).as_posix().encode() + path.read_bytes())
    return total.hexdigest()[:16]


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--days", type=int, default=1095)
    parser.add_argument("--stories", type=int, default=8, help="new events a day")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--runners", action="store_true", help="each run on another machine, with what a workflow's cache keeps")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        print(HEAD, flush=True)
        live(
            Path(folder) / "pub",
            days=chosen.days,
            stories=chosen.stories,
            seed=chosen.seed,
            tell=lambda line: print(line, flush=True),
            runners=chosen.runners,
        )


if __name__ == "__main__":
    main()
