"""Messages: plain RFC 5322 for two parsers, whatever stands in titles and names."""

from __future__ import annotations

import email
import re
import smtplib
import socket
import threading
from dataclasses import replace
from datetime import UTC, datetime
from email import policy
from email.header import decode_header, make_header
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import getaddresses
from pathlib import Path
from typing import Any, cast

import pytest
from aiosmtpd.controller import Controller
from fast_mail_parser import parse_email
from hypothesis import example, given
from hypothesis import settings as effort
from hypothesis import strategies as st

from groundwire.mail.letter import Letter
from groundwire.mail.message import Recipient, message, stencil
from groundwire.mail.outbox import Outbox
from groundwire.text.plain import clean

LETTER = Letter(
    issue="2026-w48",
    subject="Harbour authority restores its cranes",
    preheader="Also: more",
    html='<html lang="en"><p>Ünïcode = <a href="https://tok.invalid/">leave</a></p></html>\n',
    text="Unsubscribe:\nhttps://tok.invalid/\n\n.\nFrom here on, trailing blank \nÜnïcode\n",
    token="https://tok.invalid/",
    date=datetime(2026, 11, 27, 8, 20, tzinfo=UTC),
    language="en",
    web_url="https://example.github.io/briefing/issues/2026-w48/",
    list_id="briefing.example.github.io",
    sender_name="The Example Briefing",
    sender="briefing@example.org",
    reply_to="editor@example.org",
    items=1,
    online=0,
)
READER = Recipient("reader@example.org", "https://news.example.org/u/abc?x=1&y=2", name="A. Reader")


def parsed(data: bytes) -> EmailMessage:
    return email.message_from_bytes(data, policy=policy.default)


def lines(part: EmailMessage) -> str:
    return str(part.get_content()).replace("\r\n", "\n")


def raw_headers(data: bytes) -> dict[str, str]:
    head = data.split(b"\r\n\r\n", 1)[0].decode("ascii")
    names = re.findall(r"(?m)^([A-Za-z-]+):", head)
    assert len(names) == len(set(names))
    return {name: re.sub(r"\r\n ", " ", value) for name, value in re.findall(r"(?ms)^([A-Za-z-]+): (.*?)(?=\r\n\S|\Z)", head)}


def test_everything_that_a_newsletter_needs() -> None:
    data = message(LETTER, READER)
    found, raw = parsed(data), raw_headers(data)
    assert found["Subject"] == LETTER.subject
    assert found["Date"].datetime == LETTER.date
    assert found["From"].addresses == (Address("The Example Briefing", addr_spec="briefing@example.org"),)
    assert found["To"].addresses == (Address("A. Reader", addr_spec="reader@example.org"),)
    assert re.fullmatch(r"<2026-w48\.[0-9a-f]{24}@example\.org>", raw["Message-ID"])
    assert raw["List-Id"] == "<briefing.example.github.io>"
    assert raw["List-Unsubscribe"] == "<https://news.example.org/u/abc?x=1&y=2>"
    assert raw["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert raw["Reply-To"] == "editor@example.org"
    assert found.get_content_type() == "multipart/alternative"
    text, html = (cast(EmailMessage, part) for part in found.iter_parts())
    assert (text.get_content_type(), html.get_content_type()) == ("text/plain", "text/html")
    assert not found.defects + text.defects + html.defects
    assert lines(text) == LETTER.text.replace(LETTER.token, READER.unsubscribe)
    assert lines(html) == LETTER.html.replace(LETTER.token, READER.unsubscribe.replace("&", "&amp;"))


def test_the_same_for_the_same_and_another_for_another() -> None:
    other = replace(READER, address="other@example.org")
    ids = [
        raw_headers(message(letter, to))["Message-ID"]
        for letter in (LETTER, replace(LETTER, issue="2026-w49"))
        for to in (READER, other)
    ]
    assert len(set(ids)) == 4
    assert message(LETTER, READER) == stencil(LETTER).message(READER)
    moved = replace(READER, id="7"), replace(other, id="7")  # a subscriber who changed the address is the same one
    assert len({raw_headers(message(LETTER, to))["Message-ID"] for to in moved}) == 1


@pytest.mark.parametrize("length", [30, 79, 120, 500, 900])
def test_the_one_click_address_is_never_encoded_or_folded(length: int) -> None:
    url = "https://news.example.org/u/".ljust(length, "t")
    raw = raw_headers(message(LETTER, replace(READER, unsubscribe=url)))
    assert raw["List-Unsubscribe"] == f"<{url}>"


def test_without_a_service_one_leaves_by_mail() -> None:
    raw = raw_headers(message(LETTER, replace(READER, unsubscribe="mailto:editor@example.org?subject=unsubscribe")))
    assert raw["List-Unsubscribe"].startswith("<mailto:")
    assert "List-Unsubscribe-Post" not in raw


@pytest.mark.parametrize(
    "wrong",
    [
        {"unsubscribe": ""},
        {"unsubscribe": "https://news.example.org/" + "t" * 900},
        {"unsubscribe": "https://news.example.org/a>, <mailto:x@y.example"},
        {"unsubscribe": "https://news.example.org/\r\nBcc: x@y.example"},
        {"unsubscribe": "javascript:alert(1)"},
        {"address": "two@example.org, three@example.org"},
        {"address": "a@example.org\r\nBcc: x@y.example"},
        {"address": "jürgen@example.org"},
        {"address": "nobody"},
        {"address": "<a@example.org>"},
    ],
)
def test_what_cannot_be_mailed_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"address"):
        message(LETTER, replace(READER, **wrong))


def test_a_domain_of_another_script() -> None:
    raw = raw_headers(message(LETTER, replace(READER, address="leser@bücher.example")))
    assert "leser@xn--bcher-kva.example" in raw["To"]


def another_parser_reads_the_same(data: bytes, letter: Letter, *, name: str) -> None:
    """fast-mail-parser: Rust, and no line of it is the standard library's."""
    mail = parse_email(data)
    assert mail.warnings == []
    assert mail.subject == clean(letter.subject)
    assert [(one.display_name or "", one.address) for one in mail.to] == [(clean(name)[:120].strip(), READER.address)]
    assert mail.from_ is not None
    assert (mail.from_.display_name, mail.from_.address) == (clean(letter.sender_name)[:120].strip(), letter.sender)
    assert {key: len(values) for key, values in mail.headers.items()} == dict.fromkeys(raw_headers(data), 1)
    assert mail.headers["List-Unsubscribe"] == [f"<{READER.unsubscribe}>"]
    [text], [html] = mail.text_plain, mail.text_html
    assert text.replace("\r\n", "\n") == letter.text.replace(LETTER.token, READER.unsubscribe)
    assert html.replace("\r\n", "\n") == letter.html.replace(LETTER.token, READER.unsubscribe.replace("&", "&amp;"))


HOSTILE = st.text(max_size=150) | st.text(alphabet='\r\n\t :;,<>@"\\=?()ä日🙂B', max_size=150)


@given(subject=HOSTILE.filter(clean), name=HOSTILE, title=HOSTILE.filter(clean), body=HOSTILE)
@example(subject="x\r\nBcc: spy@example.net", name='"\r\n\r\nbody', title="a, b <c@d.example>", body="\r\n.\r\n--=_\r\n")
@example(subject="=?utf-8?q?Bcc:?= x", name="=?utf-8?b?QQ==?=", title="ü" * 120, body="=" * 100)
@example(subject="a" * 200, name='日本語, the \\ "one"', title="x" * 61, body=" \r")
@effort(max_examples=300, deadline=None)
def test_no_text_can_make_a_header_or_a_line_too_long(subject: str, name: str, title: str, body: str) -> None:
    text = body.replace("\r\n", "\n").replace("\r", "\n").encode("utf-8", "ignore").decode() + "\n"
    letter = replace(LETTER, subject=subject, sender_name=title, text=LETTER.text + text, html=LETTER.html + text)
    data = message(letter, replace(READER, name=name))
    assert all(len(line) <= 998 and b"\r" not in line and b"\n" not in line for line in data.split(b"\r\n"))
    assert data.isascii()
    found, raw = parsed(data), raw_headers(data)
    assert set(raw) == set(raw_headers(message(LETTER, READER)))
    assert str(found["Subject"]) == clean(subject)
    # Not by found["To"]: the standard library keeps the blanks between the encoded words of a display name.
    for header, shown, address in (("From", title, "briefing@example.org"), ("To", name, "reader@example.org")):
        [(display, target)] = getaddresses([raw[header]])
        assert target == address
        assert str(make_header(decode_header(display))) == clean(shown)[:120].strip()
    parts = [cast(EmailMessage, part) for part in found.iter_parts()]
    assert lines(parts[0]) == letter.text.replace(LETTER.token, READER.unsubscribe)
    assert not found.defects
    another_parser_reads_the_same(data, letter, name=name)
    assert all(len(word) <= 75 for word in re.findall(r"=\?utf-8\?b\?[^ ]*", " ".join(raw.values())))


class _Peer:
    """A mail server that keeps what it takes; its own rules (998 octets, dots, line ends) are the judge."""

    def __init__(self) -> None:
        self.taken: list[bytes] = []
        self.came = threading.Event()

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802  # aiosmtpd's name
        self.taken.append(envelope.content)
        return "250 OK"


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def test_a_mail_server_takes_it_as_it_is() -> None:
    peer = _Peer()
    controller = Controller(peer, hostname="127.0.0.1", port=free_port())
    controller.start()
    try:
        data = message(LETTER, READER)
        with smtplib.SMTP("127.0.0.1", controller.port, timeout=10) as client:
            assert client.sendmail("bounce@example.org", [READER.address], data) == {}
    finally:
        controller.stop()
    assert peer.taken == [data]


def test_the_outbox_is_the_same_the_second_time(tmp_path: Path) -> None:
    readers = [
        READER,
        Recipient("/etc/-/-/xetc/passwd@example.org", READER.unsubscribe),
        Recipient("b@example.org", READER.unsubscribe),
    ]
    first = Outbox(tmp_path).post(LETTER, readers)
    assert (first.messages, first.changed) == (3, 3)
    before = {path: (path.stat().st_mtime_ns, path.read_bytes()) for path in tmp_path.rglob("*")}
    assert len(before) == 6  # three messages, the letter twice, the index
    second = Outbox(tmp_path).post(LETTER, readers)
    assert second.changed == 0
    assert {path: (path.stat().st_mtime_ns, path.read_bytes()) for path in tmp_path.rglob("*")} == before
    assert first.index.read_text(encoding="utf-8").count(".eml") == 3
    assert "tok.invalid" not in (tmp_path / "2026-w48.html").read_text(encoding="utf-8")
