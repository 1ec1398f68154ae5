"""The choice: reasons a reader understands, one wire copy once, the owner's limits; and what waits for a person."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

import pytest

from groundwire.events.choose import choose, score
from groundwire.events.cues import critical, exploited
from groundwire.events.hold import allegation, held
from groundwire.events.independent import independent
from groundwire.model import Entry, Feed, Story
from groundwire.publication.wording import words_of
from groundwire.settings import Review, Select

NOW = datetime(2026, 4, 12, 12, 0, tzinfo=UTC)
WIRE = "The harbour authority of Tallinn said on Sunday that ferries would run again by noon after a night without ticketing machines."


def entry(
    outlet: str, excerpt: str = "", *, title: str = "Ferries run again", weight: float = 1.0, content: str = "", hours: float = 1
) -> Entry:
    feed = Feed(url=f"https://{outlet}.example/feed", name=outlet, weight=weight)
    return Entry(feed, f"{outlet}-1", f"https://{outlet}.example/1", title, excerpt, content, NOW - timedelta(hours=hours))


def story(*entries: Entry, id: str = "s-0123456789") -> Story:
    return Story(id, entries)


def test_one_wire_copy_is_one_source() -> None:
    scored = score(
        story(
            entry("a", WIRE),
            entry("b", WIRE + " Reuters"),
            entry("c", "In our own words: the night was long, tickets were paper."),
        ),
        now=NOW,
    )
    assert scored.why[0] == "2 independent sources and 1 copy"
    assert score(story(entry("a", WIRE), entry("b", WIRE)), now=NOW).why[0] == "1 source and 1 copy"
    assert score(story(entry("a", WIRE)), now=NOW).why[0] == "1 source"


def test_a_copy_counts_with_the_heavier_outlet_s_weight() -> None:
    light, heavy = entry("a", WIRE, weight=0.5), entry("b", WIRE, weight=2.0)
    assert score(story(light, heavy), now=NOW).score == score(story(heavy), now=NOW).score


def test_short_texts_and_an_outlet_s_repeats() -> None:
    assert len(independent([entry("a", "Read more."), entry("b", "Read more.")])) == 2
    assert len(independent([entry("a", WIRE), entry("a", "Quite another text by the same people.")])) == 1


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("The flaw is being actively exploited.", True),
        ("A zero-day exploited for months is fixed.", True),
        ("Die Lücke wird bereits aktiv ausgenutzt.", True),
        ("There is no evidence that the flaw was exploited in the wild.", False),
        ("The flaw can be exploited by anyone on the network.", False),
        ("Die Lücke wird noch nicht ausgenutzt.", False),
    ],
)
def test_exploited(text: str, says: bool) -> None:
    assert exploited(text) is says


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("A critical authentication flaw", True),
        ("CVSS score of 9.8", True),
        ("Kritische Sicherheitslücke", True),
        ("critical infrastructure", False),
    ],
)
def test_critical(text: str, says: bool) -> None:
    assert critical(text) is says


def test_reasons_stand_in_the_order_of_their_kind() -> None:
    told = entry("a", "The critical vulnerability is being actively exploited. " + WIRE, content="word " * 200)
    assert score(story(told), now=NOW).why == ("1 source", "full text", "exploited in the wild", "rated critical", "new today")


def test_the_urgent_comes_first_and_the_rest_says_why_not() -> None:
    urgent = story(entry("a", "The flaw is being actively exploited.", title="Gateway hole"), id="s-aaaaaaaaaa")
    calm = story(entry("b", "A museum opens.", title="Museum opens"), id="s-bbbbbbbbbb")
    old = story(entry("c", "Long ago.", hours=24 * 30), id="s-cccccccccc")
    today: Mapping[str, int] = {"x": 3}
    done = choose([calm, old, urgent], select=Select(max_stories=4), today=today, category_of=lambda s: "x", now=NOW)
    assert [s.id for s in done.chosen] == [urgent.id]
    assert {s.id: why for s, why in done.left} == {calm.id: "4 stories a day are reached", old.id: "older than 7 days"}


@pytest.mark.parametrize(
    "sentence",
    [
        "Regulator sues Kestrel Bank over alleged fraud",
        "Jan Muster, a former manager, is accused of stealing customer data.",
        "Staatsanwaltschaft hat Anklage gegen Muster wegen Betrug erhoben.",
    ],
)
def test_an_allegation_waits_for_a_person(sentence: str) -> None:
    assert allegation(sentence, "")
    accused = story(entry("a", sentence, title="In court"))
    assert held(accused, Review(hold="allegations")).startswith("an allegation against a named party")
    assert held(accused, Review(hold="none")) == ""


@pytest.mark.parametrize(
    "sentence",
    [
        "Kestrel Bank repairs a hole in its app",
        "Attackers steal credentials with fake pages",
        "Jan Muster was sentenced to two years for fraud he was accused of",
        "Researchers say that the malware steals passwords",
    ],
)
def test_plain_news_does_not_wait(sentence: str) -> None:
    assert allegation(sentence, "") == ""


def test_hold_all_holds_all() -> None:
    assert held(story(entry("a", "A museum opens.")), Review(hold="all"))


def test_every_reason_can_be_said_in_german() -> None:
    german, told = words_of("de"), "A critical flaw (CVSS 9.8) in LogFrobnicate7 is exploited in the wild."
    wires = [entry("a", WIRE), entry("b", WIRE), entry("c", WIRE)]
    others = [
        entry("d", told, title="LogFrobnicate7 is exploited in the wild", content="word " * 900),
        entry("e", "In our own words, quite another text."),
    ]
    every = {
        reason
        for entries in (wires[:1], wires[:2], wires, [*wires[:2], *others], [*wires, *others], others)
        for reason in score(story(*entries), now=NOW).why
    }
    assert len(every) >= 10
    assert [reason for reason in sorted(every) if german.reason(reason) == reason] == []
