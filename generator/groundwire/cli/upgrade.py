"""`groundwire upgrade`: a new version, without touching what is the owner's."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Sequence
from pathlib import Path

import click

from groundwire import __version__
from groundwire.cli.common import in_folder, say
from groundwire.errors import Refused
from groundwire.scaffolding import renewal, scaffold
from groundwire.scaffolding.renewal import Step
from groundwire.settings import load_settings

_WORDS = {"new": "new", "changed": "replaced", "gone": "removed", "kept": "kept as you changed it"}
_SHOWN = 12


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
def upgrade_command(root: Path, source: str, dry_run: bool) -> None:
    """Take a new version without touching what is yours: newsletter.yml, content/, categories/, branding/, files of your own.

    A file of the machinery that you have changed stays as it is and is named. Run again, nothing changes.
    """
    say(upgrade(root, source, dry_run=dry_run))


def upgrade(root: Path, source: str, *, dry_run: bool) -> str:
    """Take a new version; the answer says what was done, what stays, and what to do next. Raises InputError, Refused."""
    load_settings(root)
    if not (root / "generator" / "groundwire" / "__init__.py").exists():
        if source:
            raise Refused(
                "this publication has no copy of the machinery: pip install --upgrade groundwire, then: groundwire upgrade"
            )
        return _by_package(root, dry_run=dry_run)
    if not source:
        raise Refused(
            "this is a copy of the template; say where the template is, an address or a folder:\n"
            "groundwire upgrade --from https://github.com/OWNER/TEMPLATE"
        )
    with tempfile.TemporaryDirectory() as folder:
        version = renewal.fetch(source, Path(folder) / "template")
        steps, before = renewal.plan(root, version), _version(root)
        if not dry_run:
            renewal.carry_out(root, steps, version)
        return _told(steps, before=before, after=_version(version.folder), dry_run=dry_run)


def _by_package(root: Path, *, dry_run: bool) -> str:
    """Renew the few files that `init` wrote: all else is the installed package."""
    if dry_run:
        return f"the machinery is the installed package, {__version__}; pip install --upgrade groundwire brings a newer one"
    return _told(renewal.renewed(root, scaffold.package_files()), before=__version__, after=__version__, dry_run=False)


def _told(steps: Sequence[Step], *, before: str, after: str, dry_run: bool) -> str:
    done = {what: [step.path for step in steps if step.what == what] for what in _WORDS}
    lines = [f"{'would upgrade' if dry_run else 'upgraded'} to {after}" + (f" from {before}" if before != after else "")]
    if not any(done[what] for what in ("new", "changed", "gone")):
        lines = [f"is {after} already; nothing to do"]
    for what, paths in done.items():
        if paths and what != "kept":
            more = f", and {len(paths) - _SHOWN} more" if len(paths) > _SHOWN else ""
            lines.append(f"{_WORDS[what]}: {len(paths)}: {', '.join(paths[:_SHOWN])}{more}")
    lines += [f"{_WORDS['kept']}: {path} (to have the new one, delete it and run this again)" for path in done["kept"]]
    lines.append(f"not touched: {', '.join(renewal.OWNED)}, and files of your own elsewhere")
    if len(lines) > 2 and not dry_run:
        lines.append("next: read CHANGELOG.md, look at git diff, run make check, commit")
    return "\n".join(lines)


def _version(folder: Path) -> str:
    found = re.search(
        r'__version__ = "([^"]+)"', (folder / "generator" / "groundwire" / "__init__.py").read_text(encoding="utf-8")
    )
    return found[1] if found else "an unknown version"
