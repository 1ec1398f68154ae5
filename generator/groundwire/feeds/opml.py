"""OPML (opml.org, 2.0): lists of feeds as other readers write and read them. A list from a stranger cannot harm.

Read by expat with every DTD refused: without entities there is no bomb and nothing that could be fetched.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from xml.parsers import expat
from xml.sax.saxutils import quoteattr

from groundwire.text.plain import clean

MOST_BYTES = 10_000_000
MOST_FEEDS = 5_000
_DEEPEST = 64


class NotOpml(Exception):
    """The file is no OPML; the text says why."""


@dataclass(frozen=True)
class Outline:
    """One feed of a list. `group` is the folder it stands in."""

    url: str
    title: str = ""
    group: str = ""


def read_opml(body: bytes) -> list[Outline]:
    """Read the feeds in a list, in order, each address once. Raises NotOpml."""
    if len(body) > MOST_BYTES:
        raise NotOpml(f"larger than {MOST_BYTES // 1_000_000} MB")
    reader = _Reader()
    parser = expat.ParserCreate()
    parser.StartDoctypeDeclHandler = reader.refuse
    parser.EntityDeclHandler = reader.refuse
    parser.StartElementHandler = reader.start
    parser.EndElementHandler = reader.end
    try:
        parser.Parse(body, True)
    except expat.ExpatError as error:
        raise NotOpml(f"not well-formed: {expat.errors.messages[error.code]} at line {error.lineno}") from None
    if not reader.is_opml:
        raise NotOpml("no <opml> in it")
    return list(reader.found.values())


def write_opml(feeds: Iterable[Outline], *, title: str) -> str:
    """Write the list as OPML 2.0, with folders where feeds have a group."""
    rows: dict[str, list[str]] = {}
    for feed in feeds:
        name = quoteattr(feed.title or feed.url)
        rows.setdefault(feed.group, []).append(f'<outline type="rss" text={name} title={name} xmlUrl={quoteattr(feed.url)}/>')
    lines = [f"    {row}" for row in rows.pop("", [])]
    for group, members in rows.items():
        lines += [f"    <outline text={quoteattr(group)}>", *(f"      {row}" for row in members), "    </outline>"]
    head = f'<?xml version="1.0" encoding="UTF-8"?>\n<opml version="2.0">\n  <head><title>{quoteattr(title)[1:-1]}</title></head>'
    return "\n".join([head, "  <body>", *lines, "  </body>", "</opml>", ""])


class _Reader:
    def __init__(self) -> None:
        self.found: dict[str, Outline] = {}
        self.is_opml = False
        self._folders: list[str] = []

    def refuse(self, *_: object) -> None:
        raise NotOpml("it declares a document type or entities, which no list of feeds needs")

    def start(self, name: str, attributes: dict[str, str]) -> None:
        self._folders.append("")
        self.is_opml = self.is_opml or name.lower() == "opml"
        if len(self._folders) > _DEEPEST:
            raise NotOpml("nested too deeply")
        if name.lower() != "outline":
            return
        known = {key.lower(): clean(value) for key, value in attributes.items()}
        title = (known.get("text") or known.get("title", ""))[:200]
        url = known.get("xmlurl", "")
        if not url:
            self._folders[-1] = title
        elif len(self.found) < MOST_FEEDS:
            group = next((folder for folder in reversed(self._folders) if folder), "")
            self.found.setdefault(url, Outline(url, title, group))

    def end(self, _name: str) -> None:
        self._folders.pop()
