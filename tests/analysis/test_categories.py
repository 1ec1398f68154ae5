"""The shipped categories, and the owner's own."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from groundwire import resources
from groundwire.analysis.classify import classify
from groundwire.errors import InputError
from groundwire.publication.categories import UNCATEGORISED, Category, SectionSpec, load_categories, phrases

SHIPPED = load_categories(resources.PACKAGE / "nowhere")
EIGHT = {
    "industry-news",
    "incident-report",
    "vulnerability",
    "threat-actor",
    "tool-or-technique",
    "regulation-and-compliance",
    "best-practices",
    "research",
}
SECTIONS = [(c, s) for c in SHIPPED.values() for s in c.all_sections()]
IDS = [f"{c.id}/{s.id}" for c, s in SECTIONS]

TIDES = """\
id: tides
name: Tides
applies: What the sea does at our coast.
order: 5
rules:
  title: [spring tide*, storm surge]
  text: [spring tide*, harbour master, sea level]
  least: 4
sections:
- id: overview
  heading: Overview
  guidance: What the sea did and where.
  cues: [high water]
"""


def test_the_eight_are_there_and_uncategorised_comes_last() -> None:
    assert set(SHIPPED) == EIGHT | {UNCATEGORISED}
    assert list(SHIPPED)[-1] == UNCATEGORISED


@pytest.mark.parametrize("path", sorted(resources.categories().glob("*.yml")), ids=lambda p: p.stem)
def test_ids_equal_names(path: Path) -> None:
    assert SHIPPED[path.stem].id == path.stem


@pytest.mark.parametrize("one", sorted(EIGHT))
def test_each_says_when_it_applies_and_how_it_is_recognised(one: str) -> None:
    category = SHIPPED[one]
    assert category.applies
    assert category.rules.title
    assert category.rules.text
    assert category.rules.against
    assert category.rules.least >= 4, "one headline phrase alone must not decide"
    assert category.details
    assert category.sections[0].kind == "fact"
    assert category.sections[0].min_words == 0, "a bare excerpt fills the first section"


def test_the_seeds_sections_are_all_there_in_order() -> None:
    news = SHIPPED["industry-news"]
    assert [s.heading for s in news.sections] == [
        "Summary",
        "Key details",
        "The story",
        "Business impact",
        "Technical implications",
        "Strategic analysis",
        "Industry reactions",
        "Future outlook",
        "For security professionals",
    ]
    by_id = {s.id: s for s in news.all_sections()}
    assert [p.heading for p in by_id["business-impact"].parts] == [
        "For the companies involved",
        "For competitors",
        "For customers",
        "For the market",
    ]
    assert by_id["key-details"].labels == ("Date", "Companies involved", "Category")
    assert by_id["strategic-analysis"].labels == ("Market positioning", "Competitive advantage", "Challenges")
    assert by_id["industry-reactions"].labels == ("Analyst opinions", "Market response")
    assert by_id["future-outlook"].labels == ("Predictions", "What to watch for")


@pytest.mark.parametrize(("category", "section"), SECTIONS, ids=IDS)
def test_every_section_is_complete(category: Category, section: SectionSpec) -> None:
    assert section.guidance
    if category.id != UNCATEGORISED and not section.parts:
        assert 8 <= len(section.cues) <= 36, "two languages"
    assert bool(section.labels) == (section.shape == "labelled bullets")
    assert section.kind == "fact" or section.min_words >= 120
    assert len({cue.lower() for cue in section.cues}) == len(section.cues)


@pytest.mark.parametrize("category", SHIPPED.values(), ids=SHIPPED.keys())
def test_no_rule_stands_twice(category: Category) -> None:
    for items in (category.rules.title, category.rules.text, category.rules.against):
        lower = [item.lower() for item in items]
        assert [x for x in lower if lower.count(x) > 1] == []


def test_a_phrase_matches_whole_words_and_a_star_the_rest_of_one() -> None:
    pattern = phrases(("patch*", "hit * ransomware", "*gesetz", "don't", "$* million"))
    assert pattern is not None
    assert pattern.search("It was PATCHED")
    assert not pattern.search("A dispatch")
    assert pattern.search("hit\nby  ransomware")
    assert pattern.search("Das Lieferkettengesetz gilt")
    assert pattern.search("They don’t")
    assert pattern.search("worth $3.5 million")


def test_numbered_phrases_tell_which_one_matched() -> None:
    pattern = phrases(("breach*", "data breach"), numbered=True)
    assert pattern is not None
    assert [m.lastindex for m in pattern.finditer("Data breach! breaches, breached")] == [1, 2, 2]


def test_an_owners_ninth_category_works_without_code(tmp_path: Path) -> None:
    _write(tmp_path, "tides", TIDES)
    categories = load_categories(tmp_path)
    assert set(categories) == set(SHIPPED) | {"tides"}
    assert next(iter(categories)) == "tides"
    assert classify("Spring tides flood the quay", "The harbour master closed it.", categories=categories).category == "tides"


def test_an_owners_file_replaces_the_shipped_one(tmp_path: Path) -> None:
    text = yaml.safe_dump({"id": "research", "name": "Science", "sections": [{"id": "overview", "heading": "Overview"}]})
    _write(tmp_path, "research", text)
    assert load_categories(tmp_path)["research"].name == "Science"


def test_a_wrong_key_is_reported_with_its_line_and_the_right_one(tmp_path: Path) -> None:
    _write(tmp_path, "tides", TIDES.replace("  cues:", "  cue:"))
    with pytest.raises(InputError) as caught:
        load_categories(tmp_path)
    (problem,) = caught.value.problems
    assert (problem.file, problem.line) == ("categories/tides.yml", 13)
    assert "did you mean 'cues'?" in problem.message


def test_all_wrong_files_are_reported_at_once(tmp_path: Path) -> None:
    _write(tmp_path, "tides", TIDES.replace("id: tides", "id: ebb"))
    _write(tmp_path, "other", "id: other\n")
    with pytest.raises(InputError) as caught:
        load_categories(tmp_path)
    assert {p.file for p in caught.value.problems} == {"categories/tides.yml", "categories/other.yml"}


def _write(root: Path, name: str, text: str) -> None:
    (root / "categories").mkdir(exist_ok=True)
    (root / "categories" / f"{name}.yml").write_text(text, encoding="utf-8")
