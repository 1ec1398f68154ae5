"""Addresses live for ever: where a page stood once there is the page, a way to it, or a word about where it went."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from groundwire.publication.content import Article

_PATH = re.compile(r"articles/(?:[\w-]+/)*[\w-]+\.md")


def former(
    rows: Iterable[Mapping[str, Any]], articles: Mapping[str, Article], *, aliases: Mapping[str, str]
) -> tuple[dict[str, str], tuple[str, ...]]:
    """Find the addresses in the ledger's stream `stories` that have no page now.

    Return the moved ones as old → new, and those of deleted pages.

    A page that was moved without an alias is found again by its story's id, one that people joined by the id of its new home.
    Where a draft stands, nothing stands.
    """
    rows = list(rows)
    by_id = {page.id: page for page in articles.values()}
    homes = {str(row.get("story")): str(row.get("into")) for row in rows if row.get("event") == "merged"}
    moved: dict[str, str] = {}
    removed: dict[str, None] = {}
    for row in rows:
        path = str(row.get("path", ""))
        url = path.removesuffix(".md") + "/"
        if path in articles or url in aliases or not _PATH.fullmatch(path):
            continue
        page = by_id.get(_home(str(row.get("story", "")), homes))
        if page is None:
            removed[url] = None
        elif page.meta.status != "draft":
            moved[url] = page.url
    return moved, tuple(sorted(removed))


def _home(story: str, homes: Mapping[str, str]) -> str:
    """Follow a story's joins to the one it is in now; stop where people made them endless."""
    seen = {story}
    while (story_home := homes.get(story)) and story_home not in seen:
        story = story_home
        seen.add(story)
    return story
