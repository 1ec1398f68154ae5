"""`groundwire check`. Options only; the work is in `jobs/check.py`."""

from __future__ import annotations

import os
from datetime import datetime
from pathlib import Path

import click

from groundwire.cli.common import by_clock, in_folder, say, to_page
from groundwire.errors import GroundwireError


@click.command()
@in_folder
@by_clock
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
@click.option(
    "--fix",
    "mend",
    is_flag=True,
    help="First put right what is mechanical (misspelt keys, missing ids, …), and say what was done.",
)
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "github"]),
    default="text",
    show_default=True,
    help="github: annotations in a pull request, the whole list on the run's page.",
)
@click.option("--base", metavar="COMMIT", help="With --format github: what differs from there comes first.")
@click.option("--changed", multiple=True, metavar="FILE", help="With --format github: this file comes first (instead of --base).")
def check(
    root: Path, now: datetime, paths: tuple[Path, ...], mend: bool, form: str, base: str | None, changed: tuple[str, ...]
) -> None:
    """Check settings, feeds, categories, pages and issues: every problem at once, with its line and a right example.

    Offline and without a key. PATHS narrow what is told (all is read: links lead everywhere). Exit 1 for errors, not for warnings.
    """
    from groundwire.jobs import check as check_jobs

    done = check_jobs.fix(root, paths, now=now) if mend else []
    if done:
        say("\n".join(done))
    if form == "text":
        say(check_jobs.check(root, paths, now=now))
        return
    found = check_jobs.examine(root, paths, now=now)
    text, page = check_jobs.for_github(found, changed=_changed(root, base, changed), folder=_folder(root))
    click.echo(text)
    to_page(page)
    if any(p.level == "error" for p in found.problems):
        raise GroundwireError(check_jobs.closing(found))


def _changed(root: Path, base: str | None, given: tuple[str, ...]) -> tuple[str, ...]:
    if given or not base:
        return tuple(
            os.path.relpath(name, root) if (Path(name).exists() and not (root / name).exists()) else name for name in given
        )
    from groundwire.jobs.repository import changed_files

    return changed_files(root, base)


def _folder(root: Path) -> str:
    """How the publication's folder is called from here, for paths that GitHub shows."""
    inside = os.path.relpath(root)
    return "" if inside == "." else f"{Path(inside).as_posix()}/"
