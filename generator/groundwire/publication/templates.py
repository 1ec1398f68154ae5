"""What `groundwire new` begins a page with, for a person to write over. Readers never see it."""

from __future__ import annotations

ARTICLE = """## What happened

Write here. A sentence that rests on somebody else's word carries a footnote.[^1]

[^1]: [Where it stands](<https://www.example.org/>)
"""
ISSUE = """Write here what this issue is about.

## A heading

### A story, with its link
"""
_COPIED = "What you have to say."  # the text of the example in .github/CONTRIBUTING.md
_OURS = ("Write here. A sentence that rests on somebody else's word carries a footnote.", "Write here what this issue is about.")


def left_of_template(body: str) -> str:
    """Return the line of a template that nobody has written over, '' if there is none."""
    if body.strip() == _COPIED:
        return _COPIED
    return next((line for line in _OURS if line in body), "")
