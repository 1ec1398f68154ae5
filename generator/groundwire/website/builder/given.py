"""The files that MkDocs is given: all can be linked to, but only those of the plan are read, rendered and written.

MkDocs makes an object of every file below content/ before it asks anybody. Our own pages, which are nearly all of them and which we have
read already, get one here when they are made or linked to: `stand_aside` keeps MkDocs from looking, `owners_files` finds the others.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from pathlib import Path

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files, InclusionLevel, get_files, set_exclusions
from mkdocs.structure.pages import Page

_READ = " (read by groundwire)"


def stand_aside(config: MkDocsConfig) -> None:
    """Let MkDocs find nothing below content/, until `step_back`.

    Do nothing where mkdocs.yml excludes files or changes how pages are named.
    """
    if config.use_directory_urls and not (config.exclude_docs or config.draft_docs):
        config.docs_dir += _READ


def step_back(config: MkDocsConfig) -> bool:
    """Restore docs_dir; say whether MkDocs was kept from looking into it."""
    aside = config.docs_dir.endswith(_READ)
    config.docs_dir = config.docs_dir.removesuffix(_READ)
    return aside


def html_of(source: str) -> str:
    """Return the path of a page's output, named as MkDocs names it."""
    folder, slash, name = source.removesuffix(".md").rpartition("/")
    return f"{folder}{slash}index.html" if name in ("index", "README") else f"{folder}{slash}{name}/index.html"


def owners_files(config: MkDocsConfig, ours: Collection[str]) -> list[File]:
    """List all files of docs_dir but `ours`, as MkDocs' own `get_files` would."""
    names = [name for name in _below(Path(config.docs_dir)) if name not in ours]
    files = [File(name, config.docs_dir, config.site_dir, config.use_directory_urls) for name in names]
    if max(Counter(file.dest_uri for file in files).values(), default=0) > 1:  # index.md beside README.md: MkDocs' to decide
        return [file for file in get_files(config) if file.src_uri not in ours]
    set_exclusions(files, config)
    return files


def _below(folder: Path) -> Iterator[str]:
    for place, folders, names in os.walk(folder):
        folders.sort()
        inside = Path(place).relative_to(folder).as_posix()
        yield from (name if inside == "." else f"{inside}/{name}" for name in sorted(names))


class KeptFile(File):
    """A page that this build doesn't make. It is rendered only where somebody asks which places on it can be linked to."""

    given: GivenFiles
    settings: MkDocsConfig
    _page: Page | None = None

    @property
    def page(self) -> Page | None:
        """The page, rendered."""
        if self._page is None:
            page = Page(None, self, self.settings)
            page.read_source(self.settings)
            page.markdown = self.settings.plugins.on_page_markdown(
                page.markdown or "", page=page, config=self.settings, files=self.given
            )
            page.render(self.settings, self.given)
        return self._page

    @page.setter
    def page(self, value: Page | None) -> None:
        self._page = value


class GivenFiles(Files):
    """Notes which page asks for which file while it is rendered: those are its links."""

    def __init__(
        self,
        files: Iterable[File],
        config: MkDocsConfig,
        *,
        make: Collection[str],
        write: Collection[str],
        kept: Collection[str],
        written: Collection[str],
    ) -> None:
        """Take the pages to be made (`make`) and the other outputs to be written (`write`).

        `kept`, which are generated, and `written` have no object yet.
        """
        super().__init__(files)
        self._config, self._make, self._write, self._kept, self._written = config, make, write, kept, written
        self._reading: str | None = None
        self._asked: dict[str, dict[str, None]] = {}

    def reads(self, page: Page | None) -> None:
        """Note that MkDocs begins to render this page; None: it has finished."""
        self._reading = page.file.src_uri if page and page.file.src_uri in self._make else None

    def get_file_from_path(self, path: str) -> File | None:
        """Find a file as MkDocs does, kept pages included, and note who asked for it."""
        if self._reading:
            self._asked.setdefault(self._reading, {})[path] = None
        file = super().get_file_from_path(path)
        if file is None and path in self._kept:
            file = File.generated(self._config, path, content="", inclusion=InclusionLevel.NOT_IN_NAV)
        if file is None and path in self._written:
            file = written_file(self._config, path)
        if file and file.is_documentation_page() and path not in self._make and not isinstance(file, KeptFile):
            return self._keep(file)
        return file

    def _keep(self, file: File) -> KeptFile:
        kept = KeptFile(file.src_uri, file.src_dir, file.dest_dir, file.use_directory_urls, inclusion=file.inclusion)
        kept.given, kept.settings = self, self._config
        if file.src_dir is None:
            kept.content_string = ""
        if super().get_file_from_path(kept.src_uri):
            self.remove(file)
        self.append(kept)
        return kept

    def documentation_pages(self, *, inclusion: Callable[[InclusionLevel], bool] = InclusionLevel.is_included) -> Sequence[File]:
        """List the pages that this build makes."""
        return [file for file in super().documentation_pages(inclusion=inclusion) if file.src_uri in self._make]

    def copy_static_files(
        self, dirty: bool = False, *, inclusion: Callable[[InclusionLevel], bool] = InclusionLevel.is_included
    ) -> None:
        """Copy those files that this build writes."""
        for file in self:
            if file.dest_uri in self._write and not file.is_documentation_page() and inclusion(file.inclusion):
                file.copy_file(dirty)

    def links(self) -> dict[str, tuple[str, ...]]:
        """Return, for each page made, the files it asked for.

        A file of which the page links to a certain place appears a second time, with '#' at its end.
        """
        found = {}
        for source in self._make:
            file = self.src_uris.get(source)
            page = file.page if file else None
            if page is None:
                continue
            placed = {other.src_uri for other in page.links_to_anchors or {} if other is not file}
            targets = [*self._asked.get(source, {}), *(f"{target}#" for target in sorted(placed))]
            if targets:
                found[source] = tuple(targets)
        return found


def written_file(config: MkDocsConfig, source: str) -> File:
    """Return MkDocs' file for a page of ours below content/."""
    return File(source, config.docs_dir, config.site_dir, config.use_directory_urls, inclusion=InclusionLevel.NOT_IN_NAV)
