"""Whether a claim and its evidence agree in what is denied, doubted, alleged, said and planned.

By words, not by grammar: a phrase of a class in the evidence binds where the claim speaks of the same thing.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from groundwire.verification.lexicon import FALLS, INSTEAD, OPPOSITES, PHRASES, RISES, Class
from groundwire.verification.said import Said, apart
from groundwire.verification.tokens import Token


def disagreement(
    claim: Sequence[Token], evidence: Sequence[Token], around: Sequence[Token], *, languages: tuple[str, str], page: str
) -> str:
    """Say what claim and evidence do not agree in, in a reader's words; '' where they agree in all.

    `around`: the sentences that the evidence stands in, which may say who speaks. `languages`: the claim's and the evidence's.
    `page`: the page's language, whose phrases count in every claim.
    """
    mine = Said(claim, languages[0], words=apart(claim, evidence), also=page)
    theirs = Said(evidence, languages[1], words=apart(evidence, claim))
    more = Said(around, languages[1])
    if languages[1] not in PHRASES and not _same_tongue(mine, theirs):
        return f"the gate cannot read the language of its source ({languages[1]})"
    return (
        _negated(mine, theirs)
        or _undone(mine, theirs)
        or _hedged(mine, theirs)
        or _added(mine, theirs, more)
        or _opposite(mine, theirs)
        or _turned(mine, theirs)
    )


def _same_tongue(mine: Said, theirs: Said) -> bool:
    return mine.language == theirs.language


def _negated(mine: Said, theirs: Said) -> str:
    here, there = mine.marks("negation"), theirs.marks("negation")
    if not _same_tongue(mine, theirs):
        return "" if bool(here) == bool(there) else _said("a negation", added=bool(here))
    if len(here) > len(there) + len(theirs.marks("undone")):
        return _said("a negation", added=True)
    denied_here = {s for mark in here for s in mine.bears_on(mark)}
    denied_there = {s for mark in there for s in theirs.bears_on(mark)}
    if len(here) < len(there) and any(_is_lost(mark, mine, theirs, denied_here) for mark in there):
        return _said("a negation", added=False)
    first = [bears[0] for mark in here if (bears := mine.bears_on(mark))]
    if any(s in theirs.stems and s not in denied_there for s in first):
        return "a negation stands elsewhere than in the evidence"
    return ""


def _is_lost(mark: tuple[int, int], mine: Said, theirs: Said, denied: set[str]) -> bool:
    """Say whether the claim speaks of what the evidence denies, without denying it."""
    bears = theirs.bears_on(mark) or theirs.bears_on(mark, before=2)
    return not bears or any(s in mine.stems and s not in denied for s in bears)


def _undone(mine: Said, theirs: Said) -> str:
    """Say where one tells, and the other does not, that something was prevented, disputed or ended."""
    here, there = mine.says("undone"), theirs.marks("undone")
    if not _same_tongue(mine, theirs):
        return "" if here or not there else _said(_NAMES["undone"], added=False)
    if there and not here and any(_shares(theirs.bears_on(mark, before=2), mine) for mark in there):
        return _said(_NAMES["undone"], added=False)
    return _said(_NAMES["undone"], added=True) if mine.marks("undone") and not theirs.says("undone") else ""


_NAMES: dict[Class, str] = {
    "undone": "what was prevented, disputed or ended",
    "doubt": "a doubt",
    "claim": "an allegation",
    "said": "who says so",
    "plan": "a plan or condition",
}
_CLAIMS = frozenset("claim claims claimed alleges behauptet behaupten behauptete behaupteten".split())
_CONDITIONS = frozenset("if unless wenn falls sofern si provided se als tenzij om".split())


def _hedged(mine: Said, theirs: Said) -> str:
    names: tuple[Class, ...] = ("doubt", "claim", "said", "plan")
    for name in names:
        marks = theirs.marks(name)
        if name == "plan" and not mine.is_past():
            marks = [mark for mark in marks if not theirs.is_passive(mark)]
        if name == "claim" and mine.marks("said") and all(theirs.words[first] in _CLAIMS for first, _ in marks):
            continue  # who claims a thing says it
        if marks and (
            not mine.says(name) or (name != "said" and _same_tongue(mine, theirs) and _uncovered(name, marks, mine, theirs))
        ):
            if name in ("doubt", "plan") and not any(_binds(m, mine, theirs) for m in marks) and _same_tongue(mine, theirs):
                continue
            return _said(_NAMES[name], added=False)
    return ""


def _uncovered(name: Class, marks: list[tuple[int, int]], mine: Said, theirs: Said) -> bool:
    """Say whether the claim says something without the mark that the evidence has for it, though it has such a mark elsewhere."""
    own = [m for one in INSTEAD.get(name, (name,)) for m in mine.marks(one)]
    if not own:
        return False
    covered = {s for mark in own for s in mine.bears_on(mark, before=3)}
    bearing = [{s for s in theirs.bears_on(mark, before=1) if s in mine.stems} for mark in marks]
    return any(stems and not stems & covered for stems in bearing)


def _binds(mark: tuple[int, int], mine: Said, theirs: Said) -> bool:
    """Say whether a doubt, plan or condition is about what the claim says. A condition is about its whole sentence."""
    return theirs.words[mark[0]] in _CONDITIONS or _shares(theirs.bears_on(mark, before=1), mine)


def _shares(stems: list[str], mine: Said) -> bool:
    return not stems or any(s in mine.stems for s in stems)


def _added(mine: Said, theirs: Said, around: Said) -> str:
    names: tuple[Class, ...] = ("doubt", "claim")
    for name in names:
        marks = mine.marks(name)
        if not marks:
            continue
        if not any(theirs.marks(one) for one in INSTEAD[name]) or (
            _same_tongue(mine, theirs) and _uncovered(name, marks, theirs, mine)
        ):
            return _said(_NAMES[name], added=True)
    if mine.marks("said") and mine.speakers() > (around.speakers() if _same_tongue(mine, around) else 9 * around.speakers()):
        return _said(_NAMES["said"], added=True)
    return _stronger("proof", mine, theirs) or _stronger("all", mine, theirs) or _stronger("only", mine, theirs)


def _stronger(name: Class, mine: Said, theirs: Said) -> str:
    marks = mine.marks(name)
    if not marks or theirs.says(name):
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


def _opposite(mine: Said, theirs: Said) -> str:
    """Find a word whose opposite stands in the evidence, and which does not stand there itself."""
    if not _same_tongue(mine, theirs):
        return ""
    words, others = set(mine.words), set(theirs.words)
    for word in mine.words:
        against = _opposites().get(word, frozenset()) & others
        if word not in others and against and not against & words:
            return f"“{word}” where the evidence has “{min(against)}”"
    return ""


def _turned(mine: Said, theirs: Said) -> str:
    """Find rising where the evidence has falling, or the reverse, in whatever words and languages."""
    for one, other in ((RISES, FALLS), (FALLS, RISES)):
        if mine.has(one) and theirs.has(other) and not mine.has(other) and not theirs.has(one):
            return "it goes the other way in the evidence"
    return ""
