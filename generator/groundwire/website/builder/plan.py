"""Which pages and files a build makes, and why; which it keeps. Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from groundwire.website.builder.state import State


@dataclass(frozen=True)
class Wanted:
    """What the site is to have. `pages`: source → (mark, output); `files`: output → mark; `always`: sources that are never kept."""

    parts: Mapping[str, str]
    pages: Mapping[str, tuple[str, str]]
    files: Mapping[str, str]
    always: Collection[str] = ()


@dataclass(frozen=True)
class Plan:
    """`make`: source → why; `write`: output → why; `keep`: outputs that stay as they are; `gone`: outputs that leave.

    `everything`: why nothing is kept; '' where something may be.
    """

    make: Mapping[str, str]
    write: Mapping[str, str]
    keep: frozenset[str]
    gone: tuple[str, ...]
    everything: str = ""

    @property
    def reasons(self) -> list[str]:
        """Give a line for each page and file, for people."""
        if self.everything:
            return [f"everything: {self.everything}"]
        made = [f"{source}: {why}" for source, why in (*self.make.items(), *self.write.items())]
        return [*made, *(f"{output}: gone" for output in self.gone)]


def plan_build(last: State | None, wanted: Wanted, *, present: Collection[str], force: str = "") -> Plan:
    """Compare with the last build.

    `present` are the outputs that are there; `force` says why everything must be made, if it must.
    """
    everything = force or _everything(last, wanted)
    if everything or last is None:
        make, write = dict.fromkeys(wanted.pages, everything), dict.fromkeys(wanted.files, everything)
    else:
        make = {source: why for source, now in wanted.pages.items() if (why := _page(source, now, last, present))}
        make |= {source: "always made" for source in wanted.always if source in wanted.pages and source not in make}
        make |= _linking(last, wanted, made=make)
        write = {output: why for output, mark in wanted.files.items() if (why := _file(output, mark, last, present))}
    keep = {output for source, (_, output) in wanted.pages.items() if source not in make}
    keep |= wanted.files.keys() - write.keys()
    there = {output for _, output in wanted.pages.values()} | wanted.files.keys()
    before = ({output for _, output in last.pages.values()} | last.files.keys()) if last else set()
    return Plan(make, write, frozenset(keep), tuple(sorted(before - there)), everything)


def _everything(last: State | None, wanted: Wanted) -> str:
    if last is None:
        return "no build before this one"
    changed = sorted(name for name in last.parts.keys() | wanted.parts.keys() if last.parts.get(name) != wanted.parts.get(name))
    return f"{', '.join(changed)} changed" if changed else ""


def _page(source: str, now: tuple[str, str], last: State, present: Collection[str]) -> str:
    before = last.pages.get(source)
    if before is None:
        return "new"
    if before != now:
        return "changed" if before[0].partition("/")[0] != now[0].partition("/")[0] else "a listing that it names came or went"
    if now[1] not in present:
        return "its output was missing"
    return "the last build warned of it" if source in last.unsettled else ""


def _file(output: str, mark: str, last: State, present: Collection[str]) -> str:
    before = last.files.get(output)
    if before == mark:
        return "" if output in present else "was missing"
    return "new" if before is None else "changed"


def _linking(last: State, wanted: Wanted, *, made: Mapping[str, str]) -> dict[str, str]:
    """Return kept pages whose links must be looked at: to what came or went, or to a place on a page that is made again."""
    moved = (last.pages.keys() | last.files.keys()) ^ (wanted.pages.keys() | wanted.files.keys())
    found = {}
    for source, targets in last.links.items():
        if source not in wanted.pages or source in made:
            continue
        for target in targets:
            plain = target.removesuffix("#")
            if plain in moved or (plain != target and plain in made):
                found[source] = f"links to {plain}, which {'came or went' if plain in moved else 'changed'}"
                break
    return found
