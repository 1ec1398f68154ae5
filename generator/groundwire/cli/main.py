"""The command. The only file that prints or exits; everything heavy is imported by the command that needs it."""

from __future__ import annotations

import gc
import os
import shutil
import sys
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import ClassVar

import click

from groundwire import __version__
from groundwire.cli.analysis import analyse, estimate
from groundwire.cli.changes import changes
from groundwire.cli.check import check
from groundwire.cli.common import Sectioned, by_clock, complain, in_folder, progress, say, start_log
from groundwire.cli.feeds import feeds
from groundwire.cli.issue import issue
from groundwire.cli.new import new
from groundwire.cli.story import story
from groundwire.cli.subscribers import doctor, send, subscribers
from groundwire.cli.upgrade import upgrade
from groundwire.errors import GroundwireError, Refused, of_the_disk

DONE, YOURS, OURS, INTERRUPTED = 0, 1, 3, 130


class Groundwire(Sectioned):
    """The commands, in the order in which one meets them."""

    sections: ClassVar[Mapping[str, Mapping[str, str]]] = {
        "Start": {
            "init": "make a publication in a folder",
            "new": "start an article, an issue, a category or a feed",
            "preview": "show the site, and a subscriber's whole way, in a browser",
        },
        "Every day": {
            "run": "the main job: update, the issue when one is due, build",
            "update": "read the feeds and write a page for each new story",
            "issue": "write the weekly issue when it is due; judge or correct one",
            "build": "build the site from content/ into site/",
            "send": "send each ready issue once to every subscriber",
        },
        "Look after it": {
            "status": "what there is, what is failing, what needs a person",
            "check": "everything that is wrong in the files, with lines and examples",
            "feeds": "the list of feeds: health, add, check, OPML",
            "story": "split, join, release or withdraw a story",
            "analyse": "analyse a page again, or say how its analysis came about",
            "estimate": "what a model would cost, without a key",
            "subscribers": "who gets the newsletter, and the service where they join",
            "doctor": "whether mail would arrive",
            "changes": "what a pull request does, for those who decide about it",
            "upgrade": "take a new version without touching what is yours",
        },
    }


@click.group(cls=Groundwire, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="groundwire")
@click.option(
    "--log",
    "form",
    type=click.Choice(["plain", "json"]),
    default="plain",
    show_default=True,
    help="How progress and errors are told on standard error; json: an object a line.",
)
def groundwire(form: str) -> None:
    """A newsletter that lives in a Git repository: feeds in, checked pages, a searchable site and a weekly email out.

    \b
    First steps
      groundwire run --sample          the whole way on the bundled sample, no key, no account
      groundwire init my-briefing --title "My Briefing" --url https://me.github.io/my-briefing/
      groundwire -h, groundwire COMMAND -h

    \b
    Exit codes: 0 done, 1 yours to mend (the message says how), 3 our bug, 130 interrupted.
    Every step can be interrupted and run again: nothing is published twice.
    """
    start_log(form)


@groundwire.command()
@in_folder
@by_clock
@click.option("--sample", is_flag=True, help="Run on the bundled sample, in DIR/.groundwire/sample/, at the sample's own time.")
@click.option("--force", is_flag=True, help="Ask feeds that are not due yet as well.")
def run(root: Path, now: datetime, sample: bool, force: bool) -> None:
    """The main job: update, the issue when one is due, build."""
    from groundwire.jobs import daily as jobs

    if sample:
        say(jobs.run_sample(root, tell=progress, command=_called()))
    else:
        say(jobs.run(root, now=now, force=force, tell=progress), timed=True)


@groundwire.command()
@in_folder
@by_clock
@click.option("--force", is_flag=True, help="Ask feeds that are not due yet as well.")
@click.option("--dry-run", is_flag=True, help="Say which files would be written; write none into content/, and ask no model.")
def update(root: Path, now: datetime, force: bool, dry_run: bool) -> None:
    """Read the feeds and write a page for each new story that is chosen.

    A feed that fails is named and stops nothing; only if all fail is it an error. Run again, nothing changes.
    """
    from groundwire.jobs import daily as jobs

    say(jobs.update(root, now=now, force=force, tell=progress, dry_run=dry_run), timed=True)


@groundwire.command()
@in_folder
@click.option("--lenient", is_flag=True, help="Build in spite of MkDocs' warnings (broken pages stop it all the same).")
@click.option("--full", is_flag=True, help="Make every page, also those that did not change.")
@click.option("--explain", is_flag=True, help="Say of each page that is made, why.")
def build(root: Path, lenient: bool, full: bool, explain: bool) -> None:
    """Build the site from content/ into site/, as `mkdocs build --strict` does: what changed since the last build.

    A build that fails leaves the site as it was.
    """
    from groundwire.jobs import build as jobs

    say(jobs.build(root, strict=not lenient, full=full, explain=explain))


@groundwire.command()
@in_folder
@click.option("--port", type=click.IntRange(0, 65535), default=8000, show_default=True, help="On this machine only (127.0.0.1).")
@click.option("--sample", is_flag=True, help="Show the sample's site.")
def preview(root: Path, port: int, sample: bool) -> None:
    """Show the site in a browser while you write; pages are built anew when a file changes.

    The form to subscribe works there too: its mails go into a mailbox page instead of the world, so that you can confirm,
    get the issue and leave as a reader would.
    """
    from groundwire.jobs import daily as jobs

    jobs.preview(root, port=port, sample=sample, tell=progress)


@groundwire.command()
@in_folder
@by_clock
def status(root: Path, now: datetime) -> None:
    """What there is, what is failing, and what needs a person."""
    from groundwire.jobs import status as status_jobs

    say(status_jobs.status(root, now=now))


@groundwire.command()
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path), metavar="DIR")
@click.option("--title", required=True, help="The publication's name.")
@click.option("--url", required=True, help="Where the site will live, for example https://me.github.io/my-briefing/")
@click.option("--feed", "feeds", multiple=True, help="A feed's address; may be given several times.")
@click.option("--language", default="en", show_default=True, help="Of the publication (BCP 47).")
@click.option("--timezone", default="UTC", show_default=True, help="IANA zone: days, weeks and the issue's hour.")
def init(folder: Path, title: str, url: str, feeds: tuple[str, ...], language: str, timezone: str) -> None:
    """Make a publication in DIR: settings and site configuration; the sample's pages are removed.

    Run again with the same words, nothing changes.
    """
    from groundwire.scaffolding import scaffold

    say(scaffold.init(folder, title=title, url=url, feeds=feeds, language=language, timezone=timezone))


groundwire.add_command(analyse)
groundwire.add_command(estimate)
groundwire.add_command(issue)
groundwire.add_command(changes)
groundwire.add_command(check)
groundwire.add_command(new)
groundwire.add_command(send)
groundwire.add_command(doctor)
groundwire.add_command(subscribers)
groundwire.add_command(feeds)
groundwire.add_command(story)
groundwire.add_command(upgrade)


def main() -> None:
    """Run the command and exit as the contract says."""
    code = _guarded()
    gc.freeze()  # all that is left goes with the process; looking through it once more costs 0.3 s after a large build
    sys.exit(code)


def _guarded() -> int:
    try:
        from groundwire.files.lock import refuse_other_platforms

        if line := refuse_other_platforms():
            raise Refused(line)
        groundwire.main(standalone_mode=False)
        return DONE
    except GroundwireError as error:
        complain(error)
        return YOURS
    except click.ClickException as error:
        error.show()
        return YOURS
    except (KeyboardInterrupt, click.Abort):
        click.echo("interrupted; what was done is kept, run it again to go on", err=True)
        return INTERRUPTED
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return DONE
    except OSError as error:
        if (yours := of_the_disk(error)) is None:
            return _our_bug()
        complain(yours)
        return YOURS
    except Exception:  # whatever it is
        return _our_bug()


def _our_bug() -> int:
    """The error at hand told whole, with what to do about it."""
    import traceback

    traceback.print_exc()
    click.echo(
        "This is a bug in Groundwire; please report it with the lines above. Nothing was lost: run it again to go on.",
        err=True,
    )
    return OURS


def _called() -> str:
    """How to call this command again: its name where the shell finds it, else its path from here."""
    name = Path(sys.argv[0])
    if shutil.which("groundwire") or name.name != "groundwire":
        return "groundwire"
    return os.path.relpath(name)
