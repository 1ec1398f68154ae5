"""HTML of untrusted feeds as plain text: sanitised by nh3 first, so that what is left is well formed and small."""

from __future__ import annotations

import re

import nh3

from groundwire.text.plain import clean, shorten, unescape

# Elements whose edges are edges of text; all other tags vanish without leaving a blank.
_BLOCKS = frozenset(
    """address article aside blockquote br caption center dd details div dl dt figcaption figure footer h1 h2 h3 h4 h5 h6 header hr
    li main nav ol p pre section summary table td th tr ul""".split()
)
_DROP = frozenset(
    {"script", "style", "iframe", "object", "embed", "noscript", "template", "svg", "math", "form", "figcaption", "nav"}
)
DEEPEST = 300
# What stays open until it is closed; other elements have no content, or end where the next of them begins.
_OPENED = re.compile(
    r"<(/?)(?!(?:area|base|body|br|col|colgroup|dd|dt|embed|head|hr|html|img|input|li|link|meta|optgroup|option|p|param|rp|rt|source"
    r"|tbody|td|tfoot|th|thead|tr|track|wbr)\b)[a-z][^\s>/]*+[^>]*+>?",
    re.IGNORECASE,
)
_TAG = re.compile(r"</?[a-z][a-z0-9]*[^>]*>")
_LOOKS_LIKE_HTML = re.compile(r"<[a-zA-Z/!]|&[#\w]+;")
# In text that is said to be no HTML: a bare tag is spoken of (`<dialog>`) and stays unless a browser would act on it.
_SPOKEN_OF = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9-]*)\s*/?>")
_WITH_MORE = re.compile(r"<[a-zA-Z/!?][^<>]*>")
_PAIR = re.compile(r"(?<![a-z-])([a-z-]++)\s*+=\s*+(?:\"([^\"]*)\"|'([^']*)'|([^\s>]+))", re.IGNORECASE)
_ACTIVE = frozenset(
    """a applet audio base body button embed form frame frameset head html iframe image img input link math meta object param script
    select source style svg template textarea title video""".split()
)


def plain(markup: str) -> str:
    """Return markup as one line of text. Total: any string goes in."""
    return clean(" ".join(paragraphs(markup)))


def paragraphs(markup: str) -> list[str]:
    """Return the blocks of text in a piece of HTML, in order, without markup."""
    if not _LOOKS_LIKE_HTML.search(markup):
        return [text for part in re.split(r"\n\s*\n", markup) if (text := clean(part))]
    safe = nh3.clean(
        _shallow(markup),
        tags=set(_BLOCKS - _DROP),
        clean_content_tags=set(_DROP),
        attributes={},
        strip_comments=True,
        link_rel=None,
    )
    text = _TAG.sub("\n", safe.replace("\n", " "))
    return [inert(line) for part in text.split("\n") if (line := clean(unescape(part)))]


def _shallow(markup: str) -> str:
    """Remove the tags that open an element deeper than DEEPEST.

    A parser of HTML looks through all that are open at each tag.
    """
    depth = 0

    def kept(match: re.Match[str]) -> str:
        nonlocal depth
        if match.group(1):
            depth = max(0, depth - 1)
            return match.group()
        depth += 1
        return match.group() if depth <= DEEPEST else ""

    return _OPENED.sub(kept, markup)


def inert(text: str) -> str:
    """Return plain text in which nothing looks like a live tag.

    `<dialog>` stays, `<script>` loses its brackets, the rest goes. Text is escaped wherever it is printed; this is for the reader
    who prints it elsewhere.
    """
    if "<" not in text:
        return text
    text = _SPOKEN_OF.sub(lambda m: f"{m.group(1)}{m.group(2)}" if m.group(2).lower() in _ACTIVE else m.group(), text)
    text = _WITH_MORE.sub(lambda m: m.group() if _SPOKEN_OF.fullmatch(m.group()) else "", text)
    return clean(re.sub(r"<(?=/?(?:script|iframe|svg|img|object|embed)\b)", "", text, flags=re.IGNORECASE))


def title_text(text: str, *, is_html: bool = True) -> str:
    """Return a headline without markup, at most 300 characters.

    Where it is no HTML, what looks like a tag is part of it.
    """
    line = plain(text) if is_html else inert(clean(unescape(text)))
    return line if len(line) <= 300 else line[:299].rsplit(" ", 1)[0] + "…"


def attributes(tag: str) -> dict[str, str]:
    """Return the attributes of one HTML tag, names in lower case."""
    return {name.lower(): unescape(a or b or c) for name, a, b, c in _PAIR.findall(tag)}


def headline(title: str, *, excerpt: str, content: str) -> str:
    """Return the title; where there is none, the first words of the text, as the item has no other name."""
    return title or shorten(excerpt or content, 12)
