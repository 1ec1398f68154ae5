"""An issue on its way out where no database is: into the outbox of a dry run, or as a campaign of the service that sends."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from groundwire.delivery.ready import Desk, each_issue, lacking_publisher, web_fetch
from groundwire.errors import Refused
from groundwire.mail import buttondown, listmonk
from groundwire.mail.campaign import Campaigns, drafted, started
from groundwire.mail.message import Recipient
from groundwire.mail.outbox import Outbox, Posted
from groundwire.ports import Clock
from groundwire.publication.content import Issue
from groundwire.settings import Settings, load_settings
from groundwire.subscribers.dispatch import World
from groundwire.wiring import Places

# email.transport → (the variable that holds its secret, how it is made of settings, that secret, a sleep and a clock)
SERVICES: Mapping[str, tuple[str, Callable[..., Campaigns]]] = {
    "listmonk": (listmonk.KEY, listmonk.Listmonk),
    "buttondown": (buttondown.KEY, buttondown.Buttondown),
}


def dry_run(root: Path, *, recipients: Sequence[Recipient] = ()) -> str:
    """Put the newest ready issue into the outbox, and say where. Raises Refused if there is none."""
    settings, places = load_settings(root), Places(root)
    posted, issue = post(settings, places, recipients=recipients or (_to_owner(settings),))
    fresh = f"{posted.changed} new" if posted.changed else "unchanged"
    return f"{issue.meta.id}: {posted.messages} message(s), {fresh}, sent to nobody. Look at {posted.index}"


def post(settings: Settings, places: Places, *, recipients: Sequence[Recipient]) -> tuple[Posted, Issue]:
    """Write the newest ready issue as messages in the outbox. Raises Refused if there is none."""
    desk = Desk(settings, places, web_fetch(settings))
    issue = desk.newest()
    return Outbox(places.outbox).post(desk.letter(issue), recipients), issue


def service_of(
    settings: Settings, *, sleep: Callable[[float], object], clock: Clock, environment: Mapping[str, str] = os.environ
) -> Campaigns:
    """Make the service that `email.transport` names. Raises Refused with what it lacks."""
    key, make = SERVICES[settings.email.transport]
    return make(settings, environment.get(key, "").strip(), sleep=sleep, clock=clock)


def send_campaigns(desk: Desk, service: Campaigns, *, world: World) -> str:
    """Start each ready issue once at the service that has the subscribers; a line each. Nothing ready is no fault: a push says so."""
    if lacking := lacking_publisher(desk.settings):
        raise Refused("mail to subscribers needs in newsletter.yml: " + ", ".join(lacking))
    ready = desk.ready()
    if not ready:
        return "no issue is ready, so there is nothing to send"
    open_ones = [page for page in ready if not desk.barred(page, now=world.clock())]
    if not open_ones:
        return f"nothing to send: {ready[-1].meta.id} {desk.barred(ready[-1], now=world.clock())}"
    return each_issue(open_ones, lambda page: _campaign(desk, service, page, world=world))


def plan_campaigns(desk: Desk, service: Campaigns, *, world: World) -> str:
    """Say what `send_campaigns` would do now, a line for each issue; changes nothing."""
    lines = []
    for page in desk.ready():
        why = desk.barred(page, now=world.clock())
        found = None if why else service.find(page.meta.id)
        if found and found.state != "draft":
            why = f"{service.name} has it ({found.said})"
        if why:
            lines.append(f"{page.meta.id}: {why}")
            continue
        missing = desk.missing(page)
        waits = f"; it would wait for the site: {missing[0]}" if missing else ""
        lines.append(f"{page.meta.id}: would be sent by {service.name}{waits}")
    return "\n".join(lines)


def _campaign(desk: Desk, service: Campaigns, page: Issue, *, world: World) -> str:
    name = page.meta.id
    found = service.find(name)
    if found is not None and found.state != "draft":
        return f"{name}: {service.name} has it ({found.said}): nothing was sent now"
    letter = desk.letter(page)
    desk.await_site(letter, world)
    draft = drafted(service, letter, sleep=world.sleep)
    if draft.state == "draft":
        draft = started(service, draft, letter, sleep=world.sleep)
    return f"{name}: {service.name} sends it ({draft.said})"


def test_campaign(desk: Desk, service: Campaigns, address: str, *, world: World) -> str:
    """Mail the newest ready issue to one address, as a draft of the service."""
    page = desk.newest()
    letter = desk.letter(page)
    draft = drafted(service, letter, sleep=world.sleep)
    if draft.state != "draft":
        raise Refused(f"{page.meta.id}: {service.name} has it ({draft.said}) and sends no test of what is no draft any more")
    service.test(draft, letter, address)
    return f"{page.meta.id}: {service.name} was asked to send it to {address} as a test; no subscriber got anything"


def _to_owner(settings: Settings) -> Recipient:
    address = settings.publisher.email or settings.email.sender or "reader@example.org"
    return Recipient(address, f"mailto:{address}?subject=unsubscribe", name=settings.publisher.name)
