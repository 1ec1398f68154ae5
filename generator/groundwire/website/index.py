"""What the listings need, from the front matter of all pages: pure, no clock. "Now" is the newest time in content/."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from typing import Literal

from groundwire.publication.authorship import Authorship
from groundwire.publication.categories import Category
from groundwire.publication.content import Article, Issue

Kind = Literal["category", "tag", "source", "organisation", "product", "cve"]

FOLDERS: Mapping[Kind, str] = {
    "category": "categories",
    "tag": "tags",
    "source": "sources",
    "organisation": "organisations",
    "product": "products",
    "cve": "cves",
}
ALWAYS: frozenset[Kind] = frozenset({"category", "source"})
MIN_STORIES = 3  # of a tag, an organisation, a product, a CVE
LATEST = 30  # on a facet's front page


@dataclass(frozen=True, slots=True)
class Row:
    """One story as listings, feeds and cards need it."""

    id: str
    url: str  # below the site's address, ends with /
    title: str
    description: str
    category: str
    moment: datetime  # when we published it
    updated: datetime | None
    author: Authorship
    facets: tuple[tuple[Kind, str, str], ...]  # kind, slug, name
    sources: tuple[str, ...] = ()
    score: float = 0.0
    language: str | None = None

    @property
    def touched(self) -> datetime:
        """Its last change that readers see."""
        return max(self.moment, self.updated) if self.updated else self.moment


@dataclass(frozen=True, slots=True)
class Brief:
    """What the site must know of an article that it doesn't make again: enough for every listing, feed and address.

    `row` is there where it is listed, and `mark` changes when the row does. `noted`: it has corrections or predictions.
    """

    page: Article
    shown: Literal["listed", "withdrawn", "draft"]
    category: str
    aliases: tuple[str, ...]
    noted: bool
    only_quotes: bool  # and nobody reviewed it
    row: Row | None
    mark: str


@dataclass(frozen=True, slots=True)
class Listing:
    """The stories of one facet, newest first."""

    kind: Kind
    slug: str
    name: str
    rows: tuple[Row, ...]

    @property
    def url(self) -> str:
        """Its front page, below the site's address."""
        return f"{FOLDERS[self.kind]}/{self.slug}/"

    @property
    def paged(self) -> bool:
        """Whether it has pages by month: if its front page cannot show all, and always for categories and sources."""
        return bool(self.rows) and (self.kind in ALWAYS or len(self.rows) > LATEST)


@dataclass(frozen=True, slots=True)
class Index:
    """All that is listed. Drafts are in none of it."""

    rows: tuple[Row, ...]  # newest first
    listings: Mapping[tuple[Kind, str], Listing]
    issues: tuple[Issue, ...]  # newest first, ready ones only
    withdrawn: tuple[Article, ...]
    hidden: frozenset[str]  # files below content/ that are in no output
    aliases: Mapping[str, str]  # old address → page's address
    now: datetime | None
    zone: tzinfo
    by_id: Mapping[str, Row] = field(default_factory=dict)
    noted: tuple[Article, ...] = ()  # with a correction, or a prediction that has a date
    _months: dict[str, str] = field(default_factory=dict, repr=False, compare=False)  # by id: each story is in many listings

    def month(self, row: Row) -> str:
        """Return the month a story is listed under: that of its publishing, in the publication's zone."""
        found = self._months.get(row.id)
        if found is None:
            found = self._months[row.id] = f"{row.moment.astimezone(self.zone):%Y-%m}"
        return found

    def months(self, rows: Iterable[Row]) -> dict[str, tuple[Row, ...]]:
        """Group stories by month, newest first."""
        found: dict[str, list[Row]] = {}
        for row in rows:
            found.setdefault(self.month(row), []).append(row)
        return {key: tuple(value) for key, value in found.items()}

    def days(self, rows: Iterable[Row]) -> list[tuple[datetime, tuple[Row, ...]]]:
        """Group stories by day in the publication's zone, newest first."""
        found: dict[str, list[Row]] = {}
        for row in rows:
            found.setdefault(f"{row.moment.astimezone(self.zone):%Y-%m-%d}", []).append(row)
        return [(value[0].moment, tuple(value)) for value in found.values()]

    def listed(self, kind: Kind) -> list[Listing]:
        """List the listings of one kind, by name."""
        return sorted((x for x in self.listings.values() if x.kind == kind), key=lambda x: (x.name.casefold(), x.slug))


def build_index(briefs: Iterable[Brief], issues: Iterable[Issue], *, categories: Mapping[str, Category], zone: tzinfo) -> Index:
    """Build the index of a publication. Every category has a listing, even an empty one."""
    briefs, issues = tuple(briefs), tuple(issues)
    rows = sorted((brief.row for brief in briefs if brief.row), key=lambda r: (r.moment, r.id), reverse=True)
    withdrawn = tuple(brief.page for brief in briefs if brief.shown == "withdrawn")
    ready = sorted((i for i in issues if i.meta.status == "ready"), key=lambda i: (i.meta.date, i.meta.id), reverse=True)
    hidden = [b.page.path for b in briefs if b.shown == "draft"] + [i.path for i in issues if i.meta.status != "ready"]
    times = (
        [r.touched for r in rows] + [i.meta.date for i in ready] + [p.meta.withdrawn.date for p in withdrawn if p.meta.withdrawn]
    )
    return Index(
        rows=tuple(rows),
        listings=_listings(rows, categories),
        issues=tuple(ready),
        withdrawn=withdrawn,
        hidden=frozenset(hidden),
        aliases={alias: b.page.url for b in briefs if b.shown != "draft" for alias in b.aliases},
        now=max(times, default=None),
        zone=zone,
        by_id={r.id: r for r in rows},
        noted=tuple(brief.page for brief in briefs if brief.row and brief.noted),
    )


def _listings(rows: Iterable[Row], categories: Mapping[str, Category]) -> dict[tuple[Kind, str], Listing]:
    found: dict[tuple[Kind, str], list[Row]] = {("category", key): [] for key in categories}
    names: dict[tuple[Kind, str], str] = {("category", key): value.name for key, value in categories.items()}
    for row in rows:
        for kind, slug, name in row.facets:
            found.setdefault((kind, slug), []).append(row)
            names.setdefault((kind, slug), name)  # the newest story's spelling
    return {
        key: Listing(key[0], key[1], names[key], tuple(members))
        for key, members in found.items()
        if key[0] in ALWAYS or len(members) >= MIN_STORIES
    }
