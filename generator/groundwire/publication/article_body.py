"""An analysis as the Markdown body of an article, in the seed's order. A pure function: same analysis, same bytes.

The publisher's excerpt, then the analysis; each fact with a footnote that leads to its place in the source. Sections with
nothing behind them are left out; a story known from an excerpt alone has no analysis headings.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from groundwire.model import Analysis, Conflict, Section, Source, Statement
from groundwire.publication.wording import Words, words_of
from groundwire.text.escape import escape, link, text_fragment
from groundwire.text.plain import clean


class _Notes:
    """Footnotes in the order of their use; one piece of evidence has one number."""

    def __init__(self, sources: Sequence[Source]) -> None:
        self._sources = {source.id: source for source in sources}
        self.lines: list[str] = []
        self._numbers: dict[tuple[int, str], int] = {}

    def mark(self, statement: Statement) -> str:
        """Return `[^n]` for each source of a statement, '' where it has none."""
        if statement.source is None:
            return ""
        own = statement.text if statement.quoted else statement.evidence
        pairs = [(statement.source, own), *statement.also]
        bare = statement.quoted or not statement.shown
        return "".join(self._number(source, evidence, bare=bare) for source, evidence in pairs)

    def outlet(self, source: int) -> str:
        """Return the name of a source's outlet, escaped."""
        return escape(self._sources[source].entry.feed.title)

    def _number(self, source: int, evidence: str, *, bare: bool) -> str:
        key = (source, evidence)
        if key not in self._numbers:
            entry = self._sources[source].entry
            target = text_fragment(entry.url, evidence)
            place = f"[{escape(entry.feed.title)}](<{target}>)" if target else escape(entry.feed.title)
            words = "" if bare else f"“{escape(_inner_quotes(evidence))}” — "
            self._numbers[key] = len(self._numbers) + 1
            self.lines.append(f"[^{self._numbers[key]}]: {words}{place}")
        return f"[^{self._numbers[key]}]"


def compose_body(analysis: Analysis, sources: Sequence[Source], *, language: str = "en") -> str:
    """Write the body of the article's page."""
    said = words_of(language, "article")
    notes = _Notes(sources)
    parts = [f"## {said('report')}", _excerpt(analysis, sources[0])]
    if len(sources) > 1:
        parts.append(f"{said('also')} " + ", ".join(_headline(source) for source in sources[1:]) + ".")
    filled = [_section(section, notes, level=3, said=said) for section in analysis.sections]
    if filled:
        parts.append(f"## {said('summary')}")
    else:
        parts.append(said("brief" if any(s.fulltext for s in sources) else "short", link=_outlet(sources[0])))
    if analysis.details:
        table = _details(analysis, said, level=3 if filled else 2)
        filled = _with_table(filled, table) if analysis.by == "claude" else [table, *filled]
    parts += filled
    parts += [_conflict(conflict, notes, said) for conflict in analysis.conflicts]
    if analysis.conflicts:
        parts.insert(len(parts) - len(analysis.conflicts), f"{'###' if filled else '##'} {said('differ')}")
    if analysis.notes:
        parts.append(f'!!! note "{said("how")}"\n' + "\n".join(f"    {escape(note)}" for note in analysis.notes))
    if notes.lines:
        parts.append("\n".join(notes.lines))
    return "\n\n".join(part for part in parts if part) + "\n"


def _excerpt(analysis: Analysis, source: Source) -> str:
    credit = f"> — {_headline(source)}"
    return f"> {escape(analysis.excerpt)}\n>\n{credit}" if analysis.excerpt else credit


def _headline(source: Source) -> str:
    return link(f"{source.entry.feed.title}: {source.entry.title}", source.entry.url)


def _outlet(source: Source) -> str:
    return link(source.entry.feed.title, source.entry.url)


def _details(analysis: Analysis, said: Words, *, level: int) -> str:
    rows = [f"| {escape(said.name(detail.label))} | {escape(', '.join(detail.values))} |" for detail in analysis.details]
    return "\n".join([f"{'#' * level} {said('details')}", "", f"| {said('detail')} | {said('reported')} |", "|---|---|", *rows])


def _conflict(conflict: Conflict, notes: _Notes, said: Words) -> str:
    """Show both sides in their own words, side by side."""
    about = said("differ_about", about=escape(conflict.about)) if conflict.about else said("differ_denied")
    rows = [
        f"| {notes.outlet(source)} | “{escape(_inner_quotes(text))}”{notes.mark(Statement(text, source=source, quoted=True))} |"
        for source, text in conflict.sides
    ]
    return "\n".join([about, "", f"| {said('source')} | {said('says')} |", "|---|---|", *rows])


def _with_table(filled: Sequence[str], table: str) -> list[str]:
    """Put the table under the section that has its heading, where there is one; else before the second section."""
    heading, _, rows = table.partition("\n\n")
    for place, text in enumerate(filled):
        own, _, rest = text.partition("\n\n")
        if own == heading:
            return [*filled[:place], "\n\n".join(part for part in (heading, rows, rest) if part), *filled[place + 1 :]]
    return [*filled[:1], table, *filled[1:]]


def _section(section: Section, notes: _Notes, *, level: int, said: Words) -> str:
    parts = [f"{'#' * level} {escape(said.name(section.heading))}"]
    parts += _statements(section.statements, notes, said)
    parts += [_section(part, notes, level=level + 1, said=said) for part in section.parts]
    return "\n\n".join(part for part in parts if part)


def _statements(statements: Sequence[Statement], notes: _Notes, said: Words) -> list[str]:
    """Write facts as a paragraph (or bullets, where they have labels), then what is analysis, then what is prediction."""
    out = []
    for kind in ("fact", "analysis", "prediction"):
        chosen = [s for s in statements if s.kind == kind]
        if not chosen:
            continue
        block = _block(chosen, notes, said)
        if kind != "fact":
            block = f'!!! {kind} "{said(kind)}"\n' + "\n".join(f"    {line}" if line else "" for line in block.split("\n"))
        out.append(block)
    return out


def _block(statements: Sequence[Statement], notes: _Notes, said: Words) -> str:
    lines = [_line(s, notes, said) for s in statements]
    return (
        "\n".join(f"- {line}" for line in lines)
        if any(s.label or s.quoted for s in statements) and len(lines) > 1
        else " ".join(lines)
    )


def _line(statement: Statement, notes: _Notes, said: Words) -> str:
    label = f"**{escape(statement.label)}:** " if statement.label else ""
    text = escape(statement.text)
    if statement.quoted:
        text = f"“{escape(_inner_quotes(statement.text))}”"
    remarks = [said("several", count=1 + len(statement.also))] if statement.also else []
    remarks += [said("translated")] if statement.translated else []
    return label + text + notes.mark(statement) + (f" ({', '.join(remarks)})" if remarks else "")


_SINGLE = {"“": "‘", "”": "’", "„": "‚"}


def _inner_quotes(text: str) -> str:
    """Turn quotation marks inside a quotation into single ones."""
    return re.sub("[“”„]", lambda m: _SINGLE[m.group()], clean(text))
