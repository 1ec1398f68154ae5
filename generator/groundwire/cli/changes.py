"""`groundwire changes`: what a pull request changes, shown to those who decide about it. Needs no secret and writes nothing but its files.

First, in plain words, what it decides about secrets, texts, mail, money and code. Then the changed pages as they will look, one file each; what a new
feed would bring and cost; what a changed category makes of three archived stories.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import click

from groundwire.analysis.classify import classify
from groundwire.analysis.extractive import ExtractiveAnalyst
from groundwire.checked_yaml import read_yaml, validate
from groundwire.checking.repository import Touched, files_at, text_at, touched_files
from groundwire.checking.sensitive import (
    code,
    mkdocs_changes,
    other_files,
    other_settings,
    sensitive_files,
    sensitive_settings,
)
from groundwire.cli.analysis import estimate
from groundwire.cli.common import by_clock, in_folder, progress, to_page
from groundwire.cli.feeds import brings
from groundwire.errors import GroundwireError, InputError
from groundwire.feeds.opml import Outline
from groundwire.files.atomic import write_atomic
from groundwire.model import Analysis, Section, Source
from groundwire.ports import Tell
from groundwire.publication.categories import Category, load_categories
from groundwire.publication.content import Article, load_articles
from groundwire.publication.reanalysis import story_of
from groundwire.settings import FILE, Feed, Settings, load_settings, settings_in
from groundwire.website.onefile import one_file
from groundwire.wiring import Places

MKDOCS = "mkdocs.yml"
STORIES = 3  # archived ones that a changed category is tried on
PAGES = 20  # changed ones that are shown
FEEDS = 5  # new ones that are asked
_NAMED = re.compile(r"[^A-Za-z0-9_-]+")  # what a workflow may hand on without care
_QUOTED = re.compile(r"“([^“”]+)”")


@click.command()
@in_folder
@by_clock
@click.option("--base", default="main", show_default=True, metavar="COMMIT", help="What the change is compared with.")
@click.option(
    "-o",
    "--output",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path(".groundwire/changes"),
    show_default=True,
    help="The folder for the changed pages.",
)
def changes_command(root: Path, now: datetime, base: str, output: Path) -> None:
    """Show what a change does, for those who decide about it: where things go, pages, feeds, categories.

    First, in plain words, whatever decides where secrets, texts, mail and money go, what may be reached and what code runs. Each changed page of the built site (groundwire build) becomes one HTML file that opens anywhere; a new feed is asked what it would bring, and
    what that would cost; a changed category is tried on three archived stories. No key is needed.
    """
    text = changes(root, base, output=output, now=now, tell=progress)
    click.echo(text)
    to_page(text + "\n")


def changes(root: Path, base: str, *, output: Path, now: datetime, tell: Tell) -> str:
    """Show everything that differs from `base`, as Markdown for the pull request's page; the pages as files in `output`. Raises Refused, InputError."""
    touched = touched_files(root, base)
    names = [file.path for file in touched]
    settings = _settings(root, base) if FILE in names else None
    mkdocs = mkdocs_changes(text_at(root, base, MKDOCS), _text_of(root / MKDOCS)) if MKDOCS in names else ()
    parts = [
        *_listed(
            "## Look at this first", [*(sensitive_settings(*settings) if settings else ()), *mkdocs, *sensitive_files(touched)]
        ),
        *_pages(root, [file for file in touched if file.path.startswith("content/") and file.path.endswith(".md")], output),
        *(_feeds(root, *settings, now=now, tell=tell) if settings else ()),
        *_categories(root, base, [name for name in names if _is_category(name)]),
        *_listed("## Other settings", list(other_settings(*settings)) if settings else ()),
        *_listed("## Other files", list(other_files(touched))),
    ]
    return "\n\n".join(parts) if parts else "No page, feed or category changes."


def page_alone(root: Path, page: str) -> str:
    """Make a page of the built site one HTML file. Raises GroundwireError where the site has none."""
    settings, address = load_settings(root), _address(page)
    try:
        return one_file(Places(root).site, address, url=settings.url)
    except FileNotFoundError:
        raise GroundwireError(
            f"site/{address} is not there: build the site first (groundwire build); a draft is in no output"
        ) from None


def _settings(root: Path, base: str) -> tuple[Settings, Settings]:
    """Return the settings before and after; where those before cannot be read, what is not set is compared. Raises InputError."""
    after = load_settings(root)
    try:
        return settings_in(text_at(root, base, FILE), root), after
    except InputError:
        return Settings(title=after.title, url=after.url), after


def _text_of(path: Path) -> str:
    return path.read_bytes().decode("utf-8", "replace") if path.exists() else ""


def _listed(heading: str, lines: Sequence[str]) -> Iterator[str]:
    if lines:
        yield "\n".join([heading, "", *(f"- {line}" for line in lines)])


def _pages(root: Path, files: Sequence[Touched], output: Path) -> Iterator[str]:
    if not files:
        return
    lines = ["## Pages", ""]
    for name, gone in [(file.path, file.gone) for file in files[:PAGES]]:
        if gone:
            lines.append(f"- {code(name)}: deleted")
            continue
        try:
            text = page_alone(root, name)
        except GroundwireError:
            lines.append(f"- {code(name)}: a draft, in no output")
            continue
        file = output / f"{_NAMED.sub('-', name.removeprefix('content/').removesuffix('.md'))}.html"
        write_atomic(file, text)
        lines.append(f"- {code(name)}: {code(file.name)}")
    if len(files) > PAGES:
        lines.append(f"- and {len(files) - PAGES} more, which the whole site shows")
    yield "\n".join(lines)


def _feeds(root: Path, before: Settings, new: Settings, *, now: datetime, tell: Tell) -> Iterator[str]:
    """Show new feeds, asked as the settings before the change allow: a stranger's pull request cannot open private networks."""
    had = {feed.url for feed in before.feeds}
    fresh = [feed for feed in new.feeds if feed.url not in had]
    gone = [Outline(feed.url, feed.title, "") for feed in before.feeds if feed.url not in {one.url for one in new.feeds}]
    for feed in fresh[:FEEDS]:
        told = brings(before, feed, now=now, tell=tell)
        try:
            cost = estimate(root, now=now, tell=tell, settings=before.model_copy(update={"feeds": (feed,)}))
        except GroundwireError as error:
            cost = f"what it would cost cannot be said: {error}"
        yield "## A new feed\n\n" + _fenced(f"{told}\n\n{cost}")
    if len(fresh) > FEEDS:
        yield f"And {len(fresh) - FEEDS} more feeds; `groundwire feeds check` asks them all."
    if gone:
        yield "## Feeds that go\n\n" + _fenced("\n".join(f"{one.title}  {one.url}" for one in gone))


@dataclass(frozen=True)
class _Tried:
    """What the rules make of an archived story."""

    category: str
    analysis: Analysis


def _categories(root: Path, base: str, names: Sequence[str]) -> Iterator[str]:
    if not names:
        return
    after, before = load_categories(root), _categories_at(root, base)
    touched = {Path(name).stem for name in names}
    pages = [page for page in load_articles(Places(root).content).pages if page.meta.listed and page.meta.sources]
    moved = [p for p in pages if _home(p, before) != _home(p, after)]
    own = [p for p in pages if p not in moved and (p.meta.category in touched or _home(p, after) in touched)]
    newest = sorted(moved, key=_newest) + sorted(own, key=_newest) or sorted(pages, key=_newest)
    yield (
        f"## Categories: {', '.join(sorted(touched))}\n\nOf {len(pages)} archived stories {len(moved)} would now be put elsewhere. Pages that exist stay as they are. "
        "The repository has no full texts, so the stories are tried on what their pages quote."
    )
    for page in newest[:STORIES]:
        old, new = _tried(page, before), _tried(page, after)
        rows = [("category", old.category, new.category), *_sections(old.analysis, new.analysis)]
        table = "\n".join(f"| {name} | {_cell(one)} | {_cell(two)} |" for name, one, two in rows)
        yield f"### {_cell(page.meta.title)}\n\n| | before | after |\n|---|---|---|\n{table}"


def _tried(page: Article, categories: Mapping[str, Category]) -> _Tried:
    # What the page quotes is within the limits already: here all of it may be used.
    feeds = [Feed(url=source.url, name=source.feed, license="own") for source in page.meta.sources]
    category, story = _home(page, categories), story_of(page, {}, feeds)
    sources = [Source(n, entry, _text(page), fulltext=True) for n, entry in enumerate(story.entries[:1], start=1)]
    return _Tried(category, ExtractiveAnalyst(categories).analyse(story, sources, category=category))


def _home(page: Article, categories: Mapping[str, Category]) -> str:
    return classify(page.meta.title, _text(page), categories=categories, hint=None).category


def _text(page: Article) -> str:
    """Return what the page has of its sources' words."""
    quoted = [line[1:].strip() for line in page.body.splitlines() if line.startswith(">") and "](" not in line]
    return " ".join([page.meta.description, *filter(None, quoted), *_QUOTED.findall(page.body)])


def _sections(old: Analysis, new: Analysis) -> Iterator[tuple[str, str, str]]:
    before, after = dict(_flat(old.sections)), dict(_flat(new.sections))
    for heading in dict.fromkeys([*before, *after]):
        yield _cell(heading), before.get(heading, "—"), after.get(heading, "—")


def _flat(sections: Sequence[Section]) -> Iterator[tuple[str, str]]:
    for section in sections:
        yield section.heading, " · ".join(statement.text for statement in section.statements) or "(its parts)"
        yield from _flat(section.parts)


def _categories_at(root: Path, base: str) -> Mapping[str, Category]:
    """Return the categories before the change; one that could not be read then is left out."""
    found = dict(load_categories(root / "nowhere"))
    for folder in ("generator/groundwire/categories", "categories"):
        for name in files_at(root, base, folder):
            try:
                if name.endswith(".yml"):
                    category = validate(read_yaml(text_at(root, base, name), file=name), Category, file=name)
                    found[category.id] = category
            except InputError:
                continue
    return found


def _is_category(name: str) -> bool:
    return name.endswith(".yml") and name.startswith(("categories/", "generator/groundwire/categories/"))


def _newest(page: Article) -> tuple[float, str]:
    return -page.meta.moment.timestamp(), page.path


def _address(page: str) -> str:
    stem = page.removeprefix("content/").removesuffix(".md").strip("/")
    return stem.removesuffix("index").removesuffix("/")


def _cell(text: str) -> str:
    """Escape other people's words for a table of Markdown: no mark-up, no mention, no link."""
    return re.sub(r"[\\`*_{}\[\]<>|#@&:~!]", lambda m: f"&#{ord(m.group())};", " ".join(text.split()))


def _fenced(text: str) -> str:
    fence = "`" * max(3, 1 + max((len(run) for run in re.findall("`+", text)), default=0))
    return f"{fence}text\n{text}\n{fence}"
