"""HTML of untrusted feeds as plain text: sanitised by nh3 first, so that what is left is well formed and small."""

from __future__ import annotations

import html
import re

import nh3

from generator.record.text import clean

# Elements whose edges are edges of text; all other tags vanish without leaving a blank.
_BLOCKS = frozenset(
    """address article aside blockquote br caption center dd details div dl dt figcaption figure footer h1 h2 h3 h4 h5 h6 header hr
    li main nav ol p pre section summary table td th tr ul""".split()
)
_DROP = frozenset(
    {"script", "style", "iframe", "object", "embed", "noscript", "template", "svg", "math", "form", "figcaption", "nav"}
)
_TAG = re.compile(r"</?[a-z][a-z0-9]*[^>]*>")
_LOOKS_LIKE_HTML = re.compile(r"<[a-zA-Z/!]|&[#\w]+;")


def plain(markup: str) -> str:
    """One line of text without markup. Total: any string goes in."""
    return clean(" ".join(paragraphs(markup)))


def paragraphs(markup: str) -> list[str]:
    """The blocks of text in a piece of HTML, in order, without markup."""
    if not _LOOKS_LIKE_HTML.search(markup):
        return [text for part in re.split(r"\n\s*\n", markup) if (text := clean(part))]
    safe = nh3.clean(
        markup,
        tags=set(_BLOCKS - _DROP),
        clean_content_tags=set(_DROP),
        attributes={},
        strip_comments=True,
        link_rel=None,
    )
    text = _TAG.sub("\n", safe.replace("\n", " "))
    return [line for part in text.split("\n") if (line := clean(html.unescape(part)))]


def title_text(markup: str) -> str:
    """A headline without markup, at most 300 characters."""
    text = plain(markup)
    return text if len(text) <= 300 else text[:299].rsplit(" ", 1)[0] + "…"
