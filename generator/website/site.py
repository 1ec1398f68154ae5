"""Everything one build needs, read once: settings, pages, index, generated pages and files. The plugin asks it."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from generator import resources
from generator.errors import InputError, Problem
from generator.record.categories import Category, load_categories
from generator.record.frontmatter import read
from generator.record.store import Article, Issue, Store
from generator.record.text import clean, digest
from generator.settings import Settings, load_settings
from generator.website import syndication, views
from generator.website.index import Index, build_index
from generator.website.pages import Virtual, virtual_pages
from generator.website.syndication import Channel, Item
from generator.website.words import Words, words_of


@dataclass(frozen=True)
class Site:
    """One publication, ready to be built."""

    settings: Settings
    categories: Mapping[str, Category]
    articles: Mapping[str, Article]  # by path below content/
    issues: Mapping[str, Issue]
    index: Index
    words: Words

    @cached_property
    def virtual(self) -> dict[str, Virtual]:
        """The generated pages, by the Markdown file that each pretends to come from."""
        return {page.source: page for page in virtual_pages(self.index, self.categories, self.words)}

    @cached_property
    def globals(self) -> dict[str, Any]:
        """What is the same on every page. Nothing here may change with the news."""
        s = self.settings
        sections = [(self.index.listings["category", key].url, category.name) for key, category in self.categories.items()]
        return {
            "title": s.title,
            "description": s.description,
            "url": s.url,
            "language": self.words.language,
            "direction": self.words.direction,
            "sections": sections,
            "publisher": s.publisher,
            "subscribe_url": str(s.subscribers.url) if s.subscribers.url else "",
            "version": asset_version(),
        }

    def template(self, source: str) -> str:
        """The template of the page from `source`; '' for a plain page."""
        if source in self.virtual:
            return self.virtual[source].template
        if source in self.issues:
            return "groundwire/issue.html"
        if source in self.articles:
            return "groundwire/tombstone.html" if self.articles[source].meta.withdrawn else "groundwire/article.html"
        return ""

    def title(self, source: str) -> str:
        """The title of the page from `source`; '' for a plain page, which has its own."""
        if source in self.virtual:
            return self.virtual[source].title
        if source in self.issues:
            return views.issue_title(self.issues[source])
        page = self.articles.get(source)
        return "" if page is None else self.words("withdrawn_title") if page.meta.withdrawn else clean(page.meta.title)

    def noindex(self, source: str) -> bool:
        """Whether search engines are asked to leave the page out: tombstones, redirects, the search page."""
        if source in self.virtual:
            return self.virtual[source].noindex
        return source in self.articles and self.articles[source].meta.withdrawn is not None

    def view(self, source: str) -> Mapping[str, Any]:
        """What the page from `source` shows beside its body; nothing for a plain page."""
        if source in self.virtual:
            return self.virtual[source].view
        if source in self.issues:
            return views.issue_view(self.issues[source], self.index)
        page = self.articles.get(source)
        if page is None:
            return {}
        if page.meta.withdrawn:
            return views.tombstone_view(page)
        return views.article_view(page, self.index.by_id[page.meta.id], self.index, site_url=self.settings.url)

    def files(self) -> Iterator[tuple[str, str]]:
        """The generated files that are no pages: feeds and robots.txt, as (address below the site's, text)."""
        items = [self._item(row) for row in self.index.rows[: syndication.ITEMS]]
        for path, write in _FORMATS.items():
            yield path, write(self._channel(path), items)
        for listing in self.index.listed("category"):
            path = f"{listing.url}feed.xml"
            rows = listing.rows[: syndication.ITEMS]
            updated = max((row.touched for row in rows), default=None)
            channel = self._channel(path, home=listing.url, name=listing.name, updated=updated)
            yield path, syndication.rss(channel, [self._item(row) for row in rows])
        channel = self._channel("issues/feed.xml", home="issues/", name=self.words("issues"))
        yield "issues/feed.xml", syndication.rss(channel, [self._issue_item(i) for i in self.index.issues[: syndication.ITEMS]])
        yield "robots.txt", syndication.robots(self.settings.url)

    def sitemap(self, plain: list[str]) -> str:
        """The sitemap: `plain` are the addresses of the pages that are neither articles nor issues nor generated."""
        url = self.settings.url
        rows = [(url + row.url, row.touched) for row in sorted(self.index.rows, key=lambda r: r.url)]
        issues = [(url + issue.url, issue.meta.date) for issue in sorted(self.index.issues, key=lambda i: i.url)]
        generated = sorted(page.url for page in self.virtual.values() if not page.noindex)
        changed = {x.url: max((row.touched for row in x.rows), default=None) for x in self.index.listings.values()}
        changed[""] = self.index.now
        listings = [(url + address, changed.get(address)) for address in generated]
        return syndication.sitemap([*listings, *rows, *issues, *((url + address, None) for address in sorted(plain))])

    def _channel(self, path: str, *, home: str = "", name: str = "", updated: Any = None) -> Channel:
        s = self.settings
        title = f"{s.title}: {name}" if name else s.title
        return Channel(title, s.description, s.url, path, home, s.language, updated or self.index.now)

    def _item(self, row: Any) -> Item:
        return syndication.story_item(row, site_url=self.settings.url, words=self.words)

    def _issue_item(self, issue: Issue) -> Item:
        return Item(
            id=syndication.urn(f"issue-{issue.meta.id}"),
            url=self.settings.url + issue.url,
            title=views.issue_title(issue),
            summary=issue.meta.preheader or issue.meta.subject,
            author=self.settings.title,
            published=issue.meta.date,
            updated=issue.meta.date,
        )


_FORMATS = {"feed.xml": syndication.rss, "atom.xml": syndication.atom, "feed.json": syndication.json_feed}


def load_site(root: Path) -> Site:
    """Read the publication in `root`. Raises InputError with every problem of every page at once."""
    settings = load_settings(root)
    categories = load_categories(root)
    store = Store(root / "content")
    articles, issues = store.articles(), store.issues()
    problems = [*articles.problems, *issues.problems]
    problems += [p for page in articles.pages for p in _unknown_category(page, categories)]
    problems += _colliding_aliases(articles.pages)
    if problems:
        raise InputError(problems)
    return Site(
        settings=settings,
        categories=categories,
        articles={page.path: page for page in articles.pages},
        issues={page.path: page for page in issues.pages},
        index=build_index(articles.pages, issues.pages, categories=categories, zone=settings.zone),
        words=words_of(settings.language, settings.zone),
    )


def asset_version() -> str:
    """A digest of our style and scripts, put behind their addresses so that a browser's cache lets go of old ones."""
    folder = resources.bundled("overrides") / "assets" / "groundwire"
    return digest(*(path.read_text(encoding="utf-8") for path in sorted(folder.glob("*.*"))), length=8)


def _unknown_category(page: Article, categories: Mapping[str, Category]) -> Iterator[Problem]:
    given = page.meta.category
    if given in categories:
        return
    near = difflib.get_close_matches(given, list(categories), n=1)
    hint = f"; did you mean {near[0]!r}?" if near else f"; there are {', '.join(categories)}"
    line, column = read(page.text, file=page.path)[0].place(("category",))
    example = f"category: {near[0] if near else next(iter(categories))}"
    yield Problem(f"content/{page.path}", f"no category {given!r}{hint}", line, column, key="category", example=example)


def _colliding_aliases(pages: tuple[Article, ...]) -> Iterator[Problem]:
    owner = {page.url: page.path for page in pages}
    for page in pages:
        for alias in page.meta.aliases:
            if alias in owner:
                line, column = read(page.text, file=page.path)[0].place(("aliases",))
                message = f"{alias} is already the address, or an alias, of content/{owner[alias]}"
                yield Problem(f"content/{page.path}", message, line, column, key="aliases")
            owner.setdefault(alias, page.path)
