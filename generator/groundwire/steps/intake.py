"""From feeds to entries: what the feeds say, and which of it is new."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from groundwire.events.exact import shared_addresses
from groundwire.model import Entry, FeedResult
from groundwire.publication.blocklist import blocker
from groundwire.publication.changes import Change
from groundwire.publication.identity import url_key
from groundwire.publication.publication import Publication
from groundwire.publication.story_log import STREAM, EntryKey
from groundwire.steps.parts import Parts
from groundwire.steps.rehearsal import rehearse

# New entries of one feed that a run looks at, the newest: entries that are all alike take more than the square of their number to group.
MOST_NEW = 300
_EVER = datetime.min.replace(tzinfo=UTC)


def read(publication: Publication, parts: Parts, *, now: datetime) -> list[FeedResult]:
    """Read every feed, and report each as it comes; the results are in the order of the settings."""
    feeds = publication.settings.feeds
    results = []
    for result in parts.reader.read(feeds, now=now):
        results.append(result)
        outcome = result.error or ("nothing new" if result.unchanged else f"{len(result.entries)} entries")
        parts.tell(f"[{len(results)}/{len(feeds)}] {result.feed.title}: {outcome}")
    order = {feed.url: place for place, feed in enumerate(feeds)}
    return sorted(results, key=lambda r: order[r.feed.url])


def without_unreadable(
    publication: Publication, parts: Parts, results: Sequence[FeedResult], *, now: datetime
) -> tuple[list[FeedResult], list[tuple[str, str]]]:
    """Return the results without the new entries that cannot be read, and those entries' headlines, each with the reason."""
    unseen = [entry for result in results for entry in result.entries if not publication.knows(entry)]
    failed = rehearse(unseen, bounded=parts.bounded, categories=publication.categories, now=now)
    if not failed:
        return list(results), []
    kept = [replace(result, entries=tuple(e for e in result.entries if e.key not in failed)) for result in results]
    return kept, [(entry.title, failed[entry.key]) for entry in unseen if entry.key in failed]


@dataclass(frozen=True)
class Fresh:
    """Entries that no page has: new ones, and new ones at an address that a page has (with its story's id).

    `first_seen`: the entries without a date that were never seen before. `passed_over`: of feeds with more than MOST_NEW new entries, how many
    older ones were not looked at, by the feed's name.
    """

    new: tuple[Entry, ...]
    known: tuple[tuple[Entry, str], ...]
    blocked: int
    first_seen: tuple[EntryKey, ...] = ()
    passed_over: tuple[tuple[str, int], ...] = ()

    def remember(self) -> Iterator[Change]:
        """Yield the change that writes down when undated entries were first seen."""
        rows = tuple((STREAM, {"event": "seen", "feed": feed, "entry": entry}) for feed, entry in self.first_seen)
        if rows:
            yield Change("log", rows=rows, note="first sight of entries without a date")


def fresh(publication: Publication, results: Sequence[FeedResult], *, now: datetime) -> Fresh:
    """Return what is new in what the feeds say."""
    unread = [entry for result in results for entry in result.entries if not publication.knows(entry)]
    unwanted = blocker(publication.settings.block)
    wanted = [entry for entry in unread if not unwanted(entry.url, f"{entry.title} {entry.excerpt}")]
    lists = shared_addresses(entry for result in results for entry in result.entries)
    stories: Mapping[EntryKey, str | None] = {
        entry.key: publication.story_of(entry) for entry in wanted if url_key(entry.url) not in lists
    }
    known = [(entry, story) for entry in wanted if (story := stories.get(entry.key))]
    new = [entry for entry in wanted if not stories.get(entry.key)]
    unseen = (entry.key for entry in new if not entry.published and publication.first_seen(entry) is None)
    kept, passed_over = _newest([dated(publication, entry, now=now) for entry in new])
    return Fresh(
        tuple(kept),
        tuple(known),
        len(unread) - len(wanted),
        tuple(dict.fromkeys(unseen)),
        passed_over,
    )


def _newest(entries: Sequence[Entry]) -> tuple[list[Entry], tuple[tuple[str, int], ...]]:
    """Keep the newest MOST_NEW entries of each feed, in their order; and how many of which feed are left out."""
    by_feed: dict[str, list[Entry]] = {}
    for entry in entries:
        by_feed.setdefault(entry.feed.url, []).append(entry)
    kept: set[EntryKey] = set()
    left: list[tuple[str, int]] = []
    for same in by_feed.values():
        newest = sorted(same, key=lambda entry: entry.published or _EVER, reverse=True)[:MOST_NEW]
        kept |= {entry.key for entry in newest}
        left += [(same[0].feed.title, len(same) - MOST_NEW)] if len(same) > MOST_NEW else []
    return [entry for entry in entries if entry.key in kept], tuple(left)


def dated(publication: Publication, entry: Entry, *, now: datetime) -> Entry:
    """Return the entry with a date: its publisher's, else when it was first seen, marked as estimated."""
    if entry.published:
        return entry
    return replace(entry, published=publication.first_seen(entry) or now, estimated=True)
