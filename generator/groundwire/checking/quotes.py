"""Other people's words on a page: how much of them, and whether they are still theirs. The limits are text/quotation.py's."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping

from groundwire.checking.body import Body, Quoted
from groundwire.checking.pages import Teller
from groundwire.errors import Level, Problem
from groundwire.model import Entry, Feed, Source
from groundwire.publication.content import Article
from groundwire.publication.evidence import Known, Note, notes_of
from groundwire.publication.frontmatter import SourceMeta
from groundwire.text.addresses import canonical
from groundwire.text.plain import normal
from groundwire.text.quotation import EVIDENCE_WORDS, EXCERPT_WORDS, is_open, limits
from groundwire.verification.gate import Gate

_CORRECTED = "corrections:\n- {date: 2026-03-01, note: What was wrong, and what is right.}"


def quotation_problems(page: Article, body: Body, tell: Teller, *, licenses: Mapping[str, str]) -> Iterator[Problem]:
    """Report quotations beyond the limits, on a page that people wrote or edited.

    `licenses` is what each feed's name allows.
    """
    sources = {canonical(source.url): source for source in page.meta.sources}
    printed = {note.label for note in notes_of(page.body) if note.printed}
    told: dict[str, list[Quoted]] = {}
    for quoted in body.quoted:
        address = next((a for a in map(canonical, quoted.addresses) if a in sources), "")
        if is_open(licenses.get(sources[address].feed, "") if address else ""):
            continue
        if quoted.label and address:
            told.setdefault(address, []).append(quoted)
        if quoted.label in printed and quoted.words > EVIDENCE_WORDS:
            message = f"the quotation of [^{quoted.label}] has {quoted.words} words; at most {EVIDENCE_WORDS} prove a sentence"
            yield tell.at(quoted.place, message, example=f"[^{quoted.label}]: “the words that prove it” — [Outlet](<https://…>)")
        elif not quoted.label and quoted.words > EXCERPT_WORDS:
            message = f"a quotation of {quoted.words} words; at most {EXCERPT_WORDS} of a publisher's own words stand on a page"
            yield tell.at(quoted.place, message, example="> The first sentences.\n>\n> — [Outlet: headline](<https://…>)")
    for address, found in told.items():
        source = sources[address]
        yield from _together(found, source, tell, level="error" if source.feed in licenses else "warning")


def _together(found: Collection[Quoted], source: SourceMeta, tell: Teller, *, level: Level) -> Iterator[Problem]:
    """Report more words than allowed that footnotes print of one source, in all.

    Of a feed that is listed no more nobody knows the licence: a warning.
    """
    words, most = sum(q.words for q in found), limits(license="all-rights-reserved", source_words=source.words).beyond
    if source.words and words > most:
        last = max(found, key=lambda q: q.place)
        message = (
            f"{words} words are quoted from {source.feed}, which wrote {source.words}; at most {most} may be beyond its excerpt"
        )
        yield tell.at(last.place, message, example="say it in words of your own, with the footnote's link alone", level=level)


def evidence_problems(page: Article, tell: Teller, *, known: Known | None, language: str) -> Iterator[Problem]:
    """Report footnotes that no longer quote what the machine checked, or whose sentence a person changed.

    For pages that people edited.
    """
    notes = [note for note in notes_of(page.body) if note.line and note.evidence]
    here = {note.evidence for note in notes}
    for note in notes:
        if _altered(note, known, here):
            message = f"the quotation of [^{note.label}] was changed; these are the publisher's words, compared letter by letter when the page was written"
            yield tell.at(
                (note.line, 1), message, example=f"put the words back, or take out this line and [^{note.label}] in the text"
            )
        else:
            yield from _claims(note, tell, known=known, language=language)


def _altered(note: Note, known: Known | None, here: Collection[str]) -> bool:
    """Say whether these are other words than the machine's; not so for a label that people gave to evidence of their own."""
    if note.printed and note.fragment and not _fits(note.printed, note.fragment):
        return True
    if known is None or note.label not in known.evidence or note.evidence in known.any_evidence:
        return False
    return not known.evidence[note.label] & set(here)


def _claims(note: Note, tell: Teller, *, known: Known | None, language: str) -> Iterator[Problem]:
    if known and note.evidence not in known.any_evidence:
        return  # a person's own footnote
    for claim in note.claims:
        if known and known.has_claim(claim):
            continue
        if reason := _unsupported(claim, note, language, compared=known is not None):
            message = f"the sentence of [^{note.label}] was changed by a person: {reason}; the page says that it was edited"
            yield tell.at((note.line, 1), message, example=_CORRECTED, level="warning")


def _unsupported(claim: str, note: Note, language: str, *, compared: bool) -> str:
    """Say why the evidence does not carry the claim; '' if it does.

    `compared`: it is known to be another than the machine's.
    """
    if not note.printed:
        quotation = re.search(r"“(.*)”", claim, re.DOTALL)
        if quotation is None:
            return ""  # where little may be quoted, the link alone leads to the evidence
        same = not compared and _fits(quotation.group(1), note.fragment, whole=True)
        return "" if same else "it is no longer what the source says there"
    feed = Feed(url="https://source.example/", name="-")
    entry = Entry(feed=feed, id="1", url=feed.url, title="")
    return Gate([Source(1, entry, note.printed, fulltext=True)], language=language).fact(claim, note.printed, 1).reason


def _fits(quotation: str, fragment: str, *, whole: bool = False) -> bool:
    """Say whether a quotation begins and ends as the place that its link leads to.

    Where that place is named in full, the quotation must have it or (`whole`) be it.
    """
    bare, parts = _bare(quotation), [_bare(part) for part in fragment.split(" … ")]
    if len(parts) > 1:
        return bare.startswith(parts[0]) and bare.endswith(parts[-1])
    return bare == parts[0] if whole else parts[0] in bare


def _bare(text: str) -> str:
    return re.sub(r"[\"'.,;:]", "", normal(text)).casefold().strip()
