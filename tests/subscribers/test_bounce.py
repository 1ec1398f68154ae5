"""Point 9 of the checklist: hard bounces suppress, soft ones count, forged ones do nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from groundwire.cli import subscribers as jobs
from groundwire.subscribers.bounce import read_bounce
from groundwire.subscribers.store import Subscribers
from mailkit import NOW, peopled, token_of


def report(
    token: str,
    *,
    status: str = "5.1.1",
    action: str = "failed",
    kind: str = "text/rfc822-headers",
    words: str = "smtp; 550 5.1.1 unknown user",
) -> bytes:
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
Diagnostic-Code: {words}

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


HARD = (
    ("5.1.1", "smtp; 550 5.1.1 unknown user"),
    ("5.1.2", ""),
    ("5.1.3", "smtp; 501 bad syntax"),
    ("5.1.6", ""),
    ("5.1.10", "smtp;550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient not found by SMTP address lookup"),
    ("5.1.1", "smtp; 550 rejected by policy"),
    ("5.0.0", "smtp; 550 5.1.1 gone"),
    ("5.0.0", "smtp; 550-5.1.1 The email account that you\n tried to reach does not exist"),
    ("5.0.0", "smtp; 550 <x@there.example>: Recipient address\n rejected: User unknown in virtual mailbox table"),
    ("", "X-Postfix; unknown user: x"),
)
NOT_HARD = (
    ("5.1.7", "smtp; 550 user unknown", False),
    ("5.1.8", "smtp; 550 5.1.8 Access denied, bad outbound sender", False),
    ("5.1.90", "", False),
    ("5.1.0", "smtp; 550 5.1.0 sender rejected: user unknown", False),
    ("5.1.1", "smtp; 550 5.7.1 blocked, see our policy", False),
    ("5.4.4", "X-Postfix; Host or domain name not found. Name service error for name=there.example", False),
    ("5.4.5", "", False),
    ("4.4.7", "smtp; delivery time expired", False),
    ("5.7.1", "smtp; 550 5.7.1 no such user", False),
    ("5.7.26", "", False),
    ("5.2.3", "", False),
    ("5.0.0", "smtp; 550 mailbox unavailable", False),
    ("5.0.0", "", False),
    ("5.2.1", "smtp; 550 5.2.1 disabled", True),
    ("5.2.2", "smtp; 552 5.2.2 over quota", True),
    ("4.2.2", "smtp; 452 4.2.2 over quota", True),
)


@pytest.mark.parametrize(("status", "words"), HARD)
def test_what_says_that_there_is_no_such_reader_ends_it(status: str, words: str) -> None:
    found = read_bounce(report("A" * 32, status=status, words=words))
    assert found is not None
    assert (found.hard, found.soft) == (True, False)


@pytest.mark.parametrize(("status", "words", "soft"), NOT_HARD)
def test_what_does_not_say_it_ends_nothing(status: str, words: str, soft: bool) -> None:
    found = read_bounce(report("A" * 32, status=status, words=words))
    assert found is not None
    assert (found.hard, found.soft) == (False, soft)


@pytest.mark.parametrize(("status", "words"), [(status, words) for status, words, soft in NOT_HARD if not soft])
def test_a_fault_of_the_relay_s_ends_nothing_however_often_it_is_told(tmp_path: Path, status: str, words: str) -> None:
    (tmp_path / "newsletter.yml").write_text("title: T\nurl: https://news.example/\nsubscribers: {database: people.sqlite}\n")
    with peopled(tmp_path / "people.sqlite", 1) as database:
        token = token_of(database, "reader0@example.org")
        files = [tmp_path / f"{number}.eml" for number in range(10)]
        for file in files:
            file.write_bytes(report(token, status=status, words=words))
        forged = tmp_path / "forged.eml"
        forged.write_bytes(report("A" * 32, status=status, words=words))
        said = jobs.bounces(tmp_path, [*files, forged], now=NOW)
        assert said == (
            "0 for good, not mailed again · 0 for now · 1 without our own link, not believed · 0 no bounce · "
            "10 that may be no fault of the reader's, not counted"
        )
        assert [one.status for one in Subscribers(database).each()] == ["active"]


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
