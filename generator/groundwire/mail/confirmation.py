"""The mail that asks: did you want this? Nothing in it comes from whoever filled in the form; a list bomber has no voice."""

from __future__ import annotations

import binascii
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime

from groundwire.mail.message import ascii_address, mailbox, unstructured
from groundwire.mail.plain import wrap
from groundwire.settings import Settings
from groundwire.text.escape import safe_url
from groundwire.text.plain import clean, digest

_ENGLISH = {
    "subject": "Please confirm: {title}",
    "ask": "Somebody, probably you, asked for {title} by email. Open this page and press its button to begin:",
    "else": "If it was not you, do nothing: without that press you get no further mail, and the address is forgotten after seven days.",
}
_GERMAN = {
    "subject": "Bitte bestätigen: {title}",
    "ask": "Jemand, wahrscheinlich Sie, möchte {title} per E-Mail bekommen. Öffnen Sie diese Seite und drücken Sie dort den Knopf:",
    "else": "Waren Sie es nicht, so tun Sie nichts: Ohne den Knopf kommt keine weitere Mail, und die Adresse wird nach sieben Tagen vergessen.",
}
_WORDS = {"en": _ENGLISH, "de": _GERMAN}


@dataclass(frozen=True)
class Asked:
    """Who asked and when; `id` makes the Message-ID, so that a repeat after a crash is the same mail."""

    address: str
    url: str
    id: str
    when: datetime


def confirmation(asked: Asked, *, settings: Settings, sender: str) -> bytes:
    """Write the whole message, with CRLF line ends. Raises ValueError if the address cannot be mailed."""
    title = clean(settings.title)
    words = _WORDS.get(settings.language.split("-")[0].lower(), _ENGLISH)
    domain = ascii_address(sender).rpartition("@")[2]
    lines = [
        f"From: {mailbox(title, sender)}",
        f"To: {ascii_address(asked.address)}",
        f"Subject: {unstructured(words['subject'].format(title=title), start=9)}",
        f"Date: {format_datetime(asked.when)}",
        f"Message-ID: <confirm.{digest(asked.id, length=24)}@{domain}>",
        "Auto-Submitted: auto-generated",
        f"Content-Language: {settings.language}",
        "MIME-Version: 1.0",
        'Content-Type: text/plain; charset="utf-8"',
        "Content-Transfer-Encoding: quoted-printable",
    ]
    head = "".join(f"{line}\r\n" for line in lines).encode("ascii")
    body = binascii.b2a_qp(_text(asked, settings, words).encode("utf-8"), istext=True)
    return head + b"\r\n" + body.replace(b"\n", b"\r\n")


def _text(asked: Asked, settings: Settings, words: dict[str, str]) -> str:
    title, publisher = clean(settings.title), settings.publisher
    signed = [clean(publisher.name), clean(publisher.postal_address), settings.url]
    blocks = [
        wrap(words["ask"].format(title=title)),
        [safe_url(asked.url)],
        wrap(words["else"].format(title=title)),
        ["-- ", *(line for line in signed if line)],
    ]
    return "\n\n".join("\n".join(block) for block in blocks) + "\n"
