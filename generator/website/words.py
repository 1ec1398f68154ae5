"""The interface's words in the publication's language, and dates written as that language writes them."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

CATALOGUE = Path(__file__).with_name("words.yml")
_RIGHT_TO_LEFT = frozenset({"ar", "fa", "he", "ur", "yi", "ps", "sd", "ug", "dv"})


@cache
def _catalogue() -> dict[str, dict[str, Any]]:
    loaded: dict[str, dict[str, Any]] = yaml.safe_load(CATALOGUE.read_text(encoding="utf-8"))
    return loaded


@dataclass(frozen=True)
class Words:
    """The words of one language (English where it lacks one), with the zone that times are shown in."""

    language: str
    zone: dt.tzinfo
    texts: dict[str, Any]

    def __call__(self, key: str, **values: object) -> str:
        """The words for `key`, filled in. An unknown key is our bug."""
        text = str(self.texts[key])
        return text.format(**values) if values else text

    def count(self, number: int, *, one: str, many: str) -> str:
        """`one` for 1, else `many` with {count}."""
        return self(one) if number == 1 else self(many, count=number)

    @property
    def direction(self) -> str:
        """`ltr` or `rtl`."""
        return "rtl" if self.language.split("-")[0].lower() in _RIGHT_TO_LEFT else "ltr"

    def date(self, when: dt.date) -> str:
        """27 February 2026."""
        return self._written("date", when)

    def day(self, when: dt.date) -> str:
        """Friday, 27 February 2026."""
        return self._written("day", when)

    def moment(self, when: dt.datetime) -> str:
        """27 February 2026, 15:04 UTC."""
        return self._written("moment", when)

    def month(self, key: str) -> str:
        """February 2026, of the key 2026-02."""
        return self._written("month", dt.date.fromisoformat(f"{key}-01"))

    def local(self, when: dt.datetime) -> dt.datetime:
        """The moment in the publication's zone."""
        return when.astimezone(self.zone)

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


def words_of(language: str, zone: dt.tzinfo) -> Words:
    """The words for a language tag: `de-AT` takes German, what is not in the catalogue English."""
    catalogue = _catalogue()
    own = catalogue.get(language.lower()) or catalogue.get(language.split("-")[0].lower()) or {}
    return Words(language, zone, {**catalogue["en"], **own})
