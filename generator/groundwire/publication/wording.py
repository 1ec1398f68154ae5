"""The words that we say ourselves, in the publication's language, and dates, numbers and lists as that language writes them.

One file, words.yml: a block a language, in it a part a use (`site`, `issue`, `letter`, `article`, …) beside what all share.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from groundwire.publication.categories import Category, SectionSpec

CATALOGUE = Path(__file__).with_name("words.yml")
COMMON, NAMES = "common", "names"
_NUMBER = re.compile(r"\d+")
_RIGHT_TO_LEFT = frozenset({"ar", "fa", "he", "ur", "yi", "ps", "sd", "ug", "dv"})


@dataclass(frozen=True)
class Words:
    """The words of one language for one use (English where it lacks one), with the zone that times are shown in."""

    language: str
    zone: dt.tzinfo
    texts: Mapping[str, Any]
    names: Mapping[str, str]

    def __call__(self, key: str, n: object = None, **values: object) -> str:
        """Return the words for `key`, filled in; with `n`, in the singular or the plural. An unknown key is our bug."""
        text = self.texts[key]
        if isinstance(text, dict):
            text = text["one" if n == 1 else "many"]
        return str(text).format(n=n, **values) if values or n is not None else str(text)

    def count(self, key: str, n: int) -> str:
        """Return the words of `key` for so many."""
        return self(key, n)

    def name(self, text: str) -> str:
        """Translate a shipped category's name, heading or label; any other text stays as it is."""
        return self.names.get(text, text)

    def reason(self, text: str) -> str:
        """Translate one of a score's reasons; any other text stays as it is.

        Front matter has them in English ("2 independent sources").
        """
        pattern = self.names.get(_NUMBER.sub("#", text))
        numbers = iter(_NUMBER.findall(text))
        return re.sub("#", lambda _: next(numbers, "#"), pattern) if pattern else text

    def outcome(self, value: str) -> str:
        """Say what became of a prediction."""
        return self("outcome_" + value.replace(" ", "_"))

    def listing(self, items: Sequence[str]) -> str:
        """Join items to a list in words: a, b and c."""
        return self("and", head=", ".join(items[:-1]), last=items[-1]) if len(items) > 1 else "".join(items)

    def number(self, value: float, *, digits: int = 0) -> str:
        """Write a number: 0.50, or 0,50."""
        return f"{value:.{digits}f}".replace(".", self("decimal"))

    @property
    def direction(self) -> str:
        """`ltr` or `rtl`."""
        return "rtl" if self.language.split("-")[0].lower() in _RIGHT_TO_LEFT else "ltr"

    def date(self, when: dt.date) -> str:
        """Write a date: 27 February 2026."""
        return self._written("date", when)

    def day(self, when: dt.date) -> str:
        """Write a date with its weekday: Friday, 27 February 2026."""
        return self._written("day", when)

    def moment(self, when: dt.datetime) -> str:
        """Write a date with its time: 27 February 2026, 15:04 UTC."""
        return self._written("moment", when)

    def month(self, key: str) -> str:
        """Write the month of a key: February 2026, of 2026-02."""
        return self._written("month", dt.date.fromisoformat(f"{key}-01"))

    def span(self, since: dt.date, until: dt.date) -> str:
        """Write a span of days: 20 to 27 November 2026. What both dates share is said once."""
        since, until = self._day(since), self._day(until)
        if since == until:
            return self.date(until)
        start = self.date(since)
        if since.year == until.year:
            start = start.removesuffix(f" {since.year}")
            if since.month == until.month:
                start = start.removesuffix(" " + self.texts["months"][since.month - 1])
        return self("span", since=start, until=self.date(until))

    def local(self, when: dt.datetime) -> dt.datetime:
        """Return the moment in the publication's zone."""
        return when.astimezone(self.zone)

    def _day(self, when: dt.date) -> dt.date:
        return self.local(when).date() if isinstance(when, dt.datetime) else when

    def _written(self, form: str, when: dt.date) -> str:
        if isinstance(when, dt.datetime):
            when = self.local(when)
        return self(
            form,
            day=when.day,
            year=when.year,
            month=self.texts["months"][when.month - 1],
            weekday=self.texts["weekdays"][when.weekday()],
            time=f"{when:%H:%M}",
            zone=f"{when:%Z}",
        )


def words_of(language: str, *parts: str, zone: dt.tzinfo = dt.UTC) -> Words:
    """Return the words of a language tag for these parts; `de-AT` takes German, what the catalogue lacks is English."""
    every = catalogue()
    own = every.get(language.lower()) or every.get(language.split("-")[0].lower()) or {}
    texts = {
        key: text for part in (COMMON, *parts) for block in (every["en"], own) for key, text in (block.get(part) or {}).items()
    }
    return Words(language, zone, texts, own.get(NAMES) or {})


def translated(categories: Mapping[str, Category], words: Words) -> dict[str, Category]:
    """Return the categories with shipped names, headings and labels in the words' language; an owner's own stay."""
    if not words.names:
        return dict(categories)
    return {
        key: category.model_copy(
            update={"name": words.name(category.name), "sections": tuple(_section(s, words) for s in category.sections)}
        )
        for key, category in categories.items()
    }


def _section(spec: SectionSpec, words: Words) -> SectionSpec:
    return spec.model_copy(
        update={
            "heading": words.name(spec.heading),
            "labels": tuple(map(words.name, spec.labels)),
            "parts": tuple(_section(part, words) for part in spec.parts),
        }
    )


@cache
def catalogue() -> dict[str, dict[str, dict[str, Any]]]:
    """Read the whole file: language → part → key → words."""
    loaded: dict[str, dict[str, dict[str, Any]]] = yaml.load(
        CATALOGUE.read_text(encoding="utf-8"),
        Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader),  # noqa: S506  # safe, and in C: every command pays for it
    )
    return loaded
