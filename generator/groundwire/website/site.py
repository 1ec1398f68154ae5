"""Everything one build needs, read once: settings, pages, index, generated pages and files. The plugin asks it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, partial
from typing import Any

import yaml

from groundwire import resources
from groundwire.publication.categories import Category
from groundwire.publication.content import Article, Issue
from groundwire.publication.feed_health import STREAM as HEALTH
from groundwire.publication.log import Ledger
from groundwire.publication.story_log import STREAM
from groundwire.publication.wording import Words
from groundwire.settings import Settings
from groundwire.text.colour import DEFAULT, brand_css
from groundwire.text.plain import clean, digest, file_hash
from groundwire.website import cards, syndication, trust, views
from groundwire.website.addresses import former
from groundwire.website.channels import feed_files
from groundwire.website.index import Brief, Index
from groundwire.website.marks import article_mark, virtual_mark
from groundwire.website.names import Names
from groundwire.website.pages import Virtual, virtual_pages
from groundwire.website.reports import reports_for
from groundwire.website.searching.search import Searchable
from groundwire.website.signup import signup_of

ASSETS = "assets/groundwire/"


@dataclass(frozen=True, slots=True)
class Made:
    """A generated file: its address below the site's, a mark that changes when its content does, and how it is made."""

    path: str
    mark: str
    content: Callable[[], str | bytes]


def made(path: str, text: str) -> Made:
    """Make a generated file of text that is there already."""
    return Made(path, file_hash(text.encode("utf-8")), lambda: text)


@dataclass(frozen=True)
class Site:
    """One publication, ready to be built."""

    settings: Settings
    categories: Mapping[str, Category]
    articles: Mapping[str, Article]  # by path below content/
    briefs: Mapping[str, Brief]  # likewise
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
            "signup": signup_of(s),
            "version": asset_version(s.site.colour or ""),
        }

    def template(self, source: str) -> str:
        """Return the template of the page from `source`; '' for a plain page."""
        if source in self.virtual:
            return self.virtual[source].template
        if source in self.issues:
            return "groundwire/issue.html"
        if source in self.articles:
            return "groundwire/tombstone.html" if self.articles[source].meta.withdrawn else "groundwire/article.html"
        return ""

    def title(self, source: str) -> str:
        """Return the title of the page from `source`; '' for a plain page, which has its own."""
        if source in self.virtual:
            return self.virtual[source].title
        if source in self.issues:
            return views.issue_title(self.issues[source])
        page = self.articles.get(source)
        return "" if page is None else self.words("withdrawn_title") if page.meta.withdrawn else clean(page.meta.title)

    def noindex(self, source: str) -> bool:
        """Say whether search engines are asked to leave the page out: tombstones, redirects, search, and what only quotes."""
        if source in self.virtual:
            return self.virtual[source].noindex
        brief = self.briefs.get(source)
        if brief is None:
            return False
        return brief.shown == "withdrawn" or (not self.settings.site.index_unreviewed and brief.only_quotes)

    def mark(self, source: str) -> str:
        """Return a mark that changes whenever something does that the page from `source` is made from; '' for a plain page.

        What is the same on all pages is not in it.
        """
        if source in self.virtual:
            return virtual_mark(self.virtual[source], self._row_marks)
        if source in self.issues:
            return self.issues[source].content_hash
        return article_mark(self.briefs[source], self.index) if source in self.briefs else ""

    @cached_property
    def _row_marks(self) -> dict[str, str]:
        return {brief.row.id: brief.mark for brief in self.briefs.values() if brief.row}

    def view(self, source: str) -> Mapping[str, Any]:
        """Return what the page from `source` shows beside its body; nothing for a plain page."""
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
        view = views.article_view(page, row, self.index, words=self.words)
        reports = reports_for(self.settings, self.words, path=source, url=url, title=row.title)
        image = f"{self.settings.url}{card_path(row.category)}"
        jsonld = views.article_jsonld(page, row, site_url=self.settings.url, settings=self.settings, image=image)
        return {**view, "reports": reports, "image": image, "jsonld": jsonld}

    def files(self) -> Iterator[Made]:
        """Yield the generated files that are not pages: feeds, pictures, robots.txt."""
        for path, text in feed_files(self.index, self.settings, self.words):
            yield made(path, text)
        colour = self.settings.site.colour
        for key in ("", *self.categories):
            yield Made(card_path(key), f"{key} {colour}", partial(cards.card, key, colour or DEFAULT))
        if colour:
            yield made(f"{ASSETS}brand.css", brand_css(colour))
        yield made("robots.txt", syndication.robots(self.settings.url))

    @property
    def hashes(self) -> dict[str, str]:
        """The hashes of the files of articles and issues, by path below content/."""
        articles = {path: page.content_hash for path, page in self.articles.items()}
        return articles | {path: page.content_hash for path, page in self.issues.items()}

    @property
    def searchable(self) -> Searchable:
        """What readers can search: stories and issues, with the values that they can filter by."""
        index = self.index
        dated = [(row.moment, row.url) for row in index.rows] + [(issue.meta.date, issue.url) for issue in index.issues]
        years = {f"{moment.astimezone(index.zone):%Y}" for moment, _ in dated}
        filters = {
            "category": sorted({self.categories[row.category].name for row in index.rows}, key=str.casefold),
            "source": sorted({name for row in index.rows for name in row.sources}, key=str.casefold),
            "year": sorted(years, reverse=True),
        }
        return Searchable(tuple(url for _, url in sorted(dated)), filters, self.settings.language, index.now)

    def sitemap(self, plain: list[str]) -> str:
        """Write the sitemap. `plain` are the addresses of pages that are neither articles nor issues nor generated."""
        url = self.settings.url
        indexed = [brief.row for source, brief in self.briefs.items() if brief.row and not self.noindex(source)]
        rows = [(url + row.url, row.touched) for row in sorted(indexed, key=lambda r: r.url)]
        issues = [(url + issue.url, issue.meta.date) for issue in sorted(self.index.issues, key=lambda i: i.url)]
        generated = sorted(page.url for page in self.virtual.values() if not page.noindex)
        changed = {x.url: max((row.touched for row in x.rows), default=None) for x in self.index.listings.values()}
        changed[""] = self.index.now
        listings = [(url + address, changed.get(address)) for address in generated]
        return syndication.sitemap([*listings, *rows, *issues, *((url + address, None) for address in sorted(plain))])


def card_path(category: str) -> str:
    """Return the address, below the site's, of a category's picture; the site's own for ''."""
    return f"{ASSETS}cards/{category or 'site'}.png"


def gate_figures() -> Mapping[str, Any]:
    """Read what the gate's benchmark measured; empty if the package carries no figures.

    As {rows: [{kind, tried, accepted (0 to 1)}]}.
    """
    path = resources.PACKAGE / "record" / "gate" / "figures.yml"
    loaded = yaml.safe_load(path.read_text(encoding="utf-8")) if path.is_file() else None
    return loaded if isinstance(loaded, dict) and isinstance(loaded.get("rows"), list) else {}


def asset_version(colour: str) -> str:
    """Hash our style and scripts; the hash in their addresses makes browsers fetch them again when they change."""
    folder = resources.bundled("overrides") / "assets" / "groundwire"
    return digest(colour, *(path.read_text(encoding="utf-8") for path in sorted(folder.glob("*.*"))), length=8)
