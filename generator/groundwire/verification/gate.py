"""The gate between what a model wrote and what goes on a page. Pure; exact, never "similar enough".

A fact passes where its evidence stands in its source word for word, and where every number, date, name, code and quotation of
its claim stands in that evidence (or in the source's title), at the same place and with the same yes, no and maybe. Any other
sentence passes where its numbers, dates, names, codes and quotations stand in the story's sources. What the gate cannot see
is listed, with figures, by `benchmarks/gate.py`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from groundwire.model import Source
from groundwire.text.plain import clean, words
from groundwire.verification.bounds import loosened
from groundwire.verification.evidence import Located, locate
from groundwire.verification.names import ROLES, Known, is_name, unknown_amounts, unknown_names
from groundwire.verification.polarity import disagreement
from groundwire.verification.quotes import unknown_quotations
from groundwire.verification.roles import misplaced
from groundwire.verification.scope import governed, is_question
from groundwire.verification.support import LITTLE, borrowed, unsupported
from groundwire.verification.tokens import Text, Token, key, stripped, tokenize
from groundwire.verification.tongue import VAGUE, tongue

LONGEST = 80  # words of one sentence that a model writes
_ADDRESS = re.compile(
    r"[a-z][a-z0-9+.-]{1,20}://|\bwww\.|\b(?:javascript|data|mailto|vbscript):|\S@\S+\.\w|\]\(|<[a-z/!]", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the gate says. `reason` is empty where the text passes; `translated`: claim and evidence differ in language."""

    reason: str = ""
    translated: bool = False

    @property
    def passed(self) -> bool:
        """Whether it may go on a page."""
        return not self.reason


READ = 40_000  # characters of a source: as many as a model is sent


class _Read:
    """One source as the gate reads it."""

    def __init__(self, source: Source, language: str) -> None:
        text = source.text[:READ]
        self.text, self.title = Text(text), Text(source.entry.title)
        self.hosts = _hosts(f"{source.entry.title} {text}")
        self.outlet = Text(source.entry.feed.title)
        given = (source.entry.language or language).split("-")[0].lower()
        self.language = tongue([t.text for t in self.text.tokens[:400]], given)

    @cached_property
    def known(self) -> Known:
        """All that it names and counts."""
        return Known(self.text, self.title, self.outlet, language=self.language)


class Gate:
    """Judges the sentences of one story. `language` is the page's."""

    def __init__(self, sources: Sequence[Source], *, language: str = "en") -> None:
        self._language = language.split("-")[0].lower()
        self._sources = {source.id: _Read(source, self._language) for source in sources}

    def fact(self, claim: str, evidence: str, source: int) -> Verdict:
        """Judge whether a claim is what its evidence says."""
        read = self._sources.get(source)
        if read is None:
            return Verdict(f"there is no source {source}")
        if reason := _shape(claim) or _shape(evidence) or _strange(claim, read.hosts):
            return Verdict(reason)
        found = locate(evidence, read.text, language=read.language)
        if isinstance(found, str):
            found = _in_title(evidence, read) or found
        if isinstance(found, str):
            return Verdict(found)
        return self._judge(tokenize(claim), found, read, claim=claim)

    def sentence(self, text: str) -> Verdict:
        """Judge whether a sentence names, counts and quotes only what the story's sources do."""
        if reason := _shape(text) or _strange(text, *(read.hosts for read in self._sources.values())):
            return Verdict(reason)
        tokens = tokenize(text)
        reasons = [_particulars(tokens, text, r.known, (r.text, r.title), self._tongue(tokens)) for r in self._sources.values()]
        if "" in reasons:
            return Verdict()
        return Verdict(self._together(tokens, text))

    def day(self, day: date) -> bool:
        """Say whether the sources name a day: its month and number, and its year where they name years like it at all."""
        for read in self._sources.values():
            named = read.known.amounts
            if (
                f"month {day.month}" in named
                and str(day.day) in named
                and (str(day.year) in named or str(day.year + 1) not in named)
            ):
                return True
        return False

    def _together(self, tokens: Sequence[Token], text: str) -> str:
        """Name the first particular that none of the sources has; '' where each has one."""
        reads, language = list(self._sources.values()), self._tongue(tokens)
        for amount in {a.key: a for r in reads for a in unknown_amounts(tokens, r.known, language=language)}.values():
            if amount.key.removeprefix("span ") in VAGUE:
                continue
            if all(amount.key not in r.known.amounts for r in reads):
                return f"“{_shown(tokens[amount.start : amount.end])}” stands in no source"
        missing = [set(unknown_names(tokens, r.known, translated=r.language != language, headline=True)) for r in reads]
        if names := (set.intersection(*missing) if missing else set()) - ROLES:
            return f"“{min(names)}” stands in no source"
        texts = [text for r in reads for text in (r.text, r.title)]
        return unknown_quotations(text, texts, texts)

    def _judge(self, tokens: Sequence[Token], found: Located, read: _Read, *, claim: str) -> Verdict:
        theirs = tongue([t.text for t in found.around], read.language)
        span = found.span if _is_label(tokens) else governed(found, theirs)
        if key(stripped(tokens)).casefold() == key(stripped(span)).casefold():
            return Verdict()
        if is_question(found) and not any(t.text == "?" or t.folded in ("whether", "ob", "ask", "asks", "asked") for t in tokens):
            return Verdict("its evidence is a question")
        evidence = Text(found.tokens)
        known = Known(evidence, read.title, language=theirs)
        mine = tongue([t.text for t in tokens], theirs if _shared(tokens, known) else self._language)
        translated = mine != theirs
        reason = (
            _particulars(tokens, claim, known, (evidence, read.title), mine, whole=read.text, spoken=(read.text, read.title))
            or loosened(tokens, span, languages=(mine, theirs))
            or disagreement(tokens, span, found.around, languages=(mine, theirs), page=self._language)
            or ("" if translated else misplaced(tokens, found.tokens, language=mine, texts=(read.text, read.title)))
            or ("" if translated else borrowed(tokens, known=(evidence, read.title, Text(found.around)), source=read.text))
            or ("" if translated else unsupported(tokens, known))
        )
        return Verdict(reason, translated)

    def _tongue(self, tokens: Sequence[Token]) -> str:
        return tongue([t.text for t in tokens], self._language)


def _is_label(tokens: Sequence[Token]) -> bool:
    """Say whether a text is names and numbers that stand as a value, and says nothing of itself.

    "26 February 2026", "Anthropic and the Pentagon".
    """
    return not any(t.is_word and t.text[0].islower() and t.folded not in LITTLE for t in tokens)


def _shared(tokens: Sequence[Token], known: Known) -> bool:
    """Say whether most words of a claim are its evidence's, so that they are of one language."""
    said = [t.folded for t in tokens if t.is_word]
    return sum(word in known.words for word in said) * 2 > len(said)


def _shape(text: str) -> str:
    """Say what is wrong with a sentence whatever it says; '' where nothing is."""
    if not clean(text):
        return "there is no text"
    if len(words(text)) > LONGEST:
        return f"it has more than {LONGEST} words"
    return "it carries an address or markup" if _ADDRESS.search(text) else ""


_HOST = re.compile(r"(?<![\w.-])(?:[a-z0-9](?:[\w-]{0,61})\.){1,4}[a-z]{2,18}(?![\w-])", re.IGNORECASE)


def _hosts(text: str) -> frozenset[str]:
    """Find names of hosts, which mail programs turn into links.

    Also where a writer took the edge off them ("example[.]org").
    """
    plain = re.sub(r"\s?[\[({]\s?(?:\.|dot)\s?[\])}]\s?|\sdot\s(?=[a-z]{2,6}\b)", ".", clean(text))
    return frozenset(m.group().casefold() for m in _HOST.finditer(plain) if not _DOTTED.fullmatch(m.group()))


_DOTTED = re.compile(r"(?:\w\.)+\w{1,2}|[\w.-]*\d\.[a-z]+|[\w-]+\.(?:[A-Z][a-z]+|I|A)")  # U.S, p.m, 5.The; an end without a blank


def _strange(text: str, *known: frozenset[str]) -> str:
    """Name the first host that no source has; '' where all are known."""
    return f"“{min(new)}” stands in no source" if (new := _hosts(text).difference(*known)) else ""


def _in_title(evidence: str, read: _Read) -> Located | None:
    found = locate(evidence, read.title, language=read.language)
    return None if isinstance(found, str) else found


def _particulars(
    tokens: Sequence[Token],
    text: str,
    known: Known,
    quotable: Sequence[Text],
    language: str,
    *,
    whole: Text | None = None,
    spoken: Sequence[Text] = (),
) -> str:
    """Name the first number, date, name, code or quotation that is not known; '' where all are."""
    if amounts := unknown_amounts(tokens, known, language=language):
        return f"“{_shown(tokens[amounts[0].start : amounts[0].end])}” is not in the evidence"
    names = unknown_names(tokens, known, translated=language != known.language, headline=whole is None)
    if names and whole:
        names = [name for name in names if not _full_name(name, tokens, known, whole)]
    if names:
        return f"“{names[0]}” is not in the evidence"
    return unknown_quotations(text, quotable, spoken or quotable)


def _full_name(name: str, tokens: Sequence[Token], known: Known, whole: Text) -> bool:
    """Say whether a name is part of a longer one that the source has, and the evidence has another part of.

    "Dario" of Amodei.
    """
    place = next((n for n, t in enumerate(tokens) if t.text == name), None)
    if place is None:
        return False
    start, end = place, place + 1
    while start > 0 and is_name(tokens[start - 1]):
        start -= 1
    while end < len(tokens) and is_name(tokens[end]):
        end += 1
    run = tokens[start:end]
    return end - start > 1 and any(known.names(t.text) for t in run) and whole.holds(run)


def _shown(tokens: Sequence[Token]) -> str:
    return " ".join(t.text for t in tokens)
