"""Everything one build needs, read once: settings, pages, index, generated pages and files. The plugin asks it."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import yaml

from generator import resources
from generator.errors import InputError, Problem
from generator.record.authorship import author_line
from generator.record.categories import Category, load_categories
from generator.record.frontmatter import read
from generator.record.ledger import Ledger
from generator.record.registry import HEALTH, STREAM
from generator.record.store import Article, Issue, Store
from generator.record.text import clean, digest
from generator.record.words import Words, translated, words_of
from generator.settings import FILE, Settings, load_settings
from generator.website import cards, syndication, trust, views
from generator.website.addresses import former
from generator.website.colour import DEFAULT, brand_css
from generator.website.index import Index, build_index
from generator.website.names import Names, load_names
from generator.website.pages import Virtual, virtual_pages
from generator.website.reports import reports_for
from generator.website.syndication import Channel, Item

ASSETS = "assets/groundwire/"


@dataclass(frozen=True)
class Site:
    """One publication, ready to be built."""

    settings: Settings
    categories: Mapping[str, Category]
    articles: Mapping[str, Article]  # by path below content/
    issues: Mapping[str, Issue]
    index: Index
    words: Words
    names: Names
    plain: frozenset[str]  # addresses of the owner's own pages
    ledger: Ledger

    @cached_property
    def virtual(self) -> dict[str, Virtual]:
        """The generated pages, by the Markdown file that each pretends to come from. An owner's own page wins."""
        pages = {page.url: page for page in self._pages() if page.url not in self.plain}
        moved, removed = former(self.ledger.rows(STREAM), self.articles, aliases=self.index.aliases)
        listings = {page.url for page in pages.values() if page.url}
        moved |= {old: new for old, new in self.names.moved() if old not in listings and new in listings}
        for old, new in moved.items():
            pages.setdefault(old, Virtual(old, "groundwire/redirect.html", self.words("moved"), {"target": new}, noindex=True))
        for url in removed:
            pages.setdefault(url, Virtual(url, "groundwire/removed.html", self.words("removed_title"), noindex=True))
        return {page.source: page for page in pages.values()}

    def _pages(self) -> Iterator[Virtual]:
        yield from virtual_pages(self.index, self.categories, self.words)
        yield from trust.trust_pages(
            self.index,
            self.settings,
            categories=self.categories,
            words=self.words,
            health=self.ledger.rows(HEALTH),
            figures=gate_figures(),
        )

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
            "site": s.site,
            "issue": s.issue,
            "timezone": s.timezone,
            "contact": s.site.report_email or s.publisher.email,
            "subscribe_url": str(s.subscribers.url) if s.subscribers.url else "",
            "version": asset_version(s.site.colour or ""),
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
        """Whether search engines are asked to leave the page out: tombstones, redirects, search, and what only quotes."""
        if source in self.virtual:
            return self.virtual[source].noindex
        page = self.articles.get(source)
        if page is None:
            return False
        return page.meta.withdrawn is not None or (not self.settings.site.index_unreviewed and views.only_quotes(page))

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
        row, url = self.index.by_id[page.meta.id], self.settings.url + page.url
        view = views.article_view(page, row, self.index, words=self.words, site_url=self.settings.url)
        reports = reports_for(self.settings, self.words, path=source, url=url, title=row.title)
        image = f"{self.settings.url}{card_path(row.category)}"
        jsonld = views.article_jsonld(page, row, site_url=self.settings.url, settings=self.settings, image=image)
        return {**view, "reports": reports, "image": image, "jsonld": jsonld}

    def files(self) -> Iterator[tuple[str, str | bytes]]:
        """The generated files that are no pages, as (address below the site's, content): feeds, pictures, robots.txt."""
        yield from self._feeds()
        colour = self.settings.site.colour
        for key in ("", *self.categories):
            yield card_path(key), cards.card(key, colour or DEFAULT)
        if colour:
            yield f"{ASSETS}brand.css", brand_css(colour)
        yield "robots.txt", syndication.robots(self.settings.url)

    def _feeds(self) -> Iterator[tuple[str, str]]:
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
        mended = trust.mended(self.index)[: syndication.ITEMS]
        channel = self._channel("corrections/feed.xml", home="corrections/", name=self.words("corrections"))
        yield "corrections/feed.xml", syndication.rss(channel, [self._mended_item(one) for one in mended])

    def sitemap(self, plain: list[str]) -> str:
        """The sitemap: `plain` are the addresses of the pages that are neither articles nor issues nor generated."""
        url = self.settings.url
        indexed = [row for row in self.index.rows if not self.noindex(row.url.removesuffix("/") + ".md")]
        rows = [(url + row.url, row.touched) for row in sorted(indexed, key=lambda r: r.url)]
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

    def _mended_item(self, one: trust.Mended) -> Item:
        return Item(
            id=syndication.urn(one.id),
            url=self.settings.url + (one.row.url if one.row else "corrections/"),
            title=one.row.title if one.row else self.words("withdrawn_title"),
            summary=one.note,
            author=author_line(one.row.author, self.words) if one.row else self.settings.title,
            published=one.moment,
            updated=one.moment,
        )

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
    words = words_of(settings.language, "site", "about", zone=settings.zone)
    categories, names = translated(load_categories(root), words), load_names(root)
    store = Store(root / "content")
    articles, issues = store.articles(), store.issues()
    problems = [*articles.problems, *issues.problems]
    problems += [p for page in articles.pages for p in _unknown_category(page, categories)]
    problems += [*_colliding_aliases(articles.pages), *_missing_logo(root, settings)]
    if problems:
        raise InputError(problems)
    return Site(
        settings=settings,
        categories=categories,
        articles={page.path: page for page in articles.pages},
        issues={page.path: page for page in issues.pages},
        index=build_index(articles.pages, issues.pages, categories=categories, zone=settings.zone, names=names),
        words=words,
        names=names,
        plain=frozenset(_plain(root / "content")),
        ledger=Ledger(root / "content" / ".ledger"),
    )


def card_path(category: str) -> str:
    """The address below the site's of a category's picture; of the site's own for ''."""
    return f"{ASSETS}cards/{category or 'site'}.png"


def gate_figures() -> Mapping[str, Any]:
    """What the gate's benchmark measured, where the package carries it: {rows: [{kind, tried, accepted (0 to 1)}]}."""
    path = resources.PACKAGE / "record" / "gate_figures.yml"
    loaded = yaml.safe_load(path.read_text(encoding="utf-8")) if path.is_file() else None
    return loaded if isinstance(loaded, dict) and isinstance(loaded.get("rows"), list) else {}


def asset_version(colour: str) -> str:
    """A digest of our style and scripts, put behind their addresses so that a browser's cache lets go of old ones."""
    folder = resources.bundled("overrides") / "assets" / "groundwire"
    return digest(colour, *(path.read_text(encoding="utf-8") for path in sorted(folder.glob("*.*"))), length=8)


def _unknown_category(page: Article, categories: Mapping[str, Category]) -> Iterator[Problem]:
    given = page.meta.category
    if given in categories:
        return
    near = difflib.get_close_matches(given, list(categories), n=1)
    hint = f"; did you mean {near[0]!r}?" if near else f"; there are {', '.join(categories)}"
    line, column = read(page.text, file=page.path)[0].place(("category",))
    example = f"category: {near[0] if near else next(iter(categories))}"
    yield Problem(f"content/{page.path}", f"no category {given!r}{hint}", line, column, key="category", example=example)


def _plain(content: Path) -> Iterator[str]:
    """The addresses of the owner's own Markdown pages, as MkDocs gives them."""
    for path in content.rglob("*.md"):
        parts = path.relative_to(content).with_suffix("").parts
        if parts[0] not in ("articles", "issues") and not any(part.startswith(".") for part in parts):
            kept = parts[:-1] if parts[-1] in ("index", "README") else parts
            yield "".join(f"{part}/" for part in kept)


def _missing_logo(root: Path, settings: Settings) -> Iterator[Problem]:
    logo = settings.site.logo
    if logo and not (root / "content" / logo).is_file():
        yield Problem(FILE, f"there is no content/{logo}", key="site.logo", example="site: {logo: assets/logo.svg}")


def _colliding_aliases(pages: tuple[Article, ...]) -> Iterator[Problem]:
    owner = {page.url: page.path for page in pages}
    for page in pages:
        for alias in page.meta.aliases:
            if alias in owner:
                line, column = read(page.text, file=page.path)[0].place(("aliases",))
                message = f"{alias} is already the address, or an alias, of content/{owner[alias]}"
                yield Problem(f"content/{page.path}", message, line, column, key="aliases")
            owner.setdefault(alias, page.path)
