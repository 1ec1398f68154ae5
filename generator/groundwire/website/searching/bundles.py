"""Which page is searched in which of Pagefind's bundles, and which bundles a build makes anew. Pure.

Pagefind keeps no index that could be added to: a bundle is made whole, at about 4 ms and 0.4 MB of memory a page. So the newest
pages are in a small bundle, `current`, made whenever one of them changes; the older ones are in archives, made at most once a
week. An archived page that changes moves to `current`; what is left of it in its archive, and of a page that is gone, is hidden
(by Pagefind's id of it) until the week is over.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Sizes:
    """How many pages make a bundle."""

    recent: int = 50  # stay in `current` when the others move to the archive: 0.2 s a build
    small: int = 200  # as many do without an archive: 0.7 s
    large: int = 4_000  # as many fill an archive: 14 s, 1.7 GB


SIZES = Sizes()


@dataclass(frozen=True, slots=True)
class Bundle:
    """The pages of one bundle by their address, with each one's id in it. `folder` is '' for the current one.

    An id is Pagefind's own, made from the page's text. Where an archive's pages are numbered, `texts` has Pagefind's.
    """

    folder: str
    members: Mapping[str, str]
    texts: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Shelf:
    """All bundles of a site, archives with the oldest first. `week` is that of the last move to the archive."""

    current: Bundle
    archives: tuple[Bundle, ...] = ()
    week: str = ""

    @property
    def archived(self) -> dict[str, str]:
        """The id of every page in an archive, by address."""
        return {url: identity for archive in self.archives for url, identity in archive.members.items()}

    @property
    def texts(self) -> dict[str, str]:
        """Pagefind's id, made from its text, of every page in an archive, by address."""
        return {url: archive.texts.get(url, identity) for archive in self.archives for url, identity in archive.members.items()}

    def live(self, urls: Collection[str]) -> dict[str, str]:
        """Return each page's id where it is to be found: in `current`, else in its archive."""
        known = {**self.archived, **self.current.members}
        return {url: known[url] for url in urls if url in known}

    def hidden(self, urls: Collection[str]) -> set[str]:
        """Return the ids that archives still hold of pages that have changed since or are gone."""
        wanted = set(urls) - self.current.members.keys()
        return {identity for url, identity in self.archived.items() if url not in wanted}


@dataclass(frozen=True, slots=True)
class Plan:
    """What a build makes: `current` anew (None: as it is), the archives that stay, and those to make, oldest first."""

    current: tuple[str, ...] | None
    archives: tuple[Bundle | tuple[str, ...], ...] = ()
    week: str = ""


def week_of(now: datetime | None) -> str:
    """Return the ISO week, as 2026-W09; '' before anything is published."""
    return f"{now.isocalendar().year}-W{now.isocalendar().week:02}" if now else ""


def plan_afresh(urls: Sequence[str], *, week: str, sizes: Sizes = SIZES) -> Plan:
    """Plan every bundle anew. `urls` are all pages, oldest first."""
    if len(urls) <= sizes.small:
        return Plan(tuple(urls), (), week)
    return Plan(tuple(urls[-sizes.recent :]), _cut(urls[: -sizes.recent], sizes), week)


def plan(shelf: Shelf, urls: Sequence[str], *, changed: Collection[str], week: str, sizes: Sizes = SIZES) -> Plan:
    """Plan what to make when `changed` are the pages written since `shelf` was made. `urls`: all pages, oldest first."""
    archived, changed, there = shelf.archived, set(changed), set(urls)
    current = tuple(url for url in urls if url in shelf.current.members or url not in archived or url in changed)
    if not current and urls:
        return plan_afresh(urls, week=week, sizes=sizes)
    hidden = any(url in changed or url in shelf.current.members or url not in there for url in archived)
    if week > shelf.week and (hidden or len(current) > sizes.small):
        return Plan(*_moved(shelf, urls, current, sizes=sizes), week)
    same = current == tuple(shelf.current.members) and changed.isdisjoint(current)
    return Plan(None if same else current, shelf.archives, shelf.week)


def _moved(
    shelf: Shelf, urls: Sequence[str], current: Sequence[str], *, sizes: Sizes
) -> tuple[tuple[str, ...], tuple[Bundle | tuple[str, ...], ...]]:
    """Move all but the newest pages to the archives; those that hold something hidden, and the last one, are made anew."""
    moving = set(current)
    stay = tuple(url for url in urls[-sizes.recent :] if url in moving) or tuple(current[-1:])
    moving.difference_update(stay)
    old = set(urls) - set(stay)
    holds = [[url for url in archive.members if url in old] for archive in shelf.archives]
    new = [url for url in urls if url in moving and url not in shelf.archived]
    if holds:
        space = max(0, sizes.large - len(holds[-1]))
        holds[-1] += new[:space]
        new = new[space:]
    kept = [
        archive if [*archive.members] == members and moving.isdisjoint(members) else tuple(members)
        for archive, members in zip(shelf.archives, holds, strict=True)
    ]
    return stay, (*(one for one in kept if one), *_cut(new, sizes))


def _cut(urls: Sequence[str], sizes: Sizes) -> tuple[tuple[str, ...], ...]:
    return tuple(tuple(urls[at : at + sizes.large]) for at in range(0, len(urls), sizes.large))
