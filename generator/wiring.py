"""The one place that builds real parts from settings."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from generator import __version__
from generator.analysis.extractive import ExtractiveAnalyst
from generator.feeds.fulltext import WebFullText
from generator.feeds.guard import Place
from generator.feeds.memory import Memories
from generator.feeds.reader import WebReader
from generator.feeds.web import Web, user_agent
from generator.feeds.workers import Parsers
from generator.pipeline import Parts
from generator.ports import Tell
from generator.record.atomic import sweep
from generator.record.categories import load_categories
from generator.record.ledger import Ledger
from generator.record.lock import held
from generator.record.store import Store
from generator.settings import Settings, load_settings


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
    def ledger(self) -> Path:
        """The part of the record that has no page."""
        return self.content / ".ledger"

    @property
    def site(self) -> Path:
        """The built site."""
        return self.root / "site"

    @property
    def outbox(self) -> Path:
        """Where dry runs put mail; the sample's lies beside its site."""
        inside = self.root.parent.name == ".groundwire"
        return self.root / "outbox" if inside else self.private / "outbox"


@contextmanager
def open_publication(
    root: Path,
    *,
    command: str,
    tell: Tell,
    force: bool = False,
    settings: Settings | None = None,
    routes: Mapping[Place, Place] | None = None,
) -> Iterator[Parts]:
    """The parts of the publication in `root`, with its lock held. Raises InputError, LockHeld."""
    settings = settings or load_settings(root)
    places = Places(root)
    categories = load_categories(root)
    with held(places.private, command=command):
        sweep(places.content)
        store = Store(places.content)
        web = Web(settings.fetch, user_agent=user_agent(__version__, settings.url), routes=routes)
        with web, Parsers() as parsers:
            memories = Memories(places.private / "feeds")
            yield Parts(
                settings=settings,
                categories=categories,
                store=store,
                ledger=Ledger(places.ledger),
                reader=WebReader(web, parsers, memories, concurrency=settings.fetch.concurrency, force=force),
                fulltext=WebFullText(web, places.private / "fulltext"),
                analyst=ExtractiveAnalyst(categories),
                tell=tell,
            )
