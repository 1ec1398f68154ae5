"""One run over everything: settings, feeds, categories, pages, issues, and what they say of each other. Nothing is asked of the network."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, tzinfo
from functools import cache
from pathlib import Path
from typing import TypeVar

from groundwire.checking.links import Targets, faults
from groundwire.checking.memory import BodyMemory
from groundwire.checking.pages import Teller, article_problems, footnote_problems, html_problems, issue_problems
from groundwire.checking.quotes import evidence_problems, quotation_problems
from groundwire.errors import InputError, Mend, Problem
from groundwire.feeds.listing import lines_of, twice
from groundwire.llm.models import unpriced_models
from groundwire.mail.content import TAGS
from groundwire.publication.blocklist import blocked_pages
from groundwire.publication.categories import Category, load_categories, unknown_category
from groundwire.publication.content import Article, Issue, colliding_aliases, load_content
from groundwire.publication.evidence import STREAM, Known, known_evidence
from groundwire.publication.frontmatter import split
from groundwire.publication.log import Ledger
from groundwire.publication.placement import misplaced_pages, unsafe_files
from groundwire.publication.static_files import static_problems
from groundwire.settings import FILE, PLACEHOLDER_URL, Settings, gone_settings, load_settings
from groundwire.website.briefs import brief_of
from groundwire.website.config import check_mkdocs_config
from groundwire.website.load import category_problem, generated_addresses, make_site, missing_logo
from groundwire.website.names import load_names

T = TypeVar("T")
_NOWHERE = "https://site.invalid/"  # where the settings can't be read, so that no link is taken for our own


@dataclass(frozen=True)
class Checked:
    """Everything found, by file and line, and how much there was to look at."""

    problems: tuple[Problem, ...]
    articles: int = 0
    issues: int = 0
    feeds: int = 0


@dataclass
class _Publication:
    """What could be read of a publication; what could not is a problem already."""

    root: Path
    settings: Settings | None = None
    categories: Mapping[str, Category] = field(default_factory=dict)
    articles: tuple[Article, ...] = ()
    issues: tuple[Issue, ...] = ()
    texts: dict[str, str] = field(default_factory=dict)  # every Markdown file, by path below content/
    problems: list[Problem] = field(default_factory=list)


def check_publication(root: Path, *, now: datetime, cache: Path | None = None) -> Checked:
    """Find everything that is wrong in the publication in `root` at the time `now`.

    `cache`: the folder of what was read before.
    """
    if unsafe := unsafe_files(root):  # then nothing else is opened
        return Checked(tuple(unsafe))
    held = _read(root, cache)
    bodies = BodyMemory(cache)
    known = known_evidence(Ledger(root / "content" / ".ledger").rows(STREAM))
    held.problems += [
        *check_mkdocs_config(root),
        *misplaced_pages(root / "content"),
        *_settings_problems(held),
        *_between_pages(held),
        *_each_page(held, bodies, known, now=now),
        *_links(held, bodies),
        *static_problems(root / "content"),
    ]
    bodies.save()
    feeds = len(held.settings.feeds) if held.settings else 0
    problems = sorted(set(held.problems), key=lambda p: (p.file, p.line, p.column, p.message))
    return Checked(tuple(problems), len(held.articles), len(held.issues), feeds)


def _read(root: Path, cache: Path | None) -> _Publication:
    held, content = _Publication(root), root / "content"
    held.settings = _collect(held.problems, lambda: load_settings(root))
    held.categories = _collect(held.problems, lambda: load_categories(root)) or {}
    found = load_content(content, cache=cache)
    held.articles, held.issues = found.articles, found.issues
    held.problems += found.problems
    for path in sorted(content.rglob("*.md")):
        name = path.relative_to(content).as_posix()
        if not any(part.startswith(".") for part in Path(name).parts):
            held.texts[name] = path.read_bytes().decode("utf-8", "replace")
    return held


def _settings_problems(held: _Publication) -> Iterator[Problem]:
    names: list[Problem] = []
    _collect(names, lambda: load_names(held.root))
    yield from names
    if held.settings is None:
        return
    yield from gone_settings((held.root / FILE).read_text(encoding="utf-8"))
    yield from missing_logo(held.root, held.settings)
    yield from unpriced_models(held.settings.analysis, file=FILE)
    lines = lines_of((held.root / FILE).read_text(encoding="utf-8"), file=FILE)
    yield from twice(held.settings.feeds, lines, file=FILE)
    for number, (feed, line) in enumerate(zip(held.settings.feeds, lines, strict=True)):
        if feed.category and held.categories:
            path = ("feeds", number, "category")
            problem = unknown_category(feed.category, held.categories, file=FILE, line=line, column=1, path=path)
            yield from [problem] if problem else []


def _between_pages(held: _Publication) -> Iterator[Problem]:
    """Check categories, former addresses, and what the owner's list blocks.

    That ids are unique is checked where pages are loaded.
    """
    if held.categories:
        yield from (problem for page in held.articles if (problem := category_problem(page, held.categories)))
    yield from colliding_aliases(((page, page.meta.aliases) for page in held.articles), folder="content")
    if held.settings:
        blocked = blocked_pages(held.articles, held.settings.block)
        for page in held.articles:
            if page.meta.id in blocked:
                message = f"{blocked[page.meta.id]}; it is published, and leaves issues and mail"
                yield Problem(f"content/{page.path}", message, level="warning")


def _each_page(held: _Publication, bodies: BodyMemory, known: Mapping[str, Known], *, now: datetime) -> Iterator[Problem]:
    zone: tzinfo = held.settings.zone if held.settings else UTC
    language = held.settings.language if held.settings else "en"
    licenses = {feed.title: feed.license for feed in held.settings.feeds} if held.settings else {}
    articles = {page.path: page for page in held.articles}
    issues = {page.path: page for page in held.issues}
    stories = {page.id for page in held.articles}
    for path, text in held.texts.items():
        tell = Teller(f"content/{path}", text, _body(path, text))
        body = bodies.body(tell.body)
        yield from html_problems(body, tell)
        yield from footnote_problems(body, tell)
        if page := articles.get(path):
            yield from article_problems(page, tell, now=now, zone=zone)
        if page and not page.pristine:  # else as the machine wrote it, within the limits, every quotation compared
            yield from quotation_problems(page, body, tell, licenses=licenses)
        if page and page.meta.generated and not page.pristine:
            yield from evidence_problems(page, tell, known=known.get(page.id), language=page.meta.language or language)
        if issue := issues.get(path):
            yield from issue_problems(issue, tell, stories=stories, body=body, mailed=TAGS)


def _links(held: _Publication, bodies: BodyMemory) -> Iterator[Problem]:
    targets = _targets(held, bodies)
    for path, text in held.texts.items():
        tell = Teller(f"content/{path}", text, _body(path, text))
        for fault in faults(path, bodies.body(tell.body).references, targets):
            mend = Mend(value=fault.instead, old=fault.reference.target) if fault.mechanical else None
            yield replace(tell.at(fault.reference.place, fault.message, example=fault.instead, level=fault.level), mend=mend)


def _targets(held: _Publication, bodies: BodyMemory) -> Targets:
    content = held.root / "content"

    @cache
    def anchors(path: str) -> Collection[str]:
        return frozenset(bodies.body(_body(path, held.texts[path])).anchors) if path in held.texts else ()

    @cache
    def generated() -> Collection[str] | None:
        return _generated(held)

    drafts = {page.path for page in held.articles if page.meta.status == "draft"}
    site = held.settings.url if held.settings and held.settings.url != PLACEHOLDER_URL else _NOWHERE
    return Targets(
        site=site,
        files=frozenset(p.relative_to(content).as_posix() for p in content.rglob("*") if p.is_file()),
        pages={_address(path): path for path in held.texts},
        anchors=anchors,
        drafts=frozenset(drafts | {issue.path for issue in held.issues if issue.meta.status != "ready"}),
        known=frozenset(alias for page in held.articles for alias in page.meta.aliases),
        generated=generated,
    )


def _generated(held: _Publication) -> Collection[str] | None:
    """Collect the addresses that the build makes; of pages with faults it makes none."""
    names = _collect([], lambda: load_names(held.root))
    if held.settings is None or names is None or not held.categories:
        return None
    sound = [brief_of(page, held.categories, names) for page in held.articles if page.meta.category in held.categories]
    site = make_site(held.root, held.settings, sound, held.issues, categories=held.categories, names=names)
    return generated_addresses(site)


def _body(path: str, text: str) -> str:
    try:
        return split(text, file=path)[1]
    except InputError:
        return text


def _address(path: str) -> str:
    stem = path.removesuffix(".md")
    folder, _, name = stem.rpartition("/")
    return (f"{folder}/" if folder else "") if name in ("index", "README") else f"{stem}/"


def _collect(problems: list[Problem], load: Callable[[], T]) -> T | None:
    try:
        return load()
    except InputError as error:
        problems += error.problems
        return None
