"""A text's words with the places where it denies, doubts, alleges, attributes and plans: by phrases, not by grammar."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from functools import cache

from groundwire.publication.categories import phrases
from groundwire.verification.lexicon import IDIOMS, INSTEAD, MORE, PHRASES, Class
from groundwire.verification.tokens import Token
from groundwire.verification.tongue import stem

REACH = 6  # words after a negation that it bears on
_BREAK = frozenset({",", ";", ":", ".", "!", "?", "(", ")", "but", "while", "although", "because", "aber", "sondern", "während"})
FAR = 25  # words within which a verb's "that" may come
_THAT = frozenset({"that", "dass", "que", "che", "dat", "att"})
_PARTICIPLE = re.compile(r"(?:\w{0,6}ge\w{2,}(?:t|en)|(?:be|ver|zer|ent|er|über|unter|miss)\w{3,}t|\w{3,}iert)")
_PRETERITE = re.compile(r"\w{3,}ten?")
_PAST = frozenset("wurde wurden worden hat haben hatte hatten war waren".split())
_STOPS = frozenset(".!?;")
_SMALL = frozenset(
    """the a an of in on at to for and or is are was were be been being has have had do does did it its he she they them their his her this that these those with by from as
    so any such than then there who which what when where will would can could may might must not no der die das den dem des ein eine einen einem einer und oder ist sind war
    waren wird werden hat haben im zu mit von für auf sich es er sie le la les de des un une el los en que y""".split()
)


def apart(tokens: Sequence[Token], others: Sequence[Token]) -> list[str]:
    """Return the words of a text, as the evidence's words let them be read.

    One that a prefix denies is two ("unpatched": not, patched) where the other text has the word without it.
    """
    stems = {stem(t.text) for t in others if t.is_word}
    own = {t.folded for t in others}
    return [piece for t in tokens for word in _lower(t) for piece in _without_prefix(word, own, stems)]


_PREFIXES = ("un", "in", "im", "ir", "il", "dis", "non", "mis")


def _without_prefix(word: str, others: set[str], stems: set[str]) -> tuple[str, ...]:
    if word in others:
        return (word,)
    rests = (word.removeprefix(prefix) for prefix in _PREFIXES if word.startswith(prefix) and len(word) >= len(prefix) + 4)
    rest = next((rest for rest in rests if rest in others or (len(rest) >= 5 and stem(rest) in stems)), "")
    return ("not", rest) if rest else (word,)


class Said:
    """A text's words with the places of its markers. `words`: its words where they are known already; `also`: a second language whose phrases count."""

    def __init__(self, tokens: Sequence[Token], language: str, *, words: Sequence[str] | None = None, also: str = "") -> None:
        self.language, self._languages = language, frozenset({language, also} & PHRASES.keys())
        self.words = list(words) if words is not None else [word for t in tokens for word in _lower(t)]
        self.stems = frozenset(stem(w) for w in self.words if w not in _SMALL and w[0].isalnum())
        starts, text = [], ""
        for word in self.words:
            starts.append(len(text))
            text += word + " "
        idioms = _compiled(IDIOMS)
        self._starts, self._text = starts, idioms.sub(lambda m: "_" * len(m.group()), text) if idioms else text

    def marks(self, name: Class) -> list[tuple[int, int]]:
        """Return the first and last token of each phrase of a class."""
        return self._spans(_pattern(name, self._languages))

    def says(self, name: Class) -> bool:
        """Say whether it has a phrase of the class, or one that does as well."""
        if any(self.marks(one) for one in INSTEAD.get(name, (name,))):
            return True
        return bool(self._spans(_compiled(MORE.get(name, ()))))

    def has(self, items: tuple[str, ...]) -> bool:
        """Say whether it has one of the phrases."""
        return bool(self._spans(_compiled(items)))

    def speakers(self) -> int:
        """Count the phrases that say that somebody says something; those that overlap count once."""
        spans = sorted([*self.marks("said"), *self.marks("claim"), *self._spans(_compiled(MORE["said"]))])
        return sum(all(first > last for _, last in spans[:n]) for n, (first, _) in enumerate(spans))

    def is_passive(self, mark: tuple[int, int]) -> bool:
        """Say whether a German `wird` tells what is done, not what will be.

        "wird verkauft" against "wird verkaufen", "wird verkauft werden".
        """
        if self.words[mark[0]] not in ("wird", "werden"):
            return False
        rest = self.words[mark[1] + 1 : mark[1] + 1 + FAR]
        clause = rest[: next((n for n, word in enumerate(rest) if word in _STOPS), len(rest))]
        return "werden" not in clause and any(_PARTICIPLE.fullmatch(word) for word in clause)

    def is_past(self) -> bool:
        """Say whether a German sentence tells what has been."""
        return any(word in _PAST or _PRETERITE.fullmatch(word) for word in self.words)

    def bears_on(self, mark: tuple[int, int], *, before: int = 0) -> list[str]:
        """Return the stems of what a phrase bears on.

        They are those of the words after it in its clause, of what follows its "that", and of the last `before` ones ahead.
        """
        start = mark[1] + 1
        out = self._clause(start, start + REACH + 4)
        that = next((n for n in range(start, min(start + FAR, len(self.words))) if self.words[n] in _THAT), None)
        if that is not None and not any(word in _STOPS for word in self.words[start:that]):
            out += [one for one in self._clause(that + 1, that + 1 + REACH + 4) if one not in out]
        ahead = [stem(w) for w in self.words[: mark[0]] if w not in _SMALL and w[0].isalnum()]
        return out + (ahead[-before:] if before else [])

    def _clause(self, start: int, end: int) -> list[str]:
        """Return the stems of the words from `start` up to the end of their clause, at most REACH of them."""
        out: list[str] = []
        for word in self.words[start:end]:
            if word in _BREAK or len(out) == REACH:
                break
            if word not in _SMALL and word[0].isalnum():
                out.append(stem(word))
        return out

    def _spans(self, pattern: re.Pattern[str] | None) -> list[tuple[int, int]]:
        found = pattern.finditer(self._text) if pattern else ()
        return [(bisect_right(self._starts, m.start()) - 1, bisect_right(self._starts, m.end() - 1) - 1) for m in found]


def _lower(token: Token) -> list[str]:
    """`May` within a sentence is a month, `Will` a man; `can't` is two words."""
    if token.text in ("May", "Will", "Might") and not token.opens:
        return ["_" + token.text]
    word = token.text.casefold()
    if word in ("cannot", "can't", "won't", "shan't"):
        return ["will" if word == "won't" else word[:3].replace("sha", "shall"), "not"]
    return [word.removesuffix("n't"), "not"] if word.endswith("n't") and len(word) > 3 else [word]


@cache
def _compiled(items: tuple[str, ...]) -> re.Pattern[str] | None:
    return phrases(items)


@cache
def _pattern(name: Class, languages: frozenset[str]) -> re.Pattern[str] | None:
    """Compile the phrases of a class in some languages; in all of them where none is known."""
    chosen = [PHRASES[one] for one in sorted(languages or PHRASES)]
    return phrases(tuple(dict.fromkeys(item for table in chosen for item in table.get(name, ()))))
