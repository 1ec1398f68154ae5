"""Categories as data: one YAML file each, shipped with the package or the owner's own in `categories/`.

From one file come the rules that recognise a story, the sections of its page, the model's schema and the documentation.
An owner's file with a shipped one's id replaces it.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Collection, Mapping
from functools import cached_property
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from groundwire import resources
from groundwire.checked_yaml import read_yaml, validate
from groundwire.errors import InputError, Mend, Problem, not_utf8
from groundwire.shapes import Slug

UNCATEGORISED = "uncategorised"
Shape = Literal["sentence", "paragraph", "bullets", "labelled bullets"]
DetailKind = Literal["dates", "cves", "cvss", "organisations", "products", "versions", "money"]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, ignored_types=(cached_property,))


class SectionSpec(_Part):
    """One section of a category's page."""

    id: Slug = Field(examples=["affected-products"])
    heading: str = Field(min_length=1, examples=["Affected products"])
    guidance: str = Field("", examples=["Products and versions that the sources name as affected."], description="for a model")
    cues: tuple[str, ...] = Field(
        (), examples=[["affects", "affected version*"]], description="phrases that a sentence of this section carries"
    )
    shape: Shape = Field("paragraph", examples=["bullets"])
    labels: tuple[str, ...] = Field((), examples=[["Market positioning", "Challenges"]], description="of labelled bullets")
    kind: Literal["fact", "analysis", "prediction"] = Field("fact", examples=["fact"])
    min_words: int = Field(0, ge=0, examples=[120], description="words of source below which a model leaves it out")
    parts: tuple[SectionSpec, ...] = Field((), examples=[[{"id": "for-customers", "heading": "For customers"}]])

    @cached_property
    def pattern(self) -> re.Pattern[str] | None:
        """The cues as one expression, or None."""
        return phrases(self.cues)


class Rules(_Part):
    """How a story of this category is recognised: phrases, case ignored; a star stands for the rest of a word."""

    title: tuple[str, ...] = Field((), examples=[["zero-day", "patch*"]], description="in the headline: 3 points each")
    text: tuple[str, ...] = Field((), examples=[["arbitrary code", "CVE-*"]], description="anywhere: 1 point each")
    against: tuple[str, ...] = Field((), examples=[["funding round"]], description="anywhere: 3 points off each")
    least: int = Field(3, ge=1, examples=[3], description="points that it takes")

    @cached_property
    def patterns(self) -> tuple[re.Pattern[str] | None, re.Pattern[str] | None, re.Pattern[str] | None]:
        """Title, text and against, each as one expression or None."""
        return phrases(self.title), phrases(self.text), phrases(self.against)


class Category(_Part):
    """A kind of story: when it applies, and the sections of its page in order."""

    id: Slug = Field(examples=["vulnerability"])
    name: str = Field(min_length=1, examples=["Vulnerability"])
    applies: str = Field("", examples=["A flaw in a product, its fix, or its exploitation."])
    order: int = Field(50, examples=[20], description="its place in an issue and on the home page, small first")
    rules: Rules = Field(default_factory=lambda: Rules(), examples=[{"title": ["zero-day"], "text": ["CVE-*"]}])
    details: tuple[DetailKind, ...] = Field(
        (), examples=[["cves", "cvss", "versions"]], description="rows of the key-details table"
    )
    sections: tuple[SectionSpec, ...] = Field((), examples=[[{"id": "overview", "heading": "Overview"}]])

    @model_validator(mode="after")
    def _distinct(self) -> Category:
        ids = [s.id for s in self.all_sections()]
        for one in ids:
            if ids.count(one) > 1:
                raise ValueError(f"sections: two of them have the id {one!r}")
        return self

    def all_sections(self) -> tuple[SectionSpec, ...]:
        """Return the sections and their parts, in the page's order."""
        return tuple(x for s in self.sections for x in (s, *s.parts))


def phrases(items: tuple[str, ...], *, numbered: bool = False) -> re.Pattern[str] | None:
    """Compile phrases to one expression that matches whole words, case ignored.

    `*` stands for the rest of a word (at most 60 characters). `numbered`: a match's `lastindex` tells which phrase it is (from 1,
    the longest first).
    """
    if not items:
        return None
    # Alternatives stand under their first letter: an expression of hundreds of phrases is then three times as fast.
    by_letter: dict[str, list[str]] = {}
    for item in sorted((i.strip() for i in items), key=len, reverse=True):
        letter = item[:1].lower() if item[:1].isalnum() else ""
        rest = re.escape(item[1:] if letter else item)
        # Bounded and possessive, so that no text takes more than linear time.
        rest = rest.replace(r"\*", r"[\w.-]{0,60}").replace(r"\ ", r"\s++").replace("'", "['’]")
        by_letter.setdefault(letter, []).append(rest + "()" * numbered)
    parts = (f"{letter}(?:{'|'.join(rests)})" for letter, rests in by_letter.items())
    return re.compile(r"(?<!\w)(?:" + "|".join(parts) + r")(?!\w)", re.IGNORECASE)


def unknown_category(
    name: str, known: Collection[str], *, file: str, line: int, column: int, path: tuple[str | int, ...] = ("category",)
) -> Problem | None:
    """Report a category that no file describes, at its place; None where there is one."""
    if name in known:
        return None
    near = difflib.get_close_matches(name, list(known), n=1)
    hint = f"did you mean {near[0]!r}?" if near else f"there are {', '.join(known)}"
    example = f"category: {near[0] if near else next(iter(known))}"
    mend = Mend(path, value=near[0]) if near else None
    return Problem(file, f"no category {name!r}; {hint}", line, column, key="category", example=example, mend=mend)


def load_categories(root: Path) -> Mapping[str, Category]:
    """Read all categories of the publication in `root`, in order, `uncategorised` last. Raises InputError with all problems."""
    found: dict[str, Category] = {}
    problems: list[Problem] = []
    for folder in (resources.categories(), root / "categories"):
        for path in sorted(folder.glob("*.yml")):
            file = f"categories/{path.name}"
            try:
                category = validate(read_yaml(path.read_text(encoding="utf-8"), file=file), Category, file=file)
            except InputError as error:
                problems += error.problems
                continue
            except UnicodeDecodeError as error:
                problems.append(not_utf8(file, error))
                continue
            if category.id != path.stem:
                problems.append(Problem(file, "the id should be the file's name", key="id", example=f"id: {path.stem}"))
            found[category.id] = category
    if problems:
        raise InputError(problems)
    return dict(sorted(found.items(), key=lambda item: (item[0] == UNCATEGORISED, item[1].order, item[1].name)))
