"""`groundwire changes`. Options only; the work is in `jobs/changes.py`."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click

from groundwire.cli.common import by_clock, in_folder, progress, to_page


@click.command()
@in_folder
@by_clock
@click.option("--base", default="main", show_default=True, metavar="COMMIT", help="What the change is compared with.")
@click.option(
    "-o",
    "--output",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path(".groundwire/changes"),
    show_default=True,
    help="The folder for the changed pages.",
)
def changes(root: Path, now: datetime, base: str, output: Path) -> None:
    """Show what a change does, for those who decide about it: where things go, pages, feeds, categories.

    First, in plain words, whatever decides where secrets, texts, mail and money go, what may be reached and what code runs. Each changed page of the built site (groundwire build) becomes one HTML file that opens anywhere; a new feed is asked what it would bring, and
    what that would cost; a changed category is tried on three archived stories. No key is needed.
    """
    from groundwire.jobs import changes as change_jobs

    text = change_jobs.changes(root, base, output=output, now=now, tell=progress)
    click.echo(text)
    to_page(text + "\n")
