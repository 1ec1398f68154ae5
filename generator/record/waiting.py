"""A story that is chosen and whose analysis comes in a later run: what the ledger keeps of it, and the story again from that.

Its texts are not kept: other people's text stays out of the record, but for at most the 60 words of an excerpt that its page will print.
A later run takes each entry as its feed has it then, and from the ledger where the feed has it no longer.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from generator.model import Entry, Feed, Story, replace
from generator.record.quotation import EXCERPT_WORDS
from generator.record.text import shorten

Key = tuple[str, str]


def told(story: Story) -> dict[str, Any]:
    """The story as a ledger row keeps it."""
    return {"score": story.score, "why": list(story.why), "coverage": [_told(entry) for entry in story.entries]}


def resumed(row: Mapping[str, Any], entries: Mapping[Key, Entry], feeds: Iterable[Feed]) -> Story | None:
    """The story of a row, each entry as its feed has it now; None where a person broke the row."""
    known = {feed.url: feed for feed in feeds}
    try:
        kept = [_entry(one, known) for one in row["coverage"]]
        found = tuple(_dated(entries.get(entry.key, entry), entry) for entry in kept)
        return Story(str(row["story"]), found, float(row["score"]), tuple(map(str, row["why"]))) if found else None
    except (KeyError, TypeError, ValueError, AttributeError):
        return None


def _dated(entry: Entry, kept: Entry) -> Entry:
    """The entry as it is now; where its feed gives no date, with the one that it had."""
    return entry if entry.published else replace(entry, published=kept.published, estimated=kept.estimated)


def _told(entry: Entry) -> dict[str, Any]:
    said = {
        "feed": entry.feed.url,
        "id": entry.id,
        "url": entry.url,
        "title": entry.title,
        "excerpt": shorten(entry.excerpt, EXCERPT_WORDS),
        "published": entry.published.isoformat() if entry.published else None,
        "estimated": entry.estimated,
        "language": entry.language,
    }
    return {key: value for key, value in said.items() if value}


def _entry(row: Mapping[str, Any], feeds: Mapping[str, Feed]) -> Entry:
    url = str(row["feed"])
    return Entry(
        feed=feeds.get(url) or Feed(url=url),
        id=str(row["id"]),
        url=str(row.get("url", "")),
        title=str(row["title"]),
        excerpt=str(row.get("excerpt", "")),
        published=datetime.fromisoformat(row["published"]) if row.get("published") else None,
        estimated=bool(row.get("estimated")),
        language=row.get("language"),
    )
