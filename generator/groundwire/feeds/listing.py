"""The list of feeds in newsletter.yml, changed by inserting text only: comments, order and quoting stay as people wrote them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import yaml

from groundwire.checked_yaml import read_yaml
from groundwire.errors import Problem
from groundwire.settings import Feed
from groundwire.text.addresses import canonical


def with_feeds(text: str, feeds: Sequence[Mapping[str, str]], *, file: str) -> str:
    """Return newsletter.yml with these feeds at the end of its list. Raises InputError where it is no YAML."""
    if not feeds:
        return text
    newline = "\r\n" if "\r\n" in text else "\n"
    node = _feeds_node(text, file=file)
    if isinstance(node, yaml.SequenceNode) and node.flow_style and node.value:
        end = node.end_mark.index - 1
        return text[:end].rstrip().removesuffix(",") + ", " + ", ".join(map(_flow, feeds)) + text[end:]
    lines = text.splitlines(keepends=True)
    if node is None:
        return _ended(text, newline) + f"feeds:{newline}" + "".join(f"- {_flow(feed)}{newline}" for feed in feeds)
    if not isinstance(node, yaml.SequenceNode) or not node.value:
        return _into_empty(text, node, feeds, newline)
    first, last = node.value[0].start_mark.line, node.value[-1]
    dash = re.match(r"\s*(?=-)", lines[first])
    indent = dash.group() if dash else ""
    place = _after(lines, last)
    before = "".join(lines[:place])
    return _ended(before, newline) + "".join(f"{indent}- {_flow(feed)}{newline}" for feed in feeds) + "".join(lines[place:])


def lines_of(text: str, *, file: str) -> list[int]:
    """Return the line, from 1, on which each feed begins."""
    marked = read_yaml(text, file=file)
    listed = marked.data.get("feeds") if isinstance(marked.data, dict) else None
    return [marked.place(("feeds", number))[0] for number in range(len(listed or ()))]


def twice(feeds: Sequence[Feed], lines: Sequence[int], *, file: str) -> list[Problem]:
    """Find feeds that stand in the list under two addresses that are one, each at its line."""
    first: dict[str, tuple[Feed, int]] = {}
    found = []
    for feed, line in zip(feeds, lines, strict=True):
        other, there = first.setdefault(canonical(feed.url), (feed, line))
        if other is not feed:
            found.append(Problem(file, f"{feed.url}: the same feed as in line {there} ({other.url})", line, 1, key="feeds"))
    return found


def _feeds_node(text: str, *, file: str) -> yaml.Node | None:
    read_yaml(text, file=file)  # tells in our words what is wrong with it
    root = yaml.compose(text, Loader=yaml.SafeLoader)
    pairs: Iterable[Any] = root.value if isinstance(root, yaml.MappingNode) else ()
    return next((value for key, value in pairs if key.value == "feeds"), None)


def _into_empty(text: str, node: yaml.Node, feeds: Sequence[Mapping[str, str]], newline: str) -> str:
    """Make a list of `feeds:`, `feeds: []` or `feeds: null`; a comment behind them stays."""
    start, end = node.start_mark.index, node.end_mark.index
    head, rest = text[:start].rstrip(" "), text[end:]
    if start == end and "\n" in text[:start]:  # nothing was written: the mark may stand lines below the key
        match = re.search(r"^feeds[ \t]*:[ \t]*(?:#[^\n]*)?\r?$", text, re.MULTILINE)
        head, rest = (text[: match.end()].rstrip("\r"), text[match.end() :]) if match else (head, rest)
    comment, _, below = rest.partition("\n")
    return f"{head}{comment.rstrip()}{newline}" + "".join(f"- {_flow(feed)}{newline}" for feed in feeds) + below


def _after(lines: Sequence[str], last: yaml.Node) -> int:
    """Return the line number, from 0, behind the last entry: comments and blank lines after it belong to what follows."""
    mark = last.end_mark
    place = mark.line + (1 if mark.column else 0)
    while place > last.start_mark.line + 1 and re.match(r"\s*(#.*)?$", lines[place - 1]):
        place -= 1
    return place


def _flow(feed: Mapping[str, str]) -> str:
    """Write one feed as YAML in braces, its texts quoted where they must be."""
    written = yaml.safe_dump(dict(feed), default_flow_style=True, sort_keys=False, allow_unicode=True, width=10_000)
    return str(written).strip()


def _ended(text: str, newline: str) -> str:
    return text if not text or text.endswith("\n") else text + newline
