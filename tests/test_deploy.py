"""The recipe for one small server: units and proxy as Debian's own tools read them, the backup made in use, the restore tried."""

from __future__ import annotations

import os
import re
import shutil
import signal
import sqlite3
import ssl
import stat
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from pathlib import Path

import httpx2
import pytest

from groundwire.cli import subscribers as subscriber_jobs
from groundwire.cli.subscribers import subscribers as group
from groundwire.delivery import sending
from groundwire.errors import Refused
from groundwire.settings import load_settings
from groundwire.subscribers.backup import back_up, put_back
from groundwire.subscribers.database import Database
from groundwire.subscribers.ledger import Deliveries
from groundwire.subscribers.store import Subscribers
from mailkit import NOW, free_port, peopled, token_of

ROOT = Path(__file__).parents[1]
DEPLOY = ROOT / "deploy"
UNITS = sorted([*DEPLOY.glob("*.service"), *DEPLOY.glob("*.timer")])
ISSUE = ROOT / "tests" / "digest" / "golden"


def tool(name: str, package: str) -> str:
    """Where a program is; skips where it is not installed, or fails where all must run."""
    found = shutil.which(name) or shutil.which(name, path="/usr/sbin:/usr/bin")
    if found is None:
        message = f"{name} is not installed (Debian: apt-get install {package})"
        if os.environ.get("GROUNDWIRE_REQUIRE_ALL"):
            pytest.fail(message)
        pytest.skip(message)
    return found


def test_systemd_finds_nothing_wrong_with_the_units(tmp_path: Path) -> None:
    """Its own verifier, with the program where it is here: it also looks whether that can be run."""
    for unit in UNITS:
        text = unit.read_text(encoding="utf-8").replace("/opt/groundwire/.venv/bin/groundwire", sys.executable)
        (tmp_path / unit.name).write_text(text.replace("/usr/bin/git", sys.executable), encoding="utf-8")
    command = [tool("systemd-analyze", "systemd"), "verify", "--man=no", *(str(tmp_path / unit.name) for unit in UNITS)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    own = [line for line in done.stderr.splitlines() if "groundwire" in line]
    assert (done.returncode, own) == (0, [])


def test_systemd_s_verifier_can_say_no(tmp_path: Path) -> None:
    broken = (DEPLOY / "groundwire-subscribers.service").read_text(encoding="utf-8").replace("Type=exec", "Type=often")
    (tmp_path / "groundwire-broken.service").write_text(broken, encoding="utf-8")
    command = [tool("systemd-analyze", "systemd"), "verify", "--man=no", str(tmp_path / "groundwire-broken.service")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert "often" in done.stderr


def test_the_units_call_commands_that_there_are() -> None:
    for unit in DEPLOY.glob("*.service"):
        for words in re.findall(r"bin/groundwire (.*)", unit.read_text(encoding="utf-8")):
            first, name, *rest = words.split()
            assert first == "subscribers"
            group.commands[name].make_context(name, rest)


def test_the_proxy_s_configuration_is_read_by_caddy() -> None:
    command = [tool("caddy", "caddy"), "adapt", "--adapter", "caddyfile", "--config", str(DEPLOY / "Caddyfile")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert '"dial":"127.0.0.1:8025"' in done.stdout
    assert '"/mail/*"' in done.stdout


@pytest.fixture
def root(tmp_path: Path) -> Path:
    shutil.copytree(ISSUE / "week" / "articles", tmp_path / "content" / "articles")
    (tmp_path / "content" / "issues").mkdir()
    text = (ISSUE / "2026-w48.md").read_text(encoding="utf-8")
    (tmp_path / "content" / "issues" / "2026-w48.md").write_text(
        re.sub("(?m)^expires: .*", "expires: 2099-01-01T00:00:00Z", re.sub("(?m)^status: .*", "status: ready", text)),
        encoding="utf-8",
    )
    settings = "title: T\nurl: https://example.github.io/briefing/\nemail: {sender: b@example.org}\nsubscribers: {database: var/people.sqlite}\n"
    (tmp_path / "newsletter.yml").write_text(settings, encoding="utf-8")
    peopled(tmp_path / "var" / "people.sqlite", 3).close()
    return tmp_path


def test_point_8_a_backup_made_in_use_is_put_back_whole(root: Path) -> None:
    path, folder = root / "var" / "people.sqlite", root / "backup"
    with Database(path) as database:
        people, token = Subscribers(database), token_of(database, "reader0@example.org")
        people.erase("reader1@example.org", now=NOW)
        people.add("new@example.org", consented=NOW, wording="imported")
        said = subscriber_jobs.backup(root, folder, keep=3, now=NOW)
        people.request("after@example.org", now=NOW)
    copy = folder / "subscribers-20261127T090000Z.sqlite"
    assert said == f"wrote {copy}"
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert [one.name for one in folder.iterdir()] == [copy.name], "one file, nothing beside it"
    for file in (root / "var").glob("people.sqlite*"):
        file.unlink() if file.is_file() else shutil.rmtree(file)
    assert "3 active · 3 in all" in subscriber_jobs.restore(root, copy, now=NOW)
    with Database(path) as database:
        people = Subscribers(database)
        assert people.leave(token, now=NOW), "the link in a mail from before still works"
        assert people.add("reader1@example.org", consented=NOW, wording="imported") == "suppressed"
        assert database.row("SELECT 1 FROM subscribers WHERE email = 'after@example.org'") is None
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_after_a_restore_nothing_is_sent_twice_by_itself(root: Path) -> None:
    """The issue went out after the copy was made: the copy cannot know."""
    copy = back_up(root / "var" / "people.sqlite", root / "backup", keep=3, now=NOW)
    told = subscriber_jobs.restore(root, copy, now=NOW)
    assert "2026-w48 waits: if it was not sent since, `groundwire send` sends it" in told
    assert "kept: " in told
    with Database(root / "var" / "people.sqlite") as database:
        deliveries = Deliveries(database)
        assert "may have been sent" in str(deliveries.paused("2026-w48"))
        assert deliveries.open() == ()
        office = sending.make_office(root, load_settings(root), database, world=sending.system_world(print))
        assert [page.meta.id for page in sending.sendable(office, now=NOW)] == ["2026-w48"], "a person can still send it"


def test_what_was_sent_before_the_copy_needs_nobody(root: Path) -> None:
    path = root / "var" / "people.sqlite"
    with Database(path) as database:
        deliveries = Deliveries(database)
        deliveries.freeze("2026-w48", now=NOW)
        while claim := deliveries.claim("2026-w48", now=NOW):
            deliveries.settle(claim, "sent", now=NOW)
    copy = back_up(path, root / "backup", keep=3, now=NOW)
    assert "waits" not in subscriber_jobs.restore(root, copy, now=NOW)


def test_only_the_newest_copies_stay_and_nothing_else_is_touched(root: Path) -> None:
    folder = root / "backup"
    folder.mkdir()
    (folder / "notes.sqlite").write_text("mine", encoding="utf-8")
    (folder / "subscribers-20261127T090004Z.part").write_bytes(b"of a killed one")
    for second in range(5):
        back_up(root / "var" / "people.sqlite", folder, keep=2, now=NOW + timedelta(seconds=second))
    assert sorted(one.name for one in folder.iterdir()) == [
        "notes.sqlite",
        "subscribers-20261127T090003Z.sqlite",
        "subscribers-20261127T090004Z.sqlite",
    ]


def test_what_is_no_copy_is_not_put_back(root: Path, tmp_path: Path) -> None:
    path = root / "var" / "people.sqlite"
    before = path.read_bytes()
    bad = tmp_path / "bad.sqlite"
    bad.write_bytes(b"no database at all" * 500)
    with pytest.raises(Refused, match="no copy of a subscribers' database"):
        subscriber_jobs.restore(root, bad, now=NOW)
    bad.unlink()
    with sqlite3.connect(bad) as db:
        db.execute("CREATE TABLE other (x)")
    with pytest.raises(Refused, match="no copy of a subscribers' database"):
        subscriber_jobs.restore(root, bad, now=NOW)
    assert path.read_bytes() == before


def test_a_database_in_use_is_not_replaced(root: Path) -> None:
    path = root / "var" / "people.sqlite"
    copy = back_up(path, root / "backup", keep=1, now=NOW)
    with Database(path) as database:
        database.row("SELECT 1 FROM subscribers")
        with pytest.raises(Refused, match="is in use; stop `subscribers serve` first"):
            put_back(copy, path, now=NOW)
        assert database.row("SELECT count(*) FROM subscribers") is not None
    assert put_back(copy, path, now=NOW)


def test_a_damaged_database_is_put_aside(root: Path) -> None:
    path = root / "var" / "people.sqlite"
    copy = back_up(path, root / "backup", keep=1, now=NOW)
    path.write_bytes(b"broken" * 1000)
    kept = put_back(copy, path, now=NOW)
    assert kept is not None
    assert kept.read_bytes().startswith(b"broken")
    with Database(path) as database:
        assert len(list(Subscribers(database).each())) == 3


def test_a_backup_while_people_come_and_go(root: Path) -> None:
    path, ended = root / "var" / "people.sqlite", threading.Event()

    def busy() -> None:
        with Database(path) as database:
            number = 0
            while not ended.is_set():
                Subscribers(database).add(f"busy{number}@example.org", consented=NOW, wording="imported")
                number += 1

    thread = threading.Thread(target=busy)
    thread.start()
    try:
        for second in range(5):
            copy = back_up(path, root / "backup", keep=9, now=NOW + timedelta(seconds=second))
            with sqlite3.connect(copy) as db:
                assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    finally:
        ended.set()
        thread.join()


@contextmanager
def caddy(folder: Path, *, port: int, service: int) -> Iterator[None]:
    """The recipe's own Caddyfile, with a certificate of its own on loopback ports."""
    text = (DEPLOY / "Caddyfile").read_text(encoding="utf-8")
    text = text.replace("news.example.org {", f"https://localhost:{port} {{\n\ttls internal", 1).replace(
        "127.0.0.1:8025", f"127.0.0.1:{service}"
    )
    options = "{\n\tadmin off\n\tauto_https disable_redirects\n\tskip_install_trust\n}\n"
    (folder / "Caddyfile").write_text(options + text, encoding="utf-8")
    environment = {**os.environ, "HOME": str(folder), "XDG_DATA_HOME": str(folder), "XDG_CONFIG_HOME": str(folder)}
    command = [tool("caddy", "caddy"), "run", "--adapter", "caddyfile", "--config", str(folder / "Caddyfile")]
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(command, env=environment, stdout=log, stderr=log)
    try:
        for _ in range(200):
            if (folder / "caddy" / "pki" / "authorities" / "local" / "root.crt").exists():
                break
            assert process.poll() is None, (folder / "log").read_text()
            time.sleep(0.05)
        yield
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=20)


def trusting(home: Path) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=home / "caddy/pki/authorities/local/root.crt")


def test_behind_the_recipe_s_proxy_a_caller_cannot_name_itself(root: Path, tmp_path: Path) -> None:
    """Real Caddy with TLS before the real service: twenty asks an hour a caller, whatever X-Forwarded-For it sends."""
    tool("caddy", "caddy")
    port, service = free_port(), free_port()
    url = f"https://localhost:{port}/mail/"
    (root / "newsletter.yml").write_text(
        f"title: T\nurl: https://example.github.io/briefing/\n"
        "publisher: {name: P, postal_address: S, email: e@example.org, responsible: R}\n"
        "email: {transport: smtp, smtp: {host: 127.0.0.1, port: 1, security: none}}\n"
        f"subscribers: {{database: var/people.sqlite, url: '{url}', proxies: [127.0.0.1/32]}}\n",
        encoding="utf-8",
    )
    words = ["subscribers", "serve", "-C", str(root), "--port", str(service)]
    process = subprocess.Popen([sys.executable, "-m", "groundwire", *words], cwd=ROOT, stderr=subprocess.DEVNULL)
    home = tmp_path / "caddy-home"
    home.mkdir()
    try:
        with (
            caddy(home, port=port, service=service),
            httpx2.Client(verify=trusting(home)) as client,
        ):
            for _ in range(200):
                with_answer = None
                with suppress(httpx2.TransportError):
                    with_answer = client.get(url)
                if with_answer is not None and with_answer.status_code == 200:
                    break
                time.sleep(0.05)
            asked = [
                client.post(url, data={"email": f"a{n}@example.org"}, headers={"X-Forwarded-For": f"192.0.2.{n}"}).status_code
                for n in range(22)
            ]
        assert asked == [200] * 20 + [429] * 2
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=20)
