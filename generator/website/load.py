"""A publication read and checked: every problem of its settings, names and pages at once."""

from __future__ import annotations

import difflib
import os
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from generator.errors import InputError, Problem
from generator.record.categories import Category, load_categories
from generator.record.frontmatter import read
from generator.record.ledger import Ledger
from generator.record.store import Article, Store
from generator.record.words import translated, words_of
from generator.settings import FILE, Settings, load_settings
from generator.website.briefs import brief_in, brief_of
from generator.website.index import Brief, build_index
from generator.website.names import Names, load_names
from generator.website.site import Site


def load_site(root: Path, *, last: Mapping[str, list[Any]] | None = None) -> Site:
    """Read the publication in `root`. `last`: briefs of an earlier build that are still right where a page's text is the same.

    Raises InputError with every problem of every page at once.
    """
    settings = load_settings(root)
    words = words_of(settings.language, "site", "about", zone=settings.zone)
    categories, names = translated(load_categories(root), words), load_names(root)
    store = Store(root / "content")
    articles, issues = store.articles(), store.issues()
    problems = [*articles.problems, *issues.problems]
    briefs = [_brief(page, (last or {}).get(page.path), categories, names) for page in articles.pages]
    problems += [p for brief in briefs if brief.category not in categories for p in _unknown_category(brief.page, categories)]
    problems += [*_colliding_aliases(briefs), *_missing_logo(root, settings)]
    if problems:
        raise InputError(problems)
    return Site(
        settings=settings,
        categories=categories,
        articles={page.path: page for page in articles.pages},
        briefs={brief.page.path: brief for brief in briefs},
        issues={page.path: page for page in issues.pages},
        index=build_index(briefs, issues.pages, categories=categories, zone=settings.zone),
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


def _unknown_category(page: Article, categories: Mapping[str, Category]) -> Iterator[Problem]:
    given = page.meta.category
    near = difflib.get_close_matches(given, list(categories), n=1)
    hint = f"; did you mean {near[0]!r}?" if near else f"; there are {', '.join(categories)}"
    line, column = read(page.text, file=page.path)[0].place(("category",))
    example = f"category: {near[0] if near else next(iter(categories))}"
    yield Problem(f"content/{page.path}", f"no category {given!r}{hint}", line, column, key="category", example=example)


def _plain(content: Path) -> Iterator[str]:
    """The addresses of the owner's own Markdown pages, as MkDocs gives them."""
    for place, folders, names in os.walk(content):
        top = Path(place) == content
        folders[:] = [name for name in folders if not name.startswith(".") and not (top and name in ("articles", "issues"))]
        inside = Path(place).relative_to(content).parts
        for stem, ending in map(os.path.splitext, names):
            if ending == ".md" and not stem.startswith("."):
                kept = inside if stem in ("index", "README") else (*inside, stem)
                yield "".join(f"{part}/" for part in kept)


def _missing_logo(root: Path, settings: Settings) -> Iterator[Problem]:
    logo = settings.site.logo
    if logo and not (root / "content" / logo).is_file():
        yield Problem(FILE, f"there is no content/{logo}", key="site.logo", example="site: {logo: assets/logo.svg}")


def _colliding_aliases(briefs: Iterable[Brief]) -> Iterator[Problem]:
    owner = {brief.page.url: brief.page.path for brief in briefs}
    for brief in briefs:
        page = brief.page
        for alias in brief.aliases:
            if alias in owner:
                line, column = read(page.text, file=page.path)[0].place(("aliases",))
                message = f"{alias} is already the address, or an alias, of content/{owner[alias]}"
                yield Problem(f"content/{page.path}", message, line, column, key="aliases")
            owner.setdefault(alias, page.path)
