"""Lists of subscribers as CSV: what other senders export, and what a person may ask for."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from groundwire.errors import InputError, Level, Problem
from groundwire.subscribers.address import kept_form
from groundwire.subscribers.statuses import Answer, StatusColumn, plain, status_columns, strictest
from groundwire.subscribers.store import Status, Subscriber, Subscribers

COLUMNS = ("email", "consented_at")
_EMAIL = ("email", "email address", "e mail", "e mail address", "subscriber email")  # as `plain` writes them
_CONSENTED = ("consented at", "confirm time", "optin time")  # the last two are Mailchimp's
_EXAMPLE = "email,consented_at\nreader@example.org,2026-01-31T12:00:00Z"
_STATUS_EXAMPLE = "active (or left, bounced, pending); or take the column out if it says something else"
WORDING = "imported"


@dataclass(frozen=True)
class _Person:
    """A row that was understood."""

    email: str
    status: Status
    consented: datetime | None
    wording: str
    ended: datetime | None


def take_in(
    text: str, subscribers: Subscribers, *, file: str, now: datetime, doubt: Callable[[Problem], object] = lambda _: None
) -> Counter[str]:
    """Import a list, those who must not be mailed first; count what became of its rows, by kind.

    `new` are mailed from now on; `left`, `bounced` and `pending` are written down so that nobody mails them. Rows whose status is
    not understood are told to `doubt`. Raises InputError with every wrong line of those who would be mailed, nothing taken in.
    """
    read = list(_read(text, file=file, now=now))
    people, problems = [one for one in read if isinstance(one, _Person)], [one for one in read if isinstance(one, Problem)]
    if any(problem.level == "error" for problem in problems):
        raise InputError(problems)
    counts: Counter[str] = Counter({"doubted": len(problems)} if problems else {})
    for problem in problems:
        doubt(problem)
    for one in sorted(people, key=lambda one: one.status == "active"):  # an address may stand there twice: who left has left
        counts[_take(one, subscribers, now=now)] += 1
    return counts


def write_out(people: Iterable[Subscriber]) -> str:
    """Write everybody with what they agreed to, as CSV."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow([*COLUMNS, "status", "wording", "ended_at"])
    for one in people:
        writer.writerow([one.email, _written(one.consented), one.status, _inert(one.wording), _written(one.ended)])
    return out.getvalue()


def _take(one: _Person, subscribers: Subscribers, *, now: datetime) -> str:
    if one.status == "active" and one.consented:
        return subscribers.add(one.email, consented=one.consented, wording=one.wording)
    done = subscribers.keep_out(one.email, one.status, consented=one.consented, wording=one.wording, ended=one.ended, now=now)
    return one.status if done == "new" else done


@dataclass(frozen=True)
class _Table:
    """The columns of a list that are read, by their places; -1 for one that it has not."""

    file: str
    email: int
    consented: int
    wording: int
    statuses: tuple[StatusColumn, ...]
    width: int

    def cell(self, cells: Sequence[str], place: int) -> str:
        """Return what stands in a column of a row; '' if the row ends before it."""
        return cells[place].strip() if 0 <= place < len(cells) else ""


def _read(text: str, *, file: str, now: datetime) -> Iterator[_Person | Problem]:
    """Yield each row as understood, or what is wrong with it: an error, or a warning if it is left out without harm."""
    try:
        lines = list(_lines(text))
    except csv.Error as error:
        yield Problem(file, f"cannot be read as CSV: {error}")
        return
    header = lines[0][1] if lines else []
    email, consented, wording = (_place(header, names) for names in (_EMAIL, _CONSENTED, ("wording",)))
    statuses = status_columns(header, [cells for _, cells in lines[1:]], skip=(email, consented, wording))
    if email < 0 or (consented < 0 and not statuses):
        message = "the first line names the columns, and email and consented_at are among them"
        yield Problem(file, message, 1, example=_EXAMPLE)
        return
    table = _Table(file, email, consented, wording, statuses, len(header))
    for line, cells in lines[1:]:
        yield from _row(table, cells, line=line, now=now)


def _row(table: _Table, cells: Sequence[str], *, line: int, now: datetime) -> Iterator[_Person | Problem]:
    status, column, end = _status(table, cells, now=now)
    if status == "unknown" or any(cell.strip() for cell in cells[table.width :]):
        yield _doubt(table, cells, column, line=line)
        return
    email, when = kept_form(table.cell(cells, table.email)), _moment(table.cell(cells, table.consented), now=now)
    if email is None:
        level: Level = "error" if status == "active" else "warning"
        yield Problem(table.file, "no address that mail can be sent to", line, key="email", level=level)
    if when is None and status == "active":
        message = "when this person agreed: a time that has been; without it nobody may be mailed"
        yield Problem(table.file, message, line, key="consented_at", example=_EXAMPLE)
    elif email:
        yield _Person(email, status, when, _plain_again(table.cell(cells, table.wording)) or (WORDING if when else ""), end)


def _status(table: _Table, cells: Sequence[str], *, now: datetime) -> tuple[Answer, StatusColumn | None, datetime | None]:
    """Return what a row says of the person, the column that says so, and when the subscription ended."""
    said = [(answer, one) for one in table.statuses if (answer := one.answer(table.cell(cells, one.place))) is not None]
    ends = [when for _, one in said if one.ends and (when := _moment(table.cell(cells, one.place), now=now))]
    plainly = strictest(answer for answer, one in said if not one.ends)
    # Who left, asked again and has not confirmed is pending, and will have left again.
    status = strictest(answer for answer, one in said if not (one.ends and answer == "left" and plainly == "pending"))
    return status, next((one for answer, one in said if answer == status), None), max(ends, default=None)


def _doubt(table: _Table, cells: Sequence[str], column: StatusColumn | None, *, line: int) -> Problem:
    """Report a row that nobody is mailed for, because it may say that they must not be."""
    if column is None or len(cells) > table.width:
        return Problem(table.file, "has more cells than the first line has names, so it is left out", line, level="warning")
    cell = table.cell(cells, column.place)
    shown = f"“{cell}” is" if re.fullmatch(r"[\w -]{1,40}", cell) else "it is" if cell else "an empty cell is"
    message = f"{shown} not understood as subscribed, so this person is left out"
    return Problem(table.file, message, line, key=column.name, example=_STATUS_EXAMPLE, level="warning")


def _lines(text: str) -> Iterator[tuple[int, list[str]]]:
    """Yield the rows that have anything in them, each with the number of its last line."""
    reader = csv.reader(io.StringIO(text.removeprefix("\ufeff")))
    for cells in reader:
        if any(cell.strip() for cell in cells):
            yield reader.line_num, cells


def _place(header: Sequence[str], names: Sequence[str]) -> int:
    """Return the place of the first of these columns; -1 if there is none."""
    found = [plain(name) for name in header]
    return next((found.index(name) for name in names if name in found), -1)


def _moment(text: str, *, now: datetime) -> datetime | None:
    """Read a time in the past; None if the text is none."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    found = found if found.tzinfo else found.replace(tzinfo=UTC)
    return found if found.year >= 1970 and found <= now else None


def _written(when: datetime | None) -> str:
    return when.strftime("%Y-%m-%dT%H:%M:%SZ") if when else ""


def _inert(text: str) -> str:
    """Change a text so that no spreadsheet takes it for a formula."""
    return "'" + text if text[:1] in ("=", "+", "-", "@") else text


def _plain_again(text: str) -> str:
    """Return a text as it was before `_inert`."""
    return text[1:] if text[:1] == "'" and text[1:2] in ("=", "+", "-", "@") else text
