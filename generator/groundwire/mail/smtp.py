"""The relay: the one file that speaks SMTP. One connection, kept open; what became of each mail is a value, not an exception."""

from __future__ import annotations

import contextlib
import smtplib
import socket
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from types import TracebackType
from typing import Literal, Protocol

from groundwire.errors import Refused
from groundwire.mail.message import ascii_address
from groundwire.settings import Smtp
from groundwire.text.refusal import subject_of

TIMEOUT_S = 60.0  # for each answer; RFC 5321 would wait ten minutes for the last one
_LOOPBACK = ("localhost", "127.0.0.1", "::1")


@dataclass(frozen=True)
class Reply:
    """What the server made of one mail.

    `later`: not now (4xx), or its answer was lost, so that it may have arrived; `refused`: never (5xx), as their mailbox doesn't
    take it, and `hard` where there is no such mailbox; `blocked`: a 5xx that may be no fault of this reader's (sender, quota,
    content, policy); `unreachable`: the server could not be talked to at all; `fatal`: nor will it later.
    """

    outcome: Literal["accepted", "later", "refused", "blocked", "unreachable"]
    text: str = ""
    hard: bool = False
    fatal: bool = False


class Carrier(Protocol):
    """What takes finished messages: a relay, or the mailbox of a preview."""

    def send(self, address: str, data: bytes) -> Reply:
        """Hand over one message."""


class Relay:
    """Hands mail to the relay of the settings. Not for several threads at once; close it after use."""

    def __init__(
        self, smtp: Smtp, *, sender: str, user: str = "", password: str = "", context: ssl.SSLContext | None = None
    ) -> None:
        """Take the relay's settings; `sender` is where bounces go.

        Raises Refused if a password would travel in clear text, or is missing.
        """
        self._smtp, self._sender = smtp, ascii_address(sender)
        self._user, self._password = smtp.user or user, password
        self._given = context
        self._peer: smtplib.SMTP | None = None
        self._taken = False  # whether it has taken a mail of ours
        self._put_off: set[str] = set()  # whose mailbox was full or closed, before it had taken any
        if self._user and not password:
            raise Refused("email.smtp.user is set, and its password is missing: set SMTP_PASSWORD in the environment")
        if self._user and smtp.security == "none" and smtp.host not in _LOOPBACK:
            raise Refused("the password would travel in clear text; in newsletter.yml write\nemail: {smtp: {security: starttls}}")

    def __enter__(self) -> Relay:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def probe(self) -> Reply:
        """Say whether mail could be handed over now: connect, encrypt and log in, and hand over none."""
        return self._try(lambda _: Reply("accepted"))

    def close(self) -> None:
        """Say goodbye, if anyone is listening."""
        if self._peer is not None:
            with contextlib.suppress(OSError):
                self._peer.quit()
        self._drop()

    def send(self, address: str, data: bytes) -> Reply:
        """Hand over one finished message.

        A connection that the server had closed meanwhile is opened anew, once.
        """
        kept = self._peer is not None

        def hand_over(peer: smtplib.SMTP) -> Reply:
            return self._hand_over(peer, address, data)

        reply = self._try(hand_over)
        return self._try(hand_over) if kept and reply.outcome == "unreachable" and not reply.fatal else reply

    def _try(self, act: Callable[[smtplib.SMTP], Reply]) -> Reply:
        try:
            if self._peer is None:
                self._peer = self._open()
            return act(self._peer)
        except (smtplib.SMTPAuthenticationError, smtplib.SMTPConnectError, smtplib.SMTPHeloError) as error:
            self._drop()
            return Reply("unreachable", _text(error.smtp_code, error.smtp_error), fatal=error.smtp_code >= 500)
        except (smtplib.SMTPNotSupportedError, ssl.SSLCertVerificationError) as error:
            self._drop()
            return Reply("unreachable", f"{self._smtp.host}:{self._smtp.port}: {error}", fatal=True)
        except OSError as error:  # smtplib's own errors are OSErrors as well
            self._drop()
            return Reply("unreachable", f"{self._smtp.host}:{self._smtp.port}: {error}")

    @cached_property
    def _context(self) -> ssl.SSLContext:
        return self._given or ssl.create_default_context()

    def _open(self) -> smtplib.SMTP:
        smtp, name = self._smtp, socket.gethostname() or "localhost"
        if smtp.security == "tls":
            peer: smtplib.SMTP = smtplib.SMTP_SSL(smtp.host, smtp.port, name, timeout=TIMEOUT_S, context=self._context)
        else:
            peer = smtplib.SMTP(smtp.host, smtp.port, name, timeout=TIMEOUT_S)
        self._peer = peer  # so that it is closed whatever comes
        if smtp.security == "starttls":
            peer.starttls(context=self._context)
        peer.ehlo_or_helo_if_needed()
        if self._user:
            peer.login(self._user, self._password)
        return peer

    def _hand_over(self, peer: smtplib.SMTP, address: str, data: bytes) -> Reply:
        (code, said), recipient = self._envelope(peer, address)
        if code != 250:
            self._drop()
            return Reply("unreachable", _text(code, said), fatal=code >= 500)
        code, said = recipient
        if code not in (250, 251):
            return self._declined(peer, code, said, at=address)
        try:
            code, said = _data(peer, data)
        except OSError as error:
            self._drop()
            return Reply("later", f"the connection was lost before the answer: {error}")
        if code != 250:
            return self._declined(peer, code, said)
        self._taken = True
        return Reply("accepted")

    def _envelope(self, peer: smtplib.SMTP, address: str) -> tuple[tuple[int, bytes], tuple[int, bytes]]:
        """Give the sender and the recipient; return the server's answers to both.

        Both are sent at once where the server allows it (RFC 2920), which saves a round trip.
        """
        if not peer.has_extn("pipelining"):
            return peer.mail(self._sender), peer.rcpt(address)
        peer.send(f"MAIL FROM:<{self._sender}>\r\nRCPT TO:<{ascii_address(address)}>\r\n")
        return peer.getreply(), peer.getreply()

    def _declined(self, peer: smtplib.SMTP, code: int, said: bytes, *, at: str = "") -> Reply:
        """Judge what a 4xx or 5xx means; 421 speaks of the connection, not of the mail. `at`: the address that it answers."""
        text = _text(code, said)
        if code == 421 or not 400 <= code < 600:
            self._drop()
            return Reply("unreachable", text)
        with contextlib.suppress(OSError):
            peer.rset()
        if code < 500:
            return Reply("later", text)
        subject = subject_of(_bytes(said).decode("utf-8", "replace"), sender=self._sender)
        if subject == "address":
            return Reply("refused", text, hard=True)
        return self._full(at, text) if at and subject == "mailbox" else Reply("blocked", text)

    def _full(self, address: str, text: str) -> Reply:
        """Judge the answer that a mailbox is full or closed: it delays nobody else, and stays subscribed: it may be emptied.

        But some relays say the same of the sender's. So it is believed once others' mail was taken, and until then put off, once.
        """
        if self._taken:
            return Reply("refused", text)
        again = address in self._put_off
        self._put_off.add(address)
        return Reply("blocked" if again else "later", text)

    def _drop(self) -> None:
        if self._peer is not None:
            self._peer.close()
        self._peer = None


def _data(peer: smtplib.SMTP, data: bytes) -> tuple[int, bytes]:
    """Send the mail itself, and return the answer.

    smtplib's own function looks for dots with a regular expression, which takes longer than all the rest.
    """
    code, said = peer.docmd("DATA")
    if code != 354:
        return code, said
    stuffed = data.replace(b"\r\n.", b"\r\n..")  # a dot alone would end it (RFC 5321, 4.5.2); our line ends are CRLF
    start, end = b"." if data.startswith(b".") else b"", b".\r\n" if data.endswith(b"\r\n") else b"\r\n.\r\n"
    peer.send(start + stuffed + end)
    return peer.getreply()


def _bytes(said: bytes | str) -> bytes:
    return said.encode("utf-8", "replace") if isinstance(said, str) else said


def _text(code: int, said: bytes | str) -> str:
    return f"{code} {_bytes(said).decode('utf-8', 'replace')}"[:300]
