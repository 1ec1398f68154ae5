"""`groundwire send` and `subscribers …` as an owner meets them: a publication, its site over HTTP, a real mail server."""

from __future__ import annotations

import email
import os
import re
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from email import policy
from pathlib import Path
from typing import Any

import httpx2
import pytest
from aiosmtpd.controller import Controller
from click.testing import CliRunner, Result

from groundwire.cli import issue as issue_jobs
from groundwire.cli import send as send_jobs
from groundwire.cli.send import send_command
from groundwire.cli.subscribers import subscribers as group
from groundwire.delivery import sending
from groundwire.errors import Refused
from groundwire.mail.letter import Letter, compose_letter
from groundwire.mail.links import Answer, Site, missing_pages, own_links
from groundwire.publication.editing import edited
from groundwire.publication.log import Ledger
from groundwire.settings import load_settings
from groundwire.subscribers.database import Database
from groundwire.subscribers.ledger import Deliveries
from groundwire.subscribers.store import Subscribers
from mailkit import LETTER, NOW, Time, free_port, peopled, token_of
from support import ByHand, FeedServer

DIGEST = Path(__file__).parents[1] / "digest" / "golden"


class Mailbox:
    """A mail server that keeps what it takes, by recipient; the answers are for the next ones, `rcpt` also by recipient."""

    def __init__(self) -> None:
        self.answer, self.mail = "250 OK", "250 OK"
        self.rcpt: dict[str, str] = {}
        self.taken: list[tuple[str, str]] = []

    def mend(self) -> None:
        self.answer, self.mail, self.rcpt = "250 OK", "250 OK", {}

    async def handle_MAIL(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:  # noqa: N802  # likewise
        if self.mail.startswith("250"):
            envelope.mail_from = address
        return self.mail

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:  # noqa: N802  # likewise
        answer = self.rcpt.get(address) or self.rcpt.get("*") or "250 OK"
        if answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802  # aiosmtpd's name
        if self.answer.startswith("250"):
            parts = email.message_from_bytes(envelope.content, policy=policy.default)
            body = parts.get_body(("plain",))
            assert body is not None
            text = f"Subject: {parts['Subject']}\nID: {parts['Message-ID']}\nLeave: {parts['List-Unsubscribe']}\n\n{body.get_content()}"
            self.taken += [(address, text) for address in envelope.rcpt_tos]
        return self.answer

    def to(self, address: str) -> list[str]:
        return [text for who, text in self.taken if who == address]

    def await_for(self, address: str, count: int, *, seconds: float = 20) -> str:
        end = time.monotonic() + seconds
        while len(self.to(address)) < count:
            assert time.monotonic() < end, f"no mail number {count} for {address}"
            time.sleep(0.05)
        return self.to(address)[count - 1]


@dataclass
class House:
    """A publication with three readers, its site and its mailbox."""

    root: Path
    server: FeedServer
    mailbox: Mailbox
    relay: int

    def settings(self, text: str = "", **more: str) -> None:
        """Write newsletter.yml."""
        keys = {
            "title": "The Example Briefing",
            "url": self.server.url("/"),
            "publisher": "{name: Press, postal_address: 1 Street, email: editor@example.org, responsible: A. Editor}",
            "fetch": "{allow_networks: [127.0.0.0/8]}",
            "email": f"{{transport: smtp, smtp: {{host: 127.0.0.1, port: {self.relay}, security: none, per_second: 1000}}}}",
            "subscribers": "{database: people.sqlite, url: 'https://news.example.org/mail/'}",
            **more,
        }
        lines = [f"{key}: {value}" for key, value in keys.items() if value]
        (self.root / "newsletter.yml").write_text("\n".join(lines) + "\n" + text, encoding="utf-8")

    def publish(self) -> None:
        """Put every page that the letters link to on the site."""
        store = ByHand(self.root / "content")
        for issue in store.issues().require():
            self._publish(compose_letter(issue, articles=store.articles().pages, settings=load_settings(self.root)))

    def correct(self, name: str) -> str:
        """Write a correction of an issue."""
        return issue_jobs.correct(self.root, name, note="It was eight days, not nine.", now=NOW, tell=lambda line: None)

    def _publish(self, letter: Letter) -> None:
        links = own_links(letter, site=self.server.url("/"))
        for url in links:
            path = "/" + url.removeprefix(self.server.url("/"))
            body = f'<link rel="canonical" href="{url}">' + (" ".join(links) if url == letter.web_url else "")
            self.server.put(path, body)

    def send(self, clock: Time | None = None) -> str:
        world = (clock or Time()).world
        return send_jobs.send(self.root, tell=world.tell, world=world)

    def change_issue(self, name: str = "2026-w48", **put: Any) -> None:
        store = ByHand(self.root / "content")
        [issue] = [page for page in store.issues().require() if page.meta.id == name]
        store.replace_text(issue, edited(issue, put=put))


@pytest.fixture
def house(tmp_path: Path, server: FeedServer) -> Iterator[House]:
    root = tmp_path / "briefing"
    shutil.copytree(DIGEST / "week" / "articles", root / "content" / "articles")
    (root / "content" / "issues").mkdir()
    text = (DIGEST / "2026-w48.md").read_text(encoding="utf-8").replace("https://example.github.io/briefing/", server.url("/"))
    (root / "content" / "issues" / "2026-w48.md").write_text(text, encoding="utf-8")
    peopled(root / "people.sqlite", 3).close()
    mailbox = Mailbox()
    controller = Controller(mailbox, hostname="127.0.0.1", port=free_port())
    controller.start()
    house = House(root, server, mailbox, controller.port)
    house.settings()
    house.change_issue(status="ready")
    house.publish()
    yield house
    controller.stop()


def test_an_issue_goes_once_to_each(house: House) -> None:
    assert house.send() == "2026-w48: 3 sent now · 3 sent in all"
    assert house.send() == "every ready issue was sent before: 0 sent now"
    assert sorted(who for who, _ in house.mailbox.taken) == [f"reader{number}@example.org" for number in range(3)]
    links = {re.search(r"Leave: <(.*)>", text).group(1) for _, text in house.mailbox.taken}  # type: ignore[union-attr]  # it is there
    assert len(links) == 3
    assert all(re.fullmatch(r"https://news\.example\.org/mail/u/[\w-]{32}", link) for link in links)


def test_point_3_two_commands_at_once(house: House) -> None:
    told: list[str] = []
    threads = [threading.Thread(target=lambda: told.append(house.send())) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(house.mailbox.taken) == 3
    assert sum("3 sent now" in line for line in told) == 1


def test_before_any_mail_the_site_must_show_it(house: House) -> None:
    path = next(path for path in house.server.pages if path.startswith("/articles/"))
    page = house.server.pages.pop(path)
    clock = Time()
    with pytest.raises(Refused, match=rf"(?s)nobody was mailed, because after 15 minutes.*{path}: the server says 404"):
        house.send(clock)
    assert sum(clock.slept) == pytest.approx(15 * 60, abs=21)
    assert house.mailbox.taken == []
    with Database(house.root / "people.sqlite") as database:
        assert Deliveries(database).started("2026-w48") is None
    house.server.pages[path] = page
    assert "3 sent now" in house.send()


def test_the_site_may_come_while_it_waits(house: House) -> None:
    pages = dict(house.server.pages)
    house.server.pages.clear()
    clock = Time()
    world = clock.world

    def sleep(seconds: float) -> None:
        clock.sleep(seconds)
        if len(clock.slept) == 3:
            house.server.pages.update(pages)

    assert "3 sent now" in send_jobs.send(house.root, tell=world.tell, world=replace(world, sleep=sleep))
    assert "waiting for the site" in clock.told[0]


def test_a_right_answer_is_not_yet_the_right_page() -> None:
    html = '<a href="https://x.example/articles/a/#s">A</a> <a href="https://x.example/feed.xml">F</a> <a href="https://other.example/">O</a>'
    letter = replace(LETTER, html=html, web_url="https://x.example/issues/2026-w48/")
    pages = {
        "https://x.example/issues/2026-w48/": '<link href="https://x.example/issues/2026-w48/" rel="canonical"> ../../articles/a/',
        "https://x.example/articles/a/": "<link rel=canonical href=https://x.example/articles/a/>",
        "https://x.example/feed.xml": "<feed/>",
    }

    def wrong(**changed: str) -> list[str]:
        found = {**pages, **{f"https://x.example/{key.replace('_', '/')}/": value for key, value in changed.items()}}
        return missing_pages(letter, Site("https://x.example/", {"articles/a/": "articles/b/"}, lambda url: Answer(found[url])))

    assert wrong() == []
    assert wrong(articles_a='<link rel="canonical" href="https://x.example/articles/b/">') == [], (
        "an old address that moved there"
    )
    [told] = wrong(articles_a='<link rel="canonical" href="https://x.example/">')
    assert told.endswith("answers with the page https://x.example/")
    [told] = wrong(articles_a="<h1>Welcome</h1>")
    assert "not with this page" in told
    issue = pages["https://x.example/issues/2026-w48/"].replace("articles/a/", "")
    [told] = missing_pages(letter, Site("https://x.example/", {}, lambda url: Answer({**pages, letter.web_url: issue}[url])))
    assert "not up to date" in told


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"subscribers": ""}, r"(?s)Two set-ups work.*subscribers serve.*without a server"),
        ({"subscribers": "{database: none.sqlite, url: 'https://news.example.org/'}"}, r"(?s)none\.sqlite\).*Two set-ups work"),
        ({"publisher": "{name: Press, email: e@example.org}"}, r"publisher\.postal_address, publisher\.responsible"),
        ({"subscribers": "{database: people.sqlite}"}, r"subscribers\.url"),
        ({"subscribers": "{database: people.sqlite, url: 'http://news.example.org/'}"}, r"subscribers\.url"),
        ({"email": "{transport: none}"}, r"transport is none.*--dry-run"),
        ({"email": "{transport: listmonk}"}, r"lacks email\.listmonk\.url, email\.listmonk\.lists, LISTMONK_TOKEN"),
        ({"email": "{transport: buttondown}"}, r"lacks BUTTONDOWN_API_KEY"),
    ],
)
def test_it_refuses_and_says_what_to_write(house: House, settings: dict[str, str], said: str) -> None:
    house.settings(**settings)
    with pytest.raises(Refused, match=said):
        house.send()
    assert house.mailbox.taken == []


def test_it_refuses_what_is_no_draft_s_time_any_more(house: House) -> None:
    house.change_issue(expires=NOW)
    with pytest.raises(Refused, match=r"2026-w48 expired on 2026-11-27 09:00 UTC.*later `expires`"):
        house.send()
    house.change_issue(expires=NOW.replace(year=2027))
    Ledger(house.root / "content" / ".ledger").append("issues", {"event": "skipped", "issue": "2026-w48"}, now=NOW)
    with pytest.raises(Refused, match="2026-w48 was skipped"):
        house.send()
    house.change_issue(status="draft")
    with pytest.raises(Refused, match="no issue is ready"):
        house.send()
    assert house.mailbox.taken == []


def test_a_correction_goes_once_to_exactly_those_who_got_the_issue(house: House) -> None:
    assert "3 sent now" in house.send()
    with Database(house.root / "people.sqlite") as database, database.write() as db:
        db.execute("INSERT INTO subscribers (id, email, status) VALUES (x'0909090909090909', 'new@example.org', 'active')")
        db.execute("UPDATE subscribers SET status = 'left' WHERE email = 'reader1@example.org'")
    house.mailbox.taken.clear()
    assert "2026-w48-correction.md, a draft" in house.correct("2026-w48")
    assert house.send() == "every ready issue was sent before: 0 sent now"  # a draft goes to nobody
    house.change_issue("2026-w48-correction", status="ready")
    house.publish()
    assert "2026-w48-correction: 2 sent now" in house.send()
    assert house.send() == "every ready issue was sent before: 0 sent now"
    assert sorted(who for who, _ in house.mailbox.taken) == ["reader0@example.org", "reader2@example.org"]
    text = house.mailbox.to("reader0@example.org")[0]
    assert "Subject: Correction: It was eight days, not nine." in text
    assert "- It was eight days, not nine." in text
    assert "https://news.example.org/mail/u/" in text


def test_a_correction_waits_for_the_issue_that_it_corrects(house: House) -> None:
    house.correct("2026-w48")
    house.change_issue("2026-w48-correction", status="ready")
    house.publish()
    house.change_issue(status="draft")
    with pytest.raises(Refused, match="2026-w48-correction corrects 2026-w48, which has not been sent"):
        house.send()
    house.change_issue(status="ready")
    assert house.send() == "2026-w48: 3 sent now · 3 sent in all"
    assert house.send() == "2026-w48-correction: 3 sent now · 3 sent in all"


def test_point_8_it_pauses_and_goes_on_when_it_is_sent_again(house: House) -> None:
    with Database(house.root / "people.sqlite") as database, database.write() as db:
        db.executemany(
            "INSERT INTO subscribers (id, email, status) VALUES (?, ?, 'active')",
            [(bytes([9] * 7 + [n]), f"more{n}@example.org") for n in range(20)],
        )
    house.mailbox.answer = "554 5.7.1 blocked"
    with pytest.raises(
        Refused, match=r"(?s)0 sent now · 23 still to send.*paused: .*554 5\.7\.1 blocked.*goes on where it stopped"
    ):
        house.send()
    house.mailbox.answer = "250 OK"
    assert "23 sent now" in house.send()


def more_readers(house: House, count: int) -> list[str]:
    """Let there be so many in all; their addresses."""
    with Database(house.root / "people.sqlite") as database, database.write() as db:
        db.executemany(
            "INSERT INTO subscribers (id, email, status) VALUES (?, ?, 'active')",
            [(bytes([9] * 7 + [n]), f"reader{n}@example.org") for n in range(3, count)],
        )
    return [f"reader{n}@example.org" for n in range(count)]


def states(house: House) -> Counter[str]:
    """How many subscribers stand where, and how many are suppressed."""
    with Database(house.root / "people.sqlite") as database:
        people = Subscribers(database)
        return Counter([one.status for one in people.each()]) + Counter({"suppressed": people.suppressions()})


SENDER_SIDE = (
    ("mail", "553 5.7.1 <editor@example.org>: Sender address rejected: not owned by user newsletter"),
    ("mail", "550 5.1.1 no such user"),
    ("rcpt", "553 5.7.1 <editor@example.org>: Sender address rejected: not owned by user newsletter"),
    ("rcpt", "550 5.1.8 Access denied, bad outbound sender"),
    ("rcpt", "550 5.1.7 invalid address of the sender"),
    ("rcpt", "550 5.1.0 <editor@example.org>: Sender address rejected: User unknown in virtual mailbox table"),
    ("rcpt", "550 Verification failed for <editor@example.org>: no such user here: sender verify failed"),
    ("rcpt", "550 5.7.1 User unknown"),
    ("rcpt", "554 Relay access denied"),
    ("rcpt", "550 Requested action not taken: mailbox unavailable"),
    ("rcpt", "552 5.2.2 the quota is used up"),
    ("rcpt", "503 what?"),
    ("end", "550 5.1.90 Your message can't be sent because you've reached your daily limit for message recipients"),
    ("end", "550 5.4.5 Daily user sending limit exceeded"),
    ("end", "554 5.2.0 STOREDRV.Submission.Exception:SubmissionQuotaExceededException"),
    ("end", "552 5.2.3 the message is too big"),
    ("end", "552 Message would take you over your relay quota of 500"),
    ("end", "554 5.7.1 looks like spam"),
)


@pytest.mark.parametrize(("stage", "answer"), SENDER_SIDE)
def test_a_fault_of_the_relay_s_or_the_sender_s_costs_no_reader_anything(house: House, stage: str, answer: str) -> None:
    """The issue pauses with nobody settled, be the readers few or many; mended, each gets it once, the first one too."""
    readers, mailbox = more_readers(house, 12), house.mailbox
    mailbox.mail, mailbox.rcpt = (answer, {}) if stage == "mail" else ("250 OK", {"*": answer} if stage == "rcpt" else {})
    mailbox.answer = answer if stage == "end" else "250 OK"
    for _ in range(2):
        with pytest.raises(Refused) as told:
            house.send()
        assert "0 sent now · 12 still to send" in str(told.value)
        assert answer[:20] in str(told.value)
        assert "`groundwire send` goes on" in str(told.value)
    assert states(house) == {"active": 12}
    mailbox.mend()
    assert house.send() == "2026-w48: 12 sent now · 12 sent in all"
    assert sorted(who for who, _ in mailbox.taken) == sorted(readers)


def test_with_few_readers_the_command_fails_as_well(house: House) -> None:
    more_readers(house, 8)
    house.mailbox.rcpt = {"*": "550 5.1.8 Access denied, bad outbound sender"}
    command_line = [sys.executable, "-m", "groundwire", "send", "-C", str(house.root), "--now", NOW.isoformat()]
    done = subprocess.run(command_line, cwd=Path(__file__).parents[2], capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 1, done.stderr
    assert "550 5.1.8 Access denied, bad outbound sender" in done.stderr
    assert states(house) == {"active": 8}


@pytest.mark.parametrize(
    "answer", ["550 5.1.1 no", "550 5.1.2 no", "501 5.1.3 no", "551 5.1.6 no", "556 5.1.10 no", "550 No such user here"]
)
def test_who_has_no_mailbox_is_not_mailed_again_and_holds_up_nobody(house: House, answer: str) -> None:
    house.mailbox.rcpt = {"reader0@example.org": answer}
    assert house.send() == "2026-w48: 2 sent now · 2 sent in all · 1 refused for good in all"
    assert states(house) == {"active": 2, "bounced": 1, "suppressed": 1}


def test_one_reader_whom_the_server_refuses_is_shown_and_can_be_skipped(house: House) -> None:
    """An odd one holds up the others once; then the issue waits for that one alone, until the owner lets go. They stay subscribed."""
    readers = more_readers(house, 6)
    odd = readers[0]
    house.mailbox.rcpt = {odd: f"550 5.7.1 <{odd.upper()}>: we take nothing"}
    told: list[str] = []
    for sent, left in ((0, 6), (5, 1), (0, 1)):
        with pytest.raises(Refused, match=f"{sent} sent now .*{left} still to send") as refused:
            house.send()
        told.append(str(refused.value))
    assert all("groundwire subscribers list" in text and "--skip ADDRESS" in text for text in told)
    assert odd not in " ".join(told).lower(), "logs may be public"
    lines = command(house)("list").splitlines()
    assert [line.split("\t")[0] for line in lines if "2026-w48: 550 5.7.1" in line] == [odd]
    with pytest.raises(Refused, match="no paused issue waits"):
        send_jobs.send(house.root, tell=print, world=Time().world, skip=[readers[1]])
    assert house.mailbox.to(odd) == []
    assert (
        send_jobs.send(house.root, tell=print, world=Time().world, skip=[odd]) == "every ready issue was sent before: 0 sent now"
    )
    assert states(house) == {"active": 6}
    assert sorted(who for who, _ in house.mailbox.taken) == sorted(readers[1:])
    with Database(house.root / "people.sqlite") as database:
        assert Deliveries(database).paused("2026-w48") is None, "who joins now gets the issue by itself"


@pytest.mark.parametrize("answer", ["552 5.2.2 over quota", "550 5.2.1 disabled"])
def test_a_full_mailbox_pauses_nothing_and_ends_nothing(house: House, answer: str) -> None:
    """It speaks of one reader's mailbox, not of the issue; should it be all that a relay says, it is the relay's (see above)."""
    house.mailbox.rcpt = {"reader0@example.org": answer}
    assert house.send() == "2026-w48: 2 sent now · 2 sent in all · 1 refused for good in all"
    assert states(house) == {"active": 3}


def test_an_address_that_the_server_refuses_holds_up_no_confirmation(house: House) -> None:
    """Anybody can type any address into the form."""
    names = [f"new{number}@example.org" for number in range(5)]
    house.mailbox.rcpt = {names[0]: "550 5.7.1 relay denied"}
    with Database(house.root / "people.sqlite") as database:
        for name in names:
            assert Subscribers(database).request(name, now=NOW)
        settings, clock = load_settings(house.root), Time()
        office = sending.make_office(house.root, settings, database, world=clock.world)
        with sending.relay(settings) as relay:
            assert sending.send_confirmations(office, relay=relay) == ""
        assert office.deliveries.counts("confirm") == {"sent": 4, "failed": 1}
    assert states(house) == {"active": 3, "pending": 5}


def test_what_a_dry_run_says(house: House) -> None:
    """One sample, how many would get it, or why nobody; it mails nobody and leaves the database as it is."""

    def dry() -> str:
        world = Time().world
        return send_jobs.dry_run(house.root, tell=print, world=world).splitlines()[-1]

    files = {path.name: path.read_bytes() for path in house.root.glob("people.sqlite*")}
    assert dry() == "2026-w48: would go to 3"
    page = house.server.pages.pop(next(path for path in house.server.pages if path.startswith("/articles/")))
    assert page
    assert dry().startswith("2026-w48: would go to 3; it would wait for the site: http")
    house.publish()
    assert len(list((house.root / ".groundwire" / "outbox").glob("*.eml"))) == 1
    assert {path.name: path.read_bytes() for path in house.root.glob("people.sqlite*")} == files
    house.mailbox.rcpt = {"*": "550 5.4.5 limit"}
    with pytest.raises(Refused):
        house.send()
    assert re.match("2026-w48: would go to 3 more, 0 have got it; paused: .*550 5.4.5 limit", dry())
    house.mailbox.mend()
    house.send()
    assert dry() == "2026-w48: was sent to 3 before"
    house.correct("2026-w48")
    house.change_issue("2026-w48-correction", status="ready")
    house.publish()
    assert dry() == "2026-w48-correction: would go to 3"
    house.settings(subscribers="{database: elsewhere/people.sqlite, url: 'https://news.example.org/'}")
    assert "before it can be sent: there is no subscribers' database here" in send_jobs.dry_run(house.root, tell=print)
    assert not (house.root / "elsewhere").exists()


def test_now_is_the_time_that_sending_goes_by(house: House) -> None:
    """Whatever the machine's clock says: an issue expires by it, and is sent by it; and what it left waits for no clock."""

    def run(*words: str) -> Result:
        return CliRunner().invoke(send_command, ["-C", str(house.root), *words])

    house.change_issue(expires=NOW.replace(year=2100))
    late = run("--now", "2100-12-01T00:00:00Z")
    assert "2026-w48 expired on 2100-11-27" in str(late.exception)
    assert "expired on 2100-11-27" in run("--dry-run", "--now", "2100-12-01T00:00:00Z").output
    house.change_issue(expires=NOW.replace(year=2000))
    house.mailbox.rcpt = {"reader1@example.org": "550 5.7.1 no"}
    assert "1 sent now" in str(run("--now", "1999-01-01T00:00:00Z").exception)
    with Database(house.root / "people.sqlite") as database:
        began = Deliveries(database).started("2026-w48")
        assert began is not None
        assert began.year == 1999
        with database.write() as db:
            db.execute("UPDATE deliveries SET due = 4000000000 WHERE status = 'queued'")  # as after --now in 2096
    house.mailbox.mend()
    assert "2026-w48: 2 sent now · 3 sent in all" in run("--now", "1999-01-02T00:00:00Z").output
    assert run("--dry-run", "--test", "me@example.net").exit_code == 2


def test_point_36_a_test_mail_goes_to_one_address_and_no_ledger(house: House) -> None:
    before = (house.root / "people.sqlite").read_bytes()
    for _ in range(2):
        result = CliRunner().invoke(send_command, ["-C", str(house.root), "--test", "me@example.net"])
        assert (result.exit_code, result.output) == (
            0,
            "2026-w48: sent to me@example.net as a test; no subscriber got anything\n",
        )
    first, second = house.mailbox.to("me@example.net")
    assert first.startswith("Subject: [Test] ")
    assert "Leave: <https://news.example.org/mail/u/test>" in first
    assert first.split("\n")[1] != second.split("\n")[1], "mailboxes drop what they have seen"
    assert len(house.mailbox.taken) == 2
    assert (house.root / "people.sqlite").read_bytes() == before


def test_the_lists_by_command(house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    summary = tmp_path / "summary.md"
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(summary))
    run = command(house)
    list_file = tmp_path / "list.csv"
    list_file.write_text("email,consented_at\nnew@example.org,2026-01-31\n", encoding="utf-8")
    assert run("import", str(list_file)) == "1 taken in · 0 known before · 0 never to be mailed again, left out\n"
    assert run("list").splitlines()[0] == "new@example.org\tactive\t2026-01-31"
    assert run("erase", "reader0@example.org").startswith("erased; only a hash")
    assert run("export").splitlines()[1] == "new@example.org,2026-01-31T00:00:00Z,active,imported,"
    assert "wrote" in run("export", "--output", str(tmp_path / "out.csv"))
    assert (tmp_path / "out.csv").stat().st_mode & 0o077 == 0
    assert "3 active · 0 pending · 0 left · 0 bounced · 1 never" in run("list")
    assert run("rotate").startswith("a new key")
    assert (
        run("bounces", str(list_file))
        == "0 for good, not mailed again · 0 for now · 0 without our own link, not believed · 1 no bounce\n"
    )
    assert "@example.org" not in summary.read_text(encoding="utf-8")


def test_what_an_import_says(house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    summary = tmp_path / "summary.md"
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(summary))
    rows = ["a@x.example,2026-01-01,active", "b@x.example,,left", "c@x.example,,cleaned", "d@x.example,,pending"]
    rows += [f"e{number}@x.example,2026-01-01,vip" for number in range(25)] + ["reader0@example.org,,unsubscribed"]
    (tmp_path / "list.csv").write_text("\n".join(["email,consented_at,status", *rows, ""]), encoding="utf-8")
    head, *told = command(house)("import", str(tmp_path / "list.csv")).splitlines()
    assert head == (
        "1 taken in · 0 known before · 0 never to be mailed again, left out · 1 left before, not to be mailed · 1 bounced before, never to be mailed"
        " · 1 not confirmed, not to be mailed · 1 subscribed here and ended by the list · 25 not understood, left out"
    )
    assert sum("list.csv:" in line and "“vip” is not understood as subscribed" in line for line in told) == 20
    assert told[-1] == "and 5 more such lines"
    assert "@x.example" not in summary.read_text(encoding="utf-8")
    assert states(house) == {"active": 3, "left": 2, "bounced": 1, "pending": 1, "suppressed": 1}


def command(house: House) -> Callable[..., str]:
    def run(*words: str) -> str:
        result = CliRunner().invoke(group, [words[0], "-C", str(house.root), *words[1:]])
        assert result.exit_code == 0, result.output
        return str(result.stdout)

    return run


@pytest.mark.slow
def test_serve_takes_people_in_and_sends_each_ready_issue_once(house: House) -> None:
    """The command itself, in its own process: subscribe, confirm, receive, leave; ended by a signal, started again: nothing twice."""
    port = free_port()
    base = f"http://127.0.0.1:{port}/mail/"
    house.settings(subscribers=f"{{database: people.sqlite, url: '{base}'}}")
    house.change_issue(expires=NOW.replace(year=2099))
    with serving(house, port):
        house.mailbox.await_for("reader2@example.org", 1)
        assert httpx2.post(base, data={"email": "new@example.org"}).status_code == 200
        asked = house.mailbox.await_for("new@example.org", 1)
        link = re.search(rf"{re.escape(base)}confirm/[\w-]+", asked)
        assert link
        assert httpx2.get(link.group()).status_code == 200
        assert httpx2.post(link.group()).status_code == 200
        welcome = house.mailbox.await_for("new@example.org", 2)
        leave = re.search(r"Leave: <(.*)>", welcome)
        assert leave
        assert httpx2.post(leave.group(1), data={"List-Unsubscribe": "One-Click"}).status_code == 200
    with serving(house, port):
        time.sleep(1)
    assert len(house.mailbox.taken) == 5
    assert "new@example.org\tleft" in command(house)("list")


class serving:  # noqa: N801  # reads as what it does
    """`groundwire subscribers serve` in a process of its own, until the block ends."""

    def __init__(self, house: House, port: int, *, home: int = 200) -> None:
        code = "from groundwire.cli.subscribers import subscribers; subscribers()"
        words = [sys.executable, "-c", code, "serve", "-C", str(house.root), "--port", str(port)]
        self.process = subprocess.Popen(
            words, env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2] / "generator")}, stderr=subprocess.PIPE
        )
        self.port, self.home = port, home

    def __enter__(self) -> None:
        for _ in range(300):
            try:
                assert httpx2.get(f"http://127.0.0.1:{self.port}/mail/").status_code == self.home
            except httpx2.TransportError:
                assert self.process.poll() is None, self.process.communicate()[1].decode()
                time.sleep(0.1)
            else:
                return
        raise AssertionError("it does not listen")

    def __exit__(self, *error: object) -> None:
        self.process.send_signal(signal.SIGTERM)
        said = self.process.communicate(timeout=20)[1].decode()
        assert self.process.returncode in (0, -signal.SIGTERM), said
        assert "Traceback" not in said
        assert "@example.org" not in said


def test_an_issue_that_cannot_go_holds_up_no_other(house: House) -> None:
    older = Path(DIGEST / "week" / "issues" / "2026-w47.md").read_text(encoding="utf-8")
    (house.root / "content" / "issues" / "2026-w47.md").write_text(older, encoding="utf-8")
    with pytest.raises(Refused, match=r"(?s)2026-w47\.md has no story that can be mailed.*\n2026-w48: 3 sent now"):
        house.send()
    assert len(house.mailbox.taken) == 3


def test_old_links_to_leave_outlive_a_change_of_sender(house: House) -> None:
    """The service goes on for them when somebody else sends; it takes nobody in, and mails nobody."""
    port = free_port()
    base = f"http://127.0.0.1:{port}/mail/"
    house.settings(subscribers=f"{{database: people.sqlite, url: '{base}', form: {{buttondown: example}}}}")
    with Database(house.root / "people.sqlite") as database:
        token, asked = token_of(database, "reader0@example.org"), token_of(database, "reader1@example.org", scope="confirm")
    house.settings(
        email="{transport: buttondown}", subscribers=f"{{database: people.sqlite, url: '{base}', form: {{buttondown: example}}}}"
    )
    with serving(house, port, home=410):
        assert "website" in httpx2.get(base).text
        assert httpx2.post(base, data={"email": "new@example.org"}).status_code == 410
        assert httpx2.post(f"{base}confirm/{asked}").status_code == 410
        assert httpx2.get(f"{base}u/{token}").status_code == 200
        assert httpx2.post(f"{base}u/{token}", data={"List-Unsubscribe": "One-Click"}).status_code == 200
    assert "reader0@example.org\tleft" in command(house)("list")
    assert "reader0@example.org," in command(house)("export")
    assert house.mailbox.taken == []
