"""`groundwire doctor`: what an owner's set-up lacks before mail can go, and after something changed. Looks, and changes nothing."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import click

from groundwire.cli.common import in_folder, progress, say
from groundwire.delivery import posting, sending
from groundwire.delivery.ready import lacking_publisher
from groundwire.errors import GroundwireError, Refused
from groundwire.mail.campaign import Campaigns
from groundwire.mail.dns import Lookup, system_lookup
from groundwire.mail.reach import Reach, Reached, reach
from groundwire.mail.records import Finding, judge
from groundwire.mail.smtp import Reply
from groundwire.ports import Tell
from groundwire.settings import PLACEHOLDER_URL, Settings, load_settings

_PUBLISHER = 'publisher: {name: Example Press, postal_address: "1 Example Street, 12345 Town", email: ed@example.org, responsible: A. Editor}'


@dataclass(frozen=True)
class Instruments:
    """What looking needs of the world. `probe` asks the relay, `service` makes the one that sends campaigns."""

    lookup: Lookup
    reach: Reach
    probe: Callable[[], Reply]
    service: Callable[[], Campaigns]


@click.command()
@in_folder
def doctor_command(root: Path) -> None:
    """Look whether mail would arrive: site, publisher, database, the link to leave, the relay or service, SPF, DKIM and DMARC.

    Says for each what is wrong and what to write. Changes nothing and mails nobody.
    """
    say(doctor(root, tell=progress))


def doctor(root: Path, *, tell: Tell, instruments: Instruments | None = None) -> str:
    """Look at the set-up. Raises Refused where something must be mended."""
    settings = load_settings(root)
    findings = list(examine(root, settings, instruments or _instruments(settings, tell)))
    said = written(findings)
    if any(one.level == "error" for one in findings):
        raise Refused(said)
    return said


def examine(root: Path, settings: Settings, instruments: Instruments) -> Iterator[Finding]:
    """Look at everything, in the order in which an owner sets it up."""
    yield from _site(settings, instruments)
    transport = settings.email.transport
    if transport in ("none", "outbox"):
        yield Finding("ok", "mail", f"email.transport is {transport}: nobody is mailed, and the rest need not be looked at")
        return
    yield from _people_in_charge(settings)
    if transport == "smtp":
        yield from _database(root, settings)
        yield from _door(settings, instruments.reach)
        yield _relay(settings, instruments)
    else:
        yield _service(instruments)
        yield _form(settings)
    if domain := _domain(settings):
        yield from judge(domain, instruments.lookup, selector=settings.email.dkim_selector)


def _site(settings: Settings, instruments: Instruments) -> Iterator[Finding]:
    if settings.url == PLACEHOLDER_URL:
        yield Finding("error", "site", "url is still the template's", "url: https://me.github.io/briefing/")
        return
    got = instruments.reach("GET", settings.url)
    if got.trouble or got.status != 200:
        said = f"{settings.url} {_told(got)}; no mail goes before the site shows what it links to"
        yield Finding("error", "site", said)
    elif f'href="{settings.url}"' not in got.body and f"href={settings.url}" not in got.body:
        yield Finding("warning", "site", f"{settings.url} shows a page that is not this publication's home")
    else:
        yield Finding("ok", "site", settings.url)


def _people_in_charge(settings: Settings) -> Iterator[Finding]:
    if lacking := lacking_publisher(settings):
        yield Finding("error", "publisher", f"newsletter.yml lacks {', '.join(lacking)}; no mail goes without", _PUBLISHER)
    else:
        yield Finding("ok", "publisher", f"{settings.publisher.name}, {settings.publisher.postal_address}")
    if settings.email.transport == "smtp" and not _domain(settings):
        yield Finding("error", "sender", "newsletter.yml names no sender", "email: {sender: briefing@example.org}")


def _database(root: Path, settings: Settings) -> Iterator[Finding]:
    try:
        path = sending.database_path(root, settings)
    except GroundwireError as error:
        yield Finding(
            "error",
            "database",
            str(error).split(". Two set-ups")[0],
            "groundwire subscribers serve  makes it, on the machine that sends",
        )
        return
    problem = _unwritable(path)
    if problem:
        yield Finding("error", "database", f"{path}: {problem}")
        return
    mode = path.stat().st_mode & 0o077
    yield Finding(
        "warning" if mode else "ok",
        "database",
        f"{path}{' can be read by others' if mode else ''}",
        f"chmod 600 {path}" if mode else "",
    )


def _unwritable(path: Path) -> str:
    """Say why nothing can be written there; '' where it can. Writes nothing, and makes no file."""
    if not os.access(path.parent, os.W_OK) or not os.access(path, os.W_OK):
        return "not writable by this user (SQLite also writes beside it)"
    try:
        with sqlite3.connect(f"file:{path}?mode=rw", uri=True, timeout=5) as db:
            db.execute("BEGIN IMMEDIATE")
            whole = db.execute("PRAGMA quick_check(1)").fetchone()[0]
            db.execute("ROLLBACK")
    except sqlite3.Error as error:
        return str(error)
    return "" if whole == "ok" else f"is damaged: {whole}; take the last backup"


def _door(settings: Settings, reach: Reach) -> Iterator[Finding]:
    """Look where one leaves, as mailboxes use it: GET shows a page, POST answers 200 and sends nowhere (RFC 8058)."""
    example = "subscribers: {url: https://news.example.org/mail/}"
    if urlsplit(settings.subscribers.url or "").scheme != "https":
        yield Finding(
            "error", "unsubscribe", "subscribers.url is not set, or does not start with https://; nobody could leave", example
        )
        return
    url = sending.service_url(settings) + sending.TEST
    for method in ("GET", "POST"):
        got = reach(method, url)
        if got.trouble or got.status != 200:
            yield Finding(
                "error",
                "unsubscribe",
                f"{method} {url} {_told(got)}; it must answer 200, from `groundwire subscribers serve`",
            )
            return
        if settings.title not in got.body and "noindex" not in got.body:
            yield Finding("error", "unsubscribe", f"something answers at {url} that is not the subscription service")
            return
    yield Finding("ok", "unsubscribe", f"{url} takes the one click")
    if not settings.subscribers.proxies:
        said = "no reverse proxy is named, so the limits count all readers as one caller: the proxy"
        yield Finding("warning", "proxies", said, "subscribers: {proxies: [127.0.0.1/32]}")


def _relay(settings: Settings, instruments: Instruments) -> Finding:
    smtp = settings.email.smtp
    try:
        reply = instruments.probe()
    except GroundwireError as error:
        return Finding("error", "relay", str(error))
    if reply.outcome != "accepted":
        return Finding("error", "relay", reply.text)
    secured = {"none": "in clear text", "starttls": "encrypted (STARTTLS)", "tls": "encrypted"}[smtp.security]
    return Finding("ok", "relay", f"{smtp.host}:{smtp.port} takes mail, {secured}")


def _service(instruments: Instruments) -> Finding:
    try:
        service = instruments.service()
        service.find("none")
    except GroundwireError as error:
        return Finding("error", "service", str(error))
    return Finding("ok", "service", f"{service.name} knows the key")


def _form(settings: Settings) -> Finding:
    if settings.subscribers.form or settings.subscribers.url:
        return Finding("ok", "form", "the site shows one")
    return Finding("warning", "form", "the site shows no form to subscribe", "subscribers: {form: {buttondown: example}}")


def _domain(settings: Settings) -> str:
    own = settings.email.sender or (settings.publisher.email if settings.email.transport == "smtp" else "")
    return own.rpartition("@")[2].lower()


def _told(got: Reached) -> str:
    """Say what came of a request, to stand after its address."""
    if got.trouble:
        return f"cannot be reached ({got.trouble})"
    return f"answers {got.status}{f' and leads to {got.location}' if got.location else ''}"


def written(findings: list[Finding]) -> str:
    """Write the findings as lines, what is wrong with an example below it."""
    lines = []
    for one in findings:
        lines.append(f"{one.level:<8}{one.what}: {one.said}")
        lines += [f"        write: {one.example}"] if one.example and one.level != "ok" else []
    wrong = sum(one.level == "error" for one in findings)
    warned = sum(one.level == "warning" for one in findings)
    return "\n".join([*lines, f"{wrong} to mend, {warned} to look at, {len(findings) - wrong - warned} right"])


def _instruments(settings: Settings, tell: Tell) -> Instruments:
    def probe() -> Reply:
        with sending.relay(settings) as relay:
            return relay.probe()

    def service() -> Campaigns:
        world = sending.system_world(tell)
        return posting.service_of(settings, sleep=world.sleep, clock=world.clock)

    return Instruments(system_lookup(), reach, probe, service)
