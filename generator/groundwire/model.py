"""The values that flow between stages: frozen, typed, without behaviour that touches the world.

feeds → Entry → stories → Story → analysis → Analysis → page. Times are aware datetimes in UTC; texts are plain text
(no markup) and untrusted, white space collapsed; in `content` and `Source.text` a line is a block (paragraph, heading).
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Literal

from groundwire.settings import Feed

Kind = Literal["fact", "analysis", "prediction"]
Access = Literal["free", "paywalled", "registration"]

__all__ = [
    "Access",
    "Analysis",
    "Detail",
    "Entry",
    "Feed",
    "FeedResult",
    "Job",
    "Kind",
    "Section",
    "Source",
    "Statement",
    "Story",
    "Watched",
    "replace",
]


@dataclass(frozen=True, slots=True)
class Entry:
    """One item of one feed. `id` identifies it within its feed; `url` is the publisher's link as given ('' if none)."""

    feed: Feed
    id: str
    url: str
    title: str
    excerpt: str = ""
    content: str = ""  # the article's text where the feed carries it
    published: datetime | None = None
    estimated: bool = False  # `published` is when we first saw it, not the publisher's word
    language: str | None = None

    @property
    def key(self) -> tuple[str, str]:
        """Its identity across feeds."""
        return self.feed.url, self.id


@dataclass(frozen=True, slots=True)
class FeedResult:
    """What came of one feed in one run. An expected failure is a value: `error` says why, in a reader's words."""

    feed: Feed
    entries: tuple[Entry, ...] = ()
    error: str = ""
    warning: str = ""
    unchanged: bool = False


@dataclass(frozen=True, slots=True)
class Source:
    """The text of one entry as the analyst reads it. `id` counts from 1 within the story."""

    id: int
    entry: Entry
    text: str  # the article's text where `fulltext`, else the excerpt
    fulltext: bool
    access: Access = "free"

    @property
    def words(self) -> int:
        """How many words were read."""
        return len(self.text.split())


@dataclass(frozen=True, slots=True)
class Story:
    """One event: its entries, the first coverage first. `id` comes from that first entry and never changes."""

    id: str
    entries: tuple[Entry, ...]
    score: float = 0.0
    why: tuple[str, ...] = ()

    @property
    def first(self) -> Entry:
        """The first coverage."""
        return self.entries[0]


@dataclass(frozen=True, slots=True)
class Job:
    """A story that is to be analysed: with the texts of its sources and its category."""

    story: Story
    sources: tuple[Source, ...]
    category: str


@dataclass(frozen=True, slots=True)
class Statement:
    """One sentence (or bullet) of an analysis.

    A fact carries `evidence`, at most 25 words verbatim from source number `source`. Where `quoted`, the text itself
    is the source's own sentence and is printed as a quotation. `also`: further sources that say the same, each with its
    evidence. `translated`: the evidence is in another language than the text. Where not `shown`, enough of the source is
    quoted already: the page leads to the evidence without printing it.
    """

    text: str
    kind: Kind = "fact"
    source: int | None = None
    evidence: str = ""
    quoted: bool = False
    label: str = ""
    also: tuple[tuple[int, str], ...] = ()
    translated: bool = False
    shown: bool = True


@dataclass(frozen=True, slots=True)
class Section:
    """A filled section of a category; `heading` is as in the category's file. `parts` are its filled subsections."""

    id: str
    heading: str
    statements: tuple[Statement, ...] = ()
    parts: tuple[Section, ...] = ()


@dataclass(frozen=True, slots=True)
class Detail:
    """One row of the key-details table."""

    label: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Conflict:
    """What two sources tell differently: the counted thing ('' where one says yes and the other no), and each one's own words."""

    about: str
    sides: tuple[tuple[int, str], ...]


@dataclass(frozen=True, slots=True)
class Watched:
    """A prediction that a reader can check on a day."""

    claim: str
    by: date


@dataclass(frozen=True, slots=True)
class Analysis:
    """What an analyst made of a story, after the gate."""

    by: Literal["extractive", "claude"]
    title: str
    description: str
    category: str
    excerpt: str = ""  # the publisher's own words, at most 60
    tags: tuple[str, ...] = ()
    details: tuple[Detail, ...] = ()
    sections: tuple[Section, ...] = ()
    organisations: tuple[str, ...] = ()
    products: tuple[str, ...] = ()
    cves: tuple[str, ...] = ()
    language: str | None = None
    model: str | None = None
    prompt: int | None = None
    kept: int = 0
    dropped: int = 0
    notes: tuple[str, ...] = field(default=())  # what a reader should know of how the page was made
    watch: tuple[Watched, ...] = ()
    conflicts: tuple[Conflict, ...] = ()
    unpaid: bool = False  # by rule because no model could be paid: worth another try


@dataclass(frozen=True, slots=True)
class Opening:
    """What a model wrote to open an issue: sentences that went through the gate, and its name."""

    sentences: tuple[str, ...]
    model: str
