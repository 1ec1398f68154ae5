"""Which features of HTML and CSS a letter uses, by the names that caniemail.com has for them.

A scanner, not a validator: it reads the style sheets and attributes that a letter has, and asks of each property, value,
function, unit, selector, at-rule, element and attribute under which name it might be listed. Names that are not, it gives too.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser

_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_STRING = re.compile(r"""'[^']*'|"[^"]*"|url\([^)]*\)""")
_FUNCTION = re.compile(r"([a-z-]+)\(")
_UNIT = re.compile(r"(?<![\w#.-])[-+]?[\d.]+(%|[a-z]+)\b|(?<![\w#.-])[-+]?[\d.]+(%)")
_MEDIA = re.compile(r"\(\s*(?:-webkit-)?(?:min-|max-|any-)?([a-z-]+)")
_BLOCK = re.compile(r"([^{};]*)([{};])")
# A family's one name for what has many; the others are found by their own name, or by that of which they are a part (border-top: border).
_PROPERTIES = dict.fromkeys(("top", "right", "bottom", "left"), "left-right-top-bottom") | {"columns": "column-count"}
_FUNCTIONS = {
    "var": "variables",
    "calc": "unit-calc",
    "rgb": "rgb",
    "rgba": "rgba",
    "lab": "modern-color",
    "oklch": "modern-color",
}
_SELECTORS = {">": "child", "+": "adjacent-sibling", "~": "general-sibling", "*": "universal", "[": "attribute", "#": "id"}
_ELEMENTS = {f"h{n}": "h1-h6" for n in range(1, 7)} | dict.fromkeys(("ul", "ol", "li", "dl", "dt", "dd"), "lists")
_ELEMENTS |= dict.fromkeys(("tr", "td", "th", "tbody", "thead", "tfoot", "caption"), "table")
_ELEMENTS |= dict.fromkeys(
    "article section nav header footer main aside figure figcaption time mark details summary".split(), "semantics"
)
_TYPED = ("input", "button")


@dataclass
class Used:
    """The names: `inline` of elements, attributes and their styles; `sheet` of what stands in a <style>."""

    inline: set[str] = field(default_factory=set)
    sheet: set[str] = field(default_factory=set)


def used(html: str) -> Used:
    """Name all features that the HTML uses."""
    page = _Page()
    page.feed(html)
    page.close()
    return page.found


def used_in_css(css: str) -> Iterator[str]:
    """Name the features that a style sheet uses."""
    stack: list[str] = []
    for text, mark in _BLOCK.findall(_STRING.sub(" ", _COMMENT.sub(" ", css)) + ";"):
        head = text.strip().lower()
        if mark == "{":
            yield from _rule(head)
            stack.append(head)
        else:
            yield from _declaration(head) if stack else _rule(head)
            if mark == "}" and stack:
                stack.pop()


def used_in_declarations(css: str) -> Iterator[str]:
    """Name the features that a style attribute uses."""
    for one in _STRING.sub(" ", css).split(";"):
        yield from _declaration(one.strip().lower())


def _rule(head: str) -> Iterator[str]:
    """Name an at-rule and what it asks for, or the kinds of selectors of a rule."""
    if head.startswith("@"):
        name = head[1:].split(maxsplit=1)[0].split("(")[0]
        yield f"css-at-{name}"
        yield from (f"css-at-{name}-{asked}" for asked in _MEDIA.findall(head))
        return
    yield from (f"css-selector-{name}" for mark, name in _SELECTORS.items() if mark in head)
    yield from (f"css-pseudo-element-{name}" for name in re.findall(r"::([a-z-]+)", head))
    yield from (f"css-pseudo-class-{name}" for name in re.findall(r"(?<!:):([a-z-]+)", head))
    if "," in head:
        yield "css-selector-grouping"
    if "." in head:
        yield "css-selector-class"
    if re.search(r"\.[\w-]+\.", head):
        yield "css-selector-chaining"
    if re.search(r"(?:^|[\s,>+~])[a-z]", head):
        yield "css-selector-type"
    if any(re.search(r"[\w\])]\s+[\w.#\[:*]", one.strip()) for one in head.split(",")):
        yield "css-selector-descendant"


def _declaration(text: str) -> Iterator[str]:
    name, colon, value = text.partition(":")
    name, value = name.strip(), value.strip()
    if not colon or not re.fullmatch(r"-?[a-z][a-z-]*|--[\w-]+", name):
        return
    if name.startswith("--"):
        yield "css-variables"
        return
    if name.startswith("-") or name.startswith("mso-"):  # one maker's own: the others pass over it
        return
    yield "css-" + _PROPERTIES.get(name, name)
    if "!important" in value.replace(" ", ""):
        yield "css-important"
    yield from (f"css-{name}-{word}" for word in re.findall(r"(?<![\w-])[a-z][a-z-]*", value))
    yield from (f"css-{_FUNCTIONS.get(one, one)}" for one in _FUNCTION.findall(value))
    yield from (f"css-function-{one}" for one in _FUNCTION.findall(value))
    yield from (f"css-unit-{'percent' if '%' in unit else unit[0]}" for unit in _UNIT.findall(value))


class _Page(HTMLParser):
    """Elements, attributes and styles as they come."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found = Used()
        self._style = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self._style = tag == "style"
        found = self.found.inline
        found.add(f"html-{_ELEMENTS.get(tag, tag)}" + (f"-{given.get('type', 'text')}" if tag in _TYPED else ""))
        found |= {f"html-{name}" for name in given if name != "style"}
        found |= set(used_in_declarations(given.get("style", "")))
        if tag == "meta":
            found.add(f"html-meta-{given.get('name', '')}")
        if tag == "a":
            kinds = {"mailto:": "html-mailto-links", "#": "html-anchor-links"}
            found |= {name for start, name in kinds.items() if given.get("href", "").startswith(start)}

    def handle_endtag(self, tag: str) -> None:
        self._style = self._style and tag != "style"

    def handle_data(self, data: str) -> None:
        if self._style:
            self.found.sheet |= set(used_in_css(data))

    def handle_comment(self, _data: str) -> None:
        self.found.inline.add("html-comments")
