"""The front page: as small with thirty thousand stories as with thirty."""

from __future__ import annotations

from datetime import UTC, timedelta
from pathlib import Path

from groundwire.publication.authorship import Authorship
from groundwire.publication.categories import load_categories
from groundwire.publication.wording import words_of
from groundwire.website.index import Index, Kind, Listing, Row
from groundwire.website.pages import home_view, virtual_pages
from sitekit import NOON

CATEGORIES = load_categories(Path("nowhere"))


def test_the_front_page_stays_small_with_thirty_thousand_stories() -> None:
    keys = list(CATEGORIES)
    rows = tuple(
        Row(
            id=f"s-{number:010x}",
            url=f"articles/{number}/",
            title=f"Story {number}",
            description="D",
            category=keys[number % len(keys)],
            moment=NOON - timedelta(hours=number),
            updated=NOON if number % 60 == 59 else None,
            author=Authorship("extracted"),
            facets=(("organisation", f"org-{number % 900}", f"Org {number % 900}"),),
            score=float(number % 7),
        )
        for number in range(30_000)
    )
    listings: dict[tuple[Kind, str], Listing] = {
        ("category", key): Listing("category", key, key, tuple(row for row in rows if row.category == key)) for key in keys
    }
    listings.update(
        {("organisation", f"org-{n}"): Listing("organisation", f"org-{n}", f"Org {n}", rows[n::900]) for n in range(900)}
    )
    index = Index(rows=rows, listings=listings, issues=(), withdrawn=(), hidden=frozenset(), aliases={}, now=NOON, zone=UTC)
    view = home_view(index, CATEGORIES)
    told = [view["lead"], *view["second"], *(row for _, day in view["days"] for row in day), *view["continuing"]]
    told += [row for _, more in view["sections"] for row in more]
    assert len({row.id for row in told}) == len(told) <= 60, "no story stands there twice"
    assert len(view["second"]) == 3
    assert len(view["topics"]) == 10
    pages = {page.url: page for page in virtual_pages(index, CATEGORIES, words_of("en", "site", "about"))}
    assert len(pages["organisations/"].view["listings"]) == 600
    assert pages["organisations/"].view["more"]
    assert {f"organisations/org-{n}/" for n in range(900)} <= pages.keys()
