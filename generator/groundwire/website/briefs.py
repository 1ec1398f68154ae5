"""An article in short: from its page, and to and from JSON for the build state."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Literal

from groundwire.publication.authorship import Authorship, authorship
from groundwire.publication.categories import Category
from groundwire.publication.content import Article
from groundwire.text.plain import clean, digest
from groundwire.website.index import Brief, Kind, Row
from groundwire.website.names import Names, facet_slug
from groundwire.website.views import only_quotes


def brief_of(page: Article, categories: Mapping[str, Category], names: Names) -> Brief:
    """Make an article's brief from its front matter; without a row if its category is unknown (the caller reports that)."""
    meta = page.meta
    shown: Literal["listed", "withdrawn", "draft"] = (
        "draft" if meta.status == "draft" else "withdrawn" if meta.withdrawn else "listed"
    )
    row = row_of(page, categories, names) if shown == "listed" and meta.category in categories else None
    noted = bool(meta.corrections or meta.watch)
    mark = digest(json.dumps(_row_out(row))) if row else ""
    return Brief(page, shown, meta.category, meta.aliases, noted, shown == "listed" and only_quotes(page), row, mark)


def row_of(page: Article, categories: Mapping[str, Category], names: Names) -> Row:
    """Make a page's row from that page, its category's name and entities.yml alone."""
    meta = page.meta
    return Row(
        id=meta.id,
        url=page.url,
        title=clean(meta.title),
        description=clean(meta.description),
        category=meta.category,
        moment=meta.moment,
        updated=meta.updated if meta.updated and meta.updated > meta.moment else None,
        author=authorship(page),
        facets=tuple(_facets(page, categories, names)),
        sources=tuple(dict.fromkeys(clean(s.feed) for s in meta.sources if not s.copy_of)),
        score=meta.score.total if meta.score else 0.0,
        language=meta.language,
    )


def _facets(page: Article, categories: Mapping[str, Category], names: Names) -> Iterable[tuple[Kind, str, str]]:
    meta = page.meta
    yield "category", meta.category, categories[meta.category].name
    named: tuple[tuple[Kind, Iterable[str]], ...] = (
        ("source", (s.feed for s in meta.sources)),
        ("organisation", names.organisations(meta.entities.organisations)),
        ("product", names.products(meta.entities.products)),
        ("cve", meta.entities.cves),
    )
    for tag in dict.fromkeys(meta.tags):
        yield "tag", tag, tag.replace("-", " ")
    for kind, given in named:
        slugs = {facet_slug(name): name for name in map(clean, given) if name}
        yield from ((kind, slug, name) for slug, name in slugs.items())


def brief_out(brief: Brief) -> list[Any]:
    """Return the brief as JSON values, with the hash of the file it was made from."""
    row = _row_out(brief.row) if brief.row else None
    return [brief.page.content_hash, brief.shown, brief.category, brief.aliases, brief.noted, brief.only_quotes, row, brief.mark]


def brief_in(data: list[Any], page: Article) -> Brief | None:
    """Read a brief from JSON values; return None if it was made from another text.

    Raises ValueError, TypeError or IndexError if the values are no brief.
    """
    of, shown, category, aliases, noted, quotes, row, mark = data
    if of != page.content_hash:
        return None
    return Brief(page, shown, category, tuple(aliases), noted, quotes, _row_in(row) if row else None, mark)


def _row_out(row: Row) -> list[Any]:
    updated = row.updated.isoformat() if row.updated else None
    author = (row.author.writer, row.author.model, row.author.edited, row.author.reviewer)
    facets = [part for facet in row.facets for part in facet]
    head = [row.id, row.url, row.title, row.description, row.category, row.moment.isoformat(), updated]
    return [*head, author, facets, row.sources, row.score, row.language]


def _row_in(data: list[Any]) -> Row:
    identity, url, title, description, category, moment, updated, author, facets, sources, score, language = data
    return Row(
        identity,
        url,
        title,
        description,
        category,
        datetime.fromisoformat(moment),
        datetime.fromisoformat(updated) if updated else None,
        Authorship(*author),
        tuple(zip(facets[::3], facets[1::3], facets[2::3], strict=True)),
        tuple(sources),
        score,
        language,
    )
