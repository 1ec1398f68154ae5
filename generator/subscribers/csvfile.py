"""Lists of subscribers as CSV: what other senders export, and what a person may ask for."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterable
from datetime import UTC, datetime

from generator.errors import InputError, Problem
from generator.subscribers.address import kept_form
from generator.subscribers.store import Subscriber, Subscribers

COLUMNS = ("email", "consented_at")
_EXAMPLE = "email,consented_at\nreader@example.org,2026-01-31T12:00:00Z"
WORDING = "imported"


def take_in(text: str, subscribers: Subscribers, *, file: str, now: datetime) -> Counter[str]:
    """Import a list; counts the new, the known and the suppressed. Raises InputError with every wrong line, nothing taken in."""
    rows, problems = _read(text, file=file, now=now)
    if problems:
        raise InputError(problems)
    return Counter(subscribers.add(email, consented=when, wording=WORDING) for email, when in rows)


def write_out(people: Iterable[Subscriber]) -> str:
    """Everybody with what they agreed to, as CSV."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow([*COLUMNS, "status", "wording", "ended_at"])
    for one in people:
        writer.writerow([one.email, _written(one.consented), one.status, _inert(one.wording), _written(one.ended)])
    return out.getvalue()


def _read(text: str, *, file: str, now: datetime) -> tuple[list[tuple[str, datetime]], list[Problem]]:
    table = csv.DictReader(io.StringIO(text.removeprefix("\ufeff")))
    if not set(COLUMNS) <= set(table.fieldnames or ()):
        return [], [
            Problem(file, "the first line names the columns, and email and consented_at are among them", 1, example=_EXAMPLE)
        ]
    rows, problems = [], []
    for row in table:
        email, when = kept_form(row["email"] or ""), _moment(row["consented_at"] or "")
        if email is None:
            problems.append(Problem(file, "no address that mail can be sent to", table.line_num, key="email"))
        if when is None or when > now:
            message = "when this person agreed: a time that has been; without it nobody may be mailed"
            problems.append(Problem(file, message, table.line_num, key="consented_at", example=_EXAMPLE))
        if email and when:
            rows.append((email, when))
    return rows, problems


def _moment(text: str) -> datetime | None:
    try:
        found = datetime.fromisoformat(text.strip())
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def _written(when: datetime | None) -> str:
    return when.strftime("%Y-%m-%dT%H:%M:%SZ") if when else ""


def _inert(text: str) -> str:
    """Text that no spreadsheet takes for a formula."""
    return "'" + text if text[:1] in "=+-@" else text
