"""A page's front matter changed by inserting text only: people's comments, key order and quoting stay, only the lines that are added or replaced move.

Front matter is YAML, which people write in many styles. What an edit made is therefore read again: it must say what the page said, with
exactly the intended change. Where lines put in cannot do that, the front matter is written anew as a whole.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from groundwire.checked_yaml import Marked, validate
from groundwire.errors import InputError, Problem
from groundwire.publication.frontmatter import Meta, Page, flow, parse, plain, read, yaml_lines

_EXAMPLE = "---\nid: s-8f3a1c2b9d\ntitle: What happened, in one line\n…\n---"


def edited(
    page: Page[Any],
    *,
    put: Mapping[str, Any] | None = None,
    add: Mapping[str, Iterable[Mapping[str, Any]]] | None = None,
    drop: Iterable[str] = (),
    now: datetime | None = None,
    exact: bool = False,
) -> str:
    """Return a page's text with top-level keys put (replaced in place, or added at the end), entries added to lists, keys dropped.

    `now`: when the page is updated by it. `exact`: what is put are values of the page itself, so that they stay as they are, uncleaned. All else stays as people wrote it, to the byte; where their style allows no inserting, it stays in meaning.
    Raises InputError where the page would break its contract: nothing is to be written then.
    """
    put, drop = {**(put or {}), **({"updated": updated_at(page, now)} if now else {})}, tuple(drop)
    added = {key: list(entries) for key, entries in (add or {}).items()}
    wanted = _wanted(page, put=put, add=added, drop=drop, exact=exact)
    for text in (_inserted(page, put=put, add=added, drop=drop, exact=exact), _written_anew(page, wanted)):
        if _says(text, wanted, page):
            return text
    message = "the front matter is written in a way that no command can change, and nothing was changed; write each key on a line of its own"
    raise InputError([Problem(f"content/{page.path}", message, 2, 1, example=_EXAMPLE)])


def with_body(page: Page[Any], text: str, body: str) -> str:
    """Return a text that `edited` made of the page, with another body."""
    return text[: len(text) - len(page.body)] + body


def means(page: Page[Any], text: str, put: Mapping[str, Any], *, exact: bool = False) -> bool:
    """Say whether a text is the page with exactly these keys put."""
    return _says(text, _wanted(page, put=put, add={}, drop=(), exact=exact), page)


def updated_at(page: Page[Any], now: datetime) -> datetime:
    """Return the moment to write as `updated`: now, in whole seconds, but never before the page was published."""
    published: datetime = page.meta.moment.astimezone(UTC)
    if published.microsecond:
        published = published.replace(microsecond=0) + timedelta(seconds=1)
    return max(now.astimezone(UTC).replace(microsecond=0), published)


def _wanted(
    page: Page[Any], *, put: Mapping[str, Any], add: Mapping[str, list[Mapping[str, Any]]], drop: Iterable[str], exact: bool
) -> Meta:
    """Return the front matter as it is to be. Raises InputError where it would break the contract."""
    data = {key: value for key, value in page.meta.model_dump(exclude_unset=True).items() if key not in drop}
    data |= {key: plain(value, exact=exact) for key, value in put.items()}
    data |= {key: [*data.get(key, ()), *map(plain, entries)] for key, entries in add.items()}
    marks = read(page.text, file=page.path)[0].marks
    model: type[Meta] = type(page.meta)
    return validate(Marked(data, marks), model, file=f"content/{page.path}")


def _says(text: str, wanted: Meta, page: Page[Any]) -> bool:
    """Say whether a text has the wanted front matter, and the page's body to the byte."""
    try:
        found = parse(text, type(wanted), file=page.path)
    except InputError:
        return False
    return found.body == page.body and found.meta.model_dump() == wanted.model_dump()


def _written_anew(page: Page[Any], wanted: Meta) -> str:
    head = page.text[: len(page.text) - len(page.body)]
    end = "\r\n" if head.splitlines(keepends=True)[0].endswith("\r\n") else "\n"
    mark = "\ufeff" if head.startswith("\ufeff") else ""
    data = wanted.model_dump(exclude_unset=True)
    lines = ["---", *(line for key, value in data.items() for line in yaml_lines(key, value, exact=True)), "---"]
    return f"{mark}{end.join(lines)}{end}{page.body}"


def _inserted(
    page: Page[Any], *, put: Mapping[str, Any], add: Mapping[str, list[Mapping[str, Any]]], drop: Iterable[str], exact: bool
) -> str:
    """Return the page's text with lines replaced and put in, as far as its front matter has a key a line."""
    head = _Head(page)
    changes = [head.putting(key, value, exact=exact) for key, value in put.items()]
    changes += [head.adding(key, entries) for key, entries in add.items()]
    changes += [(*head.block(key), []) for key in drop if key in head.marked.data]
    # From the end backwards, so that line numbers hold; at one line, what extends a block stands before a new key.
    for start, end, new in sorted(changes, key=_from_the_end):
        head.lines[start:end] = [line + head.line_end for line in new]
    return "".join(head.lines) + page.body


_Change = tuple[int, int, list[str]]


def _from_the_end(change: _Change) -> tuple[int, bool]:
    return -change[0], bool(change[2]) and change[2][0].lstrip().startswith("- ")


class _Head:
    """The lines of a page down to the end of its front matter, and where in them each key stands."""

    def __init__(self, page: Page[Any]) -> None:
        self.marked: Marked = read(page.text, file=page.path)[0]
        self.lines = page.text[: len(page.text) - len(page.body)].splitlines(keepends=True)
        self.line_end = "\r\n" if self.lines[0].endswith("\r\n") else "\n"
        places = [self.marked.marks[(key,)] for key in self.marked.data]
        self._starts = sorted(line - 1 for line, _ in places)
        self._indent = " " * (min(column for _, column in places) - 1)

    def putting(self, key: str, value: Any, *, exact: bool = False) -> _Change:
        """Return the change that gives a key a value."""
        return (*self.block(key), [self._indent + line for line in yaml_lines(key, value, exact=exact)])

    def adding(self, key: str, entries: list[Mapping[str, Any]]) -> _Change:
        """Return the change that lengthens a list."""
        existing = self.marked.data.get(key)
        if not existing:
            return self.putting(key, entries)
        start, end = self.block(key)
        first = self.marked.marks[(key, 0)][0] - 1
        if first == start:  # a flow sequence on the key's own line: written anew, an entry a line
            return start, end, [self._indent + line for line in yaml_lines(key, [*existing, *entries])]
        indent = self.lines[first][: len(self.lines[first]) - len(self.lines[first].lstrip())]
        return end, end, [f"{indent}- {flow(dict(entry))}" for entry in entries]

    def block(self, key: str) -> tuple[int, int]:
        """Return the lines of a key and its value, as positions from 0, the end excluded.

        They are without the blank lines and comments behind them. Of a key that is not there: where it would be put.
        """
        fence = len(self.lines) - 1
        if key not in self.marked.data:
            return (fence - 1, fence - 1) if self.lines[fence - 1].rstrip() == "..." else (fence, fence)
        start = self.marked.marks[(key,)][0] - 1
        end = next((line for line in self._starts if line > start), fence)
        while end > start + 1 and (self.lines[end - 1].strip() in ("", "...") or self.lines[end - 1].lstrip().startswith("#")):
            end -= 1
        return start, end
