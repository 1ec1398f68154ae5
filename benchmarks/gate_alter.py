"""Sentences altered by rule: what a gate must refuse, and what it must let through. Deterministic for one seed."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

MONTHS = "January February March April May June July August September October November December".split()
DAYS = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split()
NUMBER_WORDS = "two three four five six seven eight nine ten eleven twelve twenty thirty".split()
NOT_NAMES = frozenset(
    "I I’m I'm The A An In On At It He She They We This That These Those But And For As If When While After Before There You So No Not What How Why Who His Her Its Their Our My Or By To From With Some Many Most All One Two Is Are Der Die Das Ein Eine Und Es Sie Er Wir Im In Am".split()
)
_NAME = re.compile(r"(?<![\w-])[A-Z][a-zA-Z]{2,}(?![\w-])")


@dataclass(frozen=True, slots=True)
class Context:
    """What an alteration may draw on."""

    chance: random.Random
    names: Sequence[str]  # of other articles
    others: Sequence[str]  # other sentences of this article


Alteration = Callable[[str, Context], str | None]


def number(text: str, context: Context) -> str | None:
    """Exchange a number, month or weekday for another."""
    places = list(re.finditer(r"\d+|\b(?:" + "|".join([*MONTHS, *DAYS, *NUMBER_WORDS]) + r")\b", text))
    places = [m for m in places if not (m.group() in ("May", "March") and not re.search(r"\d", text[m.end() : m.end() + 4]))]
    if not places:
        return None
    m = context.chance.choice(places)
    old = m.group()
    if old.isdigit():
        new = str(int(old) + context.chance.choice([1, 2, 3, 7, 10, 100]))
    else:
        table = next(t for t in (MONTHS, DAYS, NUMBER_WORDS) if old in t)
        new = context.chance.choice([word for word in table if word != old])
    return text[: m.start()] + new + text[m.end() :]


def names_in(text: str) -> list[re.Match[str]]:
    """Find words with a capital that the start of a sentence does not explain."""
    return [
        m
        for m in _NAME.finditer(text)
        if m.group() not in NOT_NAMES
        and m.group() not in MONTHS + DAYS
        and not re.search(r"(?:^|[.!?:“\"‘'(]\s*)$", text[: m.start()])
    ]


def name(text: str, context: Context) -> str | None:
    """Exchange a name for one from another article."""
    places = names_in(text)
    others = [n for n in context.names if n not in text]
    if not places or not others:
        return None
    m = context.chance.choice(places)
    return text[: m.start()] + context.chance.choice(others) + text[m.end() :]


def roles(text: str, context: Context) -> str | None:
    """Exchange two names with each other."""
    places = names_in(text)
    pairs = [
        (a, b)
        for a in places
        for b in places
        if a.end() + 3 < b.start() and a.group() != b.group() and not _list(text[a.end() : b.start()])
    ]
    if not pairs:
        return None
    a, b = context.chance.choice(pairs)
    return text[: a.start()] + b.group() + text[a.end() : b.start()] + a.group() + text[b.end() :]


def _list(between: str) -> bool:
    """Neighbours in a list or in one long name: to swap them changes little, or makes no sense."""
    return re.fullmatch(r"[\s,]*(?:and|or|&|und|oder|of|the|,|\s|[A-Z]\w+)*[\s,]*", between) is not None


def quotation(text: str, context: Context) -> str | None:
    """Exchange a word within quotation marks."""
    quoted = [m for m in re.finditer(r"[“\"]([^“”\"]{8,})[”\"]", text) if len(m.group(1).split()) >= 2]
    if not quoted:
        return None
    m = context.chance.choice(quoted)
    parts = m.group(1).split(" ")
    place = context.chance.randrange(len(parts))
    parts[place] = context.chance.choice(["certain", "nearly", "terrible", "lovely", "seldom"])
    return text[: m.start(1)] + " ".join(parts) + text[m.end(1) :]


_NEGATE = [
    (r"\b(is|are|was|were|has|have|had|can|could|will|would|should|must|does|did|do) not\b", r"\1"),
    (r"\b(is|are|was|were|has|have|had|could|would|should|does|did|do)n['’]t\b", r"\1"),
    (r"\bcannot\b", "can"),
    (r"\bcan['’]t\b", "can"),
    (r"\bwon['’]t\b", "will"),
    (r"\bnever\b", "often"),
    (r"\bno\b(?! longer| one)", "some"),
    (r"\bwithout\b", "with"),
    (r"\bdenied\b", "said"),
    (r"\bfailed to\b", "managed to"),
    (r"\b(is|are|was|were|has|have|had|can|could|will|would|should|must)\b(?! not|n't|['’])", r"\1 not"),
    (r"\b(is|are|was|were|has|have|had)\b(?! not|n't|['’])", r"\1 never"),
]
_NEGATE_DE = [
    (r"\b(ist|sind|war|wird|werden|hat|haben|kann) nicht\b", r"\1"),
    (r"\bkeine\b", "eine"),
    (r"\bnicht\b", "oft"),
    (r"\b(ist|sind|war|wird|werden|hat|haben|kann)\b", r"\1 nicht"),
]
_ATTRIBUTE = [
    (r",? according to [^,.]+(?=[,.])", ""),
    (
        r",? (?:[A-Z][\w’']+ ){0,3}(?:he|she|it|they|the \w+|[A-Z]\w+)? ?(?:said|says|told \w+)(?: (?:in|on) [\w ]{3,30})?(?=[.,])",
        "",
    ),
    (r"\b(?:allegedly|reportedly|apparently|possibly|probably|perhaps|likely|potentially) ", ""),
    (r"\bmay\b", "will"),
    (r"\b(?:could|might)\b", "will"),
    (r"\b(?:claims|claimed|alleges|alleged|suggests|suggested|believes|believed) that\b", "proved that"),
    (r"\bsaid (?:that )?(?=\w+ )", "confirmed that "),
    (r"\b(?:seems|appears) to be\b", "is"),
    (r"\b(is|was|are|were|has|have)\b", r"\1 allegedly"),
    (r"^(?=[A-Z])", "According to officials, "),
]
_ATTRIBUTE_DE = [
    (r"\b(?:angeblich|möglicherweise|offenbar|vermutlich|mutmaßlich) ", ""),
    (r"\bsoll\b", "wird"),
    (r"\b(?:könnte|dürfte)\b", "wird"),
    (r"\b(ist|war|hat|sind)\b", r"\1 angeblich"),
    (r"\b(ist|war|hat|sind)\b", r"\1 laut Polizei"),
]


def _by_rule(text: str, rules: Sequence[tuple[str, str]], chance: random.Random) -> str | None:
    fitting = [(pattern, new) for pattern, new in rules if re.search(pattern, text)]
    if not fitting:
        return None
    # What takes a mark away comes before what adds one: the first three that fit.
    pattern, new = chance.choice(fitting[:3])
    changed = re.sub(r"\s+", " ", re.sub(pattern, new, text, count=1)).strip()
    return changed if changed != text and len(changed.split()) >= 4 else None


def negation(text: str, context: Context) -> str | None:
    """Take out a "not", or put one in."""
    return _by_rule(text, _NEGATE_DE if is_german(text) else _NEGATE, context.chance)


def attribution(text: str, context: Context) -> str | None:
    """Leave out or make up who says so, or how sure it is."""
    return _by_rule(text, _ATTRIBUTE_DE if is_german(text) else _ATTRIBUTE, context.chance)


def is_german(text: str) -> bool:
    """Say whether a text is German, by its small words."""
    return len(re.findall(r"\b(?:der|die|das|und|ist|ein|eine|den|dem|von|für|auf|nicht|im|zu|sich|auch|wird|hat)\b", text)) >= 2


def mixed(text: str, context: Context) -> str | None:
    """Join the first half of one sentence to the second half of another."""
    others = [o for o in context.others if o != text and len(o.split()) >= 8]
    if not others:
        return None
    one, other = text.split(), context.chance.choice(others).split()
    return " ".join(one[: len(one) // 2] + other[len(other) // 2 :])


_TYPOGRAPHIC = [
    [("“", '"'), ("”", '"'), ("’", "'"), ("‘", "'"), ("—", "-"), ("–", "-")],
    [('"', "”"), ("'", "’"), (" - ", " – "), ("...", "…")],
    [(" ", "\u00a0"), ("-", "\u2011")],
    [(" ", "  "), ("fi", "ﬁ"), ("“", "«"), ("”", "»")],
    [(" — ", "—"), ("—", " -- "), ("e", "e\u200b")],
]


def typographic(text: str, context: Context) -> str | None:
    """Change quotation marks, dashes, blanks, ligatures, and the first letter's case."""
    for old, new in context.chance.choice(_TYPOGRAPHIC):
        text = text.replace(old, new)
    return text[0].swapcase() + text[1:] if context.chance.random() < 0.3 else text


_SYNONYMS = """said:stated however:but big:large large:big use:employ uses:employs used:employed show:demonstrate shows:demonstrates buy:purchase bought:purchased help:assist
helps:assists begin:start began:started need:require needs:requires needed:required many:numerous firm:company company:firm companies:firms start:begin started:began
important:significant get:obtain gets:obtains got:obtained give:provide gives:provides gave:provided make:create made:created quickly:rapidly fast:quick people:individuals
build:construct built:constructed try:attempt tried:attempted end:conclude ended:concluded find:discover found:discovered near:close ask:request asked:requested
hackers:attackers attackers:hackers flaw:weakness bug:defect issue:problem problem:issue problems:issues issues:problems software:programs released:published
launched:introduced choose:select chose:selected allow:let allows:lets keep:retain keeps:retains also:too because:since different:distinct new:recent easy:simple
hard:difficult difficult:hard place:location car:vehicle cars:vehicles money:funds children:kids job:position jobs:positions huge:enormous tool:utility tools:utilities
job:post house:home country:nation study:investigation article:piece version:release developers:programmers customers:clients team:group smart:clever wrong:incorrect
Firma:Unternehmen groß:riesig zeigt:offenbart neue:frische beginnt:startet""".split()
_SWAPS = dict(pair.split(":") for pair in _SYNONYMS)


def paraphrase(text: str, context: Context) -> str | None:
    """Say the same in other words: synonyms, clauses in another order, the passive, contractions, notations."""
    rules = [_synonyms, _reordered, _passive, _notation, _synonyms]
    context.chance.shuffle(rules)
    changed = text
    for rule in rules[: context.chance.choice([2, 3, 5])]:
        changed = rule(changed)
    return changed if changed != text else None


def _synonyms(text: str) -> str:
    return re.sub(r"\b\w+\b", lambda m: _SWAPS.get(m.group(), m.group()), text)


def _reordered(text: str) -> str:
    """`In 2020, it closed.` as `It closed in 2020.` and back."""
    front = re.fullmatch(r"((?:In|On|At|After|Before|During|When|While|With|Since|Last)\b[^,“”\"]{3,60}), ([^“”\"]+)\.", text)
    if front and front[2].count(",") == 0:
        head = front[1][0].lower() + front[1][1:]
        return f"{front[2][0].upper()}{front[2][1:]} {head}."
    back = re.fullmatch(r"([^,“”\"]+) ((?:when|while|after|before|because|since|until) [^,“”\"]+)\.", text)
    if back and not re.match(r"(?:And|But|So)\b", text):
        head = (
            back[1]
            if back[1].split()[0] in ("I", "I’m", "I'm") or names_in("x " + back[1].split()[0])
            else back[1][0].lower() + back[1][1:]
        )
        return f"{back[2][0].upper()}{back[2][1:]}, {head}."
    return text


def _passive(text: str) -> str:
    """Turn `A acquired B` into `B was acquired by A`, where both are plain names."""
    pattern = r"^((?:[A-Z]\w+ ?){1,3})(acquired|bought|sued|launched|released|announced|created|built|developed|designed|founded|banned|fined) ((?:[A-Z]\w+ ?){1,3})(.*)$"
    m = re.match(pattern, text)
    return (
        f"{m[3].strip()} was {m[2]} by {m[1].strip()} {m[4]}".replace(" .", ".")
        if m and m[1].split()[0] not in NOT_NAMES
        else text
    )


_NOTATION = [
    (r"(\d) percent\b", r"\1%"),
    (r"(\d)%", r"\1 percent"),
    (r"\b(did|does|do|is|are|was|were|has|have|had|would|could|should)n['’]t\b", r"\1 not"),
    (r"\b(did|does|is|are|was|were|has|have|would|could) not\b", r"\1n’t"),
    (r"\b[Cc]an['’]t\b", "cannot"),
    (r"\b([Ii])t['’]s\b", r"\1t is"),
    (r"\$(\d[\d.]*) (million|billion)", r"\1 \2 dollars"),
    (r"\b(January|February|April|June|July|August|September|October|November|December) (\d{1,2}), (\d{4})", r"\2 \1 \3"),
    (r"(?<![\d,.])(\d{1,3}),(\d{3})\b(?!,)", r"\1\2"),
    (r"\btwo\b", "2"),
    (r"\bthree\b", "3"),
]


def _notation(text: str) -> str:
    for pattern, new in _NOTATION:
        text = re.sub(pattern, new, text)
    return text
