"""What is already published, from the ledger and the pages together: so that nothing is published twice, on any machine.

A page without a ledger row (a run was killed between the two) counts as published; a ledger row without a page is a page
that a person deleted, and stays deleted.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from generator.model import Entry, Story, replace
from generator.record.identity import url_mark
from generator.record.ledger import Ledger
from generator.record.store import Article

STREAM, HEALTH = "stories", "feeds"


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
        self._pages = {page.meta.id: page for page in pages}
        self._entries: dict[tuple[str, str], str] = {}
        self._addresses: dict[str, str] = {}
        self._rows: dict[str, dict[str, Any]] = {}
        self._separate: dict[tuple[str, str], set[str]] = {}
        self._merged: dict[str, str] = {}
        self._published: dict[str, tuple[datetime, str]] = {}
        self._first_seen: dict[tuple[str, str], datetime] = {}
        self._newly_seen: list[Entry] = []
        # What people parted is parted whatever the order in which Git joined the ledger's lines.
        for row in sorted(ledger.rows(STREAM), key=lambda row: row.get("event") == "separated"):
            self._learn(row)
        for page in self._pages.values():
            self._learn_page(page)

    def has(self, entry: Entry) -> bool:
        """Whether this very entry is on a page, or was on one that a person deleted."""
        return entry.key in self._entries

    def story_of(self, entry: Entry) -> str | None:
        """The id of the published story that has this entry's address among its sources, or had before it was deleted."""
        story = self._addresses.get(url_mark(entry.url))
        return self._merged.get(story, story) if story else None

    def separated(self) -> Mapping[tuple[str, str], frozenset[str]]:
        """The stories that people took an entry out of, by entry: it never rejoins them."""
        return {entry: frozenset(stories) for entry, stories in self._separate.items()}

    def entries_of(self, story: str) -> list[tuple[str, str]]:
        """The entries that a story was made from and joined by."""
        return [entry for entry, owner in self._entries.items() if owner == story]

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
        return Counter(category for moment, category in self._published.values() if day(moment) == today)

    def published(self, story: Story, *, path: str, category: str, now: datetime) -> None:
        """Remember a new page."""
        row = {"event": "published", "story": story.id, "path": path, "category": category, "title": story.first.title}
        row |= _known_by(story.entries)
        self._write(row, now=now)

    def joined(self, entry: Entry, story: str, *, now: datetime) -> None:
        """Remember that an entry is later coverage of a story."""
        self._write({"event": "joined", "story": story, **_known_by([entry])}, now=now)

    def changed(self, page: Article) -> None:
        """Take a page's new text in place of the old one."""
        self._pages[page.meta.id] = page

    def _write(self, row: dict[str, Any], *, now: datetime) -> None:
        self._ledger.append(STREAM, row, now=now)
        self._learn({**row, "at": now.isoformat()})

    def _learn(self, row: dict[str, Any]) -> None:
        try:
            moment = _moment(row)
            if row["event"] == "seen":
                key = (str(row["feed"]), str(row["entry"]))
                self._first_seen[key] = min(moment, self._first_seen.get(key, moment))
                return
            if row["event"] == "separated":
                self._part(row)
                return
            if row["event"] == "merged":
                self._merged[row["story"]] = row["into"]
                return
            if row["event"] == "published":
                self._published.setdefault(row["story"], (moment, str(row["category"])))
                self._rows.setdefault(row["story"], row)
            for feed, entry in row["entries"]:
                self._entries[(feed, entry)] = row["story"]
            for mark in row["marks"]:
                self._addresses.setdefault(mark, row["story"])
        except (KeyError, TypeError, ValueError):
            return  # a row of another version, or one that a person broke: it must not stop the run

    def _part(self, row: dict[str, Any]) -> None:
        """People took entries out of a story."""
        for feed, entry in row["entries"]:
            self._separate.setdefault((feed, entry), set()).add(row["story"])
            if self._entries.get((feed, entry)) == row["story"]:
                del self._entries[(feed, entry)]
        for mark in row["marks"]:
            if self._addresses.get(mark) == row["story"]:
                del self._addresses[mark]

    def _learn_page(self, page: Article) -> None:
        if page.meta.published:
            self._published.setdefault(page.meta.id, (page.meta.published, page.meta.category))
        for source in page.meta.sources:
            self._addresses.setdefault(url_mark(source.url), page.meta.id)


def _known_by(entries: Iterable[Entry]) -> dict[str, Any]:
    entries = list(entries)
    return {
        "entries": [list(entry.key) for entry in entries],
        "marks": sorted({mark for entry in entries if (mark := url_mark(entry.url))}),
    }


def _moment(row: dict[str, Any]) -> datetime:
    return datetime.fromisoformat(row["at"]).astimezone(UTC)
