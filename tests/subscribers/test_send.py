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
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from email import policy
from pathlib import Path
from typing import Any

import httpx2
import pytest
from aiosmtpd.controller import Controller
from click.testing import CliRunner
from mailkit import LETTER, NOW, Time, free_port, peopled, token_of
from support import ByHand, FeedServer

from generator.commands.subscribers import send as send_command
from generator.commands.subscribers import subscribers as group
from generator.errors import Refused
from generator.jobs import issue as issue_jobs
from generator.jobs import subscribers as subscriber_jobs
from generator.mail.letter import Letter, compose_letter
from generator.mail.links import Answer, Site, missing_pages, own_links
from generator.record.editing import edited
from generator.record.ledger import Ledger
from generator.settings import load_settings
from generator.subscribers.database import Database
from generator.subscribers.ledger import Deliveries

DIGEST = Path(__file__).parents[1] / "digest" / "golden"


class Mailbox:
    """A mail server that keeps what it takes, by recipient; `answer` is for the next ones."""

    def __init__(self) -> None:
        self.answer = "250 OK"
        self.taken: list[tuple[str, str]] = []

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
        return subscriber_jobs.send(self.root, tell=world.tell, world=world)

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

    assert "3 sent now" in subscriber_jobs.send(house.root, tell=world.tell, world=replace(world, sleep=sleep))
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
        Refused, match=r"(?s)10 refused for good.*13 still to send.*paused: .*554 5\.7\.1 blocked.*goes on where it stopped"
    ):
        house.send()
    house.mailbox.answer = "250 OK"
    assert "13 sent now" in house.send()


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
        code = "from generator.commands.subscribers import subscribers; subscribers()"
        words = [sys.executable, "-c", code, "serve", "-C", str(house.root), "--port", str(port)]
        self.process = subprocess.Popen(
            words, env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}, stderr=subprocess.PIPE
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
