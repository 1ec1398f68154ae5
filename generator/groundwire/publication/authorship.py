"""Who wrote a page and who reviewed it, in one line for page, card, feed and letter."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from groundwire.publication.content import Article
from groundwire.publication.wording import Words
from groundwire.text.plain import clean

Writer = Literal["extracted", "model", "person"]


@dataclass(frozen=True, slots=True)
class Authorship:
    """Who wrote a page, whether a person edited it, and who reviewed it ('' if nobody)."""

    writer: Writer
    model: str = ""
    edited: bool = False
    reviewer: str = ""

    @property
    def by_people(self) -> bool:
        """Whether a person wrote, edited or reviewed it."""
        return self.writer == "person" or self.edited or bool(self.reviewer)


def authorship(page: Article) -> Authorship:
    """Tell who wrote a page. Without the machine's hash a person did, whatever else the front matter says."""
    meta = page.meta
    reviewer = clean(meta.reviewed.by) if meta.reviewed else ""
    if meta.generated is None or (meta.analysis and meta.analysis.by == "person"):
        return Authorship("person", reviewer=reviewer)
    model = (meta.analysis.model or meta.analysis.by) if meta.analysis and meta.analysis.by == "claude" else ""
    return Authorship("model" if model else "extracted", clean(model), edited=not page.pristine, reviewer=reviewer)


def author_line(author: Authorship, words: Words) -> str:
    """Write who wrote a page, and who reviewed it, in one line. `words`: those of the part `common`.

    “Extracted by rule, not reviewed”, “Written by …, reviewed by …”.
    """
    parts = [words("written_model", name=author.model) if author.writer == "model" else words(f"written_{author.writer}")]
    if author.edited:
        parts.append(words("edited"))
    if author.reviewer:
        parts.append(words("reviewed_by", name=author.reviewer))
    elif not author.by_people:
        parts.append(words("not_reviewed"))
    return ", ".join(parts)
