"""`preview`: a subscriber's whole way on one port, by a reader who has nothing but links and buttons; and the mailbox it goes through."""

from __future__ import annotations

import html
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urljoin

import httpx2
import pytest

from groundwire.mail.mailbox import KEPT, Mailbox
from groundwire.mail.message import Recipient, message
from mailkit import LETTER, free_port

ROOT = Path(__file__).parents[1]
DIGEST = ROOT / "tests" / "digest" / "golden"


@dataclass
class Reader:
    """A person with a browser that runs no script."""

    base: str
    url: str = ""
    page: str = ""

    def open(self, link: str) -> str:
        """Follow a link."""
        return self._got(httpx2.get(urljoin(self.url or self.base, link), follow_redirects=True))

    def press(self, **fields: str) -> str:
        """Press the page's (last) form's button."""
        form = re.findall(r'<form[^>]*method="post"[^>]*>', self.page)[-1]
        action = re.search(r'action="([^"]*)"', form)
        target = urljoin(self.url, html.unescape(action.group(1))) if action else self.url
        return self._got(httpx2.post(target, data=fields))

    def await_mail(self, subject: str) -> str:
        """Look into the mailbox until a mail is there, and open it."""
        end = time.monotonic() + 30
        while True:
            self.open("/_mailbox/")
            if found := re.search(rf'<a href="(\d+/)">{subject}', self.page):
                return self.open(found.group(1))
            assert time.monotonic() < end, self.page
            time.sleep(0.2)

    def _got(self, response: httpx2.Response) -> str:
        assert response.status_code == 200, (response.url, response.text)
        self.url, self.page = str(response.url), response.text
        return self.page


def publication(root: Path) -> Path:
    """A week of articles, and an issue that is ready."""
    shutil.copytree(DIGEST / "week", root / "content")
    text = (DIGEST / "2026-w48.md").read_text(encoding="utf-8")
    (root / "content" / "issues" / "2026-w48.md").write_text(re.sub("(?m)^status: .*", "status: ready", text), encoding="utf-8")
    (root / "newsletter.yml").write_text(
        "title: The Example Briefing\nurl: https://example.github.io/briefing/\nsubscribers: {form: {buttondown: example}}\n",
        encoding="utf-8",
    )
    shutil.copy(ROOT / "mkdocs.yml", root)
    return root


@contextmanager
def previewed(root: Path) -> Iterator[Reader]:
    """A preview that runs, as its reader sees it."""
    port = free_port()
    command = [sys.executable, "-m", "groundwire", "preview", "-C", str(root), "--port", str(port)]
    process = subprocess.Popen(command, env={**os.environ, "PYTHONPATH": str(ROOT / "generator")}, stderr=subprocess.PIPE)
    base = f"http://127.0.0.1:{port}/"
    try:
        for _ in range(600):
            try:
                httpx2.get(base)
            except httpx2.TransportError:
                assert process.poll() is None, process.communicate()[1].decode()
                time.sleep(0.1)
            else:
                break
        yield Reader(base)
    finally:
        process.send_signal(signal.SIGINT)
        said = process.communicate(timeout=30)[1].decode()
    assert f"{base}_mailbox/" in said
    assert "Traceback" not in said


@pytest.fixture(scope="module")
def reader(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Reader]:
    with previewed(publication(tmp_path_factory.mktemp("preview"))) as reader:
        yield reader


@pytest.mark.slow
def test_an_edit_shows_and_the_next_preview_begins_where_this_one_ended(tmp_path: Path) -> None:
    root = publication(tmp_path)
    article, other = sorted((root / "content/articles").rglob("*.md"))[:2]

    def made(source: Path) -> Path:
        return root / ".groundwire/preview-site" / source.relative_to(root / "content").with_suffix("") / "index.html"

    with previewed(root) as reader:
        address = f"{article.relative_to(root / 'content').with_suffix('')}/"
        assert "Zanzibar" not in reader.open(address)
        before = made(other).stat().st_ino
        article.write_text(article.read_text(encoding="utf-8") + "\nZanzibar.\n", encoding="utf-8")
        end = time.monotonic() + 30
        while "Zanzibar" not in reader.open(f"/{address}"):
            assert time.monotonic() < end, "the edit does not show"
            time.sleep(0.1)
        assert httpx2.get(urljoin(reader.base, "nowhere/")).status_code == 404
    os.utime(made(other), (1, 1))
    search = root / ".groundwire/preview-site/pagefind/pagefind-entry.json"
    searched = search.read_bytes()
    with previewed(root) as reader:
        assert "Zanzibar" in reader.open(address)
    assert search.read_bytes() != searched, "the edit cannot be found"
    assert (made(other).stat().st_ino, made(other).stat().st_mtime) == (before, 1), "made anew"
    assert not (root / "site").exists()


@pytest.mark.slow
def test_point_7_a_subscriber_s_whole_way_on_one_port(reader: Reader) -> None:
    reader.open("subscribe/")
    assert "buttondown" not in reader.page, "a preview subscribes nobody for real"
    assert "Look into your mailbox" in reader.press(email="ada@example.net")
    mail = reader.await_mail("Please confirm: The Example Briefing")
    link = re.search(r'href="([^"]*/_mail/confirm/[^"]*)"', mail)
    assert link
    assert link.group(1).startswith(reader.base)
    assert "One last step" in reader.open(link.group(1))
    assert "You are subscribed" in reader.press()
    issue = reader.await_mail("Harbour authority restores its cranes")
    assert "ada@example.net" in issue
    letter = reader.open("html")
    links = [html.unescape(url) for url in re.findall(r' href="([^"]*)"', letter)]
    assert not [url for url in links if url.startswith("https://example.github.io/")], "its own pages are the ones shown here"
    article = next(url for url in links if "/articles/" in url)
    assert article.startswith(f"{reader.base}articles/")
    reader.open(article)
    [leave] = {url for url in links if "/_mail/u/" in url}
    assert "Unsubscribe from The Example Briefing?" in reader.open(leave)
    assert "You are unsubscribed" in reader.press()
    assert "mailbox of this preview" in reader.page
    assert httpx2.get(f"{reader.base}_mailbox/99/").status_code == 404
    assert httpx2.head(f"{reader.base}_mail/").status_code == 200


def test_the_mailbox_shows_whatever_a_mail_holds_as_text() -> None:
    box = Mailbox("/_mailbox/", lambda url: url.replace("https://example.github.io/", "http://127.0.0.1:8000/"))
    evil = 'Subject: <script>alert(1)</script>\r\nTo: a@example.org\r\nContent-Type: text/plain\r\n\r\nhttps://example.github.io/x <b>"\r\n'
    assert box.send("a@example.org", evil.encode()).outcome == "accepted"
    box.send("b@example.org", message(LETTER, Recipient("b@example.org", "https://news.example.org/u/1")))
    listed, one = box.page(""), box.page("0/")
    assert listed
    assert one
    assert "<script" not in listed + one
    assert '<a href="http://127.0.0.1:8000/x">https://example.github.io/x</a> &lt;b&gt;' in one
    assert "List-Unsubscribe-Post" in str(box.page("1/"))
    assert "One-Click" in str(box.page("1/"))
    assert [box.page(rest) for rest in ("2/", "x", "1/text", "../", "1/html/")] == [None] * 5


def test_the_mailbox_forgets_the_oldest() -> None:
    box = Mailbox("/", lambda url: url)
    for number in range(KEPT + 3):
        box.send("a@example.org", f"Subject: mail {number}\r\n\r\n".encode())
    assert box.page("2/") is None
    assert "mail 3" in str(box.page("3/"))
    assert f"mail {KEPT + 2}" in str(box.page(f"{KEPT + 2}/"))
