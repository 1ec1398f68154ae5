"""One build, from what MkDocs was configured with to the site in its place: makes what changed, keeps the rest."""

from __future__ import annotations

import gc
import logging
import os
import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files, InclusionLevel

from groundwire.publication.placement import require_sound_files
from groundwire.text.plain import digest, file_hash
from groundwire.website.briefs import brief_out
from groundwire.website.builder import mkdocs_adapter, others, state
from groundwire.website.builder.fingerprint import parts_of
from groundwire.website.builder.given import GivenFiles, html_of, owners_files, stand_aside, step_back, written_file
from groundwire.website.builder.helpers import Team, make_team
from groundwire.website.builder.inputs import inputs_of
from groundwire.website.builder.plan import Plan, Wanted, plan_build
from groundwire.website.builder.settled import outputs_of
from groundwire.website.builder.state import Seal, State
from groundwire.website.builder.tree import Tree, files_in, one_at_a_time, recover, tree_for
from groundwire.website.config import require_content
from groundwire.website.front import FRONT
from groundwire.website.index import Brief
from groundwire.website.load import load_site
from groundwire.website.searching import search
from groundwire.website.site import Made, Site

PRIVATE = ".groundwire"
_NAMED = re.compile(r"(?:Doc file|page) '([^']+)'")


@dataclass(frozen=True)
class Choice:
    """What the caller may choose. `serving`: for `mkdocs serve`.

    Its one reader is who writes the pages; `again`: they have seen the site before.
    """

    full: bool = False
    serving: bool = False
    again: bool = False


class Listener(logging.Handler):
    """Notes the pages that MkDocs warns of: those are never kept, so that a later build warns again."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.unsettled: dict[str, None] = {}
        self.warned = 0

    def emit(self, record: logging.LogRecord) -> None:
        """Note the page."""
        self.warned += 1
        self.unsettled.update(dict.fromkeys(_NAMED.findall(record.getMessage())))


@dataclass(frozen=True)
class Arranged:
    """What was decided when MkDocs had found all files."""

    wanted: Wanted
    plan: Plan
    files: GivenFiles


@dataclass
class Build:
    """The state of one build between MkDocs' events, in their order: `begin`, `arrange`, `finish`; `give_up` after an error."""

    root: Path
    tree: Tree
    parts: Mapping[str, str]
    last: State | None
    force: str
    site: Site
    inputs: str = ""  # '': the site is not to be sealed
    choice: Choice = field(default_factory=Choice)
    unsearched: Collection[str] = ()
    arranged: Arranged | None = None
    team: Team = field(default_factory=Team)
    listener: Listener = field(default_factory=Listener)
    held: ExitStack = field(default_factory=ExitStack)

    @classmethod
    def begin(cls, config: MkDocsConfig, choice: Choice) -> Build:
        """Read the publication and the last build; take the site's folder. Raises InputError, Refused."""
        root = Path(config.config_file_path).parent
        require_content(config)
        require_sound_files(root, *([Path(config.theme.custom_dir)] if config.theme.custom_dir else []))
        if choice.serving and FRONT.get():  # MkDocs would begin with an empty folder every time
            config.site_dir = str(root.resolve() / PRIVATE / "preview-site")
        tree = tree_for(Path(config.site_dir), in_place=choice.serving)
        with ExitStack() as held, _uncollected():
            held.enter_context(one_at_a_time(tree))
            recover(tree)
            parts, last = parts_of(root, config), state.load_state(tree.live)
            briefs = last.briefs if last and parts.items() <= last.parts.items() else None
            site = load_site(root, last=briefs)
            if front := FRONT.get():
                site = replace(site, settings=front.settings(site.settings))
                parts["preview"] = front.signup
            parts["url"] = site.settings.url  # the repository's name may give it
            build = cls(root, tree, parts, last, _forced(config, choice), site, choice=choice, held=held.pop_all())
            if not choice.serving and others.all_known(config, root):
                build.inputs = inputs_of(root, known=site.hashes)
        # MkDocs empties its site_dir before it builds, so it is told of none until that is over.
        config.site_dir = f"{tree.live} (made beside it, then renamed)"
        if not others.named(config):
            stand_aside(config)
        logging.getLogger("mkdocs").addHandler(build.listener)
        return build

    def arrange(self, files: Files, config: MkDocsConfig) -> GivenFiles:
        """Decide what is made, and make room for it.

        MkDocs is given only what changed to read; it finds the rest when a page links to it.
        """
        with _uncollected():
            given = self._arrange(files, config)
            gc.freeze()  # all this stays till the end, in helpers too
            return given

    def _arrange(self, files: Files, config: MkDocsConfig) -> GivenFiles:
        config.site_dir = str(self.tree.work)
        written = self._written(files, config)
        pages, made = mkdocs_adapter.arrange_files(files, config, self.site, written)
        wanted, present = self._wanted(files, config, [*pages, *written], made), self.tree.present()
        plan = plan_build(self.last, wanted, present=present, force=self.force)
        outputs = [wanted.pages[source][1] for source in plan.make]
        searched = () if plan.everything else (path for path in present if path.startswith(f"{search.FOLDER}/"))
        self.tree.prepare({*plan.keep, *searched}, present=present, made=[*outputs, *plan.write])
        for file in files:
            file.dest_dir = config.site_dir
        for path in made:
            if path in plan.write:
                files.append(File.generated(config, path, content=made[path].content()))
        for source in pages:
            if source in plan.make:
                files.append(File.generated(config, source, content="", inclusion=InclusionLevel.NOT_IN_NAV))
        for source in written:
            if source in plan.make:
                files.append(written_file(config, source))
        self.team = make_team(0 if others.named(config) else len(plan.make))  # others' code may gather something from all pages
        write = {} if self.team.helper else plan.write
        make = set(self.team.share([*plan.make]))
        given = GivenFiles(files, config, make=make, write=write, kept={*pages, *made}, written=frozenset(written))
        self.arranged = Arranged(wanted, plan, given)
        if others.MISSING in plan.keep:
            config.theme.static_templates.discard(others.MISSING)
        if self.team.helper:
            config.theme.static_templates.clear()
            config.extra_templates.clear()
        return given

    def finish(self, config: MkDocsConfig) -> bool:
        """Write the state and put the site in its place, unless a warning fails the build. Say whether it did."""
        try:
            if self.arranged is None:
                return False
            links = self.arranged.files.links()
            if self.team.helper:
                self.team.tell(links)
            for found in self.team.gather():
                links |= {source: tuple(targets) for source, targets in found.items()}
            if config.strict and self.listener.warned:
                return False
            self._index(self.arranged.plan)
            state.save_state(self.tree.work, self._state(self.arranged, links), self._seal(self.arranged.wanted))
            self.tree.publish()
            return True
        finally:
            config.site_dir = str(self.tree.live)
            self.give_up()

    @property
    def private(self) -> Path:
        """Where the publication keeps what may be deleted at any time."""
        return self.root / PRIVATE

    @property
    def plan(self) -> Plan:
        """What is made and kept, once that is decided."""
        return self.arranged.plan if self.arranged else Plan({}, {}, frozenset(), ())

    @property
    def pages(self) -> int:
        """How many HTML pages the site has, the one for addresses that don't exist among them."""
        wanted = self.arranged.wanted if self.arranged else None
        return len(wanted.pages) + sum(path.endswith(".html") for path in wanted.files) if wanted else 0

    def give_up(self) -> None:
        """Let go of the site's folder; the old site stands."""
        gc.unfreeze()
        if self.team.helper:  # the main process meets the same error, or says that a helper ended early
            os._exit(1)
        self.team.dismiss()
        logging.getLogger("mkdocs").removeHandler(self.listener)
        self.held.close()

    def _written(self, files: Files, config: MkDocsConfig) -> tuple[str, ...]:
        """List our pages in content/ that MkDocs was kept from finding; all else that is there is among `files` then."""
        if not step_back(config):
            return ()
        for file in owners_files(config, self.site.articles.keys() | self.site.issues.keys()):
            if other := files.get_file_from_path(file.src_uri):
                files.remove(other)  # the theme's, which an owner's file replaces
            files.append(file)
        return tuple(s for s in (*self.site.articles, *self.site.issues) if s not in self.site.index.hidden)

    def _wanted(self, files: Files, config: MkDocsConfig, known: Iterable[str], made: Mapping[str, Made]) -> Wanted:
        pages = {source: (self.site.mark(source), html_of(source)) for source in known}
        outputs, parts, plain = {path: one.mark for path, one in made.items()}, dict(self.parts), []
        for file in files:
            if file.inclusion.value < self._least.value:
                continue
            if not file.is_documentation_page():
                outputs[file.dest_uri] = _file_mark(file, config.docs_dir)
                continue
            mark = self.site.mark(file.src_uri)
            if not mark:
                plain.append(file.src_uri)
                mark = file_hash(file.content_bytes)
            pages[file.src_uri] = (mark, file.dest_uri)
        if others.MISSING in config.theme.static_templates:
            outputs.setdefault(others.MISSING, "")
        if config.nav:  # then any page may show the titles of these
            parts["pages in nav"] = digest(*(pages[source][0] for source in plain))
        return Wanted(parts, pages, outputs, always=plain if config.nav else ())

    @property
    def _least(self) -> InclusionLevel:
        """MkDocs' own drafts are built for the one who writes them."""
        return InclusionLevel.DRAFT if self.choice.serving else InclusionLevel.NOT_IN_NAV

    def _index(self, plan: Plan) -> None:
        """Bring the search up to date; what it lacks is left to the next build that does."""
        ours = self.site.articles.keys() | self.site.issues.keys()
        changed = {source.removesuffix(".md") + "/" for source in plan.make if source in ours}
        changed.update(self.last.unsearched if self.last else ())
        if self.choice.again and not plan.everything:
            self.unsearched = changed  # who writes wants to see the page now, and searches for it later
        else:
            search.index_site(self.tree.work, self.site.searchable, changed=None if plan.everything else changed)

    def _seal(self, wanted: Wanted) -> Seal | None:
        if not self.inputs or self.listener.warned:
            return None
        indexed = (f"{search.FOLDER}/{path}" for path, _ in files_in(self.tree.work / search.FOLDER))
        outputs = {*(output for _, output in wanted.pages.values()), *wanted.files, *indexed}
        return Seal(self.inputs, outputs_of(outputs), self.pages)

    def _state(self, done: Arranged, links: Mapping[str, tuple[str, ...]]) -> State:
        before = self.last.links if self.last else {}
        kept = {s: links for s, links in before.items() if s in done.wanted.pages and s not in done.plan.make}
        return State(
            parts=done.wanted.parts,
            pages=done.wanted.pages,
            files=done.wanted.files,
            links=dict(sorted({**kept, **links}.items())),
            unsettled=tuple(sorted(self.listener.unsettled)),
            unsearched=tuple(sorted(self.unsearched)),
            briefs={path: self._brief(path, brief) for path, brief in self.site.briefs.items() if brief.shown != "draft"},
        )

    def _brief(self, path: str, brief: Brief) -> list[Any]:
        known = self.last.briefs.get(path) if self.last and not self.plan.everything else None
        return known if known and known[0] == brief.page.content_hash else brief_out(brief)


@contextmanager
def _uncollected() -> Iterator[None]:
    """While what stays for the whole build is read, looking for rubbish in it again and again takes a fifth of the time."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()


def _forced(config: MkDocsConfig, choice: Choice) -> str:
    """Say why everything is made, if it is: as asked for, or because others' code may use any page for any other."""
    if names := others.named(config):
        return f"with {', '.join(names)}, any page may depend on any other"
    return "asked for" if choice.full else ""


def _file_mark(file: File, docs_dir: str) -> str:
    """Hash an owner's file; '' for the theme's and our own, which are among the parts that all pages depend on."""
    return file_hash(file.content_bytes) if file.src_dir == docs_dir else ""
