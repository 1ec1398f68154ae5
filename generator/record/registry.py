"""What is already published, from the ledger and the pages together: so that nothing is published twice, on any machine.

A page without a ledger row (a run was killed between the two) counts as published; a ledger row without a page is a page
that a person deleted, and stays deleted.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from generator.model import Entry, Story, replace
from generator.record.identity import url_mark
from generator.record.ledger import Ledger
from generator.record.store import Article
from generator.record.waiting import told

STREAM, HEALTH = "stories", "feeds"
MENDS = ("separated", "rejoined", "readdressed")  # what people did to a page's sources


@dataclass(frozen=True)
class Gone:
    """A deleted page, as the ledger remembers it: its first coverage's headline, and when it was published."""

    story: str
    title: str
    published: datetime


class Registry:
    """Entries and stories known so far, kept current while a run adds to them."""

    def __init__(self, ledger: Ledger, pages: Iterable[Article]) -> None:
        self._ledger = ledger
        by_path = {page.id: page for page in pages}
        self._pages = dict(sorted(by_path.items()))
        self._entries: dict[tuple[str, str], str] = {}
        self._addresses: dict[str, str] = {}
        self._rows: dict[str, dict[str, Any]] = {}
        self._listed: defaultdict[str, dict[str, str]] = defaultdict(dict)
        self._parted: defaultdict[str | tuple[str, str], set[str]] = defaultdict(set)
        self._partings: dict[tuple[str, str], dict[str, Any]] = {}
        self._merged: dict[str, str] = {}
        self._published: dict[str, tuple[datetime, str]] = {}
        self._chosen: dict[str, dict[str, Any]] = {}
        self._let_go: set[str] = set()
        self._first_seen: dict[tuple[str, str], datetime] = {}
        self._stood: set[tuple[str, str]] = set()
        self._newly_seen: list[Entry] = []
        # Git may have joined the ledger's lines in any order; what people decided counts after what the machine did.
        for row in sorted(ledger.rows(STREAM), key=lambda row: (row.get("event") in MENDS, str(row["at"]))):
            self._learn(row)
        for page in by_path.values():
            self._learn_page(page)

    def has(self, entry: Entry) -> bool:
        """Whether this very entry is on a page, or was on one that a person deleted."""
        return entry.key in self._entries

    def story_of(self, entry: Entry) -> str | None:
        """The id of the published story that has this entry's address among its sources, or had before it was deleted."""
        story = self._addresses.get(url_mark(entry.url))
        return self._merged.get(story, story) if story else None

    def separated(self, entries: Iterable[Entry]) -> Mapping[tuple[str, str], frozenset[str]]:
        """The stories that people took an entry or its address out of, by entry: it never rejoins them."""
        parted = ((e.key, self._parted.get(e.key, set()) | self._parted.get(url_mark(e.url), set())) for e in entries)
        return {key: frozenset(stories) for key, stories in parted if stories}

    def listed(self, story: str) -> Mapping[str, str]:
        """The sources that the machine or a mend put on a story's page: mark of the address → address of the feed, '' if unknown."""
        return self._listed.get(story, {})

    def owners(self) -> dict[str, str]:
        """By mark the story on whose page the source stood last, whatever the pages say now."""
        found: dict[str, str] = {}
        for story, marks in self._listed.items():
            for mark in marks:
                found.setdefault(mark, story)
        return found

    def parting(self, mark: str, story: str) -> Mapping[str, Any] | None:
        """The ledger's row by which people took this source out of the story, None where they did not or put it back."""
        return self._partings.get((mark, story)) if story in self._parted.get(mark, ()) else None

    def pages(self) -> Iterable[Article]:
        """The pages as they stand, by id."""
        return tuple(self._pages.values())

    def entries_of(self, story: str, *, feed: str | None = None) -> list[tuple[str, str]]:
        """The entries that a story was made from and joined by; with `feed` only that feed's."""
        return [entry for entry, owner in self._entries.items() if owner == story and feed in (None, entry[0])]

    def gone(self, exists: Callable[[str], bool]) -> list[Gone]:
        """Stories whose pages people deleted: their coverage is known and comes back nowhere."""
        lost = (row for story, row in self._rows.items() if story not in self._pages and story not in self._merged)
        return [
            Gone(str(row["story"]), str(row.get("title", "")), _moment(row))
            for row in lost
            if not exists(str(row.get("path", "")))
        ]

    def page(self, story: str) -> Article | None:
        """The story's page; None where a person deleted it."""
        return self._pages.get(story)

    def dated(self, entry: Entry, *, now: datetime) -> Entry:
        """The entry with a date: its publisher's, else when we first saw it, marked as estimated."""
        if entry.published:
            return entry
        if entry.key not in self._first_seen:
            self._first_seen[entry.key] = now
            self._newly_seen.append(entry)
        return replace(entry, published=self._first_seen[entry.key], estimated=True)

    def keep_first_seen(self, *, now: datetime) -> None:
        """Write down when the undated entries of this run were first seen."""
        rows = [{"event": "seen", "feed": e.feed.url, "entry": e.id} for e in self._newly_seen]
        self._ledger.append(STREAM, *rows, now=now)
        self._newly_seen.clear()

    def published_on(self, today: str, *, day: Callable[[datetime], str]) -> Counter[str]:
        """How many stories were published on a day, by category; deleted ones count."""
        start = datetime.fromisoformat(today).replace(tzinfo=UTC) - timedelta(days=1)  # zones are at most a day apart
        return Counter(category for moment, category in self._published.values() if moment >= start and day(moment) == today)

    def published(self, story: Story, *, path: str, category: str, listed: Iterable[Entry], now: datetime) -> None:
        """Remember a new page, and which of the story's entries stand on it as sources."""
        row = {"event": "published", "story": story.id, "path": path, "category": category, "title": story.first.title}
        self._write(row | _known_by(story.entries) | _listing(listed), now=now)

    def chose(self, stories: Iterable[Story], *, category_of: Mapping[str, str], now: datetime) -> None:
        """Remember stories whose pages come in a later run: they count for the day on which they were chosen, and are chosen once."""
        known = [story for story in stories if story.id not in self._chosen]
        rows = [
            {"event": "chosen", "story": s.id, "category": category_of[s.id], **told(s), **_known_by(s.entries)} for s in known
        ]
        self._ledger.append(STREAM, *rows, now=now)
        for row in rows:
            self._learn({**row, "at": now.isoformat()})

    def let_go(self, story: str, *, now: datetime) -> None:
        """Remember that a chosen story gets no page after all."""
        self._write({"event": "let go", "story": story}, now=now)

    def waiting(self) -> list[Mapping[str, Any]]:
        """The rows of stories that are chosen and have no page yet, in the order in which they were chosen."""
        return [row for story, row in self._chosen.items() if self.waits(story)]

    def waits(self, story: str) -> bool:
        """Whether a story is chosen and has no page yet."""
        return story in self._chosen and not (story in self._pages or story in self._rows or story in self._let_go)

    def joined(self, entry: Entry, story: str, *, listed: bool, now: datetime) -> None:
        """Remember that an entry is later coverage of a story, and whether it stands on its page as a source."""
        row = {"event": "joined", "story": story, **_known_by([entry])}
        self._write(row | _listing([entry] if listed else []), now=now)

    def mended(self, rows: Iterable[dict[str, Any]], *, now: datetime) -> None:
        """Remember what people did to the sources of pages."""
        for row in rows:
            self._write(row, now=now)

    def remember_places(self, *, now: datetime) -> None:
        """Write down where public pages stand that people put there or moved: an address outlives its page."""
        there = (page for page in self.pages() if page.brief.listed and (page.id, page.path) not in self._stood)
        rows = [{"event": "stood", "story": page.id, "path": page.path} for page in there]
        self._stood |= {(row["story"], row["path"]) for row in rows}
        self._ledger.append(STREAM, *rows, now=now)

    def changed(self, page: Article) -> None:
        """Take a page's new text in place of the old one."""
        self._pages[page.id] = page

    def _write(self, row: dict[str, Any], *, now: datetime) -> None:
        self._ledger.append(STREAM, row, now=now)
        self._learn({**row, "at": now.isoformat()})

    def _learn(self, row: dict[str, Any]) -> None:
        try:
            learn = {"seen": self._seen, "separated": self._part, "rejoined": self._rejoin, "readdressed": self._readdress}
            if "path" in row:
                self._stood.add((row["story"], row["path"]))
            if row["event"] in learn:
                learn[row["event"]](row)
                return
            if row["event"] == "merged":
                self._merged[row["story"]] = row["into"]
                self._listed[row["into"]].update(self._listed.pop(row["story"], {}))
                return
            if row["event"] == "let go":
                self._let_go.add(row["story"])
                return
            if row["event"] in ("published", "chosen"):
                self._published.setdefault(row["story"], (_moment(row), str(row["category"])))
                (self._rows if row["event"] == "published" else self._chosen).setdefault(row["story"], row)
            self._own(row)
        except (AttributeError, KeyError, TypeError, ValueError):
            return  # a row of another version, or one that a person broke: it must not stop the run

    def _own(self, row: dict[str, Any]) -> None:
        for feed, entry in row["entries"]:
            self._entries[(feed, entry)] = row["story"]
        for mark in row["marks"]:
            self._addresses.setdefault(mark, row["story"])
        self._listed[row["story"]].update({str(mark): str(feed) for mark, feed in row.get("listed", {}).items()})

    def _seen(self, row: dict[str, Any]) -> None:
        key = (str(row["feed"]), str(row["entry"]))
        self._first_seen[key] = min(_moment(row), self._first_seen.get(key, _moment(row)))

    def _part(self, row: dict[str, Any]) -> None:
        """People took entries out of a story."""
        story = row["story"]
        for key in [(feed, entry) for feed, entry in row["entries"]]:
            self._parted[key].add(story)
            if self._entries.get(key) == story:
                del self._entries[key]
        for mark in row["marks"]:
            self._parted[mark].add(story)
            self._partings[mark, story] = row
            self._listed[story].pop(mark, None)
            if self._addresses.get(mark) == story:
                del self._addresses[mark]

    def _rejoin(self, row: dict[str, Any]) -> None:
        """People put a source back."""
        for key in [*((feed, entry) for feed, entry in row["entries"]), *row["marks"]]:
            self._parted[key].discard(row["story"])
        self._own(row)

    def _readdress(self, row: dict[str, Any]) -> None:
        """People put right the address of a source."""
        listed = self._listed[row["story"]]
        listed[row["to"]] = listed.pop(row["from"], "")

    def _learn_page(self, page: Article) -> None:
        if page.brief.published:
            self._published.setdefault(page.id, (page.brief.published, page.brief.category))
        for mark in page.brief.marks:
            self._addresses.setdefault(mark, page.id)


def _known_by(entries: Iterable[Entry]) -> dict[str, Any]:
    entries = list(entries)
    return {
        "entries": [list(entry.key) for entry in entries],
        "marks": sorted({mark for entry in entries if (mark := url_mark(entry.url))}),
    }


def _listing(entries: Iterable[Entry]) -> dict[str, Any]:
    """The key `listed` of a row: which marks stand on the page, each with its feed; none where there are none."""
    listed = {mark: entry.feed.url for entry in entries if (mark := url_mark(entry.url))}
    return {"listed": listed} if listed else {}


def _moment(row: dict[str, Any]) -> datetime:
    return datetime.fromisoformat(row["at"]).astimezone(UTC)
