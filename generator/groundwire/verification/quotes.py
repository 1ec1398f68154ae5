"""Quotations in a sentence: their words must stand in the evidence, and nobody may be quoted who was not."""

from __future__ import annotations

import re
from collections.abc import Sequence

from groundwire.verification.tokens import Text, Token, form, stripped, tokenize

_DOUBLE = re.compile(r'"([^"]{1,600})"')
_SINGLE = re.compile(r"(?<!\w)'(?=\w)((?:[^'\"]|(?<=\w)'(?=\w)){2,600})'(?!\w)")
_GAP = re.compile(r"\s*\[?\.\.\.\]?\s*")
REACH = 120  # tokens between which quotation marks belong together


def quotations(text: str) -> list[str]:
    """Return what stands between quotation marks."""
    made = form(text)
    return [m.group(1) for m in _DOUBLE.finditer(made)] + [m.group(1) for m in _SINGLE.finditer(_DOUBLE.sub(" ", made))]


def unknown_quotations(text: str, evidence: Sequence[Text], spoken: Sequence[Text]) -> str:
    """Say why a quotation may not stand; '' where all may. `spoken`: texts in whose quotation marks it must stand too."""
    for quotation in quotations(text):
        for part in _GAP.split(quotation):
            tokens = stripped(tokenize(part))
            if not any(t.is_word for t in tokens):
                continue
            if not any(one.holds(tokens) for one in evidence):
                return f"the quotation “{part[:60]}” is not in the evidence"
            if not any(_is_quoted(tokens, one) for one in spoken):
                return f"“{part[:60]}” is no quotation in the source"
    return ""


def _is_quoted(tokens: Sequence[Token], text: Text) -> bool:
    """Say whether the words stand within quotation marks, or between two of them, somewhere in the text."""
    place = text.find_folded(tokens)
    while place is not None:
        end = place + len(tokens)
        before = [t.text for t in text.tokens[max(0, place - REACH) : place]]
        after = [t.text for t in text.tokens[end : end + REACH]]
        if '"' in before and '"' in after:
            return True
        place = text.find_folded(tokens, start=place + 1)
    return False
