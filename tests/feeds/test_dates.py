"""Dates of feeds: what publishers write is understood, what is not is no date."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from email.utils import format_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from groundwire.feeds.dates import AHEAD, EARLIEST, read_date

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
ZONES = st.integers(-12 * 4, 14 * 4).map(lambda quarters: timezone(timedelta(minutes=15 * quarters)))
MOMENTS = st.datetimes(
    datetime(1990, 1, 2),  # noqa: DTZ001  # the zone is drawn beside it
    datetime(2026, 11, 22),  # noqa: DTZ001  # as above
    timezones=ZONES,
).map(lambda moment: moment.replace(microsecond=0))


@pytest.mark.parametrize(
    ("raw", "utc"),
    [
        ("Thu, 14 Mar 2024 10:00:00 +0000", "2024-03-14 10:00"),
        ("Thu, 14 Mar 2024 10:00:00 GMT", "2024-03-14 10:00"),
        ("Thu, 14 Mar 2024 10:00 CET", "2024-03-14 09:00"),
        ("Thu, 14 Mar 2024 10:00:00 EST", "2024-03-14 15:00"),
        ("Thu, 14 Mar 24 10:00:00 -0500", "2024-03-14 15:00"),
        ("14 Mar 2024", "2024-03-14 00:00"),
        ("Thursday, 14-Mar-24 10:00:00 GMT", "2024-03-14 10:00"),
        ("Thu Mar 14 10:00:00 2024", "2024-03-14 10:00"),
        ("Thu Mar 14 10:00:00 CET 2024", "2024-03-14 09:00"),
        ("Jue, 14 Mar 2024 10:00:00 +0000", "2024-03-14 10:00"),
        ("Do, 14 Mär 2024 10:00:00 +0100", "2024-03-14 09:00"),
        ("jeu., 14 août 2024 10:00:00 +0200", "2024-08-14 08:00"),
        ("14 juillet 2024 10:00", "2024-07-14 10:00"),
        ("14 juin 2024 10:00", "2024-06-14 10:00"),
        ("14 ott 2024 10:00", "2024-10-14 10:00"),
        ("Mar 14, 2024", "2024-03-14 00:00"),
        ("March 14, 2024 10:00 PM", "2024-03-14 22:00"),
        ("2024-03-14T10:00:00Z", "2024-03-14 10:00"),
        ("2024-03-14T10:00:00.123456+02:00", "2024-03-14 08:00"),
        ("2024-03-14 10:00:00", "2024-03-14 10:00"),
        ("2024-3-4", "2024-03-04 00:00"),
        ("2024/03/14 10:00", "2024-03-14 10:00"),
        ("20240314T100000Z", "2024-03-14 10:00"),
        ("2024-03-14T24:00:00Z", "2024-03-15 00:00"),
        ("  Thu,\n 14 Mar 2024\t10:00:00  +0000 ", "2024-03-14 10:00"),
    ],
)
def test_understood(raw: str, utc: str) -> None:
    assert read_date(raw, now=NOW) == datetime.fromisoformat(utc).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    "raw",
    [
        *(
            "",
            " ",
            "yesterday",
            "now",
            "1710425630",
            "1710425630000",
            "2024年3月14日",
            "14/03/2024 10:00",
            "03/04/2024",
            "2024",
            "2024-03",
        ),
        *(
            "Thu, 32 Mar 2024 10:00:00 GMT",
            "Thu, 14 Foo 2024 10:00:00 GMT",
            "2024-13-01",
            "2024-02-30",
            "Thu, 14 Mar 2024 25:00:00 GMT",
        ),
        *(
            "Thu, 14 Mar 2024 10:00:00 IST",
            "Thu, 14 Mar 2024 10:00:00 XYZ",
            "0001-01-01T00:00:00Z",
            "1970-01-01T00:00:00Z",
            "2999-01-01",
        ),
        *("2026-11-25T12:00:01Z", "2024-03-14T10:00:00+99:00", "2024-03-14junk", "٢٠٢٤", "9" * 5_000),
    ],
)
def test_not_understood_is_no_date(raw: str) -> None:
    assert read_date(raw, now=NOW) is None


@given(MOMENTS)
def test_what_standards_write_is_read_exactly(moment: datetime) -> None:
    for text in (format_datetime(moment), moment.isoformat(), moment.isoformat(" "), moment.strftime("%Y%m%dT%H%M%S%z")):
        assert read_date(text, now=NOW) == moment


@given(st.text(max_size=60))
def test_any_text_is_a_date_in_bounds_or_none(raw: str) -> None:
    found = read_date(raw, now=NOW)
    assert found is None or EARLIEST <= found <= NOW + AHEAD


@given(st.from_regex(r"\A[0-9 :TZ+./,-]{1,40}\Z"))
def test_no_run_of_digits_raises(raw: str) -> None:
    read_date(raw, now=NOW)
