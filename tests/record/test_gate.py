"""The gate: what a model may say of its sources. Stories of our own making; the figures on real articles are in benchmarks/gate.py."""

from __future__ import annotations

import string
from datetime import date

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from groundwire.model import Entry, Feed, Source
from groundwire.verification.gate import Gate

FEED = Feed(url="https://outlet.example/feed.xml", name="Example Courier")
TITLE = "Norvik and Lumen Grid in court over an outage"
TEXT = (
    "The ferry operator Norvik said on Monday that attackers did not reach its payment systems. It paid $1.5 million to 25 suppliers, according to a filing. "
    "Lumen Grid sued Norvik in May over the outage. Researchers at Tessel allege that the group stole 3 servers and 5 laptops. "
    "“We have virtually no doubt about it,” said Ann Lee, the chief executive of Norvik. The flaw, CVE-2026-1234, could allow attackers to run code on version 2.14.3. "
    "Turnover rose 5% to 1,250 units — the best year since 2019. The Federal Maritime Bureau opened an inquiry. No customer data was taken, the company denied that tickets were sold twice. "
    "The harbour master plans to close pier four. Bram Oster and Ida Falk run the yard. The vote on the new quay is on 12 March 2026."
)
GERMAN = (
    "Die Reederei Norvik hat am 3. März 1.250,5 Tonnen geladen. Nach Angaben der Behörde waren 12 Schiffe in Hamburg nicht versichert. "
    "Der Hersteller Lumen könnte die Preise im Oktober erhöhen."
)


def source(text: str, *, number: int = 1, title: str = TITLE, language: str | None = "en") -> Source:
    return Source(number, Entry(FEED, str(number), "https://outlet.example/1", title, language=language), text, True)


GATE = Gate([source(TEXT), source(GERMAN, number=2, title="Norvik lädt", language="de")])

PASSES = [
    ("Attackers did not reach its payment systems, Norvik said on Monday.", "Norvik said on Monday that attackers did not reach its payment systems"),
    ("Norvik said attackers didn't reach its payment systems.", "Norvik said on Monday that attackers did not reach its payment systems."),
    ("Norvik was sued by Lumen Grid in May.", "Lumen Grid sued Norvik in May over the outage."),
    ("A filing says that it paid 25 suppliers 1,500,000 dollars.", "It paid $1.5 million to 25 suppliers, according to a filing."),
    ("Norvik paid 25 suppliers, according to a filing.", "It paid $1.5 million to 25 suppliers, according to a filing."),
    ("The group is alleged to have stolen three servers and five laptops.", "Researchers at Tessel allege that the group stole 3 servers and 5 laptops."),
    ("Norvik's Ann Lee said there was “virtually no doubt” about it.", "“We have virtually no doubt about it,” said Ann Lee"),
    ("CVE-2026-1234 could let attackers run code on version 2.14.3.", "CVE-2026-1234, could allow attackers to run code on version 2.14.3"),
    ("Turnover rose five percent to 1250 units.", "Turnover rose 5% to 1,250 units"),
    ("Turnover rose 5% to 1,250 units, the best year since 2019.", "turnover rose 5 % to 1,250 units -- the best year since 2019"),
    ("The FMB opened an inquiry.", "The Federal Maritime Bureau opened an inquiry."),
    ("Lumen Grid sued in May over the outage.", "Lumen Grid sued Norvik in May over the outage"),
    ("No customer data was taken.", "customer data was taken"),
    ("Lumen Grid sued Norvik, and Tessel researchers allege a theft by the group.", "Lumen Grid sued Norvik in May … Researchers at Tessel allege that the group"),
]  # fmt: skip

REFUSED = [
    ("number", "It paid $2.5 million to 25 suppliers, according to a filing.", "It paid $1.5 million to 25 suppliers, according to a filing."),
    ("scale", "It paid $1.5 billion to 25 suppliers, according to a filing.", "It paid $1.5 million to 25 suppliers, according to a filing."),
    ("unit", "Turnover rose 5 to 1,250 units.", "Turnover rose 5% to 1,250 units"),
    ("spelled", "Turnover rose six percent to 1,250 units.", "Turnover rose 5% to 1,250 units"),
    ("version", "The flaw could let attackers run code on version 2.14.", "could allow attackers to run code on version 2.14.3"),
    ("cve", "CVE-2026-1235 could let attackers run code.", "The flaw, CVE-2026-1234, could allow attackers to run code"),
    ("weekday", "Norvik said on Tuesday that attackers did not reach its payment systems.", "Norvik said on Monday that attackers did not reach its payment systems"),
    ("month", "Lumen Grid sued Norvik in June.", "Lumen Grid sued Norvik in May over the outage."),
    ("name", "Lumen Grid sued Harlow in May.", "Lumen Grid sued Norvik in May over the outage."),
    ("name at the start", "Harlow sued Norvik in May.", "Lumen Grid sued Norvik in May over the outage."),
    ("name of another sentence", "Tessel sued Norvik in May.", "Lumen Grid sued Norvik in May over the outage."),
    ("names put together", "Bram Falk runs the yard.", "Bram Oster and Ida Falk run the yard."),
    ("quotation", "Ann Lee said there was “absolutely no doubt” about it.", "“We have virtually no doubt about it,” said Ann Lee"),
    ("made a quotation", "Norvik said “attackers did not reach” it.", "Norvik said on Monday that attackers did not reach its payment systems"),
    ("not, less", "Norvik said attackers reached its payment systems.", "Norvik said on Monday that attackers did not reach its payment systems"),
    ("not, more", "Lumen Grid did not sue Norvik in May.", "Lumen Grid sued Norvik in May over the outage."),
    ("not, cut away", "Customer data was taken.", "customer data was taken"),
    ("denied that, cut away", "Tickets were sold twice.", "tickets were sold twice"),
    ("not, elided", "The operator Norvik said attackers reached its payment systems.", "The ferry operator Norvik said on Monday ... reach its payment systems"),
    ("said", "Attackers did not reach the payment systems.", "Norvik said on Monday that attackers did not reach its payment systems"),
    ("alleged", "The group stole 3 servers and 5 laptops.", "Researchers at Tessel allege that the group stole 3 servers and 5 laptops."),
    ("allegedly, more", "Lumen Grid allegedly sued Norvik in May.", "Lumen Grid sued Norvik in May over the outage."),
    ("could", "The flaw allows attackers to run code.", "The flaw, CVE-2026-1234, could allow attackers to run code"),
    ("confirmed", "Norvik confirmed on Monday that attackers did not reach its payment systems.", "Norvik said on Monday that attackers did not reach its payment systems"),
    ("plans", "The harbour master closed pier four.", "The harbour master plans to close pier four."),
    ("opposite", "Turnover fell 5% to 1,250 units.", "Turnover rose 5% to 1,250 units"),
    ("roles", "Norvik sued Lumen Grid in May.", "Lumen Grid sued Norvik in May over the outage."),
    ("numbers swapped", "Researchers at Tessel allege that the group stole 5 servers and 3 laptops.", "Researchers at Tessel allege that the group stole 3 servers and 5 laptops."),
    ("mixed", "Lumen Grid sued Norvik in May; the best year since 2019.", "Lumen Grid sued Norvik in May over the outage."),
    ("borrowed", "It paid suppliers and attackers could allow attackers to run code.", "It paid $1.5 million to 25 suppliers, according to a filing."),
    ("something else", "Ferries everywhere remain a comfortable way of travelling.", "The Federal Maritime Bureau opened an inquiry."),
    ("invented evidence", "Lumen Grid sued Norvik.", "Lumen Grid took Norvik to court"),
    ("short pieces", "Lumen Grid sued over the outage.", "Lumen Grid ... over the outage."),
    ("pieces the wrong way round", "The group stole 3 servers.", "Researchers at Tessel allege that … Lumen Grid sued Norvik in May"),
    ("cut within a number", "It paid $1.5 to suppliers.", "It paid $1.5"),
    ("cut within a word", "Units were sold on.", "25 suppliers, according to a fil"),
    ("an address", "See https://evil.example for Norvik.", "Lumen Grid sued Norvik in May over the outage."),
    ("markup", "Lumen Grid sued Norvik in [May](x).", "Lumen Grid sued Norvik in May over the outage."),
    ("too long evidence", "Lumen Grid sued Norvik.", TEXT[:600]),
    ("empty", "", "Lumen Grid sued Norvik in May over the outage."),
]  # fmt: skip


@pytest.mark.parametrize(("claim", "evidence"), PASSES)
def test_what_the_evidence_says_passes(claim: str, evidence: str) -> None:
    assert GATE.fact(claim, evidence, 1).reason == ""


@pytest.mark.parametrize(("claim", "evidence"), [(c, e) for _, c, e in REFUSED], ids=[name for name, _, _ in REFUSED])
def test_what_it_does_not_say_is_refused_with_a_reason(claim: str, evidence: str) -> None:
    verdict = GATE.fact(claim, evidence, 1)
    assert not verdict.passed
    assert verdict.reason


def test_a_source_that_is_none() -> None:
    assert GATE.fact("Lumen Grid sued Norvik.", "Lumen Grid sued Norvik in May", 9).reason == "there is no source 9"


@pytest.mark.parametrize(
    ("claim", "evidence"),
    [
        ("Norvik loaded 1,250.5 tons on March 3.", "Norvik hat am 3. März 1.250,5 Tonnen geladen"),
        (
            "According to the authority, 12 ships in Hamburg were not insured.",
            "Nach Angaben der Behörde waren 12 Schiffe in Hamburg nicht versichert.",
        ),
        ("Lumen could raise prices in October.", "Lumen könnte die Preise im Oktober erhöhen"),
    ],
)
def test_evidence_in_another_language_is_marked_and_compared_across_formats(claim: str, evidence: str) -> None:
    verdict = GATE.fact(claim, evidence, 2)
    assert (verdict.reason, verdict.translated) == ("", True)


@pytest.mark.parametrize(
    ("claim", "evidence"),
    [
        ("Norvik loaded 12,505 tons on March 3.", "Norvik hat am 3. März 1.250,5 Tonnen geladen"),
        ("Norvik loaded 1,250.5 tons on May 3.", "Norvik hat am 3. März 1.250,5 Tonnen geladen"),
        (
            "According to the authority, 12 ships in Hamburg were insured.",
            "Nach Angaben der Behörde waren 12 Schiffe in Hamburg nicht versichert.",
        ),
        (
            "According to the authority, 12 ships in Bremen were not insured.",
            "Nach Angaben der Behörde waren 12 Schiffe in Hamburg nicht versichert.",
        ),
        ("Lumen raises prices in October.", "Lumen könnte die Preise im Oktober erhöhen"),
        ("Lumen “could raise” prices in October.", "Lumen könnte die Preise im Oktober erhöhen"),
    ],
)
def test_a_translation_that_changes_something_is_refused(claim: str, evidence: str) -> None:
    assert not GATE.fact(claim, evidence, 2).passed


@pytest.mark.parametrize(
    "text",
    [
        "Ferries need spare servers, as Norvik has learned.",
        "Ann Lee speaks of “virtually no doubt”.",
        "If Lumen Grid wins, others may follow by 12 March 2026.",
        "Norvik and Lumen Grid Meet in Court Over Outage",
    ],
)
def test_another_sentence_may_name_and_count_what_the_sources_do(text: str) -> None:
    assert GATE.sentence(text).reason == ""


@pytest.mark.parametrize(
    "text",
    [
        "Harlow may follow.",
        "Norvik lost 26 suppliers.",
        "Ann Lee speaks of “serious doubt”.",
        "It ends on 13 April 2026.",
        "CVE-2026-9999 is worse.",
        "Read more at www.evil.example today.",
        "Write to editor@evil.example now.",
        "",
    ],
)
def test_another_sentence_with_something_of_its_own_is_refused(text: str) -> None:
    assert not GATE.sentence(text).passed


def test_a_day_that_the_sources_name() -> None:
    assert GATE.day(date(2026, 3, 12))
    assert not GATE.day(date(2026, 4, 12))
    assert not GATE.day(date(2026, 3, 14))


WORDS = st.text(alphabet=string.ascii_letters + "äöüß'’-", min_size=1, max_size=9).filter(
    lambda w: w[0].isalpha() and w[-1].isalpha()
)
SENTENCE = st.lists(WORDS, min_size=4, max_size=24).map(" ".join)


@given(before=SENTENCE, evidence=SENTENCE, after=SENTENCE)
@settings(max_examples=150, deadline=None)
def test_a_sentence_of_the_source_is_its_own_evidence(before: str, evidence: str, after: str) -> None:
    assert Gate([source(f"{before}. {evidence}. {after}.")]).fact(evidence, evidence, 1).passed


@given(evidence=SENTENCE, place=st.integers(0, 23), word=WORDS)
@settings(max_examples=150, deadline=None)
def test_evidence_with_any_word_changed_is_refused(evidence: str, place: int, word: str) -> None:
    parts = evidence.split()
    place %= len(parts)
    assume(word.casefold().replace("’", "'") != parts[place].casefold().replace("’", "'"))
    changed = " ".join([*parts[:place], word, *parts[place + 1 :]])
    assume(changed.replace("-", " ").replace("’", "'") != evidence.replace("-", " ").replace("’", "'"))
    assert not Gate([source(f"{evidence}.")]).fact(evidence, changed, 1).passed


@given(
    claim=st.text(max_size=120),
    evidence=st.text(max_size=120),
    text=st.text(max_size=200),
    language=st.sampled_from(["en", "de", "xx"]),
)
@settings(max_examples=300, deadline=None)
def test_nothing_makes_it_fail(claim: str, evidence: str, text: str, language: str) -> None:
    gate = Gate([source(text, title=claim, language=language)], language=language)
    assert evidence.strip() or not gate.fact(claim, evidence, 1).passed
    assert len(evidence.split()) <= 25 or not gate.fact(claim, evidence, 1).passed
    assert text.strip() or not gate.fact(claim, text, 1).passed
    assert isinstance(gate.sentence(claim).passed, bool)


@pytest.mark.parametrize("text", ["a " * 20_000, '"' * 20_000, "1," * 10_000, "A." * 10_000, "-" * 50_000, "... " * 5_000])
@pytest.mark.timeout(20)
def test_no_text_takes_long(text: str) -> None:
    gate = Gate([source(text, title="A title")])
    assert not gate.fact("Attackers took a ship.", "a a a a", 1).passed
    assert isinstance(gate.fact(text[:400], text[:100], 1).passed, bool)
    assert isinstance(gate.sentence(text[:400]).passed, bool)
