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

from groundwire.errors import Refused
from groundwire.jobs.housekeeping import forget
from groundwire.ports import Tell
from groundwire.publication.article_meta import article_path
from groundwire.publication.changes import Change
from groundwire.publication.content import Article, load_articles
from groundwire.publication.editing import edited
from groundwire.publication.frontmatter import ArticleMeta, Entities, Generated, SourceMeta, body_hash, compose
from groundwire.publication.identity import story_id, url_key
from groundwire.publication.manual_edits import separation
from groundwire.publication.publication import Publication
from groundwire.publication.reanalysis import edited_by_people, protected
from groundwire.publication.story_log import STREAM
from groundwire.steps.keeping import analyse_again
from groundwire.steps.leave import leave_issues
from groundwire.text.addresses import canonical
from groundwire.text.escape import link
from groundwire.text.plain import clean
from groundwire.wiring import Places, open_publication

_EXAMPLE = "s-8f3a1c2b9d or content/articles/2026/02/a-story.md"


def held(root: Path) -> str:
    """Return the files of the pages that the machine holds for review, a line each."""
    return "\n".join(f"content/{page.path}" for page in load_articles(Places(root).content).pages if page.meta.held)


def release(root: Path, name: str, *, by: str, now: datetime, tell: Tell) -> str:
    """Publish a held page. Raises Refused where it is none."""
    with open_publication(root, command="story release", tell=tell, now=now, analyses=False) as workspace:
        page = _find(workspace.publication, name)
        if why := _not_held(page):
            raise Refused(f"content/{page.path} {why}")
        reviewed = {"by": by, "on": now.astimezone(workspace.publication.settings.zone).date()}
        # What changed while it was held, no reader has seen: it is not updated since it was published.
        text = edited(page, put={"reviewed": reviewed, "published": _second(now)}, drop=("status", "in_review", "updated"))
        workspace.apply([_edit(page, text, f"released, reviewed by {by}")], now=now)
        return f"released content/{page.path}, reviewed by {by}"


def withdraw(root: Path, name: str, *, reason: str, now: datetime, tell: Tell) -> str:
    """Leave a tombstone at the page's address. Raises Refused where it is withdrawn already."""
    with open_publication(root, command="story withdraw", tell=tell, now=now, analyses=False) as workspace:
        publication = workspace.publication
        page = _find(publication, name)
        if page.meta.withdrawn:
            raise Refused(f"content/{page.path} is withdrawn already, since {page.meta.withdrawn.date:%Y-%m-%d}")
        text = edited(page, put={"withdrawn": {"date": _second(now), "reason": reason}}, now=now)
        change = _edit(page, text, f"withdrawn: {reason}")
        workspace.apply([change], now=now)
        outlets = {source.feed for source in page.meta.sources}
        forget(workspace.places, page, feeds=[feed for feed in publication.settings.feeds if feed.title in outlets])
        issues = list(leave_issues(publication.after(change, at=now)))
        workspace.apply(issues, now=now)
        told = f"withdrew content/{page.path}; its address says why, and later coverage of it is shown nowhere"
        return "\n".join([told, *(f"took withdrawn stories out of content/{issue.path}" for issue in issues)])


def join(root: Path, name: str, into: str, *, now: datetime, tell: Tell) -> str:
    """Give a page's sources to another page, and its address too. Raises Refused where the two are one."""
    with open_publication(root, command="story join", tell=tell, now=now, analyses=False) as workspace:
        page, target = _find(workspace.publication, name), _find(workspace.publication, into)
        if page.meta.id == target.meta.id:
            raise Refused("a story cannot join itself; name two")
        have = {canonical(source.url) for source in target.meta.sources}
        new = [_row(source, now) for source in page.meta.sources if canonical(source.url) not in have]
        aliases = list(dict.fromkeys([*target.meta.aliases, page.url, *page.meta.aliases]))
        text = edited(target, put={"aliases": aliases}, add={"sources": new} if new else {}, now=now)
        row = {"event": "merged", "story": page.meta.id, "into": target.meta.id}
        merged = Change("edit", target.path, files={target.path: text}, rows=((STREAM, row),), note=f"joined by {page.path}")
        gone = Change("edit", page.path, files={page.path: None}, note=f"joined {target.path}")
        workspace.apply([merged, gone], now=now)
        return f"content/{page.path} joined content/{target.path}; its address leads there"


def split(root: Path, name: str, urls: Sequence[str], *, now: datetime, tell: Tell) -> str:
    """Take sources out of a page into a page of their own. Raises Refused where they are not on it, or where none would be left."""
    with open_publication(root, command="story split", tell=tell, now=now, analyses=False) as workspace:
        publication = workspace.publication
        page = _find(publication, name)
        wanted = {canonical(url) for url in urls}
        going = [source for source in page.meta.sources if canonical(source.url) in wanted]
        staying = [source for source in page.meta.sources if canonical(source.url) not in wanted]
        if len(going) < len(wanted) or not staying:
            listed = "\n".join(f"  {source.url}" for source in page.meta.sources)
            raise Refused(f"name some, not all, of the sources of content/{page.path}:\n{listed}")
        meta, text = _own_page(page, going, now=now)
        path = article_path(meta, taken=publication.has_file)
        rest = edited(page, put={"sources": [_plain(source) for source in staying]}, now=now)
        sources = _feeds_of(publication, page, going)
        parted = separation(publication.log.stories, page.meta.id, sources)
        own = {**parted, "event": "joined", "story": meta.id, "listed": sources, "path": path}
        files = {path: text, page.path: rest}
        rows = ((STREAM, parted), (STREAM, own))
        workspace.apply([Change("edit", path, files=files, rows=rows, note=f"split off {page.path}")], now=now)
        return f"content/{path} has {len(going)} of the sources of content/{page.path}; they never rejoin it"


def analyse(root: Path, name: str, *, anew: bool, now: datetime, tell: Tell) -> str:
    """Make a page's analysis again. `anew`: a model is asked even what it answered before, and a text that people edited is written over.

    Raises Refused where people's words are in the way.
    """
    with open_publication(root, command="analyse", tell=tell, now=now, force=True, anew=anew) as workspace:
        publication, parts = workspace.publication, workspace.parts
        page = _find(publication, name)
        if (why := protected(page)) and not (anew and edited_by_people(page)):
            hint = "; --force writes over it all the same (Git keeps what stood there)" if edited_by_people(page) else ""
            raise Refused(f"content/{page.path} is not analysed again: {why}{hint}")
        outlets = {source.feed for source in page.meta.sources}
        feeds = [feed for feed in publication.settings.feeds if feed.title in outlets]
        results = list(parts.reader.read(feeds, now=now))
        changes = list(analyse_again(publication, parts, results, now=now, named=page.meta.id))
        workspace.apply(changes, now=now)
        if not changes:
            raise Refused(f"the sources of content/{page.path} cannot be read any more; nothing was changed")
        cost = f"; {spent}" if (spent := parts.analyst.account()) else ""
        return f"analysed content/{page.path} again{cost}"


def _edit(page: Article, text: str, note: str) -> Change:
    return Change("edit", page.path, files={page.path: text}, note=note)


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


def _own_page(page: Article, going: Sequence[SourceMeta], *, now: datetime) -> tuple[ArticleMeta, str]:
    """The front matter and text of a short page from what the record knows of the sources: their headlines and links. People may write more."""
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
    return meta, compose(meta, body)


def _first(page: Article, going: Sequence[SourceMeta]) -> SourceMeta:
    return min(going, key=lambda source: source.published or page.meta.date)


def links(sources: Sequence[SourceMeta]) -> str:
    """The sources' headlines as links."""
    return "\n".join(f"- {link(f'{source.feed}: {source.title}', source.url)}" for source in sources)


def _feeds_of(publication: Publication, page: Article, going: Sequence[SourceMeta]) -> dict[str, str]:
    """The sources' marks, each with its feed's address: the ledger's word, else by the outlet's name; '' where neither knows it."""
    names = {feed.title: feed.url for feed in publication.settings.feeds}
    listed = publication.log.stories.sources_of(page.meta.id)
    keys = {key: names.get(source.feed, "") for source in going if (key := url_key(source.url))}
    return {key: listed.get(key) or feed for key, feed in sorted(keys.items())}


def _find(publication: Publication, name: str) -> Article:
    """The article of an id, a path below the publication, or an address. Raises Refused."""
    wanted = name.removeprefix(publication.settings.url).removeprefix("content/").rstrip("/")
    for page in publication.articles:
        if wanted in (page.meta.id, page.path, page.path.removesuffix(".md")):
            return page
    raise Refused(f"no article {name}; give its id, its file or its address, for example {_EXAMPLE}")


def _row(source: SourceMeta, now: datetime) -> dict[str, Any]:
    return {**_plain(source), "added": _second(now)}


def _plain(source: SourceMeta) -> dict[str, Any]:
    return source.model_dump(exclude_defaults=True)


def _second(moment: datetime) -> datetime:
    return moment.replace(microsecond=0)
