"""What `send` and `subscribers …` do: parts put together, and the words for the owner. Addresses are in no summary."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from groundwire.delivery import posting, sending
from groundwire.delivery.ready import Desk, each_issue, web_fetch
from groundwire.errors import InputError, Problem, Refused
from groundwire.jobs.doctor import Instruments, examine, written
from groundwire.mail.campaign import Campaigns
from groundwire.mail.dns import system_lookup
from groundwire.mail.links import Fetch
from groundwire.mail.reach import reach
from groundwire.mail.smtp import Reply
from groundwire.ports import Tell
from groundwire.settings import Settings, load_settings
from groundwire.subscribers.address import kept_form
from groundwire.subscribers.backup import back_up, put_back
from groundwire.subscribers.bounce import read_bounce
from groundwire.subscribers.csvfile import take_in, write_out
from groundwire.subscribers.database import Database
from groundwire.subscribers.dispatch import World
from groundwire.subscribers.ledger import Deliveries
from groundwire.subscribers.store import Subscribers
from groundwire.text.plain import clean
from groundwire.wiring import Places

SHOWN = 20  # lines of a list that were not understood; the others are counted
_ALWAYS = ("new", "known", "suppressed")  # said also where there are none


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
    _require_smtp(settings)
    path = sending.database_path(root, settings)
    sending.require_sender(settings)
    with Database(path) as database, sending.relay(settings) as relay:
        office = sending.make_office(root, settings, database, world=world, fetch=fetch)
        for number, address in enumerate(skip, start=1):
            if not office.deliveries.skip(_address(address), now=world.clock()):
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


def _plan(root: Path, settings: Settings, *, world: World, fetch: Fetch | None) -> str:
    if settings.email.transport in posting.SERVICES:
        desk = Desk(settings, Places(root), fetch or web_fetch(settings))
        return posting.plan_campaigns(desk, _service(settings, world), world=world)
    path = sending.database_path(root, settings)
    sending.require_sender(settings)
    with Database(path, read_only=True) as database:
        return sending.plan(sending.make_office(root, settings, database, world=world, fetch=fetch))


def send_test(root: Path, address: str, *, now: datetime, tell: Tell) -> str:
    """Send the newest ready issue to one address only."""
    settings, to = load_settings(root), _address(address)
    desk = Desk(settings, Places(root), web_fetch(settings))
    if settings.email.transport in posting.SERVICES:
        world = sending.system_world(tell, now=now)
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
    from groundwire.delivery.serving import serve as serve_it

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
    with Database(sending.database_path(root, load_settings(root))) as database:
        people, stopped_at = Subscribers(database), Deliveries(database).stopped_at()
        everybody = list(people.each())
        counts = Counter(one.status for one in everybody)
        lines = []
        for one in everybody:
            consented = f"{one.consented:%Y-%m-%d}" if one.consented else ""
            cells = (one.email, one.status, consented, clean(stopped_at.get(one.id, "")))
            lines.append("\t".join(cells).rstrip("\t"))
        total = " · ".join(f"{counts[status]} {status}" for status in ("active", "pending", "left", "bounced"))
        return "\n".join([*lines, f"{total} · {people.suppressions()} never to be mailed again"])


def import_list(root: Path, file: Path, *, now: datetime) -> str:
    """Take in a CSV list."""
    try:
        text = file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError([Problem(str(file), f"cannot be read as UTF-8 text: {error}")]) from None
    doubts: list[Problem] = []
    with _people(root, new=True) as people:
        counts = take_in(text, people, file=str(file), now=now, doubt=doubts.append)
    words = {
        "new": "taken in",
        "known": "known before",
        "suppressed": "never to be mailed again, left out",
        "left": "left before, not to be mailed",
        "bounced": "bounced before, never to be mailed",
        "pending": "not confirmed, not to be mailed",
        "ended": "subscribed here and ended by the list",
        "doubted": "not understood, left out",
    }
    head = " · ".join(f"{counts[key]} {said}" for key, said in words.items() if counts[key] or key in _ALWAYS)
    more = [f"and {len(doubts) - SHOWN} more such lines"] if len(doubts) > SHOWN else []
    return "\n".join([head, *map(str, doubts[:SHOWN]), *more])


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
            counts[_take_bounce(people, file.read_bytes(), now=now)] += 1
    said = f"{counts['hard']} for good, not mailed again · {counts['soft']} for now · {counts['not ours']} without our own link, not believed · {counts['no bounce']} no bounce"
    return said + (f" · {counts['other']} that may be no fault of the reader's, not counted" if counts["other"] else "")


def _take_bounce(people: Subscribers, data: bytes, *, now: datetime) -> str:
    """Write down what a report says of its reader; says of which kind it was."""
    found = read_bounce(data)
    if found is None:
        return "no bounce"
    if not (found.hard or found.soft):
        return "other" if people.leaves(found.token) else "not ours"
    if not people.bounced(found.token, hard=found.hard, now=now):
        return "not ours"
    return "hard" if found.hard else "soft"


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
        office = sending.make_office(root, settings, database, world=sending.system_world(lambda line: None, now=now))
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
