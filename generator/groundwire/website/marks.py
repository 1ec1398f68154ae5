"""The mark of a page: it changes exactly when something does that the page is made from, besides what is the same on all pages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from typing import Any

from pydantic import BaseModel

from groundwire.publication.frontmatter import Page
from groundwire.text.plain import digest
from groundwire.website.index import Brief, Index, Listing, Row
from groundwire.website.pages import Virtual


def article_mark(brief: Brief, index: Index) -> str:
    """Combine the file's hash with which of the article's facets have a listing: the page links to those."""
    if brief.row is None:
        return brief.page.content_hash
    return f"{brief.page.content_hash}/{''.join('01'[(kind, slug) in index.listings] for kind, slug, _ in brief.row.facets)}"


def virtual_mark(page: Virtual, rows: Mapping[str, str]) -> str:
    """Hash all that the page's template is given. `rows`: the mark of each story's row, by the story's id."""
    return digest(page.template, page.title, str(page.noindex), canonical(page.view, rows), length=20)


def canonical(value: Any, rows: Mapping[str, str]) -> str:
    """Write a value of a view as text: equal values give equal text, different values different text."""
    if isinstance(value, Row):
        return rows[value.id]
    if isinstance(value, Page):
        return value.content_hash
    if isinstance(value, Listing):
        return f"{value.kind}/{value.slug}/{value.name!r}({''.join([rows[row.id] for row in value.rows])})"
    if isinstance(value, tuple | list):
        if all(type(item) is Row for item in value):  # nearly all that a listing shows
            return f"[{','.join([rows[row.id] for row in value])}]"
        return f"[{','.join([canonical(item, rows) for item in value])}]"
    if isinstance(value, Mapping):
        return f"{{{','.join(f'{key!r}:{canonical(item, rows)}' for key, item in value.items())}}}"
    if isinstance(value, BaseModel):
        return value.model_dump_json()
    if is_dataclass(value) and not isinstance(value, type):
        return f"{type(value).__name__}{[canonical(getattr(value, one.name), rows) for one in fields(value)]}"
    return repr(value)
