"""Numbers, dates and spans of time in a run of tokens, as keys that are equal where they mean the same.

`$5 million` and `5,000,000 dollars` have one key; `5`, `5%` and `5 million` have three. `2.10` and `2.1` differ: they may be versions.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from groundwire.verification.numerals import SCALES, spelled
from groundwire.verification.tokens import Token
from groundwire.verification.tongue import MONTHS, SEASONS, SPANS, WEEKDAYS

_SHORT = frozenset({"k", "m", "mn", "b", "bn", "tn"})
_SIGNS = {"$": "$", "€": "€", "£": "£", "¥": "¥", "₹": "₹"}
_UNITS = {
    "%": "%", "percent": "%", "prozent": "%", "dollars": "$", "dollar": "$", "us-dollar": "$", "usd": "$", "euros": "€", "euro": "€", "eur": "€",
    "pounds": "£", "pfund": "£", "gbp": "£", "yen": "¥", "am": "am", "pm": "pm", "$": "$", "€": "€", "£": "£",
}  # fmt: skip


# Languages that write 1,000.5; every other one that we know of in Europe and the Americas writes 1.000,5.
_POINT = frozenset({"en", "ja", "zh", "ko", "he", "th", "hi", "ga", "mt", "ms"})


_STOPPED = frozenset({"mrd", "mio", "bn", "mn", "m"})


@dataclass(frozen=True, slots=True)
class Amount:
    """A number, date or span of time: its key, and which tokens it takes."""

    key: str
    start: int
    end: int


def amounts(tokens: Sequence[Token], language: str) -> list[Amount]:
    """Find everything in the tokens that counts, in order."""
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
    """Read a number of digits or words with its scale and its unit; none where there is no number."""
    day = re.fullmatch(r"(\d{1,2})\.(\d{1,2})\.((?:19|20)\d\d)", tokens[place].text)
    if day and 1 <= int(day[2]) <= 12:
        return _day(day[3], day[2], day[1], place, place + 1)
    short = re.fullmatch(r"(\d{1,2})\.(\d{1,2})", tokens[place].text)
    if short and language not in _POINT and 1 <= int(short[2]) <= 12 and _dated(tokens, place):
        return [Amount(f"month {int(short[2])}", place, place + 1), Amount(str(int(short[1])), place, place + 1)]
    value, end = _digits(tokens, place, language) or spelled(tokens, place)
    if not value:
        return []
    value, end = _scaled(value, tokens, end)
    unit, end = _unit(tokens, place, end)
    sign = "-" if place and tokens[place - 1].folded == "minus" else ""
    return [Amount(sign + value + unit, place, end)]


def _dated(tokens: Sequence[Token], place: int) -> bool:
    """`am 13.3.`: a day and a month, no version ("iOS 13.3.")."""
    before = tokens[place - 1].folded if place else ""
    return before in ("am", "vom", "zum", "bis", "seit", "ab", "dem") and [t.text for t in tokens[place + 1 : place + 2]] == ["."]


def _digits(tokens: Sequence[Token], place: int, language: str) -> tuple[str, int] | None:
    text = tokens[place].text
    if not text[0].isdigit():
        return None
    end = place + 1
    while language not in _POINT and _is_group(tokens, end, tokens[place].text):
        text += tokens[end].text
        end += 1
    thousands, point = (",", ".") if language in _POINT else (r"\.", ",")
    if re.fullmatch(rf"\d{{1,3}}(?:{thousands}\d{{3}})+(?:{re.escape(point)}\d+)?", text):
        text = re.sub(thousands, "", text)
    if re.fullmatch(r"\d+,\d+", text):
        text = text.replace(",", ".")
    text = re.sub(r"^0+(?=\d)", "", text)
    if end < len(tokens) and tokens[end].joined and tokens[end].text in ("st", "nd", "rd", "th", "er", "re", "ère"):
        end += 1
    return text, end


def _is_group(tokens: Sequence[Token], place: int, first: str) -> bool:
    """`12 500`: thousands set apart by a blank."""
    return (
        place < len(tokens)
        and re.fullmatch(r"\d{1,3}", first) is not None
        and not tokens[place].joined
        and re.fullmatch(r"\d{3}(?:,\d+)?", tokens[place].text) is not None
    )


def _scaled(value: str, tokens: Sequence[Token], end: int) -> tuple[str, int]:
    while (
        end < len(tokens) and (scale := SCALES.get(word := tokens[end].text.casefold())) and re.fullmatch(r"\d+(\.\d+)?", value)
    ):
        if word in _SHORT and not (tokens[end].joined or word in ("bn", "mn", "tn")):
            break
        if tokens[end].text == "M" and not tokens[end].joined:
            break
        value = format((Decimal(value) * 10**scale).normalize(), "f")
        end += 1
        if word in _STOPPED and end + 1 < len(tokens) and tokens[end].text == "." and tokens[end + 1].folded in _UNITS:
            end += 1  # 3,4 Mrd. Euro
    return value, end


# Measures, which differ by a thousand from their neighbours.
_MEASURES = {word: word for word in "s ms ns kb mb gb tb pb kbps mbps gbps hz khz mhz ghz kg km cm mm kw mw gw mph".split()} | {
    "sec": "s",
    "secs": "s",
    "mins": "min",
    "min": "min",
    "m": "metre",
    "mi": "mile",
    "ft": "foot",
    "ha": "hectare",
    "mp": "megapixel",
}
_LONG_MEASURES = """km kilometre kilometres kilometer kilometers kilometern|mile mile miles meile meilen|metre metre metres meter meters metern|cm centimetre centimetres
|mm millimetre millimetres|foot foot feet fuß|inch inch inches zoll|yard yard yards|acre acre acres|hectare hectare hectares hektar|litre litre litres liter liters litern
|gallon gallon gallons|barrel barrel barrels|tonne tonne tonnes tonnen ton tons|kg kilogram kilograms kilogramm|gram gram grams gramm|kw kilowatt kilowatts
|mw megawatt megawatts|gw gigawatt gigawatts|kb kilobyte kilobytes|mb megabyte megabytes|gb gigabyte gigabytes|tb terabyte terabytes|pb petabyte petabytes|mbit megabit megabits
|gbit gigabit gigabits|megapixel megapixel megapixels|gigapixel gigapixel gigapixels|mhz megahertz|ghz gigahertz"""
_LONG = {word: group.split()[0] for group in _LONG_MEASURES.split("|") for word in group.split()[1:]}


def _unit(tokens: Sequence[Token], place: int, end: int) -> tuple[str, int]:
    if place and tokens[place - 1].text in _SIGNS:
        return _SIGNS[tokens[place - 1].text], end
    if end < len(tokens) and tokens[end].text in ("US", "U.S") and end + 1 < len(tokens) and tokens[end + 1].folded in _UNITS:
        end += 1
    if end + 1 < len(tokens) and tokens[end].folded == "per" and tokens[end + 1].folded == "cent":
        return "%", end + 2
    if end < len(tokens) and (unit := _UNITS.get(tokens[end].folded)):
        return unit, end + 1
    if end < len(tokens) and not tokens[end].joined and (measure := _MEASURES.get(tokens[end].folded)):
        return f" {measure}", end + 1
    if end < len(tokens) and (measure := _LONG.get(tokens[end].folded)):
        return f" {measure}", end + 1
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
    if is_season(tokens, place):
        return [Amount(f"season {SEASONS[word]}", place, place + 1)]
    if is_quarter(token):
        return [Amount(token.text[1], place, place + 1), Amount(f"span {SPANS['quarter']}", place, place + 1)]
    return []


def is_quarter(token: Token) -> bool:
    """Say whether a token is a quarter of a year, as `Q4`."""
    return re.fullmatch(r"Q[1-4]", token.text) is not None


def is_season(tokens: Sequence[Token], place: int) -> bool:
    """Say whether a season's name is one.

    `Fall` and `spring` may be other words: with a year or a word like "last" they are seasons.
    """
    word = tokens[place].folded
    if word not in SEASONS:
        return False
    before, after = (tokens[i].folded if 0 <= i < len(tokens) else "" for i in (place - 1, place + 1))
    dated = before in ("last", "this", "next", "in") or after == "of" or re.fullmatch(r"(?:19|20)\d\d", after) is not None
    return dated or word not in ("fall", "spring")


_SHORT_MONTHS = frozenset("jan feb mar apr jun jul aug sep sept oct okt nov dec dez mär mars set".split())
_NEVER_LOWER = frozenset(
    "may march dec sept sep set jan jun jul mar nov oct apr feb aug august".split()
)  # other words, where written small


def is_month(tokens: Sequence[Token], place: int) -> bool:
    """Say whether a month's name is one.

    `May`, `March` and short forms may be other words: beside a number they are months.
    Many languages write months small: there a name that is no other word will do, or one beside a number.
    """
    word = tokens[place].folded
    if word not in MONTHS:
        return False
    beside = [tokens[i].text for i in (place - 1, place + 1, place + 2) if 0 <= i < len(tokens)]
    numbered = any(text[0].isdigit() for text in beside)
    if not tokens[place].text[0].isupper():
        return word not in _NEVER_LOWER and (numbered or word not in _SHORT_MONTHS | {"mai", "mei", "maj"})
    return numbered or (word not in _SHORT_MONTHS and not (tokens[place].opens and word in ("may", "march")))


def each(tokens: Sequence[Token], language: str) -> Iterator[str]:
    """Yield the keys of the amounts alone."""
    for amount in amounts(tokens, language):
        yield amount.key
