"""What tests of sending share: a database with people, a letter, clocks that don't wait, a real SMTP sink, a flaky way to it."""

from __future__ import annotations

import contextlib
import os
import random
import re
import shutil
import socket
import subprocess
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from groundwire.mail.letter import Letter
from groundwire.mail.message import Recipient, stencil
from groundwire.mail.smtp import Relay, Reply
from groundwire.settings import Smtp
from groundwire.subscribers.database import Database
from groundwire.subscribers.dispatch import Rules, World, dispatch
from groundwire.subscribers.ledger import Claim, Deliveries
from groundwire.subscribers.store import Subscribers

NOW = datetime(2026, 11, 27, 9, 0, tzinfo=UTC)
MAILING = "2026-w48"
LETTER = Letter(
    issue=MAILING,
    subject="Harbour authority restores its cranes",
    preheader="Also: more",
    html='<html lang="en"><p>News. <a href="https://tok.invalid/">leave</a></p></html>\n',
    text="News.\nUnsubscribe:\nhttps://tok.invalid/\n",
    token="https://tok.invalid/",
    date=NOW,
    language="en",
    web_url="https://example.github.io/briefing/issues/2026-w48/",
    list_id="briefing.example.github.io",
    sender_name="The Example Briefing",
    sender="briefing@example.org",
    reply_to=None,
    items=1,
    online=0,
)
FAST = Rules(per_second=1_000_000)


def peopled(path: Path, count: int) -> Database:
    """A database with so many active subscribers, reader0@example.org and on."""
    database = Database(path)
    with database.write() as db:
        rows = [(number.to_bytes(8, "big"), f"reader{number}@example.org") for number in range(count)]
        db.executemany("INSERT INTO subscribers (id, email, status, consented) VALUES (?, ?, 'active', 1700000000)", rows)
    return database


@dataclass
class Time:
    """A clock that a sleep moves on, so that no test waits."""

    now: datetime = NOW
    slept: list[float] = field(default_factory=list)
    told: list[str] = field(default_factory=list)

    def sleep(self, seconds: float) -> None:
        """Move on."""
        self.slept.append(seconds)
        self.now += timedelta(seconds=seconds)

    @property
    def world(self) -> World:
        """For the loop that sends."""
        return World(lambda: self.now, self.now_ticks, self.sleep, self.told.append)

    def now_ticks(self) -> float:
        """Seconds of this clock."""
        return self.now.timestamp()


def real_world() -> World:
    """The real clocks, silent."""
    return World(lambda: datetime.now(UTC), time.monotonic, time.sleep, lambda line: None)


def posting(relay: Relay, keys: Callable[[Claim], str] = lambda claim: claim.subscriber.hex()) -> Callable[[Claim], Reply]:
    """Hands real messages to a relay."""
    mould = stencil(LETTER)

    def post(claim: Claim) -> Reply:
        url = f"https://news.example.org/u/{keys(claim)}"
        return relay.send(claim.email, mould.message(Recipient(claim.email, url, id=claim.id)))

    return post


def relay_to(port: int) -> Relay:
    """A relay on loopback, in clear text."""
    return Relay(Smtp(host="127.0.0.1", port=port, security="none"), sender="briefing@example.org")


def send_all(path: Path, port: int, *, per_second: float = 1_000_000, first_wait_s: float = 1) -> str:
    """What a sender's process does, from opening the database to the end."""
    with Database(path) as database, relay_to(port) as relay:
        deliveries = Deliveries(database)
        deliveries.freeze(MAILING, now=datetime.now(UTC))
        deliveries.release(MAILING)
        rules = Rules(per_second=per_second, first_wait_s=first_wait_s, longest_wait_s=first_wait_s)
        return dispatch(deliveries, MAILING, post=posting(relay), rules=rules, world=real_world())


def token_of(database: Database, email: str, scope: str = "leave") -> str:
    """A subscriber's token."""
    row = database.row("SELECT id, requested FROM subscribers WHERE email = ?", email)
    assert row is not None
    keys = Subscribers(database).keys
    return keys.leave(bytes(row["id"])) if scope == "leave" else keys.confirm(bytes(row["id"]), row["requested"])


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


@dataclass
class Sink:
    """Debian's smtp-sink: a real SMTP server that keeps what it takes in a file."""

    port: int
    dump: Path

    def taken(self) -> Counter[str]:
        """Message-IDs with how often each came."""
        return Counter(re.findall(r"(?m)^Message-ID: (<.*?>)", self._text()))

    def recipients(self) -> Counter[str]:
        """Who got how many."""
        return Counter(re.findall(r"(?m)^X-Rcpt-Args: <(.*?)>", self._text()))

    def _text(self) -> str:
        return "".join(file.read_text(encoding="ascii") for file in self.dump.parent.glob(f"{self.dump.name}*"))


@contextlib.contextmanager
def smtp_sink(*options: str) -> Iterator[Sink]:
    """A sink of the test's own; skips where Debian's postfix is not installed."""
    binary = shutil.which("smtp-sink") or shutil.which("smtp-sink", path="/usr/sbin")
    if binary is None:
        message = "smtp-sink is not installed (Debian: apt-get install postfix)"
        if os.environ.get("GROUNDWIRE_REQUIRE_ALL"):
            pytest.fail(message)
        pytest.skip(message)
    folder = Path(tempfile.mkdtemp(prefix="sink-"))
    folder.chmod(0o777)
    port, dump = free_port(), folder / "mail"
    as_root = ["-u", "nobody"] if os.geteuid() == 0 else []
    command = [binary, *as_root, *options, "-D", str(dump), f"127.0.0.1:{port}", "128"]
    process = subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    try:
        _await_port(port, process)
        yield Sink(port, dump)
    finally:
        process.kill()
        process.communicate()
        shutil.rmtree(folder)


def _await_port(port: int, process: subprocess.Popen[bytes]) -> None:
    for _ in range(200):
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        assert process.poll() is None, process.communicate()[1].decode()
        time.sleep(0.02)
    raise AssertionError("smtp-sink does not listen")


@dataclass
class Flaky:
    """A way to a sink on which answers to the mail come late, and a share of recipients is put off with 451."""

    sink: int
    late_s: float
    put_off: float
    port: int = 0
    chance: random.Random = field(default_factory=lambda: random.Random(11))
    asked: int = 0
    refused: int = 0

    def start(self) -> None:
        """Listen, in threads that end with the process."""
        server = socket.create_server(("127.0.0.1", 0))
        self.port = server.getsockname()[1]
        threading.Thread(target=self._accept, args=(server,), daemon=True).start()

    def _accept(self, server: socket.socket) -> None:
        while True:
            client, _ = server.accept()
            threading.Thread(target=self._carry, args=(client,), daemon=True).start()

    def _carry(self, client: socket.socket) -> None:
        with contextlib.suppress(OSError), client, socket.create_connection(("127.0.0.1", self.sink)) as peer:
            for one in (client, peer):
                one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            up, down = client.makefile("rb"), peer.makefile("rb")
            self._answer(down, client)
            while line := up.readline():
                self.asked += line.upper().startswith(b"RCPT")
                if line.upper().startswith(b"RCPT") and self.chance.random() < self.put_off:
                    self.refused += 1
                    client.sendall(b"451 4.7.1 come back later\r\n")
                    continue
                peer.sendall(line)
                self._answer(down, client)
                if line.upper().startswith(b"DATA"):
                    body: list[bytes] = []
                    while body[-1:] != [b".\r\n"]:
                        if not (line := up.readline()):
                            return  # the sender died in the middle of it
                        body.append(line)
                    peer.sendall(b"".join(body))
                    self._answer(down, client, late=self.late_s)

    def _answer(self, down: object, client: socket.socket, *, late: float = 0) -> None:
        lines = [down.readline()]  # type: ignore[attr-defined]  # a socket's file, whose class has no name
        while lines[-1][3:4] == b"-":
            lines.append(down.readline())  # type: ignore[attr-defined]  # the same
        time.sleep(late)
        client.sendall(b"".join(lines))
