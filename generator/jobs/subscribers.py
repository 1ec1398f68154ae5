"""What `send` and `subscribers …` do: parts put together, and the words for the owner. Addresses are in no summary."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from generator.delivery import posting, sending
from generator.delivery.ready import Desk, each_issue, web_fetch
from generator.errors import InputError, Problem, Refused
from generator.jobs.doctor import Instruments, examine, written
from generator.mail.campaign import Campaigns
from generator.mail.dns import system_lookup
from generator.mail.links import Fetch
from generator.mail.reach import reach
from generator.mail.smtp import Reply
from generator.ports import Tell
from generator.settings import Settings, load_settings
from generator.subscribers.address import kept_form
from generator.subscribers.backup import back_up, put_back
from generator.subscribers.bounce import read_bounce
from generator.subscribers.csvfile import take_in, write_out
from generator.subscribers.database import Database
from generator.subscribers.dispatch import World
from generator.subscribers.store import Subscribers
from generator.wiring import Places


def send(root: Path, *, tell: Tell, world: World | None = None, fetch: Fetch | None = None) -> str:
    """Send what is ready to every subscriber who has not got it. Raises Refused where it must not, or pauses."""
    settings = load_settings(root)
    world = world or sending.system_world(tell)
    if settings.email.transport in posting.SERVICES:
        desk = Desk(settings, Places(root), fetch or web_fetch(settings))
        return posting.send_campaigns(desk, _service(settings, world), world=world)
    _require_smtp(settings)
    path = sending.database_path(root, settings)
    sending.require_sender(settings)
    with Database(path) as database, sending.relay(settings) as relay:
        office = sending.make_office(root, settings, database, world=world, fetch=fetch)
        pages = sending.sendable(office, now=office.world.clock())
        said = each_issue(pages, lambda page: sending.send_issue(office, page, relay=relay))
    return said or "every ready issue was sent before: 0 sent now"


def dry_run(root: Path, *, tell: Tell, world: World | None = None, fetch: Fetch | None = None) -> str:
    """Fill the outbox; where a service sends and its key is at hand, also say what would become of each issue there."""
    said, settings = posting.dry_run(root), load_settings(root)
    world = world or sending.system_world(tell)
    if settings.email.transport not in posting.SERVICES:
        return said
    try:
        service = _service(settings, world)
    except Refused as error:
        return f"{said}\nbefore it can be sent: {error}"
    desk = Desk(settings, Places(root), fetch or web_fetch(settings))
    return f"{said}\n{posting.plan_campaigns(desk, service, world=world)}"


def send_test(root: Path, address: str, *, now: datetime, tell: Tell) -> str:
    """Send the newest ready issue to one address only."""
    settings, to = load_settings(root), _address(address)
    desk = Desk(settings, Places(root), web_fetch(settings))
    if settings.email.transport in posting.SERVICES:
        world = sending.system_world(tell)
        return posting.test_campaign(desk, _service(settings, world), to, world=world)
    _require_smtp(settings)
    with sending.relay(settings) as relay:
        return sending.send_test(desk, to, relay=relay, now=now)


def _service(settings: Settings, world: World) -> Campaigns:
    return posting.service_of(settings, sleep=world.sleep, clock=world.clock)


def doctor(root: Path, *, tell: Tell, instruments: Instruments | None = None) -> str:
    """Look at the set-up. Raises Refused where something must be mended."""
    settings = load_settings(root)
    findings = list(examine(root, settings, instruments or _instruments(settings, tell)))
    said = written(findings)
    if any(one.level == "error" for one in findings):
        raise Refused(said)
    return said


def _instruments(settings: Settings, tell: Tell) -> Instruments:
    def probe() -> Reply:
        with sending.relay(settings) as relay:
            return relay.probe()

    return Instruments(system_lookup(), reach, probe, lambda: _service(settings, sending.system_world(tell)))


def serve(root: Path, *, host: str, port: int, tell: Tell) -> None:
    """Take sign-ups and send each ready issue once, until interrupted; where another service sends by now, only let people leave."""
    from generator.delivery.serving import serve as serve_it

    settings = load_settings(root)
    moved = settings.email.transport in posting.SERVICES
    if not moved:
        _require_smtp(settings)
        sending.require_sender(settings)
    path = sending.database_path(root, settings, new=not moved)
    with Database(path) as database:
        serve_it(root, settings, database, host=host, port=port, tell=tell)


def listed(root: Path) -> str:
    """How many there are, and who."""
    with _people(root) as people:
        everybody = list(people.each())
        counts = Counter(one.status for one in everybody)
        lines = [
            f"{one.email}\t{one.status}\t{one.consented:%Y-%m-%d}" if one.consented else f"{one.email}\t{one.status}"
            for one in everybody
        ]
        total = " · ".join(f"{counts[status]} {status}" for status in ("active", "pending", "left", "bounced"))
        return "\n".join([*lines, f"{total} · {people.suppressions()} never to be mailed again"])


def import_list(root: Path, file: Path, *, now: datetime) -> str:
    """Take in a CSV list."""
    try:
        text = file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError([Problem(str(file), f"cannot be read as UTF-8 text: {error}")]) from None
    with _people(root, new=True) as people:
        counts = take_in(text, people, file=str(file), now=now)
    return (
        f"{counts['new']} taken in · {counts['known']} known before · {counts['suppressed']} never to be mailed again, left out"
    )


def export_list(root: Path) -> str:
    """Everybody as CSV."""
    with _people(root) as people:
        return write_out(people.each()).rstrip("\n")


def export_file(root: Path, output: Path) -> str:
    """The same into a file that only its owner reads."""
    text = export_list(root) + "\n"
    output.touch(mode=0o600)
    output.write_text(text, encoding="utf-8")
    return f"wrote {output}"


def erase(root: Path, address: str, *, now: datetime) -> str:
    """Forget one person."""
    email = _address(address)
    with _people(root) as people:
        there = people.erase(email, now=now)
    return ("erased" if there else "was not there") + "; only a hash remains, so that no import brings the address back"


def bounces(root: Path, files: Sequence[Path], *, now: datetime) -> str:
    """Read the mails that came back."""
    counts: Counter[str] = Counter()
    with _people(root) as people:
        for file in files:
            found = read_bounce(file.read_bytes())
            known = found is not None and people.bounced(found.token, hard=found.hard, now=now)
            kind = "no bounce" if found is None else "not ours" if not known else "hard" if found.hard else "soft"
            counts[kind] += 1
    return f"{counts['hard']} for good, not mailed again · {counts['soft']} for now · {counts['not ours']} without our own link, not believed · {counts['no bounce']} no bounce"


def backup(root: Path, folder: Path, *, keep: int, now: datetime) -> str:
    """Copy the database while it is in use."""
    made = back_up(sending.database_path(root, load_settings(root)), folder, keep=keep, now=now)
    return f"wrote {made}"


def restore(root: Path, copy: Path, *, now: datetime) -> str:
    """Put a copy back. What it does not know to have been sent waits for a person: it may have been, after the copy was made."""
    settings = load_settings(root)
    path = sending.database_path(root, settings, new=True)
    kept = put_back(copy, path, now=now)
    with Database(path) as database:
        office = sending.make_office(root, settings, database, world=sending.system_world(lambda line: None))
        waiting = sending.hold_back(
            office, why=f"put back from {copy.name}; it may have been sent after that copy was made", now=now
        )
        people = Subscribers(database)
        counts = Counter(one.status for one in people.each())
    lines = [f"put back {copy}: {counts['active']} active · {counts.total()} in all"]
    lines += [f"what was there before is kept: {kept}"] if kept else []
    lines += [
        f"{name} waits: if it was not sent since, `groundwire send` sends it; if it was, leave it or let it expire"
        for name in waiting
    ]
    return "\n".join(lines)


def rotate(root: Path) -> str:
    """Sign links with a new key."""
    with _people(root) as people:
        people.rotate()
    return "a new key signs from now on; open confirmations ended, links to unsubscribe stay good"


@contextmanager
def _people(root: Path, *, new: bool = False) -> Iterator[Subscribers]:
    with Database(sending.database_path(root, load_settings(root), new=new)) as database:
        yield Subscribers(database)


def _require_smtp(settings: Settings) -> None:
    transport = settings.email.transport
    if transport != "smtp":
        raise Refused(
            f"email.transport is {transport}, so nobody is mailed; `groundwire send --dry-run` fills the outbox.\n"
            "To send, write in newsletter.yml for example\nemail: {transport: smtp, smtp: {host: smtp.example.org, user: newsletter}}"
        )


def _address(text: str) -> str:
    found = kept_form(text)
    if found is None:
        raise Refused(f"{text!r} is no address that mail can be sent to")
    return found
