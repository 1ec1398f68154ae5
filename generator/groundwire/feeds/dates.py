"""Dates of feeds, read strictly from the publisher's own words: RFC 822 as found in the wild, ISO 8601, nothing guessed.

feedparser turns `1710425630` into 2017 and `10:00 CET` into 10:00 UTC; here what is not understood is no date.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone

_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            *("jan ene gen", "feb fev fév", "mar mär mrz mrt", "apr abr avr", "may mai mei mag", "jun giu", "jul lug"),
            *("aug ago aoû", "sep set", "oct okt ott out", "nov", "dec dez dic déc"),
        ),
        start=1,
    )
    for name in names.split()
}
# Names that mean one offset only, in minutes (RFC 822, section 5.1, and European practice). IST and BST mean several.
_ZONES = {
    "ut": 0, "utc": 0, "gmt": 0, "z": 0, "wet": 0, "west": 60, "cet": 60, "mez": 60, "cest": 120, "mesz": 120, "eet": 120, "eest": 180,
    "msk": 180, "jst": 540, "kst": 540, "est": -300, "edt": -240, "cst": -360, "cdt": -300, "mst": -420, "mdt": -360, "pst": -480,
    "pdt": -420, "akst": -540, "akdt": -480, "hst": -600, "aest": 600, "aedt": 660, "nzst": 720, "nzdt": 780,
}  # fmt: skip
_RFC822 = re.compile(
    r"^(?:[^\W\d]+\.?,?\s+)?(\d{1,2})[\s-]([^\W\d]{3,9})\.?[\s-](\d{4}|\d{2}),?(?:\s+(\d{1,2}):(\d{2})(?::(\d{2})(?:\.\d+)?)?)?"
    r"\s*(?:\(?([A-Za-z]{1,5})\)?|(?:GMT|UTC)?\s*([+-])(\d{2}):?(\d{2})(?:\s*\(.*\))?)?$"
)
_MONTH_FIRST = re.compile(
    r"^(?:[^\W\d]+\.?,?\s+)?([^\W\d]{3,9})\.?\s+(\d{1,2}),?\s+(\d{4})(?:[\s,–-]+(\d{1,2}):(\d{2})(?::(\d{2}))?\s*([ap]\.?m\.?)?)?\s*([A-Za-z]{1,5})?$",
    re.IGNORECASE,
)
_ISO = re.compile(
    r"^(\d{4})[-/](\d{1,2})[-/](\d{1,2})(?:[T\s]+(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,]\d+)?)?\s*(Z|UTC|GMT|[+-]\d{2}:?\d{2})?)?$",
    re.IGNORECASE,
)
_BASIC = re.compile(r"^(\d{4})(\d{2})(\d{2})T(\d{2})(\d{2})(\d{2})?(Z|[+-]\d{2}:?\d{2})$")  # ISO 8601, section 5.4.2
_ASCTIME = re.compile(
    r"^[A-Za-z]{3}\s([A-Za-z]{3})\s(\d{1,2})\s(\d{1,2}):(\d{2}):(\d{2})(?:\s([A-Z]{1,5}))?\s(\d{4})$"
)  # C's, as RFC 9110
EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)
AHEAD = timedelta(hours=48)


def read_date(raw: str | None, *, now: datetime) -> datetime | None:
    """Read a publisher's date, in UTC; None where it is not understood, before 1990, or more than 48 h ahead of `now`.

    A time without a zone is taken as UTC.
    """
    text = re.sub(r"\s+", " ", raw or "").strip()[:80]
    try:
        found = _rfc822(text) or _iso(text) or _month_first(text) or _asctime(text)
    except (ValueError, OverflowError):
        return None
    return found if found and EARLIEST <= found <= now + AHEAD else None


def _rfc822(text: str) -> datetime | None:
    match = _RFC822.match(text)
    if not match:
        return None
    day, month, year, hour, minute, second, name, sign, off_h, off_m = match.groups()
    zone = _offset(sign, off_h, off_m) if sign else _zone(name)
    number = _month(month)
    if number is None or zone is None:
        return None
    full = int(year) if len(year) == 4 else int(year) + (2000 if int(year) < 70 else 1900)
    return _at(full, number, int(day), hour, minute, second, zone)


def _iso(text: str) -> datetime | None:
    match = _ISO.match(text) or _BASIC.match(text)
    if not match:
        return None
    year, month, day, hour, minute, second, zone = match.groups()
    offset = _offset(zone[0], zone[1:3], zone[-2:]) if zone and zone[0] in "+-" else UTC
    return _at(int(year), int(month), int(day), hour, minute, second, offset)


def _month_first(text: str) -> datetime | None:
    match = _MONTH_FIRST.match(text)
    if not match:
        return None
    name, day, year, hour, minute, second, half, zone_name = match.groups()
    number, zone = _month(name), _zone(zone_name)
    if number is None or zone is None:
        return None
    if half and hour:
        hour = str(int(hour) % 12 + (12 if half.lower().startswith("p") else 0))
    return _at(int(year), number, int(day), hour, minute, second, zone)


def _asctime(text: str) -> datetime | None:
    match = _ASCTIME.match(text)
    if not match:
        return None
    name, day, hour, minute, second, zone_name, year = match.groups()
    number, zone = _month(name), _zone(zone_name)
    return None if number is None or zone is None else _at(int(year), number, int(day), hour, minute, second, zone)


def _at(year: int, month: int, day: int, hour: str | None, minute: str | None, second: str | None, zone: timezone) -> datetime:
    hours, seconds = int(hour or 0), min(int(second or 0), 59)  # a leap second is a second too many for datetime
    extra = timedelta(days=1) if hours == 24 and int(minute or 0) == 0 and seconds == 0 else timedelta()
    base = datetime(year, month, day, 0 if extra else hours, int(minute or 0), seconds, tzinfo=zone)
    return (base + extra).astimezone(UTC)


def _month(name: str) -> int | None:
    folded = name.lower()
    if folded.startswith(("juin", "juil")):  # the one pair that three letters do not tell apart
        return 6 if folded.startswith("juin") else 7
    return _MONTHS.get(folded[:3])


def _zone(name: str | None) -> timezone | None:
    if name is None:
        return UTC
    minutes = _ZONES.get(name.lower())
    return None if minutes is None else timezone(timedelta(minutes=minutes))


def _offset(sign: str, hours: str, minutes: str) -> timezone:
    total = int(hours) * 60 + int(minutes)
    return timezone(timedelta(minutes=-total if sign == "-" else total))
