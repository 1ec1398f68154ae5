"""`groundwire upgrade`. Options only; the work is in `jobs/upgrade.py`."""

from __future__ import annotations

from pathlib import Path

import click

from groundwire.cli.common import in_folder, say


@click.command()
@in_folder
@click.option(
    "--from",
    "source",
    default="",
    metavar="REPOSITORY",
    help="The template's repository: its address, or a folder on this machine.",
)
@click.option("--dry-run", is_flag=True, help="Say what it would do and write nothing.")
def upgrade(root: Path, source: str, dry_run: bool) -> None:
    """Take a new version without touching what is yours: newsletter.yml, content/, categories/, branding/, files of your own.

    A file of the machinery that you have changed stays as it is and is named. Run again, nothing changes.
    """
    from groundwire.jobs import upgrade as upgrade_jobs

    say(upgrade_jobs.upgrade(root, source, dry_run=dry_run))
