"""Addresses live for ever: where a page stood once there is the page, a way to it, or a word about where it went."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from generator.record.store import Article

_PATH = re.compile(r"articles/(?:[\w-]+/)*[\w-]+\.md")


def former(
    rows: Iterable[Mapping[str, Any]], articles: Mapping[str, Article], *, aliases: Mapping[str, str]
) -> tuple[dict[str, str], tuple[str, ...]]:
    """Addresses that the ledger's stream `stories` knows and that have no page now: (old → new), and those of deleted pages.

    A page that was moved without an alias is found again by its story's id. Where a draft stands, nothing stands.
    """
    by_id = {page.meta.id: page for page in articles.values()}
    moved: dict[str, str] = {}
    removed: dict[str, None] = {}
    for row in rows:
        path = str(row.get("path", ""))
        url = path.removesuffix(".md") + "/"
        if row.get("event") != "published" or path in articles or url in aliases or not _PATH.fullmatch(path):
            continue
        page = by_id.get(str(row.get("story", "")))
        if page is None:
            removed[url] = None
        elif page.meta.status != "draft":
            moved[url] = page.url
    return moved, tuple(sorted(removed))
