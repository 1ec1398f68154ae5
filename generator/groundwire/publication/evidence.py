"""The footnotes of a page, and what the ledger keeps of them: by its hashes a later reader sees that a quotation or its claim was changed.

`publication/article_body.py` writes them in two forms: `[^1]: “the evidence” — [Outlet](<address#:~:text=…>)`, and, where the claim itself is the
quotation, `[^1]: [Outlet](<address#:~:text=first%20words,last%20words>)`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from urllib.parse import unquote

from groundwire.publication.log import Row
from groundwire.text.plain import digest, normal, sentences, unescape

STREAM = "evidence"
LATER = 40  # sentences from the end of a claim, with one of which the machine's own may begin
_DEFINITION = re.compile(r"^ {0,3}\[\^([^\]\s]+)\]:[ \t]*(.*)$")
_MARKS = re.compile(r"(?:\[\^[^\]\s]+\])+")
_LABEL = re.compile(r"\[\^([^\]\s]+)\]")
_PRINTED = re.compile(r"^“(.*)”\s+—\s", re.DOTALL)
_ADDRESS = re.compile(r"\]\(<?([^)>\s]+)>?\)")
_LEAD = re.compile(r"^(?:[-*+]|\d+[.)])?\s*(?:\*\*[^*]+:\*\*\s*)?")
_REMARK = re.compile(r"^\s*\([^()]*\)")
_QUOTATION = re.compile(r"“[^“”]*”")
_BLOCK = re.compile(r"^\s*(?:[-*+]\s|\d+[.)]\s|#|>|\||!!!|$)")


@dataclass(frozen=True, slots=True)
class Note:
    """One footnote: the evidence as printed ('' where the claim is the quotation), the words that its link leads to, its claims."""

    label: str
    line: int  # of the definition, from 1 within the body; 0 where it has none
    printed: str = ""
    fragment: str = ""
    address: str = ""  # without the fragment
    claims: tuple[str, ...] = ()

    @property
    def evidence(self) -> str:
        """A hash of what it quotes, '' where it quotes nothing."""
        return _hash(self.printed or self.fragment)


@dataclass(frozen=True, slots=True)
class Known:
    """What the machine once wrote for one story: the evidence of each label, and all claims."""

    evidence: Mapping[str, frozenset[str]] = field(default_factory=dict)
    claims: frozenset[str] = frozenset()

    @property
    def any_evidence(self) -> frozenset[str]:
        """Every evidence, whatever its label."""
        return frozenset(one for found in self.evidence.values() for one in found)

    def has_claim(self, claim: str) -> bool:
        """Say whether a claim is one of the machine's, be it after words that a person put before it."""
        parts = sentences(claim)
        starts = range(max(1, len(parts) - LATER), len(parts))
        tried = [claim, *(" ".join(parts[start:]) for start in starts), *_QUOTATION.findall(claim)]
        return any(_hash(one) in self.claims for one in tried)


def notes_of(body: str) -> tuple[Note, ...]:
    """Read every footnote of a body, in the order of definition; then those that are only referred to."""
    lines = body.splitlines()
    definitions = dict(_definitions(lines))
    claims: dict[str, list[str]] = {}
    for label, claim in _claims(lines):
        claims.setdefault(label, []).append(claim)
    found = [_note(label, line, text, claims.get(label, ())) for label, (line, text) in definitions.items()]
    return (*found, *(Note(label, 0, claims=tuple(made)) for label, made in claims.items() if label not in definitions))


def evidence_rows(story: str, body: str) -> tuple[tuple[str, Row], ...]:
    """Return the row, with its stream, that keeps what a body of the machine's quotes and claims; none where it has no footnotes."""
    notes = {
        note.label: [note.evidence, sorted({_hash(claim) for claim in note.claims})] for note in notes_of(body) if note.evidence
    }
    return ((STREAM, {"event": "written", "story": story, "notes": notes}),) if notes else ()


def known_evidence(rows: Iterable[Row]) -> dict[str, Known]:
    """Return what the machine wrote in any version of a story's page, by story.

    Rows of another form are passed over.
    """
    evidence: dict[str, dict[str, set[str]]] = {}
    claims: dict[str, set[str]] = {}
    for row in rows:
        try:
            for label, (quoted, made) in row["notes"].items():
                evidence.setdefault(row["story"], {}).setdefault(label, set()).add(str(quoted))
                claims.setdefault(row["story"], set()).update(map(str, made))
        except (KeyError, TypeError, ValueError, AttributeError):
            continue
    return {
        story: Known({label: frozenset(found) for label, found in labels.items()}, frozenset(claims[story]))
        for story, labels in evidence.items()
    }


def _definitions(lines: list[str]) -> Iterator[tuple[str, tuple[int, str]]]:
    for number, line in enumerate(lines, start=1):
        if match := _DEFINITION.match(line):
            rest = [match.group(2)]
            for more in lines[number:]:
                if not more.startswith("    ") or not more.strip():
                    break
                rest.append(more.strip())
            yield match.group(1), (number, " ".join(rest))


def _claims(lines: list[str]) -> Iterator[tuple[str, str]]:
    """Yield (label, the sentence before its mark) for every mark outside definitions."""
    for block in _blocks(lines):
        start = 0
        for marks in _MARKS.finditer(block):
            claim = _plain(_LEAD.sub("", _REMARK.sub("", block[start : marks.start()]).strip(), count=1))
            start = marks.end()
            for label in _LABEL.findall(marks.group()):
                yield label, claim


def _blocks(lines: list[str]) -> Iterator[str]:
    """Yield paragraphs, bullets and the like, each on one line; definitions are none."""
    block: list[str] = []
    for line in lines:
        if _BLOCK.match(line) or _DEFINITION.match(line):
            if block:
                yield " ".join(block)
            block = []
        if line.strip() and not _DEFINITION.match(line):
            block.append(line.strip())
    if block:
        yield " ".join(block)


def _note(label: str, line: int, text: str, claims: Iterable[str]) -> Note:
    printed = _PRINTED.match(text)
    address = _ADDRESS.search(text, printed.end() - 1 if printed else 0)
    target, _, fragment = unescape(address.group(1)).partition(":~:text=") if address else ("", "", "")
    words = " … ".join(unquote(part) for part in fragment.split("&")[0].split(",") if part)
    return Note(label, line, _plain(printed.group(1)) if printed else "", words, target.rstrip("#"), tuple(claims))


def _plain(text: str) -> str:
    return unescape(text).strip()


def _hash(text: str) -> str:
    return digest(normal(text), length=12) if text else ""
