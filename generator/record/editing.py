"""A page's front matter changed by inserting text only: people's comments, key order and quoting stay, only the lines that are added or replaced move."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from generator.checked_yaml import Marked
from generator.record.frontmatter import Page, flow, read, yaml_lines


def edited(
    page: Page[Any],
    *,
    put: Mapping[str, Any] | None = None,
    add: Mapping[str, Iterable[Mapping[str, Any]]] | None = None,
    drop: Iterable[str] = (),
) -> str:
    """A page's text with top-level keys put (replaced in place, or added at the end), entries added to lists, keys dropped.

    All else stays as people wrote it, to the byte.
    """
    marked, _ = read(page.text, file=page.path)
    lines = page.text.splitlines(keepends=True)
    changes: list[tuple[int, int, list[str]]] = []
    for key, value in (put or {}).items():
        changes.append(_putting(lines, marked, key, value))
    for key, entries in (add or {}).items():
        changes.append(_adding(lines, marked, key, list(entries)))
    for key in drop:
        if key in marked.data:
            start = marked.marks[(key,)][0] - 1
            changes.append((start, _block_end(lines, start), []))
    # From the end backwards, so that line numbers hold; at one line, what extends a block stands before a new key.
    for start, end, new in sorted(changes, key=_from_the_end):
        lines[start:end] = [line + "\n" for line in new]
    return "".join(lines)


def _from_the_end(change: tuple[int, int, list[str]]) -> tuple[int, bool]:
    return -change[0], bool(change[2]) and change[2][0].lstrip().startswith("- ")


def _putting(lines: list[str], marked: Marked, key: str, value: Any) -> tuple[int, int, list[str]]:
    new = yaml_lines(key, value)
    if key not in marked.data:
        end = _fence_end(lines)
        return end, end, new
    start = marked.marks[(key,)][0] - 1
    return start, _block_end(lines, start), new


def _adding(lines: list[str], marked: Marked, key: str, entries: list[Mapping[str, Any]]) -> tuple[int, int, list[str]]:
    existing = marked.data.get(key)
    if not existing:
        return _putting(lines, marked, key, entries)
    start = marked.marks[(key,)][0] - 1
    first = marked.marks[(key, 0)][0] - 1
    if first == start:  # a flow sequence on the key's own line: written anew, an entry a line
        return start, _block_end(lines, start), yaml_lines(key, [*existing, *entries])
    indent = lines[first][: len(lines[first]) - len(lines[first].lstrip())]
    end = _block_end(lines, start)
    while lines[end - 1].strip() == "" or lines[end - 1].lstrip().startswith("#"):
        end -= 1
    return end, end, [f"{indent}- {flow(dict(entry))}" for entry in entries]


def _block_end(lines: list[str], start: int) -> int:
    """The line after the block of the key at `start`: where the next top-level key or the fence stands."""
    end = start + 1
    while end < len(lines) and (lines[end][:1] in " \t\r\n#" or lines[end].startswith("- ")):
        end += 1
    while end > start + 1 and (lines[end - 1].strip() == "" or lines[end - 1].startswith("#")):
        end -= 1
    return end


def _fence_end(lines: list[str]) -> int:
    return next(i for i, line in enumerate(lines) if i and line.rstrip() == "---")
