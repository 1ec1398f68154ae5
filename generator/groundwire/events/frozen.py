"""Published events as clusters that never change: what later coverage is compared with, from the pages alone.

A page keeps of each source its headline, outlet and time; what its first source says stands in the page's description. That is enough to
know the event again on a fresh machine, and nothing beside content/ need be remembered.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from groundwire.events.similar import WINDOW
from groundwire.events.terms import Text, text_of
from groundwire.publication.content import Article
from groundwire.publication.identity import title_key
from groundwire.publication.publication import DeletedArticle


@dataclass(frozen=True)
class Frozen:
    """A story that has, or had, a page. `closed`: withdrawn or deleted; coverage of it is taken in and shown nowhere."""

    story: str
    texts: tuple[Text, ...]
    titles: frozenset[str]  # marks of its headlines
    closed: bool = False

    def near(self, first: datetime, last: datetime) -> bool:
        """Say whether any of its coverage lies within the window of a time between the two."""
        moments = [text.published for text in self.texts if text.published]
        return not moments or any(first - WINDOW <= moment <= last + WINDOW for moment in moments)


def frozen_clusters(
    pages: Iterable[Article], gone: Iterable[DeletedArticle] = (), *, since: datetime | None = None
) -> tuple[Frozen, ...]:
    """Return the published stories by id, to compare later coverage with.

    With `since` only those that have coverage from then on, less the window: no others can grow.
    """
    pages = list(pages)
    there = {page.id for page in pages}
    alive = [_frozen(page) for page in pages if since is None or page.summary.covered >= since - WINDOW]
    lost = [_lost(one) for one in gone if one.story not in there and (since is None or one.published >= since - WINDOW)]
    return tuple(sorted([*alive, *lost], key=lambda f: f.story))


def _frozen(page: Article) -> Frozen:
    meta = page.meta
    flaws = " ".join(meta.entities.cves)
    texts = [
        text_of(source.title, "", outlet=source.feed, published=source.published or source.added or meta.date)
        for source in meta.sources
    ]
    own = text_of(
        meta.title, f"{meta.description} {flaws}", outlet=meta.sources[0].feed if meta.sources else "", published=meta.date
    )
    # The first source's headline and its words, as the page's description has them, are one printing.
    printed = (own, *texts[1:])
    titles = frozenset(mark for title in (meta.title, *(s.title for s in meta.sources)) if (mark := title_key(title)))
    return Frozen(meta.id, printed, titles, closed=meta.withdrawn is not None)


def _lost(one: DeletedArticle) -> Frozen:
    mark = title_key(one.title)
    text = text_of(one.title, "", outlet="", published=one.published)
    return Frozen(one.story, (text,), frozenset([mark] if mark else []), closed=True)
