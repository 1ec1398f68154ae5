"""`groundwire send` and `groundwire subscribers …`. Options only; the work is in `jobs/subscribers.py`."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click

from groundwire.cli.common import by_clock, in_folder, progress, say


@click.command()
@in_folder
@by_clock
@click.option(
    "--dry-run",
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
def send(root: Path, now: datetime, dry_run: bool, address: str | None, skip: tuple[str, ...]) -> None:
    """Send each ready issue once to every subscriber: by SMTP from the machine that has their database, or by listmonk or Buttondown.

    First every page that the issue links to must be on the site; until then nobody is mailed. Interrupted or paused, run it
    again: it goes on where it stopped. A second run sends nothing twice.
    """
    from groundwire.jobs import subscribers as subscriber_jobs

    if sum(map(bool, (dry_run, address, skip))) > 1:
        raise click.UsageError("--dry-run, --test and --skip don't go together")
    if dry_run:
        say(subscriber_jobs.dry_run(root, now=now, tell=progress))
    elif address:
        say(subscriber_jobs.send_test(root, address, now=now, tell=progress))
    else:
        say(subscriber_jobs.send(root, now=now, skip=skip, tell=progress))


@click.command()
@in_folder
def doctor(root: Path) -> None:
    """Look whether mail would arrive: site, publisher, database, the link to leave, the relay or service, SPF, DKIM and DMARC.

    Says for each what is wrong and what to write. Changes nothing and mails nobody.
    """
    from groundwire.jobs import subscribers as subscriber_jobs

    say(subscriber_jobs.doctor(root, tell=progress))


@click.group()
def subscribers() -> None:
    """Who gets the newsletter: the service where people join and leave, and the lists."""


@subscribers.command()
@in_folder
@click.option("--host", default="127.0.0.1", show_default=True, help="Where to listen; put a reverse proxy with TLS before it.")
@click.option("--port", type=click.IntRange(0, 65535), default=8025, show_default=True, help="The port to listen on.")
def serve(root: Path, host: str, port: int) -> None:
    """Take sign-ups, confirm them by mail, let people leave, and send each ready issue once it is on the site. Until ^C."""
    from groundwire.jobs import subscribers as subscriber_jobs

    subscriber_jobs.serve(root, host=host, port=port, tell=progress)


@subscribers.command("list")
@in_folder
def list_(root: Path) -> None:
    """Show everybody, with status and the day of their consent, and whom a paused issue waits for, with the mail server's answer."""
    from groundwire.jobs import subscribers as subscriber_jobs

    click.echo(subscriber_jobs.listed(root))  # never by say(): a workflow's summary may be public


@subscribers.command("import")
@in_folder
@by_clock
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def import_(root: Path, now: datetime, file: Path) -> None:
    """Take in a CSV list with the columns email and consented_at, and status where it has one: ours or another service's.

    Nobody is mailed who left, bounced or has not confirmed, there or here, or whose status is not understood: those are told by line.
    """
    from groundwire.jobs import subscribers as subscriber_jobs

    say(subscriber_jobs.import_list(root, file, now=now))


@subscribers.command()
@in_folder
@click.option(
    "--output", type=click.Path(dir_okay=False, path_type=Path), help="Write here, for your eyes only, not to the terminal."
)
def export(root: Path, output: Path | None) -> None:
    """Write everybody as CSV: address, consent (time and wording), status."""
    from groundwire.jobs import subscribers as subscriber_jobs

    if output:
        say(subscriber_jobs.export_file(root, output))
    else:
        click.echo(subscriber_jobs.export_list(root))


@subscribers.command()
@in_folder
@by_clock
@click.argument("address")
def erase(root: Path, now: datetime, address: str) -> None:
    """Forget a person: only a hash remains, so that no import brings the address back."""
    from groundwire.jobs import subscribers as subscriber_jobs

    say(subscriber_jobs.erase(root, address, now=now))


@subscribers.command()
@in_folder
@by_clock
@click.argument("files", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path))
def bounces(root: Path, now: datetime, files: tuple[Path, ...]) -> None:
    """Read mails that came back (files of the bounce mailbox). Dead addresses are not mailed again; reports without our own signed link are not believed."""
    from groundwire.jobs import subscribers as subscriber_jobs

    say(subscriber_jobs.bounces(root, files, now=now))


@subscribers.command()
@in_folder
@by_clock
@click.option("--keep", type=click.IntRange(1), default=14, show_default=True, help="How many copies stay in FOLDER.")
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
def backup(root: Path, now: datetime, keep: int, folder: Path) -> None:
    """Copy the database into FOLDER, whole and checked, while the service goes on."""
    from groundwire.jobs import subscribers as subscriber_jobs

    say(subscriber_jobs.backup(root, folder, keep=keep, now=now))


@subscribers.command()
@in_folder
@by_clock
@click.argument("copy", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def restore(root: Path, now: datetime, copy: Path) -> None:
    """Put a copy back, with the service stopped. Issues that may have been sent since wait until you send them."""
    from groundwire.jobs import subscribers as subscriber_jobs

    say(subscriber_jobs.restore(root, copy, now=now))


@subscribers.command()
@in_folder
def rotate(root: Path) -> None:
    """Sign links with a new key, where the old one may be known: open confirmations end, links to unsubscribe stay good."""
    from groundwire.jobs import subscribers as subscriber_jobs

    say(subscriber_jobs.rotate(root))
