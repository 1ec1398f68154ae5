"""The body of an issue as sections and items: Markdown by the site's own extensions, then an allow-list.

People edit the body, and feeds speak in it: nothing but text, links and plain structure gets through. Of a picture there remains
its alternative text: one fetched from elsewhere would tell its server who reads the mail.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass, replace
from functools import partial
from urllib.parse import urljoin, urlsplit

import markdown

from groundwire.mail.tree import VOID, Node, parse_tree
from groundwire.text.plain import clean
from groundwire.text.sanitise import AllowList, sanitise

# As in mkdocs.yml: what people see on the website is what they mail.
EXTENSIONS = ("admonition", "attr_list", "footnotes", "tables", "toc")
TAGS = frozenset(
    "p h1 h2 h3 h4 h5 h6 a img em strong b i code pre br hr ul ol li blockquote table thead tbody tr th td sup sub del ins div".split()
)
_ATTRIBUTES = {"a": frozenset({"href"}), "img": frozenset({"alt"}), "*": frozenset({"lang"})}
_CLASSES = {"h2": {"lead", "corrections", "online"}, "p": {"by", "admonition-title"}, "div": {"admonition"}}
SCHEMES = ("http", "https", "mailto")


@dataclass(frozen=True)
class Section:
    """A heading of the second level and what stands under it. An item begins with a heading of the third level."""

    heading: Node | None
    items: tuple[tuple[Node, ...], ...]

    @property
    def kind(self) -> str:
        """`intro`, `lead`, `corrections`, `online` (listed on the website only) or `plain`."""
        if self.heading is None:
            return "intro"
        return next((kind for kind in ("lead", "corrections", "online") if kind in self.heading.classes), "plain")


def read_body(body: str, *, site: str, path: str) -> tuple[Section, ...]:
    """Read the sections of an issue's body; their links are absolute. `path` is the issue's file below content/."""
    html = markdown.markdown(body, extensions=list(EXTENSIONS), output_format="html")
    keep = partial(_attribute, site=site, path=path)
    allowed = AllowList(TAGS, _ATTRIBUTES, keep, schemes=frozenset(SCHEMES), classes=_CLASSES)
    return _sections([_lowered(node) for node in parse_tree(sanitise(html, allowed))])


def _attribute(_tag: str, name: str, value: str, *, site: str, path: str) -> str | None:
    if name == "lang":
        return value if re.fullmatch(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*", value) else None
    return absolute(value, site=site, path=path) or None if name == "href" else value


def absolute(href: str, *, site: str, path: str) -> str:
    """Make an address absolute, as a mail's reader needs it; '' if it cannot be.

    The name of a Markdown file is relative to the issue's file, as MkDocs has it.
    """
    try:
        parts = urlsplit(href.strip())
        if parts.scheme:
            return href.strip() if parts.scheme.lower() in SCHEMES else ""
        if parts.path.endswith(".md"):
            target = re.sub(r"(^|/)index\.md$|\.md$", r"\1", parts.path)
            target = target if target.endswith("/") or not target else target + "/"
            return urljoin(site + path, target or "./") + (f"#{parts.fragment}" if parts.fragment else "")
        return urljoin(site + path.removesuffix(".md") + "/", href.strip())
    except ValueError:
        return ""


def _lowered(node: Node) -> Node:
    """Lower an h1 to h2: the one h1 of a mail is the template's."""
    return replace(node, tag="h2") if node.tag == "h1" else node


def _sections(nodes: list[Node]) -> tuple[Section, ...]:
    found: list[tuple[Node | None, list[list[Node]]]] = [(None, [])]
    for node in nodes:
        if node.tag == "h2":
            found.append((node, []))
        elif node.tag == "h3" or not found[-1][1]:
            found[-1][1].append([node])
        else:
            found[-1][1][-1].append(node)
    return tuple(Section(heading, tuple(map(tuple, items))) for heading, items in found if heading or items)


@dataclass(frozen=True)
class Gone:
    """What must not be mailed: stories that are held or withdrawn, and links to pages that are no more."""

    prefix: str  # addresses of stories start so
    known: Collection[str]  # addresses of the stories that readers may be sent to
    tombs: Collection[str]  # those of withdrawn ones, where it is said why; for a correction only
    titles: tuple[str, ...]

    def links(self, node: Node, section: Section) -> bool:
        """Say whether a block links to such a story or page."""
        own = {url.split("#")[0] for url in node.links if url.startswith(self.prefix)}
        return not own <= {*self.known, *(self.tombs if section.kind == "corrections" else ())}

    def named(self, text: str) -> bool:
        """Say whether a text has such a story's headline, or the beginning of it."""
        text = clean(text)
        return any(title and title[:60] in text for title in self.titles)


def without(sections: tuple[Section, ...], gone: Gone) -> tuple[tuple[Section, ...], bool]:
    """Return the sections without what is gone, and whether anything was taken out. A section left empty goes too."""
    left, taken = [], False
    for section in sections:
        items = [kept for item in section.items if (kept := _left(item, section, gone))]
        taken = taken or sum(map(len, items)) < sum(map(len, section.items))
        taken = bool(sum(_emptied(node, section, gone) for item in items for node in item)) or taken
        items = [kept for item in items if (kept := tuple(node for node in item if node.tag in VOID or node.text.strip()))]
        left += [replace(section, items=tuple(items))] if items else []
    return tuple(left), taken


def _left(item: tuple[Node, ...], section: Section, gone: Gone) -> tuple[Node, ...]:
    """Return what is left of an item: nothing if its headline is of a story that is gone."""
    if item[0].tag == "h3" and (gone.links(item[0], section) or gone.named(item[0].text)):
        return ()
    flowing = ("p", "blockquote", "pre")
    return tuple(
        node
        for node in item
        if not (node.tag in flowing and (gone.links(node, section) or (section.kind == "intro" and gone.named(node.text))))
    )


def _emptied(node: Node, section: Section, gone: Gone) -> int:
    return node.without(lambda inner: inner.tag in ("li", "p", "tr") and gone.links(inner, section))
