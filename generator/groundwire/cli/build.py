"""`groundwire build`. Apart from the other commands of the day: it needs nothing that reads feeds or asks a model."""

from __future__ import annotations

from pathlib import Path

import click

from groundwire.cli.common import in_folder, say
from groundwire.website.build import build_site


@click.command()
@in_folder
@click.option("--lenient", is_flag=True, help="Build in spite of MkDocs' warnings (broken pages stop it all the same).")
@click.option("--full", is_flag=True, help="Make every page, also those that did not change.")
@click.option("--explain", is_flag=True, help="Say of each page that is made, why.")
def build_command(root: Path, lenient: bool, full: bool, explain: bool) -> None:
    """Build the site from content/ into site/, as `mkdocs build --strict` does: what changed since the last build.

    A build that fails leaves the site as it was.
    """
    say(build(root, strict=not lenient, full=full, explain=explain))


def build(root: Path, *, strict: bool = True, full: bool = False, explain: bool = False) -> str:
    """Build the site: what changed, or all of it; with the reason for each page where that is asked for."""
    report = build_site(root, strict=strict, full=full)
    made = "" if report.whole else f", {report.made} of them made anew"
    told = [*report.reasons, ""] if explain and report.reasons else []
    return "\n".join([*told, f"built {report.pages} pages{made}, in {report.seconds:.1f} s: {report.site_dir}/index.html"])
