"""`groundwire subscribers`: who gets the newsletter, and the service where they join and leave. Addresses are in no summary."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import click

from groundwire.cli.common import by_clock, in_folder, in_folder_of_group, progress, say
from groundwire.cli.send import checked_address, require_smtp
from groundwire.delivery import posting, sending
from groundwire.errors import InputError, Problem
from groundwire.ports import Tell
from groundwire.settings import load_settings
from groundwire.subscribers.backup import back_up, put_back
from groundwire.subscribers.bounce import read_bounce
from groundwire.subscribers.csvfile import take_in, write_out
from groundwire.subscribers.database import Database
from groundwire.subscribers.ledger import Deliveries
from groundwire.subscribers.store import Subscribers
from groundwire.text.plain import clean

SHOWN = 20  # lines of a list that were not understood; the others are counted
_ALWAYS = ("new", "known", "suppressed")  # said also where there are none


@click.group()
@in_folder_of_group
def subscribers() -> None:
    """Who gets the newsletter: the service where people join and leave, and the lists."""


@subscribers.command()
@in_folder
@click.option("--host", default="127.0.0.1", show_default=True, help="Where to listen; put a reverse proxy with TLS before it.")
@click.option("--port", type=click.IntRange(0, 65535), default=8025, show_default=True, help="The port to listen on.")
def serve_command(root: Path, host: str, port: int) -> None:
    """Take sign-ups, confirm them by mail, let people leave, and send each ready issue once it is on the site. Until ^C."""
    serve(root, host=host, port=port, tell=progress)


@subscribers.command()
@in_folder
def list_command(root: Path) -> None:
    """Show everybody, with status and the day of their consent, and whom a paused issue waits for, with the mail server's answer."""
    click.echo(listed(root))  # never by say(): a workflow's summary may be public


@subscribers.command()
@in_folder
@by_clock
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def import_command(root: Path, now: datetime, file: Path) -> None:
    """Take in a CSV list with the columns email and consented_at, and status where it has one: ours or another service's.

    Nobody is mailed who left, bounced or has not confirmed, there or here, or whose status is not understood: those are told by line.
    """
    say(import_list(root, file, now=now))


@subscribers.command()
@in_folder
@click.option(
    "--output", type=click.Path(dir_okay=False, path_type=Path), help="Write here, for your eyes only, not to the terminal."
)
def export_command(root: Path, output: Path | None) -> None:
    """Write everybody as CSV: address, consent (time and wording), status."""
    if output:
        say(export_file(root, output))
    else:
        click.echo(export_list(root))


@subscribers.command()
@in_folder
@by_clock
@click.argument("address")
def erase_command(root: Path, now: datetime, address: str) -> None:
    """Forget a person: only a hash remains, so that no import brings the address back."""
    say(erase(root, address, now=now))


@subscribers.command()
@in_folder
@by_clock
@click.argument("files", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path))
def bounces_command(root: Path, now: datetime, files: tuple[Path, ...]) -> None:
    """Read mails that came back (files of the bounce mailbox). Dead addresses are not mailed again; reports without our own signed link are not believed."""
    say(bounces(root, files, now=now))


@subscribers.command()
@in_folder
@by_clock
@click.option("--keep", type=click.IntRange(1), default=14, show_default=True, help="How many copies stay in FOLDER.")
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
def backup_command(root: Path, now: datetime, keep: int, folder: Path) -> None:
    """Copy the database into FOLDER, whole and checked, while the service goes on."""
    say(backup(root, folder, keep=keep, now=now))


@subscribers.command()
@in_folder
@by_clock
@click.argument("copy", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def restore_command(root: Path, now: datetime, copy: Path) -> None:
    """Put a copy back, with the service stopped. Issues that may have been sent since wait until you send them."""
    say(restore(root, copy, now=now))


@subscribers.command()
@in_folder
def rotate_command(root: Path) -> None:
    """Sign links with a new key, where the old one may be known: open confirmations end, links to unsubscribe stay good."""
    say(rotate(root))


def serve(root: Path, *, host: str, port: int, tell: Tell) -> None:
    """Take sign-ups and send each ready issue once, until interrupted; where another service sends by now, only let people leave."""
    from groundwire.delivery.serving import serve as serve_it

    settings = load_settings(root)
    moved = settings.email.transport in posting.SERVICES
    if not moved:
        require_smtp(settings)
        sending.require_sender(settings)
    path = sending.database_path(root, settings, new=not moved)
    with Database(path) as database:
        serve_it(root, settings, database, host=host, port=port, tell=tell)


def listed(root: Path) -> str:
    """Say how many there are, and who."""
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
    """Write everybody as CSV."""
    with _people(root) as people:
        return write_out(people.each()).rstrip("\n")


def export_file(root: Path, output: Path) -> str:
    """Write the same into a file that only its owner reads."""
    text = export_list(root) + "\n"
    output.touch(mode=0o600)
    output.write_text(text, encoding="utf-8")
    return f"wrote {output}"


def erase(root: Path, address: str, *, now: datetime) -> str:
    """Forget one person."""
    email = checked_address(address)
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
        office = sending.make_office(root, settings, database, world=sending.system_world(lambda _line: None, now=now))
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
