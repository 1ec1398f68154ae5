"""The gate's view of a text: tokens in which two spellings of one sentence are equal and two different words never are.

Equal: Unicode forms, kinds of quotation mark and dash, white space. Different: every letter, digit and other sign. Pure and total.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import accumulate

from groundwire.text.plain import clean, normal

_DASH = re.compile(r"\s*(?:[—―]|--+)\s*|\s+[–‒-]\s+")
_MINUS = re.compile(r"(?<![\w)\].,])[-−–](?=\d)")
_HALF_DAY = re.compile(r"(?<=\d)\s?([ap])\.?\s?m\b\.?|(?<=\d)\s?([AP])\.?M\b\.?")
_TOKEN = re.compile(
    r"""(?P<cve>CVE-\d{4}-\d{4,19})
    |(?P<number>\d+(?:[.,:/]\d+)*)(?P<suffix>[^\W\d_]*)
    |(?P<dotted>(?:[^\W\d_]\.){2,})
    |\w+(?:['&]\w+)*
    |[^\w\s]""",
    re.VERBOSE | re.IGNORECASE,
)
_SEPARATOR = "\x1f"


@dataclass(frozen=True, slots=True)
class Token:
    """One word, number or sign. `opens`: a capital here need not mean a name; `joined`: it hangs by a hyphen on the one before."""

    text: str
    opens: bool = False
    joined: bool = False

    @property
    def is_word(self) -> bool:
        """A word or a number, not a sign."""
        return self.text[0].isalnum() or self.text[0] == "_"

    @property
    def folded(self) -> str:
        """Case folded, without a possessive ending."""
        return fold(self.text)


def fold(text: str) -> str:
    """Return a word as it is looked up: case folded, no possessive."""
    return text.casefold().removesuffix("'s").removesuffix("'")


def form(text: str) -> str:
    """Return the text with one kind of quotation mark, dash and blank."""
    text = _MINUS.sub(" minus ", clean(text))
    text = _HALF_DAY.sub(lambda m: f" {(m.group(1) or m.group(2)).lower()}m ", text)
    return normal(_DASH.sub(" – ", text))


def tokenize(text: str) -> tuple[Token, ...]:
    """Split a text into tokens; dashes and hyphens are no tokens, but `joined` remembers a hyphen."""
    made, out, opens, end = form(text), [], True, -1
    hyphen = False
    for match in _TOKEN.finditer(made):
        piece = match.group()
        if piece == "-":
            hyphen = match.start() == end
            end = match.end()
            continue
        joined = hyphen and match.start() == end
        hyphen = False
        end = match.end()
        for number, part in enumerate(_parts(match)):
            out.append(Token(part, opens, joined or number > 0))
            opens = part in '.!?:"' or (opens and not out[-1].is_word) or match.group("dotted") is not None
    return tuple(out)


def _parts(match: re.Match[str]) -> tuple[str, ...]:
    piece = match.group()
    if match.group("cve"):
        return (piece.upper(),)
    if match.group("dotted"):
        return (piece.replace(".", ""),)
    if match.group("suffix"):
        return match.group("number"), match.group("suffix")
    return ('"',) if piece == "'" else (piece,)


def key(tokens: Iterable[Token]) -> str:
    """Join tokens into one string that can be searched for whole tokens."""
    return _SEPARATOR + "".join(token.text + _SEPARATOR for token in tokens)


def stripped(tokens: Sequence[Token]) -> tuple[Token, ...]:
    """Return the tokens without the quotation marks, brackets and stop around them.

    That is what a writer adds or leaves out when quoting.
    """
    start, end = 0, len(tokens)
    while start < end and tokens[start].text in '"([.,;:*':
        start += 1
    while end > start and tokens[end - 1].text in '")].,;:!?*':
        end -= 1
    return tuple(tokens[start:end])


class Text:
    """A text that is searched again and again. Of a string each line is a block: `starts` are the tokens with which they begin."""

    def __init__(self, text: str | Sequence[Token]) -> None:
        blocks = [tokenize(line) for line in text.splitlines()] if isinstance(text, str) else [tuple(text)]
        self.tokens = tuple(token for block in blocks for token in block)
        self.starts = frozenset(accumulate(map(len, blocks), initial=0))
        self._key = key(self.tokens)
        self._folded = self._key.casefold()

    def find(self, tokens: Sequence[Token], *, start: int = 0) -> int | None:
        """Find the first place from token `start` on where the tokens stand exactly, the case of the first letter aside."""
        if not tokens:
            return None
        wanted = key(tokens)
        first = wanted[1]
        places = [self._at(_SEPARATOR + letter + wanted[2:], start) for letter in dict.fromkeys((first, first.swapcase()[:1]))]
        return min((place for place in places if place is not None), default=None)

    def holds(self, tokens: Sequence[Token]) -> bool:
        """Say whether the tokens stand in it next to each other, case ignored."""
        return bool(tokens) and key(tokens).casefold() in self._folded

    def find_folded(self, tokens: Sequence[Token], *, start: int = 0) -> int | None:
        """Find the first place from token `start` on where the tokens stand, case ignored."""
        wanted, size = [t.text.casefold() for t in tokens], len(tokens)
        if not self.holds(tokens):
            return None
        rows = (place for place in range(start, len(self.tokens) - size + 1) if self._same(place, wanted))
        return next(rows, None)

    def _same(self, place: int, wanted: Sequence[str]) -> bool:
        return all(self.tokens[place + n].text.casefold() == word for n, word in enumerate(wanted))

    def _at(self, wanted: str, start: int) -> int | None:
        offset = self._offset(start)
        while (found := self._key.find(wanted, offset)) >= 0:
            place = self._key.count(_SEPARATOR, 0, found)
            if not self.tokens[place].joined:
                last = place + wanted.count(_SEPARATOR) - 1
                if last >= len(self.tokens) or not self.tokens[last].joined:
                    return place
            offset = found + 1
        return None

    def _offset(self, start: int) -> int:
        return sum(len(token.text) + 1 for token in self.tokens[:start])
