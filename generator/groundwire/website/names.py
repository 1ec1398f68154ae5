"""entities.yml at the publication's root: which spellings are one name, and which names get no listing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

from groundwire.checked_yaml import read_yaml, validate
from groundwire.errors import InputError, Problem, not_utf8
from groundwire.text.plain import clean, digest, slugify

FILE = "entities.yml"


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Name(_Part):
    """One name as readers see it."""

    name: str = Field(min_length=1, examples=["Microsoft"])
    aliases: tuple[str, ...] = Field((), examples=[["MSFT", "Microsoft Corporation"]], description="spellings that mean it")
    hide: bool = Field(False, examples=[True], description="in no listing and on no page: no name, or nobody's business")


class Entities(_Part):
    """The file: names by kind."""

    organisations: tuple[Name, ...] = Field((), examples=[[{"name": "Microsoft", "aliases": ["MSFT"]}]])
    products: tuple[Name, ...] = Field((), examples=[[{"name": "Windows", "hide": True}]])


@dataclass(frozen=True)
class Names:
    """Spellings resolved, case ignored; a name that the file doesn't know is itself."""

    entities: Entities = field(default_factory=Entities)

    def organisations(self, given: Iterable[str]) -> Iterator[str]:
        """Yield the organisations' names as shown, without hidden ones."""
        return _resolved(given, self._organisations)

    def products(self, given: Iterable[str]) -> Iterator[str]:
        """Yield the products' names as shown, without hidden ones."""
        return _resolved(given, self._products)

    @cached_property
    def _organisations(self) -> dict[str, Name]:
        return _spellings(self.entities.organisations)

    @cached_property
    def _products(self) -> dict[str, Name]:
        return _spellings(self.entities.products)

    def moved(self) -> Iterator[tuple[str, str]]:
        """Yield addresses that a spelling's own listing may have had, each with the listing's address now."""
        for folder, names in (("organisations", self.entities.organisations), ("products", self.entities.products)):
            for one in names:
                new = facet_slug(clean(one.name))
                yield from (
                    (f"{folder}/{old}/", f"{folder}/{new}/") for old in map(facet_slug, map(clean, one.aliases)) if old != new
                )


def facet_slug(name: str) -> str:
    """Turn a name into a part of an address; a name without Latin letters becomes a short digest."""
    return slugify(name) or digest(name, length=10)


def load_names(root: Path) -> Names:
    """Read entities.yml of the publication in `root`; it may be missing. Raises InputError with every problem in it."""
    try:
        text = (root / FILE).read_text(encoding="utf-8")
    except FileNotFoundError:
        return Names()
    except UnicodeDecodeError as error:
        raise InputError([not_utf8(FILE, error)]) from None
    if not text.strip():
        return Names()
    marked = read_yaml(text, file=FILE)
    entities = validate(marked, Entities, file=FILE)
    problems = [
        Problem(FILE, f"{spelling!r} stands for two names; take it out of one", *marked.place((kind, place)), key=kind)
        for kind in ("organisations", "products")
        for spelling, place in _twice(getattr(entities, kind))
    ]
    if problems:
        raise InputError(problems)
    return Names(entities)


def _twice(names: tuple[Name, ...]) -> Iterator[tuple[str, int]]:
    seen: dict[str, int] = {}
    for place, one in enumerate(names):
        for spelling in {clean(text).casefold() for text in (one.name, *one.aliases)}:
            if spelling in seen:
                yield spelling, place
            seen[spelling] = place


def _spellings(names: tuple[Name, ...]) -> dict[str, Name]:
    return {clean(text).casefold(): one for one in names for text in (one.name, *one.aliases)}


def _resolved(given: Iterable[str], spellings: Mapping[str, Name]) -> Iterator[str]:
    for text in map(clean, given):
        known = spellings.get(text.casefold())
        if known is None:
            yield text
        elif not known.hide:
            yield clean(known.name)
