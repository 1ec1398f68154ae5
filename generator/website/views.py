"""What an article's, a tombstone's and an issue's page shows beside its body. Pure: one page in, one view out.

A view is the page's whole input besides its body and what is the same on every page, so that a later build can tell
from it whether the page must be made again.
"""

from __future__ import annotations

import html
from datetime import UTC, datetime
from typing import Any

from generator.record.escape import safe_url
from generator.record.store import Article, Issue
from generator.record.text import clean, normal
from generator.website.index import Authorship, Index, Kind, Listing, Row, facet_slug
from generator.website.words import Words

CVE_RECORD = "https://www.cve.org/CVERecord?id="


def author_line(author: Authorship, words: Words) -> str:
    """Who wrote it and who reviewed it, in one line: for page, card and feed."""
    writer = words("written_model", name=author.model) if author.writer == "model" else words(f"written_{author.writer}")
    parts = [writer]
    if author.edited:
        parts.append(words("edited"))
    if author.reviewer:
        parts.append(words("reviewed_by", name=author.reviewer))
    elif author.writer != "person" and not author.edited:
        parts.append(words("not_reviewed"))
    return ", ".join(parts)


def article_view(page: Article, row: Row, index: Index, *, site_url: str) -> dict[str, Any]:
    """The view of a listed article."""
    meta = page.meta
    return {
        "row": row,
        "meta": meta,
        "category": index.listings["category", meta.category],
        "standfirst": not repeats_excerpt(page),
        "sources": [_source(source, index) for source in sorted(meta.sources, key=lambda s: s.access != "free")],
        "words_read": sum(source.words for source in meta.sources),
        "facets": _linked(row, index),
        "year": f"{row.moment.astimezone(index.zone):%Y}",
        "jsonld": article_jsonld(page, row, site_url=site_url),
    }


def repeats_excerpt(page: Article) -> bool:
    """Whether an extractive page's description already stands in its excerpt, so that it would be read twice."""
    if not page.meta.analysis or page.meta.analysis.by != "extractive":
        return False
    report = page.body.split("\n## Analysis summary", 1)[0]
    quoted = " ".join(line.removeprefix(">").strip() for line in report.splitlines() if line.startswith(">"))
    wanted = normal(page.meta.description).rstrip(". ")
    return bool(wanted) and wanted in normal(html.unescape(quoted))


def _source(source: Any, index: Index) -> dict[str, Any]:
    name = clean(source.feed)
    listing = index.listings.get(("source", facet_slug(name)))
    return {"name": name, "title": clean(source.title), "url": safe_url(source.url), "listing": listing, "meta": source}


def _linked(row: Row, index: Index) -> dict[str, list[tuple[str, Listing | None, str]]]:
    """Tags, organisations, products and CVEs as (name, its listing if it has one, outside address)."""
    kinds: tuple[Kind, ...] = ("tag", "organisation", "product", "cve")
    found: dict[str, list[tuple[str, Listing | None, str]]] = {}
    for kind, slug, name in row.facets:
        if kind in kinds:
            outside = CVE_RECORD + name if kind == "cve" else ""
            found.setdefault(kind, []).append((name, index.listings.get((kind, slug)), outside))
    return found


def article_jsonld(page: Article, row: Row, *, site_url: str) -> dict[str, Any]:
    """The page as a schema.org NewsArticle."""
    meta = page.meta
    data: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "headline": row.title,
        "description": row.description,
        "datePublished": iso(row.moment),
        "dateModified": iso(row.touched),
        "mainEntityOfPage": site_url + row.url,
        "identifier": row.id,
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
    """The view of a withdrawn article: nothing of its text, only when and why."""
    return {"withdrawn": page.meta.withdrawn}


def issue_view(issue: Issue, index: Index) -> dict[str, Any]:
    """The view of an issue."""
    year = f"{issue.meta.date.astimezone(index.zone):%Y}"
    return {"meta": issue.meta, "title": issue_title(issue), "year": year}


def issue_title(issue: Issue) -> str:
    """Its title, or its subject where it has none."""
    return clean(issue.meta.title) or clean(issue.meta.subject)


def iso(moment: datetime) -> str:
    """ISO 8601 in UTC."""
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def outcome_key(outcome: str) -> str:
    """The catalogue's key for a watch item's outcome."""
    return "outcome_" + outcome.replace(" ", "_")
