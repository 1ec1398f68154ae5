"""What `check --fix` writes: mechanical mends only, as replacements within the text, so that comments, order and quoting stay."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

import yaml

from groundwire.errors import Mend, Problem
from groundwire.publication.frontmatter import flow
from groundwire.publication.identity import story_id

_Change = tuple[int, int, str]  # from, to, in its place
_FRONT = re.compile(r"\A\ufeff?---[ \t]*\r?\n")
_KEYED = re.compile(r"^(?P<key>\s*(?:- )?[A-Za-z_]+:\s+)(?P<value>[^\"'\[{|>&*!%@`#\s][^\r\n]*?)(?P<end>\s*)$")


def mended(text: str, problems: Sequence[Problem]) -> tuple[str, list[str]]:
    """Return a file's text with mechanical faults corrected, and what was done, a line for each change."""
    changes: dict[_Change, str] = {}
    spans = dict(_spans(text))
    for problem in problems:
        for change in _changes(text, problem, spans):
            start, end, new = change
            old = text[start:end]
            changes[change] = f"{problem.file}:{problem.line}: " + (f"{old} → {new}" if old else f"added {new.strip()}")
    told = []
    last = len(text) + 1
    for change in sorted(changes, reverse=True):
        start, end, new = change
        if end <= last:  # of two that overlap, the later; the next round sees to the other
            text, last = text[:start] + new + text[end:], start
            told.append(changes[change])
    return text, told[::-1]


def _changes(text: str, problem: Problem, spans: dict[tuple[str | int, ...], tuple[_Change, _Change]]) -> Iterator[_Change]:
    mend = problem.mend
    if mend and mend.old:
        start = _index(text, problem.line, problem.column)
        if text.startswith(mend.old, start):
            yield start, start + len(mend.old), mend.value
    elif mend and mend.path in spans:
        yield _in_yaml(mend, *spans[mend.path])
    elif problem.key == "id" and problem.message == "is missing" and "/articles/" in problem.file:
        if match := _FRONT.match(text):
            end = "\r\n" if match.group().endswith("\r\n") else "\n"
            indent = re.match(r" *", text[match.end() :]).group()  # type: ignore[union-attr]  # it matches nothing, too
            yield match.end(), match.end(), f"{indent}id: {story_id('file', problem.file)}{end}"
    elif problem.message.startswith("a second ': ' on one line"):
        yield from _quoted(text, problem.line)


def _in_yaml(mend: Mend, key: _Change, value: _Change) -> _Change:
    return (key[0], key[1], mend.key) if mend.key else (value[0], value[1], flow(mend.value))


def _quoted(text: str, line: int) -> Iterator[_Change]:
    """Put the value of `title: Zero-day: what is known` in quotes."""
    start = _index(text, line, 1)
    row = text[start:].split("\n", 1)[0]
    if match := _KEYED.match(row):
        value = match.group("value")
        yield (
            start + match.start("value"),
            start + match.end("value"),
            '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"',
        )


def _index(text: str, line: int, column: int) -> int:
    place = 0
    for _ in range(line - 1):
        place = text.find("\n", place) + 1
        if not place:
            return len(text)
    return place + column - 1


def _spans(text: str) -> Iterator[tuple[tuple[str | int, ...], tuple[_Change, _Change]]]:
    """Yield, for each path of the YAML (in a page: of the front matter), where its key and its value stand."""
    match = _FRONT.match(text)
    start = match.end() if match else 0
    source = text[start:]
    if match:
        end = re.search(r"^---[ \t]*\r?$", source, re.MULTILINE)
        source = source[: end.start()] if end else ""
    try:
        root = yaml.compose(source, Loader=yaml.SafeLoader)
    except (yaml.YAMLError, RecursionError):
        return
    yield from _below(root, (), start)


def _below(node: Any, path: tuple[str | int, ...], start: int) -> Iterator[tuple[tuple[str | int, ...], tuple[_Change, _Change]]]:
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            here = (*path, str(key.value))
            yield here, (_span(key, start), _span(value, start))
            yield from _below(value, here, start)
    elif isinstance(node, yaml.SequenceNode):
        for number, item in enumerate(node.value):
            yield (*path, number), (_span(item, start), _span(item, start))
            yield from _below(item, (*path, number), start)


def _span(node: yaml.Node, start: int) -> _Change:
    return node.start_mark.index + start, node.end_mark.index + start, ""
