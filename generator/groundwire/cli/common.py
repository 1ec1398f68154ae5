"""What the commands share: common options, progress, the summary, and a group that imports a command when it is used."""

from __future__ import annotations

import importlib
import json
import os
import re
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

import click

from groundwire.errors import GroundwireError, InputError

F = TypeVar("F", bound=Callable[..., Any])
_FOLDER = "groundwire.folder"  # where a command and those above it on the command line keep what -C said


class Moment(click.ParamType[datetime]):
    """A time on the command line, ISO 8601; without a zone it is UTC."""

    name = "time"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        """Read the time, which has a zone then."""
        if isinstance(value, datetime):
            return value
        try:
            found = datetime.fromisoformat(value)
        except ValueError:
            self.fail(f"{value!r} is no time; write for example 2026-11-27T09:00:00Z", param, ctx)
        return found if found.tzinfo else found.replace(tzinfo=UTC)


def in_folder(command: F) -> F:
    """Add -C DIR; the command gets the folder as `root`, wherever on the command line it stands: the last one counts."""
    return _folder_option(command, expose=True)


def in_folder_of_group(group: F) -> F:
    """Add -C DIR to a group, for the commands below it that say `in_folder`."""
    return _folder_option(group, expose=False)


def folder_above(context: click.Context) -> Path:
    """Return the folder that -C named before the command; this one, if it did not."""
    found = context.meta.get(_FOLDER)
    return found if isinstance(found, Path) else Path()


def _folder_option(command: F, *, expose: bool) -> F:
    def take(context: click.Context, param: click.Parameter, value: Path | None) -> Path:  # noqa: ARG001  # click gives it
        if value is not None:
            context.meta[_FOLDER] = value
        return folder_above(context)

    return click.option(
        "-C",
        "root",
        type=click.Path(file_okay=False, path_type=Path),
        callback=take,
        expose_value=expose,
        metavar="DIR",
        help="The publication's folder (where newsletter.yml is).  [default: this one]",
    )(command)


def by_clock(command: F) -> F:
    """Add --now TIME; the command gets it as `now`."""
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
    """Tell progress on standard error, so that the summary can be piped."""
    if _LOG.as_json:
        _record("info", line)
    elif sys.stderr.isatty():
        width = os.get_terminal_size(sys.stderr.fileno()).columns
        click.echo("\r\x1b[2K" + line[: width - 1], err=True, nl=False)
    else:
        click.echo(line, err=True)


def complain(error: GroundwireError) -> None:
    """Tell the owner an error; as JSON each problem with its file and line."""
    if not _LOG.as_json:
        click.echo(f"{error}", err=True)
    elif isinstance(error, InputError):
        for problem in error.problems:
            found = asdict(problem)
            _record(found.pop("level"), found.pop("message"), **{key: value for key, value in found.items() if value})
    else:
        _record("error", str(error))


def say(text: str, *, timed: bool = False) -> None:
    """Print the summary, also on GitHub's page of the run; `timed` adds how long it took."""
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
    """Fence text for a page of Markdown on which it shall stand letter for letter: headlines of others are in it."""
    longest = max((len(run) for run in re.findall("`+", text)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}text\n{text}\n{fence}\n"


def _record(level: str, message: str, **more: object) -> None:
    moment = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    click.echo(json.dumps({"at": moment, "level": level, "message": message, **more}, ensure_ascii=False), err=True)


@dataclass(frozen=True)
class Entry:
    """A command as the table knows it: the module that is imported when it is used, its name there, and what the help says."""

    module: str
    name: str
    words: str


class LazyGroup(click.Group):
    """A group that lists its commands by what one wants to do, a few words each, and imports one when it is used or asked for its help."""

    def __init__(self, *args: Any, sections: Mapping[str, Mapping[str, Entry]], **kwargs: Any) -> None:
        """Take the commands; the rest is as for any group."""
        super().__init__(*args, **kwargs)
        self.sections = sections

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002  # click gives it
        """Name all commands, in the order of the sections."""
        return [name for entries in self.sections.values() for name in entries]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002  # click gives it
        """Import a command; None where there is none of that name."""
        entry = next((entries[cmd_name] for entries in self.sections.values() if cmd_name in entries), None)
        if entry is None:
            return None
        command: click.Command = getattr(importlib.import_module(entry.module), entry.name)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002  # click gives it
        """Write the sections."""
        for title, entries in self.sections.items():
            with formatter.section(title):
                formatter.write_dl([(name, entry.words) for name, entry in entries.items()])
