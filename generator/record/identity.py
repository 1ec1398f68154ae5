"""By what an article is known again, and the id of the story that begins with it."""

from __future__ import annotations

from generator.record.text import digest, normal_title, words
from generator.record.urls import canonical

TITLE_WORDS = 4  # below that, equal headlines ("Security update") say nothing


def marks(url: str, title: str) -> tuple[str, ...]:
    """Short hashes of an article's canonical address and of its headline: whoever prints the same has one of them."""
    found = []
    if address := canonical(url):
        found.append(digest("url", address))
    plain = normal_title(title)
    if len(words(plain)) >= TITLE_WORDS:
        found.append(digest("title", plain))
    return tuple(found)


def story_id(feed_url: str, entry_id: str) -> str:
    """The id of the story that begins with this entry."""
    return f"s-{digest(feed_url, entry_id, length=10)}"
