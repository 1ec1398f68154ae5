"""`groundwire issue`: the week's issue, its letter judged before anybody gets it, and corrections."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click

from groundwire import pipeline
from groundwire.cli.common import by_clock, in_folder, progress, say
from groundwire.delivery.ready import Desk, web_fetch
from groundwire.errors import InputError, Refused
from groundwire.issues.correction import compose_correction
from groundwire.issues.past import STREAM as ISSUES
from groundwire.mail.clients import judge
from groundwire.mail.letter import MAX_HTML, Letter
from groundwire.mail.lint import MAX_STYLE, LetterPage, lint
from groundwire.ports import Tell
from groundwire.publication.blocklist import blocked_pages
from groundwire.publication.changes import Change
from groundwire.publication.content import load_issues
from groundwire.publication.frontmatter import compose
from groundwire.settings import load_settings
from groundwire.wiring import Places, open_publication


@click.group(invoke_without_command=True)
@in_folder
@by_clock
@click.option("--lint", "judge_only", is_flag=True, help="Write nothing; judge the newest issue's mail before anybody gets it.")
@click.pass_context
def issue(context: click.Context, root: Path, now: datetime, judge_only: bool) -> None:
    """Write the weekly issue into content/issues/ if one is due: a Markdown file to review and edit.

    --lint looks at the mail that would be made of the newest issue, draft or ready: its size, links, headings, the words of its
    subject, pictures without alternative text, the text part, and whether Gmail, Outlook, Apple and Yahoo know what it uses.
    """
    if context.invoked_subcommand is None:
        say(judged(root) if judge_only else write(root, now=now, tell=progress))


@issue.command()
@in_folder
@by_clock
@click.argument("name", metavar="ISSUE")
@click.option("--note", default="", help="What was wrong in the issue itself, in a sentence; pages' own corrections are found.")
def correct_command(root: Path, now: datetime, name: str, note: str) -> None:
    """Write a correction of ISSUE (2026-w48) as a draft. Once ready, `send` mails it once to exactly those who got ISSUE."""
    say(correct(root, name, note=note, now=now, tell=progress))


def write(root: Path, *, now: datetime, tell: Tell) -> str:
    """Write the issue that is due."""
    with open_publication(root, command="issue", tell=tell, now=now, analyses=False) as workspace:
        return workspace.run(pipeline.issue(workspace.publication, workspace.parts, now=now), now=now)


def judged(root: Path) -> str:
    """Judge the letter of the newest issue, draft or ready, by all that readers' mail programs and filters want.

    Raises InputError where anything must be mended, Refused where there is no issue.
    """
    settings, places = load_settings(root), Places(root)
    issues = load_issues(places.content).require()
    if not issues:
        raise Refused("there is no issue yet; `groundwire issue` writes one when it is due")
    page = max(issues, key=lambda one: (one.meta.date, one.meta.id))
    letter = Desk(settings, places, web_fetch(settings)).letter(page)
    problems = lint(letter, page)
    if any(problem.level == "error" for problem in problems):
        raise InputError(problems)
    doubts = [str(problem) for problem in problems]
    said = f"nothing must be mended, {len(doubts)} to weigh" if doubts else "nothing to mend"
    return "\n".join([f"content/{page.path} ({page.meta.status})", *_figures(letter), *doubts, said])


def _figures(letter: Letter) -> list[str]:
    page, verdict = LetterPage(letter.html), judge(letter.html)
    size, lines = len(letter.html.encode("utf-8")), letter.text.splitlines()
    headings = [f"{sum(1 for one, _ in page.headings if one == level)} of level {level}" for level in (1, 2, 3)]
    online = f", {letter.online} more online" if letter.online else ""
    rows = [
        ("subject", f"{len(letter.subject)} characters: {letter.subject}"),
        ("preheader", f"{len(letter.preheader)} characters: {letter.preheader}"),
        ("stories", f"{letter.items}{online}"),
        ("size", f"{size / 1024:.1f} of {MAX_HTML // 1024} KiB, its <style> {page.style / 1024:.1f} of {MAX_STYLE // 1024} KiB"),
        ("headings", ", ".join(headings)),
        ("links", f"{len(page.links)}, each with words and a whole address; pictures: none"),
        ("text part", f"{len(lines)} lines, all addresses in it"),
        (
            "programs",
            f"{verdict.features} features, known to Gmail, Outlook, Apple and Yahoo; of {len(verdict.allowed)} some see less and lose nothing",
        ),
    ]
    return [f"  {label:<10} {value}" for label, value in rows]


def correct(root: Path, name: str, *, note: str, now: datetime, tell: Tell) -> str:
    """Write the correction of an issue, as a draft. Raises Refused where there is nothing to correct."""
    with open_publication(root, command="issue correct", tell=tell, now=now, analyses=False) as workspace:
        publication = workspace.publication
        unwanted = blocked_pages(publication.articles, publication.settings.block)
        found = compose_correction(
            Path(name).name.removesuffix(".md"),
            note=note,
            settings=publication.settings,
            articles=[page for page in publication.articles if page.meta.id not in unwanted],
            issues=publication.issues,
            ledger_rows=publication.log.issues,
            now=now,
        )
        rows = tuple((ISSUES, row) for row in found.rows)
        change = Change(
            "issue", found.path, files={found.path: compose(found.meta, found.body)}, rows=rows, note=found.meta.subject
        )
        workspace.apply([change], now=now)
    return (
        f"wrote content/{found.path}, a draft. Read it, edit it, then set in its front matter\nstatus: ready\n"
        f"`groundwire send` then mails it once to those who got {found.meta.corrects}, and to nobody else."
    )
