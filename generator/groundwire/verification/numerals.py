"""Numbers that are written as words, in English, German, French and Spanish: their value, and how many tokens they take."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal
from functools import lru_cache

from groundwire.verification.tokens import Token

_ONES = """zero null zéro cero|one eins un une uno una|two zwei deux dos|three drei trois tres|four vier quatre cuatro|five fünf cinq cinco|six sechs seis|seven sieben sept siete
|eight acht huit ocho|nine neun neuf nueve|ten zehn dix diez|eleven elf onze once|twelve zwölf douze doce|thirteen dreizehn treize trece|fourteen vierzehn quatorze catorce
|fifteen fünfzehn quinze quince|sixteen sechzehn seize|seventeen siebzehn|eighteen achtzehn|nineteen neunzehn"""
_TENS = """twenty zwanzig vingt veinte|thirty dreißig trente treinta|forty vierzig quarante cuarenta|fifty fünfzig cinquante cincuenta|sixty sechzig soixante sesenta
|seventy siebzig setenta|eighty achtzig ochenta|ninety neunzig noventa"""
_ORDINALS = """first erste ersten erster erstes|second zweite zweiten zweiter|third dritte dritten dritter|fourth vierte vierten|fifth fünfte fünften|sixth sechste sechsten
|seventh siebte siebten|eighth achte achten|ninth neunte neunten|tenth zehnte zehnten|eleventh elfte elften|twelfth zwölfte zwölften"""
# Words that are numbers in one language and something else in another.
_OTHER_WORDS = frozenset({"un", "une", "uno", "una", "once", "sept", "null"})
SCALES = {
    "hundred": 2, "hundert": 2, "thousand": 3, "tausend": 3, "k": 3, "million": 6, "millions": 6, "millionen": 6, "mio": 6, "m": 6, "mn": 6,
    "millones": 6, "millón": 6, "milioni": 6, "miljoen": 6, "milhões": 6, "billion": 9, "billions": 9, "bn": 9, "b": 9, "milliarde": 9, "milliarden": 9, "mrd": 9,
    "milliards": 9, "milliard": 9, "miljard": 9, "miliardi": 9, "trillion": 12, "trillions": 12, "tn": 12, "billionen": 12, "billones": 12,
}  # fmt: skip
_ONE = frozenset({"a", "an", "one", "ein", "eine", "einer", "einem", "einen", "un", "une", "una"})
_VAGUE = {
    "dozen": "12", "dutzend": "12", "dozens": "12s", "dutzende": "12s", "scores": "20s", "hundreds": "100s", "hunderte": "100s", "hunderten": "100s",
    "thousands": "1000s", "tausende": "1000s", "tausenden": "1000s", "millions": "1000000s", "millionen": "1000000s", "billions": "1000000000s", "milliarden": "1000000000s",
    "trillions": "1000000000000s",
}  # fmt: skip
_TIMES = {"half": "half", "hälfte": "half", "twice": "2x", "doubled": "2x", "double": "2x", "doubles": "2x", "doppelt": "2x", "verdoppelt": "2x", "triple": "3x", "tripled": "3x",
    "triples": "3x", "verdreifacht": "3x", "quadruple": "4x", "quadrupled": "4x", "halved": "half", "halves": "half", "halbiert": "half", "thrice": "3x", "tenfold": "10x"}  # fmt: skip


def _table(text: str) -> dict[str, int]:
    return {word: n for n, group in enumerate(text.split("|")) for word in group.split()}


_UNITS = {word: n for word, n in _table(_ONES).items() if word not in _OTHER_WORDS}
_TIES = {word: (n + 2) * 10 for word, n in _table(_TENS).items()}
_NTH = {word: n + 1 for word, n in _table(_ORDINALS).items()}
_AND = frozenset({"and", "und"})


def spelled(tokens: Sequence[Token], place: int) -> tuple[str, int]:
    """Read the number in words that begins at `place`: a decimal or a name ("12s", "half"), and where it ends.

    Returns ('', place) where there is none.
    """
    word = tokens[place].text.casefold()
    if word in _TIMES:
        return _halved(tokens, place) or (_TIMES[word], place + 1)
    if word in _NTH:
        return str(_NTH[word]), place + 1
    if word == "one" and _word(tokens, place + 1) in ("of", "another", "day"):
        return "", place
    if word in SCALES and len(word) > 2:
        return (_VAGUE.get(word, ""), place + 1) if word in _VAGUE else _bare_scale(tokens, place)
    if word in _VAGUE:
        return _VAGUE[word], place + 1
    found = _counted(tokens, place)
    return (str(found[0]), found[1]) if found else ("", place)


def _halved(tokens: Sequence[Token], place: int) -> tuple[str, int] | None:
    """`half a million`."""
    if _word(tokens, place + 1) in _ONE and (scale := SCALES.get(_word(tokens, place + 2))):
        return str(5 * 10 ** (scale - 1)), place + 3
    return None


def _bare_scale(tokens: Sequence[Token], place: int) -> tuple[str, int]:
    """Read `a million`: one of them. Without an article ("the million-dollar question") it is one as well."""
    return str(10 ** SCALES[tokens[place].text.casefold()]), place + 1


def _counted(tokens: Sequence[Token], place: int) -> tuple[Decimal, int] | None:
    """`one hundred and twenty-five`, `two thousand five hundred`, `three and a half`; the scales from thousand up are left to the caller."""
    group = _below_hundred(tokens, place)
    if group is None:
        return None
    value, end = Decimal(group[0]), group[1]
    if _word(tokens, end) in ("hundred", "hundert"):
        value, end = value * 100, end + 1
        if small := _below_hundred(tokens, end + (_word(tokens, end) in _AND)):
            value, end = value + small[0], small[1]
    if [_word(tokens, end + n) for n in range(3)] == ["and", "a", "half"]:
        return value + Decimal("0.5"), end + 3
    if (
        _word(tokens, end) in ("thousand", "tausend")
        and (rest := _counted(tokens, end + 1 + (_word(tokens, end + 1) in _AND)))
        and rest[0] < 1000
    ):
        return value * 1000 + rest[0], rest[1]
    return value, end


def _below_hundred(tokens: Sequence[Token], place: int) -> tuple[int, int] | None:
    word = _word(tokens, place)
    if word in _TIES:
        one = _UNITS.get(_word(tokens, place + 1), 0)
        return (_TIES[word] + one, place + 2) if 0 < one < 10 else (_TIES[word], place + 1)
    if word in _UNITS:
        return _UNITS[word], place + 1
    value = _german(word)
    return (value, place + 1) if value else None


_GERMAN_ONE = "(?:ein|zwei|drei|vier|fünf|sechs|sieben|acht|neun)"
_GERMAN = re.compile(
    rf"(?:(?P<thousands>{_GERMAN_ONE}?|zehn|zwölf|fünfzig|hundert|zwanzig|dreißig|vierzig)tausend)?"
    rf"(?:(?P<hundreds>{_GERMAN_ONE}?)hundert)?(?:und)?(?:(?:(?P<ones>{_GERMAN_ONE})und)?(?P<tens>zwanzig|dreißig|vierzig|fünfzig|sechzig|siebzig|achtzig|neunzig)"
    r"|(?P<small>[a-zäöüß]+))?"
)


@lru_cache(maxsize=4096)
def _german(word: str) -> int:
    """`fünfundzwanzig`, `zweihundertdrei`, `dreitausend`: one word a number; 0 where it is none."""
    if not ("hundert" in word or "tausend" in word or ("und" in word and word.endswith("ig"))):
        return 0
    match = _GERMAN.fullmatch(word)
    if not match:
        return 0
    part = match.groupdict()
    if part["small"] and part["small"] not in _UNITS:
        return 0
    values = {**_UNITS, **_TIES, "ein": 1, "hundert": 100, "": 1}
    sizes = {"thousands": 1000, "hundreds": 100, "ones": 1, "tens": 1, "small": 1}
    return sum(size * values[part[name]] for name, size in sizes.items() if part[name] is not None)


def _word(tokens: Sequence[Token], place: int) -> str:
    return tokens[place].text.casefold() if 0 <= place < len(tokens) else ""
