"""What the flow works with beside the publication: made in `wiring.py`, given to the flow."""

from __future__ import annotations

from dataclasses import dataclass

from groundwire.ports import Analyst, BoundedCall, FullText, Opener, Reader, Tell
from groundwire.text.bounded import call_here


@dataclass(frozen=True)
class Parts:
    """What reaches the world. `opener` writes issues' openings; without one they open by rule."""

    reader: Reader
    fulltext: FullText
    analyst: Analyst
    tell: Tell
    opener: Opener | None = None
    bounded: BoundedCall = call_here
