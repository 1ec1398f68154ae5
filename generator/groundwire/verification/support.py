"""Whether a claim speaks of what its evidence speaks of: no run of words from another part of the source, some words in common."""

from __future__ import annotations

from collections.abc import Sequence

from groundwire.verification.names import Known
from groundwire.verification.tokens import Text, Token
from groundwire.verification.tongue import stem

RUN = 4  # words in a row that a claim takes from somewhere
LEAST = 0.3  # of a claim's content words must stand in the evidence, in any form
LITTLE = frozenset(
    """the a an of in on at to for and or is are was were be been being has have had do does did its his her their this that with by from as it he she they who which
    also but about after before when while said not no will would can could may might more than der die das den dem des ein eine und oder ist war hat im zu mit von für auf""".split()
)


def borrowed(tokens: Sequence[Token], *, known: Sequence[Text], source: Text) -> str:
    """Name the run of words that the claim has from elsewhere in its source; '' where there is none."""
    said = [t for t in tokens if t.is_word]
    for start in range(len(said) - RUN + 1):
        run = said[start : start + RUN]
        if sum(t.folded not in LITTLE for t in run) < 2 or any(one.holds(run) for one in known):
            continue
        if source.holds(run):
            return f"“{' '.join(t.text for t in run)}” stands elsewhere in the source, not in the evidence"
    return ""


def unsupported(tokens: Sequence[Token], known: Known) -> str:
    """Say so where hardly a word of the claim stands in the evidence; '' where enough do."""
    content = [stem(t.text) for t in tokens if t.is_word and t.folded not in LITTLE]
    if content and sum(word in known.stems for word in content) < LEAST * len(content):
        return "hardly a word of it stands in the evidence"
    return ""
