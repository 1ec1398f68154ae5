"""Addresses live for ever: whatever was once in a feed or an issue is a page, a way to it, or a word about where it went."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from groundwire.publication.categories import load_categories
from groundwire.publication.frontmatter import ArticleMeta, Page, Withdrawn
from groundwire.publication.log import Ledger
from groundwire.publication.wording import words_of
from groundwire.settings import Settings
from groundwire.website.briefs import brief_of
from groundwire.website.index import build_index
from groundwire.website.names import Names
from groundwire.website.site import Site
from sitekit import NOON

CATEGORIES = load_categories(Path("nowhere"))
OPERATIONS = ("publish", "rename", "move without an alias", "categorise", "withdraw", "release", "join", "split", "delete")


class Rows(Ledger):
    """A ledger in memory."""

    def __init__(self) -> None:
        super().__init__(Path("nowhere"))
        self.kept: list[dict[str, Any]] = []

    def rows(self, stream: str) -> Any:
        return iter(self.kept if stream == "stories" else [])


@dataclass
class Desk:
    """A publication that people work on; `told` are the addresses that readers were given."""

    pages: dict[str, Page[ArticleMeta]] = field(default_factory=dict)
    told: set[str] = field(default_factory=set)
    ledger: Rows = field(default_factory=Rows)
    number: int = 0

    def path(self) -> str:
        self.number += 1
        return f"articles/2026/{self.number % 3 + 1:02}/story-{self.number}.md"

    @property
    def known(self) -> set[str]:
        """Where the machine itself put pages. Of an address that only people's hands knew, nothing in content/ tells."""
        return {row["path"] for row in self.ledger.kept}

    def put(self, page: Page[ArticleMeta], **change: Any) -> None:
        meta = page.meta.model_copy(update=change)
        self.pages[page.path] = replace(page, meta=meta)

    def publish(self) -> None:
        path = self.path()
        identity = f"s-{self.number:010x}"
        meta = ArticleMeta(id=identity, title=f"Story {path}", description="D", date=NOON, category="research")
        self.pages[path] = Page(path, meta, "", "")
        self.ledger.kept.append({"event": "published", "story": identity, "path": path})

    def move(self, page: Page[ArticleMeta], *, alias: bool) -> None:
        del self.pages[page.path]
        self.put(replace(page, path=self.path()), aliases=(*page.meta.aliases, page.url) if alias else page.meta.aliases)

    def join(self, page: Page[ArticleMeta], other: Page[ArticleMeta]) -> None:
        del self.pages[other.path]
        self.put(page, aliases=(*page.meta.aliases, *other.meta.aliases, other.url))

    def work(self, operation: str, chosen: int) -> None:
        pages = sorted(self.pages.values(), key=lambda page: page.path)
        if operation == "publish" or not pages:
            self.publish()
            return
        page, other = pages[chosen % len(pages)], pages[(chosen + 1) % len(pages)]
        if operation == "rename":
            self.move(page, alias=True)
        elif operation == "move without an alias" and page.path in self.known:
            self.move(page, alias=False)
        elif operation == "categorise":
            self.put(page, category=list(CATEGORIES)[chosen % len(CATEGORIES)])
        elif operation == "withdraw":
            self.put(page, withdrawn=Withdrawn(date=NOON, reason="R"))
        elif operation == "release":
            self.put(page, withdrawn=None)
        elif operation == "join" and other is not page:
            self.join(page, other)
        elif operation == "split":
            self.put(page, category=next(iter(CATEGORIES)))
            self.publish()
        elif operation == "delete" and page.path in self.known and not page.meta.aliases:
            del self.pages[page.path]

    def site(self) -> Site:
        chosen = Settings(title="T", url="https://n.example/")
        briefs = {page.path: brief_of(page, CATEGORIES, Names()) for page in self.pages.values()}
        index = build_index(briefs.values(), [], categories=CATEGORIES, zone=chosen.zone)
        words = words_of("en", "site", "about")
        return Site(chosen, CATEGORIES, self.pages, briefs, {}, index, words, Names(), frozenset(), self.ledger)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(OPERATIONS), st.integers(0, 20)), max_size=25))
def test_no_address_that_readers_were_given_dies(operations: list[tuple[str, int]]) -> None:
    desk = Desk()
    for operation, chosen in operations:
        desk.work(operation, chosen)
        desk.told |= {page.url for page in desk.pages.values() if page.meta.listed}
    site = desk.site()
    stands = {page.url for page in desk.pages.values()} | {page.url for page in site.virtual.values()}
    assert desk.told <= stands
    for page in site.virtual.values():
        if page.template.endswith("redirect.html"):
            assert page.view["target"] in stands


def test_a_draft_s_address_is_not_told_of() -> None:
    desk = Desk()
    desk.publish()
    page = next(iter(desk.pages.values()))
    del desk.pages[page.path]
    desk.put(replace(page, path="articles/2026/02/elsewhere.md"), status="draft")
    assert not [v for v in desk.site().virtual.values() if v.url.startswith("articles/")]
