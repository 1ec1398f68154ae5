"""Sorting stories by rule: precision before recall, on sentences of our own and on the labelled weeks."""

from __future__ import annotations

import os
import time

import pytest

from benchmarks.classify import WEEKS, corpus, judge, measure
from groundwire import resources
from groundwire.analysis.classify import HINT, LEAD, classify
from groundwire.publication.categories import UNCATEGORISED, Category, Rules, load_categories

CATEGORIES = load_categories(resources.PACKAGE / "nowhere")

OURS = [
    ("industry-news", "Norvik Systems acquires Lumen Grid for $2 billion", "The acquisition values the startup at twice its revenue."),
    ("industry-news", "Tessel raises $40 million in Series B", "The funding round was led by investors from three countries."),
    ("industry-news", "Norvik übernimmt Lumen Grid", "Die Übernahme kostet 300 Millionen Euro; Investoren stimmten zu."),
    ("incident-report", "Harbour Clinics hit by ransomware attack", "Systems were taken offline and patients notified."),
    ("incident-report", "Data breach at Fernway Airlines exposes 2 million records", "Hackers accessed personal data of customers."),
    ("incident-report", "Hackerangriff legt Stadtverwaltung lahm", "Nach dem Cyberangriff sind Kundendaten abgeflossen."),
    ("vulnerability", "Critical flaw in Harlow routers allows remote code execution", "CVE-2030-1111 is exploited in the wild."),
    ("vulnerability", "Oriel patches two vulnerabilities in its mail server", "Unauthenticated attackers could run arbitrary code."),
    ("vulnerability", "Kritische Sicherheitslücke in Mailserver", "Angreifer können Schadcode ausführen, Sicherheitsupdates gibt es."),
    ("threat-actor", "China-linked hackers spy on shipping firms", "The threat actor was seen in a cyber espionage campaign."),
    ("threat-actor", "Ransomware gang leader arrested", "Europol said the cybercrime group was behind forty attacks."),
    ("threat-actor", "Mutmaßlicher Kopf einer Ransomware-Bande verhaftet", "Die Hackergruppe griff Firmen an."),
    ("tool-or-technique", "New infostealer malware hides in browser add-ons", "The payload steals credentials and session cookies."),
    ("tool-or-technique", "Phishing kit sold on Telegram copies bank pages", "The phishing kit bypasses two factors."),
    ("tool-or-technique", "Neuer Trojaner tarnt sich als Wetter-App", "Die Schadsoftware stiehlt Zugangsdaten."),
    ("regulation-and-compliance", "Regulator fines shop over GDPR breaches", "The penalty follows complaints; the regulator cited consent."),
    ("regulation-and-compliance", "Senate passes privacy law for schools", "Lawmakers said the bill would prohibit the sale of pupils' data."),
    ("regulation-and-compliance", "Bußgeld gegen Onlinehändler", "Die Aufsichtsbehörde sieht einen Verstoß gegen die Verordnung."),
    ("best-practices", "How to plan backups: a checklist", "In this guide you can learn how to test them step-by-step."),
    ("best-practices", "So schützen Sie Ihr Heimnetz: Tipps", "Sie sollten den Router aktualisieren; weitere Empfehlungen im Text."),
    ("research", "Study finds most passwords are reused", "Researchers at a university surveyed 4,000 respondents."),
    ("research", "Umfrage: Jede dritte Firma testet ihre Backups nie", "Befragt wurden 900 Firmen, 34 Prozent der Befragten antworteten so."),
]  # fmt: skip

NOBODYS = [
    (
        "Week in review: a zero-day, three breaches and a merger",
        "The vulnerability was exploited; the data breach was confirmed.",
    ),
    ("The lighthouse keeper who paints storms", "A portrait of a patient man on a small island."),
    ("Podcast: ransomware gangs and their hackers", "In this episode we talk about threat actors."),
    ("Vulnerable glaciers", "The ice is thinner than it was."),
    ("Super typhoon nears the coast", "Schools are closed and ferries stay in port."),
    ("City bakery opens a second shop", "Bread from seven in the morning."),
    ("Der Leuchtturmwärter, der Stürme malt", "Ein Porträt."),
    ("", ""),
]


@pytest.mark.parametrize(("category", "title", "text"), OURS)
def test_a_plain_case_is_recognised(category: str, title: str, text: str) -> None:
    verdict = classify(title, text, categories=CATEGORIES)
    assert verdict.category == category, verdict


@pytest.mark.parametrize(("title", "text"), NOBODYS)
def test_what_no_rule_recognises_stays_uncategorised(title: str, text: str) -> None:
    assert classify(title, text, categories=CATEGORIES).category == UNCATEGORISED


def test_every_category_is_tried_in_two_languages() -> None:
    tried = {category for category, _, _ in OURS}
    assert tried == set(CATEGORIES) - {UNCATEGORISED}


def test_the_verdict_says_why() -> None:
    verdict = classify("Harbour Clinics hit by ransomware attack", "", categories=CATEGORIES)
    assert "title: ransomware attack (+3)" in verdict.why


def _two(**least: int) -> dict[str, Category]:
    red = Category(
        id="red",
        name="Red",
        rules=Rules(title=("crimson", "scarlet"), text=("red",), against=("pink",), least=least.get("red", 3)),
    )
    blue = Category(id="blue", name="Blue", rules=Rules(title=("navy",), text=("blue", "azure"), least=least.get("blue", 3)))
    return {"red": red, "blue": blue}


def test_points_three_for_the_headline_one_for_the_text_three_off_for_what_speaks_against() -> None:
    assert classify("Crimson and scarlet", "red, red, RED", categories=_two()).score == 7
    assert classify("Crimson and scarlet", "red, pink", categories=_two()).score == 4


def test_a_phrase_counts_once_however_often_it_stands_there() -> None:
    assert classify("crimson crimson crimson", "", categories=_two()).score == 3


def test_two_that_are_near_leave_it_open() -> None:
    verdict = classify("Crimson navy", "red", categories=_two())
    assert verdict.category == UNCATEGORISED
    assert "too near" in verdict.why[0]


def test_a_feeds_hint_decides_between_near_ones_and_nothing_else() -> None:
    near = {"title": "Crimson navy", "text": "blue"}
    assert classify(**near, categories=_two(), hint="blue").category == "blue"
    assert classify(**near, categories=_two(), hint="red").category == UNCATEGORISED
    assert classify("A grey day", "Rain.", categories=_two(), hint="blue").category == UNCATEGORISED
    assert classify("Crimson and scarlet", "blue", categories=_two(), hint="blue").category == "red"
    assert classify("Crimson", "", categories=_two(), hint="gone").category == "red"
    assert classify("A day", "blue", categories=_two(), hint="blue").score == 1 + HINT


@pytest.mark.parametrize(
    "text",
    [
        "a" * 200_000,
        "acquir-" * 100_000,
        "fake " * 20_000 + " " * 200_000 + "page",
        "cve-" * 100_000,
        "Sicherheits" * 50_000 + "lücke",
        "new\u00a0" * 50_000,
        "\x00\u202e" * 50_000,
        "$" * 200_000,
    ],
    ids=["one word", "hyphens", "blanks", "cve", "compound", "no-break", "controls", "dollars"],
)
def test_hostile_text_costs_no_time(text: str) -> None:
    classify("warm", "up", categories=CATEGORIES)
    start = time.perf_counter()
    classify(text, text, categories=CATEGORIES)
    for category in CATEGORIES.values():  # the cues of extraction are as safe, on a text that nobody has cut
        for section in category.all_sections():
            if section.pattern:
                section.pattern.search(text[: 10 * LEAD])
    assert time.perf_counter() - start < 5


def test_a_very_long_text_is_judged_by_its_lead() -> None:
    lead = "The acquisition values the startup at twice its revenue. "
    noise = "CVE-2030-1111 vulnerability exploited in the wild, ransomware attack, data breach. " * 500
    text = lead + "The two firms will keep their names. " * 60 + noise
    assert classify("Norvik Systems acquires Lumen Grid", text, categories=CATEGORIES).category == "industry-news"


@pytest.mark.parametrize("week", WEEKS)
def test_the_labelled_weeks(week: str) -> None:
    folder = corpus()
    if not folder.is_dir():
        reason = f"no corpus at {folder}: set GROUNDWIRE_CORPUS"
        if os.environ.get("GROUNDWIRE_REQUIRE_ALL"):
            pytest.fail(reason)
        pytest.skip(reason)
    judged = judge(folder, week)
    m = measure(judged)
    assert m.entries >= 59
    wrong = [(j.id, j.verdict.category, j.accepted) for j in judged if j.decided and not j.right]
    assert m.precision >= 0.9, wrong
    assert m.recall >= 0.7, [j.id for j in judged if j.wanted and not j.decided]
