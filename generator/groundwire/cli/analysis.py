"""`groundwire estimate` and `groundwire analyse`: what analyses cost, and how they came about. Options only."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click

from groundwire.cli.common import by_clock, in_folder, progress, say


@click.command()
@in_folder
@by_clock
def estimate(root: Path, now: datetime) -> None:
    """What a model would cost: stories a day and dollars a month for each model, from the feeds' last days.

    It needs no key, asks no model and writes no page.
    """
    from groundwire.jobs import estimate as estimate_jobs

    say(estimate_jobs.estimate(root, now=now, tell=progress))


@click.command()
@in_folder
@by_clock
@click.argument("page", required=False)
@click.option("--force", is_flag=True, help="Ask a model also what it answered before, and write over a text that people edited.")
@click.option(
    "--explain",
    type=click.Path(path_type=Path),
    metavar="PAGE",
    help="Only say how the page's analysis came about: what a model was asked and answered, what was kept and dropped, and why.",
)
def analyse(root: Path, now: datetime, page: str | None, force: bool, explain: Path | None) -> None:
    """Analyse PAGE again (its path, address or story's id), from its sources as they are now.

    A body that people edited is written over with --force alone, a locked page never; title, description, category and tags stay. Every run does so by itself where a page was
    made by rule for lack of money in the last three days, or where a page's sources have doubled.
    """
    from groundwire.jobs import daily as jobs
    from groundwire.jobs import story as story_jobs

    if (page is None) == (explain is None):
        raise click.UsageError("give a page: groundwire analyse PAGE, or groundwire analyse --explain PAGE")
    say(jobs.explain(root, explain) if explain else story_jobs.analyse(root, str(page), anew=force, now=now, tell=progress))
