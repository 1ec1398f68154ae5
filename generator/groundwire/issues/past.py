"""What earlier issues carried, read from their files and from the ledger together.

A file says it while it is there; a ledger row remembers it where a person deleted the file. A draft that nobody approved
by its `expires` counts for nothing: its stories move on. Rows of the stream `issues`:

    {"event": "composed", "issue": "2026-w48", "items": […], "since": …, "until": …, "reach": …, "corrections": […], "outcomes": […]}
    {"event": "quiet", "issue": "2026-w49", "stories": 2, "since": …, "reach": …}
    {"event": "skipped", "issue": "2026-w48"}
    {"event": "corrected", "issue": "2026-w48-correction", "corrects": "2026-w48", "corrections": […]}

A correction of its own counts once a person has approved it; until then the next issue tells what it would tell.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime

from groundwire.issues.addresses import Addresses
from groundwire.publication.content import Article, Issue
from groundwire.publication.log import Row

STREAM = "issues"
SILENT = 3  # weeks in a row without an issue, from which on somebody should look


@dataclass(frozen=True)
class Past:
    """The earlier issues, without those that nobody approved."""

    made: frozenset[str] = frozenset()  # ids that are taken, whatever became of them
    quiet: frozenset[str] = frozenset()  # slots that passed without an issue
    carried: dict[str, datetime] = field(default_factory=dict)  # story → when its issue closed
    told: frozenset[str] = frozenset()  # corrections and outcomes of predictions that an issue has brought
    counted: tuple[Issue, ...] = ()  # the issues that count, as they are on disk
    since: datetime | None = None  # when the newest of them closed
    horizon: datetime | None = None  # how far back the first issue of all, or the first quiet week, looked
    expired: tuple[str, ...] = ()  # drafts nobody approved, oldest first

    def says(self, note: str, story: Article, *, since: datetime) -> bool:
        """Say whether an issue that counts, closed at `since` or later, says this of a story.

        For what no ledger row remembers.
        """
        bodies = (page.body for page in self.counted if page.meta.window.until >= since)
        lines = [line for body in bodies if note in body for line in body.splitlines() if note in line]
        return any(map(Addresses([story]).led_to, lines))

    @property
    def silent(self) -> int:
        """How many slots have passed without an issue since the last one."""
        return sum(1 for slot in self.quiet if slot > max(self.made, default=""))


def taken(issues: Iterable[Issue], rows: Iterable[Row]) -> frozenset[str]:
    """Return the ids of issues that were made, whatever became of them, and of slots that passed without one."""
    passed = {row["issue"] for row in rows if row.get("event") in ("composed", "quiet") and isinstance(row.get("issue"), str)}
    return frozenset({page.id for page in issues} | passed)


def past(issues: Sequence[Issue], rows: Iterable[Row], *, now: datetime) -> Past:
    """Read from the issues' files and the ledger's rows what the earlier issues carried, as of `now`."""
    rows = list(rows)
    composed, quiet, skipped, corrected = (_by_issue(rows, event) for event in ("composed", "quiet", "skipped", "corrected"))
    expired = [page for page in issues if page.meta.id in skipped or _unapproved(page, now)]
    approved = {page.meta.id for page in issues if page.meta.corrects and page.meta.status == "ready"}
    gone = {page.meta.id for page in expired} | set(skipped)
    gone |= {page.meta.id for page in issues if page.meta.corrects} - approved
    counted = [page for page in issues if page.meta.id not in gone]
    remembered = [row for issue, found in composed.items() if issue not in gone for row in found]
    mended = [row for issue, found in corrected.items() if issue in approved for row in found]
    regular = [page.meta.window for page in counted if page.meta.corrects is None]
    return Past(
        made=frozenset({page.meta.id for page in issues} | set(composed)),
        quiet=frozenset(quiet),
        carried=_carried(counted, remembered),
        told=frozenset(
            str(key) for row in [*remembered, *mended] for name in ("corrections", "outcomes") for key in _list(row, name)
        ),
        counted=tuple(counted),
        since=max([w.until for w in regular] + _times(remembered, "until"), default=None),
        horizon=min([page.meta.window.since for page in issues] + _times(rows, "since") + _times(rows, "reach"), default=None),
        expired=tuple(sorted(page.meta.id for page in expired if page.meta.id not in skipped)),
    )


def _unapproved(page: Issue, now: datetime) -> bool:
    return page.meta.status == "draft" and page.meta.expires is not None and page.meta.expires <= now


def _carried(issues: Sequence[Issue], rows: Sequence[Row]) -> dict[str, datetime]:
    found: dict[str, datetime] = {}
    for row in rows:
        for when in _times([row], "until") or _times([row], "at"):
            found.update({str(story): when for story in _list(row, "items")})
    for page in issues:
        found.update(dict.fromkeys(page.meta.items, page.meta.window.until))
    return found


def _by_issue(rows: Iterable[Row], event: str) -> dict[str, list[Row]]:
    found: dict[str, list[Row]] = {}
    for row in rows:
        if row.get("event") == event and isinstance(row.get("issue"), str):
            found.setdefault(row["issue"], []).append(row)
    return found


def _list(row: Row, key: str) -> list[object]:
    value = row.get(key)
    return value if isinstance(value, list) else []


def _times(rows: Iterable[Row], key: str) -> list[datetime]:
    found = []
    for row in rows:
        with suppress(ValueError):
            value = datetime.fromisoformat(str(row.get(key)))
            found.append(value if value.tzinfo else value.replace(tzinfo=UTC))
    return found
