"""`groundwire issue`: the week's issue, its letter judged, its corrections. Options only; the work is in `jobs/issue.py`."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click

from groundwire.cli.common import by_clock, in_folder, progress, say


@click.group(invoke_without_command=True)
@in_folder
@by_clock
@click.option("--lint", "judge", is_flag=True, help="Write nothing; judge the newest issue's mail before anybody gets it.")
@click.pass_context
def issue(context: click.Context, root: Path, now: datetime, judge: bool) -> None:
    """Write the weekly issue into content/issues/ if one is due: a Markdown file to review and edit.

    --lint looks at the mail that would be made of the newest issue, draft or ready: its size, links, headings, the words of its
    subject, pictures without alternative text, the text part, and whether Gmail, Outlook, Apple and Yahoo know what it uses.
    """
    from groundwire.jobs import issue as issue_jobs

    if context.invoked_subcommand is None:
        say(issue_jobs.judged(root) if judge else issue_jobs.write(root, now=now, tell=progress))


@issue.command()
@in_folder
@by_clock
@click.argument("name", metavar="ISSUE")
@click.option("--note", default="", help="What was wrong in the issue itself, in a sentence; pages' own corrections are found.")
@click.pass_context
def correct(context: click.Context, root: Path, now: datetime, name: str, note: str) -> None:
    """Write a correction of ISSUE (2026-w48) as a draft. Once ready, `send` mails it once to exactly those who got ISSUE."""
    from groundwire.jobs import issue as issue_jobs

    if root == Path() and context.parent is not None:
        root = context.parent.params["root"]  # of `groundwire issue -C DIR correct …`
    say(issue_jobs.correct(root, name, note=note, now=now, tell=progress))
