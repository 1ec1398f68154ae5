"""`groundwire init`: make a publication in a folder. What is written there is in `scaffolding/`."""

from __future__ import annotations

from pathlib import Path

import click

from groundwire.cli.common import folder_above, say
from groundwire.scaffolding import scaffold


@click.command()
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path), metavar="DIR")
@click.option("--title", required=True, help="The publication's name.")
@click.option("--url", required=True, help="Where the site will live, for example https://me.github.io/my-briefing/")
@click.option("--feed", "feeds", multiple=True, help="A feed's address; may be given several times.")
@click.option("--language", default="en", show_default=True, help="Of the publication (BCP 47).")
@click.option("--timezone", default="UTC", show_default=True, help="IANA zone: days, weeks and the issue's hour.")
@click.pass_context
def init_command(
    context: click.Context, folder: Path, title: str, url: str, feeds: tuple[str, ...], language: str, timezone: str
) -> None:
    """Make a publication in DIR: settings and site configuration; the sample's pages are removed.

    Run again with the same words, nothing changes.
    """
    where = folder_above(context) / folder
    say(scaffold.init(where, title=title, url=url, feeds=feeds, language=language, timezone=timezone))
