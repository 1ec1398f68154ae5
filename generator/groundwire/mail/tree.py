"""Sanitised HTML as a small tree, to take things out of it and to write it as HTML or as text."""

from __future__ import annotations

import html
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser

VOID = frozenset({"br", "hr"})


@dataclass
class Node:
    """An element; a child is an element or text. Made fresh from each page and changed only while it is read."""

    tag: str
    attrs: dict[str, str] = field(default_factory=dict)
    children: list[Node | str] = field(default_factory=list)

    @property
    def classes(self) -> list[str]:
        """Its classes."""
        return self.attrs.get("class", "").split()

    @property
    def text(self) -> str:
        """All text in it."""
        return "".join(child if isinstance(child, str) else child.text for child in self.children)

    def each(self, tag: str) -> Iterator[Node]:
        """Yield the elements of this kind in it, itself included, in order."""
        if self.tag == tag:
            yield self
        for child in self.children:
            if isinstance(child, Node):
                yield from child.each(tag)

    @property
    def links(self) -> list[str]:
        """The addresses that it links to."""
        return [node.attrs["href"] for node in self.each("a") if "href" in node.attrs]

    def without(self, unwanted: Callable[[Node], bool]) -> int:
        """Remove the unwanted elements in it; return how many there were."""
        kept = [child for child in self.children if isinstance(child, str) or not unwanted(child)]
        gone = len(self.children) - len(kept)
        self.children = kept
        return gone + sum(child.without(unwanted) for child in kept if isinstance(child, Node))

    @property
    def html(self) -> str:
        """Its HTML, text and attributes escaped anew."""
        attrs = "".join(f' {key}="{html.escape(value)}"' for key, value in self.attrs.items())
        if self.tag in VOID:
            return f"<{self.tag}{attrs}>"
        inner = "".join(html.escape(c, quote=False) if isinstance(c, str) else c.html for c in self.children)
        return f"<{self.tag}{attrs}>{inner}</{self.tag}>"


def parse_tree(source: str) -> list[Node]:
    """Parse well-formed HTML (nh3 writes nothing else) into its top-level elements; loose text becomes paragraphs."""
    parser = _Builder()
    parser.feed(source)
    parser.close()
    loose = [Node("p", {}, [c]) if isinstance(c, str) else c for c in parser.root.children]
    return [node for node in loose if node.tag in VOID or node.text.strip()]


class _Builder(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.root = Node("")
        self._open = [self.root]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {key: value or "" for key, value in attrs}
        if tag == "img":  # a mail carries no picture, so its alternative text stands in its place
            self._open[-1].children += [Node("em", {}, [given["alt"]])] if given.get("alt", "").strip() else []
            return
        node = Node("span" if tag == "a" and not given.get("href") else tag, given)  # a refused address is no link
        self._open[-1].children.append(node)
        if tag not in VOID:
            self._open.append(node)

    def handle_endtag(self, tag: str) -> None:
        if len(self._open) > 1 and self._open[-1].tag in (tag, "span"):
            self._open.pop()

    def handle_data(self, data: str) -> None:
        self._open[-1].children.append(data)
