"""The pages that earn trust: how it is made, the feeds, corrections, predictions, imprint, privacy. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from groundwire.publication.categories import Category
from groundwire.publication.feed_health import health as feeds_health
from groundwire.publication.frontmatter import Watch
from groundwire.publication.wording import Words
from groundwire.settings import Settings
from groundwire.text.plain import clean
from groundwire.text.quotation import EVIDENCE_WORDS, EXCERPT_WORDS, limits
from groundwire.website.index import Index, Row
from groundwire.website.names import facet_slug
from groundwire.website.pages import Virtual

MUCH = 1_000_000  # words of a source: enough that only the fixed limit binds
FAITHFUL = frozenset(
    {"verbatim", "typographic", "fair paraphrase", "elided"}
)  # what the gate's benchmark puts in unaltered in sense
SHARE = limits(license="all-rights-reserved", source_words=100).beyond  # percent


@dataclass(frozen=True, slots=True)
class Mended:
    """One correction, or one withdrawal (then without a row: nothing of that story is shown any more)."""

    moment: datetime
    note: str
    id: str
    row: Row | None


@dataclass(frozen=True, slots=True)
class Expected:
    """One prediction with a date."""

    watch: Watch
    row: Row


def trust_pages(
    index: Index,
    settings: Settings,
    *,
    categories: Mapping[str, Category],
    words: Words,
    health: Iterable[Mapping[str, Any]],
    figures: Mapping[str, Any],
) -> Iterator[Virtual]:
    """Yield every page of this module."""
    method = method_view(settings, words, categories=categories, figures=figures)
    feeds = {"feeds": feeds_view(settings, index, health, words=words)}
    yield Virtual("about/method/", "groundwire/method.html", words("method"), method)
    yield Virtual("about/feeds/", "groundwire/feeds.html", words("feeds_health"), feeds)
    yield Virtual("corrections/", "groundwire/corrections.html", words("corrections"), {"mended": mended(index)})
    yield Virtual("predictions/", "groundwire/predictions.html", words("predictions"), predictions_view(index))
    yield Virtual("about/imprint/", "groundwire/imprint.html", words("imprint"))
    yield Virtual("about/privacy/", "groundwire/privacy.html", words("privacy"))


def method_view(
    settings: Settings, words: Words, *, categories: Mapping[str, Category], figures: Mapping[str, Any]
) -> dict[str, Any]:
    """Describe what the machine does, in sentences made from the settings."""
    chosen = settings.select
    fixed = limits(license="all-rights-reserved", source_words=MUCH)
    return {
        "choose": words(
            "method_choose_text",
            title=settings.title,
            feeds=words("method_feeds", len(settings.feeds)),
            days=words("method_days", chosen.max_age_days),
            stories=chosen.max_stories,
            category=chosen.max_per_category,
        ),
        "write": _written(settings, words),
        "quote": words("method_quote_text", excerpt=EXCERPT_WORDS, evidence=EVIDENCE_WORDS, beyond=fixed.beyond, share=SHARE),
        "categories": _described(categories, words),
        "figures": [{**row, "true": row["kind"] in FAITHFUL} for row in figures.get("rows", ())],
    }


def _written(settings: Settings, words: Words) -> list[str]:
    """Say who writes, what it may cost, and who reads it first."""
    by = settings.analysis
    told = [words(f"method_{by.by}", model=by.model)]
    if by.by != "extractive":
        run, month = (words.number(money, digits=2) for money in (by.budget_usd, by.budget_usd_month))
        told.append(words("method_budget", run=run, month=month))
    return [*told, words(f"method_hold_{settings.review.hold}")]


def _described(categories: Mapping[str, Category], words: Words) -> list[tuple[str, str, str]]:
    """Return each category's address, name and use; a shipped category's English sentence only where English is read."""
    translated = set(words.names.values())
    return [
        (f"categories/{key}/", category.name, "" if category.name in translated else " ".join(category.applies.split()))
        for key, category in categories.items()
    ]


def feeds_view(settings: Settings, index: Index, rows: Iterable[Mapping[str, Any]], *, words: Words) -> list[dict[str, Any]]:
    """List each feed with its newest story and its health, as the ledger and the pages know it: a page has no clock."""
    found = []
    for state in feeds_health(settings.feeds, rows, now=index.now or datetime.min.replace(tzinfo=UTC)):
        listing = index.listings.get(("source", facet_slug(clean(state.feed.title))))
        found.append(
            {
                "feed": state.feed,
                "listing": listing,
                "last": listing.rows[0] if listing and listing.rows else None,
                "health": state,
                "why": clean(state.why),
                "licence": words("licence_" + state.feed.license.replace("-", "_")),
            }
        )
    return found


def mended(index: Index) -> list[Mended]:
    """List corrections and withdrawals, newest first."""
    found = [
        Mended(item.date, clean(item.note), f"correction-{page.meta.id}-{number}", index.by_id[page.meta.id])
        for page in index.noted
        for number, item in enumerate(page.meta.corrections)
    ]
    found += [
        Mended(gone.date, clean(gone.reason), f"withdrawal-{page.meta.id}", None)
        for page in index.withdrawn
        if (gone := page.meta.withdrawn)
    ]
    return sorted(found, key=lambda one: (one.moment, one.id), reverse=True)


def predictions_view(index: Index) -> dict[str, Any]:
    """Group predictions as due, open and settled.

    A prediction is due when the newest time in content/ has passed its date: a page has no clock.
    """
    every = [Expected(watch, index.by_id[page.meta.id]) for page in index.noted for watch in page.meta.watch]
    every.sort(key=lambda one: (one.watch.by, one.row.id))
    today = index.now.astimezone(index.zone).date() if index.now else None
    waiting = [one for one in every if one.watch.outcome == "open"]
    due = [one for one in waiting if today and one.watch.by < today]
    groups = [
        ("predictions_due", due),
        ("predictions_open", [one for one in waiting if one not in due]),
        ("predictions_settled", [one for one in reversed(every) if one.watch.outcome != "open"]),
    ]
    return {"groups": [(key, items) for key, items in groups if items]}
