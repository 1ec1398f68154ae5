"""A correction of an issue: a file like an issue's, which goes once to those who got that issue, and to nobody else."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from groundwire.errors import Refused
from groundwire.issues.body import correction_line, cut
from groundwire.issues.choose import Mended, mended
from groundwire.issues.past import past
from groundwire.publication.content import Article, Issue
from groundwire.publication.frontmatter import Generated, IssueMeta, body_hash
from groundwire.publication.log import Row
from groundwire.publication.wording import Words, words_of
from groundwire.settings import Settings
from groundwire.text.escape import escape, link

SUBJECT = 110  # characters


@dataclass(frozen=True)
class Correction:
    """A file to write below content/, and the row for the ledger's stream `issues`."""

    path: str
    meta: IssueMeta
    body: str
    rows: tuple[Row, ...]


def compose_correction(
    name: str,
    *,
    note: str,
    settings: Settings,
    articles: Sequence[Article],
    issues: Sequence[Issue],
    ledger_rows: Iterable[Row],
    now: datetime,
) -> Correction:
    """Compose a correction of the issue `name`: `note`, and what its stories' pages say of corrections and withdrawals since.

    It is a draft, so that a person reads it first. Raises Refused if there is no such issue, nothing to correct, or a draft
    already.

    A draft, so that a person reads it first. Raises Refused where there is no such issue, nothing to correct, or a draft already.
    """
    now = now.astimezone(UTC).replace(microsecond=0)
    issue, earlier = _issue(name, issues), [page for page in issues if page.meta.corrects == name]
    if draft := next((page for page in earlier if page.meta.status == "draft"), None):
        raise Refused(
            f"content/{draft.path} is there and nobody has approved it; edit it, then set in its front matter\nstatus: ready"
        )
    before = past(issues, ledger_rows, now=now)
    found = [one for one in mended(articles, before, settings=settings, now=now) if one.page.meta.id in issue.meta.items]
    if not (found or note.strip()):
        raise Refused(
            f"no page of {name} has a correction that was not told yet; say what was wrong in the issue itself, for example\n"
            f"groundwire issue correct {name} --note 'The flaw is in version 2.14, not 2.15.'"
        )
    words = words_of(settings.language, "issue", zone=settings.zone)
    body = _body(issue, found, note=note, settings=settings, words=words)
    meta = _meta(issue, found, note=note, number=len(earlier) + 1, body=body, words=words, now=now)
    keys = [one.key for one in found]
    return Correction(
        f"issues/{meta.id}.md", meta, body, ({"event": "corrected", "issue": meta.id, "corrects": name, "corrections": keys},)
    )


def _issue(name: str, issues: Sequence[Issue]) -> Issue:
    regular = {page.meta.id: page for page in issues if page.meta.corrects is None}
    if name not in regular:
        known = f"the newest is {max(regular)}" if regular else "there is none yet"
        raise Refused(f"no issue {name!r}; {known}")
    if regular[name].meta.status == "draft":
        raise Refused(f"{name} is a draft, which nobody has got; edit content/{regular[name].path} instead")
    return regular[name]


def _body(issue: Issue, found: Sequence[Mended], *, note: str, settings: Settings, words: Words) -> str:
    def url(page: Article) -> str:
        return settings.url + page.url

    told = [f"- {escape(note)}"] if note.strip() else []
    told += [correction_line(one, words=words, url=url) for one in found]
    where = link(issue.meta.title or issue.meta.id, settings.url + issue.url)
    said = words("corrects", issue=where, date=words.date(issue.meta.date))
    return "\n\n".join([said, f"## {words('corrections')} {{: .corrections }}", "\n".join(told)]) + "\n"


def _id(issue: str, number: int) -> str:
    """Name a correction: `2026-w48-correction`; of an issue by hand `2026-w48-specialcorrection`.

    An id has one name after its week.
    """
    week, name = issue[:8], issue[9:]
    return f"{week}-{name}correction{number if number > 1 else ''}"


def _meta(issue: Issue, found: Sequence[Mended], *, note: str, number: int, body: str, words: Words, now: datetime) -> IssueMeta:
    about = note.strip() or found[0].page.meta.title
    return IssueMeta(
        id=_id(issue.meta.id, number),
        title=cut(words("correction_title", issue=issue.meta.title or issue.meta.id), limit=200),
        subject=cut(words("correction_subject", title=about), limit=SUBJECT),
        preheader=words("correction_preheader", date=words.date(issue.meta.date)),
        date=now.replace(microsecond=0),
        window=issue.meta.window,
        status="draft",
        corrects=issue.meta.id,
        generated=Generated(hash=body_hash(body)),
    )
