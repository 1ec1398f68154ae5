"""newsletter.yml: the whole contract of what an owner sets, as one pydantic model.

Unknown keys, wrong values and missing ones are reported all at once, each with its line and a right example.
Secrets are read from the environment only, by the part that needs them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from groundwire.checked_yaml import example_of, read_yaml, validate
from groundwire.errors import InputError, Problem, not_utf8
from groundwire.mail_settings import Email, SubscriberSettings
from groundwire.mail_settings import Smtp as Smtp
from groundwire.pages_address import pages_address
from groundwire.shapes import Address, Colour, Language, Network, Part, Slug, Url

FILE = "newsletter.yml"
Weekday = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
License = Literal["all-rights-reserved", "public-domain", "cc-by", "cc-by-sa", "own"]
PLACEHOLDER_URL = "https://newsletter.example/"


class Publisher(Part):
    """Who answers for the publication; the imprint and the footer of every email. Real sending refuses without it."""

    name: str = Field("", examples=["Example Press"])
    postal_address: str = Field("", examples=["1 Example Street, 12345 Example Town"])
    email: Address | Literal[""] = Field("", examples=["editor@example.org"])
    responsible: str = Field("", examples=["A. Editor"])


class Feed(Part):
    """One source: an RSS, Atom or JSON feed."""

    url: Url = Field(examples=["https://www.example.org/feed.xml"])
    name: str = Field("", examples=["Example Security Blog"], description="shown to readers; the host where it is absent")
    category: Slug | None = Field(None, examples=["vulnerability"], description="what its entries are where no rule knows better")
    weight: float = Field(1.0, ge=0, le=10, examples=[1.0], description="how much its word counts when stories are chosen")
    fulltext: Literal["auto", True, False] = Field(
        "auto",
        examples=["auto"],
        description="auto: from the feed where it carries it; true: fetch the page; false: excerpt only",
    )
    license: License = Field("all-rights-reserved", examples=["cc-by"], description="what of its text may be printed")
    language: str | None = Field(None, examples=["en"], description="where the feed does not say it, or says it wrong")

    @property
    def title(self) -> str:
        """The name that readers see."""
        return self.name or (urlsplit(self.url).hostname or self.url).removeprefix("www.")


class Block(Part):
    """What is never fetched, analysed or mailed."""

    domains: tuple[str, ...] = Field((), examples=[["ads.example.com"]])
    urls: tuple[str, ...] = Field((), examples=[["https://example.com/sponsored/"]], description="addresses that start so")
    keywords: tuple[str, ...] = Field((), examples=[["sponsored post"]], description="words in a title or an excerpt")


class Select(Part):
    """Which stories get a page."""

    max_age_days: int = Field(7, ge=1, le=365, examples=[7])
    max_stories: int = Field(
        20, ge=0, le=1000, examples=[20], description="a day in the publication's zone, counting what is published"
    )
    max_per_category: int = Field(8, ge=0, le=1000, examples=[8], description="a day, likewise")
    min_score: float = Field(0.0, ge=0, examples=[1.5])


class Review(Part):
    """Which stories wait for a person before they are in any output."""

    hold: Literal["none", "allegations", "all"] = Field("none", examples=["allegations"])


class Fetch(Part):
    """Bounds of every request to a publisher."""

    allow_networks: tuple[Network, ...] = Field(
        (), examples=[["10.1.0.0/16"]], description="private networks that feeds may live in"
    )
    timeout_s: float = Field(20, gt=0, le=300, examples=[20], description="seconds for one document in all")
    max_mb: float = Field(10, gt=0, le=200, examples=[10], description="megabytes of one document after decompression")
    concurrency: int = Field(8, ge=1, le=64, examples=[8], description="documents at once; at most 2 from one host")


class ModelPrice(Part):
    """What a model costs, where Groundwire does not know it: US dollars a million tokens."""

    input: float = Field(ge=0, examples=[3.0], description="US dollars a million tokens read")
    output: float = Field(ge=0, examples=[15.0], description="US dollars a million tokens written")


class AnalysisSettings(Part):
    """Who analyses, and what it may cost."""

    by: Literal["auto", "extractive", "claude"] = Field(
        "auto", examples=["auto"], description="auto: Claude where ANTHROPIC_API_KEY is set"
    )
    model: str = Field("claude-haiku-5-5", examples=["claude-haiku-5-5"])
    fallback_model: str | None = Field(None, examples=["claude-sonnet-5-5"], description="asked where the first one refuses")
    budget_usd: float = Field(0.50, ge=0, examples=[0.50], description="US dollars for one run")
    budget_usd_month: float = Field(10.0, ge=0, examples=[10.0], description="US dollars for a calendar month (UTC)")
    base_url: Url | None = Field(
        None,
        examples=["http://localhost:11434"],
        description="another server of that form; its key: GROUNDWIRE_MODEL_KEY in the environment, for the address in GROUNDWIRE_MODEL_SERVER alone",
    )
    concurrency: int = Field(4, ge=1, le=64, examples=[4], description="calls under way at once")
    price: ModelPrice | None = Field(
        None,
        examples=[{"input": 3.0, "output": 15.0}],
        description="of the models named above, where it is not known or not yours; needed for a `base_url` that is not your own or takes a key",
    )


class IssueSettings(Part):
    """The weekly issue."""

    weekday: Weekday = Field("friday", examples=["friday"])
    hour: int = Field(
        9, ge=0, le=23, examples=[9], description="in the publication's zone; the first run after it makes the issue"
    )
    max_items: int = Field(20, ge=1, le=200, examples=[20])
    min_items: int = Field(3, ge=1, examples=[3], description="with fewer new stories no issue is made")


class FooterLink(Part):
    """One link of the owner's own in the site's footer."""

    label: str = Field(min_length=1, max_length=60, examples=["Our printed edition"])
    url: Url = Field(examples=["https://www.example.org/print/"])


class SiteSettings(Part):
    """How the site looks, and whom its readers can tell something."""

    logo: str | None = Field(
        None, examples=["assets/logo.svg"], description="a picture below content/, beside the title; 40 pixels high"
    )
    colour: Colour | None = Field(
        None, examples=["#1d5f8f"], description="of links and marks; made darker or lighter until it can be read"
    )
    footer: tuple[FooterLink, ...] = Field(
        (), examples=[[{"label": "Our printed edition", "url": "https://www.example.org/print/"}]]
    )
    credit: bool = Field(True, examples=[False], description="say in the footer what the site is made with")
    forge: Url | None = Field(
        None,
        examples=["https://github.com/example/briefing"],
        description="the repository: “edit this page” and “report a mistake” lead there (GitHub, GitLab, Forgejo)",
    )
    branch: str = Field("main", min_length=1, examples=["main"], description="the branch that readers edit there")
    report_email: Address | None = Field(
        None, examples=["corrections@example.org"], description="for mistakes and rights; without it `publisher.email`"
    )
    index_unreviewed: bool = Field(
        False, examples=[True], description="let search engines list pages that nobody reviewed and that only quote"
    )

    @field_validator("logo")
    @classmethod
    def _below_content(cls, value: str | None) -> str | None:
        if value is not None and (re.search(r"[\\:?#\s]", value) or value.startswith("/") or ".." in value.split("/")):
            raise ValueError("should be a path below content/, without blanks")
        return value


def _url_may_be_left_out(schema: dict[str, Any]) -> None:
    """In a file; `load_settings` knows one then."""
    schema["required"] = [key for key in schema["required"] if key != "url"]


class Settings(Part):
    """Everything an owner sets; more keys may come, these stay."""

    model_config = ConfigDict(json_schema_extra=_url_may_be_left_out)

    title: str = Field(min_length=1, max_length=120, examples=["The Example Briefing"])
    url: Url = Field(
        examples=["https://example.github.io/briefing/"],
        description="where the site will live; ends with /; left out: where GitHub Pages shows this repository",
    )
    language: Language = Field("en", examples=["en"])
    timezone: str = Field("UTC", examples=["Europe/Berlin"], description="an IANA zone: days, weeks and the issue's hour")
    description: str = Field("", max_length=300, examples=["Security and technology, each sentence with its source."])
    publisher: Publisher = Field(
        default_factory=lambda: Publisher(), examples=[{"name": "Example Press", "email": "editor@example.org"}]
    )
    feeds: tuple[Feed, ...] = Field((), examples=[[{"url": "https://www.example.org/feed.xml", "name": "Example"}]])
    block: Block = Field(default_factory=lambda: Block(), examples=[{"domains": ["ads.example.com"]}])
    select: Select = Field(default_factory=lambda: Select(), examples=[{"max_stories": 20}])
    review: Review = Field(default_factory=lambda: Review(), examples=[{"hold": "allegations"}])
    fetch: Fetch = Field(default_factory=lambda: Fetch(), examples=[{"timeout_s": 20}])
    analysis: AnalysisSettings = Field(default_factory=lambda: AnalysisSettings(), examples=[{"by": "auto", "budget_usd": 0.5}])
    issue: IssueSettings = Field(default_factory=lambda: IssueSettings(), examples=[{"weekday": "friday", "hour": 9}])
    email: Email = Field(default_factory=lambda: Email(), examples=[{"transport": "outbox", "sender": "briefing@example.org"}])
    site: SiteSettings = Field(default_factory=lambda: SiteSettings(), examples=[{"colour": "#1d5f8f", "credit": False}])
    subscribers: SubscriberSettings = Field(
        default_factory=lambda: SubscriberSettings(), examples=[{"database": "/var/lib/groundwire/subscribers.sqlite"}]
    )

    @field_validator("url")
    @classmethod
    def _slash(cls, value: str) -> str:
        if urlsplit(value).query or urlsplit(value).fragment:
            raise ValueError("should carry no ? or #")
        return value if value.endswith("/") else value + "/"

    @field_validator("timezone")
    @classmethod
    def _zone(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (ValueError, OSError, KeyError):
            raise ValueError("should be an IANA time zone") from None
        return value

    @model_validator(mode="after")
    def _distinct_feeds(self) -> Settings:
        seen: set[str] = set()
        for feed in self.feeds:
            if feed.url in seen:
                raise ValueError(f"feeds: {feed.url} is listed twice")
            seen.add(feed.url)
        return self

    @property
    def zone(self) -> ZoneInfo:
        """The publication's time zone."""
        return ZoneInfo(self.timezone)

    def day(self, when: datetime) -> str:
        """Return the publication's calendar day at the moment `when`, as YYYY-MM-DD."""
        return when.astimezone(self.zone).date().isoformat()


def load_settings(root: Path) -> Settings:
    """Read the settings of the publication in `root`. Raises InputError with every problem of the file at once."""
    path = root / FILE
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        hint = f"groundwire init {root} --title 'My Briefing' --url https://me.github.io/briefing/"
        raise InputError([Problem(FILE, f"there is none in {root}; make a publication there", example=hint)]) from None
    except UnicodeDecodeError as error:
        raise InputError([not_utf8(FILE, error)]) from None
    return settings_in(text, root)


def settings_in(text: str, root: Path) -> Settings:
    """Return the settings in a text of newsletter.yml, today's or an earlier one. Raises InputError with all its problems.

    A `url` that it leaves out is that of GitHub Pages for the repository in `root`, where there is one.
    """
    marked = read_yaml(text, file=FILE)
    marked = replace(marked, data=_without_gone(marked.data))
    if isinstance(marked.data, dict) and "url" not in marked.data and (address := pages_address(root)):
        marked = replace(marked, data={**marked.data, "url": address})
    return validate(marked, Settings, file=FILE)


# Settings that earlier versions had: section, key → what became of it. They are told by `check` and stop no run.
GONE: Mapping[tuple[str, str], str] = {
    ("analysis", "batch"): "Message Batches are gone: a story is analysed in the run that chooses it; take this line out",
}


def gone_settings(text: str) -> list[Problem]:
    """Return a warning for each setting of an earlier version that newsletter.yml still has."""
    marked = read_yaml(text, file=FILE)
    data = marked.data if isinstance(marked.data, dict) else {}
    found = []
    for (section, key), message in GONE.items():
        if isinstance(data.get(section), dict) and key in data[section]:
            line, column = marked.place((section, key))
            found.append(Problem(FILE, message, line, column, key=f"{section}.{key}", level="warning"))
    return found


def _without_gone(data: Any) -> Any:
    if not isinstance(data, dict):
        return data
    kept = dict(data)
    for section, key in GONE:
        if isinstance(kept.get(section), dict):
            kept[section] = {name: value for name, value in kept[section].items() if name != key}
    return kept


def documented_settings(model: type[BaseModel] = Settings, prefix: str = "") -> list[tuple[str, str, Any]]:
    """Return every setting as (dotted key, description, right example), for the documentation and its test."""
    rows: list[tuple[str, str, Any]] = []
    for key, info in model.model_fields.items():
        rows.append((prefix + key, info.description or "", example_of(model, key)))
        kinds = [info.annotation, *getattr(info.annotation, "__args__", ())]
        for kind in kinds:
            if isinstance(kind, type) and issubclass(kind, Part):
                rows += documented_settings(kind, f"{prefix}{key}.")
    return rows
