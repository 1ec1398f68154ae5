"""`groundwire new …`. Options only; the work is in `jobs/new.py`."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click

from groundwire.cli.common import by_clock, in_folder, say


@click.group()
def new() -> None:
    """Start an article, an issue, a category or a feed: a file that passes `groundwire check` as it is.

    \b
      groundwire new article "What we changed" --category industry-news
      groundwire new issue "The year in review" --name review
      groundwire new category Space
      groundwire new feed https://www.example.org/feed.xml
    """


@new.command()
@in_folder
@by_clock
@click.argument("title")
@click.option("--category", default="", help="Where it belongs; left out, the answer names them all.")
@click.option("--description", default="", help="One sentence for cards, feeds and email.  [default: the title]")
@click.option("--ready", is_flag=True, help="No draft: it is on the site with the next build.")
def article(root: Path, now: datetime, title: str, category: str, description: str, ready: bool) -> None:
    """Start an article of your own, as a draft."""
    from groundwire.jobs import new as new_jobs

    say(new_jobs.article(root, title, category=category, description=description, ready=ready, now=now))


@new.command()
@in_folder
@by_clock
@click.argument("subject")
@click.option("--name", default="special", show_default=True, help="Stands behind the week in its address.")
def issue(root: Path, now: datetime, subject: str, name: str) -> None:
    """Start an issue by hand, as a draft, beside the weekly ones."""
    from groundwire.jobs import new as new_jobs

    say(new_jobs.issue(root, subject, name=name, now=now))


@new.command()
@in_folder
@click.argument("name")
@click.option("--applies", default="", help="Which stories belong there.")
def category(root: Path, name: str, applies: str) -> None:
    """Start a category of your own."""
    from groundwire.jobs import new as new_jobs

    say(new_jobs.category(root, name, applies=applies))


@new.command()
@in_folder
@click.argument("url")
@click.option("--name", default="", help="What readers see.  [default: the host]")
def feed(root: Path, url: str, name: str) -> None:
    """Add a feed to newsletter.yml without asking it (`feeds add` asks, and finds the feed behind a page)."""
    from groundwire.jobs import new as new_jobs

    say(new_jobs.feed(root, url, name=name))
