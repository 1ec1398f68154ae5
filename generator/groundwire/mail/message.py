"""A letter as RFC 5322 messages, one a subscriber.

The standard library's EmailMessage folds by encoding: it turns a long List-Unsubscribe into an RFC 2047 word, and Gmail
then ignores the one click. So the headers are written here; and the body is encoded once for all subscribers, because the
soft line breaks of quoted-printable let each one's address be set between two encoded pieces.
"""

from __future__ import annotations

import binascii
import re
import textwrap
from base64 import b64encode
from dataclasses import dataclass
from email.utils import format_datetime

from groundwire.mail.letter import Letter
from groundwire.text.escape import safe_url
from groundwire.text.plain import clean, digest

_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_ADDRESS = re.compile(rf"{_ATOM}(?:\.{_ATOM})*@{_LABEL}(?:\.{_LABEL})*")
_LONGEST_URL = 900  # a line has at most 998 octets, and nothing folds a URI
_NAME = 120  # characters of a display name
_WORD = 39  # bytes in an encoded word, so that the first line holds its header's name as well (RFC 2047, 76 characters)
_SOFT = b"=\r\n"


@dataclass(frozen=True)
class Recipient:
    """One subscriber. `unsubscribe` is theirs alone: an https address (RFC 8058), or mailto where no service runs."""

    address: str
    unsubscribe: str
    name: str = ""
    id: str = ""  # what the Message-ID is made of; the address where there is none


@dataclass(frozen=True)
class Stencil:
    """A letter encoded once: a message adds only what is a subscriber's own."""

    issue: str
    domain: str  # of the Message-IDs
    head: bytes
    text: tuple[bytes, ...]  # quoted-printable, cut where the address to unsubscribe comes
    html: tuple[bytes, ...]
    boundary: str

    def message(self, recipient: Recipient) -> bytes:
        """Write one subscriber's whole message, with CRLF line ends; the same bytes each time.

        Raises ValueError if an address cannot be mailed.
        """
        url = unsubscribe_url(recipient.unsubscribe)
        own = [
            f"To: {mailbox(recipient.name, recipient.address)}",
            f"Message-ID: <{self.issue}.{digest(self.issue, recipient.id or recipient.address, length=24)}@{self.domain}>",
            f"List-Unsubscribe: <{url}>",
        ]
        own += ["List-Unsubscribe-Post: List-Unsubscribe=One-Click"] if url.startswith("https:") else []
        head = self.head + "".join(f"{line}\r\n" for line in own).encode("ascii")
        text, html = _filled(self.text, url), _filled(self.html, url.replace("&", "&amp;"))
        start, end = f"--{self.boundary}\r\n".encode(), f"\r\n--{self.boundary}--\r\n".encode()
        return b"".join([head, b"\r\n", start, _part("plain"), text, b"\r\n", start, _part("html"), html, end])


def stencil(letter: Letter) -> Stencil:
    """Encode the letter once, for any number of subscribers."""
    domain = ascii_address(letter.sender).rpartition("@")[2]
    boundary = f"=_{digest(letter.html, letter.text, length=32)}"  # quoted-printable never has "=_"
    lines = [
        f"From: {mailbox(letter.sender_name, letter.sender)}",
        *([f"Reply-To: {ascii_address(letter.reply_to)}"] if letter.reply_to else []),
        f"Subject: {unstructured(letter.subject, start=9)}",
        f"Date: {format_datetime(letter.date)}",
        f"List-Id: <{_dotted(letter.list_id)}>",
        f"Archived-At: <{safe_url(letter.web_url)}>",
        f"Content-Language: {letter.language}",
        "MIME-Version: 1.0",
        f'Content-Type: multipart/alternative; boundary="{boundary}"',
    ]
    return Stencil(
        issue=letter.issue,
        domain=domain,
        head="".join(f"{line}\r\n" for line in lines).encode("ascii"),
        text=tuple(_quoted(piece) for piece in letter.text.split(letter.token)),
        html=tuple(_quoted(piece) for piece in letter.html.split(letter.token)),
        boundary=boundary,
    )


def message(letter: Letter, recipient: Recipient) -> bytes:
    """Write one subscriber's message; for many, keep the `stencil`."""
    return stencil(letter).message(recipient)


def unstructured(text: str, *, start: int = 0) -> str:
    """Write any text as a header's value, which never becomes a second header.

    It is folded at blanks, and in encoded words where it is not plain ASCII.
    """
    text = clean(text)
    if _plain(text) and max(map(len, text.split()), default=0) <= 60:
        folded = textwrap.wrap(f"{'x' * start}{text}", 78, break_long_words=False, break_on_hyphens=False)
        return "\r\n ".join(folded)[start:]
    return "\r\n ".join(_encoded_words(text))


def mailbox(name: str, address: str) -> str:
    """Write `"Name" <address>`. The name is untrusted; raises ValueError if the address is not one that can be mailed."""
    name, target = clean(name)[:_NAME], ascii_address(address)
    if not name:
        return target
    if _plain(name) and len(name) <= 60:
        quoted = name.replace("\\", "\\\\").replace('"', '\\"')
        return f'"{quoted}" <{target}>'
    return "\r\n ".join([*_encoded_words(name), f"<{target}>"])


def ascii_address(address: str) -> str:
    """Return the address with its domain in ASCII (IDNA).

    Raises ValueError if it is no address, or its local part needs SMTPUTF8.
    """
    local, at, domain = address.rpartition("@")
    try:
        plain = f"{local}{at}{domain.encode('idna').decode('ascii')}"
    except UnicodeError:
        plain = ""
    if len(plain) > 254 or not _ADDRESS.fullmatch(plain):
        raise ValueError(f"{address!r} is no address that mail can be sent to")
    return plain


def unsubscribe_url(url: str) -> str:
    """Return the address as it stands in the header: plain ASCII, not encoded, not folded.

    Raises ValueError if it cannot stand there so.
    """
    if not url or len(url) > _LONGEST_URL or safe_url(url, ("https", "http", "mailto")) != url:
        raise ValueError(f"{url[:80]!r} cannot stand in List-Unsubscribe: it takes a plain https address")
    return url


def _plain(text: str) -> bool:
    return re.fullmatch(r"[ -~]*", text) is not None and "=?" not in text


def _encoded_words(text: str) -> list[str]:
    words, current = [], b""
    for character in text:
        more = character.encode("utf-8")
        if len(current) + len(more) > _WORD:
            words.append(current)
            current = b""
        current += more
    return [f"=?utf-8?b?{b64encode(word).decode('ascii')}?=" for word in [*words, current]]


def _dotted(text: str) -> str:
    parts = [re.sub(r"[^a-z0-9-]+", "-", part.lower()).strip("-") for part in text.split(".")]
    return ".".join(part for part in parts if part)


def _part(kind: str) -> bytes:
    return f'Content-Type: text/{kind}; charset="utf-8"\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n'.encode()


def _quoted(text: str) -> bytes:
    return binascii.b2a_qp(text.encode("utf-8"), istext=True).replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")


def _filled(pieces: tuple[bytes, ...], url: str) -> bytes:
    return (_SOFT + _quoted(url) + _SOFT).join(pieces)
