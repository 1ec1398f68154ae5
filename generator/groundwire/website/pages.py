"""The pages that no file in content/ stands for: which there are, and what each shows. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any

from groundwire.publication.categories import Category
from groundwire.publication.wording import Words
from groundwire.website.index import FOLDERS, LATEST, MIN_STORIES, Index, Kind, Listing, Row

LEAD_AGE = timedelta(hours=24)
SECOND, SECOND_AGE = 3, timedelta(hours=72)
MOST_LISTED = 600  # of one kind on its page
TOPICS, TOPIC_AGE = 10, timedelta(days=14)
STALE = timedelta(hours=48)
ON_HOME = 12
PER_CATEGORY = 4


@dataclass(frozen=True, slots=True)
class Virtual:
    """A generated page: its address below the site's, its template, and what the template is given."""

    url: str
    template: str
    title: str
    view: Mapping[str, Any] = field(default_factory=dict)
    noindex: bool = False

    @property
    def source(self) -> str:
        """The Markdown file that it stands for."""
        return f"{self.url}index.md"


def virtual_pages(index: Index, categories: Mapping[str, Category], words: Words) -> Iterator[Virtual]:
    """Yield every generated page, each once."""
    yield Virtual("", "groundwire/home.html", words("home"), home_view(index, categories))
    yield from _archive(index, words)
    for kind, folder in FOLDERS.items():
        listings = index.listed(kind)
        if kind == "category":
            listings = [index.listings[kind, key] for key in categories]
        view = {"listings": _most(listings), "kind": kind, "least": MIN_STORIES, "more": len(listings) > MOST_LISTED}
        yield Virtual(f"{folder}/", "groundwire/facets.html", words(folder), view)
        for listing in listings:
            yield from _facet(index, listing, words)
    yield Virtual("issues/", "groundwire/issues.html", words("issues"), {"issues": index.issues})
    yield Virtual("search/", "groundwire/search.html", words("search"), {"empty": not (index.rows or index.issues)}, noindex=True)
    yield Virtual("subscribe/", "groundwire/subscribe.html", words("subscribe"))
    for alias, target in sorted(index.aliases.items()):
        yield Virtual(alias, "groundwire/redirect.html", words("moved"), {"target": target}, noindex=True)


def home_view(index: Index, categories: Mapping[str, Category]) -> dict[str, Any]:
    """Choose the home page's stories: lead, latest by day, by category, continuing, and the newest issue.

    No story appears twice.
    """
    lead = lead_of(index)
    second = seconds_of(index, lead)
    above = {row.id for row in (lead, *second) if row}
    rest = [row for row in index.rows if row.id not in above]
    latest = rest[:ON_HOME]
    shown = above | {row.id for row in latest}
    continuing = [row for row in rest[ON_HOME:] if _continuing(row, index)][:PER_CATEGORY]
    shown |= {row.id for row in continuing}
    sections = []
    for key in categories:
        listing = index.listings["category", key]
        more = [row for row in listing.rows if row.id not in shown][:PER_CATEGORY]
        if more:
            sections.append((listing, more))
    stale = lead is not None and index.now is not None and index.now - lead.moment > STALE
    return {
        "lead": lead,
        "second": second,
        "stale": stale,
        "days": index.days(latest),
        "sections": sections,
        "topics": topics_of(index),
        "continuing": continuing,
        "issue": next((issue for issue in index.issues if issue.meta.corrects is None), None),
        "now": index.now,
    }


def lead_of(index: Index) -> Row | None:
    """Choose the strongest story of the newest day of publishing."""
    if not index.rows:
        return None
    return max(_recent(index, LEAD_AGE), key=_strength)


def seconds_of(index: Index, lead: Row | None) -> list[Row]:
    """Choose the stories beside the lead: the strongest others of the newest days, as many as fill a row, or none."""
    others = [row for row in _recent(index, SECOND_AGE) if row is not lead] if lead else []
    found = sorted(others, key=_strength, reverse=True)[:SECOND]
    return found if len(found) == SECOND else []


def topics_of(index: Index) -> list[Listing]:
    """List, by name, the listings that the newest stories belong to most often."""
    kinds: tuple[Kind, ...] = ("organisation", "product", "cve")
    recent = _recent(index, TOPIC_AGE) if index.rows else []
    found = Counter((kind, slug) for row in recent for kind, slug, _ in row.facets if kind in kinds)
    most = sorted((key for key in found if key in index.listings), key=lambda key: (-found[key], key))[:TOPICS]
    return sorted((index.listings[key] for key in most), key=lambda listing: (listing.name.casefold(), listing.slug))


def _recent(index: Index, age: timedelta) -> list[Row]:
    newest = index.rows[0].moment
    return [row for row in index.rows[:200] if newest - row.moment <= age]


def _strength(row: Row) -> tuple[float, int, datetime, str]:
    return row.score, len(row.sources), row.moment, row.id


def _continuing(row: Row, index: Index) -> bool:
    if row.updated is None or index.now is None:
        return False
    return row.updated - row.moment > timedelta(hours=12) and index.now - row.updated < timedelta(days=4)


def _archive(index: Index, words: Words) -> Iterator[Virtual]:
    months = index.months(index.rows)
    counted = [(key, _month_url("archive/", key), len(rows)) for key, rows in months.items()]
    years = [(year, list(group)) for year, group in groupby(counted, key=lambda item: item[0][:4])]
    yield Virtual("archive/", "groundwire/archive.html", words("archive"), {"years": years})
    for key, rows in months.items():
        title = f"{words('archive')}: {words.month(key)}"
        view = {"days": index.days(rows), "heading": words.month(key), "up": ("archive/", words("archive"))}
        yield Virtual(_month_url("archive/", key), "groundwire/listing.html", title, view)


def _most(listings: list[Listing]) -> list[Listing]:
    """Keep the listings with the most stories, if there are too many for one page; in the order that they had."""
    kept = sorted(listings, key=lambda listing: len(listing.rows), reverse=True)[:MOST_LISTED]
    names = {listing.slug for listing in kept}
    return [listing for listing in listings if listing.slug in names]


def _facet(index: Index, listing: Listing, words: Words) -> Iterator[Virtual]:
    kind: Kind = listing.kind
    months = index.months(listing.rows) if listing.paged else {}
    view = {
        "kind": kind,
        "heading": listing.name,
        "count": len(listing.rows),
        "rows": listing.rows[:LATEST],
        "months": [(key, _month_url(listing.url, key), len(rows)) for key, rows in months.items()],
        "up": (f"{FOLDERS[kind]}/", words(FOLDERS[kind])),
        "feed": f"{listing.url}feed.xml" if kind == "category" else None,
    }
    yield Virtual(listing.url, "groundwire/listing.html", listing.name, view)
    for key, rows in months.items():
        month = words.month(key)
        # Nothing of the whole listing: a past month's page stays as it is.
        view = {"kind": kind, "heading": f"{listing.name}: {month}", "count": len(rows), "rows": rows}
        view["up"] = (listing.url, listing.name)
        yield Virtual(_month_url(listing.url, key), "groundwire/listing.html", f"{listing.name}: {month}", view)


def _month_url(base: str, key: str) -> str:
    return f"{base}{key[:4]}/{key[5:]}/"
