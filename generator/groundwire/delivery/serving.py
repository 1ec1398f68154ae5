"""`subscribers serve`: the service in front, two workers behind it; one mails those who just asked, one the issues."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

import uvicorn
from starlette.applications import Starlette

from groundwire.delivery import sending
from groundwire.delivery.posting import SERVICES
from groundwire.errors import GroundwireError
from groundwire.mail.smtp import Carrier
from groundwire.ports import Tell
from groundwire.settings import Settings
from groundwire.subscribers.app import Service, make_app
from groundwire.subscribers.database import Database
from groundwire.subscribers.store import CONFIRMATIONS

LOOK_S = 30.0  # how often the issues are looked at


@dataclass
class Workers:
    """The two that mail: confirmations and issues.

    Each opens its own connection to the relay when there is something to send, and closes it after.
    """

    office: sending.Office
    tell: Tell
    connect: Callable[[], AbstractContextManager[Carrier]]
    look_s: float = LOOK_S
    ended: threading.Event = field(default_factory=threading.Event)
    calls: list[threading.Event] = field(default_factory=list)

    def start(self) -> list[threading.Thread]:
        """Start both; they go on until `end`."""
        threads = []
        for job in (self._confirmations, self._issues):
            self.calls.append(threading.Event())
            threads.append(threading.Thread(target=self._again, args=(job, self.calls[-1]), name=job.__name__))
        for thread in threads:
            thread.start()
        return threads

    def wake(self) -> None:
        """Let both look at once: somebody asked, or confirmed."""
        for call in self.calls:
            call.set()

    def end(self, threads: list[threading.Thread]) -> None:
        """Stop after the mail in hand."""
        self.ended.set()
        self.wake()
        for thread in threads:
            thread.join()

    def _again(self, job: Callable[[], str], call: threading.Event) -> None:
        last = ""
        while not self.ended.is_set():
            try:
                line = job()
            except GroundwireError as error:
                line = str(error)
            except Exception as error:  # a bug in one mailing must not end the service; it is told, and tried again
                line = f"a bug in {job.__name__}: {type(error).__name__}: {error}"
            if line and line != last:
                self.tell(line)
            last = line or last
            call.wait(self.look_s)
            call.clear()

    def _confirmations(self) -> str:
        office = self.office
        office.subscribers.sweep(now=office.world.clock())
        due = office.deliveries.next_due(CONFIRMATIONS)
        if not (due and due <= office.world.clock()) and not office.deliveries.counts(CONFIRMATIONS)["sending"]:
            return ""
        with self.connect() as relay:
            reason = sending.send_confirmations(office, relay=relay)
        return f"confirmations wait: {reason}" if reason else ""

    def _issues(self) -> str:
        office, lines = self.office, []
        for page in sending.sendable(office, now=office.world.clock()):
            if not self.ended.is_set() and not office.deliveries.paused(page.meta.id):
                try:
                    with self.connect() as relay:
                        lines.append(sending.send_issue(office, page, relay=relay, resume=False))
                except GroundwireError as error:  # one that cannot go must not hold up the others
                    lines.append(str(error))
        return "\n".join(lines)


def make_workers(root: Path, settings: Settings, database: Database, *, tell: Tell) -> Workers:
    """Make the workers with the real clocks.

    They wait for the site by looking again, and no wait outlasts the call to stop.
    """
    ended = threading.Event()
    world = sending.system_world(tell, stop=ended.is_set)
    world = replace(world, sleep=ended.wait)
    office = sending.make_office(root, settings, database, world=world, minutes=0)
    return Workers(office, tell, lambda: sending.relay(settings), ended=ended)


def make_service(settings: Settings, database: Database, *, wake: Callable[[], None]) -> Starlette:
    """Make the service of the settings."""
    service = Service(
        database=database,
        url=sending.service_url(settings),
        site=settings.url,
        title=settings.title,
        language=settings.language,
        proxies=settings.subscribers.proxies,
        clock=lambda: datetime.now(UTC),
        wake=wake,
        closed=settings.email.transport in SERVICES,
    )
    return make_app(service)


def serve(root: Path, settings: Settings, database: Database, *, host: str, port: int, tell: Tell) -> None:
    """Serve until interrupted. There is no access log: it would hold addresses of people and their tokens.

    Where another service sends by now, it mails nobody: it stays for the links to unsubscribe in earlier mails.
    """
    workers = make_workers(root, settings, database, tell=tell)
    app = make_service(settings, database, wake=workers.wake)
    config = uvicorn.Config(
        app, host=host, port=port, log_level="warning", access_log=False, proxy_headers=False, server_header=False
    )
    tell(f"listening on {host}:{port} for {sending.service_url(settings)} (^C ends it)")
    threads = [] if settings.email.transport in SERVICES else workers.start()
    try:
        uvicorn.Server(config).run()
    finally:
        workers.end(threads)
