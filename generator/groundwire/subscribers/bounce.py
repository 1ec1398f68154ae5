"""Mails that came back (RFC 3464), as files from the bounce mailbox.

Anybody can write to that mailbox, so a report is believed only where it returns our own message's List-Unsubscribe: its
token is signed, and says who. That also finds those whose mail was forwarded and came back from another address.
And it is believed as far as it speaks of the reader: what the sender's mail server, its name or our text is refused for ends
nobody's subscription, however often it comes.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from email import policy
from email.message import EmailMessage, Message
from email.parser import BytesParser

from groundwire.errors import Refused
from groundwire.text.refusal import subject_of

_TOKEN = re.compile(r"/u/([A-Za-z0-9_-]{32})(?![A-Za-z0-9_-])")  # no \b: a token may end in "-"
MAX_BYTES = 2_000_000


@dataclass(frozen=True)
class Bounce:
    """A report of one failed delivery: the token of the mail it returns ('' where it returns none), and what it says of the reader.

    `hard`: there is no such mailbox; `soft`: there is, and it is full or closed; neither: it may be no fault of the reader's.
    """

    token: str
    hard: bool
    status: str
    soft: bool = False


def read_bounce(data: bytes) -> Bounce | None:
    """Read the report in a message; None if it has none, or says that the mail is only delayed."""
    if len(data) > MAX_BYTES:
        raise Refused(f"larger than {MAX_BYTES // 1_000_000} MB: no bounce is")
    message = BytesParser(policy=policy.default).parsebytes(data)
    status, words, token = "", "", ""
    for part in message.walk():
        kind = part.get_content_type()
        if kind == "message/delivery-status":
            status, words = (status, words) if status else _failed(part)
        elif kind in ("message/rfc822", "text/rfc822-headers", "message/global-headers") and not token:
            found = _TOKEN.search(_headers(part))
            token = found.group(1) if found else ""
    if not status:
        return None
    subject = subject_of(f"{status}\n{words}")
    return Bounce(token, subject == "address", status, subject == "mailbox")


def _failed(part: Message) -> tuple[str, str]:
    """Return the status of the first recipient that failed, and the words of the server that refused."""
    blocks = part.get_payload()
    for block in blocks if isinstance(blocks, list) else []:
        if isinstance(block, Message) and str(block.get("Action", "")).strip().lower() == "failed":
            return str(block.get("Status", "")).split("(")[0].strip() or "5.0.0", str(block.get("Diagnostic-Code", ""))
    return "", ""


def _headers(part: Message) -> str:
    """Return the List-Unsubscribe header of the message that came back, as text; '' if it has none."""
    if part.get_content_type() == "message/rfc822":
        inner = part.get_payload()
        first = inner[0] if isinstance(inner, list) and inner else None
        return str(first.get("List-Unsubscribe", "")) if isinstance(first, Message) else ""
    raw = part.get_content() if isinstance(part, EmailMessage) else ""
    text = raw.decode("utf-8", "replace") if isinstance(raw, bytes) else str(raw)
    found = re.search(r"(?im)^List-Unsubscribe:(.*(?:\r?\n[ \t].*)*)", text)
    return found.group(1) if found else ""
