"""A publication read and checked: every problem of its settings, names and pages at once."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from groundwire.errors import InputError, Problem
from groundwire.publication.categories import Category, load_categories, unknown_category
from groundwire.publication.content import Article, Issue, colliding_aliases, load_content
from groundwire.publication.frontmatter import read
from groundwire.publication.log import Ledger
from groundwire.publication.templates import left_of_template
from groundwire.publication.wording import translated, words_of
from groundwire.settings import FILE, Settings, load_settings
from groundwire.website.briefs import brief_in, brief_of
from groundwire.website.channels import feed_files
from groundwire.website.index import Brief, build_index
from groundwire.website.names import Names, load_names
from groundwire.website.site import Site


def load_site(root: Path, *, last: Mapping[str, list[Any]] | None = None) -> Site:
    """Read the publication in `root`.

    `last`: briefs of an earlier build; each is used again while its page's text is the same.

    Raises InputError with every problem of every page at once.
    """
    settings = load_settings(root)
    categories, names = translated(load_categories(root), words_of(settings.language)), load_names(root)
    content = load_content(root / "content", cache=root / ".cache")
    problems = [*content.problems]
    briefs = [_brief(page, (last or {}).get(page.path), categories, names) for page in content.articles]
    problems += [p for brief in briefs if brief.category not in categories and (p := category_problem(brief.page, categories))]
    public = [b.page for b in briefs if b.shown == "listed"] + [issue for issue in content.issues if issue.meta.status == "ready"]
    problems += [p for page in public if not page.pristine and (p := _template_problem(page))]
    problems += [*colliding_aliases(((b.page, b.aliases) for b in briefs), folder="content"), *missing_logo(root, settings)]
    if problems:
        raise InputError(problems)
    return make_site(root, settings, briefs, content.issues, categories=categories, names=names)


def make_site(
    root: Path,
    settings: Settings,
    briefs: Sequence[Brief],
    issues: Sequence[Issue],
    *,
    categories: Mapping[str, Category],
    names: Names,
) -> Site:
    """Make the site from pages without faults; the categories are in the publication's language already."""
    words = words_of(settings.language, "site", "about", zone=settings.zone)
    return Site(
        settings=settings,
        categories=categories,
        articles={brief.page.path: brief.page for brief in briefs},
        briefs={brief.page.path: brief for brief in briefs},
        issues={page.path: page for page in issues},
        index=build_index(briefs, issues, categories=categories, zone=settings.zone),
        words=words,
        names=names,
        plain=frozenset(_plain(root / "content")),
        ledger=Ledger(root / "content" / ".ledger"),
    )


def _brief(page: Article, known: list[Any] | None, categories: Mapping[str, Category], names: Names) -> Brief:
    try:
        kept = brief_in(known, page) if known else None
    except (ValueError, TypeError):
        kept = None
    return kept or brief_of(page, categories, names)


def _template_problem(page: Article | Issue) -> Problem | None:
    """Report a page in which a template's text was not replaced."""
    line = left_of_template(page.body)
    return Problem(f"content/{page.path}", f"“{line}” is the template's: write your text in its place") if line else None


def generated_addresses(site: Site) -> frozenset[str]:
    """Collect every address below the site's that is generated, not written: listings, feeds, redirects and the like."""
    feeds = {path for path, _ in feed_files(site.index, site.settings, site.words)}
    return frozenset(page.url for page in site.virtual.values()) | feeds | {"", "sitemap.xml", "robots.txt", "404.html"}


def category_problem(page: Article, categories: Mapping[str, Category]) -> Problem | None:
    """Report an article's unknown category; None if it is known."""
    if page.meta.category in categories:
        return None
    line, column = read(page.text, file=page.path)[0].place(("category",))
    return unknown_category(page.meta.category, categories, file=f"content/{page.path}", line=line, column=column)


def _plain(content: Path) -> Iterator[str]:
    """Yield the addresses of the owner's own Markdown pages, as MkDocs gives them."""
    for place, folders, names in os.walk(content):
        top = Path(place) == content
        folders[:] = [name for name in folders if not name.startswith(".") and not (top and name in ("articles", "issues"))]
        inside = Path(place).relative_to(content).parts
        for stem, ending in map(os.path.splitext, names):
            if ending == ".md" and not stem.startswith("."):
                kept = inside if stem in ("index", "README") else (*inside, stem)
                yield "".join(f"{part}/" for part in kept)


def missing_logo(root: Path, settings: Settings) -> Iterator[Problem]:
    """Report a logo that is set but missing."""
    logo = settings.site.logo
    if logo and not (root / "content" / logo).is_file():
        yield Problem(FILE, f"there is no content/{logo}", key="site.logo", example="site: {logo: assets/logo.svg}")
