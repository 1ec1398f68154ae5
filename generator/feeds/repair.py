"""Documents of which feedparser makes nothing: their beginning is mended once, and they are read again.

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


def speaks_of_items(body: bytes) -> bool:
    """Whether a document from which no item came has something that looks like one."""
    return _ROOT.search(body, 0, _HEAD) is not None and _ITEMS.search(body) is not None


def mended(body: bytes) -> bytes:
    """The document from its root on, after a declaration of our own in the encoding that it named."""
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
