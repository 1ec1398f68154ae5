"""Who gets what, once: the ledger and the loop that sends (points 1 to 8 of the research's checklist; the server is a stand-in here)."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path
from time import sleep

import pytest

from groundwire.mail.smtp import Reply
from groundwire.subscribers.database import Database
from groundwire.subscribers.dispatch import Rules, dispatch
from groundwire.subscribers.ledger import Claim, Deliveries
from groundwire.subscribers.store import Subscribers
from mailkit import FAST, MAILING, NOW, Time, peopled, token_of


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    with peopled(tmp_path / "people.sqlite", 20) as database:
        yield database


class Server:
    """Takes what it gets, unless told otherwise for an address or for all."""

    def __init__(self, answer: Callable[[Claim], Reply] = lambda claim: Reply("accepted")) -> None:
        self.got: list[Claim] = []
        self.answer = answer

    def __call__(self, claim: Claim) -> Reply:
        self.got.append(claim)
        return self.answer(claim)

    @property
    def counts(self) -> Counter[str]:
        return Counter(claim.email for claim in self.got)


def frozen(database: Database, mailing: str = MAILING) -> Deliveries:
    deliveries = Deliveries(database)
    assert deliveries.freeze(mailing, now=NOW)
    return deliveries


def test_point_3_a_second_send_sends_nothing(database: Database) -> None:
    deliveries, server, time = frozen(database), Server(), Time()
    for _ in range(2):
        assert dispatch(deliveries, MAILING, post=server, rules=FAST, world=time.world) == ""
    assert len(server.got) == 20
    assert set(server.counts.values()) == {1}
    assert not deliveries.freeze(MAILING, now=NOW)
    assert deliveries.counts(MAILING) == {"sent": 20}


def test_point_3_two_senders_at_once_send_each_once(tmp_path: Path) -> None:
    """By the rows' claims alone; the lock comes on top."""
    peopled(tmp_path / "people.sqlite", 300).close()
    together_now = threading.Barrier(3)

    def slowly(claim: Claim) -> Reply:
        sleep(0.002)  # so that nobody is through before the others begin
        return Reply("accepted")

    servers = [Server(slowly), Server(slowly), Server(slowly)]
    with Database(tmp_path / "people.sqlite") as first:
        frozen(first)

    def run(server: Server) -> None:
        with Database(tmp_path / "people.sqlite") as own:
            together_now.wait(20)
            dispatch(Deliveries(own), MAILING, post=server, rules=FAST, world=Time().world)

    threads = [threading.Thread(target=run, args=(server,)) for server in servers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    together = sum((server.counts for server in servers), Counter[str]())
    assert len(together) == 300
    assert set(together.values()) == {1}
    assert sum(bool(server.got) for server in servers) > 1


def test_point_4_recipients_are_frozen_and_leaving_meanwhile_counts(database: Database) -> None:
    deliveries, people = frozen(database), Subscribers(database)
    people.add("late@example.org", consented=NOW, wording="")
    leaving = [token_of(database, f"reader{number}@example.org") for number in (18, 19)]

    def answer(claim: Claim) -> Reply:
        if len(server.got) == 5:
            assert all(people.leave(token, now=NOW) for token in leaving)
        return Reply("accepted")

    server = Server(answer)
    dispatch(deliveries, MAILING, post=server, rules=FAST, world=Time().world)
    assert not {"late@example.org", "reader18@example.org", "reader19@example.org"} & set(server.counts)
    assert deliveries.counts(MAILING) == {"sent": 18, "left": 2}


def test_point_4_who_is_erased_meanwhile_gets_nothing(database: Database) -> None:
    deliveries, server = frozen(database), Server()
    Subscribers(database).erase("reader7@example.org", now=NOW)
    dispatch(deliveries, MAILING, post=server, rules=FAST, world=Time().world)
    assert len(server.got) == 19
    assert "reader7@example.org" not in server.counts


def test_point_5_a_4xx_is_tried_again_ever_later_and_a_5xx_never(database: Database) -> None:
    def answer(claim: Claim) -> Reply:
        kinds = {"reader3@example.org": Reply("later", "451 x"), "reader4@example.org": Reply("refused", "550 x")}
        return kinds.get(claim.email, Reply("accepted"))

    deliveries, time = frozen(database), Time()
    server = Server(answer)

    def post(claim: Claim) -> Reply:
        if claim.email == "reader3@example.org":
            moments.append(time.now)
        return server(claim)

    moments: list[datetime] = []
    assert dispatch(deliveries, MAILING, post=post, rules=Rules(per_second=1e6, attempts=7), world=time.world) == ""
    waits = [round((b - a).total_seconds()) for a, b in pairwise(moments)]
    assert [abs(wait - wanted) <= 1 for wait, wanted in zip(waits, [60, 120, 240, 480, 900, 900], strict=True)] == [True] * 6
    assert server.counts["reader4@example.org"] == 1
    assert deliveries.counts(MAILING) == {"sent": 18, "failed": 1, "refused": 1}


def test_point_5_one_that_is_put_off_is_not_waited_for_by_others(database: Database) -> None:
    tries: Counter[str] = Counter()

    def answer(claim: Claim) -> Reply:
        tries[claim.email] += 1
        return Reply("later", "451 x") if claim.email == "reader0@example.org" and tries[claim.email] == 1 else Reply("accepted")

    server = Server(answer)
    dispatch(frozen(database), MAILING, post=server, rules=FAST, world=Time().world)
    assert [claim.email for claim in server.got][-1] == "reader0@example.org"
    assert [claim.attempt for claim in server.got][-1] == 2


def test_point_7_no_faster_than_the_rate(database: Database) -> None:
    time = Time()
    at: list[datetime] = []

    def post(claim: Claim) -> Reply:
        at.append(time.now)
        return Reply("accepted")

    dispatch(frozen(database), MAILING, post=post, rules=Rules(per_second=4), world=time.world)
    gaps = [(b - a) / timedelta(seconds=1) for a, b in pairwise(at)]
    assert all(gap >= 0.2499 for gap in gaps)
    assert (at[-1] - at[0]).total_seconds() == pytest.approx(19 / 4, abs=0.01)


@pytest.mark.parametrize(
    ("reply", "tried"),
    [
        (Reply("refused", "554 spam"), 10),
        (Reply("unreachable", "no route"), 5),
        (Reply("unreachable", "535 wrong password", fatal=True), 1),
    ],
)
def test_point_8_too_many_errors_pause_it_and_nobody_is_lost(database: Database, reply: Reply, tried: int) -> None:
    deliveries, server, time = frozen(database), Server(lambda claim: reply), Time()
    reason = dispatch(deliveries, MAILING, post=server, rules=FAST, world=time.world)
    assert reply.text in reason
    assert deliveries.paused(MAILING) == reason
    assert len(server.got) == tried
    assert MAILING not in deliveries.open()
    assert deliveries.counts(MAILING)["queued"] == (10 if reply.outcome == "refused" else 20)
    deliveries.pause(MAILING, None)
    server.answer = lambda claim: Reply("accepted")
    assert dispatch(deliveries, MAILING, post=server, rules=FAST, world=time.world) == ""
    assert deliveries.counts(MAILING)["sent"] == (10 if reply.outcome == "refused" else 20)


def test_a_server_that_puts_everybody_off_is_not_asked_a_hundred_thousand_times(tmp_path: Path) -> None:
    with peopled(tmp_path / "people.sqlite", 200) as database:
        server = Server(lambda claim: Reply("later", "452 4.3.1 full"))
        assert "452" in dispatch(frozen(database), MAILING, post=server, rules=FAST, world=Time().world)
        assert len(server.got) == 50


def test_what_a_killed_sender_had_in_hand_is_sent_again_as_the_same_mail(database: Database) -> None:
    deliveries = frozen(database)
    claim = deliveries.claim(MAILING, now=NOW)
    assert claim is not None
    server = Server()
    dispatch(deliveries, MAILING, post=server, rules=FAST, world=Time().world)
    assert claim.email not in server.counts
    assert deliveries.release(MAILING) == 1
    dispatch(deliveries, MAILING, post=server, rules=FAST, world=Time().world)
    assert server.got[-1].email == claim.email
    assert (server.got[-1].id, server.got[-1].attempt) == (claim.id, 2)


def test_it_stops_when_told_and_goes_on_later(database: Database) -> None:
    deliveries, server, time = frozen(database), Server(), Time()
    world = time.world
    stopping = type(world)(world.clock, world.ticks, world.sleep, world.tell, lambda: len(server.got) >= 7)
    dispatch(deliveries, MAILING, post=server, rules=FAST, world=stopping)
    assert len(server.got) == 7
    dispatch(deliveries, MAILING, post=server, rules=FAST, world=world)
    assert set(server.counts.values()) == {1}
    assert len(server.got) == 20


def test_a_correction_goes_to_exactly_those_who_got_the_issue(database: Database) -> None:
    deliveries, people = frozen(database), Subscribers(database)
    refuse = Server(lambda claim: Reply("refused") if claim.email == "reader1@example.org" else Reply("accepted"))
    dispatch(deliveries, MAILING, post=refuse, rules=FAST, world=Time().world)
    people.add("late@example.org", consented=NOW, wording="")
    people.leave(token_of(database, "reader2@example.org"), now=NOW)
    deliveries.freeze("2026-w48-correction", now=NOW, corrects=MAILING)
    server = Server()
    dispatch(deliveries, "2026-w48-correction", post=server, rules=FAST, world=Time().world)
    assert set(server.counts) == {f"reader{number}@example.org" for number in range(20) if number not in (1, 2)}


def test_progress_is_told_without_an_address(database: Database) -> None:
    time = Time()
    dispatch(frozen(database), MAILING, post=Server(), rules=Rules(per_second=1), world=time.world)
    assert time.told[0] == "2026-w48: 1 of 20 sent"
    assert len(time.told) < 8
    assert "@" not in " ".join(time.told)


def test_what_is_written_together_is_one_transaction(tmp_path: Path) -> None:
    with peopled(tmp_path / "people.sqlite", 2) as database:
        deliveries = Deliveries(database)
        deliveries.freeze(MAILING, now=NOW)
        claim = deliveries.claim(MAILING, now=NOW)
        assert claim

        def killed(claim: Claim) -> None:
            with deliveries.together():
                deliveries.settle(claim, "sent", now=NOW)
                assert deliveries.claim(MAILING, now=NOW)
                raise RuntimeError("killed")

        with pytest.raises(RuntimeError, match="killed"):
            killed(claim)
        assert deliveries.counts(MAILING) == {"sending": 1, "queued": 1}


def test_a_mail_costs_one_commit(tmp_path: Path) -> None:
    with peopled(tmp_path / "people.sqlite", 50) as database:
        deliveries = Deliveries(database)
        deliveries.freeze(MAILING, now=NOW)
        said: list[str] = []
        database._db.set_trace_callback(said.append)
        assert (
            dispatch(
                deliveries,
                MAILING,
                post=lambda claim: Reply("accepted"),
                rules=Rules(per_second=float("inf")),
                world=Time().world,
            )
            == ""
        )
        commits = sum(line == "COMMIT" for line in said)
    assert 50 <= commits <= 55


def test_a_sender_that_is_stopped_has_nothing_in_hand(tmp_path: Path) -> None:
    with peopled(tmp_path / "people.sqlite", 9) as database:
        deliveries = Deliveries(database)
        posted: list[str] = []
        deliveries.freeze(MAILING, now=NOW)
        world = replace(Time().world, stop=lambda: len(posted) == 4)

        def post(claim: Claim) -> Reply:
            posted.append(claim.email)
            return Reply("accepted")

        dispatch(deliveries, MAILING, post=post, rules=FAST, world=world)
        assert deliveries.counts(MAILING) == {"sent": 4, "queued": 5}
        assert {row["attempts"] for row in database.rows("SELECT attempts FROM deliveries WHERE status = 'queued'")} == {0}
