"""The command: what can be typed, and how it exits. A command's module is imported when it is used, so that help and errors are quick."""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Mapping

import click

from groundwire import __version__
from groundwire.cli.common import Entry, LazyGroup, complain, in_folder_of_group, start_log
from groundwire.errors import GroundwireError, Refused, of_the_disk

DONE, YOURS, OURS, INTERRUPTED = 0, 1, 3, 130


# The commands, in the order in which one meets them.
SECTIONS: Mapping[str, Mapping[str, Entry]] = {
    "Start": {
        "init": Entry("groundwire.cli.start", "init_command", "make a publication in a folder"),
        "new": Entry("groundwire.cli.new", "new", "start an article, an issue, a category or a feed"),
        "preview": Entry(
            "groundwire.cli.preview", "preview_command", "show the site, and a subscriber's whole way, in a browser"
        ),
    },
    "Every day": {
        "run": Entry("groundwire.cli.daily", "run_command", "the main job: update, the issue when one is due, build"),
        "update": Entry("groundwire.cli.daily", "update_command", "read the feeds and write a page for each new story"),
        "issue": Entry("groundwire.cli.issue", "issue", "write the weekly issue when it is due; judge or correct one"),
        "build": Entry("groundwire.cli.build", "build_command", "build the site from content/ into site/"),
        "send": Entry("groundwire.cli.send", "send_command", "send each ready issue once to every subscriber"),
    },
    "Look after it": {
        "status": Entry("groundwire.cli.status", "status_command", "what there is, what is failing, what needs a person"),
        "check": Entry("groundwire.cli.check", "check_command", "everything that is wrong in the files, with lines and examples"),
        "feeds": Entry("groundwire.cli.feeds", "feeds", "the list of feeds: health, add, check, OPML"),
        "story": Entry("groundwire.cli.story", "story", "split, join, release or withdraw a story"),
        "analyse": Entry(
            "groundwire.cli.analysis", "analyse_command", "analyse a page again, or say how its analysis came about"
        ),
        "estimate": Entry("groundwire.cli.analysis", "estimate_command", "what a model would cost, without a key"),
        "subscribers": Entry(
            "groundwire.cli.subscribers", "subscribers", "who gets the newsletter, and the service where they join"
        ),
        "doctor": Entry("groundwire.cli.doctor", "doctor_command", "whether mail would arrive"),
        "changes": Entry("groundwire.cli.changes", "changes_command", "what a pull request does, for those who decide about it"),
        "upgrade": Entry("groundwire.cli.upgrade", "upgrade_command", "take a new version without touching what is yours"),
    },
}


@click.group(
    cls=LazyGroup,
    sections=SECTIONS,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(__version__, prog_name="groundwire")
@click.option(
    "--log",
    "form",
    type=click.Choice(["plain", "json"]),
    default="plain",
    show_default=True,
    help="How progress and errors are told on standard error; json: an object a line.",
)
@in_folder_of_group
def groundwire(form: str) -> None:
    """Run a newsletter that lives in a Git repository: feeds in, checked pages, a searchable site and a weekly email out.

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
    """Tell the error at hand whole, with what to do about it."""
    import traceback

    traceback.print_exc()
    click.echo(
        "This is a bug in Groundwire; please report it with the lines above. Nothing was lost: run it again to go on.",
        err=True,
    )
    return OURS
