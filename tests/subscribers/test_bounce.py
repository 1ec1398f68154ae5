"""Point 9 of the checklist: hard bounces suppress, soft ones count, forged ones do nothing."""

from __future__ import annotations

from pathlib import Path

import pytest
from mailkit import NOW, peopled, token_of

from generator.subscribers.bounce import read_bounce
from generator.subscribers.store import Subscribers


def report(token: str, *, status: str = "5.1.1", action: str = "failed", kind: str = "text/rfc822-headers") -> bytes:
    link = f"List-Unsubscribe:\r\n <https://news.example.org/mail/u/{token}>\r\n" if token else ""
    returned = f"From: briefing@example.org\r\nSubject: News\r\n{link}\r\nbody\r\n"
    return f"""From: MAILER-DAEMON@mx.example.net
To: briefing@example.org
Subject: Undelivered Mail Returned to Sender
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: text/plain

I'm sorry to have to inform you. See /u/{"A" * 32} for more.

--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.net

Final-Recipient: rfc822; elsewhere@example.net
Action: {action}
Status: {status} (as I said)
Diagnostic-Code: smtp; 550 5.1.1 unknown user

--b
Content-Type: {kind}

{returned}
--b--
""".encode()


@pytest.mark.parametrize("kind", ["text/rfc822-headers", "message/rfc822"])
def test_point_9_a_hard_bounce_ends_it(tmp_path: Path, kind: str) -> None:
    with peopled(tmp_path / "people.sqlite", 2) as database:
        people = Subscribers(database)
        found = read_bounce(report(token_of(database, "reader0@example.org"), kind=kind))
        assert found is not None
        assert (found.hard, found.status) == (True, "5.1.1")
        assert people.bounced(found.token, hard=found.hard, now=NOW)
        assert [one.status for one in people.each()] == ["bounced", "active"]
        assert not people.request("reader0@example.org", now=NOW)


def test_point_9_soft_bounces_count(tmp_path: Path) -> None:
    with peopled(tmp_path / "people.sqlite", 1) as database:
        people = Subscribers(database)
        found = read_bounce(report(token_of(database, "reader0@example.org"), status="5.2.2"))
        assert found is not None
        assert not found.hard
        states = []
        for _ in range(6):
            assert people.bounced(found.token, hard=False, now=NOW)
            states.append(next(people.each()).status)
        assert states == ["active"] * 4 + ["bounced"] * 2


@pytest.mark.parametrize("kind", ["text/rfc822-headers", "message/rfc822"])
@pytest.mark.parametrize("last", "A9_-")
def test_every_letter_of_the_alphabet_may_end_a_token(last: str, kind: str) -> None:
    found = read_bounce(report("A" * 31 + last, kind=kind))
    assert found is not None
    assert found.token == "A" * 31 + last


def test_a_longer_word_is_no_token() -> None:
    found = read_bounce(report("A" * 33))
    assert found is not None
    assert found.token == ""


@pytest.mark.parametrize("token", ["", "A" * 32, "AQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"])
def test_a_report_without_our_own_signed_link_is_not_believed(tmp_path: Path, token: str) -> None:
    with peopled(tmp_path / "people.sqlite", 1) as database:
        found = read_bounce(report(token))
        assert found is not None
        assert not Subscribers(database).bounced(found.token, hard=found.hard, now=NOW)


@pytest.mark.parametrize(
    "data", [report("A" * 32, action="delayed", status="4.4.1"), b"Subject: out of office\r\n\r\nHello", b"", b"\xff\x00"]
)
def test_what_is_no_failure(data: bytes) -> None:
    assert read_bounce(data) is None
