"""`groundwire story`: putting right what the machine grouped, held or should not have published."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click

from groundwire.cli.common import by_clock, in_folder, progress, say


@click.group()
def story() -> None:
    """Split, join, release or withdraw a story; PAGE is its id, its file or its address.

    What people decide is remembered: separated coverage never rejoins, a withdrawn story does not come back.
    """


@story.command()
@in_folder
@by_clock
@click.argument("page")
@click.argument("urls", nargs=-1, required=True, metavar="SOURCE_URL…")
def split(root: Path, now: datetime, page: str, urls: tuple[str, ...]) -> None:
    """Take sources out of PAGE into a page of their own."""
    from groundwire.jobs import story as story_jobs

    say(story_jobs.split(root, page, urls, now=now, tell=progress))


@story.command()
@in_folder
@by_clock
@click.argument("page")
@click.argument("into")
def join(root: Path, now: datetime, page: str, into: str) -> None:
    """Give PAGE's sources and address to the page INTO."""
    from groundwire.jobs import story as story_jobs

    say(story_jobs.join(root, page, into, now=now, tell=progress))


@story.command()
@in_folder
def held(root: Path) -> None:
    """List the pages that wait for review, a file a line."""
    from groundwire.jobs import story as story_jobs

    listed = story_jobs.held(root)
    click.echo(listed or "no page is held", err=not listed)


@story.command()
@in_folder
@by_clock
@click.argument("page")
@click.option("--by", required=True, help="Who read it against its sources; shown on the page.")
def release(root: Path, now: datetime, page: str, by: str) -> None:
    """Publish PAGE, which the machine held for review."""
    from groundwire.jobs import story as story_jobs

    say(story_jobs.release(root, page, by=by, now=now, tell=progress))


@story.command()
@in_folder
@by_clock
@click.argument("page")
@click.option("--reason", required=True, help="Shown at the page's address.")
def withdraw(root: Path, now: datetime, page: str, reason: str) -> None:
    """Withdraw PAGE: its address says why, everything else forgets it."""
    from groundwire.jobs import story as story_jobs

    say(story_jobs.withdraw(root, page, reason=reason, now=now, tell=progress))
