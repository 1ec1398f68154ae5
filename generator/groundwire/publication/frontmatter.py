"""The front matter of articles and issues: one pydantic model each, read with true lines, written short.

What people wrote is never re-serialised: `editing.py` changes a page by inserting text.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cached_property
from typing import Annotated, Any, ClassVar, Generic, Literal, TypeVar

import yaml
from pydantic import BaseModel, ConfigDict, Field

from groundwire.checked_yaml import Marked, read_yaml, validate
from groundwire.errors import InputError, Problem
from groundwire.publication.summary import ArticleSummary, summarise
from groundwire.shapes import Alias, Day, Hash, IssueId, Moment, Slug, StoryId, Url
from groundwire.text.plain import clean, digest, file_hash

on = date  # `date` is also a key of the front matter, which shadows it


class Meta(BaseModel):
    """Base of all front matter: frozen, strict about its keys."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    shown: ClassVar[frozenset[str]] = (
        frozenset()
    )  # keys that a new page has even where they say the default, for people to change


M = TypeVar("M", bound=Meta)


class Entities(Meta):
    """Names that the story turns on, for listings and search."""

    organisations: tuple[str, ...] = Field((), examples=[["Anthropic"]])
    products: tuple[str, ...] = Field((), examples=[["Claude"]])
    cves: tuple[Annotated[str, Field(pattern=r"^CVE-\d{4}-\d{4,19}$")], ...] = Field((), examples=[["CVE-2026-12345"]])


class SourceMeta(Meta):
    """One publisher's coverage, as read."""

    feed: str = Field(examples=["Example Security Blog"], description="the feed's name")
    title: str = Field("", examples=["The publisher's headline"])
    url: Url = Field(examples=["https://www.example.org/post"], description="as the publisher gave it")
    published: Moment | None = Field(None, examples=["2026-02-27T15:04:00Z"])
    words: int = Field(0, ge=0, examples=[812], description="words that were read")
    fulltext: bool = Field(False, examples=[True])
    access: Literal["free", "paywalled", "registration"] = Field("free", examples=["free"])
    language: str | None = Field(None, examples=["de"], description="where it is not the publication's")
    added: Moment | None = Field(None, examples=["2026-02-28T09:10:00Z"], description="joined the page later")
    copy_of: str | None = Field(
        None, examples=["Example Wire"], description="the outlet whose text it prints; counts as one source with it"
    )


class AnalysisMeta(Meta):
    """Who wrote the analysis and what the gate did."""

    by: Literal["extractive", "claude", "person"] = Field(examples=["extractive"])
    model: str | None = Field(None, examples=["claude-haiku-5-5"])
    prompt: int | None = Field(None, examples=[3])
    kept: int = Field(0, ge=0, examples=[9])
    dropped: int = Field(0, ge=0, examples=[2])
    sources: int = Field(1, ge=0, examples=[3], description="how many of the page's sources were there to be read")
    unpaid: bool = Field(False, examples=[True], description="by rule because no model could be paid")


class Score(Meta):
    """Why this story was chosen."""

    total: float = Field(examples=[7.4])
    why: tuple[str, ...] = Field((), examples=[["3 sources", "full text"]])


class Watch(Meta):
    """A prediction with a date, and what became of it."""

    claim: str = Field(examples=["The agency publishes its final rule"])
    by: Day = Field(examples=["2026-12-31"])
    outcome: Literal["open", "happened", "did not happen", "not followed up"] = Field("open", examples=["open"])
    note: str = Field("", examples=["Published on 12 December."])


class Correction(Meta):
    """What was wrong, for everyone to see."""

    date: Moment = Field(examples=["2026-03-01"])
    note: str = Field(examples=["The flaw is in version 2.14, not 2.15."])


class Reviewed(Meta):
    """Who read the page against its sources."""

    by: str = Field(examples=["A. Editor"])
    on: Day = Field(examples=["2026-03-01"])


class Withdrawn(Meta):
    """The page is gone from everywhere but its address, where this stands."""

    date: Moment = Field(examples=["2026-03-02"])
    reason: str = Field(examples=["The publisher retracted its report."])


class Generated(Meta):
    """The hash of the body as the machine wrote it; a different body was edited by a person."""

    hash: Hash = Field(examples=["sha256:0123456789abcdef"])


class ArticleMeta(Meta):
    """An article's front matter: five required keys, the rest optional."""

    id: StoryId = Field(examples=["s-8f3a1c2b9d"], description="`groundwire new article` writes it; never changes")
    title: str = Field(min_length=1, max_length=300, examples=["What happened, in one line"])
    description: str = Field(min_length=1, max_length=600, examples=["One sentence, for cards, feeds and email."])
    date: Moment = Field(examples=["2026-02-27T15:04:00Z"], description="the event's first coverage")
    category: Slug = Field(examples=["industry-news"])
    date_estimated: bool = Field(False, examples=[True], description="no source gave a date: first seen")
    published: Moment | None = Field(None, examples=["2026-02-27T17:00:00Z"])
    updated: Moment | None = Field(None, examples=["2026-02-28T09:10:00Z"])
    tags: tuple[Slug, ...] = Field((), examples=[["ai-policy"]])
    language: str | None = Field(None, examples=["en"])
    entities: Entities = Field(default_factory=lambda: Entities(), examples=[{"organisations": ["Anthropic"]}])
    sources: tuple[SourceMeta, ...] = Field((), examples=[[{"feed": "Example Blog", "url": "https://www.example.org/post"}]])
    analysis: AnalysisMeta | None = Field(None, examples=[{"by": "person"}])
    score: Score | None = Field(None, examples=[{"total": 7.4, "why": ["3 sources"]}])
    watch: tuple[Watch, ...] = Field((), examples=[[{"claim": "The final rule is published", "by": on(2026, 12, 31)}]])
    corrections: tuple[Correction, ...] = Field((), examples=[[{"date": on(2026, 3, 1), "note": "What was wrong."}]])
    reviewed: Reviewed | None = Field(None, examples=[{"by": "A. Editor", "on": on(2026, 3, 1)}])
    status: Literal["draft"] | None = Field(None, examples=["draft"], description="in no output")
    in_review: str | None = Field(
        None,
        examples=["every story is reviewed"],
        description="why the machine holds this draft; `groundwire story release` takes it out",
    )
    withdrawn: Withdrawn | None = Field(None, examples=[{"date": on(2026, 3, 2), "reason": "The report was retracted."}])
    aliases: tuple[Alias, ...] = Field((), examples=[["articles/2026/02/old-name/"]])
    locked: bool = Field(False, examples=[True], description="the machine leaves this page alone")
    generated: Generated | None = Field(None, examples=[{"hash": "sha256:0123456789abcdef"}])

    @property
    def moment(self) -> datetime:
        """When we published it; for pages of people, the date they gave."""
        return self.published or self.date

    @property
    def held(self) -> bool:
        """Whether the machine holds it until somebody has read it. Drafts that people began, or took back, are theirs."""
        return self.status == "draft" and self.in_review is not None and self.withdrawn is None

    @property
    def listed(self) -> bool:
        """Whether it stands in listings, search, feeds and email."""
        return self.status != "draft" and self.withdrawn is None


class Window(Meta):
    """The time in which an issue's stories were published: from, exclusive; to, inclusive."""

    since: Moment = Field(examples=["2026-11-20T08:00:00Z"])
    until: Moment = Field(examples=["2026-11-27T08:00:00Z"])


class IssueMeta(Meta):
    """A weekly issue's front matter."""

    shown: ClassVar[frozenset[str]] = frozenset({"status"})
    id: IssueId = Field(examples=["2026-w48"])
    title: str = Field("", max_length=200, examples=["Week 48, 2026"])
    subject: str = Field(min_length=1, max_length=200, examples=["One line that says what is in it"])
    preheader: str = Field("", max_length=200, examples=["What an inbox shows after the subject."])
    date: Moment = Field(examples=["2026-11-27T08:00:00Z"])
    window: Window = Field(examples=[{"since": "2026-11-20T08:00:00Z", "until": "2026-11-27T08:00:00Z"}])
    items: tuple[StoryId, ...] = Field((), examples=[["s-8f3a1c2b9d"]], description="the stories that it carries, for the ledger")
    continuing: tuple[StoryId, ...] = Field((), examples=[["s-8f3a1c2b9d"]])
    status: Literal["draft", "ready"] = Field("draft", examples=["ready"])
    expires: Moment | None = Field(None, examples=["2026-12-04T08:00:00Z"], description="not approved by then: skipped")
    corrects: IssueId | None = Field(None, examples=["2026-w47"])
    generated: Generated | None = Field(None, examples=[{"hash": "sha256:0123456789abcdef"}])


@dataclass(frozen=True)
class Page(Generic[M]):
    """A file of content/: its path below content/, its front matter, its body, and the text as it stands on disk."""

    path: str
    meta: M
    body: str
    text: str

    @property
    def url(self) -> str:
        """Its address below the site's, as MkDocs gives it: `articles/2026/02/slug/`."""
        return self.path.removesuffix(".md") + "/"

    @cached_property
    def id(self) -> str:
        """The permanent id of its story or issue."""
        return str(getattr(self.meta, "id", ""))

    @cached_property
    def content_hash(self) -> str:
        """The hash of the whole file."""
        return file_hash(self.text.encode("utf-8"))

    @cached_property
    def summary(self) -> ArticleSummary:
        """What is asked of it without reading it. Articles only."""
        return summarise(self.meta)

    @cached_property
    def pristine(self) -> bool:
        """Whether the body is still as the machine wrote it."""
        generated = getattr(self.meta, "generated", None)
        return generated is not None and generated.hash == body_hash(self.body)


_FENCE = re.compile(r"\A\ufeff?---[ \t]*\r?\n(.*?)^---[ \t]*(?:\r?\n|\Z)", re.DOTALL | re.MULTILINE)


def split(text: str, *, file: str) -> tuple[str, str]:
    """Return the YAML between the fences, and the body. Raises InputError where there is no front matter."""
    match = _FENCE.match(text)
    if not match:
        example = "---\ntitle: What happened, in one line\n…\n---"
        raise InputError(
            [Problem(file, "has no front matter: keys between two lines of three hyphens, at the top", 1, 1, example=example)]
        )
    return match.group(1), text[match.end() :]


def parse(text: str, model: type[M], *, file: str) -> Page[M]:
    """Read a page from its text. Raises InputError with every problem in it."""
    marked, body = read(text, file=file)
    return Page(file, validate(marked, model, file=file, root=()), body, text)


def read(text: str, *, file: str) -> tuple[Marked, str]:
    """Return the front matter with the lines of its keys, unvalidated, and the body."""
    front, body = split(text, file=file)
    return read_yaml(front, file=file, first_line=2), body


def body_hash(body: str) -> str:
    """Return the hash that says whether a person touched the body.

    Line ends and outer blank lines do not count.
    """
    return f"sha256:{digest(body.replace(chr(13) + chr(10), chr(10)).strip(), length=16)}"


def compose(meta: Meta, body: str) -> str:
    """Write the text of a new page: front matter in the model's order, defaults left out, a list entry a line."""
    data = meta.model_dump(exclude_defaults=True) | meta.model_dump(include=set(meta.shown))
    lines = [line for key in type(meta).model_fields if key in data for line in yaml_lines(key, data[key])]
    return "---\n" + "\n".join(lines) + "\n---\n\n" + body.strip() + "\n"


def yaml_lines(key: str, value: Any, *, exact: bool = False) -> list[str]:
    """Write one top-level key as YAML.

    Scalars and short lists stand on its line, lists of mappings have an entry a line. `exact`: see `plain`.
    """
    if isinstance(value, list | tuple) and value and isinstance(value[0], dict):
        return [f"{key}:", *(f"- {flow(item, exact=exact)}" for item in value)]
    return [f"{key}: {flow(value, exact=exact)}"]


def flow(value: Any, *, exact: bool = False) -> str:
    """Write a value as one line of YAML, by the serialiser."""
    text = yaml.dump(
        [plain(value, exact=exact)],
        Dumper=_Dumper,
        default_flow_style=True,
        allow_unicode=True,
        width=float("inf"),
        sort_keys=False,
    )
    return _TAGGED_TIME.sub(r"\1", text.strip()[1:-1])


def plain(value: Any, *, exact: bool = False) -> Any:
    """Return a value as it is to be written: without keys that say None.

    Texts are cleaned and times in whole seconds, if they need not be `exact`.
    """
    if isinstance(value, tuple | list):
        return [plain(item, exact=exact) for item in value]
    if isinstance(value, dict):
        return {key: plain(item, exact=exact) for key, item in value.items() if item is not None}
    if isinstance(value, datetime):
        return value if exact else value.replace(microsecond=0)
    return clean(value) if isinstance(value, str) and not exact else value


# PyYAML tags a time inside {…}, because of its colons, though it reads it without.
_TAGGED_TIME = re.compile(r"!!timestamp '([0-9TZ:.-]{20,27})'")


class _Dumper(yaml.SafeDumper):
    """Writes times as ISO 8601 in UTC, a text of several lines on one, and never an alias."""

    def ignore_aliases(self, _data: Any) -> bool:
        return True


def _write_moment(dumper: yaml.SafeDumper, value: datetime) -> yaml.Node:
    moment = (value if value.tzinfo else value.replace(tzinfo=UTC)).astimezone(UTC)
    text = moment.isoformat(timespec="microseconds" if moment.microsecond else "seconds").replace("+00:00", "Z")
    return dumper.represent_scalar("tag:yaml.org,2002:timestamp", text)


def _write_text(dumper: yaml.SafeDumper, value: str) -> yaml.Node:
    return dumper.represent_scalar(
        "tag:yaml.org,2002:str", value, style='"' if len(value.splitlines()) > 1 or value.endswith("\n") else None
    )


_Dumper.add_representer(datetime, _write_moment)
_Dumper.add_representer(str, _write_text)
