"""The issue's file: front matter and body from the pages that no issue has carried yet."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from groundwire.issues.body import headline_of, issue_body
from groundwire.issues.choose import Contents, contents
from groundwire.issues.opening import as_sources
from groundwire.issues.past import SILENT, Past
from groundwire.issues.schedule import Due
from groundwire.ports import Opener
from groundwire.publication.categories import Category
from groundwire.publication.content import Article, Issue
from groundwire.publication.frontmatter import Generated, IssueMeta, Window, body_hash
from groundwire.publication.log import Row
from groundwire.publication.wording import Words, words_of
from groundwire.settings import Settings

SUBJECT = 110  # characters; an inbox shows the first 40 to 70
PREHEADER = 90  # of its first headline, and of its second


@dataclass(frozen=True)
class Draft:
    """An issue to write: its path below content/, front matter, body; then the rows for the ledger's stream `issues`.

    `alerts`: what a person should know, each told once.
    """

    path: str
    meta: IssueMeta
    body: str
    rows: tuple[Row, ...]
    alerts: tuple[str, ...] = ()


@dataclass(frozen=True)
class Quiet:
    """A slot without an issue: why, and the row that remembers it (so that a later run of the week makes none either)."""

    reason: str
    rows: tuple[Row, ...]
    alerts: tuple[str, ...] = ()


def compose_issue(
    *,
    settings: Settings,
    categories: Mapping[str, Category],
    articles: Sequence[Article],
    issues: Sequence[Issue],
    before: Past,
    now: datetime,
    due: Due,
    opener: Opener | None = None,
) -> Draft | Quiet:
    """Compose the issue of the slot `due`, or say why there is none. Write its file first and its rows after it.

    `before`: what the earlier `issues` carried (issues/past.py); `opener`: who writes its opening.
    """
    now = now.astimezone(UTC).replace(microsecond=0)
    found = contents(settings=settings, articles=articles, before=before, now=now, slot=due.slot)
    skipped: list[Row] = [{"event": "skipped", "issue": name} for name in before.expired]
    count = len(found.stories) + len(found.online)
    if count < settings.issue.min_items:
        reason = f"{count} new stories, and an issue takes {settings.issue.min_items} (issue.min_items in newsletter.yml)"
        row: Row = {
            "event": "quiet",
            "issue": due.id,
            "stories": count,
            "since": _written(found.since),
            "reach": _written(found.reach),
        }
        return Quiet(reason, (*skipped, row), (*_unapproved(issues, before), *_silence(before)))
    words = words_of(settings.language, "issue", zone=settings.zone)
    written = opener.open(as_sources(found, settings)) if opener else None
    body = issue_body(found, settings=settings, categories=categories, words=words, written=written)
    meta = _meta(found, settings=settings, due=due, body=body, words=words)
    return Draft(f"issues/{due.id}.md", meta, body, (*skipped, _row(meta, found)), tuple(_unapproved(issues, before)))


def _unapproved(issues: Sequence[Issue], before: Past) -> Iterator[str]:
    """Name the issues that nobody approved in time; this is told when the next slot comes."""
    for page in issues:
        if page.meta.id in before.expired and page.meta.expires:
            until = f"{page.meta.expires:%Y-%m-%d %H:%M} UTC"
            stories = f"its {len(page.meta.items)} stories move on into the next issue"
            yield f"content/{page.path} was skipped: nobody set `status: ready` by {until}; {stories}"


def _silence(before: Past) -> Iterator[str]:
    """Report weeks without an issue, the present one included."""
    weeks = before.silent + 1
    if weeks >= SILENT:
        last = f"the last one is {max(before.made)}" if before.made else "there has been none yet"
        yield f"{weeks} weeks in a row without an issue ({last}): see `groundwire feeds check` and issue.min_items in newsletter.yml"


def _meta(found: Contents, *, settings: Settings, due: Due, body: str, words: Words) -> IssueMeta:
    year, week = due.id.split("-w")
    title = words("title", week=int(week), year=year)
    carried = [*found.stories, *found.online]
    others = [headline_of(carried, place, limit=PREHEADER) for place in (1, 2)]
    others += [words.count("more", len(carried) - 3)] if len(carried) > 3 else []
    return IssueMeta(
        id=due.id,
        title=title,
        subject=headline_of(carried, 0, limit=SUBJECT) or title,
        preheader=" · ".join(filter(None, others)),
        date=found.until,
        window=Window(since=found.since, until=found.until),
        items=tuple(page.meta.id for page in carried),
        continuing=tuple(sequel.page.meta.id for sequel in found.continuing),
        status="draft" if settings.review.hold == "all" else "ready",
        expires=due.following,
        generated=Generated(hash=body_hash(body)),
    )


def unremembered(issues: Sequence[Issue], rows: Iterable[Row]) -> list[Row]:
    """Return the rows that the ledger lacks because a run was killed after it wrote an issue's file.

    The file itself says what it carries.
    """
    known = {row.get("issue") for row in rows if row.get("event") == "composed"}
    lost = [page for page in issues if page.id not in known]
    return [_row(page.meta) for page in lost if page.meta.generated and not page.meta.corrects]


def _row(meta: IssueMeta, found: Contents | None = None) -> Row:
    return {
        "event": "composed",
        "issue": meta.id,
        "items": list(meta.items),
        "corrections": [mended.key for mended in found.corrections] if found else [],
        "outcomes": [outcome.key for outcome in found.outcomes] if found else [],
        "since": _written(meta.window.since),
        "until": _written(meta.window.until),
        **({"reach": _written(found.reach)} if found else {}),
    }


def _written(when: datetime) -> str:
    return when.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
