"""What a list says of a person: active, pending, left or bounced, in our own words and in those of other services' exports.

Seen: listmonk, Mailchimp, Buttondown, Substack, Ghost, beehiiv, Kit, MailerLite, Brevo, Campaign Monitor, Constant Contact, HubSpot, Shopify. Of several
columns the strictest counts, and what is not understood is not taken for a yes: nobody who left is mailed because a service has another word for it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from groundwire.subscribers.store import Status

Answer = Status | Literal["unknown"]
_STRICTEST: tuple[Answer, ...] = ("bounced", "left", "unknown", "pending", "active")

_NEVER = re.compile(
    r"bounc|\bclean(?:ed|ing)?\b|undeliver|block(?:ed|list)|black ?list|suppress"
)  # who must never be mailed, whatever they do
_ENDED = re.compile(
    r"unsub|opt(?:ed)? ?out|cancel|complain|spam|abuse|inactiv|deactiv|disab|suspend|delet|remov|archiv|^left\b|\bended\b|\bdo not (?:mail|e ?mail|contact)\b"
)
_ENDED_VALUE = re.compile(r"^(?:former|junk|gone|dnc|dead)\b")
_NEVER_VALUE = re.compile(r"^(?:invalid|non ?existent)\b")
_PENDING = re.compile(r"pending|unconfirm|not confirm|unactiv|await|unverif|\binvited\b")
_ACTIVE = frozenset({"active", "subscribed", "confirmed", "enabled", "opted in", "opt in", "single opt in", "double opt in"})
_PAYING = frozenset(
    {"regular", "premium", "gifted", "trialed", "unpaid", "churning", "paused", "past due", "free", "paid", "comp"}
)  # in `type` alone

_ANOTHER_MATTER = re.compile(
    r"\b(?:sms|phone|mobile|push|url|link|token|key|counts?|number|total|rate|score|soft|last|digest|tracking)\b"
)
_YES_COLUMN = re.compile(r"\b(?:subscribed|active|confirmed|enabled|verified|opted in|opt ?in|accepts)\b")
_PERHAPS = re.compile(r"\b(?:state|type|consent|permission|subscription|marketing)\b")  # a status where one of its values is one
_TRUE, _FALSE = frozenset({"true", "yes", "y", "1", "t", "on"}), frozenset({"false", "no", "n", "0", "f", "off"})
_NOTHING = _FALSE | {"", "none", "null", "nil", "never", "n a", "na"}


@dataclass(frozen=True)
class StatusColumn:
    """A column that says something of a person's status. `answer`: what a cell says, None for nothing; `ends`: its cells are times of an end."""

    place: int
    name: str
    answer: Callable[[str], Answer | None]
    ends: bool = False


def status_columns(header: Sequence[str], rows: Sequence[Sequence[str]], *, skip: Iterable[int]) -> tuple[StatusColumn, ...]:
    """Find the columns of a list that say something of a person's status.

    `skip` has the places of those that say something else.
    """
    names = [plain(name) for name in header]
    found = []
    for place, name in enumerate(names):
        if place in set(skip) or _ANOTHER_MATTER.search(name):
            continue
        if name == "active subscription" and "email disabled" in names:
            continue  # Substack's: whether somebody pays
        cells = [plain(row[place]) for row in rows if place < len(row)]
        answer, ends = _reader(name, cells)
        if answer is not None:
            found.append(StatusColumn(place, header[place].strip(), answer, ends))
    return tuple(found)


def strictest(answers: Iterable[Answer]) -> Answer:
    """Return the strictest of several answers; without any, the person is active."""
    return min(answers, key=_STRICTEST.index, default="active")


def plain(text: str) -> str:
    """Write another service's name or value in lower case, its words parted by one blank."""
    return " ".join(re.sub(r"[\W_]+", " ", re.sub(r"(?<=[a-z])(?=[A-Z])", " ", text)).casefold().split())


def _reader(name: str, cells: Sequence[str]) -> tuple[Callable[[str], Answer | None] | None, bool]:
    if re.search(r"\bstatus\b", name):
        return _status, False
    if re.search(r"\bsubscri\w+ type\b", name):
        return _type, False
    if _NEVER.search(name) or _ENDED.search(name):
        end: Status = "bounced" if _NEVER.search(name) else "left"
        return (lambda cell: end if _is_said(plain(cell)) else None), True
    if _YES_COLUMN.search(name):
        no: Status = "pending" if re.search(r"confirm|verif", name) else "left"
        flags = any(cell in _TRUE | _FALSE for cell in cells)
        return (lambda cell: _flag(plain(cell), no=no, flags=flags)), False
    if _PERHAPS.search(name):
        read = _type if name == "type" else _status
        if any(read(cell) != "unknown" for cell in cells):
            return read, False
    return None, False


def _status(cell: str) -> Answer:
    value = plain(cell)
    if value.startswith("soft"):
        return "unknown"
    if _NEVER.search(value) or _NEVER_VALUE.search(value):
        return "bounced"
    if _ENDED.search(value) or _ENDED_VALUE.search(value):
        return "left"
    if _PENDING.search(value):
        return "pending"
    return "active" if value in _ACTIVE else "unknown"


def _type(cell: str) -> Answer:
    return "active" if plain(cell) in _PAYING else _status(cell)


def _is_said(value: str) -> bool:
    """Say whether a cell tells of an end: a yes, a time, a reason. A small number counts something instead."""
    return (
        value not in _NOTHING
        and not (value.isdecimal() and value != "1" and int(value) < 10**8)
        and not value.startswith("0000 00 00")
    )


def _flag(value: str, *, no: Status, flags: bool) -> Answer | None:
    """Read a cell of a column that asks for a yes; None if the column's cells are no flags.

    An empty cell among yes and no is "unknown".
    """
    if value in _FALSE:
        return no
    if value in _TRUE:
        return "active"
    return "unknown" if flags else None
