"""`groundwire estimate` and `groundwire analyse`: what analyses cost, and how they came about. Options only."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click

from generator.cli_common import by_clock, in_folder, progress, say


@click.command()
@in_folder
@by_clock
def estimate(root: Path, now: datetime) -> None:
    """What a model would cost: stories a day and dollars a month for each model, from the feeds' last days.

    It needs no key, asks no model and writes no page.
    """
    from generator import estimate_jobs

    say(estimate_jobs.estimate(root, now=now, tell=progress))


@click.command()
@in_folder
@click.option(
    "--explain",
    "page",
    type=click.Path(path_type=Path),
    required=True,
    metavar="PAGE",
    help="The page to explain: its path or its story's id.",
)
def analyse(root: Path, page: Path) -> None:
    """Say how a page's analysis came about: what a model was asked and answered, what was kept and dropped, and why."""
    from generator import jobs

    say(jobs.explain(root, page))
