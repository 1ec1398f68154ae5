"""What an article's, a tombstone's and an issue's page shows beside its body. Pure: one page in, one view out.

A view is the page's whole input besides its body and what is the same on every page, so that a later build can tell
from it whether the page must be made again.
"""

from __future__ import annotations

import html
from datetime import UTC, datetime
from itertools import takewhile
from typing import Any, NamedTuple

from groundwire.publication.authorship import authorship
from groundwire.publication.content import Article, Issue
from groundwire.publication.reanalysis import untold
from groundwire.publication.wording import Words
from groundwire.settings import Settings
from groundwire.text.escape import safe_url
from groundwire.text.plain import clean, normal
from groundwire.website.index import Index, Kind, Listing, Row
from groundwire.website.names import facet_slug
from groundwire.website.tongue import foreign_to

CVE_RECORD = "https://www.cve.org/CVERecord?id="


class Link(NamedTuple):
    """All that an article may show of a listing: its stories change, and the article's page must not for that."""

    url: str
    name: str


def article_view(page: Article, row: Row, index: Index, *, words: Words) -> dict[str, Any]:
    """Make the view of a listed article."""
    meta = page.meta
    return {
        "row": row,
        "meta": meta,
        "category": _link(index.listings["category", meta.category]),
        "standfirst": not repeats_excerpt(page),
        "sources": [_source(source, index) for source in sorted(meta.sources, key=lambda s: s.access != "free")],
        "words_read": sum(source.words for source in meta.sources),
        "facets": _linked(row, index),
        "year": f"{row.moment.astimezone(index.zone):%Y}",
        "timeline": timeline(page, row, words),
        "untold": [clean(source.feed) for source in untold(page)],
        "foreign": foreign_to(row.language, words.language) if row.language else False,
    }


def timeline(page: Article, row: Row, words: Words) -> list[tuple[datetime, str]]:
    """List what happened to the page, oldest first; empty if the dateline says it all."""
    meta = page.meta
    events = [(meta.date, words("first_seen" if meta.date_estimated else "first_coverage"))] if meta.published else []
    events.append((row.moment, words("published")))
    events += [(source.added, words("source_joined", name=clean(source.feed))) for source in meta.sources if source.added]
    events += [(item.date, words("corrected")) for item in meta.corrections]
    told = {f"{when:%Y-%m-%d %H}" for when, _ in events[1:]}
    if row.updated and f"{row.updated:%Y-%m-%d %H}" not in told and len(events) > 2:
        events.append((row.updated, words("updated")))
    return sorted(events, key=lambda event: event[0]) if len(events) > 2 else []


def only_quotes(page: Article) -> bool:
    """Say whether the page has nothing but others' words and nobody reviewed it, or no word beyond an excerpt."""
    meta, author = page.meta, authorship(page)
    if author.writer == "person" or author.edited:
        return False
    excerpt_only = meta.analysis is None or not meta.analysis.kept
    return excerpt_only or (author.writer == "extracted" and not author.reviewer)


def repeats_excerpt(page: Article) -> bool:
    """Say whether an extractive page's description already stands in its excerpt and would be read twice."""
    if not page.meta.analysis or page.meta.analysis.by != "extractive":
        return False
    quoted = " ".join(takewhile(bool, (line[1:].strip() for line in page.body.splitlines() if line.startswith(">"))))
    wanted = normal(page.meta.description).rstrip(". ")
    return bool(wanted) and wanted in normal(html.unescape(quoted))


def _source(source: Any, index: Index) -> dict[str, Any]:
    name = clean(source.feed)
    listing = index.listings.get(("source", facet_slug(name)))
    return {"name": name, "title": clean(source.title), "url": safe_url(source.url), "listing": _link(listing), "meta": source}


def _link(listing: Listing | None) -> Link | None:
    return Link(listing.url, listing.name) if listing else None


def _linked(row: Row, index: Index) -> dict[str, list[tuple[str, Link | None, str]]]:
    """List tags, organisations, products and CVEs as (name, its listing if it has one, outside address)."""
    kinds: tuple[Kind, ...] = ("tag", "organisation", "product", "cve")
    found: dict[str, list[tuple[str, Link | None, str]]] = {}
    for kind, slug, name in row.facets:
        if kind in kinds:
            outside = CVE_RECORD + name if kind == "cve" else ""
            found.setdefault(kind, []).append((name, _link(index.listings.get((kind, slug))), outside))
    return found


def article_jsonld(page: Article, row: Row, *, site_url: str, settings: Settings, image: str) -> dict[str, Any]:
    """Describe the page as a schema.org NewsArticle."""
    meta, house = page.meta, {"@type": "Organization", "name": settings.publisher.name or settings.title, "url": site_url}
    data: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "headline": row.title,
        "description": row.description,
        "datePublished": iso(row.moment),
        "dateModified": iso(row.touched),
        "mainEntityOfPage": site_url + row.url,
        "identifier": row.id,
        "image": [image],
        "inLanguage": settings.language,
        "author": house,
        "publisher": house,
        "isBasedOn": [url for url in (safe_url(s.url) for s in meta.sources) if url],
    }
    if meta.tags:
        data["keywords"] = list(meta.tags)
    if meta.corrections:
        data["correction"] = [
            {"@type": "CorrectionComment", "text": clean(c.note), "datePublished": iso(c.date)} for c in meta.corrections
        ]
    if row.author.reviewer:
        data["editor"] = {"@type": "Person", "name": row.author.reviewer}
    return data


def tombstone_view(page: Article) -> dict[str, Any]:
    """Make the view of a withdrawn article: nothing of its text, only when and why."""
    return {"withdrawn": page.meta.withdrawn}


def issue_view(issue: Issue, index: Index) -> dict[str, Any]:
    """Make the view of an issue."""
    year = f"{issue.meta.date.astimezone(index.zone):%Y}"
    return {"meta": issue.meta, "title": issue_title(issue), "year": year}


def issue_title(issue: Issue) -> str:
    """Return the issue's title, or its subject if it has none."""
    return clean(issue.meta.title) or clean(issue.meta.subject)


def iso(moment: datetime) -> str:
    """Write a moment in ISO 8601, in UTC."""
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
