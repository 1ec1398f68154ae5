"""Prints the sample's outlets: their feeds as of a given time, and a page for each article, as any publisher would.

Pure but for reading the package's data and writing the folder it is given.
"""

from __future__ import annotations

import html
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import yaml

from groundwire import resources
from groundwire.publication.frontmatter import split

BASE = "http://127.0.0.1:8000/outlets/"


@dataclass(frozen=True)
class Piece:
    """One article of one outlet. `paragraphs` is empty where there is only an excerpt."""

    outlet: str
    slug: str
    title: str
    published: datetime
    excerpt: str
    paragraphs: tuple[str, ...]
    reading: tuple[tuple[str, str], ...]

    @property
    def path(self) -> str:
        """Its page below the outlets' address."""
        return f"{self.outlet}/{self.published:%Y-%m-%d}-{self.slug}.html"


@dataclass(frozen=True)
class Outlet:
    """A fictional publisher."""

    slug: str
    name: str
    about: str
    language: str
    format: str
    license: str
    weight: float
    state: str
    carries_text: bool
    category: str | None
    pieces: tuple[Piece, ...]

    @property
    def feed(self) -> str:
        """Its feed below the outlets' address."""
        return f"{self.slug}/feed.{'json' if self.format == 'json' else 'xml'}"


def load_outlets() -> list[Outlet]:
    """Read the outlets and their articles from the package's data."""
    raw = yaml.safe_load((resources.sample() / "outlets.yml").read_text(encoding="utf-8"))
    return [
        Outlet(
            **{"carries_text": place % 2 == 0, "category": None, **data},
            pieces=tuple(sorted(_pieces(data["slug"]), key=lambda p: p.published)),
        )
        for place, data in enumerate(raw)
    ]


def print_pages(target: Path, outlets: Sequence[Outlet]) -> None:
    """Write every article's page, and a front page for each outlet."""
    for outlet in outlets:
        folder = target / outlet.slug
        folder.mkdir(parents=True, exist_ok=True)
        rows = "".join(f'<li><a href="{Path(p.path).name}">{_e(p.title)}</a></li>' for p in reversed(outlet.pieces))
        (folder / "index.html").write_text(_page(outlet, outlet.name, f"<ul>{rows}</ul>"), encoding="utf-8")
        for piece in outlet.pieces:
            (target / piece.path).write_text(_article(outlet, piece), encoding="utf-8")


def print_feeds(target: Path, outlets: Sequence[Outlet], *, now: datetime) -> None:
    """Write every feed as it stood at `now`: what was published by then, the newest first."""
    for outlet in outlets:
        pieces = [p for p in reversed(outlet.pieces) if p.published <= now][:30]
        path = target / outlet.feed
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(_FORMATS["broken" if outlet.state == "broken" else outlet.format](outlet, pieces), encoding="utf-8")


def _pieces(slug: str) -> list[Piece]:
    found = []
    for path in sorted((resources.sample() / "articles" / slug).glob("*.md")):
        front, body = split(path.read_text(encoding="utf-8"), file=path.name)
        data = yaml.safe_load(front)
        paragraphs = tuple(" ".join(block.split()) for block in body.split("\n\n") if block.strip()) if data["full"] else ()
        reading = tuple((item["title"], item["url"]) for item in data.get("reading") or ())
        found.append(Piece(slug, path.stem[11:], data["title"], data["published"], data["excerpt"], paragraphs, reading))
    return found


def _blocks(piece: Piece) -> str:
    out = []
    for text in piece.paragraphs:
        if text.startswith("## "):
            out.append(f"<h2>{_e(text[3:])}</h2>")
        elif text.startswith("- "):
            out.append("<ul>" + "".join(f"<li>{_e(item)}</li>" for item in text[2:].split(" - ")) + "</ul>")
        else:
            out.append(f"<p>{_e(text)}</p>")
    return "\n".join(out)


def _article(outlet: Outlet, piece: Piece) -> str:
    reading = "".join(f'<li><a href="{_e(url)}">{_e(title)}</a></li>' for title, url in piece.reading)
    body = _blocks(piece) or f"<p>{_e(piece.excerpt)}</p><p><em>The rest of this article is for readers who pay.</em></p>"
    more = (
        f"<aside><h2>{'Zum Weiterlesen' if outlet.language == 'de' else 'Further reading'}</h2><ul>{reading}</ul></aside>"
        if reading
        else ""
    )
    time = f'<p><time datetime="{_iso(piece.published)}">{piece.published:%Y-%m-%d %H:%M} UTC</time></p>'
    return _page(outlet, piece.title, f"<article>{time}\n{body}\n</article>\n{more}")


def _page(outlet: Outlet, title: str, body: str) -> str:
    style = "body{font:1.05rem/1.6 Georgia,serif;max-width:40rem;margin:2rem auto;padding:0 1rem;color:#222;background:#fff}"
    return f"""<!doctype html>
<html lang="{outlet.language}">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<meta name="robots" content="noindex"><title>{_e(title)} | {_e(outlet.name)}</title>
<style>{style}header,footer{{font-family:sans-serif;font-size:.85rem;color:#555}}</style></head>
<body>
<header><p><a href="index.html">{_e(outlet.name)}</a> · {_e(outlet.about)}</p></header>
<main><h1>{_e(title)}</h1>
{body}</main>
<footer><p>{_e(outlet.about)}</p></footer>
</body>
</html>
"""


def _rss(outlet: Outlet, pieces: Sequence[Piece]) -> str:
    items = "".join(
        f"<item><title>{_e(p.title)}</title><link>{BASE}{p.path}</link><guid>{BASE}{p.path}</guid>"
        f"<pubDate>{format_datetime(p.published)}</pubDate><description>{_e(f'<p>{_e(p.excerpt)}</p>')}</description>"
        + (f"<content:encoded>{_e(_blocks(p))}</content:encoded>" if outlet.carries_text and p.paragraphs else "")
        + "</item>\n"
        for p in pieces
    )
    head = f"<title>{_e(outlet.name)}</title><link>{BASE}{outlet.slug}/</link><description>{_e(outlet.about)}</description>"
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/">'
        f"<channel>{head}<language>{outlet.language}</language>\n{items}</channel></rss>\n"
    )


def _atom(outlet: Outlet, pieces: Sequence[Piece]) -> str:
    entries = "".join(
        f'<entry><id>tag:outlets.example,2021:{p.path}</id><title type="text">{_e(p.title)}</title><link href="{BASE}{p.path}"/>'
        f"<published>{_iso(p.published)}</published><updated>{_iso(p.published)}</updated><summary>{_e(p.excerpt)}</summary>"
        + (f'<content type="html">{_e(_blocks(p))}</content>' if outlet.carries_text and p.paragraphs else "")
        + "</entry>\n"
        for p in pieces
    )
    updated = _iso(pieces[0].published) if pieces else "2021-12-01T00:00:00Z"
    return (
        f'<?xml version="1.0" encoding="utf-8"?>\n<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="{outlet.language}">'
        f"<id>tag:outlets.example,2021:{outlet.slug}</id><title>{_e(outlet.name)}</title><subtitle>{_e(outlet.about)}</subtitle>"
        f'<link href="{BASE}{outlet.slug}/"/><updated>{updated}</updated>\n{entries}</feed>\n'
    )


def _json(outlet: Outlet, pieces: Sequence[Piece]) -> str:
    items: list[dict[str, Any]] = []
    for piece in pieces:
        item = {"id": f"{BASE}{piece.path}", "url": f"{BASE}{piece.path}", "title": piece.title, "summary": piece.excerpt}
        text = {"content_html": _blocks(piece)} if outlet.carries_text and piece.paragraphs else {"content_text": piece.excerpt}
        items.append({**item, **text, "date_published": _iso(piece.published)})
    head = {"version": "https://jsonfeed.org/version/1.1", "title": outlet.name, "home_page_url": f"{BASE}{outlet.slug}/"}
    return json.dumps({**head, "language": outlet.language, "items": items}, ensure_ascii=False, indent=1) + "\n"


def _broken(outlet: Outlet, _pieces: Sequence[Piece]) -> str:
    return _page(outlet, "502 Bad Gateway", "<p>This fictional outlet's feed is broken, to show what Groundwire makes of it.</p>")


_FORMATS: Mapping[str, Any] = {"rss": _rss, "atom": _atom, "json": _json, "broken": _broken}


def _e(text: str) -> str:
    return html.escape(text, quote=True)


def _iso(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")
