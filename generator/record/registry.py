"""What is already published, from the ledger and the pages together: so that nothing is published twice, on any machine.

A page without a ledger row (a run was killed between the two) counts as published; a ledger row without a page is a page
that a person deleted, and stays deleted.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from generator.model import Entry, Story, replace
from generator.record import health
from generator.record.identity import url_mark
from generator.record.index import learning
from generator.record.index.derived import work_out
from generator.record.index.learning import STREAM as STREAM  # everybody knows it from here
from generator.record.index.learning import learn
from generator.record.ledger import Ledger, Row
from generator.record.shelf import Article, Shelf
from generator.record.waiting import told

HEALTH = health.STREAM


@dataclass(frozen=True)
class Gone:
    """A deleted page, as the ledger remembers it: its first coverage's headline, and when it was published."""

    story: str
    title: str
    published: datetime


class Registry:
    """Entries and stories known so far, kept current while a run adds to them. Every question is answered by key from the tables of the
    shelf's index: record/shelf.py has those of the pages, record/index/learning.py those of the ledger, record/index/derived.py what both come to."""

    def __init__(self, ledger: Ledger, pages: Shelf | Iterable[Article]) -> None:
        self.shelf = pages if isinstance(pages, Shelf) else Shelf.of(pages)
        self._ledger = ledger
        self._newly_seen: dict[tuple[str, str], datetime] = {}
        self._db = self.shelf.index.db
        learning.take_in(self._db, ledger)
        health.take_in(self._db, ledger)
        work_out(self._db)
        self.shelf.index.settle()
        learning.mend(self._db)

    def has(self, entry: Entry) -> bool:
        """Whether this very entry is on a page, or was on one that a person deleted."""
        return bool(self._ask("SELECT 1 FROM entries WHERE feed = ? AND entry = ?", *entry.key))

    def story_of(self, entry: Entry) -> str | None:
        """The id of the published story that has this entry's address among its sources, or had before it was deleted."""
        mark = url_mark(entry.url)
        found = self._ask("SELECT story FROM addresses WHERE mark = ?", mark)
        story = found[0][0] if found else self.shelf.first_with(mark)
        merged = self._ask("SELECT home FROM merged WHERE story = ?", story)
        return str(merged[0][0]) if merged else story

    def separated(self, entries: Iterable[Entry]) -> Mapping[tuple[str, str], frozenset[str]]:
        """The stories that people took an entry or its address out of, by entry: it never rejoins them."""
        query = (
            "SELECT story FROM parted_entries WHERE feed = ? AND entry = ? UNION SELECT story FROM parted_marks WHERE mark = ?"
        )
        parted = ((e.key, frozenset(story for (story,) in self._ask(query, *e.key, url_mark(e.url)))) for e in entries)
        return {key: stories for key, stories in parted if stories}

    def listed(self, story: str) -> Mapping[str, str]:
        """The sources that the machine or a mend put on a story's page: mark of the address → address of the feed, '' if unknown."""
        return dict(self._ask("SELECT mark, feed FROM listed WHERE story = ? ORDER BY rowid", story))

    def owner(self, mark: str) -> str | None:
        """The story on whose page the source stood last, whatever the pages say now; of several the one that had it first."""
        found = self._ask("SELECT story FROM listed WHERE mark = ? ORDER BY rowid LIMIT 1", mark)
        return found[0][0] if found else None

    def parting(self, mark: str, story: str) -> Mapping[str, Any] | None:
        """The ledger's row by which people took this source out of the story, None where they did not or put it back."""
        found = self._ask("SELECT line FROM parted_marks WHERE mark = ? AND story = ?", mark, story)
        return json.loads(found[0][0]) if found else None

    def differing(self) -> tuple[Article, ...]:
        """Pages, not withdrawn, on which not all stands that the ledger put there, or something that it knows from elsewhere; by id."""
        pages = (self.page(story) for (story,) in self._answer("SELECT story FROM differing ORDER BY story"))
        return tuple(page for page in pages if page)

    def entries_of(self, story: str, *, feed: str | None = None) -> list[tuple[str, str]]:
        """The entries that a story was made from and joined by; with `feed` only that feed's."""
        rows = self._ask("SELECT feed, entry FROM entries WHERE story = ? ORDER BY rowid", story)
        return [(origin, entry) for origin, entry in rows if feed in (None, origin)]

    def gone(self, exists: Callable[[str], bool]) -> list[Gone]:
        """Stories whose pages people deleted: their coverage is known and comes back nowhere."""
        rows = self._answer("SELECT story, title, at, path FROM missing JOIN published USING (story) ORDER BY at, story")
        return [Gone(story, title, datetime.fromisoformat(at)) for story, title, at, path in rows if not exists(path)]

    def page(self, story: str) -> Article | None:
        """The story's page; None where a person deleted it."""
        return self.shelf.page(story)

    def dated(self, entry: Entry, *, now: datetime) -> Entry:
        """The entry with a date: its publisher's, else when we first saw it, marked as estimated."""
        if entry.published:
            return entry
        known = self._ask("SELECT at FROM seen WHERE feed = ? AND entry = ?", *entry.key)
        first = datetime.fromisoformat(known[0][0]) if known else self._newly_seen.setdefault(entry.key, now)
        return replace(entry, published=first, estimated=True)

    def keep_first_seen(self, *, now: datetime) -> None:
        """Write down when the undated entries of this run were first seen."""
        rows = [{"event": "seen", "feed": feed, "entry": entry} for feed, entry in self._newly_seen]
        self._write(*rows, now=now)
        self._newly_seen.clear()

    def published_on(self, today: str, *, day: Callable[[datetime], str]) -> Counter[str]:
        """How many stories were published on a day, by category; deleted ones count."""
        start = datetime.fromisoformat(today).replace(tzinfo=UTC) - timedelta(days=1)  # zones are at most a day apart
        rows = self._ask(
            "SELECT moment, category FROM counted WHERE moment >= ?1 UNION ALL SELECT published, category FROM pages p"
            " WHERE published >= ?1 AND NOT EXISTS (SELECT 1 FROM counted c WHERE c.story = p.id)",
            start.timestamp(),
        )
        return Counter(category for moment, category in rows if day(datetime.fromtimestamp(moment, UTC)) == today)

    def published(self, story: Story, *, path: str, category: str, listed: Iterable[Entry], now: datetime) -> None:
        """Remember a new page, and which of the story's entries stand on it as sources."""
        row = {"event": "published", "story": story.id, "path": path, "category": category, "title": story.first.title}
        self._write(row | _known_by(story.entries) | _listing(listed), now=now)

    def chose(self, stories: Iterable[Story], *, category_of: Mapping[str, str], now: datetime) -> None:
        """Remember stories whose pages come in a later run: they count for the day on which they were chosen, and are chosen once."""
        known = [story for story in stories if not self._ask("SELECT 1 FROM chosen WHERE story = ?", story.id)]
        rows = [
            {"event": "chosen", "story": s.id, "category": category_of[s.id], **told(s), **_known_by(s.entries)} for s in known
        ]
        self._write(*rows, now=now)

    def let_go(self, story: str, *, now: datetime) -> None:
        """Remember that a chosen story gets no page after all."""
        self._write({"event": "let go", "story": story}, now=now)

    def waiting(self) -> list[Mapping[str, Any]]:
        """The rows of stories that are chosen and have no page yet, in the order in which they were chosen."""
        rows = self._answer("SELECT line FROM waiting JOIN chosen USING (story) ORDER BY chosen.rowid")
        return [json.loads(line) for (line,) in rows]

    def waits(self, story: str) -> bool:
        """Whether a story is chosen and has no page yet."""
        return bool(self._answer("SELECT 1 FROM waiting WHERE story = ?", story))

    def joined(self, entry: Entry, story: str, *, listed: bool, now: datetime) -> None:
        """Remember that an entry is later coverage of a story, and whether it stands on its page as a source."""
        row = {"event": "joined", "story": story, **_known_by([entry])}
        self._write(row | _listing([entry] if listed else []), now=now)

    def mended(self, rows: Iterable[Row], *, now: datetime) -> None:
        """Remember what people did to the sources of pages."""
        for row in rows:
            self._write(row, now=now)

    def remember_places(self, *, now: datetime) -> None:
        """Write down where public pages stand that people put there or moved: an address outlives its page."""
        there = self._answer("SELECT id, path FROM unplaced JOIN pages ON id = story ORDER BY id")
        self._write(*({"event": "stood", "story": story, "path": path} for story, path in there), now=now)

    def health(self) -> list[Mapping[str, Any]]:
        """As few rows as say of the feeds what the ledger said when this began."""
        return health.said(self._db)

    def changed(self, page: Article) -> None:
        """Take a page's new text in place of the old one."""
        self.shelf.put(page)

    def _ask(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        try:
            return self._db.execute(query, values).fetchall()
        except UnicodeEncodeError:  # a feed's half of a surrogate pair, which no file of ours can hold
            return []

    def _answer(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        """Ask what is worked out."""
        work_out(self._db)
        return self._ask(query, *values)

    def _write(self, *rows: Row, now: datetime) -> None:
        self._ledger.append(STREAM, *rows, now=now)
        learn(self._db, [{**row, "at": now.isoformat()} for row in rows])


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
