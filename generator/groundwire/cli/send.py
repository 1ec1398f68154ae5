"""`groundwire send`: each ready issue once to every subscriber, by SMTP or by a service. Addresses are in no summary."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import click

from groundwire.cli.common import by_clock, in_folder, progress, say
from groundwire.delivery import posting, sending
from groundwire.delivery.ready import Desk, each_issue, web_fetch
from groundwire.errors import Refused
from groundwire.mail.campaign import Campaigns
from groundwire.mail.links import Fetch
from groundwire.ports import Tell
from groundwire.settings import Settings, load_settings
from groundwire.subscribers.address import kept_form
from groundwire.subscribers.database import Database
from groundwire.subscribers.dispatch import World
from groundwire.wiring import Places


@click.command()
@in_folder
@by_clock
@click.option(
    "--dry-run",
    "dry",
    is_flag=True,
    help="Put one sample of the newest ready issue's mail into the outbox, and say how many would get each issue; nobody gets anything.",
)
@click.option(
    "--test", "address", metavar="ADDRESS", help="Send the newest ready issue to this address only, its subject marked."
)
@click.option(
    "--skip",
    multiple=True,
    metavar="ADDRESS",
    help="Let paused issues wait for this reader no longer, who stays subscribed; may be given several times.",
)
def send_command(root: Path, now: datetime, dry: bool, address: str | None, skip: tuple[str, ...]) -> None:
    """Send each ready issue once to every subscriber: by SMTP from the machine that has their database, or by listmonk or Buttondown.

    First every page that the issue links to must be on the site; until then nobody is mailed. Interrupted or paused, run it
    again: it goes on where it stopped. A second run sends nothing twice.
    """
    if sum(map(bool, (dry, address, skip))) > 1:
        raise click.UsageError("--dry-run, --test and --skip don't go together")
    if dry:
        say(dry_run(root, now=now, tell=progress))
    elif address:
        say(send_test(root, address, now=now, tell=progress))
    else:
        say(send(root, now=now, skip=skip, tell=progress))


def send(
    root: Path,
    *,
    tell: Tell,
    now: datetime | None = None,
    skip: Sequence[str] = (),
    world: World | None = None,
    fetch: Fetch | None = None,
) -> str:
    """Send what is ready to every subscriber who has not got it, from `now` on. Raises Refused where it must not, or pauses.

    `skip`: addresses of readers whom paused issues shall wait for no longer.
    """
    settings = load_settings(root)
    world = world or sending.system_world(tell, now=now)
    if settings.email.transport in posting.SERVICES:
        if skip:
            raise Refused(f"--skip is for sending by SMTP; here {settings.email.transport} has the subscribers")
        desk = Desk(settings, Places(root), fetch or web_fetch(settings))
        return posting.send_campaigns(desk, _service(settings, world), world=world)
    require_smtp(settings)
    path = sending.database_path(root, settings)
    sending.require_sender(settings)
    with Database(path) as database, sending.relay(settings) as relay:
        office = sending.make_office(root, settings, database, world=world, fetch=fetch)
        for number, address in enumerate(skip, start=1):
            if not office.deliveries.skip(checked_address(address), now=world.clock()):
                raise Refused(
                    f"no paused issue waits for the address of --skip number {number}; `groundwire subscribers list` shows whom one waits for"
                )
        pages = sending.sendable(office, now=office.world.clock())
        said = each_issue(pages, lambda page: sending.send_issue(office, page, relay=relay))
    return said or "every ready issue was sent before: 0 sent now"


def dry_run(
    root: Path, *, tell: Tell, now: datetime | None = None, world: World | None = None, fetch: Fetch | None = None
) -> str:
    """Put a sample into the outbox, and say what `send` would do with each issue at `now`. Changes nothing else."""
    said, settings = posting.dry_run(root), load_settings(root)
    if settings.email.transport in ("none", "outbox"):
        return said
    world = world or sending.system_world(tell, now=now)
    try:
        return f"{said}\n{_plan(root, settings, world=world, fetch=fetch)}"
    except Refused as error:
        return f"{said}\nbefore it can be sent: {error}"


def send_test(root: Path, address: str, *, now: datetime, tell: Tell) -> str:
    """Send the newest ready issue to one address only."""
    settings, to = load_settings(root), checked_address(address)
    desk = Desk(settings, Places(root), web_fetch(settings))
    if settings.email.transport in posting.SERVICES:
        world = sending.system_world(tell, now=now)
        return posting.test_campaign(desk, _service(settings, world), to, world=world)
    require_smtp(settings)
    with sending.relay(settings) as relay:
        return sending.send_test(desk, to, relay=relay, now=now)


def require_smtp(settings: Settings) -> None:
    """Raise Refused where mail does not go by SMTP."""
    transport = settings.email.transport
    if transport != "smtp":
        raise Refused(
            f"email.transport is {transport}, so nobody is mailed; `groundwire send --dry-run` fills the outbox.\n"
            "To send, write in newsletter.yml for example\nemail: {transport: smtp, smtp: {host: smtp.example.org, user: newsletter}}"
        )


def checked_address(text: str) -> str:
    """Return an address in the form in which it is kept. Raises Refused."""
    found = kept_form(text)
    if found is None:
        raise Refused(f"{text!r} is no address that mail can be sent to")
    return found


def _plan(root: Path, settings: Settings, *, world: World, fetch: Fetch | None) -> str:
    if settings.email.transport in posting.SERVICES:
        desk = Desk(settings, Places(root), fetch or web_fetch(settings))
        return posting.plan_campaigns(desk, _service(settings, world), world=world)
    path = sending.database_path(root, settings)
    sending.require_sender(settings)
    with Database(path, read_only=True) as database:
        return sending.plan(sending.make_office(root, settings, database, world=world, fetch=fetch))


def _service(settings: Settings, world: World) -> Campaigns:
    return posting.service_of(settings, sleep=world.sleep, clock=world.clock)
