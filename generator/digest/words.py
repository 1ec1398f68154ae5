"""The words of an issue, in the publication's language; English where there are none of it."""

from __future__ import annotations

from datetime import date as Day  # noqa: N812  # the method below shadows it
from typing import Any

_ENGLISH: dict[str, Any] = {
    "months": "January February March April May June July August September October November December".split(),
    "date": "{day} {month} {year}",
    "span": "{since} to {until}",
    "title": "Week {week}, {year}",
    "stories": ("1 story", "{n} stories"),
    "outlets": ("1 outlet", "{n} outlets"),
    "from": "{stories} from {outlets}",
    "opening": "{stories}, {span}{kinds}.",
    "part": "{n} in {name}",
    "parts": ": {parts}",
    "kinds": ", in {n} categories",
    "and": "{head} and {last}",
    "moved": ("One story of an earlier issue goes on.", "{n} stories of earlier issues go on."),
    "mended": ("One earlier story is corrected or withdrawn.", "{n} earlier stories are corrected or withdrawn."),
    "withdrawn": "Withdrawn: {reason}",
    "lead": "The lead",
    "continuing": "Continuing",
    "new": "new from {items}",
    "further": "{n} more on its page",
    "corrections": "Corrections",
    "watch": "Predictions that came due",
    "expected": "expected by {date}",
    "outcome": {
        "open": "still open",
        "happened": "it happened",
        "did not happen": "it did not happen",
        "not followed up": "not followed up",
    },
    "online": "{n} more online",
    "also": "Also: {title}",
    "more": ("1 more story", "{n} more stories"),
    "extracted": "Extracted by rule",
    "model": "Written by {name}",
    "person": "Written by a person",
    "edited": "edited by a person",
    "not_reviewed": "not reviewed",
    "reviewed": "reviewed by {name}",
    "further_sources": ("1 more source", "{n} more sources"),
}
_GERMAN: dict[str, Any] = {
    "months": "Januar Februar März April Mai Juni Juli August September Oktober November Dezember".split(),
    "date": "{day}. {month} {year}",
    "span": "{since} bis {until}",
    "title": "Woche {week}, {year}",
    "stories": ("1 Meldung", "{n} Meldungen"),
    "outlets": ("1 Quelle", "{n} Quellen"),
    "from": "{stories} aus {outlets}",
    "opening": "{stories}, {span}{kinds}.",
    "part": "{n} in {name}",
    "parts": ": {parts}",
    "kinds": ", in {n} categories",
    "and": "{head} und {last}",
    "moved": ("Eine Meldung einer früheren Ausgabe geht weiter.", "{n} Meldungen früherer Ausgaben gehen weiter."),
    "mended": (
        "Eine frühere Meldung ist berichtigt oder zurückgezogen.",
        "{n} frühere Meldungen sind berichtigt oder zurückgezogen.",
    ),
    "withdrawn": "Zurückgezogen: {reason}",
    "lead": "Der Aufmacher",
    "continuing": "Wie es weitergeht",
    "new": "neu bei {items}",
    "further": "{n} weitere auf der Seite",
    "corrections": "Berichtigungen",
    "watch": "Vorhersagen, die fällig waren",
    "expected": "erwartet bis {date}",
    "outcome": {
        "open": "noch offen",
        "happened": "eingetreten",
        "did not happen": "nicht eingetreten",
        "not followed up": "nicht weiter verfolgt",
    },
    "online": "{n} weitere online",
    "also": "Außerdem: {title}",
    "more": ("1 weitere Meldung", "{n} weitere Meldungen"),
    "extracted": "Nach Regeln entnommen",
    "model": "Geschrieben von {name}",
    "person": "Von einem Menschen geschrieben",
    "edited": "von einem Menschen bearbeitet",
    "not_reviewed": "nicht geprüft",
    "reviewed": "geprüft von {name}",
    "further_sources": ("1 weitere Quelle", "{n} weitere Quellen"),
}
_CATALOGUE = {"en": _ENGLISH, "de": _GERMAN}


class Words:
    """The words of one language."""

    def __init__(self, language: str) -> None:
        self._texts = {**_ENGLISH, **_CATALOGUE.get(language.split("-")[0].lower(), {})}

    def __call__(self, key: str, **values: object) -> str:
        """The words for `key`, filled in."""
        return str(self._texts[key]).format(**values)

    def count(self, key: str, n: int) -> str:
        """`key` in the singular or the plural."""
        one, many = self._texts[key]
        return str(one if n == 1 else many).format(n=n)

    def outcome(self, value: str) -> str:
        """What became of a prediction."""
        return str(self._texts["outcome"][value])

    def listing(self, items: list[str]) -> str:
        """a, b and c."""
        return self("and", head=", ".join(items[:-1]), last=items[-1]) if len(items) > 1 else "".join(items)

    def date(self, day: Day) -> str:
        """27 November 2026."""
        return self("date", day=day.day, month=self._texts["months"][day.month - 1], year=day.year)

    def span(self, since: Day, until: Day) -> str:
        """20 to 27 November 2026: what both dates share is said once."""
        if since == until:
            return self.date(until)
        start = self.date(since)
        if since.year == until.year:
            start = start.removesuffix(f" {since.year}")
            if since.month == until.month:
                start = start.removesuffix(" " + self._texts["months"][since.month - 1])
        return self("span", since=start, until=self.date(until))
