"""What the log's stream `stories` says: which entries are known, on whose page they stand, what people decided.

Git may have joined the log's lines in any order, and twice. So rows count in the order of their times and, of one time, of their lines; what
people decided counts after all that the machine did. A row of another version, or one that a person broke, is passed over.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from types import MappingProxyType
from typing import Any, NamedTuple

from groundwire.model import Entry
from groundwire.publication.identity import url_key
from groundwire.publication.log import Row

STREAM = "stories"
BY_PEOPLE = ("separated", "rejoined", "readdressed")  # what people did to a page's sources
EntryKey = tuple[str, str]  # its feed's address, its id


class Published(NamedTuple):
    """When a page was published, where it stood then, its category, and the headline of its first coverage ('' where that is not known)."""

    at: datetime
    path: str
    category: str
    title: str


@dataclass(frozen=True)
class StoryLog:
    """Everything that the log says of stories. A value: `after` gives another one.

    `story_by_entry`, `story_by_url`: the story of an entry, and of an address's key. `listed`: by story and key the address of the feed
    ('' unknown) of each source that stands on its page, in the order in which they came. `merged`: into which story another one went.
    `first_seen`: of entries without a date. `stood`: where pages stood, by story. `separated_entries`, `separated`: what people took out of
    which story, the latter with the row that says so.
    """

    story_by_entry: dict[EntryKey, str]
    story_by_url: dict[str, str]
    listed: dict[tuple[str, str], str]
    published: dict[str, Published]
    merged: dict[str, str]
    first_seen: dict[EntryKey, datetime]
    stood: dict[str, frozenset[str]]
    separated_entries: dict[EntryKey, frozenset[str]]
    separated: dict[tuple[str, str], Row]  # by story and key

    @classmethod
    def of(cls, rows: Iterable[Row]) -> StoryLog:
        """Read rows in the order of their times."""
        return cls({}, {}, {}, {}, {}, {}, {}, {}, {}).after(sorted(rows, key=lambda row: row.get("event") in BY_PEOPLE))

    def after(self, rows: Iterable[Row]) -> StoryLog:
        """Return what the log says with these rows too, in their order."""
        found = StoryLog(*(dict(getattr(self, name)) for name in self.__dataclass_fields__))
        for row in rows:
            try:
                _LEARN.get(str(row.get("event")), _own)(found, row)
            except (AttributeError, KeyError, OverflowError, TypeError, ValueError):
                continue
        return found

    @cached_property
    def sources(self) -> Mapping[str, Mapping[str, str]]:
        """The sources that stand on each story's page: key of the address → address of the feed."""
        found: dict[str, dict[str, str]] = {}
        for (story, key), feed in self.listed.items():
            found.setdefault(story, {})[key] = feed
        return MappingProxyType(found)

    def sources_of(self, story: str) -> Mapping[str, str]:
        """Return the sources on one story's page."""
        return self.sources.get(story, {})

    def entries_of(self, story: str, *, feed: str | None = None) -> list[EntryKey]:
        """Return the entries that a story was made from and joined by; with `feed` only that feed's."""
        return [key for key, home in self.story_by_entry.items() if home == story and feed in (None, key[0])]

    def owner(self, key: str) -> str | None:
        """Return the story on whose page the source stood last, whatever the pages say now; of several the one that had it first."""
        return next((story for story, listed in self.listed if listed == key), None)


def entry_rows(entries: Iterable[Entry]) -> dict[str, Any]:
    """Return the keys of a row by which entries are known again."""
    entries = list(entries)
    keys = sorted({key for entry in entries if (key := url_key(entry.url))})
    return {"entries": [list(entry.key) for entry in entries], "marks": keys}


def listing(entries: Iterable[Entry]) -> dict[str, Any]:
    """Return the key `listed` of a row: which sources stand on the page, each with its feed; nothing where there are none."""
    listed = {key: entry.feed.url for entry in entries if (key := url_key(entry.url))}
    return {"listed": listed} if listed else {}


def moment_of(row: Row) -> datetime:
    """Return when a row was written. Raises ValueError."""
    return datetime.fromisoformat(row["at"]).astimezone(UTC)


def _publish(log: StoryLog, row: Row) -> None:
    found = Published(moment_of(row), str(row.get("path", "")), str(row["category"]), str(row.get("title", "")))
    log.published.setdefault(_text(row["story"]), found)
    _own(log, row)


def _own(log: StoryLog, row: Row) -> None:
    """Remember a story's entries and addresses, and which of these stand on its page."""
    _stand(log, row)
    story = _text(row["story"])
    entries, keys = _entries(row), _keys(row)
    listed = {(story, _text(key)): _text(feed) for key, feed in sorted(row.get("listed", {}).items())}
    log.story_by_entry.update(dict.fromkeys(entries, story))
    for key in keys:
        log.story_by_url.setdefault(key, story)
    log.listed.update(listed)


def _stand(log: StoryLog, row: Row) -> None:
    if "path" in row:
        story = _text(row["story"])
        log.stood[story] = log.stood.get(story, frozenset()) | {_text(row["path"])}


def _see(log: StoryLog, row: Row) -> None:
    key, moment = (_text(row["feed"]), _text(row["entry"])), moment_of(row)
    log.first_seen[key] = min(moment, log.first_seen.get(key, moment))


def _merge(log: StoryLog, row: Row) -> None:
    story, home = _text(row["story"]), _text(row["into"])
    log.merged[story] = home
    for key in [listed for owner, listed in log.listed if owner == story]:
        log.listed[home, key] = log.listed.pop((story, key))


def _separate(log: StoryLog, row: Row) -> None:
    """Take entries out of a story, as people did: they never rejoin it."""
    story, entries, keys = _text(row["story"]), _entries(row), _keys(row)
    for entry in entries:
        log.separated_entries[entry] = log.separated_entries.get(entry, frozenset()) | {story}
        if log.story_by_entry.get(entry) == story:
            del log.story_by_entry[entry]
    for key in keys:
        log.separated[story, key] = row
        log.listed.pop((story, key), None)
        if log.story_by_url.get(key) == story:
            del log.story_by_url[key]


def _rejoin(log: StoryLog, row: Row) -> None:
    """Put a source back, as people did."""
    story, entries, keys = _text(row["story"]), _entries(row), _keys(row)
    for entry in entries:
        log.separated_entries[entry] = log.separated_entries.get(entry, frozenset()) - {story}
    for key in keys:
        log.separated.pop((story, key), None)
    _own(log, row)


def _readdress(log: StoryLog, row: Row) -> None:
    """Put right the address of a source, as people did."""
    story, old, new = _text(row["story"]), _text(row["from"]), _text(row["to"])
    log.listed[story, new] = log.listed.pop((story, old), "")


def _pass_over(log: StoryLog, row: Row) -> None:
    """Pass over rows of Message Batches, which are gone: a story that was chosen and got no page is new again."""


def _entries(row: Row) -> list[EntryKey]:
    return [(_text(feed), _text(entry)) for feed, entry in row["entries"]]


def _keys(row: Row) -> list[str]:
    return [_text(key) for key in row["marks"]]


def _text(value: object) -> str:
    """Return a value that is text. Raises TypeError where a person put something else there."""
    if not isinstance(value, str):
        raise TypeError(f"no text: {value!r}")
    return value


_LEARN: Mapping[str, Callable[[StoryLog, Row], None]] = {
    "published": _publish,
    "seen": _see,
    "stood": _stand,
    "merged": _merge,
    "separated": _separate,
    "rejoined": _rejoin,
    "readdressed": _readdress,
    "chosen": _pass_over,
    "let go": _pass_over,
}
