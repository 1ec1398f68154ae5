"""Documents that feedparser cannot read as they are.

References to no character are mended first, as it raises at them; of a document of which it makes nothing the beginning is
mended once, and it is read again.

Chosen over a second parser as a dependency: what that would read more (a doubled XML declaration, bytes before the document)
is put right here in a few lines, and all items go through the same code. What is broken further in, feedparser reads loosely.
"""

from __future__ import annotations

import codecs
import re

_ROOT = re.compile(rb"<(?:[A-Za-z][\w.-]*:)?(?:rss|feed|RDF|channel)(?=[\s>])")
_ENCODING = re.compile(rb"encoding\s*=\s*[\"']([A-Za-z0-9._-]{2,40})[\"']")
_ITEMS = re.compile(rb"<(?:[A-Za-z][\w.-]*:)?(?:item|entry)[\s>]")
_HEAD = 20_000
# A reference by number that may be to no character; and two, to the halves of one character, as Java and JavaScript write it.
_REFERENCE = re.compile(rb"&#([xX][0-9a-fA-F]{4,}+|[0-9]{5,}+);?")
_HALVES = re.compile(rb"&#([xX][dD][89aAbB][0-9a-fA-F]{2}|5[56][0-9]{3});&#([xX][dD][c-fC-F][0-9a-fA-F]{2}|5[67][0-9]{3});")
_NO_CHARACTER = b"&#65533;"


_DECLARATION = 1_000  # bytes of an XML declaration; none is as long


def with_short_declaration(body: bytes) -> bytes:
    """Return the document with a line break after its XML declaration.

    feedparser looks for the encoding in the whole first line, in the square of its length.
    """
    if not body.startswith(b"<?"):
        return body
    end = body.find(b"?>", 0, _DECLARATION)
    cut = end + 2 if end >= 0 else _DECLARATION
    return body[:cut] + b"\n" + body[cut:]


def with_sound_references(body: bytes) -> bytes:
    """Return the document with references to characters alone.

    Two halves become their character; one to none, or beyond Unicode, becomes U+FFFD.
    """
    return _REFERENCE.sub(_sound, _HALVES.sub(_joined, body))


def _joined(match: re.Match[bytes]) -> bytes:
    first, second = map(_number, match.groups())
    if not (0xD800 <= first < 0xDC00 <= second < 0xE000):
        return match.group()
    return b"&#%d;" % (0x10000 + ((first - 0xD800) << 10) + (second - 0xDC00))


def _sound(match: re.Match[bytes]) -> bytes:
    number = _number(match.group(1))
    return match.group() if number < 0xD800 or 0xE000 <= number <= 0x10FFFF else _NO_CHARACTER


def _number(digits: bytes) -> int:
    """Read a reference's number; one beyond Unicode where it is too long to be read."""
    plain = digits.lstrip(b"xX0")
    return int(plain or b"0", 16 if digits[:1] in b"xX" else 10) if len(plain) < 9 else 0x110000


def speaks_of_items(body: bytes) -> bool:
    """Say whether a document from which no item came has something that looks like one."""
    return _ROOT.search(body, 0, _HEAD) is not None and _ITEMS.search(body) is not None


def mended(body: bytes) -> bytes:
    """Return the document from its root on, after a declaration of our own in the encoding that it named."""
    root = _ROOT.search(body, 0, _HEAD)
    if not root:
        return body
    named = _ENCODING.search(body, 0, root.start())
    encoding = named.group(1).decode("ascii") if named else "utf-8"
    try:
        codecs.lookup(encoding)
    except LookupError:
        encoding = "utf-8"
    return b'<?xml version="1.0" encoding="%s"?>\n' % encoding.encode("ascii") + body[root.start() :]
