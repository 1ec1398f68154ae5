"""What MkDocs is told about our pages: its files, its template environment, each page's template."""

from __future__ import annotations

import html
import posixpath
from collections.abc import Collection, Iterator, MutableMapping
from functools import cache
from pathlib import Path
from typing import Any, get_args

from jinja2 import Environment
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import Files, InclusionLevel
from mkdocs.structure.pages import Page

from groundwire import resources
from groundwire.errors import InputError, Problem
from groundwire.publication.authorship import author_line
from groundwire.publication.placement import is_hidden
from groundwire.publication.static_files import static_problem
from groundwire.settings import Weekday
from groundwire.text.sanitise import sanitise
from groundwire.website import views
from groundwire.website.builder.given import html_of
from groundwire.website.fragments import shared_in
from groundwire.website.site import Made, Site
from groundwire.website.site import made as made_of
from groundwire.website.tongue import with_languages

_UNUSED_ASSETS = "assets/javascripts/"  # Material's; our templates load none of it


def arrange_files(files: Files, config: MkDocsConfig, site: Site, written: Collection[str]) -> tuple[list[str], dict[str, Made]]:
    """Take out drafts and other unpublished files, and keep every page out of the navigation.

    Return the generated pages (by source) and the generated files that the site has besides, except where the owner has a file of
    their own at that address. `written` are pages of ours that `files` does not have.

    Raises InputError for a file of content/ that no site may carry, or that stands in the way of one of the site's.
    """
    _refuse_files(files, config)
    for file in list(files):
        unused = file.src_uri.startswith(_UNUSED_ASSETS) or file.src_uri.endswith(".map")
        if file.src_uri in site.index.hidden or unused or (file.src_dir == config.docs_dir and is_hidden(file.src_uri)):
            files.remove(file)
    for file in files.documentation_pages():
        file.inclusion = InclusionLevel.NOT_IN_NAV
    owned = {file.dest_uri for file in files if file.src_dir == config.docs_dir} | {html_of(source) for source in written}
    pages = [source for source in site.virtual if html_of(source) not in owned]
    generated = (*site.files(), made_of("sitemap.xml", site.sitemap(_plain_pages(files, site))))
    made = {one.path: one for one in generated if one.path not in owned}
    for path in made:
        if other := files.get_file_from_path(path):
            files.remove(other)  # MkDocs has a template of that name
    _refuse_folders(files, config, made)
    return pages, made


def _refuse_files(files: Files, config: MkDocsConfig) -> None:
    own = [file for file in files if file.src_dir == config.docs_dir and file.inclusion is not InclusionLevel.EXCLUDED]
    public = [file for file in own if not is_hidden(file.src_uri)]
    problems = [problem for file in public if (problem := static_problem(file.src_uri, Path(file.abs_src_path or "")))]
    if problems:
        raise InputError(problems)


def _refuse_folders(files: Files, config: MkDocsConfig, made: Collection[str]) -> None:
    """Refuse a page below the address of a file: a page at `feed.xml/` would need a folder of that file's name."""
    taken = {*made, *config.theme.static_templates, *(file.dest_uri for file in files)}
    problems = []
    for file in files:
        if file.src_dir == config.docs_dir and (place := next((p for p in _above(file.dest_uri) if p in taken), "")):
            message = f"the site has a file at {place}, so that nothing can be below that address"
            problems.append(Problem(f"content/{file.src_uri}", message, example=f"mv content/{file.src_uri} content/about.md"))
    if problems:
        raise InputError(problems)


def _above(path: str) -> Iterator[str]:
    while path := posixpath.dirname(path):
        yield path


def _plain_pages(files: Files, site: Site) -> list[str]:
    """List the addresses of the owner's own pages."""
    ours = site.articles.keys() | site.issues.keys() | site.virtual.keys()
    plain = [file for file in files.documentation_pages() if file.src_uri not in ours]
    return ["" if file.url in (".", "./") else file.url for file in plain]


def prepare_environment(env: Environment, site: Site) -> Environment:
    """Make our templates escape (Material's don't), and give them words, dates and the site."""
    env.autoescape = _escapes
    env.auto_reload = False  # one build, one environment
    env.globals.update(shared=shared_in(env))
    env.globals.update(gw=site.globals, t=site.words, author_line=_author_line(site), own_page=own_page, weekday=_weekday(site))
    env.filters.update(
        date=site.words.date,
        day=site.words.day,
        moment=site.words.moment,
        month=site.words.month,
        iso=views.iso,
        outcome=site.words.outcome,
        reason=site.words.reason,
        section=lambda row: site.categories[row.category].name,
    )
    return env


@cache
def _escapes(name: str | None) -> bool:
    return name is not None and (resources.bundled("overrides") / name).is_file()


def _author_line(site: Site) -> Any:
    return lambda author: author_line(author, site.words)


def _weekday(site: Site) -> Any:
    names = dict(zip(get_args(Weekday), site.words.texts["weekdays"], strict=True))
    return lambda key: names[key]


def own_page(page: Any) -> str:
    """Return a plain page's title as text: MkDocs gives it as HTML where it comes from a heading."""
    given = page.meta.get("title") if page.meta else None
    return str(given) if given else html.unescape(str(page.title or ""))


def finish_page(body: str, page: Page, site: Site) -> str:
    """Sanitise a rendered body, after everything else has changed it.

    In an article, quotations in another language are marked as such, and so is what search results should not show.
    """
    article = site.articles.get(page.file.src_uri)
    if article and not article.meta.withdrawn:
        body = with_languages(body, article.meta.sources, language=site.words.language)
        body = _with_weights(body) if article.meta.generated else body
    return sanitise(body)


def _with_weights(body: str) -> str:
    """Weigh a generated body for the search: tables count little, the credit below a quotation not at all."""
    return body.replace("<table>", '<table data-pagefind-weight="0.1">').replace("<p>— <a ", "<p data-pagefind-ignore>— <a ")


def _own_meta(meta: MutableMapping[str, Any], config: MkDocsConfig) -> MutableMapping[str, Any]:
    """Return a plain page's front matter, without a `template` that is not the owner's own.

    Material's templates don't escape what pages say, and ours are for our pages.
    """
    name = str(meta.get("template", ""))
    owners = [
        Path(config.config_file_path).parent / "overrides",
        *([Path(config.theme.custom_dir)] if config.theme.custom_dir else []),
    ]
    ours = name.startswith("groundwire/") or posixpath.normpath(name) != name or name.startswith(("/", ".."))
    if "template" in meta and (ours or not any((folder / name).is_file() for folder in owners)):
        return {key: value for key, value in meta.items() if key != "template"}
    return meta


def prepare_page(page: Page, markdown: str, site: Site, config: MkDocsConfig) -> str:
    """Set the page's template and title, and return the Markdown to render: none for a tombstone."""
    source = page.file.src_uri
    template = site.template(source)
    if not template:
        page.meta = _own_meta(page.meta, config)
        return markdown
    page.meta = {"template": template, "noindex": site.noindex(source)}
    page.title = site.title(source)
    return "" if template.endswith("tombstone.html") else markdown
