"""`groundwire story`: mending by people of what the machine grouped, held or should not have published.

Pages first, the ledger last; all of it is remembered.

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

import click

from groundwire.cli.common import by_clock, in_folder, in_folder_of_group, progress, say
from groundwire.cli.housekeeping import forget
from groundwire.errors import Refused
from groundwire.ports import Tell
from groundwire.publication.article_meta import article_path
from groundwire.publication.changes import Change
from groundwire.publication.content import Article, load_articles
from groundwire.publication.editing import edited
from groundwire.publication.frontmatter import ArticleMeta, Entities, Generated, SourceMeta, body_hash, compose
from groundwire.publication.identity import story_id, url_key
from groundwire.publication.manual_edits import separation
from groundwire.publication.publication import Publication
from groundwire.publication.story_log import STREAM
from groundwire.steps.leave import leave_issues
from groundwire.text.addresses import canonical
from groundwire.text.escape import link
from groundwire.text.plain import clean
from groundwire.wiring import Places, open_publication

_EXAMPLE = "s-8f3a1c2b9d or content/articles/2026/02/a-story.md"


@click.group()
@in_folder_of_group
def story() -> None:
    """Split, join, release or withdraw a story; PAGE is its id, its file or its address.

    What people decide is remembered: separated coverage never rejoins, a withdrawn story does not come back.
    """


@story.command()
@in_folder
@by_clock
@click.argument("page")
@click.argument("urls", nargs=-1, required=True, metavar="SOURCE_URL…")
def split_command(root: Path, now: datetime, page: str, urls: tuple[str, ...]) -> None:
    """Take sources out of PAGE into a page of their own."""
    say(split(root, page, urls, now=now, tell=progress))


@story.command()
@in_folder
@by_clock
@click.argument("page")
@click.argument("into")
def join_command(root: Path, now: datetime, page: str, into: str) -> None:
    """Give PAGE's sources and address to the page INTO."""
    say(join(root, page, into, now=now, tell=progress))


@story.command()
@in_folder
def held_command(root: Path) -> None:
    """List the pages that wait for review, a file a line."""
    listed = held(root)
    click.echo(listed or "no page is held", err=not listed)


@story.command()
@in_folder
@by_clock
@click.argument("page")
@click.option("--by", required=True, help="Who read it against its sources; shown on the page.")
def release_command(root: Path, now: datetime, page: str, by: str) -> None:
    """Publish PAGE, which the machine held for review."""
    say(release(root, page, by=by, now=now, tell=progress))


@story.command()
@in_folder
@by_clock
@click.argument("page")
@click.option("--reason", required=True, help="Shown at the page's address.")
def withdraw_command(root: Path, now: datetime, page: str, reason: str) -> None:
    """Withdraw PAGE: its address says why, everything else forgets it."""
    say(withdraw(root, page, reason=reason, now=now, tell=progress))


def held(root: Path) -> str:
    """Return the files of the pages that the machine holds for review, a line each."""
    return "\n".join(f"content/{page.path}" for page in load_articles(Places(root).content).pages if page.meta.held)


def release(root: Path, name: str, *, by: str, now: datetime, tell: Tell) -> str:
    """Publish a held page. Raises Refused where it is none."""
    with open_publication(root, command="story release", tell=tell, now=now, analyses=False) as workspace:
        page = find(workspace.publication, name)
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
        page = find(publication, name)
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
        page, target = find(workspace.publication, name), find(workspace.publication, into)
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
        page = find(publication, name)
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


def _edit(page: Article, text: str, note: str) -> Change:
    return Change("edit", page.path, files={page.path: text}, note=note)


def _not_held(page: Article) -> str:
    """Say why there is nothing to release, '' where there is: only what the machine wrote can be held."""
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
    """Make the front matter and text of a short page from what the record knows of the sources: their headlines and links. People may write more."""
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
    """Write the sources' headlines as links."""
    return "\n".join(f"- {link(f'{source.feed}: {source.title}', source.url)}" for source in sources)


def _feeds_of(publication: Publication, page: Article, going: Sequence[SourceMeta]) -> dict[str, str]:
    """Return the sources' marks, each with its feed's address: the ledger's word, else by the outlet's name; '' where neither knows it."""
    names = {feed.title: feed.url for feed in publication.settings.feeds}
    listed = publication.log.stories.sources_of(page.meta.id)
    keys = {key: names.get(source.feed, "") for source in going if (key := url_key(source.url))}
    return {key: listed.get(key) or feed for key, feed in sorted(keys.items())}


def find(publication: Publication, name: str) -> Article:
    """Return the article of an id, a path below the publication, or an address. Raises Refused."""
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
