"""A model's answer through the gate: what is kept, and what was dropped, each with its reason."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from groundwire.analysis.answer_schema import attribute
from groundwire.analysis.prompt import CANARY
from groundwire.model import Section, Source, Statement, Watched
from groundwire.publication.categories import SectionSpec
from groundwire.publication.copies import is_copy
from groundwire.text.plain import clean, words
from groundwire.text.quotation import fit
from groundwire.verification.gate import Gate
from groundwire.verification.tokens import Text, tokenize

LEAK = 7  # words of the instructions in a row
ROOM = {"sentence": 1, "paragraph": 6, "bullets": 8, "labelled bullets": 8}


@dataclass(frozen=True, slots=True)
class Drop:
    """A sentence that does not go on the page."""

    section: str
    text: str
    reason: str


@dataclass
class Kept:
    """What passed."""

    title: str = ""
    description: str = ""
    sections: tuple[Section, ...] = ()
    watch: tuple[Watched, ...] = ()
    drops: list[Drop] = field(default_factory=list)

    @property
    def statements(self) -> list[Statement]:
        """All that was kept, in the page's order."""
        return [s for section in self.sections for part in (section, *section.parts) for s in part.statements]

    @property
    def facts(self) -> int:
        """How many of them are facts."""
        return sum(s.kind == "fact" for s in self.statements)


class Judge:
    """Puts one story's answer through the gate. `quoted`: what the page quotes of its sources already, by their numbers."""

    def __init__(
        self, sources: Sequence[Source], *, language: str, system: str, excerpt: str, quoted: Iterable[tuple[int, str]] = ()
    ) -> None:
        self._sources = {source.id: source for source in sources}
        self._gate = Gate(sources, language=language)
        self._system, self._excerpt = Text(system), Text(excerpt)
        self._kept = Kept()
        self._quoted: dict[int, list[str]] = {}
        for number, text in quoted:
            self._quoted.setdefault(number, []).append(text)
        self._claims: set[str] = set()

    def judge(self, answer: Any, specs: Sequence[SectionSpec], asked: Sequence[SectionSpec]) -> Kept:
        """Return the sections of the category in its order, with what of the answer may stand in them."""
        ids = {spec.id for spec in asked}
        kept = self._kept
        kept.title = self._line("title", answer.title, longest=25)
        kept.sections = tuple(s for spec in specs if (s := self._section(spec, answer.sections, ids)))
        kept.description = self._line("description", answer.description, longest=60)
        return kept

    def _section(self, spec: SectionSpec, given: Any, asked: set[str]) -> Section | None:
        items = getattr(given, attribute(spec), ()) if spec.id in asked else ()
        statements = [s for item in items if (s := self._statement(spec, item))]
        for extra in statements[ROOM[spec.shape] :]:
            self._drop(spec.id, extra.text, "the section is full")
        parts = tuple(part for one in spec.parts if (part := self._section(one, given, asked)))
        statements = statements[: ROOM[spec.shape]]
        return Section(spec.id, spec.heading, tuple(statements), parts) if statements or parts else None

    def _statement(self, spec: SectionSpec, item: Any) -> Statement | None:
        label = item.label if item.label in spec.labels else ""
        if spec.kind == "fact":
            return self._fact(spec, item, label)
        text = self._line(spec.id, item.text)
        if not text:
            return None
        self._claims.add(text.casefold())
        if spec.kind == "prediction":
            self._watch(text, item.by)
        return Statement(text, kind=spec.kind, label=label)

    def _fact(self, spec: SectionSpec, item: Any, label: str) -> Statement | None:
        claim, evidence = clean(item.claim), clean(item.evidence)
        verdict = self._gate.fact(claim, evidence, item.source)
        reason = verdict.reason or self._told_twice(claim) or self._leaks(claim) or self._leaks(evidence)
        if reason:
            self._drop(spec.id, claim, reason)
            return None
        self._claims.add(claim.casefold())
        also = self._also(claim, item)
        pairs = ((item.source, evidence), *also)
        shown = [self._prints(number, text) for number, text in pairs]
        return Statement(
            claim, "fact", item.source, evidence, label=label, also=also, translated=verdict.translated, shown=all(shown)
        )

    def _also(self, claim: str, item: Any) -> tuple[tuple[int, str], ...]:
        """Return other sources whose evidence proves the same claim. One that prints another's text is no further source."""
        found: dict[int, str] = {}
        for other in item.also:
            if other.source == item.source or other.source in found:
                continue
            evidence = clean(other.evidence)
            if self._is_copy(other.source, [item.source, *found]):
                continue
            if self._gate.fact(claim, evidence, other.source).passed:
                found[other.source] = evidence
        return tuple(found.items())

    def _is_copy(self, number: int, others: Sequence[int]) -> bool:
        source = self._sources.get(number)
        return source is not None and any(is_copy(source.text, self._sources[other].text) for other in others)

    def _prints(self, number: int, evidence: str) -> bool:
        """Say whether a source may be quoted by so much more. What its printed excerpt holds is quoted already."""
        source = self._sources[number]
        quoted = [*self._quoted.get(number, ()), evidence]
        beyond = [q for q in dict.fromkeys(quoted) if not (number == 1 and self._excerpt.holds(tokenize(q.rstrip(". "))))]
        allowed = fit(beyond, license=source.entry.feed.license, source_words=source.words)
        if len(allowed) < len(beyond):
            return False
        self._quoted[number] = quoted
        return True

    def _line(self, section: str, text: str, *, longest: int = 60) -> str:
        """Return a sentence without evidence of its own if it passes, else ''."""
        line = clean(text)
        if not line:
            return ""
        reason = self._leaks(line) or self._gate.sentence(line).reason
        if not reason and section not in ("title", "description"):
            reason = self._told_twice(line)
        if not reason and len(words(line)) > longest:
            reason = f"it has more than {longest} words"
        if reason:
            self._drop(section, line, reason)
        return "" if reason else line

    def _told_twice(self, text: str) -> str:
        return "it stands on the page already" if text.casefold() in self._claims else ""

    def _leaks(self, text: str) -> str:
        return leaks(text, self._system)

    def _watch(self, claim: str, by: str) -> None:
        try:
            day = date.fromisoformat(by)
        except ValueError:
            return
        if self._gate.day(day):
            self._kept.watch += (Watched(claim, day),)

    def _drop(self, section: str, text: str, reason: str) -> None:
        self._kept.drops.append(Drop(section, text, reason))


def told(drops: Sequence[Drop]) -> list[Mapping[str, str]]:
    """Return drops as data, for the model that is asked again and for `analyse --explain`."""
    return [{"section": d.section, "text": d.text, "reason": d.reason} for d in drops]


def leaks(text: str, system: Text) -> str:
    """Say why a sentence that repeats the instructions is not printed; '' where it doesn't."""
    if CANARY in text.casefold():
        return "it repeats the instructions"
    said = [t for t in tokenize(text) if t.is_word]
    runs = (said[n : n + LEAK] for n in range(len(said) - LEAK + 1))
    return "it repeats the instructions" if any(system.holds(run) for run in runs) else ""
