"""The text part: HTML blocks as lines of at most 78 characters, links numbered and written out below their paragraph."""

from __future__ import annotations

import re
import textwrap
from dataclasses import dataclass, field

from groundwire.mail.tree import Node

WIDTH = 78
_BLOCKS = frozenset("p h2 h3 h4 h5 h6 ul ol li blockquote pre div table tr hr".split())


def plain(node: Node) -> str:
    """Write one block as text.

    A link that is the whole block stands on its own line below it; only addresses may be longer than a line.
    """
    return "\n".join(_block(node, "")).rstrip("\n")


def wrap(text: str, first: str = "", rest: str | None = None) -> list[str]:
    """Wrap a text into lines of at most 78 characters; a longer word (an address) gets a line of its own."""
    rest = first if rest is None else rest
    text = re.sub(r"\s+", " ", text).strip()
    return textwrap.wrap(
        text, WIDTH, initial_indent=first, subsequent_indent=rest, break_long_words=False, break_on_hyphens=False
    )


@dataclass
class _Links:
    """The links of one paragraph, numbered as they come."""

    urls: list[str] = field(default_factory=list)

    def number(self, url: str) -> int:
        """Return the address's number, from 1; the same address keeps its number."""
        if url not in self.urls:
            self.urls.append(url)
        return self.urls.index(url) + 1


def _block(node: Node, indent: str) -> list[str]:
    if node.tag == "hr":
        return [indent + "-" * 20]
    if node.tag == "pre":
        return [line for row in node.text.splitlines() for line in (wrap(row, indent + "    ") or [""])]
    if node.tag in ("ul", "ol"):
        items = [child for child in node.children if isinstance(child, Node) and child.tag == "li"]
        marks = [f"{place}. " if node.tag == "ol" else "- " for place in range(1, len(items) + 1)]
        return [line for mark, item in zip(marks, items, strict=True) for line in _item(item, indent, mark)]
    if node.tag == "tr":
        cells = [" ".join(c.text.split()) for c in node.children if isinstance(c, Node)]
        return wrap(" | ".join(cells), indent, indent + "  ") + [f"{indent}  {url}" for url in node.links]
    inner = indent + ("> " if node.tag == "blockquote" else "")
    if any(isinstance(child, Node) and child.tag in _BLOCKS | {"thead", "tbody"} for child in node.children):
        blocks = [_block(child, inner) for child in node.children if isinstance(child, Node)]
        gap = [] if node.tag in ("table", "thead", "tbody") else [inner.rstrip()]
        return [line for place, block in enumerate(blocks) for line in ((gap if place else []) + block)]
    return _paragraph(node.children, inner, inner, alone=node.tag in ("h3", "h4", "h5", "h6"))


def _item(item: Node, indent: str, mark: str) -> list[str]:
    flowing = [c for c in item.children if isinstance(c, str) or c.tag not in _BLOCKS]
    blocks = [c for c in item.children if isinstance(c, Node) and c.tag in _BLOCKS]
    hanging = indent + " " * len(mark)
    lines = _paragraph(flowing, indent + mark, hanging) if any(_said(c).strip() for c in flowing) else []
    for block in blocks:
        more = _block(block, hanging)
        lines += more if lines or not more else [indent + mark + more[0].lstrip(), *more[1:]]
    return lines


def _paragraph(children: list[Node | str], first: str, rest: str, *, alone: bool = False) -> list[str]:
    links = _Links()
    if alone:
        holder = Node("", {}, children)
        return [*wrap(holder.text, first, rest), *(rest + url for url in dict.fromkeys(holder.links))]
    parts = "".join(_said(child, links) for child in children).split("\n")
    lines = [line for place, part in enumerate(parts) for line in wrap(part, first if place == 0 else rest, rest)]
    return lines + [f"{rest}  [{number}] {url}" for number, url in enumerate(links.urls, start=1)]


def _said(child: Node | str, links: _Links | None = None) -> str:
    if isinstance(child, str):
        return child.replace("\n", " ")
    if child.tag == "br":
        return "\n"
    inner = "".join(_said(c, links) for c in child.children)
    if child.tag == "a" and links is not None and "href" in child.attrs and inner.strip() != child.attrs["href"]:
        return f"{inner} [{links.number(child.attrs['href'])}]"
    return inner
