"""Whether a claim keeps each name and number in the place that its evidence gives it.

Seen: a name or number that stands beside a word, or between two, where the evidence has another one. Not seen: what a change of
voice or of word order hides ("was sued by"), and roles of things without a capital.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from groundwire.verification.names import is_name
from groundwire.verification.nouns import is_case, says_the_same
from groundwire.verification.numbers import amounts
from groundwire.verification.tokens import Text, Token, tokenize
from groundwire.verification.tongue import stem

_AGENT = frozenset({"by", "von", "durch", "par", "por"})
_DIRECTED = frozenset({"from", "to", "against", "over", "than", "into", "toward", "towards", "gegen", "an", "nach", "aus"})
_LOOSE = frozenset(
    """the a an of in on at to for and or is are was were be been being has have had do does did its his her their this that with by from as it he she they who which
    also but about after before when while said der die das den dem des ein eine und oder ist war hat im zu mit von für auf sich""".split()
)
_AND = frozenset({"and", "or", "&", ",", "und", "oder", "et", "y", "as", "well", "/"})


@dataclass(frozen=True, slots=True)
class Unit:
    """A name, a number or another word with its neighbours' place in the row."""

    kind: str  # name, number, word, sign
    text: str
    keys: frozenset[str] = field(default=frozenset())


def misplaced(claim: Sequence[Token], evidence: Sequence[Token], *, language: str, texts: Sequence[Text]) -> str:
    """Say what stands in another's place, in a reader's words; '' where nothing does.

    `texts`: where a name of several words may stand whole.
    """
    here, there = units(claim, language), units(evidence, language)
    for unit in here:
        if (
            unit.kind == "name"
            and len(unit.keys) > 1
            and not any(text.holds(tokenize(unit.text)) for text in texts)
            and not (language == "de" and _is_genitive(unit, texts))
            and _torn(unit, there, language)
        ):
            return f"“{unit.text}” is put together from other names"
    voice = len(_AGENT & {u.text for u in here}) != len(_AGENT & {u.text for u in there})
    for place, unit in enumerate(here):
        if unit.kind not in ("name", "number") or _short_for(unit, there):
            continue
        if done := _other_doers(here, place, there):
            return _reason(unit, done)
        left = _rivals(here, place, -1, there, language)
        right = _rivals(here, place, +1, there, language)
        if left & right and not voice:
            return _reason(unit, left & right)
        free = language == "de" and unit.kind == "name"
        for side, found in ((-1, left), (+1, right)):
            if found and not voice and _binds(_at(here, place + side), side, free=free) and not _listed(unit, found, there):
                return _reason(unit, found)
    return _turned(there, here) or _turned(here, there)


_PASSIVE = frozenset("is are was were be been being wurde wurden worden wird werden est sont été fue fueron sido".split())


def _other_doers(here: Sequence[Unit], place: int, there: Sequence[Unit]) -> frozenset[Unit]:
    """Who did it by the evidence, where the claim says that this one did: `found by` another."""
    verb = _done_by(here, place)
    if here[place].kind != "name" or verb.kind != "word":
        return frozenset()
    found = {u for n, u in enumerate(there) if u.kind == "name" and _same(_done_by(there, n), verb)}
    return frozenset() if any(u.keys & here[place].keys for u in found) else frozenset(found)


_ARTICLES = frozenset("the a an der die den dem das einer einem".split())


def _done_by(row: Sequence[Unit], place: int) -> Unit:
    """Return the verb of `led by Orbita` and `led by the Orbita group`; an end where there is none."""
    by = place - 1 - (_at(row, place - 1).text in _ARTICLES)
    return _at(row, by - 1) if _at(row, by).text in _AGENT else Unit("end", "")


def _turned(passive: Sequence[Unit], active: Sequence[Unit]) -> str:
    """Say where `A was bought by B` stands against `A bought B`; '' where it does not."""
    by = [n for n, unit in enumerate(passive) if unit.text in _AGENT and _at(passive, n + 1).kind == "name"]
    if len(by) != 1 or any(unit.text in _AGENT for unit in active):
        return ""
    doer, done_to = passive[by[0] + 1], next((u for u in reversed(passive[: by[0]]) if u.kind == "name"), None)
    if done_to is None or not any(u.text in _PASSIVE for u in passive[passive.index(done_to) : by[0]]):
        return ""
    places = [next((n for n, u in enumerate(active) if u.kind == "name" and u.keys & one.keys), -1) for one in (doer, done_to)]
    return f"“{done_to.text}” and “{doer.text}” have changed places" if -1 < places[1] < places[0] else ""


def _is_genitive(unit: Unit, texts: Sequence[Text]) -> bool:
    """`Erik Falks Firma`, of which the texts have `Erik Falk` and `Firma`."""
    parts = unit.text.split(" ")
    ends = (n for n, part in enumerate(parts[:-1], start=1) if part.endswith("s"))
    return any(
        any(text.holds(tokenize(" ".join(parts[:n])[:-1])) for text in texts)
        and any(text.holds(tokenize(" ".join(parts[n:]))) for text in texts)
        for n in ends
    )


def _short_for(unit: Unit, there: Sequence[Unit]) -> bool:
    """Say whether a name is initials that the evidence spells out: they have their place by those words."""
    return unit.kind == "name" and unit.text.isupper() and not any(unit.keys & other.keys for other in there)


def _torn(unit: Unit, there: Sequence[Unit], language: str) -> bool:
    """Say whether the evidence joins a part of the name with something that the claim leaves out."""
    return any(
        unit.keys & other.keys and any(not _has(unit, key, language) for key in other.keys)
        for other in there
        if other.kind == "name" and len(other.keys) > 1
    )


def _has(unit: Unit, key: str, language: str) -> bool:
    """Say whether a name has a word.

    In German also in another form, or as one of the same meaning ("Konzern Orbita", "Unternehmen Orbita").
    """
    return key in unit.keys or (
        language == "de" and (any(is_case(key, one) for one in unit.keys) or says_the_same(key, unit.keys))
    )


def units(tokens: Sequence[Token], language: str) -> list[Unit]:
    """Read tokens as units: a name of several words is one, a number with its scale and unit too."""
    counted = {a.start: a for a in amounts(tokens, language) if not a.key.startswith(("span", "season"))}
    out: list[Unit] = []
    place = 0
    while place < len(tokens):
        if amount := counted.get(place):
            out.append(Unit("number", " ".join(t.text for t in tokens[place : amount.end]), frozenset({amount.key})))
            place = amount.end
            continue
        end = place
        while end < len(tokens) and end not in counted and is_name(tokens[end]):
            end += 1
            if tokens[end - 1].text.endswith("'s"):
                break
        if end > place:
            run = tokens[place:end]
            out.append(Unit("name", " ".join(t.text for t in run), frozenset(t.folded for t in run)))
            place = end
            continue
        token = tokens[place]
        out.append(Unit("word", token.folded) if token.is_word else Unit("sign", token.text))
        place += 1
    return out


def _at(row: Sequence[Unit], place: int) -> Unit:
    return row[place] if 0 <= place < len(row) and row[place].text not in ".!?;" else Unit("end", "")


def _rivals(here: Sequence[Unit], place: int, side: int, there: Sequence[Unit], language: str) -> frozenset[Unit]:
    """Return the units of the evidence that stand beside the same word as this one of the claim does.

    None if one of them is the same as the claim's.
    """
    unit, beside = here[place], _at(here, place + side)
    found = {other for n, other in enumerate(there) if other.kind == unit.kind and _same(_at(there, n + side), beside)}
    same = any(other.keys & unit.keys or any(_has(unit, key, language) for key in other.keys) for other in found)
    return frozenset() if same else frozenset(found)


def _same(one: Unit, other: Unit) -> bool:
    if one.kind != other.kind:
        return False
    return one.text == other.text or (one.kind == "word" and stem(one.text) == stem(other.text))


def _binds(beside: Unit, side: int, *, free: bool) -> bool:
    """Say whether a neighbour ties a name to itself: a word with a meaning, or one with a direction.

    `free`: in German a verb has its doer on either side; only a preposition ties, and what follows it.
    """
    if free:
        return beside.kind == "word" and side < 0 and beside.text in _DIRECTED
    return beside.kind == "word" and (beside.text in _DIRECTED or (beside.text not in _LOOSE and len(beside.text) > 2))


def _listed(unit: Unit, rivals: frozenset[Unit], there: Sequence[Unit]) -> bool:
    """Say whether the evidence lists the unit and a rival side by side ("A and B"), so that their order says nothing."""
    marks = [n for n, u in enumerate(there) if u.kind == unit.kind]
    for n, m in pairwise(marks):
        if all(u.text in _AND for u in there[n + 1 : m]):
            pair = (there[n], there[m])
            if any(u.keys & unit.keys for u in pair) and any(u in rivals for u in pair):
                return True
    return False


def _reason(unit: Unit, rivals: frozenset[Unit]) -> str:
    return f"“{unit.text}” stands where the evidence has “{min(u.text for u in rivals)}”"
