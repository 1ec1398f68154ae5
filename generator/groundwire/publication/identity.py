"""By what an article is known again, and the id of the story that begins with it."""

from __future__ import annotations

from datetime import date

from groundwire.text.addresses import canonical
from groundwire.text.plain import digest, normal_title, words

TITLE_WORDS = 4  # below that, equal headlines ("Security update") say nothing


def marks(url: str, title: str) -> tuple[str, ...]:
    """Return short hashes of an article's canonical address and of its headline.

    Whoever prints the same has one of them.
    """
    return tuple(mark for mark in (url_key(url), title_key(title)) if mark)


def url_key(url: str) -> str:
    """Return a short hash of the canonical address, '' where there is none."""
    address = canonical(url)
    return digest("url", address) if address else ""


def title_key(title: str) -> str:
    """Return a short hash of the headline, '' where it is too short to say anything."""
    plain = normal_title(title)
    return digest("title", plain) if len(words(plain)) >= TITLE_WORDS else ""


def outcome_key(story: str, claim: str, by: date, outcome: str) -> str:
    """Return a short hash of a story's prediction and of what became of it, `open` until then."""
    return digest(story, claim, by.isoformat(), outcome, length=10)


def note_key(story: str, note: str) -> str:
    """Return a short hash of what was wrong in a story, or of why it was withdrawn."""
    return digest(story, note, length=10)


def story_id(feed_url: str, entry_id: str) -> str:
    """Return the id of the story that begins with this entry."""
    return f"s-{digest(feed_url, entry_id, length=10)}"
