"""The analyst without a key: quotes within the limits under the right headings, facts by rule, nothing torn."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from groundwire.analysis.boilerplate import clean_excerpt, clean_headline, is_torn
from groundwire.analysis.extractive import ExtractiveAnalyst, describe
from groundwire.analysis.facts import find_facts, find_tags
from groundwire.model import Analysis, Entry, Feed, Source, Story
from groundwire.publication.article_body import compose_body
from groundwire.publication.categories import load_categories
from groundwire.text.plain import normal, words

CATEGORIES = load_categories(Path("/nonexistent"))
TEXT = """Example Corp has fixed a vulnerability in its Example Router that lets strangers run commands on the device.
What is affected
All routers of the 200 series with firmware before version 4.2.1 are affected, the company said on Monday.
The flaw, CVE-2026-12345, has a CVSS score of 9.8 and needs no password.
What to do
Owners should install firmware 4.2.1 at once or switch off remote management until they can.
Researchers of the University of Exampleton reported the flaw on 3 February 2026 and saw no attacks so far.
Example Corp sold about 40,000 of these routers, mostly to small offices in Europe.
Sign up for our daily newsletter.
Read more: ten routers for small offices"""


def source(
    text: str,
    *,
    excerpt: str = "Example Corp has fixed a flaw in its routers.",
    licence: str = "all-rights-reserved",
    full: bool = True,
) -> Source:
    feed = Feed(url="https://outlet.example/feed", name="Outlet", license=licence)
    entry = Entry(
        feed,
        "1",
        "https://outlet.example/a",
        "Example Corp fixes router flaw CVE-2026-12345 | Outlet",
        excerpt,
        text,
        datetime(2026, 2, 9, tzinfo=UTC),
    )
    return Source(1, entry, text if full else excerpt, full)


def analyse(one: Source, category: str = "vulnerability") -> Analysis:
    return ExtractiveAnalyst(CATEGORIES).analyse(Story("s-0000000000", (one.entry,)), [one], category=category)


def quotes(analysis: Analysis) -> list[str]:
    return [s.text for section in analysis.sections for part in (section, *section.parts) for s in part.statements]


def test_quotes_are_whole_sentences_of_the_source_each_once() -> None:
    found = quotes(analyse(source(TEXT, licence="cc-by")))
    assert len(found) == len(set(found)) >= 5
    assert all(normal(q) in normal(TEXT) and not is_torn(q) for q in found)
    assert not any("Sign up" in q or "Read more" in q or q.startswith("What") for q in found)


def test_headings_do_not_run_into_sentences() -> None:
    assert any(q.startswith("Owners should install") for q in quotes(analyse(source(TEXT, licence="cc-by"))))


def test_the_limits_hold_and_the_licence_widens_them() -> None:
    long = "\n".join(
        f"The agency named as number {n} said on Monday that its office in town {n} will close in the year 20{n + 30}."
        for n in range(40)
    )
    closed, opened = quotes(analyse(source(long))), quotes(analyse(source(long, licence="cc-by")))
    assert 0 < sum(len(words(q)) for q in closed) <= 150
    assert sum(len(words(q)) for q in opened) >= sum(len(words(q)) for q in closed)


def test_an_excerpt_alone_makes_a_short_page_that_says_so() -> None:
    one = source("", excerpt="Example Corp has fixed a flaw in its routers, CVE-2026-12345.", full=False)
    analysis = analyse(one)
    assert analysis.sections == ()
    body = compose_body(analysis, [one])
    assert "Only the publisher’s excerpt could be read" in body
    assert "Analysis summary" not in body
    assert "CVE-2026-12345" in body
    assert "nur der Auszug" in compose_body(analysis, [one], language="de-AT")


def test_facts_by_rule() -> None:
    text = (
        TEXT
        + " The fine is 2.5 million euros, or $2.9 million; Microsoft and Microsoft again, and Windows on Windows. Stand: 3. Februar 2026."
    )
    facts = find_facts(["Example Corp fixes CVE-2026-12345"], [text])
    assert facts.cves == ("CVE-2026-12345",)
    assert facts.cvss == ("9.8",)
    assert facts.versions == ("4.2.1",)
    assert facts.money == ("2.5 million euros", "$2.9 million")
    assert facts.dates == ("3 February 2026", "3. Februar 2026")
    assert facts.organisations[:2] == ("Microsoft",) or "Microsoft" in facts.organisations
    assert "Windows" in facts.products


def test_tags_need_a_headline_or_two_signs() -> None:
    assert find_tags("Hospital hit by ransomware", "") == ("healthcare", "ransomware")
    assert find_tags("A quiet week", "One phishing mail was seen.") == ()


@pytest.mark.parametrize(
    ("raw", "wanted"),
    [
        ("A flaw was found. It is fixed. The post A flaw appeared first on Outlet.", "A flaw was found. It is fixed."),
        ("A flaw was found in routers of the [...]", "A flaw was found in routers of the"),
        ("The technology that supplies wat...", "The technology that supplies …"),
        ("Ein Fehler wurde gefunden. Weiterlesen", "Ein Fehler wurde gefunden."),
        ("One whole sentence here. And one that is torn in the mi…", "One whole sentence here."),
        ("", ""),
    ],
)
def test_excerpts_lose_their_furniture(raw: str, wanted: str) -> None:
    assert clean_excerpt(raw) == wanted


def test_headlines_lose_their_outlet() -> None:
    assert clean_headline("Example Corp fixes a router flaw | Outlet", "Outlet") == "Example Corp fixes a router flaw"
    assert clean_headline("Why A - B testing is hard - a view", "Outlet") == "Why A - B testing is hard - a view"


def test_a_card_s_sentence_says_something() -> None:
    assert (
        describe("Thursday. A flaw in the routers of a maker lets strangers in.", "T")
        == "Thursday. A flaw in the routers of a maker lets strangers in."
    )
    assert describe("", "The headline") == "The headline"


def test_real_articles_make_honest_pages(corpus: Path) -> None:
    for line in (corpus / "articles" / "excerpt-fulltext-pairs-dev.jsonl").read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        feed = Feed(url="https://x.example/f", name=row["feed"][:50] or "X")
        entry = Entry(
            feed,
            "1",
            row["link"] or "https://x.example/",
            row["title"],
            row["excerpt"],
            row["full_text"],
            datetime(2026, 1, 1, tzinfo=UTC),
        )
        analysis = ExtractiveAnalyst(CATEGORIES).analyse(
            Story("s-0000000000", (entry,)), [Source(1, entry, row["full_text"], True)], category="uncategorised"
        )
        found = quotes(analysis)
        assert sum(len(words(q)) for q in found) <= min(150, len(words(row["full_text"])) * 15 // 100)
        assert len(words(analysis.excerpt)) <= 61
        assert not {normal(q) for q in found} & {normal(analysis.excerpt)}
        assert all(normal(q) in normal(row["full_text"]) for q in found)


def test_the_extractive_opening_is_at_least_as_good_as_the_lead(corpus: Path) -> None:
    from benchmarks.extractive import judge, key_three, lead, load, opening, written

    pairs = load(corpus)
    assert all(a >= b for a, b in zip(judge(pairs, opening), judge(pairs, lead), strict=True))
    own = written(pairs)
    assert all(a >= b for a, b in zip(judge(own, key_three), judge(own, lead), strict=True))
