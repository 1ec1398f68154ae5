"""What a run puts away when it is done, so that no part of a publication's state grows for ever."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path

from groundwire.feeds.fulltext import text_file
from groundwire.feeds.memory import Memories
from groundwire.files.atomic import write_atomic
from groundwire.llm.kept_answers import FolderMemory
from groundwire.publication.content import Article
from groundwire.settings import Feed
from groundwire.text.plain import digest
from groundwire.wiring import Places

# Folders of .groundwire/ in which a file is of use for so long after it was written; what is lost is fetched or asked again.
KEPT: Mapping[str, timedelta] = {
    "fulltext": timedelta(days=30),  # an article's text: asked for when its page is made, and once more within days
    "robots": timedelta(days=30),
    "claude": timedelta(days=400),  # what `analyse --explain` shows
    "feeds": timedelta(days=400),  # also those of feeds that the settings no longer name
}


def tidy(places: Places, *, now: datetime, withdrawn: Iterable[Article] = ()) -> None:
    """Remove private files that are past use."""
    _forget_all(places, list(withdrawn))
    for folder, age in KEPT.items():
        _remove_old(places.private / folder, before=(now - age).timestamp())


def _forget_all(places: Places, withdrawn: Sequence[Article]) -> None:
    """Forget what is kept of withdrawn stories (by hand perhaps, in an editor), where other pages are withdrawn than the last time."""
    note, mark = places.private / "forgotten", digest(*(f"{page.path} {page.content_hash}" for page in withdrawn)).encode()
    if not withdrawn or (note.is_file() and note.read_bytes() == mark):
        return
    for page in withdrawn:
        forget(places, page)
    write_atomic(note, mark)


def forget(places: Places, page: Article, *, feeds: Iterable[Feed] = ()) -> None:
    """Remove what is kept of a withdrawn story's sources: their texts, what a model answered about them, and what `feeds` brought.

    Nothing of it is needed again; a feed is asked once without conditions.
    """
    for source in page.meta.sources:
        text_file(places.private / "fulltext", source.url).unlink(missing_ok=True)
    FolderMemory(places.private / "claude").forget(page.meta.id)
    memories = Memories(places.private / "feeds")
    for feed in feeds:
        memories.forget(feed.url)


def _remove_old(folder: Path, *, before: float) -> None:
    for path in folder.rglob("*"):
        if path.is_file() and path.stat().st_mtime < before:
            path.unlink(missing_ok=True)
