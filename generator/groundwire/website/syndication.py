"""RSS 2.0, Atom (RFC 4287), JSON Feed 1.1, sitemap and robots.txt: pure functions from rows to text.

Ids are UUID URNs made from the story's id, so that they survive a move of the site and a rename of the page.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime
from xml.sax.saxutils import escape, quoteattr

from groundwire.publication.authorship import author_line
from groundwire.publication.wording import Words
from groundwire.text.plain import clean
from groundwire.website.index import Row

ITEMS = 50
_NAMESPACE = uuid.UUID("5f0b9f0e-2d5a-5c9e-9d3b-6a1c7e4f8a20")


@dataclass(frozen=True, slots=True)
class Channel:
    """What a feed says of itself. `path` is the feed's own address below the site's, `home` its page's."""

    title: str
    description: str
    site_url: str
    path: str
    home: str
    language: str
    updated: datetime | None


@dataclass(frozen=True, slots=True)
class Item:
    """One entry of a feed."""

    id: str
    url: str
    title: str
    summary: str
    author: str
    published: datetime
    updated: datetime
    terms: tuple[str, ...] = ()


def story_item(row: Row, *, site_url: str, words: Words) -> Item:
    """Make a feed entry of a story; its author line says who wrote it and who reviewed it."""
    terms = tuple(name for kind, _, name in row.facets if kind in ("category", "tag"))
    return Item(
        id=urn(row.id),
        url=site_url + row.url,
        title=row.title,
        summary=row.description,
        author=author_line(row.author, words),
        published=row.moment,
        updated=row.touched,
        terms=terms,
    )


def urn(identity: str) -> str:
    """Return the permanent id of a story or an issue."""
    return uuid.uuid5(_NAMESPACE, identity).urn


def rss(channel: Channel, items: Sequence[Item]) -> str:
    """Write an RSS 2.0 feed, with atom:link, atom:updated and dc:creator."""
    own = channel.site_url + channel.path
    lines = [
        '<?xml version="1.0" encoding="utf-8"?>',
        '<rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom" xmlns:dc="http://purl.org/dc/elements/1.1/">',
        "<channel>",
        f"<title>{_text(channel.title)}</title>",
        f"<link>{_text(channel.site_url + channel.home)}</link>",
        f"<description>{_text(channel.description or channel.title)}</description>",
        f"<language>{_text(channel.language)}</language>",
        f'<atom:link href={_attribute(own)} rel="self" type="application/rss+xml"/>',
    ]
    if channel.updated:
        lines.append(f"<lastBuildDate>{_rfc822(channel.updated)}</lastBuildDate>")
    for item in items:
        lines += [
            "<item>",
            f"<title>{_text(item.title)}</title>",
            f"<link>{_text(item.url)}</link>",
            f'<guid isPermaLink="false">{item.id}</guid>',
            f"<pubDate>{_rfc822(item.published)}</pubDate>",
            f"<dc:creator>{_text(item.author)}</dc:creator>",
            *(f"<category>{_text(term)}</category>" for term in item.terms),
            # RSS descriptions are HTML: escaped once as text of HTML, once more as text of XML.
            f"<description>{_text(escape(clean(item.summary)))}</description>",
            f"<atom:updated>{_rfc3339(item.updated)}</atom:updated>",
            "</item>",
        ]
    return "\n".join([*lines, "</channel>", "</rss>", ""])


def atom(channel: Channel, items: Sequence[Item]) -> str:
    """Write an Atom feed (RFC 4287)."""
    own = channel.site_url + channel.path
    updated = channel.updated or datetime(2000, 1, 1, tzinfo=UTC)
    lines = [
        '<?xml version="1.0" encoding="utf-8"?>',
        f'<feed xmlns="http://www.w3.org/2005/Atom" xml:lang={_attribute(channel.language)}>',
        f"<id>{_text(own)}</id>",
        f"<title>{_text(channel.title)}</title>",
        f"<subtitle>{_text(channel.description)}</subtitle>",
        f"<updated>{_rfc3339(updated)}</updated>",
        f'<link rel="self" type="application/atom+xml" href={_attribute(own)}/>',
        f'<link rel="alternate" type="text/html" href={_attribute(channel.site_url + channel.home)}/>',
        f"<author><name>{_text(channel.title)}</name></author>",
    ]
    for item in items:
        lines += [
            "<entry>",
            f"<id>{item.id}</id>",
            f"<title>{_text(item.title)}</title>",
            f'<link rel="alternate" type="text/html" href={_attribute(item.url)}/>',
            f"<published>{_rfc3339(item.published)}</published>",
            f"<updated>{_rfc3339(item.updated)}</updated>",
            f"<author><name>{_text(item.author)}</name></author>",
            *(f"<category term={_attribute(term)}/>" for term in item.terms),
            f"<summary>{_text(item.summary)}</summary>",
            "</entry>",
        ]
    return "\n".join([*lines, "</feed>", ""])


def json_feed(channel: Channel, items: Sequence[Item]) -> str:
    """Write a JSON Feed 1.1."""
    data = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": clean(channel.title),
        "description": clean(channel.description),
        "home_page_url": channel.site_url + channel.home,
        "feed_url": channel.site_url + channel.path,
        "language": channel.language,
        "items": [
            {
                "id": item.id,
                "url": item.url,
                "title": item.title,
                "content_text": item.summary,
                "date_published": _rfc3339(item.published),
                "date_modified": _rfc3339(item.updated),
                "authors": [{"name": item.author}],
                "tags": list(item.terms),
            }
            for item in items
        ],
    }
    return json.dumps(data, ensure_ascii=False, indent=1) + "\n"


def sitemap(addresses: Iterable[tuple[str, datetime | None]]) -> str:
    """Write a sitemap (sitemaps.org 0.9). lastmod comes from the content, and is left out where nothing dates a page."""
    lines = ['<?xml version="1.0" encoding="utf-8"?>', '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">']
    for address, changed in addresses:
        lastmod = f"<lastmod>{_rfc3339(changed)}</lastmod>" if changed else ""
        lines.append(f"<url><loc>{_text(address)}</loc>{lastmod}</url>")
    return "\n".join([*lines, "</urlset>", ""])


def robots(site_url: str) -> str:
    """Write robots.txt: everything may be read, and the sitemap is named."""
    return f"User-agent: *\nAllow: /\n\nSitemap: {site_url}sitemap.xml\n"


def _text(value: str) -> str:
    return escape(clean(value))


def _attribute(value: str) -> str:
    return quoteattr(clean(value))


def _rfc3339(moment: datetime) -> str:
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="seconds") + "Z"


def _rfc822(moment: datetime) -> str:
    return format_datetime(moment.astimezone(UTC), usegmt=True)
