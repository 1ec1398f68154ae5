"""The MkDocs plugin: an event comes in, a plain function is called, a result goes out."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, Literal

from jinja2 import Environment
from mkdocs.config.base import Config
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import PluginError
from mkdocs.livereload import LiveReloadServer
from mkdocs.plugins import BasePlugin, event_priority
from mkdocs.structure.files import Files
from mkdocs.structure.pages import Page
from mkdocs.structure.toc import TableOfContents

from groundwire.errors import GroundwireError
from groundwire.website import config as settings_into
from groundwire.website.builder import mkdocs_adapter
from groundwire.website.builder.compiled import compiled
from groundwire.website.builder.given import GivenFiles
from groundwire.website.builder.incremental import Build, Choice
from groundwire.website.builder.others import named
from groundwire.website.front import FRONT
from groundwire.website.site import Site


class NoOptions(Config):  # type: ignore[no-untyped-call]  # MkDocs leaves __init_subclass__ untyped
    """The plugin has none: newsletter.yml has them all."""


class GroundwirePlugin(BasePlugin[NoOptions]):  # type: ignore[no-untyped-call]  # likewise
    """The events of a build. `choice` is what `build_site` asks for, `failure` the error that stopped it."""

    choice = Choice()
    build: Build
    failure: Exception | None = None

    def on_startup(self, *, command: Literal["build", "gh-deploy", "serve"], **_: Any) -> None:
        """Note under which command MkDocs runs: `mkdocs serve` changes the site in place.

        MkDocs keeps one plugin for all builds because of this event.
        """
        self.choice = Choice(serving=command == "serve")
        self.failure = None

    def on_config(self, config: MkDocsConfig) -> MkDocsConfig:
        """Read the publication; put its settings in place."""
        with _told():
            self.build = Build.begin(config, self.choice)
            settings_into.apply_settings(config, self.site)
        return config

    @property
    def site(self) -> Site:
        """The publication that is being built."""
        return self.build.site

    def on_files(self, files: Files, *, config: MkDocsConfig) -> Files:
        """Take drafts out, put generated pages and files in; give MkDocs only what is to be made."""
        with _told():
            return self.build.arrange(files, config)

    def on_env(self, env: Environment, **_: Any) -> Environment:
        """Give our templates their globals and filters, and make them escape."""
        env.bytecode_cache = compiled(self.build.private, self.build.parts)
        return mkdocs_adapter.prepare_environment(env, self.site)

    def on_page_read_source(self, *, page: Page, **_: Any) -> str | None:
        """Return the body of a page whose front matter we read already.

        A line stands before it, so that MkDocs looks for no front matter in it.
        """
        known = self.site.articles.get(page.file.src_uri) or self.site.issues.get(page.file.src_uri)
        return f"\n{known.body}" if known else None

    def on_page_markdown(self, markdown: str, *, page: Page, config: MkDocsConfig, files: Files) -> str:
        """Choose the page's template; a tombstone keeps nothing of its text."""
        if isinstance(files, GivenFiles):
            files.reads(page)
        return mkdocs_adapter.prepare_page(page, markdown, self.site, config)

    @event_priority(100)  # before others': what an owner's plugin adds is the owner's
    def on_page_content(self, html: str, *, page: Page, config: MkDocsConfig, files: Files) -> str:
        """Sanitise the page and mark quotations in another language; free what only another plugin would still need."""
        if isinstance(files, GivenFiles):
            files.reads(None)
        if not named(config):
            page.markdown, page.toc = "", TableOfContents([])
        return mkdocs_adapter.finish_page(html, page, self.site)

    def on_page_context(self, context: Any, *, page: Page, **_: Any) -> Any:
        """Give the template what the page shows."""
        self.build.team.check()
        context["view"] = self.site.view(page.file.src_uri)
        page.toc = TableOfContents([])  # no page shows one
        return context

    def on_serve(self, server: LiveReloadServer, *, config: MkDocsConfig, **_: Any) -> LiveReloadServer:
        """Watch what a page depends on besides content/."""
        root = Path(config.config_file_path).parent
        for name in ("newsletter.yml", "entities.yml", "categories", "overrides"):
            if (root / name).exists():
                server.watch(str(root / name))
        if front := FRONT.get():
            server.set_app(front.before(server.serve_request))
            server.root = config.site_dir
            server.error_handler = lambda code: _page(Path(config.site_dir) / f"{code}.html")
        return server

    @event_priority(-100)  # after others' files are there
    def on_post_build(self, *, config: MkDocsConfig) -> None:
        """Index the built pages for the search, and put the new site in the old one's place."""
        with _told():
            self.build.finish(config)
            self.choice = replace(self.choice, again=self.choice.serving)

    def on_build_error(self, *, error: Exception) -> None:
        """Keep the error for the caller."""
        self.failure = error
        if hasattr(self, "build"):
            self.build.give_up()


def _page(path: Path) -> bytes | None:
    return path.read_bytes() if path.is_file() else None


@contextmanager
def _told() -> Iterator[None]:
    """Raise our errors as MkDocs shows them."""
    try:
        yield
    except GroundwireError as error:
        raise PluginError(str(error)) from error
