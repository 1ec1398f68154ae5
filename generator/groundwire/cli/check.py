"""`groundwire check`: everything that is wrong in the files, and what can be put right by itself."""

from __future__ import annotations

import os
from collections.abc import Collection, Sequence
from datetime import datetime
from pathlib import Path

import click

from groundwire.checked_yaml import read_yaml
from groundwire.checking.check import Checked, check_publication
from groundwire.checking.fix import mended
from groundwire.checking.github import commands, page
from groundwire.checking.repository import changed_files
from groundwire.cli.common import by_clock, in_folder, say, to_page
from groundwire.errors import GroundwireError, InputError, Problem, Refused
from groundwire.files.atomic import write_atomic
from groundwire.files.lock import held
from groundwire.publication.frontmatter import read
from groundwire.wiring import Places

ROUNDS = 4  # a mend may uncover what it hid


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
def check_command(
    root: Path, now: datetime, paths: tuple[Path, ...], mend: bool, form: str, base: str | None, changed: tuple[str, ...]
) -> None:
    """Check settings, feeds, categories, pages and issues: every problem at once, with its line and a right example.

    Offline and without a key. PATHS narrow what is told (all is read: links lead everywhere). Exit 1 for errors, not for warnings.
    """
    done = fix(root, paths, now=now) if mend else []
    if done:
        say("\n".join(done))
    if form == "text":
        say(check(root, paths, now=now))
        return
    found = examine(root, paths, now=now)
    text, markdown = for_github(found, changed=_changed(root, base, changed), folder=_folder(root))
    click.echo(text)
    to_page(markdown)
    if any(p.level == "error" for p in found.problems):
        raise GroundwireError(closing(found))


def _changed(root: Path, base: str | None, given: tuple[str, ...]) -> tuple[str, ...]:
    if given or not base:
        return tuple(
            os.path.relpath(name, root) if (Path(name).exists() and not (root / name).exists()) else name for name in given
        )
    return changed_files(root, base)


def _folder(root: Path) -> str:
    """Say how the publication's folder is called from here, for paths that GitHub shows."""
    inside = os.path.relpath(root)
    return "" if inside == "." else f"{Path(inside).as_posix()}/"


def check(root: Path, paths: Sequence[Path] = (), *, now: datetime) -> str:
    """Say everything that is wrong, at once. Raises InputError where anything is an error."""
    found = examine(root, paths, now=now)
    if any(p.level == "error" for p in found.problems):
        raise InputError(found.problems)
    return "\n".join([*map(str, found.problems), closing(found)])


def examine(root: Path, paths: Sequence[Path] = (), *, now: datetime) -> Checked:
    """Find everything that is wrong in `paths` (everywhere, if none is named)."""
    for path in paths:
        if not path.exists() and not (root / path).exists():
            raise Refused(f"there is no {path}; name a file or a folder, for example content/articles/2026/")
    found = check_publication(root, now=now, cache=_cache(root))
    chosen = tuple(p for p in found.problems if not paths or any(_names(path, root, p.file) for path in paths))
    return Checked(chosen, found.articles, found.issues, found.feeds)


def fix(root: Path, paths: Sequence[Path] = (), *, now: datetime) -> list[str]:
    """Put right what is mechanical, in place; a line for each thing done."""
    told: list[str] = []
    with held(Places(root).private, command="check --fix"):
        for _ in range(ROUNDS):
            done = _fix_once(root, examine(root, paths, now=now).problems)
            told += done
            if not done:
                break
    return told


def for_github(found: Checked, *, changed: Collection[str], folder: str) -> tuple[str, str]:
    """Return workflow commands for the log, and the run's page in Markdown."""
    lines = commands(found.problems, changed=changed, folder=folder)
    return "\n".join([*lines, closing(found)]), page(found.problems, changed=changed, closing=closing(found))


def closing(found: Checked) -> str:
    """Say how it went, in a line."""
    errors = sum(p.level == "error" for p in found.problems)
    warnings = len(found.problems) - errors
    counted = ", ".join([_many(found.articles, "article"), _many(found.issues, "issue"), _many(found.feeds, "feed")])
    if errors:
        return f"{_many(errors, 'error')}, {_many(warnings, 'warning')}: {counted}"
    return f"all right: {counted}" + (f" ({_many(warnings, 'warning')})" if warnings else "")


def _fix_once(root: Path, problems: Sequence[Problem]) -> list[str]:
    told = []
    for file in dict.fromkeys(p.file for p in problems):
        path = root / file
        if not path.is_file():
            continue  # a category that ships with the package
        try:
            text = path.read_bytes().decode("utf-8")
        except UnicodeDecodeError:
            continue
        better, done = mended(text, [p for p in problems if p.file == file])
        if done and not (_readable(text, file) and not _readable(better, file)) and write_atomic(path, better):
            told += done
    return told


def _readable(text: str, file: str) -> bool:
    """Say whether a file's YAML, or a page's front matter, can be read: a mend must not end that."""
    try:
        if file.endswith(".md"):
            read(text, file=file)
        else:
            read_yaml(text, file=file)
    except InputError:
        return False
    return True


def _cache(root: Path) -> Path | None:
    """Return where what was read is kept; nowhere if that would make a folder in what is no publication."""
    return Places(root).cache if (root / "newsletter.yml").is_file() else None


def _many(count: int, what: str) -> str:
    return f"{count} {what}" + ("" if count == 1 else "s")


def _names(path: Path, root: Path, file: str) -> bool:
    """Say whether a path on the command line is this file, or a folder around it."""
    shown = path.as_posix().removeprefix("./")
    inside = path.resolve().relative_to(root.resolve()).as_posix() if path.resolve().is_relative_to(root.resolve()) else shown
    return any(file == one or file.startswith(one.rstrip("/") + "/") or one == "." for one in (shown, inside))
