"""The one place that builds real parts from settings."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import TypeVar

from groundwire import __version__
from groundwire.analysis import extractive
from groundwire.analysis.analyst import ClaudeAnalyst, Voice
from groundwire.analysis.extractive import ExtractiveAnalyst
from groundwire.analysis.opening import ClaudeOpener
from groundwire.errors import Refused
from groundwire.feeds.fulltext import WebFullText
from groundwire.feeds.guard import Place
from groundwire.feeds.memory import Memories
from groundwire.feeds.reader import WebReader
from groundwire.feeds.web import Web, user_agent
from groundwire.feeds.workers import Parsers
from groundwire.files.atomic import sweep
from groundwire.files.lock import held
from groundwire.llm.asker import Asker
from groundwire.llm.budget import LedgerPurse
from groundwire.llm.kept_answers import FolderMemory
from groundwire.llm.models import tariff_of
from groundwire.llm.providers.anthropic import ClaudeCaller
from groundwire.llm.server import is_anthropic, key_for
from groundwire.ports import Analyst, BoundedCall, Tell
from groundwire.publication.blocklist import refuser
from groundwire.publication.categories import Category, load_categories
from groundwire.publication.changes import Change, ContentWriter, DryRun
from groundwire.publication.content import load_content
from groundwire.publication.feed_health import STREAM as FEEDS
from groundwire.publication.log import Ledger
from groundwire.publication.publication import ISSUES, Log, Publication
from groundwire.publication.story_log import STREAM as STORIES
from groundwire.publication.story_log import StoryLog
from groundwire.publication.wording import translated, words_of
from groundwire.settings import FILE, Settings, gone_settings, load_settings
from groundwire.steps import rehearsal
from groundwire.steps.parts import Parts
from groundwire.steps.progress import Changes, apply_all

T = TypeVar("T")


@dataclass(frozen=True)
class Places:
    """Where a publication keeps what."""

    root: Path

    @property
    def content(self) -> Path:
        """The record."""
        return self.root / "content"

    @property
    def private(self) -> Path:
        """What is never committed nor uploaded."""
        return self.root / ".groundwire"

    @property
    def cache(self) -> Path:
        """What was worked out of content/ before; nothing in it that content/ has not."""
        return self.root / ".cache"

    @property
    def ledger(self) -> Path:
        """The part of the record that has no page."""
        return self.content / ".ledger"

    def sweep(self) -> None:
        """Remove what a killed writer left beside its files. Call it with the publication's lock held."""
        for folder, below in ((self.content, True), (self.private, False), (self.cache, False)):
            sweep(folder, below=below)

    @property
    def site(self) -> Path:
        """The built site."""
        return self.root / "site"

    @property
    def outbox(self) -> Path:
        """Where dry runs put mail; the sample's lies beside its site."""
        inside = self.root.parent.name == ".groundwire"
        return self.root / "outbox" if inside else self.private / "outbox"


@dataclass(frozen=True)
class Workspace:
    """A publication whose lock this process holds: what is known of it, the parts that work on it, and what writes the changes."""

    places: Places
    publication: Publication
    parts: Parts
    ledger: Ledger
    dry_run: DryRun | None = None  # takes the changes where nothing is to be written

    def run(self, changes: Changes[T], *, now: datetime) -> T:
        """Apply changes as they come, and return what the job says at its end."""
        return apply_all(changes, self.dry_run or ContentWriter(self.places.content, self.ledger, now=now))

    def apply(self, changes: Iterable[Change], *, now: datetime) -> None:
        """Apply changes that are there already."""
        for change in changes:
            ContentWriter(self.places.content, self.ledger, now=now).apply(change)

    def again(self) -> Workspace:
        """Return the workspace with the publication as it is on disk now."""
        return replace(self, publication=load_publication(self.places.root))


def load_publication(root: Path, *, settings: Settings | None = None) -> Publication:
    """Read the publication in `root`; its categories speak its language. Raises InputError where settings or categories are wrong."""
    settings, places = settings or load_settings(root), Places(root)
    categories = translated(load_categories(root), words_of(settings.language))
    found = Publication.of(
        settings, categories, load_content(places.content, cache=places.cache), load_log(Ledger(places.ledger))
    )
    return replace(found, problems=(*gone_settings((root / FILE).read_text(encoding="utf-8")), *found.problems))


def load_log(ledger: Ledger) -> Log:
    """Read what the log says of stories, feeds and issues."""
    return Log(StoryLog.of(ledger.rows(STORIES)), tuple(ledger.rows(FEEDS)), tuple(ledger.rows(ISSUES)))


READERS = (rehearsal.__name__, extractive.__name__)  # what reads entries and stories in processes of their own


@contextmanager
def open_publication(
    root: Path,
    *,
    command: str,
    tell: Tell,
    now: datetime,
    force: bool = False,
    settings: Settings | None = None,
    routes: Mapping[Place, Place] | None = None,
    anew: bool = False,
    analyses: bool = True,
    dry_run: bool = False,
) -> Iterator[Workspace]:
    """Lock and load the publication in `root`. `anew`: what a model answered before is asked again.

    Raises InputError, LockHeld, and Refused where it cannot be analysed as its settings say; a command that analyses nothing says so, and
    works without a key, as a `dry_run` does: it costs nothing and writes nothing into content/.
    """
    settings = settings or load_settings(root)
    places = Places(root)
    with held(places.private, command=command, sweep=places.sweep):
        publication = load_publication(root, settings=settings)
        categories = publication.categories
        web = Web(settings.fetch, user_agent=user_agent(__version__, settings.url), routes=routes, refuse=refuser(settings.block))
        with web, Parsers(preload=READERS) as parsers:
            memories = Memories(places.private / "feeds")
            ledger = Ledger(places.ledger)
            memory = FolderMemory(places.private / "claude", anew=anew)
            model = None if dry_run else _model(settings, memory, ledger, now=now, must=analyses)
            parts = Parts(
                reader=WebReader(web, parsers, memories, concurrency=settings.fetch.concurrency, force=force),
                fulltext=WebFullText(web, places.private / "fulltext", parsers, tell=tell),
                analyst=_analyst(settings, categories, model if analyses else None, bounded=parsers.call, tell=tell),
                tell=tell,
                opener=ClaudeOpener(model.asker, voice_of(settings)) if model else None,
                bounded=parsers.call,
            )
            yield Workspace(places, publication, parts, ledger, DryRun() if dry_run else None)


@dataclass(frozen=True)
class _Model:
    """The way to a model: the wire, and who asks over it within the budget."""

    caller: ClaudeCaller
    asker: Asker


def _model(settings: Settings, memory: FolderMemory, ledger: Ledger, *, now: datetime, must: bool) -> _Model | None:
    """Make the way to a model; None where none is to be asked. Raises Refused if one `must` be asked and cannot be."""
    chosen = settings.analysis
    if chosen.by == "extractive":
        return None
    try:
        key = key_for(chosen.base_url)
        if not key and is_anthropic(chosen.base_url):
            if chosen.by == "auto":
                return None
            raise Refused(
                "analysis.by is claude, and there is no key; set ANTHROPIC_API_KEY in the environment, or write\nanalysis: {by: auto}"
            )
        tariff = tariff_of(chosen)
    except Refused:
        if must:
            raise
        return None
    purse = LedgerPurse(ledger, run=chosen.budget_usd, month=chosen.budget_usd_month, now=now)
    caller = ClaudeCaller(key=key or "none", base_url=chosen.base_url)
    return _Model(caller, Asker(caller, purse=purse, memory=memory, tariff=tariff))


def _analyst(
    settings: Settings, categories: Mapping[str, Category], model: _Model | None, *, bounded: BoundedCall, tell: Tell
) -> Analyst:
    """Make the analyst: Claude where there is a way to it; else by rule."""
    by_rule = ExtractiveAnalyst(categories, bounded=bounded, tell=tell)
    if model is None:
        return by_rule
    return ClaudeAnalyst(categories, extractive=by_rule, asker=model.asker, voice=voice_of(settings), bounded=bounded)


def voice_of(settings: Settings) -> Voice:
    """Return whom to ask and how, by the settings."""
    chosen = settings.analysis
    return Voice(
        chosen.model,
        fallback=chosen.fallback_model,
        language=settings.language,
        spelled=chosen.base_url is not None,
        concurrency=chosen.concurrency,
    )
