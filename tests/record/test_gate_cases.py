"""Attacks on the gate, a table of them: number words, bounds, formats of other languages, names, polarity, cut evidence, quotation marks, odd letters."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from groundwire.model import Entry, Feed, Source
from groundwire.verification.gate import Gate

CASES = yaml.safe_load(Path(__file__).with_name("gate-cases.yml").read_text(encoding="utf-8"))


def gate(text: str, language: str = "en") -> Gate:
    """The gate of an English page with one source."""
    feed = Feed(url="https://outlet.example/feed.xml", name="Example Courier")
    entry = Entry(feed, "1", "https://outlet.example/1", "News from the harbour", language=language)
    return Gate([Source(1, entry, text, True)])


def reason(case: dict[str, Any]) -> str:
    judge = gate(case.get("from", case["evidence"]), case.get("language", "en"))
    return judge.fact(case["claim"], case["evidence"], 1).reason


@pytest.mark.parametrize("case", CASES["passes"], ids=lambda case: ascii(case["claim"])[1:70])
def test_what_is_said_fairly_passes(case: dict[str, Any]) -> None:
    assert reason(case) == ""


@pytest.mark.parametrize("case", CASES["refused"], ids=lambda case: ascii(case["claim"])[1:70])
def test_what_is_not_said_so_is_refused(case: dict[str, Any]) -> None:
    assert reason(case)


@pytest.mark.parametrize("text", CASES["sentences"]["passes"])
def test_a_sentence_with_what_the_sources_have_passes(text: str) -> None:
    assert gate(CASES["sentences"]["source"]).sentence(text).reason == ""


@pytest.mark.parametrize("text", CASES["sentences"]["refused"])
def test_a_sentence_with_something_else_is_refused(text: str) -> None:
    assert gate(CASES["sentences"]["source"]).sentence(text).reason


def test_a_block_is_no_part_of_the_sentence_before_it() -> None:
    text = "Police deny any link\nThe group stole data from the firm."
    assert gate(text).fact("The group stole data from the firm.", "The group stole data from the firm", 1).passed


def test_a_source_in_a_language_that_cannot_be_read_proves_no_translation() -> None:
    text = "Firma nie zapłaciła okupu napastnikom w marcu 2026."
    assert "cannot read" in gate(text, "pl").fact("The company paid a ransom in 2026.", text, 1).reason
