"""What `groundwire story` does: mending by people of what the machine grouped. Pages first, the ledger last; all of it is remembered.

split     sources leave a page and become a page of their own; they never rejoin
join      one page's sources go to another; its address redirects there
held      which pages wait for review
release   a held page is published, with the name of who read it
withdraw  a page leaves everything but its address, where the reason stands
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from generator.errors import Refused
from generator.jobs.housekeeping import forget
from generator.ports import Tell
from generator.record.afresh import edited_by_people, protected
from generator.record.editing import edited
from generator.record.escape import link
from generator.record.frontmatter import Entities, Generated, SourceMeta, body_hash
from generator.record.identity import story_id, url_mark
from generator.record.mending import parting
from generator.record.page import article_path
from generator.record.registry import STREAM, Registry
from generator.record.store import Article, Store
from generator.record.text import clean
from generator.record.urls import canonical
from generator.steps.keeping import analyse_again
from generator.steps.leave import leave_issues
from generator.steps.parts import Parts
from generator.wiring import Places, open_publication

_EXAMPLE = "s-8f3a1c2b9d or content/articles/2026/02/a-story.md"


def held(root: Path) -> str:
    """Return the files of the pages that the machine holds for review, a line each."""
    pages = Store(Places(root).content).articles().pages
    return "\n".join(f"content/{page.path}" for page in pages if page.meta.held)


def release(root: Path, name: str, *, by: str, now: datetime, tell: Tell) -> str:
    """Publish a held page. Raises Refused where it is none."""
    with open_publication(root, command="story release", tell=tell, now=now, analyses=False) as parts:
        page = _find(parts, name)
        if why := _not_held(page):
            raise Refused(f"content/{page.path} {why}")
        reviewed = {"by": by, "on": now.astimezone(parts.settings.zone).date()}
        put = {"reviewed": reviewed, "published": _second(now)}
        # What changed while it was held, no reader has seen: it is not updated since it was published.
        parts.store.replace_text(page, edited(page, put=put, drop=("status", "in_review", "updated")))
        return f"released content/{page.path}, reviewed by {by}"


def withdraw(root: Path, name: str, *, reason: str, now: datetime, tell: Tell) -> str:
    """Leave a tombstone at the page's address. Raises Refused where it is withdrawn already."""
    with open_publication(root, command="story withdraw", tell=tell, now=now, analyses=False) as parts:
        page = _find(parts, name)
        if page.meta.withdrawn:
            raise Refused(f"content/{page.path} is withdrawn already, since {page.meta.withdrawn.date:%Y-%m-%d}")
        text = edited(page, put={"withdrawn": {"date": _second(now), "reason": reason}}, now=now)
        parts.store.replace_text(page, text)
        outlets = {source.feed for source in page.meta.sources}
        forget(Places(root), page, feeds=[feed for feed in parts.settings.feeds if feed.title in outlets])
        told = f"withdrew content/{page.path}; its address says why, and later coverage of it is shown nowhere"
        return "\n".join([told, *leave_issues(parts, parts.store.shelf(), parts.store.issues().pages)])


def join(root: Path, name: str, into: str, *, now: datetime, tell: Tell) -> str:
    """Give a page's sources to another page, and its address too. Raises Refused where the two are one."""
    with open_publication(root, command="story join", tell=tell, now=now, analyses=False) as parts:
        page, target = _find(parts, name), _find(parts, into)
        if page.meta.id == target.meta.id:
            raise Refused("a story cannot join itself; name two")
        have = {canonical(source.url) for source in target.meta.sources}
        new = [_row(source, now) for source in page.meta.sources if canonical(source.url) not in have]
        aliases = list(dict.fromkeys([*target.meta.aliases, page.url, *page.meta.aliases]))
        text = edited(target, put={"aliases": aliases}, add={"sources": new} if new else {}, now=now)
        parts.store.replace_text(target, text)
        parts.ledger.append(STREAM, {"event": "merged", "story": page.meta.id, "into": target.meta.id}, now=now)
        parts.store.remove(page)
        return f"content/{page.path} joined content/{target.path}; its address leads there"


def split(root: Path, name: str, urls: Sequence[str], *, now: datetime, tell: Tell) -> str:
    """Take sources out of a page into a page of their own. Raises Refused where they are not on it, or where none would be left."""
    with open_publication(root, command="story split", tell=tell, now=now, analyses=False) as parts:
        page = _find(parts, name)
        wanted = {canonical(url) for url in urls}
        going = [source for source in page.meta.sources if canonical(source.url) in wanted]
        staying = [source for source in page.meta.sources if canonical(source.url) not in wanted]
        if len(going) < len(wanted) or not staying:
            listed = "\n".join(f"  {source.url}" for source in page.meta.sources)
            raise Refused(f"name some, not all, of the sources of content/{page.path}:\n{listed}")
        text = edited(page, put={"sources": [_plain(source) for source in staying]}, now=now)
        path = _own_page(parts, page, going, now=now)
        parts.store.replace_text(page, text)
        registry = Registry(parts.ledger, [page])
        sources = _feeds_of(parts, registry, page, going)
        parted = parting(registry, page.meta.id, sources)
        own = {"event": "joined", "story": story_id(page.meta.id, _first(page, going).url), "listed": sources, "path": path}
        registry.mended([parted, {**parted, **own}], now=now)
        return f"content/{path} has {len(going)} of the sources of content/{page.path}; they never rejoin it"


def analyse(root: Path, name: str, *, anew: bool, now: datetime, tell: Tell) -> str:
    """Make a page's analysis again. `anew`: a model is asked even what it answered before, and a text that people edited is written over.

    Raises Refused where people's words are in the way.
    """
    with open_publication(root, command="analyse", tell=tell, now=now, force=True, anew=anew) as parts:
        page = _find(parts, name)
        if (why := protected(page)) and not (anew and edited_by_people(page)):
            hint = "; --force writes over it all the same (Git keeps what stood there)" if edited_by_people(page) else ""
            raise Refused(f"content/{page.path} is not analysed again: {why}{hint}")
        outlets = {source.feed for source in page.meta.sources}
        feeds = [feed for feed in parts.settings.feeds if feed.title in outlets]
        results = list(parts.reader.read(feeds, now=now))
        registry = Registry(parts.ledger, parts.store.shelf())
        if not analyse_again(parts, registry, results, now=now, named=page.meta.id):
            raise Refused(f"the sources of content/{page.path} cannot be read any more; nothing was changed")
        cost = f"; {spent}" if (spent := parts.analyst.account()) else ""
        return f"analysed content/{page.path} again{cost}"


def _not_held(page: Article) -> str:
    """Why there is nothing to release, '' where there is: only what the machine wrote can be held."""
    if page.meta.status != "draft":
        return "is no draft; nothing to release"
    if page.meta.withdrawn:
        return "is withdrawn; nothing to release"
    if page.meta.generated is None:
        return (
            "was begun by a person, so nobody holds it; when it is ready, take this line out of its front matter:\nstatus: draft"
        )
    return ""


def _own_page(parts: Parts, page: Article, going: Sequence[SourceMeta], *, now: datetime) -> str:
    """A short page from what the record knows of the sources: their headlines and links. People may write more."""
    first = _first(page, going)
    meta = page.meta.model_copy(
        update={
            "id": story_id(page.meta.id, first.url),
            "title": clean(first.title)[:300] or page.meta.title,
            "description": clean(first.title)[:600] or page.meta.description,
            "date": first.published or page.meta.date,
            "published": _second(now),
            "updated": None,
            "sources": tuple(going),
            "entities": Entities(),
            "tags": (),
            "watch": (),
            "corrections": (),
            "aliases": (),
            "reviewed": None,
        }
    )
    body = "## Full report\n\n" + links(going) + "\n"
    meta = meta.model_copy(update={"generated": Generated(hash=body_hash(body))})
    path = article_path(meta, taken=parts.store.exists)
    parts.store.create(path, meta, body)
    return path


def _first(page: Article, going: Sequence[SourceMeta]) -> SourceMeta:
    return min(going, key=lambda source: source.published or page.meta.date)


def links(sources: Sequence[SourceMeta]) -> str:
    """The sources' headlines as links."""
    return "\n".join(f"- {link(f'{source.feed}: {source.title}', source.url)}" for source in sources)


def _feeds_of(parts: Parts, registry: Registry, page: Article, going: Sequence[SourceMeta]) -> dict[str, str]:
    """The sources' marks, each with its feed's address: the ledger's word, else by the outlet's name; '' where neither knows it."""
    names = {feed.title: feed.url for feed in parts.settings.feeds}
    listed = registry.listed(page.meta.id)
    marks = {mark: names.get(source.feed, "") for source in going if (mark := url_mark(source.url))}
    return {mark: listed.get(mark) or feed for mark, feed in sorted(marks.items())}


def _find(parts: Parts, name: str) -> Article:
    """The article of an id, a path below the publication, or an address. Raises Refused."""
    wanted = name.removeprefix(parts.settings.url).removeprefix("content/").rstrip("/")
    for page in parts.store.articles().pages:
        if wanted in (page.meta.id, page.path, page.path.removesuffix(".md")):
            return page
    raise Refused(f"no article {name}; give its id, its file or its address, for example {_EXAMPLE}")


def _row(source: SourceMeta, now: datetime) -> dict[str, Any]:
    return {**_plain(source), "added": _second(now)}


def _plain(source: SourceMeta) -> dict[str, Any]:
    return source.model_dump(exclude_defaults=True)


def _second(moment: datetime) -> datetime:
    return moment.replace(microsecond=0)
