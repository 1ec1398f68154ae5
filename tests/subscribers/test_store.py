"""The people: asking, confirming, leaving, importing, erasing (points 16, 17, 19 and 41 of the checklist)."""

from __future__ import annotations

import csv
import io
import re
import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
import yaml
from hypothesis import given
from hypothesis import settings as effort
from hypothesis import strategies as st

from groundwire.errors import InputError, Refused
from groundwire.mail.smtp import Reply
from groundwire.subscribers.address import kept_form
from groundwire.subscribers.csvfile import take_in, write_out
from groundwire.subscribers.database import MIGRATIONS, Database
from groundwire.subscribers.dispatch import dispatch
from groundwire.subscribers.ledger import Claim, Deliveries
from groundwire.subscribers.statuses import status_columns
from groundwire.subscribers.store import CONFIRMATIONS, Subscribers
from groundwire.subscribers.tokens import Keys
from mailkit import FAST, MAILING, NOW, Time, peopled, token_of

DAY = timedelta(days=1)


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    with Database(tmp_path / "people.sqlite") as database:
        yield database


@pytest.fixture
def people(database: Database) -> Subscribers:
    return Subscribers(database)


def status(database: Database, email: str) -> str | None:
    row = database.row("SELECT status FROM subscribers WHERE email = ?", email)
    return row["status"] if row else None


def confirmed(database: Database, people: Subscribers, email: str, *, now: datetime = NOW) -> str:
    assert people.request(email, now=now)
    return people.confirm(token_of(database, email, "confirm"), wording="I want it.", now=now)


def mailed(database: Database, mailing: str, *, now: datetime = NOW) -> list[str]:
    got: list[str] = []

    def post(claim: Claim) -> Reply:
        got.append(claim.email)
        return Reply("accepted")

    dispatch(Deliveries(database), mailing, post=post, rules=FAST, world=Time(now).world)
    return got


def test_the_whole_circle(database: Database, people: Subscribers) -> None:
    assert people.request("a@example.org", now=NOW)
    assert status(database, "a@example.org") == "pending"
    token = token_of(database, "a@example.org", "confirm")
    assert people.awaiting(token, now=NOW)
    assert people.confirm(token, wording="I want it.", now=NOW + DAY) == "new"
    assert people.confirm(token, wording="Something else.", now=NOW + DAY) == "again"
    [one] = people.each()
    assert (one.status, one.consented, one.wording) == ("active", NOW + DAY, "I want it.")
    leave = token_of(database, "a@example.org")
    assert people.leave(leave, now=NOW + 2 * DAY)
    assert people.leave(leave, now=NOW + 3 * DAY)
    [one] = people.each()
    assert (one.status, one.ended) == ("left", NOW + 2 * DAY)
    assert people.confirm(token, wording="", now=NOW + 3 * DAY) == "invalid", "an old link does not bring anybody back"


def test_point_17_nothing_to_the_unconfirmed(database: Database, people: Subscribers) -> None:
    people.request("a@example.org", now=NOW)
    assert confirmed(database, people, "b@example.org") == "new"
    Deliveries(database).freeze(MAILING, now=NOW)
    assert mailed(database, MAILING) == ["b@example.org"]


def test_confirming_sends_the_latest_issue_once(database: Database, people: Subscribers) -> None:
    deliveries = Deliveries(database)
    deliveries.freeze("2026-w47", now=NOW - 7 * DAY)
    deliveries.freeze(MAILING, now=NOW - DAY)
    deliveries.freeze("2026-w47-correction", now=NOW - DAY / 2, corrects="2026-w47")
    confirmed(database, people, "a@example.org")
    assert deliveries.open() == (MAILING,)
    assert mailed(database, MAILING) == ["a@example.org"]
    people.leave(token_of(database, "a@example.org"), now=NOW)
    assert confirmed(database, people, "a@example.org", now=NOW + DAY) == "new"
    assert mailed(database, MAILING, now=NOW + DAY) == []


def test_unconfirmed_ones_are_gone_after_seven_days(database: Database, people: Subscribers) -> None:
    people.request("a@example.org", now=NOW)
    confirmed(database, people, "b@example.org")
    people.leave(token_of(database, "b@example.org"), now=NOW)
    people.request("b@example.org", now=NOW + 2 * DAY / 24)
    token = token_of(database, "a@example.org", "confirm")
    assert people.sweep(now=NOW + 7 * DAY) == 0
    assert people.sweep(now=NOW + 7 * DAY + DAY) == 1
    assert status(database, "a@example.org") is None
    assert status(database, "b@example.org") == "left", "who left before and did not confirm has left still"
    assert people.confirm(token, wording="", now=NOW + 8 * DAY) == "invalid"


def test_point_16_tokens_cannot_be_forged(database: Database, people: Subscribers) -> None:
    people.request("a@example.org", now=NOW)
    confirm, leave = token_of(database, "a@example.org", "confirm"), token_of(database, "a@example.org")
    assert (len(confirm), len(leave)) == (40, 32)
    for token, read in ((leave, people.leaves), (confirm, lambda t: people.awaiting(t, now=NOW))):
        assert read(token)
        for place in range(len(token)):
            for other in "A_-9" if token[place] != "A" else "_-9B":
                if other != token[place]:
                    assert not read(token[:place] + other + token[place + 1 :])
        assert not any(read(wrong) for wrong in ("", token[:-1], token + "A", token + "=", token.lower(), "ä" * len(token)))


def test_point_16_a_token_is_for_one_purpose(database: Database, people: Subscribers) -> None:
    people.request("a@example.org", now=NOW)
    assert not people.leaves(token_of(database, "a@example.org", "confirm"))
    assert not people.awaiting(token_of(database, "a@example.org"), now=NOW)


@given(st.text(max_size=60) | st.text(alphabet="abcABC019_-", min_size=30, max_size=42))
@effort(max_examples=300, deadline=None)
def test_point_16_no_text_is_a_token(text: str) -> None:
    keys = Keys({1: b"k" * 32})
    assert keys.leaver(text) is None
    assert keys.confirmer(text, now=0) is None


def test_point_16_confirming_expires_leaving_never(database: Database, people: Subscribers) -> None:
    people.request("a@example.org", now=NOW)
    token = token_of(database, "a@example.org", "confirm")
    assert people.awaiting(token, now=NOW + 7 * DAY)
    assert not people.awaiting(token, now=NOW + 7 * DAY + DAY / 24)
    confirmed(database, people, "b@example.org")
    assert people.leave(token_of(database, "b@example.org"), now=NOW + 10_000 * DAY)


def test_point_16_keys_rotate(database: Database, people: Subscribers) -> None:
    confirmed(database, people, "a@example.org")
    people.request("b@example.org", now=NOW)
    leave, confirm = token_of(database, "a@example.org"), token_of(database, "b@example.org", "confirm")
    people.rotate()
    assert people.leaves(leave)
    assert token_of(database, "a@example.org") != leave
    assert not people.awaiting(confirm, now=NOW)
    assert people.awaiting(token_of(database, "b@example.org", "confirm"), now=NOW)


def test_only_the_newest_confirmation_counts(database: Database, people: Subscribers) -> None:
    people.request("a@example.org", now=NOW)
    old = token_of(database, "a@example.org", "confirm")
    assert people.request("a@example.org", now=NOW + DAY)
    assert not people.awaiting(old, now=NOW + DAY)


def test_point_19_one_confirmation_an_hour_and_five_a_week(database: Database, people: Subscribers) -> None:
    sent = [people.request("a@example.org", now=NOW + timedelta(minutes=20 * step)) for step in range(40)]
    assert sent.count(True) == 5
    assert [place for place, went in enumerate(sent) if went] == [0, 3, 6, 9, 12]
    assert mailed(database, CONFIRMATIONS, now=NOW + DAY) == ["a@example.org"]
    assert people.request("a@example.org", now=NOW + 8 * DAY)
    assert people.request("other@example.org", now=NOW)


def test_the_subscribed_and_the_suppressed_get_no_confirmation(database: Database, people: Subscribers) -> None:
    confirmed(database, people, "a@example.org")
    people.add("b@example.org", consented=NOW, wording="")
    people.erase("b@example.org", now=NOW)
    later = NOW + 2 * DAY
    assert not people.request("a@example.org", now=later)
    assert not people.request("b@example.org", now=later)
    assert status(database, "a@example.org") == "active"
    assert status(database, "b@example.org") is None


def test_point_41_erasing_leaves_only_a_hash(database: Database, people: Subscribers) -> None:
    confirmed(database, people, "erase-me@example.org")
    Deliveries(database).freeze(MAILING, now=NOW)
    leave = token_of(database, "erase-me@example.org")
    assert people.erase("ERASE-ME@example.org", now=NOW)
    assert database.rows("SELECT * FROM deliveries") == []
    assert people.suppressions() == 1
    files = list(database.path.parent.glob(database.path.name + "*"))
    assert not any(b"erase-me" in path.read_bytes().lower() for path in files)
    assert people.leave(leave, now=NOW), "the link in an old mail says what is so"
    counts = take_in("email,consented_at\nerase-me@example.org,2026-01-01\n", people, file="x.csv", now=NOW)
    assert counts == {"suppressed": 1}


def test_point_41_export_says_all_there_is(database: Database, people: Subscribers) -> None:
    confirmed(database, people, "b@example.org")
    people.add("a@example.org", consented=datetime(2026, 1, 31, 12, tzinfo=UTC), wording="=SUM(A1)")
    rows = list(csv.DictReader(io.StringIO(write_out(people.each()))))
    assert [row["email"] for row in rows] == ["a@example.org", "b@example.org"]
    assert rows[0]["consented_at"] == "2026-01-31T12:00:00Z"
    assert rows[0]["wording"] == "'=SUM(A1)"
    assert (rows[1]["wording"], rows[1]["status"]) == ("I want it.", "active")


def test_an_import_takes_all_or_tells_every_wrong_line(people: Subscribers) -> None:
    wrong = (
        "email,consented_at,name\na@example.org,2026-01-31,A\nnobody,2026-01-31,B\nb@example.org,,C\nc@example.org,2999-01-01,D\n"
    )
    with pytest.raises(InputError) as told:
        take_in(wrong, people, file="list.csv", now=NOW)
    assert [(p.line, p.key) for p in told.value.problems] == [(3, "email"), (4, "consented_at"), (5, "consented_at")]
    assert list(people.each()) == []
    right = "\ufeffconsented_at,email\n2026-01-31T10:00:00+01:00,A@Example.ORG\n2026-01-31, a@example.org \n2026-02-01,leser@bücher.example\n"
    assert take_in(right, people, file="list.csv", now=NOW) == {"new": 2, "known": 1}
    assert [one.email for one in people.each()] == ["A@example.org", "leser@xn--bcher-kva.example"]
    with pytest.raises(InputError, match="email and consented_at"):
        take_in("address\na@example.org\n", people, file="list.csv", now=NOW)


def test_an_import_does_not_bring_back_who_left(database: Database, people: Subscribers) -> None:
    confirmed(database, people, "a@example.org")
    people.leave(token_of(database, "a@example.org"), now=NOW)
    assert take_in("email,consented_at\na@example.org,2026-01-01\n", people, file="x", now=NOW) == {"known": 1}
    assert status(database, "a@example.org") == "left"


def imported(text: str, people: Subscribers) -> tuple[dict[str, str], list[str]]:
    """What an import of a list makes of each, by the name before the @, and what it says of rows that it doesn't understand."""
    doubts: list[str] = []
    take_in(text, people, file="list.csv", now=NOW, doubt=lambda problem: doubts.append(str(problem)))
    return {one.email.split("@")[0]: one.status for one in people.each()}, doubts


AGREED = "2025-01-31"
EXPORTS = yaml.safe_load((Path(__file__).parent / "exports.yml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("service", EXPORTS)
def test_an_import_mails_nobody_who_left_or_bounced_elsewhere(database: Database, people: Subscribers, service: str) -> None:
    text, wanted = EXPORTS[service]["list"], EXPORTS[service]["wanted"]
    found, doubts = imported(text, people)
    assert found == wanted
    assert len(doubts) == text.count(",non-subscribed,")
    Deliveries(database).freeze(MAILING, now=NOW)
    assert {email.split("@")[0] for email in mailed(database, MAILING)} == {
        name for name, what in wanted.items() if what == "active"
    }
    gone = [one for one in people.each() if one.status in ("left", "bounced")]
    assert all(one.ended and one.ended <= NOW for one in gone)
    assert people.suppressions() == sum(one.status == "bounced" for one in gone)


@pytest.mark.parametrize("column", ["status", "Email Status", "subscription_status", "subscriber_type"])
@pytest.mark.parametrize(
    "value", ["vip", "", "on hold", "not subscribed", "soft bounced", "1", "=1+1", "né", "reader@example.org"]
)
def test_a_status_that_is_not_understood_is_no_yes(people: Subscribers, column: str, value: str) -> None:
    """Such a row is left out and told with its line, and without an address; the others are taken in."""
    text = f"email,consented_at,{column}\na@x.example,{AGREED},active\nb@x.example,{AGREED},{value}\nc@x.example,,{value}\n"
    found, doubts = imported(text, people)
    assert found == {"a": "active"}
    assert [doubt.split(": ")[0] for doubt in doubts] == ["list.csv:3:0", "list.csv:4:0"]
    assert all(f" {column}: " in doubt and "@" not in doubt for doubt in doubts)


YES = ("active", "subscribed", "confirmed", "enabled", "opt in", "opted in", "single opt in", "double opt in")


@given(
    st.text(max_size=30)
    | st.sampled_from(YES).flatmap(lambda yes: st.tuples(st.text(max_size=3), st.just(yes), st.text(max_size=3)).map("".join))
)
@effort(max_examples=300, deadline=None)
def test_nothing_but_a_plain_yes_is_one(value: str) -> None:
    [column] = status_columns(["email", "status"], [["a@x.example", value]], skip=(0,))
    assert (column.answer(value) == "active") == (" ".join(re.findall(r"[^\W_]+", value.casefold())) in YES)


def test_a_row_with_more_cells_than_columns_is_no_yes(people: Subscribers) -> None:
    text = f"email,consented_at,status\na@x.example,{AGREED},active,,\nb@x.example,{AGREED},active,left\n"
    found, doubts = imported(text, people)
    assert found == {"a": "active"}
    assert "list.csv:3" in doubts[0]


@pytest.mark.parametrize("text", ["email,consented_at\n\0", 'email,consented_at\n"' + "x" * 200_000, "", "\n", ",\n,"])
def test_what_is_no_list_is_told(people: Subscribers, text: str) -> None:
    with pytest.raises(InputError):
        take_in(text, people, file="list.csv", now=NOW)


@pytest.mark.parametrize("here", ["left", "bounced", "erased", "pending"])
def test_no_import_makes_anybody_active_who_is_known_not_to_be(database: Database, people: Subscribers, here: str) -> None:
    people.request("a@x.example", now=NOW - 2 * DAY)
    if here != "pending":
        people.confirm(token_of(database, "a@x.example", "confirm"), wording="", now=NOW - 2 * DAY)
    if here == "left":
        people.leave(token_of(database, "a@x.example"), now=NOW - DAY)
    elif here == "bounced":
        people.bounced(token_of(database, "a@x.example"), hard=True, now=NOW - DAY)
    elif here == "erased":
        people.erase("a@x.example", now=NOW - DAY)
    for status_there in ("active", "left", "active", "bounced", "active"):
        take_in(f"email,consented_at,status\nA@x.example,2026-11-27,{status_there}\n", people, file="x", now=NOW)
        assert status(database, "a@x.example") != "active"
    assert status(database, "a@x.example") == (None if here == "erased" else "bounced")


def test_who_left_elsewhere_has_left_here_unless_they_came_back_since(database: Database, people: Subscribers) -> None:
    for name in "abc":
        people.add(f"{name}@x.example", consented=NOW - 10 * DAY, wording="")
    before, since = f"{NOW - 20 * DAY:%Y-%m-%d}", f"{NOW - 5 * DAY:%Y-%m-%d}"
    text = f"email,status,ended_at\na@x.example,left,{before}\nb@x.example,left,{since}\nc@x.example,bounced,\n"
    assert take_in(text, people, file="x", now=NOW) == {"known": 1, "ended": 2}
    assert [status(database, f"{name}@x.example") for name in "abc"] == ["active", "left", "bounced"]
    assert people.suppressions() == 1


def test_who_left_elsewhere_and_asks_here_has_left_still_if_they_do_not_confirm(database: Database, people: Subscribers) -> None:
    people.request("a@x.example", now=NOW)
    take_in("email,status,ended_at\na@x.example,left,2026-01-01\n", people, file="x", now=NOW)
    assert status(database, "a@x.example") == "pending"
    people.sweep(now=NOW + 8 * DAY)
    assert status(database, "a@x.example") == "left"


STEPS = st.sampled_from(["ask", "confirm", "leave", "hard", "soft", "erase", "import", "sweep"])


@given(st.lists(st.tuples(STEPS, st.integers(0, 5), st.integers(0, 100)), max_size=40))
@effort(max_examples=25, deadline=None)
def test_an_export_taken_in_elsewhere_mails_exactly_those_who_were_mailed_here(steps: list[tuple[str, int, int]]) -> None:
    """Whatever people did before: everybody's status, consent and end are the same there, and in its own export."""
    with (
        TemporaryDirectory() as folder,
        Database(Path(folder) / "a.sqlite") as here,
        Database(Path(folder) / "b.sqlite") as there,
    ):
        people, now = Subscribers(here), NOW
        for step, who, hours in steps:
            now += timedelta(hours=hours)
            live(here, people, step, f"reader{who}@example.org", now)
        text, copy = write_out(people.each()), Subscribers(there)
        take_in(text, copy, file="export.csv", now=now)
        assert write_out(copy.each()) == text
        got = []
        for database in (here, there):
            Deliveries(database).freeze(MAILING, now=now)
            got.append(mailed(database, MAILING, now=now))
        assert sorted(got[0]) == sorted(got[1])
        take_in(text, copy, file="export.csv", now=now + DAY)
        take_in(text, people, file="export.csv", now=now + DAY)
        assert write_out(copy.each()) == write_out(people.each()) == text


def live(database: Database, people: Subscribers, step: str, email: str, now: datetime) -> None:
    """One thing that somebody does, or that happens to them."""
    known = status(database, email) is not None
    if step == "ask":
        people.request(email, now=now)
    elif step == "import":
        people.add(email, consented=now, wording="=imported")
    elif step == "erase":
        people.erase(email, now=now)
    elif step == "sweep":
        people.sweep(now=now)
    elif known and step == "confirm":
        people.confirm(token_of(database, email, "confirm"), wording="I want it.", now=now)
    elif known and step == "leave":
        people.leave(token_of(database, email), now=now)
    elif known:
        people.bounced(token_of(database, email), hard=step == "hard", now=now)


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        (" Name@Example.ORG ", "Name@example.org"),
        ("a@bücher.example", "a@xn--bcher-kva.example"),
        ("a+b.c@x.example", "a+b.c@x.example"),
        ("jürgen@example.org", None),
        ("a@localhost", None),
        ("a b@example.org", None),
        ("a@example.org, b@example.org", None),
        ("a@example.org\r\nBcc: x@y.example", None),
        ("<a@example.org>", None),
        ("a@@example.org", None),
        (f"{'a' * 65}@example.org", None),
        ("", None),
    ],
)
def test_addresses(text: str, kept: str | None) -> None:
    assert kept_form(text) == kept


def test_the_file_is_its_owner_s_and_upgrades(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "people.sqlite"
    with peopled(path, 1) as database:
        assert path.stat().st_mode & 0o077 == 0
        assert database.rows("PRAGMA journal_mode")[0][0] == "wal"
        keys = Subscribers(database).keys
    with Database(path) as database:
        assert Subscribers(database).keys == keys
        assert database.rows("PRAGMA user_version")[0][0] == len(MIGRATIONS)
    with sqlite3.connect(path) as raw:
        raw.execute("PRAGMA user_version = 99")
    with pytest.raises(Refused, match="newer Groundwire"):
        Database(path)


def test_a_transaction_is_all_or_nothing(database: Database) -> None:
    def torn() -> None:
        with database.write() as db:
            db.execute("DELETE FROM keys")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        torn()
    assert Subscribers(database).keys.secrets
