"""Whether a claim and its evidence agree in what is denied, doubted, alleged, said and planned.

By words, not by grammar: a phrase of a class in the evidence binds where the claim speaks of the same thing.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from functools import cache

from generator.record.categories import phrases
from generator.record.gate_lexicon import IDIOMS, INSTEAD, MORE_PLAN, MORE_SAID, OPPOSITES, PHRASES, Class
from generator.record.gate_tokens import Token
from generator.record.gate_tongue import stem

REACH = 6  # words after a negation that it bears on
_BREAK = frozenset({",", ";", ":", ".", "!", "?", "(", ")", "but", "while", "although", "because", "aber", "sondern", "während"})
_SMALL = frozenset(
    """the a an of in on at to for and or is are was were be been being has have had do does did it its he she they them their his her this that these those with by from as
    so any such than then there who which what when where will would can could may might must not no der die das den dem des ein eine einen einem einer und oder ist sind war
    waren wird werden hat haben im zu mit von für auf sich es er sie le la les de des un une el los en que y""".split()
)


def disagreement(
    claim: Sequence[Token], evidence: Sequence[Token], around: Sequence[Token], *, languages: tuple[str, str]
) -> str:
    """What does not agree, in a reader's words; '' where all does.

    `around`: the sentences that the evidence stands in, which may say who speaks. `languages`: the claim's and the evidence's.
    """
    mine, theirs, more = _Said(claim, languages[0]), _Said(evidence, languages[1]), _Said(around, languages[1])
    return _negated(mine, theirs) or _hedged(mine, theirs) or _added(mine, theirs, more) or _opposite(mine, theirs)


class _Said:
    """A text's words with the places of its markers."""

    def __init__(self, tokens: Sequence[Token], language: str) -> None:
        self.tokens = tokens
        self.language = language
        self.words = [word for t in tokens for word in _lower(t)]
        self.stems = frozenset(stem(w) for w in self.words if w not in _SMALL and w[0].isalnum())
        starts, text = [], ""
        for word in self.words:
            starts.append(len(text))
            text += word + " "
        idioms = phrases(IDIOMS)
        self._starts, self._text = starts, idioms.sub(lambda m: "_" * len(m.group()), text) if idioms else text

    def marks(self, name: Class) -> list[tuple[int, int]]:
        """First and last token of each phrase of a class."""
        return self._spans(_pattern(name, self.language))

    def says(self, name: Class) -> bool:
        """Whether it has a phrase of the class, or one that does as well."""
        if any(self.marks(one) for one in INSTEAD.get(name, (name,))):
            return True
        more = {"said": MORE_SAID, "plan": MORE_PLAN}.get(name)
        return bool(more and self._spans(phrases(more)))

    def speakers(self) -> int:
        """How many phrases say that somebody says something."""
        spans = [*self.marks("said"), *self.marks("claim"), *self._spans(phrases(MORE_SAID))]
        return len({first for first, _ in spans})

    def bears_on(self, mark: tuple[int, int], *, before: int = 0) -> list[str]:
        """The stems of what a phrase bears on: the words after it in its clause, and the last `before` ones ahead of it."""
        out: list[str] = []
        for word in self.words[mark[1] + 1 : mark[1] + 1 + REACH + 4]:
            if word in _BREAK or len(out) == REACH:
                break
            if word not in _SMALL and word[0].isalnum():
                out.append(stem(word))
        ahead = [stem(w) for w in self.words[: mark[0]] if w not in _SMALL and w[0].isalnum()]
        return out + (ahead[-before:] if before else [])

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
def _pattern(name: Class, language: str) -> re.Pattern[str] | None:
    chosen = [PHRASES[language]] if language in PHRASES else list(PHRASES.values())
    return phrases(tuple(dict.fromkeys(item for table in chosen for item in table[name])))


def _same_tongue(mine: _Said, theirs: _Said) -> bool:
    return mine.language == theirs.language


def _negated(mine: _Said, theirs: _Said) -> str:
    here, there = mine.marks("negation"), theirs.marks("negation")
    if not _same_tongue(mine, theirs):
        return "" if bool(here) == bool(there) else _said("a negation", added=bool(here))
    if len(here) > len(there):
        return _said("a negation", added=True)
    denied_here = {s for mark in here for s in mine.bears_on(mark)}
    denied_there = {s for mark in there for s in theirs.bears_on(mark)}
    if len(here) < len(there) and any(_is_lost(mark, mine, theirs, denied_here) for mark in there):
        return _said("a negation", added=False)
    first = [bears[0] for mark in here if (bears := mine.bears_on(mark))]
    if any(s in theirs.stems and s not in denied_there for s in first):
        return "a negation stands elsewhere than in the evidence"
    return ""


def _is_lost(mark: tuple[int, int], mine: _Said, theirs: _Said, denied: set[str]) -> bool:
    """Whether the claim speaks of what the evidence denies, without denying it."""
    bears = theirs.bears_on(mark) or theirs.bears_on(mark, before=2)
    return not bears or any(s in mine.stems and s not in denied for s in bears)


_NAMES: dict[Class, str] = {"doubt": "a doubt", "claim": "an allegation", "said": "who says so", "plan": "a plan or condition"}


def _hedged(mine: _Said, theirs: _Said) -> str:
    names: tuple[Class, ...] = ("doubt", "claim", "said", "plan")
    for name in names:
        marks = theirs.marks(name)
        if marks and (
            not mine.says(name) or (name != "said" and _same_tongue(mine, theirs) and _uncovered(name, marks, mine, theirs))
        ):
            if (
                name in ("doubt", "plan")
                and not any(_shares(theirs.bears_on(m, before=1), mine) for m in marks)
                and _same_tongue(mine, theirs)
            ):
                continue
            return _said(_NAMES[name], added=False)
    return ""


def _uncovered(name: Class, marks: list[tuple[int, int]], mine: _Said, theirs: _Said) -> bool:
    """Whether the claim says something without the mark that the evidence has for it, though it has such a mark elsewhere."""
    own = [m for one in INSTEAD.get(name, (name,)) for m in mine.marks(one)]
    if not own:
        return False
    covered = {s for mark in own for s in mine.bears_on(mark, before=3)}
    bearing = [{s for s in theirs.bears_on(mark, before=1) if s in mine.stems} for mark in marks]
    return any(stems and not stems & covered for stems in bearing)


def _shares(stems: list[str], mine: _Said) -> bool:
    return not stems or any(s in mine.stems for s in stems)


def _added(mine: _Said, theirs: _Said, around: _Said) -> str:
    names: tuple[Class, ...] = ("doubt", "claim")
    for name in names:
        if mine.marks(name) and not theirs.says(name):
            return _said(_NAMES[name], added=True)
    if mine.marks("said") and mine.speakers() > around.speakers():
        return _said(_NAMES["said"], added=True)
    return _stronger("proof", mine, theirs) or _stronger("all", mine, theirs)


def _stronger(name: Class, mine: _Said, theirs: _Said) -> str:
    marks = mine.marks(name)
    if not marks or theirs.marks(name):
        return ""
    first, last = marks[0]
    return f"“{' '.join(mine.words[first : last + 1])}” is not in the evidence"


def _said(what: str, *, added: bool) -> str:
    return f"{what} was added" if added else f"{what} was left out"


@cache
def _opposites() -> dict[str, frozenset[str]]:
    table: dict[str, set[str]] = {}
    for pair in OPPOSITES.split("|"):
        one, other = pair.split()
        table.setdefault(one, set()).add(other)
        table.setdefault(other, set()).add(one)
    return {word: frozenset(others) for word, others in table.items()}


def _opposite(mine: _Said, theirs: _Said) -> str:
    """A word whose opposite stands in the evidence, and which does not stand there itself."""
    if not _same_tongue(mine, theirs):
        return ""
    words, others = set(mine.words), set(theirs.words)
    for word in mine.words:
        against = _opposites().get(word, frozenset()) & others
        if word not in others and against and not against & words:
            return f"“{word}” where the evidence has “{min(against)}”"
    return ""
