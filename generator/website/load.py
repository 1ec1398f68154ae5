"""A publication read and checked: every problem of its settings, names and pages at once."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping
from pathlib import Path

from generator.errors import InputError, Problem
from generator.record.categories import Category, load_categories
from generator.record.frontmatter import read
from generator.record.ledger import Ledger
from generator.record.store import Article, Store
from generator.record.words import translated, words_of
from generator.settings import FILE, Settings, load_settings
from generator.website.index import build_index
from generator.website.names import load_names
from generator.website.site import Site


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
