"""Handing mail over: a real SMTP server for each answer there is, TLS and passwords (points 2, 5 and 6 of the checklist)."""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
import ssl
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult

from groundwire.errors import Refused
from groundwire.mail.message import Recipient, message
from groundwire.mail.smtp import Relay
from groundwire.settings import Smtp
from groundwire.subscribers.dispatch import Rules, dispatch
from groundwire.subscribers.ledger import Deliveries
from mailkit import FAST, LETTER, MAILING, Time, free_port, peopled, posting, relay_to, smtp_sink

DATA = message(LETTER, Recipient("reader@example.org", "https://news.example.org/u/abc"))


class Peer:
    """A mail server that answers as told and keeps what it takes."""

    def __init__(self, *, mail: str = "", rcpt: str = "", data: str = "250 OK") -> None:
        self.mail, self.rcpt, self.data = mail, rcpt, data
        self.taken: list[bytes] = []
        self.secure: list[bool] = []

    async def handle_MAIL(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:  # noqa: N802  # its name
        if not self.mail:
            envelope.mail_from = address
        return self.mail or "250 OK"

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:  # noqa: N802  # its name
        if self.rcpt:
            return self.rcpt
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802  # its name
        self.secure.append(server.transport.get_extra_info("ssl_object") is not None)
        if self.data.startswith("250"):
            self.taken.append(envelope.content)
        return self.data


@contextlib.contextmanager
def listening(peer: Peer, **options: Any) -> Iterator[int]:
    controller = Controller(peer, hostname="127.0.0.1", port=free_port(), **options)
    controller.start()
    try:
        yield controller.port
    finally:
        controller.stop()


def test_one_connection_takes_many_mails_as_they_are() -> None:
    peer = Peer()
    with listening(peer) as port, relay_to(port) as relay:
        assert [relay.send("reader@example.org", DATA).outcome for _ in range(3)] == ["accepted"] * 3
    assert peer.taken == [DATA] * 3


@pytest.mark.parametrize(
    ("answers", "outcome", "hard"),
    [
        ({"rcpt": "451 4.7.1 greylisted"}, "later", False),
        ({"rcpt": "550 5.1.1 no such user"}, "refused", True),
        ({"data": "550 5.1.10 no mail there"}, "refused", True),
        ({"rcpt": "550 <reader@example.org>... User unknown"}, "refused", True),
        ({"rcpt": "550 5.7.1 we don't like you"}, "blocked", False),
        ({"rcpt": "553 5.1.8 bad sender"}, "blocked", False),
        ({"data": "452 4.3.1 disk full"}, "later", False),
        ({"data": "554 5.6.0 spam"}, "blocked", False),
        ({"data": "552 5.2.2 quota"}, "blocked", False),
        ({"rcpt": "421 4.3.2 going down"}, "unreachable", False),
    ],
)
def test_point_5_each_answer_means_what_it_says(answers: dict[str, str], outcome: str, hard: bool) -> None:
    peer = Peer(**answers)
    with listening(peer) as port, relay_to(port) as relay:
        reply = relay.send("reader@example.org", DATA)
        assert (reply.outcome, reply.hard, reply.fatal) == (outcome, hard, False)
        assert next(iter(answers.values()))[:9] in reply.text
        peer.rcpt, peer.data = "", "250 OK"
        assert relay.send("reader@example.org", DATA).outcome == "accepted"


@pytest.mark.parametrize("answer", ["553 5.7.1 not owned by user", "550 5.1.1 no such user", "501 5.1.7 bad sender"])
def test_what_is_said_to_the_sender_s_name_is_said_of_no_reader(answer: str) -> None:
    with listening(Peer(mail=answer)) as port, relay_to(port) as relay:
        reply = relay.send("reader@example.org", DATA)
    assert (reply.outcome, reply.hard, reply.fatal, reply.text) == ("unreachable", False, True, answer)


def test_a_full_mailbox_is_believed_once_others_mail_was_taken() -> None:
    peer = Peer(rcpt="552 5.2.2 over quota")
    with listening(peer) as port, relay_to(port) as relay:
        assert [relay.send(f"{name}@example.org", DATA).outcome for name in "aba"] == ["later", "later", "blocked"]
        peer.rcpt = ""
        assert relay.send("c@example.org", DATA).outcome == "accepted"
        peer.rcpt = "550 5.2.1 disabled"
        reply = relay.send("a@example.org", DATA)
    assert (reply.outcome, reply.hard) == ("refused", False)


def test_nobody_listens() -> None:
    with relay_to(free_port()) as relay:
        reply = relay.send("reader@example.org", DATA)
    assert reply.outcome == "unreachable"
    assert "127.0.0.1" in reply.text


def test_a_connection_that_the_server_closed_meanwhile_is_no_error() -> None:
    peer = Peer()
    with listening(peer) as port, relay_to(port) as relay:
        assert relay.send("reader@example.org", DATA).outcome == "accepted"
        assert relay._peer is not None
        assert relay._peer.sock is not None
        relay._peer.sock.close()
        assert relay.send("reader@example.org", DATA).outcome == "accepted"
    assert len(peer.taken) == 2


@pytest.mark.parametrize(
    ("options", "status", "offered"),
    [(("-r", "rcpt"), "failed", set()), (("-q", "."), "failed", {3})],
)
def test_points_2_5_and_6_against_smtp_sink(tmp_path: Path, options: tuple[str, ...], status: str, offered: set[int]) -> None:
    """4xx again and again, and an answer that never comes (the mail may have arrived) again, as the same mail."""
    with peopled(tmp_path / "people.sqlite", 4) as database, smtp_sink(*options) as sink, relay_to(sink.port) as relay:
        deliveries, time = Deliveries(database), Time()
        deliveries.freeze(MAILING, now=time.now)
        rules = Rules(per_second=1e6, attempts=3)
        assert dispatch(deliveries, MAILING, post=posting(relay), rules=rules, world=time.world) == ""
        assert deliveries.counts(MAILING) == {status: 4}
        assert set(sink.taken().values()) == offered  # each attempt is the same mail


@pytest.mark.parametrize("at", ["mail", "rcpt", "."])
def test_a_5xx_that_speaks_of_no_reader_pauses_with_nobody_settled(tmp_path: Path, at: str) -> None:
    with peopled(tmp_path / "people.sqlite", 30) as database, smtp_sink("-f", at) as sink, relay_to(sink.port) as relay:
        deliveries = Deliveries(database)
        deliveries.freeze(MAILING, now=Time().now)
        assert "500 5.3.0" in dispatch(deliveries, MAILING, post=posting(relay), rules=FAST, world=Time().world)
        assert deliveries.counts(MAILING) == {"queued": 30}


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate of 127.0.0.1 that signs itself, with its key."""
    if shutil.which("openssl") is None:
        if os.environ.get("GROUNDWIRE_REQUIRE_ALL"):
            pytest.fail("openssl is not installed")
        pytest.skip("openssl is not installed")
    path = tmp_path_factory.mktemp("tls") / "both.pem"
    subject = ["-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1"]
    new = ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", *subject]
    subprocess.run(["openssl", *new, "-keyout", str(path), "-out", str(path) + ".crt"], check=True, capture_output=True)
    path.write_bytes(path.read_bytes() + Path(f"{path}.crt").read_bytes())
    return path


def server_context(certificate: Path) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    return context


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_tls_with_a_certificate_that_is_checked(certificate: Path, security: Any) -> None:
    peer = Peer()
    tls = {"tls_context": server_context(certificate)} if security == "starttls" else {"ssl_context": server_context(certificate)}
    with listening(peer, **tls) as port:
        smtp = Smtp(host="127.0.0.1", port=port, security=security)
        with Relay(smtp, sender="briefing@example.org") as stranger:
            reply = stranger.send("reader@example.org", DATA)
            assert (reply.outcome, reply.fatal) == ("unreachable", True)
            assert "certificate verify failed" in reply.text
        known = ssl.create_default_context(cafile=f"{certificate}.crt")
        with Relay(smtp, sender="briefing@example.org", context=known) as relay:
            assert relay.send("reader@example.org", DATA).outcome == "accepted"
    assert peer.taken == [DATA]
    assert peer.secure == [True]


def test_no_mail_in_clear_text_where_tls_was_asked_for() -> None:
    peer = Peer()
    with listening(peer) as port, Relay(Smtp(host="127.0.0.1", port=port), sender="briefing@example.org") as relay:
        reply = relay.send("reader@example.org", DATA)
    assert (reply.outcome, reply.fatal) == ("unreachable", True)
    assert "STARTTLS" in reply.text
    assert peer.taken == []


@pytest.mark.parametrize(("password", "outcome"), [("right", "accepted"), ("wrong", "unreachable")])
def test_a_password(certificate: Path, password: str, outcome: str) -> None:
    def check(server: Any, session: Any, envelope: Any, mechanism: str, login: Any) -> AuthResult:
        return AuthResult(success=(login.login, login.password) == (b"newsletter", b"right"), handled=False)

    peer = Peer()
    options = {"tls_context": server_context(certificate), "authenticator": check, "auth_required": True}
    with listening(peer, **options) as port:
        smtp = Smtp(host="127.0.0.1", port=port, user="newsletter")
        context = ssl.create_default_context(cafile=f"{certificate}.crt")
        with Relay(smtp, sender="briefing@example.org", password=password, context=context) as relay:
            reply = relay.send("reader@example.org", DATA)
    assert (reply.outcome, reply.fatal) == (outcome, outcome == "unreachable")


def test_a_password_is_never_missing_nor_sent_in_clear_text() -> None:
    with pytest.raises(Refused, match="SMTP_PASSWORD"):
        Relay(Smtp(user="newsletter"), sender="briefing@example.org")
    with pytest.raises(Refused, match="clear text"):
        Relay(Smtp(host="smtp.example.org", security="none", user="x"), sender="briefing@example.org", password="y")


@pytest.mark.parametrize("pipelining", [True, False])
def test_sender_and_recipient_are_named_at_once_where_the_server_allows_it(pipelining: bool) -> None:
    """A server on a socket of our own, to see what comes in one piece."""
    answers = {"EHLO": b"250-here\r\n250 PIPELINING\r\n" if pipelining else b"250 here\r\n", "DATA": b"354 go on\r\n"}
    pieces: list[bytes] = []

    def serve(server: socket.socket) -> None:
        client, _ = server.accept()
        with client:
            client.sendall(b"220 here\r\n")
            while piece := client.recv(65536):
                pieces.append(piece)
                for line in piece.decode().splitlines():
                    refused = line.upper().startswith("RCPT") and "gone" in line
                    said = b"550 5.1.1 no such mailbox\r\n" if refused else answers.get(line.split(" ")[0].upper(), b"250 ok\r\n")
                    if line.split(":")[0].split(" ")[0].upper() in ("EHLO", "MAIL", "RCPT", "DATA", "RSET", "QUIT", "."):
                        client.sendall(said)

    with socket.create_server(("127.0.0.1", 0)) as server:
        thread = threading.Thread(target=serve, args=(server,), daemon=True)
        thread.start()
        with relay_to(server.getsockname()[1]) as relay:
            replies = [relay.send(address, DATA) for address in ("gone@example.org", "reader@example.org")]
        thread.join(timeout=10)
    assert [reply.outcome for reply in replies] == ["refused", "accepted"]
    assert replies[0].hard
    together = [piece for piece in pieces if piece.startswith(b"MAIL") and b"\r\nRCPT TO:<" in piece]
    assert len(together) == (2 if pipelining else 0)


@pytest.mark.parametrize(
    "body",
    [
        b".\r\n",
        b"..\r\n.\r\n.\r\n",
        b"a\r\n.\r\n.b\r\n\r\n.",
        b"no end",
        b"\r\n",
        b"x\r\n...y\r\n.\r\nQUIT\r\n",
        b".first\r\nlast.",
    ],
)
def test_no_line_of_a_mail_ends_it(body: bytes) -> None:
    peer = Peer()
    with listening(peer, decode_data=False) as port, relay_to(port) as relay:
        for _ in range(2):
            assert relay.send("reader@example.org", b"Subject: x\r\n\r\n" + body).outcome == "accepted"
        assert relay.send("reader@example.org", body).outcome == "accepted"
    whole = body if body.endswith(b"\r\n") else body + b"\r\n"
    assert peer.taken == [b"Subject: x\r\n\r\n" + whole] * 2 + [whole]
