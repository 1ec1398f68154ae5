"""What the jobs work with: made in `wiring.py`, given to the flow."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from generator.ports import Analyst, BoundedCall, FullText, Opener, Reader, Tell
from generator.record.bounded import call_here
from generator.record.categories import Category
from generator.record.ledger import Ledger
from generator.record.store import Store
from generator.settings import Settings


@dataclass(frozen=True)
class Parts:
    """What the jobs work with."""

    settings: Settings
    categories: Mapping[str, Category]
    store: Store
    ledger: Ledger
    reader: Reader
    fulltext: FullText
    analyst: Analyst
    tell: Tell
    opener: Opener | None = None  # who writes issues' openings; none: by rule
    bounded: BoundedCall = call_here  # where new entries are read first
