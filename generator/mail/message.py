"""A letter as RFC 5322 messages, one a subscriber.

The standard library's EmailMessage folds by encoding: it turns a long List-Unsubscribe into an RFC 2047 word, and Gmail
then ignores the one click. Headers are written here, and the body is encoded once for all subscribers: the soft line
breaks of quoted-printable let each one's address be set between two encoded pieces.
"""

from __future__ import annotations

import binascii
import re
import textwrap
from base64 import b64encode
from dataclasses import dataclass
from email.utils import format_datetime

from generator.mail.letter import Letter
from generator.record.text import clean, digest

_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_ADDRESS = re.compile(rf"{_ATOM}(\.{_ATOM})*@[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?(\.[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?)*")
_LONGEST_URL = 900  # a header's line has at most 998 octets, and a URI cannot be folded


@dataclass(frozen=True)
class Recipient:
    """One subscriber. `unsubscribe` is theirs alone: an https address (RFC 8058), or mailto where no service runs."""

    address: str
    unsubscribe: str
    name: str = ""
    id: str = ""  # what the Message-ID is made of; the address where there is none


@dataclass(frozen=True)
class Stencil:
    """A letter encoded once: `message` only adds what is a subscriber's own."""

    letter: Letter
    _head: bytes
    _pieces: tuple[bytes, ...]

    def message(self, recipient: Recipient) -> bytes:
        """The whole message with CRLF line ends; the same bytes each time. ValueError where an address cannot be mailed."""
        unsubscribe = unsubscribe_url(recipient.unsubscribe)
        own = [
            _header("To", mailbox(recipient.name, recipient.address)),
            _header("Message-ID", message_id(self.letter, recipient)),
            _header("List-Unsubscribe", f"<{unsubscribe}>"),
        ]
        if unsubscribe.startswith("https:"):
            own.append(_header("List-Unsubscribe-Post", "List-Unsubscribe=One-Click"))
        in_text, in_html = (_encoded(text) for text in (unsubscribe, unsubscribe.replace("&", "&amp;")))
        text, first, *rest = self._pieces[0], self._pieces[1], *self._pieces[2:]
        del text, first, rest
        return b"".join([self._head, *own]) + self._body(in_text, in_html)

    def _body(self, in_text: bytes, in_html: bytes) -> bytes:
        raise NotImplementedError
