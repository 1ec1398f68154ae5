"""Which category a story belongs to, by the rules in the categories' files. Pure; no model is asked.

A wrong heading misleads more than a plain one, so a category is given only where its rules reach their least points and
lead clearly; everything else is `uncategorised`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from groundwire.model import Source, Story
from groundwire.publication.categories import UNCATEGORISED, Category, Rules, phrases
from groundwire.text.plain import clean

TITLE, TEXT, AGAINST = 3, 1, -3
MARGIN = 2  # points by which the first must lead the second
HINT = 2  # points for the category that the feed's owner expects, where its rules point there at all
LEAD = 1500  # characters read: news says first what it is, and a long text would collect points for everything


@dataclass(frozen=True, slots=True)
class Verdict:
    """A story's category, its points, the next best category if any has points, and what spoke for it, in a reader's words."""

    category: str
    score: int
    runner_up: str | None
    why: tuple[str, ...]


def classify(title: str, text: str, *, categories: Mapping[str, Category], hint: str | None = None) -> Verdict:
    """Choose the category of a story by its headline and its text (an excerpt will do).

    `hint` is the category that a feed's owner gave; it decides only between near ones. Rules of `uncategorised` itself are
    a veto: they know round-ups and others that hold many stories in one.
    """
    title = clean(title[:LEAD])
    lead = f"{title} … {clean(text[:LEAD])}"
    tallies = {c.id: _tally(c.rules, title=title, lead=lead) for c in categories.values()}
    veto = tallies.pop(UNCATEGORISED, _Tally())
    if veto.points and veto.points >= categories[UNCATEGORISED].rules.least:
        return Verdict(UNCATEGORISED, veto.points, None, veto.why)
    if hint in tallies and tallies[hint].points > 0:
        tallies[hint] = tallies[hint].helped()
    ranked = sorted(tallies, key=lambda one: -tallies[one].points)  # stable: equal ones in the categories' order
    return _decide([(one, tallies[one]) for one in ranked if tallies[one].points > 0], categories)


@dataclass(frozen=True, slots=True)
class _Tally:
    points: int = 0
    why: tuple[str, ...] = ()

    def helped(self) -> _Tally:
        return _Tally(self.points + HINT, (*self.why, f"its feed (+{HINT})"))


def _decide(ranked: list[tuple[str, _Tally]], categories: Mapping[str, Category]) -> Verdict:
    """Choose the first with its least points, if it leads the next of them clearly and nobody has more than it."""
    if not ranked:
        return Verdict(UNCATEGORISED, 0, None, ("no rule applies",))
    top, best = ranked[0]
    reached = [(one, tally) for one, tally in ranked if tally.points >= categories[one].rules.least]
    if not reached:
        return Verdict(UNCATEGORISED, best.points, top, (f"{top} has {best.points} points of {categories[top].rules.least}",))
    (first, tally), *others = reached
    rivals = [(one, t.points) for one, t in others if tally.points - t.points < MARGIN]
    rivals += [(top, best.points)] if best.points > tally.points else []
    if rivals:
        other, points = rivals[0]
        return Verdict(UNCATEGORISED, tally.points, first, (f"{first} ({tally.points}) and {other} ({points}) are too near",))
    return Verdict(first, tally.points, next((one for one, _ in ranked if one != first), None), tally.why)


def _tally(rules: Rules, *, title: str, lead: str) -> _Tally:
    points, why = 0, []
    for worth, name, items, text in (
        (TITLE, "title", rules.title, title),
        (TEXT, "text", rules.text, lead),
        (AGAINST, "against", rules.against, lead),
    ):
        for hit in _hits(_compiled(items), text):
            points += worth
            why.append(f"{name}: {hit} ({worth:+d})")
    return _Tally(points, tuple(why))


@lru_cache(maxsize=1024)
def _compiled(items: tuple[str, ...]) -> re.Pattern[str] | None:
    return phrases(items, numbered=True)


def _hits(pattern: re.Pattern[str] | None, text: str) -> list[str]:
    """Return the first match of each phrase that stands in the text, in the text's order."""
    found: dict[int | None, str] = {}
    for match in pattern.finditer(text) if pattern else ():
        found.setdefault(match.lastindex, match.group())
    return list(found.values())


def category_of(story: Story, categories: Mapping[str, Category]) -> str:
    """Choose the category of a story by rule, from its first coverage."""
    first = story.first
    return classify(first.title, f"{first.excerpt} {first.content}", categories=categories, hint=first.feed.category).category


def category_by_text(category: str, source: Source, categories: Mapping[str, Category]) -> str:
    """Return the category, chosen anew by the full text where the feed's excerpt told none."""
    if category != UNCATEGORISED or not source.fulltext:
        return category
    entry = source.entry
    return classify(entry.title, f"{entry.excerpt} {source.text}", categories=categories, hint=entry.feed.category).category
