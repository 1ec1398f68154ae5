"""The feeds: all stories in three formats, each category, the issues, the corrections."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from groundwire.publication.authorship import author_line
from groundwire.publication.content import Issue
from groundwire.publication.wording import Words
from groundwire.settings import Settings
from groundwire.website import syndication, trust, views
from groundwire.website.index import Index
from groundwire.website.syndication import Channel, Item, story_item

_FORMATS = {"feed.xml": syndication.rss, "atom.xml": syndication.atom, "feed.json": syndication.json_feed}


def feed_files(index: Index, settings: Settings, words: Words) -> Iterator[tuple[str, str]]:
    """Yield every feed, as (address below the site's, text)."""
    url, most = settings.url, syndication.ITEMS

    def channel(path: str, home: str, name: str = "", updated: datetime | None = None) -> Channel:
        title = f"{settings.title}: {name}" if name else settings.title
        return Channel(title, settings.description, url, path, home, settings.language, updated or index.now)

    items = [story_item(row, site_url=url, words=words) for row in index.rows[:most]]
    for path, write in _FORMATS.items():
        yield path, write(channel(path, ""), items)
    for listing in index.listed("category"):
        path, rows = f"{listing.url}feed.xml", listing.rows[:most]
        head = channel(path, listing.url, listing.name, max((row.touched for row in rows), default=None))
        yield path, syndication.rss(head, [story_item(row, site_url=url, words=words) for row in rows])
    head = channel("issues/feed.xml", "issues/", words("issues"))
    yield head.path, syndication.rss(head, [_issue(issue, settings) for issue in index.issues[:most]])
    head = channel("corrections/feed.xml", "corrections/", words("corrections"))
    yield head.path, syndication.rss(head, [_mended(one, settings, words) for one in trust.mended(index)[:most]])


def _issue(issue: Issue, settings: Settings) -> Item:
    return Item(
        id=syndication.urn(f"issue-{issue.meta.id}"),
        url=settings.url + issue.url,
        title=views.issue_title(issue),
        summary=issue.meta.preheader or issue.meta.subject,
        author=settings.title,
        published=issue.meta.date,
        updated=issue.meta.date,
    )


def _mended(one: trust.Mended, settings: Settings, words: Words) -> Item:
    return Item(
        id=syndication.urn(one.id),
        url=settings.url + (one.row.url if one.row else "corrections/"),
        title=one.row.title if one.row else words("withdrawn_title"),
        summary=one.note,
        author=author_line(one.row.author, words) if one.row else settings.title,
        published=one.moment,
        updated=one.moment,
    )
