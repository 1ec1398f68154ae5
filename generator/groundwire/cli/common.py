"""What the files of the command share: common options, progress, the summary. With cli.py the only place that prints."""

from __future__ import annotations

import json
import os
import re
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, ClassVar, TypeVar

import click

from groundwire.errors import GroundwireError, InputError

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


@dataclass
class _Log:
    """How this process tells its progress, and since when it works."""

    as_json: bool = False
    since: float = 0.0


_LOG = _Log()


def start_log(form: str) -> None:
    """Tell progress as plain lines or, with `json`, as one JSON object a line; the clock for `took` starts now."""
    _LOG.as_json, _LOG.since = form == "json", time.perf_counter()


def progress(line: str) -> None:
    """Progress goes to standard error, so that the summary can be piped."""
    if _LOG.as_json:
        _record("info", line)
    elif sys.stderr.isatty():
        width = os.get_terminal_size(sys.stderr.fileno()).columns
        click.echo("\r\x1b[2K" + line[: width - 1], err=True, nl=False)
    else:
        click.echo(line, err=True)


def complain(error: GroundwireError) -> None:
    """An error for its owner; as JSON each problem with its file and line."""
    if not _LOG.as_json:
        click.echo(f"{error}", err=True)
    elif isinstance(error, InputError):
        for problem in error.problems:
            found = asdict(problem)
            _record(found.pop("level"), found.pop("message"), **{key: value for key, value in found.items() if value})
    else:
        _record("error", str(error))


def say(text: str, *, timed: bool = False) -> None:
    """The summary, also for GitHub's page of the run; `timed` adds how long it took."""
    if timed:
        text += f"\ntook {time.perf_counter() - _LOG.since:.1f} s"
    if sys.stderr.isatty() and not _LOG.as_json:
        click.echo("\r\x1b[2K", err=True, nl=False)
    if text:
        click.echo(text)
    if text:
        to_page(_as_written(text))


def to_page(markdown: str) -> None:
    """Add Markdown to GitHub's page of the run, where there is one."""
    if summary := os.environ.get("GITHUB_STEP_SUMMARY"):
        with Path(summary).open("a", encoding="utf-8") as handle:
            handle.write(markdown)


def _as_written(text: str) -> str:
    """Text for a page of Markdown on which it shall stand letter for letter: headlines of others are in it."""
    longest = max((len(run) for run in re.findall("`+", text)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}text\n{text}\n{fence}\n"


def _record(level: str, message: str, **more: object) -> None:
    moment = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    click.echo(json.dumps({"at": moment, "level": level, "message": message, **more}, ensure_ascii=False), err=True)


class Sectioned(click.Group):
    """A group whose help lists its commands by what one wants to do, each with a few words. A command that no section names comes last."""

    sections: ClassVar[Mapping[str, Mapping[str, str]]] = {}

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the sections."""
        named = {name for commands in self.sections.values() for name in commands}
        rest = {name: self.commands[name].get_short_help_str() for name in self.list_commands(ctx) if name not in named}
        for title, commands in (*self.sections.items(), ("Other commands", rest)):
            if commands:
                with formatter.section(title):
                    formatter.write_dl(list(commands.items()))
