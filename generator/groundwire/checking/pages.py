"""What is wrong with one page as it stands: its times, its place, its HTML, its footnotes. Pure."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from pathlib import PurePosixPath

from groundwire.checking.body import Body, Place
from groundwire.errors import Level, Problem
from groundwire.publication.content import Article, Issue
from groundwire.publication.frontmatter import ArticleMeta, IssueMeta, read
from groundwire.publication.templates import left_of_template
from groundwire.text.plain import slugify

AHEAD = timedelta(days=1)  # clocks and zones differ


@dataclass(frozen=True)
class Teller:
    """Makes problems of one file: with the place of a key, or of something in the body."""

    file: str
    text: str
    body: str

    def key(self, message: str, *path: str | int, example: str = "", level: Level = "error") -> Problem:
        """Make a problem of a key of the front matter."""
        line, column = read(self.text, file=self.file)[0].place(path)
        return Problem(self.file, message, line, column, key=".".join(map(str, path)), example=example, level=level)

    def at(self, place: Place, message: str, *, example: str = "", level: Level = "error") -> Problem:
        """Make a problem at a place of the body."""
        before = self.text[: len(self.text) - len(self.body)].count("\n")
        return Problem(self.file, message, before + place[0], place[1], example=example, level=level)


def article_problems(page: Article, tell: Teller, *, now: datetime, zone: tzinfo) -> Iterator[Problem]:
    """Check an article's times and place."""
    meta = page.meta
    made = meta.generated is not None  # by the machine, from what its sources say: not for a person to mend at once
    for key in ("date", "published", "updated"):
        when = getattr(meta, key)
        if when and when > now + AHEAD:
            today = f"{key}: {now.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
            yield tell.key(f"{when:%Y-%m-%d} is still to come", key, example=today, level="warning" if made else "error")
    if meta.updated and meta.updated < meta.moment:
        example = f"updated: {meta.moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
        yield tell.key("is before the page was published", "updated", example=example)
    if meta.in_review and meta.status != "draft":
        yield tell.key("the page is published, so nobody holds it; take this line out", "in_review", level="warning")
    if meta.listed:
        yield from template_problems(tell)
    yield from _corrections(meta, tell, now=now)
    yield from _place(page, tell, zone)


def template_problems(tell: Teller) -> Iterator[Problem]:
    """Report a template's own text on a page that is published."""
    if line := left_of_template(tell.body):
        place = 1 + tell.body[: tell.body.index(line)].count("\n"), 1
        yield tell.at(place, f"“{line}” is the template's: write your text in its place", example="status: draft")


def _corrections(meta: ArticleMeta, tell: Teller, *, now: datetime) -> Iterator[Problem]:
    for number, item in enumerate(meta.corrections):
        if item.date > now + AHEAD:
            yield tell.key(f"{item.date:%Y-%m-%d} is still to come", "corrections", number, "date", level="warning")


def _place(page: Article, tell: Teller, zone: tzinfo) -> Iterator[Problem]:
    """Check the path `articles/2026/02/slug.md`: the month is that of the date, in any zone that may be meant."""
    date = page.meta.date
    months = {f"{when:%Y/%m}" for when in (date, date.astimezone(UTC), date.astimezone(zone))}
    parts = PurePosixPath(page.path).parts
    slug = slugify(PurePosixPath(page.path).stem) or page.meta.id
    right = f"content/articles/{date.astimezone(UTC):%Y/%m}/{slug}.md"
    if len(parts) != 4 or "/".join(parts[1:3]) not in months:
        message = f"its date is of {date.astimezone(UTC):%Y-%m}, its folder says otherwise; an address that readers know already should stay"
        yield tell.key(message, "date", example=right, level="warning")
    elif slug != PurePosixPath(page.path).stem and not page.meta.generated:
        yield Problem(
            tell.file, "an address of lower-case words and hyphens can be read out and typed", example=right, level="warning"
        )


def issue_problems(
    issue: Issue, tell: Teller, *, stories: Collection[str], body: Body, mailed: Collection[str]
) -> Iterator[Problem]:
    """Report stories that don't exist, and what a mail leaves out."""
    meta: IssueMeta = issue.meta
    if meta.status == "ready":
        yield from template_problems(tell)
    if issue.path != f"issues/{meta.id}.md":
        yield tell.key(f"the file's name should be the id: content/issues/{meta.id}.md", "id")
    if meta.window.until < meta.window.since:
        yield tell.key("ends before it begins", "window", "until")
    for key in ("items", "continuing"):
        for number, story in enumerate(getattr(meta, key)):
            if story not in stories:
                yield tell.key(f"there is no story {story} (any more)", key, number, level="warning")
    for remark in body.remarks:
        if remark.kind == "element" and remark.what not in mailed:
            yield tell.at(
                remark.place, f"<{remark.what}> is left out of the mail", example="Markdown without HTML", level="warning"
            )


_HTML: dict[str, tuple[str, str]] = {
    "dangerous": (
        "<{what}> can run a program or load one on the reader's machine; pages carry none",
        "take it out, or show it as code: `<{what}>`",
    ),
    "attribute": ("the attribute {what} runs a program on the reader's machine", "take it out"),
    "deep": ("this is nested too deeply to be shown", "fewer quotations or lists within each other, no HTML that isn't closed"),
    "scheme": ("an address that begins with {what}: is none of the web", "[text](https://www.example.org/)"),
}


def html_problems(body: Body, tell: Teller) -> Iterator[Problem]:
    """Report raw HTML that does harm, and what only looks like HTML, so that readers never see it."""
    for remark in body.remarks:
        if remark.kind in _HTML:
            message, example = _HTML[remark.kind]
            yield tell.at(remark.place, message.format(what=remark.what), example=example.format(what=remark.what))
        elif remark.kind == "left out":
            message = f"{remark.what} is left out of the page"
            yield tell.at(remark.place, message, example="what “HTML in Markdown” in the documentation lists", level="warning")
        elif remark.kind == "unknown":
            message = f"HTML has no <{remark.what}>: browsers strip it and readers do not see it"
            yield tell.at(
                remark.place, message, example=f"`<{remark.what}>` in backticks, or &lt;{remark.what}>", level="warning"
            )


_FOOTNOTES: dict[str, tuple[Level, str, Callable[[str], str]]] = {
    "twice": ("error", "the footnote [^{0}] is defined twice; only one of them is shown", "[^{0}b]: …".format),
    "undefined": (
        "error",
        "there is no footnote for [^{0}]",
        "[^{0}]: “the words that prove it” — [Outlet](<https://www.example.org/post>)".format,
    ),
    "unused": ("warning", "nothing in the text refers to the footnote [^{0}]", "a sentence with its mark.[^{0}]".format),
}


def footnote_problems(body: Body, tell: Teller) -> Iterator[Problem]:
    """Report marks without a footnote, and footnotes without a mark."""
    for label, kind, place in body.footnotes:
        level, message, example = _FOOTNOTES[kind]
        yield tell.at(place, message.format(label), example=example(label), level=level)
