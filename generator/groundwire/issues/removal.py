"""Taking withdrawn stories out of an issue's file, and nothing else: people's edits stay as they are, to the byte."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from groundwire.issues.addresses import Addresses
from groundwire.issues.body import cut
from groundwire.publication.content import Article, Issue
from groundwire.publication.editing import edited, with_body
from groundwire.publication.frontmatter import body_hash
from groundwire.text.plain import clean

_HEADING = re.compile(r"(#{1,3})\s")
_ENTRY = re.compile(r"[-*+]\s")
_COUNT = re.compile(r"\d+")


@dataclass
class _Block:
    """Lines that belong together: a story with its headline, or what else stands under a heading. Made fresh from each body."""

    lines: list[str] = field(default_factory=list)

    @property
    def level(self) -> int:
        """The level of the heading that it begins with; 0 if it begins with none."""
        found = _HEADING.match(self.lines[0]) if self.lines else None
        return len(found[1]) if found else 0


def touched(issues: Iterable[Issue], gone: Iterable[Article]) -> list[Issue]:
    """Return the issues that may carry one of these stories; the others need no closer look."""
    gone = list(gone)
    ids, addresses = {one.id for one in gone}, Addresses(gone)
    return [
        page for page in issues if not ids.isdisjoint((*page.meta.items, *page.meta.continuing)) or addresses.led_to(page.body)
    ]


def without(page: Issue, gone: Sequence[Article], *, left: Sequence[Article]) -> str:
    """Return the file's text without the stories that are `gone`. `left` are the others: the first of them gives a new subject.

    What corrections say about a story stays. An opening that the machine wrote counts stories, so that it goes with the first.
    """
    addresses = Addresses(gone)
    body = "".join(line for block in _kept(_blocks(page.body), addresses) for line in block.lines)
    ids = {one.meta.id for one in gone}
    if body == page.body and not ids & {*page.meta.items, *page.meta.continuing}:
        return page.text
    if page.pristine:
        body = _without_opening(body)
    put: dict[str, object] = {"items": [one for one in page.meta.items if one not in ids]}
    put |= {"continuing": [one for one in page.meta.continuing if one not in ids]} if page.meta.continuing else {}
    put |= _headlines(page, gone, left)
    put |= {"generated": {"hash": body_hash(body)}} if page.pristine else {}
    return with_body(page, edited(page, put=put), body)


def _blocks(body: str) -> list[_Block]:
    blocks = [_Block()]
    for line in body.splitlines(keepends=True):
        if _HEADING.match(line):
            blocks.append(_Block())
        blocks[-1].lines.append(line)
    return [block for block in blocks if block.lines]


def _kept(blocks: Sequence[_Block], addresses: Addresses) -> Iterator[_Block]:
    """Yield the blocks without those stories and entries; a heading under which nothing is left goes too."""
    section: list[_Block] = []
    for block in [*blocks, _Block(["## \n"])]:
        if block.level in (1, 2) and section:
            yield from _section(section, addresses)
            section = []
        section.append(block)


def _section(section: Sequence[_Block], addresses: Addresses) -> list[_Block]:
    head, *stories = section
    kept = [story for story in stories if not addresses.led_to(story.lines[0])]
    if ".corrections" in head.lines[0]:
        return [head, *kept]
    lines = _without_entries(head.lines, addresses)
    taken = len(kept) < len(stories) or len(lines) < len(head.lines)
    if taken and ".online" in lines[0]:
        lines[0] = _COUNT.sub(str(sum(1 for line in lines if _ENTRY.match(line))), lines[0], count=1)
    empty = not kept and not any(line.strip() for line in lines[1:])
    return [] if taken and head.level and empty else [_Block(lines), *kept]


def _without_entries(lines: Sequence[str], addresses: Addresses) -> list[str]:
    """Remove the list entries that lead to such a story, each with the lines that are indented below it."""
    kept: list[str] = []
    dropping = False
    for line in lines:
        dropping = addresses.led_to(line) if _ENTRY.match(line) else dropping and line[:1] in " \t"
        if not dropping:
            kept.append(line)
    return kept


def _without_opening(body: str) -> str:
    start = _HEADING.search(body) if _HEADING.match(body) else re.search(r"^#{1,3}\s", body, re.MULTILINE)
    return "\n" + body[start.start() :] if start else body


def _headlines(page: Issue, gone: Sequence[Article], left: Sequence[Article]) -> dict[str, object]:
    """Return a new subject and preheader, for those that name a story that is gone."""
    order = {story: place for place, story in enumerate(page.meta.items)}
    rest = sorted((one for one in left if one.id in order and one.meta.listed), key=lambda one: order[one.meta.id])
    titles = [cut(clean(one.meta.title), limit=100) for one in rest] or [page.meta.title or page.meta.id]
    named = [clean(one.meta.title)[:60] for one in gone]
    found: dict[str, object] = {}
    if any(name in page.meta.subject for name in named):
        found["subject"] = titles[0]
    if any(name in page.meta.preheader for name in named) or ("subject" in found and titles[0][:60] in page.meta.preheader):
        found["preheader"] = " · ".join(titles[1:3])
    elif any(one.meta.id in order for one in gone) and (uncounted := _uncounted(page)):
        found["preheader"] = uncounted
    return found


def _uncounted(page: Issue) -> str:
    """Return the preheader without the count of further stories at its end; '' if it does not end as the machine writes it."""
    head, _, tail = page.meta.preheader.rpartition(" · ")
    return head if re.match(rf"{len(page.meta.items) - 3}\b", tail) else ""
