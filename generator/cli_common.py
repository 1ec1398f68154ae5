"""What the files of the command share: common options, progress, the summary. With cli.py the only place that prints."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

import click

F = TypeVar("F", bound=Callable[..., Any])


class Moment(click.ParamType[datetime]):
    """A time on the command line, ISO 8601; without a zone it is UTC."""

    name = "time"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        """The time, aware."""
        if isinstance(value, datetime):
            return value
        try:
            found = datetime.fromisoformat(value)
        except ValueError:
            self.fail(f"{value!r} is no time; write for example 2026-11-27T09:00:00Z", param, ctx)
        return found if found.tzinfo else found.replace(tzinfo=UTC)


def in_folder(command: F) -> F:
    """-C DIR, as `root`."""
    return click.option(
        "-C",
        "root",
        type=click.Path(file_okay=False, path_type=Path),
        default=Path(),
        metavar="DIR",
        help="The publication's folder (where newsletter.yml is).  [default: this one]",
    )(command)


def by_clock(command: F) -> F:
    """--now TIME, as `now`."""
    return click.option(
        "--now",
        type=Moment(),
        default=lambda: datetime.now(UTC),
        show_default="the clock",
        help="Take this for the present time (ISO 8601).",
    )(command)


def progress(line: str) -> None:
    """Progress goes to standard error, so that the summary can be piped."""
    if sys.stderr.isatty():
        width = os.get_terminal_size(sys.stderr.fileno()).columns
        click.echo("\r\x1b[2K" + line[: width - 1], err=True, nl=False)
    else:
        click.echo(line, err=True)


def say(text: str) -> None:
    """The summary, also for GitHub's page of the run."""
    if sys.stderr.isatty():
        click.echo("\r\x1b[2K", err=True, nl=False)
    if text:
        click.echo(text)
    summary = os.environ.get("GITHUB_STEP_SUMMARY")
    if summary and text:
        with Path(summary).open("a", encoding="utf-8") as handle:
            handle.write(text + "\n")
