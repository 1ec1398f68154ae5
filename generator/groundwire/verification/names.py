"""Names and codes in a run of tokens, and whether a text knows them."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property

from groundwire.verification.nouns import says_the_same
from groundwire.verification.numbers import Amount, amounts, is_month, is_quarter, is_season
from groundwire.verification.tokens import Text, Token, fold
from groundwire.verification.tongue import PLACES, WEEKDAYS, common, stem

_NO_NAMES = frozenset({"i", "i'm", "i've", "i'd", "i'll", "ok"})
_PARTICLES = frozenset("van von der den de la di del bin ibn al el ter".split())  # in English, parts of a name only
# Things that everybody writes about and no source need have named.
ROLES = frozenset(
    "CEO CEOs CTO CFO CISO CISOs IT AI PC PCs USB API APIs URL URLs VPN VPNs TV GPS PDF SMS ID IDs HR PR SQL HTTP HTTPS DNS".split()
)
_SMALL = frozenset({"of", "and", "the", "for", "in", "on", "&", "de", "für", "der", "und"})
_ENDINGS = ("", "s", "es", "n", "an", "ian", "er", "r")


def is_name(token: Token, *, headline: bool = False) -> bool:
    """Say whether a token is a name (or part of one) by its capitals; one that a sentence's start explains is none.

    `headline`: every word has a capital there, so an ordinary word is no name.
    """
    text = token.text.removesuffix("'s")
    if not token.is_word or text.islower() or text[0].isdigit() or not any(c.isupper() for c in text):
        return False
    if text.casefold() in _NO_NAMES:
        return False
    if any(c.isupper() for c in text[1:]) and not (headline and text.isupper()):
        return True
    return not ((token.opens or headline) and fold(text) in common())


def is_headline(tokens: Sequence[Token]) -> bool:
    """Say whether nearly every long word has a capital, as in an English headline."""
    long = [t.text for t in tokens if t.is_word and len(t.text) > 3 and t.text[0].isalpha()]
    return len(long) >= 3 and sum(t[0].isupper() for t in long) >= 0.75 * len(long)


def is_code(token: Token) -> bool:
    """Say whether a token has letters and digits: an identifier, a model, a version."""
    return any(c.isdigit() for c in token.text) and any(c.isalpha() for c in token.text)


class Known:
    """What a text names and counts."""

    def __init__(self, *texts: Text, language: str) -> None:
        self.texts = texts
        self.language = language

    @cached_property
    def words(self) -> frozenset[str]:
        """Its words, folded."""
        return frozenset(t.folded for text in self.texts for t in text.tokens)

    @cached_property
    def amounts(self) -> frozenset[str]:
        """The keys of its numbers and dates."""
        return frozenset(a.key for text in self.texts for a in amounts(text.tokens, self.language))

    @cached_property
    def _initials(self) -> frozenset[str]:
        return frozenset(i for text in self.texts for i in _initials(text.tokens))

    @cached_property
    def _places(self) -> frozenset[int]:
        return frozenset(PLACES[w] for w in self.words if w in PLACES)

    @cached_property
    def stems(self) -> frozenset[str]:
        """Its words' stems."""
        return frozenset(map(stem, self.words))

    def names(self, word: str, *, translated: bool = False) -> bool:
        """Say whether the text has the name: in this form, with another ending, as a country's people, or as initials."""
        folded = fold(word)
        if folded in self.words or word in self._initials:
            return True
        if translated and PLACES.get(folded) in self._places:
            return True
        return len(folded) >= 4 and any(_is_form(folded, other) for other in self._near(folded))

    def _near(self, folded: str) -> Sequence[str]:
        return self._by_start.get(folded[:3], ())

    @cached_property
    def _by_start(self) -> Mapping[str, list[str]]:
        table: dict[str, list[str]] = {}
        for word in self.words:
            table.setdefault(word[:3], []).append(word)
        return table


def _is_form(one: str, other: str) -> bool:
    """`Russian` of `Russia`, `iPhones` of `iPhone`; never `Nigerian` of `Niger`."""
    short, long = sorted((one, other), key=len)
    return len(short) >= 4 and long.startswith(short) and long[len(short) :] in _ENDINGS and short != "niger"


def _initials(tokens: Sequence[Token]) -> Iterator[str]:
    """`FBI` of Federal Bureau of Investigation, `DoD` of Department of Defense: with and without the small words."""
    for start, token in enumerate(tokens):
        if not token.text[0].isupper():
            continue
        letters, small = token.text[0], token.text[0]
        for other in tokens[start + 1 : start + 9]:
            if other.text[0].isupper():
                letters, small = letters + other.text[0], small + other.text[0]
                yield from (letters, small)
            elif other.folded in _SMALL:
                small += other.text[0]
            else:
                break


def unknown_amounts(tokens: Sequence[Token], known: Known, *, language: str) -> list[Amount]:
    """Return the numbers and dates that the text does not have."""
    return [a for a in amounts(tokens, language) if a.key not in known.amounts]


def unknown_names(tokens: Sequence[Token], known: Known, *, translated: bool = False, headline: bool = False) -> list[str]:
    """Return the names and codes that the text does not have. `headline`: the tokens may be one, with a capital at every word."""
    headline = headline and is_headline(tokens)
    german = known.language == "de" and not translated
    out = [] if translated or known.language != "en" else _other_particles(tokens, known)
    for place, token in enumerate(tokens):
        if is_quarter(token) or is_season(tokens, place):
            continue  # they are counted
        if is_code(token) or _is_odd(token):
            missing = token.folded not in known.words
        elif is_name(token, headline=headline) and token.folded not in WEEKDAYS and not is_month(tokens, place):
            missing = not known.names(token.text, translated=translated) and not _is_ordinary(token, known)
            if missing and german and not token.text.isupper():
                missing = not says_the_same(token.text, known.words)
        else:
            continue
        if missing:
            out.append(token.text)
    return out


def _is_ordinary(token: Token, known: Known) -> bool:
    """Say whether a sentence's first word is a word of the text in another form, not a name.

    `Ferries` where the text has `ferry`, or the end of one of its words (`criminals` of `cybercriminals`).
    """
    if not (token.opens and token.text[1:].islower() and len(token.text) > 4):
        return False
    return stem(token.text) in known.stems or (len(token.text) > 6 and any(word.endswith(token.folded) for word in known.words))


def _is_odd(token: Token) -> bool:
    """Say whether a word has letters of two alphabets: one of them pretends to be the other."""
    return not token.text.isascii() and len({_alphabet(c) for c in token.text if c.isalpha()}) > 1


def _alphabet(letter: str) -> str:
    """Return the alphabet of a letter by its Unicode name, where alphabets look like each other.

    '' for all others (Japanese mixes three).
    """
    name = unicodedata.name(letter, "").split(" ")[0]
    return name if name in ("LATIN", "CYRILLIC", "GREEK", "CHEROKEE", "ARMENIAN", "COPTIC") else ""


def _other_particles(tokens: Sequence[Token], known: Known) -> list[str]:
    """`Ludwig von Beek` where the text has `Ludwig van Beek`."""
    out = []
    for place, token in enumerate(tokens):
        if token.text not in _PARTICLES or not place or not is_name(tokens[place - 1]):
            continue
        end = place + 1
        while end < len(tokens) and tokens[end].text in _PARTICLES:
            end += 1
        if end < len(tokens) and is_name(tokens[end]) and not any(text.holds(tokens[place : end + 1]) for text in known.texts):
            out.append(" ".join(t.text for t in tokens[place - 1 : end + 1]))
    return out
