"""The one function through which untrusted text reaches a Markdown page, and its companions for addresses.

Backslashes are not safe in Python-Markdown (magiclink, entities and definition lists slip through), numeric entities are.
"""

from __future__ import annotations

import re
from urllib.parse import quote

from groundwire.text.addresses import split
from groundwire.text.plain import clean, words

# Always active, or active with an extension that an owner may switch on: escapes, code, emphasis, attribute lists, links,
# footnotes, HTML, entities, tables, headings, tildes, carets, math, mentions.
_ACTIVE = {ord(character): f"&#{ord(character)};" for character in "\\`*_{}[]<>&|#~^$@"}
# Active only in places: a colon that no blank follows (links, emoji), the full stop of www., doubled punctuation.
_PLACES = re.compile(
    r":+(?!\s|$)|(?<=[wW]{3})\.|(?<=[-+=!:.'\"/])[-+=!:.'\"]+(?=[-+=!:.'\"])|==|\+\+|--|\(c\)|\(r\)|\(tm\)|\+/-|=/=|\d/\d|c/o",
    re.IGNORECASE,
)
# Active at the start of a block: lists, definitions, admonitions, underlines of headings, numbered lists.
_START = re.compile(r"^(?:[-+=:!?%/]+|\d{1,9}[.)](?=\s|$)|\w{1,3}[.)](?=\s|$))")


def escape(text: str) -> str:
    """Write untrusted text as Markdown that renders as exactly that text (white space collapsed), no tag, no link."""
    text = clean(text).translate(_ACTIVE)
    text = _PLACES.sub(lambda m: "".join(_entity(c) if not c.isalnum() else c for c in m.group()), text)
    return _START.sub(lambda m: "".join(_entity(c) if not c.isalnum() else c for c in m.group()), text)


def _entity(character: str) -> str:
    return f"&#{ord(character)};"


def safe_url(url: str, schemes: tuple[str, ...] = ("http", "https")) -> str:
    """Return the address if it is a plain web address, else ''. Nothing in it can end a link or an attribute."""
    url = clean(url)
    parts = split(url)
    if parts is None or parts.scheme.lower() not in schemes or (parts.scheme.lower() != "mailto" and not parts.hostname):
        return ""
    if re.search(r"[\s<>\"'`\\{}|^]", parts.netloc):
        return ""
    return quote(url, safe="%:/?#@!$&*+,;=~._-[]" if "[" in parts.netloc else "%:/?#@!$&*+,;=~._-")


def link(label: str, url: str) -> str:
    """Write a Markdown link with an untrusted label and address; the label alone where the address is no web address."""
    target = safe_url(url)
    text = escape(label) or escape(url)
    return f"[{text}](<{target}>)" if target else text


def text_fragment(url: str, quotation: str) -> str:
    """Return the address of the place where `quotation` stands in its source (`#:~:text=`, WICG Text Fragments)."""
    target = safe_url(url)
    parts = words(clean(quotation))
    if not target or not parts:
        return target

    def code(chosen: list[str]) -> str:
        return quote(" ".join(chosen), safe="").replace("-", "%2D")

    span = code(parts) if len(parts) <= 8 else f"{code(parts[:4])},{code(parts[-4:])}"
    joint = ":~:" if "#" in target else "#:~:"
    return f"{target}{joint}text={span}"
