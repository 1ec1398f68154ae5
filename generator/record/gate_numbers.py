"""Numbers, dates and spans of time in a run of tokens, as keys that are equal where they mean the same.

`$5 million` and `5,000,000 dollars` have one key; `5`, `5%` and `5 million` have three. `2.10` and `2.1` differ: they may be versions.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from generator.record.gate_tokens import Token
from generator.record.gate_tongue import MONTHS, SPANS, WEEKDAYS

_ONES = """zero|one|two zwei deux dos|three drei trois tres|four vier quatre cuatro|five fünf cinq cinco|six sechs seis|seven sieben sept siete
|eight acht huit ocho|nine neun neuf nueve|ten zehn dix diez|eleven elf onze once|twelve zwölf douze doce|thirteen dreizehn|fourteen vierzehn
|fifteen fünfzehn|sixteen sechzehn|seventeen siebzehn|eighteen achtzehn|nineteen neunzehn"""
_TENS = "twenty zwanzig|thirty dreißig|forty vierzig|fifty fünfzig|sixty sechzig|seventy siebzig|eighty achtzig|ninety neunzig"
_ORDINALS = """first erste ersten erster erstes|second zweite zweiten zweiter|third dritte dritten dritter|fourth vierte vierten|fifth fünfte|sixth sechste
|seventh siebte|eighth achte|ninth neunte|tenth zehnte"""
_SCALES = {
    "hundred": 2, "hundert": 2, "thousand": 3, "tausend": 3, "k": 3, "million": 6, "millions": 6, "millionen": 6, "mio": 6, "m": 6, "mn": 6,
    "millones": 6, "billion": 9, "billions": 9, "bn": 9, "b": 9, "milliarde": 9, "milliarden": 9, "mrd": 9, "milliards": 9, "milliard": 9,
    "trillion": 12, "trillions": 12, "tn": 12, "billionen": 12,
}  # fmt: skip
_SHORT = frozenset({"k", "m", "mn", "b", "bn", "tn"})
_OTHERS = {
    "dozen": "12",
    "dutzend": "12",
    "dozens": "12s",
    "hundreds": "100s",
    "hunderte": "100s",
    "thousands": "1000s",
    "tausende": "1000s",
}
_TIMES = {"half": "half", "hälfte": "half", "twice": "2x", "doubled": "2x", "double": "2x", "doppelt": "2x", "triple": "3x", "tripled": "3x",
    "quadruple": "4x", "halved": "half", "thrice": "3x"}  # fmt: skip
_SIGNS = {"$": "$", "€": "€", "£": "£", "¥": "¥", "₹": "₹"}
_UNITS = {
    "%": "%", "percent": "%", "prozent": "%", "dollars": "$", "dollar": "$", "us-dollar": "$", "usd": "$", "euros": "€", "euro": "€", "eur": "€",
    "pounds": "£", "pfund": "£", "gbp": "£", "yen": "¥", "am": "am", "pm": "pm", "$": "$", "€": "€", "£": "£",
}  # fmt: skip


def _words(text: str) -> dict[str, int]:
    return {word: n for n, group in enumerate(text.split("|")) for word in group.split()}


_VALUES = {**_words(_ONES), **{word: (n + 2) * 10 for word, n in _words(_TENS).items()}}
_NTH = {word: n + 1 for word, n in _words(_ORDINALS).items()}


@dataclass(frozen=True, slots=True)
class Amount:
    """A number, date or span of time: its key, and which tokens it takes."""

    key: str
    start: int
    end: int


def amounts(tokens: Sequence[Token], language: str) -> list[Amount]:
    """Everything in the tokens that counts, in order."""
    out: list[Amount] = []
    place = 0
    while place < len(tokens):
        found = _iso_day(tokens, place) or _number(tokens, place, language) or _word(tokens, place)
        out += found
        place = found[-1].end if found else place + 1
    return out


def _iso_day(tokens: Sequence[Token], place: int) -> list[Amount]:
    parts = [t.text for t in tokens[place : place + 3]]
    if len(parts) < 3 or not (tokens[place + 1].joined and tokens[place + 2].joined):
        return []
    if not (re.fullmatch(r"(?:19|20)\d\d", parts[0]) and all(re.fullmatch(r"\d\d", p) for p in parts[1:])):
        return []
    return _day(parts[0], parts[1], parts[2], place, place + 3)


def _day(year: str, month: str, day: str, start: int, end: int) -> list[Amount]:
    return [Amount(key, start, end) for key in (year, f"month {int(month)}", str(int(day)))]


def _number(tokens: Sequence[Token], place: int, language: str) -> list[Amount]:
    """A number of digits or words with its scale and its unit."""
    day = re.fullmatch(r"(\d{1,2})\.(\d{1,2})\.((?:19|20)\d\d)", tokens[place].text)
    if day and 1 <= int(day[2]) <= 12:
        return _day(day[3], day[2], day[1], place, place + 1)
    value, end = _digits(tokens, place, language) or _spelled(tokens, place)
    if not value:
        return []
    value, end = _scaled(value, tokens, end)
    unit, end = _unit(tokens, place, end)
    sign = "-" if place and tokens[place - 1].folded == "minus" else ""
    return [Amount(sign + value + unit, place, end)]


def _digits(tokens: Sequence[Token], place: int, language: str) -> tuple[str, int] | None:
    text = tokens[place].text
    if not text[0].isdigit():
        return None
    thousands, point = (r"\.", ",") if language in ("de", "es") else (",", ".")
    if re.fullmatch(rf"\d{{1,3}}(?:{thousands}\d{{3}})+(?:{re.escape(point)}\d+)?", text):
        text = re.sub(thousands, "", text)
    if re.fullmatch(r"\d+,\d+", text):
        text = text.replace(",", ".")
    text = re.sub(r"^0+(?=\d)", "", text)
    end = place + 1
    while language in ("fr", "es", "de") and _is_group(tokens, end, text):
        text += tokens[end].text
        end += 1
    if end < len(tokens) and tokens[end].joined and tokens[end].text in ("st", "nd", "rd", "th"):
        end += 1
    return text, end


def _is_group(tokens: Sequence[Token], place: int, text: str) -> bool:
    """`12 500`: thousands set apart by a blank."""
    return (
        place < len(tokens)
        and len(text) <= 3
        and not tokens[place].joined
        and re.fullmatch(r"\d{3}", tokens[place].text) is not None
    )


def _spelled(tokens: Sequence[Token], place: int) -> tuple[str, int]:
    word = tokens[place].text.casefold()
    for table in (_OTHERS, _TIMES):
        if word in table:
            return table[word], place + 1
    if word in _NTH:
        return str(_NTH[word]), place + 1
    if word not in _VALUES:
        return "", place
    value, end = _VALUES[word], place + 1
    if value >= 20 and end < len(tokens) and 0 < _VALUES.get(tokens[end].text.casefold(), 99) < 10:
        value, end = value + _VALUES[tokens[end].text.casefold()], end + 1
    return str(value), end


def _scaled(value: str, tokens: Sequence[Token], end: int) -> tuple[str, int]:
    while (
        end < len(tokens) and (scale := _SCALES.get(word := tokens[end].text.casefold())) and re.fullmatch(r"\d+(\.\d+)?", value)
    ):
        if word in _SHORT and not (tokens[end].joined or word in ("bn", "mn", "tn")):
            break
        if tokens[end].text == "M" and not tokens[end].joined:
            break
        value = format((Decimal(value) * 10**scale).normalize(), "f")
        end += 1
    return value, end


def _unit(tokens: Sequence[Token], place: int, end: int) -> tuple[str, int]:
    if place and tokens[place - 1].text in _SIGNS:
        return _SIGNS[tokens[place - 1].text], end
    if end < len(tokens) and tokens[end].text in ("US", "U.S") and end + 1 < len(tokens) and tokens[end + 1].folded in _UNITS:
        end += 1
    if end + 1 < len(tokens) and tokens[end].folded == "per" and tokens[end + 1].folded == "cent":
        return "%", end + 2
    if end < len(tokens) and (unit := _UNITS.get(tokens[end].folded)):
        return unit, end + 1
    return "", end


def _word(tokens: Sequence[Token], place: int) -> list[Amount]:
    token = tokens[place]
    word = token.folded
    if word in SPANS:
        return [Amount(f"span {SPANS[word]}", place, place + 1)]
    if word in WEEKDAYS and (token.text[0].isupper() or word not in ("martes", "mardi")):
        return [Amount(f"weekday {WEEKDAYS[word]}", place, place + 1)]
    if is_month(tokens, place):
        return [Amount(f"month {MONTHS[word]}", place, place + 1)]
    return []


_SHORT_MONTHS = frozenset("jan feb mar apr jun jul aug sep sept oct okt nov dec dez mär mars".split())


def is_month(tokens: Sequence[Token], place: int) -> bool:
    """Whether a month's name is one. `May`, `March` and short forms may be other words: beside a number they are months."""
    word = tokens[place].folded
    if word not in MONTHS or not tokens[place].text[0].isupper():
        return False
    beside = [tokens[i].text for i in (place - 1, place + 1, place + 2) if 0 <= i < len(tokens)]
    if any(text[0].isdigit() for text in beside):
        return True
    return word not in _SHORT_MONTHS and not (tokens[place].opens and word in ("may", "march"))


def each(tokens: Sequence[Token], language: str) -> Iterator[str]:
    """The keys alone."""
    for amount in amounts(tokens, language):
        yield amount.key
