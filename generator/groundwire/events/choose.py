"""Which stories get a page today: a score a reader can follow, then the owner's limits. What is left out says why."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from groundwire.events import background
from groundwire.events.cues import critical, exploited
from groundwire.events.independent import independent
from groundwire.events.terms import terms
from groundwire.model import Story
from groundwire.settings import Select
from groundwire.text.plain import words

LONG_TEXT_WORDS = 150
NEW_NAME = 8.7  # rarity of a word that the background table has never seen


@dataclass(frozen=True)
class Choice:
    """The stories that get a page, best first, and those that do not, each with its reason."""

    chosen: tuple[Story, ...]
    left: tuple[tuple[Story, str], ...]


def score(story: Story, *, now: datetime) -> Story:
    """Return the story with its score and the reasons for it, in a reader's words, the weightiest kind first."""
    parts = [*_coverage(story), *_urgency(story), *_freshness(story, now=now)]
    return replace(story, score=round(sum(points for points, _ in parts), 2), why=tuple(words for _, words in parts if words))


def _coverage(story: Story) -> Iterator[tuple[float, str]]:
    """Score who reports it: each outlet's weight, one copy once."""
    voices = independent(story.entries)
    outlets = len({entry.feed.url for entry in story.entries})
    sources = "1 source" if len(voices) == 1 else f"{len(voices)} independent sources"
    if copies := outlets - len(voices):
        sources += " and 1 copy" if copies == 1 else f" and {copies} copies"
    yield sum(max(entry.feed.weight for entry in voice) for voice in voices), sources
    if max(len(words(entry.content)) for entry in story.entries) >= LONG_TEXT_WORDS:
        yield 1.0, "full text"


def _urgency(story: Story) -> Iterator[tuple[float, str]]:
    texts = [f"{_sentence(entry.title)} {entry.excerpt or entry.content}" for entry in story.entries]
    if any(exploited(text) for text in texts):
        yield 1.5, "exploited in the wild"
    if any(critical(text) for text in texts):
        yield 0.75, "rated critical"
    if any(_coined(word) for entry in story.entries for word in words(entry.title)):
        yield 0.5, "names something new"


def _coined(word: str) -> bool:
    """Say whether a word is a name that the press table has never seen: a digit or a capital inside ("LucidRook", "UNC6783")."""
    found = terms(word)
    plain = re.sub(r"\W", "", word)
    shaped = re.search(r"[a-z][A-Z]|[A-Z]{3}|[A-Za-z]\d", plain)
    return bool(shaped) and len(found) == 1 and background.shipped().rarity(found[0]) >= NEW_NAME


def _freshness(story: Story, *, now: datetime) -> Iterator[tuple[float, str]]:
    age = now - (story.first.published or now)
    yield max(0.0, 1.0 - age / timedelta(days=7)), "new today" if age < timedelta(days=1) else ""


def _sentence(title: str) -> str:
    return title if title.endswith((".", "!", "?")) else f"{title}."


def choose(
    stories: Iterable[Story],
    *,
    select: Select,
    today: Mapping[str, int],
    category_of: Callable[[Story], str],
    now: datetime,
) -> Choice:
    """Apply the owner's limits. `today` counts what was published today by category, in the publication's zone."""
    oldest = now - timedelta(days=select.max_age_days)
    counts = Counter(today)
    chosen: list[Story] = []
    left: list[tuple[Story, str]] = []
    for story in sorted((score(s, now=now) for s in stories), key=_rank):
        reason = _against(story, select=select, counts=counts, category=category_of(story), oldest=oldest)
        if reason:
            left.append((story, reason))
        else:
            chosen.append(story)
            counts[category_of(story)] += 1
    return Choice(tuple(chosen), tuple(left))


def _against(story: Story, *, select: Select, counts: Counter[str], category: str, oldest: datetime) -> str:
    if story.first.published and story.first.published < oldest:
        return f"older than {select.max_age_days} days"
    if story.score < select.min_score:
        return f"score {story.score:g} is under {select.min_score:g}"
    if counts.total() >= select.max_stories:
        return f"{select.max_stories} stories a day are reached"
    if counts[category] >= select.max_per_category:
        return f"{select.max_per_category} stories a day in {category} are reached"
    return ""


def _rank(story: Story) -> tuple[float, float, str]:
    published = story.first.published
    return -story.score, -(published.timestamp() if published else 0.0), story.id
