"""The analyst without a key: the publishers' own key sentences, quoted within the limits, and facts by rule.

It writes no sentence of its own. A story of which only an excerpt is known gets the excerpt and the facts, no more.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from groundwire.analysis.boilerplate import clean_excerpt, clean_headline
from groundwire.analysis.conflicts import find_conflicts
from groundwire.analysis.facts import Facts, find_facts, find_tags
from groundwire.analysis.sentences import key_sentences
from groundwire.errors import Unreadable
from groundwire.model import Analysis, Conflict, Detail, Job, Section, Source, Statement, Story
from groundwire.ports import BoundedCall, Tell
from groundwire.publication.categories import Category, SectionSpec
from groundwire.text.bounded import call_here
from groundwire.text.plain import clean, sentences, shorten, words
from groundwire.text.quotation import EXCERPT_WORDS, fit

SENTENCES = 12  # of one source, at most
IN_SECTION, IN_PART = 4, 2
_LABELS = {
    "dates": "Dates named",
    "cves": "Vulnerabilities",
    "cvss": "CVSS score",
    "organisations": "Organisations",
    "products": "Products",
    "versions": "Versions named",
    "money": "Sums named",
}


@dataclass(frozen=True)
class Quote:
    """A sentence of one source, as it may be printed."""

    text: str
    source: int
    place: int


class ExtractiveAnalyst:
    """Analyses by rule: same sources, same page. Of texts that `bounded` cannot read, the page has the excerpt alone."""

    stopped, spent = "", 0.0  # it asks nobody

    def __init__(
        self, categories: Mapping[str, Category], *, bounded: BoundedCall = call_here, tell: Tell = lambda _line: None
    ) -> None:
        self._categories, self._bounded, self._tell = categories, bounded, tell

    def account(self) -> str:
        """Return '': it is free."""
        return ""

    def analyse_all(self, stories: Sequence[Story], gather: Callable[[Story], Job]) -> Iterator[tuple[Job, Analysis]]:
        """Yield every story with its analysis, in order."""
        for job in map(gather, stories):
            yield job, self.analyse(job.story, job.sources, category=job.category)

    def analyse(self, story: Story, sources: Sequence[Source], *, category: str) -> Analysis:
        """Return the page's content from the sources alone; the excerpt only where they cannot be read."""
        try:
            return self._bounded(by_rule, self._categories[category], sources)
        except Unreadable as error:
            self._tell(f"only its excerpt is shown: {story.first.title} ({error})")
            return _bare(sources[0], category)


def by_rule(spec: Category, sources: Sequence[Source]) -> Analysis:
    """Return what goes on the page of a story of one category, by its sources alone."""
    lead = sources[0]
    title = clean_headline(lead.entry.title, lead.entry.feed.title)
    whole = clean_excerpt(lead.entry.excerpt or shorten(lead.text, EXCERPT_WORDS))
    excerpt = shorten(whole, EXCERPT_WORDS)
    facts = find_facts([s.entry.title for s in sources], [f"{s.entry.excerpt} {s.text}" for s in sources])
    conflicts = tuple(c for c in find_conflicts(sources) if _quotable(c, sources))
    quotes = _quotes(sources, title=title, excerpt=excerpt, conflicts=conflicts)
    sections = _fill(spec.sections, quotes)
    return Analysis(
        by="extractive",
        title=title,
        description=describe(whole, title),
        category=spec.id,
        excerpt=excerpt,
        tags=find_tags(title, " ".join(s.text for s in sources)),
        details=_details(facts, spec),
        sections=sections,
        organisations=facts.organisations,
        products=facts.products,
        cves=facts.cves,
        conflicts=conflicts,
        language=lead.entry.language,
        kept=sum(len(part.statements) for section in sections for part in (section, *section.parts)),
    )


def _bare(lead: Source, category: str) -> Analysis:
    """Make an analysis of headline and excerpt, where more cannot be read."""
    title = clean(lead.entry.title)
    words_of_it = " ".join(words(lead.entry.excerpt)[:EXCERPT_WORDS])
    return Analysis(
        by="extractive", title=title, description=title, category=category, excerpt=words_of_it, language=lead.entry.language
    )


def describe(excerpt: str, title: str) -> str:
    """Write a sentence for cards from an excerpt.

    Its first sentence, with the next where that says too little; the headline where there is none.
    """
    found = ""
    for sentence in sentences(excerpt):
        found = f"{found} {sentence}".strip()
        if len(words(found)) >= 12:
            return shorten(found, 45)
    return found if len(words(found)) >= 4 else title


def _quotable(conflict: Conflict, sources: Sequence[Source]) -> bool:
    """Say whether each source may be quoted by so much; what stands in its excerpt may be, as an excerpt."""
    known = {source.id: source for source in sources}
    return all(
        text in clean(known[number].entry.excerpt)
        or fit([text], license=known[number].entry.feed.license, source_words=known[number].words)
        for number, text in conflict.sides
    )


def _spent(source: Source, conflicts: Sequence[Conflict]) -> list[str]:
    """Return what conflicts quote of a source beyond its excerpt."""
    shown = [text for conflict in conflicts for number, text in conflict.sides if number == source.id]
    return [text for text in dict.fromkeys(shown) if text not in clean(source.entry.excerpt)]


def _quotes(sources: Sequence[Source], *, title: str, excerpt: str, conflicts: Sequence[Conflict]) -> list[Quote]:
    """Choose sentences from the full texts, source after source, each within its limit and none like another."""
    found: list[Quote] = []
    avoid = sentences(excerpt)
    for source in sources:
        if not source.fulltext:
            continue
        spent = _spent(source, conflicts)
        keys = key_sentences(source.text, title=title, limit=SENTENCES, avoid=[*avoid, *spent])
        already = sum(len(words(text)) for text in spent)
        kept = fit([k.text for k in keys], license=source.entry.feed.license, source_words=source.words, already=already)
        found += [Quote(keys[i].text, source.id, keys[i].place) for i in kept]
        avoid += [keys[i].text for i in kept]
    return found


def _fill(specs: Sequence[SectionSpec], quotes: Sequence[Quote]) -> tuple[Section, ...]:
    """Put each quotation under the section whose cues it carries most, else under the first; empty sections are left out."""
    homes: dict[str, list[Quote]] = {}
    room = {spec.id: IN_SECTION for spec in specs} | {part.id: IN_PART for spec in specs for part in spec.parts}
    for quote in quotes:
        home = next((one for one in _ranked(specs, quote.text) if room[one] > 0), None)
        if home:
            room[home] -= 1
            homes.setdefault(home, []).append(quote)
    return tuple(section for spec in specs if (section := _section(spec, homes)))


def _ranked(specs: Sequence[SectionSpec], text: str) -> list[str]:
    hits: Counter[str] = Counter()
    for spec in specs:
        for one in (spec, *spec.parts):
            if one.pattern:
                hits[one.id] = len({m.group().casefold() for m in one.pattern.finditer(text)})
    cued = [one for one, count in hits.most_common() if count]
    return [*cued, specs[0].id] if specs else []


def _section(spec: SectionSpec, homes: Mapping[str, list[Quote]]) -> Section | None:
    quotes = sorted(homes.get(spec.id, ()), key=lambda q: (q.source, q.place))
    parts = tuple(part for one in spec.parts if (part := _section(one, homes)))
    if not quotes and not parts:
        return None
    statements = tuple(Statement(q.text, source=q.source, quoted=True) for q in quotes)
    return Section(spec.id, spec.heading, statements, parts)


def _details(facts: Facts, spec: Category) -> tuple[Detail, ...]:
    rows = ((kind, getattr(facts, kind)) for kind in spec.details)
    found = [(kind, values) for kind, values in rows if values]
    if [kind for kind, _ in found] == ["dates"]:
        return ()  # days without a thing that they are about
    return tuple(Detail(_LABELS[kind], values) for kind, values in found)
