"""The one place that builds real parts from settings."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from generator import __version__
from generator.analysis.claude.analyst import ClaudeAnalyst, Voice
from generator.analysis.claude.ask import Asker
from generator.analysis.claude.batch import BatchAnalyst
from generator.analysis.claude.batchbook import BatchBook
from generator.analysis.claude.books import LedgerPurse
from generator.analysis.claude.call import ClaudeCaller
from generator.analysis.claude.memory import FolderMemory
from generator.analysis.claude.models import tariff_of
from generator.analysis.claude.opening import ClaudeOpener
from generator.analysis.claude.post import PostOffice
from generator.analysis.extractive import ExtractiveAnalyst
from generator.errors import GroundwireError, Refused
from generator.feeds.fulltext import WebFullText
from generator.feeds.guard import Place
from generator.feeds.memory import Memories
from generator.feeds.reader import WebReader
from generator.feeds.web import Web, user_agent
from generator.feeds.workers import Parsers
from generator.ports import Analyst, BoundedCall, Tell
from generator.record.atomic import sweep
from generator.record.blocklist import refuser
from generator.record.categories import Category, load_categories
from generator.record.index.file import FILE as INDEX
from generator.record.index.file import unseal
from generator.record.ledger import Ledger
from generator.record.lock import held
from generator.record.store import Store
from generator.record.words import translated, words_of
from generator.settings import Settings, load_settings
from generator.steps.parts import Parts


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
    def derived(self) -> Path:
        """What content/ comes to, kept from run to run; nothing in it that content/ has not."""
        return self.root / ".derived"

    @property
    def ledger(self) -> Path:
        """The part of the record that has no page."""
        return self.content / ".ledger"

    def sweep(self) -> None:
        """Remove what a killed writer left beside its files. Call it with the publication's lock held."""
        for folder, below in ((self.content, True), (self.private, False), (self.derived, False)):
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


READERS = (
    "generator.steps.rehearsal",
    "generator.analysis.extractive",
)  # what reads entries and stories in processes of their own


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
) -> Iterator[Parts]:
    """The parts of the publication in `root`, with its lock held. `anew`: what a model answered before is asked again.

    Raises InputError, LockHeld, and Refused where it cannot be analysed as its settings say; a command that analyses nothing says so, and works
    without a key.
    """
    settings = settings or load_settings(root)
    places = Places(root)
    categories = load_categories(root)
    with held(places.private, command=command, sweep=places.sweep), _sound_index(places):
        store = Store(places.content)
        web = Web(settings.fetch, user_agent=user_agent(__version__, settings.url), routes=routes, refuse=refuser(settings.block))
        with web, Parsers(preload=READERS) as parsers:
            memories = Memories(places.private / "feeds")
            ledger = Ledger(places.ledger)
            memory = FolderMemory(places.private / "claude", anew=anew)
            model = _model(settings, memory, ledger, now=now, must=analyses)
            yield Parts(
                settings=settings,
                categories=translated(categories, words_of(settings.language)),
                store=store,
                ledger=ledger,
                reader=WebReader(web, parsers, memories, concurrency=settings.fetch.concurrency, force=force),
                fulltext=WebFullText(web, places.private / "fulltext", parsers, tell=tell),
                analyst=_analyst(
                    settings, categories, model if analyses else None, ledger, now=now, bounded=parsers.call, tell=tell
                ),
                tell=tell,
                opener=ClaudeOpener(model.asker, voice_of(settings)) if model else None,
                bounded=parsers.call,
            )


@contextmanager
def _sound_index(places: Places) -> Iterator[None]:
    """What SQLite finds damaged is not believed again. Raises GroundwireError."""
    try:
        yield
    except sqlite3.DatabaseError as error:
        with suppress(OSError):
            unseal(places.derived)
        why = f"{places.derived / INDEX} is damaged ({error}); it will be made anew"
        raise GroundwireError(f"{why}, and nothing is lost: run the command again") from error


@dataclass(frozen=True)
class _Model:
    """The way to a model: the wire, and who asks over it within the budget."""

    caller: ClaudeCaller
    asker: Asker


def _model(settings: Settings, memory: FolderMemory, ledger: Ledger, *, now: datetime, must: bool) -> _Model | None:
    """The way to a model; None where none is to be asked. Where one is and cannot be: Refused if it `must`, else None."""
    chosen, key = settings.analysis, os.environ.get("ANTHROPIC_API_KEY")
    if chosen.by == "extractive" or (chosen.by == "auto" and not key and not chosen.base_url):
        return None
    try:
        if not key and not chosen.base_url:
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
    settings: Settings,
    categories: Mapping[str, Category],
    model: _Model | None,
    ledger: Ledger,
    *,
    now: datetime,
    bounded: BoundedCall,
    tell: Tell,
) -> Analyst:
    """Claude where there is a way to it; else by rule."""
    extractive = ExtractiveAnalyst(categories, bounded=bounded, tell=tell)
    if model is None:
        return extractive
    asker = model.asker
    claude = ClaudeAnalyst(categories, extractive=extractive, asker=asker, voice=voice_of(settings), bounded=bounded)
    office = PostOffice(model.caller, book=BatchBook(ledger, now=now), purse=asker.purse, tariff=asker.tariff)
    # Also without batches: earlier runs may have sent some.
    return BatchAnalyst(claude, office, now=now, send=settings.analysis.batch)


def voice_of(settings: Settings) -> Voice:
    """Who is asked, and how, by the settings."""
    chosen = settings.analysis
    return Voice(
        chosen.model,
        fallback=chosen.fallback_model,
        language=settings.language,
        spelled=chosen.base_url is not None,
        concurrency=chosen.concurrency,
    )
