"""What a run puts away when it is done, so that no part of a publication's state grows for ever."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path

from generator.record.compact import compact
from generator.record.ledger import Ledger
from generator.wiring import Places

# Folders of .groundwire/ in which a file is of use for so long after it was written; what is lost is fetched or asked again.
KEPT: Mapping[str, timedelta] = {
    "fulltext": timedelta(days=30),  # an article's text: asked for when its page is made, and once more within days
    "robots": timedelta(days=30),
    "claude": timedelta(days=400),  # what `analyse --explain` shows
    "feeds": timedelta(days=400),  # also those of feeds that the settings no longer name
}


def tidy(places: Places, *, now: datetime, changed: bool) -> None:
    """Remove private files that are past use and, where the run has changed content/ anyway, compact old months of the ledger.

    A run that found nothing new leaves content/ as it is, to the byte.
    """
    for folder, age in KEPT.items():
        _remove_old(places.private / folder, before=(now - age).timestamp())
    if changed:
        compact(Ledger(places.ledger), now=now)


def _remove_old(folder: Path, *, before: float) -> None:
    for path in folder.rglob("*"):
        if path.is_file() and path.stat().st_mtime < before:
            path.unlink(missing_ok=True)
