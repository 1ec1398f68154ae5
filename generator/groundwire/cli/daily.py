"""`groundwire run` and `groundwire update`: parts from wiring, the flow from the pipeline, and the words for the owner."""

from __future__ import annotations

import os
import shutil
import sys
from datetime import datetime
from pathlib import Path

import click

from groundwire import pipeline
from groundwire.cli.build import build
from groundwire.cli.common import by_clock, in_folder, progress, say
from groundwire.cli.housekeeping import tidy
from groundwire.cli.summary import summary
from groundwire.pipeline import Update
from groundwire.ports import Tell
from groundwire.publication.changes import told
from groundwire.scaffolding.scaffold import remove_sample
from groundwire.settings import PLACEHOLDER_URL, Settings
from groundwire.wiring import Workspace, open_publication


@click.command()
@in_folder
@by_clock
@click.option("--sample", is_flag=True, help="Run on the bundled sample, in DIR/.groundwire/sample/, at the sample's own time.")
@click.option("--force", is_flag=True, help="Ask feeds that are not due yet as well.")
def run_command(root: Path, now: datetime, sample: bool, force: bool) -> None:
    """Do the main job: update, the issue when one is due, build."""
    if sample:
        say(run_sample(root, tell=progress, command=_called()))
    else:
        say(run(root, now=now, force=force, tell=progress), timed=True)


@click.command()
@in_folder
@by_clock
@click.option("--force", is_flag=True, help="Ask feeds that are not due yet as well.")
@click.option("--dry-run", is_flag=True, help="Say which files would be written; write none into content/, and ask no model.")
def update_command(root: Path, now: datetime, force: bool, dry_run: bool) -> None:
    """Read the feeds and write a page for each new story that is chosen.

    A feed that fails is named and stops nothing; only if all fail is it an error. Run again, nothing changes.
    """
    say(update(root, now=now, force=force, tell=progress, dry_run=dry_run), timed=True)


def run(root: Path, *, now: datetime, force: bool, tell: Tell) -> str:
    """Update, the issue when one is due, build."""
    with open_publication(root, command="run", tell=tell, now=now, force=force) as workspace:
        done = _update(workspace, now=now, tell=tell)
        written = workspace.run(pipeline.issue(done.publication, workspace.parts, now=now), now=now)
        built = build(root, strict=True)
    return "\n".join([summary(done), written, built])


def update(root: Path, *, now: datetime, force: bool, tell: Tell, dry_run: bool = False) -> str:
    """Read the feeds and publish. A `dry_run` says what would be written, asks no model and leaves content/ as it is."""
    with open_publication(root, command="update", tell=tell, now=now, force=force, dry_run=dry_run) as workspace:
        if not dry_run:
            return summary(_update(workspace, now=now, tell=tell))
        done = workspace.run(pipeline.update(workspace.publication, workspace.parts, now=now), now=now)
    return "\n".join(
        [told(done.changes) or "nothing would be written", "dry run: nothing was written, no model was asked", summary(done)]
    )


def run_sample(root: Path, *, tell: Tell, command: str) -> str:
    """Go the whole way on the bundled sample."""
    from groundwire.sample.run import run_sample as run_it

    return run_it(root, tell=tell, command=command)


def _update(workspace: Workspace, *, now: datetime, tell: Tell) -> Update:
    if _without_sample(workspace.places.root, workspace.publication.settings, tell):
        workspace = workspace.again()
    done = workspace.run(pipeline.update(workspace.publication, workspace.parts, now=now), now=now)
    tidy(workspace.places, now=now, withdrawn=done.publication.withdrawn())
    return done


def _without_sample(root: Path, settings: Settings, tell: Tell) -> bool:
    """Remove the sample's pages from a copy of the template that its owner has set up; say whether any were there."""
    if settings.url == PLACEHOLDER_URL or not remove_sample(root):
        return False
    tell("removed the sample's pages from content/: this publication is yours now")
    return True


def _called() -> str:
    """How to call this command again: its name where the shell finds it, else its path from here."""
    name = Path(sys.argv[0])
    if shutil.which("groundwire") or name.name != "groundwire":
        return "groundwire"
    return os.path.relpath(name)
