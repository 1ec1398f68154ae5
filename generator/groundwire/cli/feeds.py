"""`groundwire feeds …`: the list of feeds. Options only; the work is in `jobs/feeds.py`."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click

from groundwire.cli.common import by_clock, in_folder, progress, say


@click.group()
def feeds() -> None:
    """Look after the list of feeds in newsletter.yml.

    \b
      groundwire feeds list                            how each is doing
      groundwire feeds add https://www.example.org/    find the feed behind a page and add it
      groundwire feeds check                           for pull requests: what does not answer, and why
    """


@feeds.command("list")
@in_folder
@by_clock
def list_feeds(root: Path, now: datetime) -> None:
    """How each feed is doing: its last entry, failing since when and why, stale by its own rhythm, its next check."""
    from groundwire.jobs import feeds as feed_jobs

    say(feed_jobs.listed(root, now=now))


@feeds.command()
@in_folder
@by_clock
@click.argument("url")
@click.option("--name", default="", help="What readers see.  [default: the feed's own title]")
@click.option("--dry-run", is_flag=True, help="Show what it would bring and write nothing.")
def add(root: Path, url: str, now: datetime, name: str, dry_run: bool) -> None:
    """Find the feed at URL or behind it, show what it would bring, and add it to newsletter.yml.

    The list's comments and order stay. A feed that is there already is refused.
    """
    from groundwire.jobs import feeds as feed_jobs

    say(feed_jobs.add(root, url, name=name, now=now, dry_run=dry_run, tell=progress))


@feeds.command()
@in_folder
@by_clock
@click.option("--offline", is_flag=True, help="Ask nobody: only what the file itself shows (duplicates, mistakes).")
def check(root: Path, now: datetime, offline: bool) -> None:
    """Ask every feed once: unreachable, not a feed, empty, stale or twice there is told with its line; then exit 1."""
    from groundwire.jobs import feeds as feed_jobs

    say(feed_jobs.check(root, offline=offline, now=now, tell=progress))


@feeds.command("import")
@in_folder
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path), metavar="FILE.opml")
def import_feeds(root: Path, file: Path) -> None:
    """Add the feeds of an OPML file that another reader has written."""
    from groundwire.jobs import feeds as feed_jobs

    say(feed_jobs.take_in(root, file))


@feeds.command("export")
@in_folder
@click.option(
    "-o", "--output", type=click.Path(dir_okay=False, path_type=Path), help="Write it there.  [default: standard output]"
)
def export_feeds(root: Path, output: Path | None) -> None:
    """The list as OPML, for other readers."""
    from groundwire.jobs import feeds as feed_jobs

    text = feed_jobs.give_out(root)
    if output:
        output.write_text(text, encoding="utf-8")
        say(f"wrote {output}")
    else:
        click.echo(text, nl=False)
