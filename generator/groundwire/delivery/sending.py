"""An issue on its way to subscribers by SMTP: what may be sent, the letter, the ledger, the relay."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

from groundwire.delivery.ready import NONE_READY, WAIT_MIN, Desk, lacking_publisher, web_fetch
from groundwire.errors import Refused
from groundwire.files.lock import held
from groundwire.mail.confirmation import Asked, confirmation
from groundwire.mail.letter import Letter
from groundwire.mail.links import Fetch
from groundwire.mail.message import Recipient, stencil
from groundwire.mail.smtp import Carrier, Relay, Reply
from groundwire.ports import Tell
from groundwire.publication.content import Issue
from groundwire.settings import Settings
from groundwire.subscribers.database import Database
from groundwire.subscribers.dispatch import Rules, World, dispatch
from groundwire.subscribers.ledger import Claim, Deliveries
from groundwire.subscribers.store import CONFIRMATIONS, Subscribers
from groundwire.wiring import Places

LEAVE, TEST = "u/", "u/test"  # below subscribers.url


@dataclass(frozen=True)
class Office:
    """What sending works with."""

    desk: Desk
    database: Database
    rules: Rules
    world: World

    @property
    def settings(self) -> Settings:
        """The publication's."""
        return self.desk.settings

    @property
    def deliveries(self) -> Deliveries:
        """The send ledger."""
        return Deliveries(self.database)

    @property
    def subscribers(self) -> Subscribers:
        """The people."""
        return Subscribers(self.database)

    @property
    def lock(self) -> Path:
        """The folder in which senders on this machine lock each other out, by mailing."""
        return self.database.path.with_name(self.database.path.name + ".lock")


def system_world(tell: Tell, *, now: datetime | None = None, stop: Callable[[], bool] = lambda: False) -> World:
    """Make a world with the real clocks. `now`: what they are set to as this begins."""
    ahead = now - datetime.now(UTC) if now else timedelta()
    return World(lambda: datetime.now(UTC) + ahead, time.monotonic, time.sleep, tell, stop)


def make_office(
    root: Path, settings: Settings, database: Database, *, world: World, fetch: Fetch | None = None, minutes: float = WAIT_MIN
) -> Office:
    """Make the real parts. `fetch` gets the site's pages, from the web if none is given."""
    rules = Rules(per_second=settings.email.smtp.per_second)
    return Office(Desk(settings, Places(root), fetch or web_fetch(settings), minutes), database, rules, world)


def relay(settings: Settings, environment: Mapping[str, str] = os.environ) -> Relay:
    """Make the relay of the settings, with its password from the environment."""
    user, password = environment.get("SMTP_USER", ""), environment.get("SMTP_PASSWORD", "")
    return Relay(settings.email.smtp, sender=sender(settings), user=user, password=password)


def sender(settings: Settings) -> str:
    """Return the address that mail comes from. Raises Refused if none is set."""
    found = settings.email.sender or settings.publisher.email
    if not found:
        raise Refused("newsletter.yml names no sender; write for example\nemail: {sender: briefing@example.org}")
    return found


def database_path(root: Path, settings: Settings, *, new: bool = False) -> Path:
    """Find the subscribers' database; `new` may make one.

    Raises Refused, naming both ways to set it up, if this machine has none.
    """
    named = settings.subscribers.database
    if named and (new or (root / named).exists()):
        return root / named
    raise Refused(
        f"there is no subscribers' database here{f' ({root / named})' if named else ''}, so nobody can be mailed from here. Two set-ups work:\n"
        "  on a server of yours: in newsletter.yml\n"
        "     email: {transport: smtp, smtp: {host: smtp.example.org, user: newsletter}}\n"
        "     subscribers: {database: /var/lib/groundwire/subscribers.sqlite, url: https://news.example.org/mail/}\n"
        "     and there `groundwire subscribers serve` takes sign-ups and sends each issue (`subscribers import` brings a list along)\n"
        "  without a server, by a service that has the subscribers: email: {transport: listmonk} or email: {transport: buttondown};\n"
        "     there the workflow Newsletter sends each issue"
    )


def require_sender(settings: Settings) -> None:
    """Raise Refused with everything that real mail lacks: who answers for it, and where one leaves."""
    lacking = lacking_publisher(settings)
    url = urlsplit(settings.subscribers.url or "")
    if url.scheme != "https" and url.hostname not in ("localhost", "127.0.0.1"):
        lacking.append("subscribers.url (it starts with https://; without it nobody could unsubscribe)")
    if lacking:
        raise Refused("mail to subscribers needs in newsletter.yml: " + ", ".join(lacking))
    sender(settings)


def service_url(settings: Settings) -> str:
    """Return the service's address, with a slash at its end."""
    return str(settings.subscribers.url or "").rstrip("/") + "/"


def sendable(office: Office, *, now: datetime) -> tuple[Issue, ...]:
    """List the issues that have a mail to send now, oldest first. Raises Refused if the newest one must not go."""
    ready = office.desk.ready()
    if not ready:
        raise Refused(NONE_READY)
    found = tuple(page for page in ready if not _barred(office, page, now=now) and not _through(office, page))
    if not found and (why := _barred(office, ready[-1], now=now)):
        raise Refused(f"{ready[-1].meta.id} {why}")
    return found


def _through(office: Office, page: Issue) -> bool:
    return _sent(office, page.meta.id)


def _sent(office: Office, name: str) -> bool:
    """Say whether an issue's sending began and has come to its end."""
    counts = office.deliveries.counts(name)
    return bool(office.deliveries.started(name)) and not counts["queued"] + counts["sending"]


def _barred(office: Office, page: Issue, *, now: datetime) -> str:
    """Say why an issue must not go to anybody; '' if it may, or has already begun to."""
    if office.deliveries.started(page.meta.id):
        return ""
    if page.meta.corrects and not _sent(office, page.meta.corrects):
        return f"corrects {page.meta.corrects}, which has not been sent from here to everybody yet; it goes to those who got it"
    return office.desk.barred(page, now=now)


def send_issue(office: Office, page: Issue, *, relay: Carrier, resume: bool = True) -> str:
    """Send one issue to whoever has not got it yet; the answer is a line for the owner. Raises Refused where it pauses.

    `resume`: go on with one that paused, as a person wants who sends it again.
    """
    deliveries, name, now = office.deliveries, page.meta.id, office.world.clock
    with held(office.lock / name, command=f"send ({name})"):
        letter = office.desk.letter(page)
        if not deliveries.started(name):
            office.desk.await_site(letter, office.world)
            deliveries.freeze(name, now=now(), corrects=page.meta.corrects)
        deliveries.release(name)
        deliveries.hasten(name, now=now(), longest=timedelta(seconds=office.rules.longest_wait_s))
        if resume:
            deliveries.pause(name, None)
        before = deliveries.counts(name)
        reason = dispatch(deliveries, name, post=poster(office, letter, relay), rules=office.rules, world=office.world)
        line = told(name, deliveries.counts(name) - before, deliveries.counts(name))
    if reason:
        raise Refused(f"{line}\npaused: {reason}\nNobody is lost: mend it, then `groundwire send` goes on where it stopped.")
    return line


def plan(office: Office) -> str:
    """Say what sending would do now with the issues that may go, and with the newest, a line each; changes nothing."""
    now, ready = office.world.clock(), office.desk.ready()
    open_ones = [page for page in ready if page is ready[-1] or not (_barred(office, page, now=now) or _through(office, page))]
    return "\n".join(f"{page.meta.id}: {_planned(office, page, now=now)}" for page in open_ones)


def _planned(office: Office, page: Issue, *, now: datetime) -> str:
    deliveries, name = office.deliveries, page.meta.id
    if deliveries.started(name):
        counts, why = deliveries.counts(name), deliveries.paused(name)
        left = counts["queued"] + counts["sending"]
        said = f"would go to {left} more, {counts['sent']} have got it" if left else f"was sent to {counts['sent']} before"
        return said + (f"; paused: {why.splitlines()[0]}" if left and why else "")
    if why := _barred(office, page, now=now):
        return why
    missing = office.desk.missing(page)
    waits = f"; it would wait for the site: {missing[0]}" if missing else ""
    return f"would go to {deliveries.recipients(corrects=page.meta.corrects)}{waits}"


def hold_back(office: Office, *, why: str, now: datetime) -> tuple[str, ...]:
    """Pause each issue that would be sent now, with its recipients frozen, until a person sends it; return their ids."""
    held_back = []
    for page in office.desk.ready():
        if not _barred(office, page, now=now) and not _through(office, page):
            office.deliveries.freeze(page.meta.id, now=now, corrects=page.meta.corrects)
            office.deliveries.pause(page.meta.id, why)
            held_back.append(page.meta.id)
    return tuple(held_back)


def poster(office: Office, letter: Letter, relay: Carrier) -> Callable[[Claim], Reply]:
    """Make the function that hands one subscriber's message to the relay.

    Who turns out to have no mailbox is not mailed again.
    """
    mould, keys, base = stencil(letter), office.subscribers.keys, service_url(office.settings)

    def post(claim: Claim) -> Reply:
        url = base + LEAVE + keys.leave(claim.subscriber)
        try:
            data = mould.message(Recipient(claim.email, url, id=claim.id))
        except ValueError as error:
            return Reply("refused", str(error))
        reply = relay.send(claim.email, data)
        if reply.hard:
            office.subscribers.undeliverable(claim.subscriber, hard=True, now=office.world.clock())
        return reply

    return post


def send_confirmations(office: Office, *, relay: Carrier) -> str:
    """Send the mails that ask for confirmation; the answer says why it stopped, '' where it is through."""
    base = service_url(office.settings)

    def post(claim: Claim) -> Reply:
        keys = office.subscribers.keys
        when = datetime.fromtimestamp(claim.requested, UTC)
        asked = Asked(claim.email, f"{base}confirm/{keys.confirm(claim.subscriber, claim.requested)}", claim.id, when)
        try:
            data = confirmation(asked, settings=office.settings, sender=sender(office.settings))
        except ValueError as error:
            return Reply("refused", str(error))
        reply = relay.send(claim.email, data)
        # Anybody can type any address into the form, so one that the relay won't take must not hold up the others.
        return replace(reply, outcome="later") if reply.outcome == "blocked" else reply

    with held(office.lock / CONFIRMATIONS, command="send (confirmations)"):
        office.deliveries.release(CONFIRMATIONS)
        return dispatch(office.deliveries, CONFIRMATIONS, post=post, rules=office.rules, world=office.world)


def send_test(desk: Desk, address: str, *, relay: Carrier, now: datetime) -> str:
    """Send the newest ready issue to one address, its subject marked; the ledger knows nothing of it."""
    page, settings = desk.newest(), desk.settings
    letter = desk.letter(page)
    marked = replace(letter, subject=f"[Test] {letter.subject}")
    leave = service_url(settings) + TEST if settings.subscribers.url else f"mailto:{sender(settings)}?subject=unsubscribe"
    # Another Message-ID each time: mailboxes drop what they have seen, and the subscriber's own must not be dropped for this.
    reply = relay.send(address, stencil(marked).message(Recipient(address, leave, id=f"test {now.isoformat()} {address}")))
    if reply.outcome != "accepted":
        raise Refused(f"the mail server did not take it: {reply.text}")
    return f"{page.meta.id}: sent to {address} as a test; no subscriber got anything"


def told(name: str, new: Mapping[str, int], all_: Mapping[str, int]) -> str:
    """Say what a sending did, in words and without an address."""
    words = {
        "sent": "sent",
        "refused": "refused for good",
        "failed": "given up",
        "left": "left meanwhile",
        "queued": "still to send",
    }
    news = [f"{new.get('sent', 0)} sent now"]
    return f"{name}: " + " · ".join(news + [f"{all_[key]} {word} in all" for key, word in words.items() if all_.get(key)])
