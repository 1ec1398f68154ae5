"""Sentences, words, slugs, normal forms and quotation limits."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from groundwire.text.addresses import canonical
from groundwire.text.plain import clean, cut, normal, sentences, shorten, slugify, unescape, whole, words
from groundwire.text.quotation import fit, limits

CASES = [
    ("One. Two.", ["One.", "Two."]),
    (
        "A deadline of 5:01 p.m. today is near in the U.S. The firm said no. Version 2.15.0 fixes it.",
        ["A deadline of 5:01 p.m. today is near in the U.S.", "The firm said no.", "Version 2.15.0 fixes it."],
    ),
    ("Dr. J. Smith of Apple Inc. spoke. He left.", ["Dr. J. Smith of Apple Inc. spoke.", "He left."]),
    (
        "Am 10. Dezember wurde z. B. Log4j bekannt. Das BSI rief am 11. Dezember die höchste Stufe aus.",
        ["Am 10. Dezember wurde z. B. Log4j bekannt.", "Das BSI rief am 11. Dezember die höchste Stufe aus."],
    ),
    (
        "“Really?” she asked. iPhone sales fell. See No. 5 there.",
        ["“Really?” she asked.", "iPhone sales fell.", "See No. 5 there."],
    ),
    ("", []),
]


@pytest.mark.parametrize(("text", "expected"), CASES)
def test_sentences(text: str, expected: list[str]) -> None:
    assert sentences(text) == expected


@given(st.text(max_size=200))
def test_sentences_lose_nothing(text: str) -> None:
    assert " ".join(sentences(text)) == clean(text)


@given(st.text(max_size=300), st.integers(1, 60))
def test_shorten_keeps_within_the_limit(text: str, limit: int) -> None:
    assert len([w for w in words(shorten(text, limit)) if w != "…"]) <= limit


def test_the_normal_form_joins_what_typesetters_part() -> None:
    assert normal("“It’s” — done…") == normal('"It\'s" - done...')
    assert normal("ﬁrst half") == "first half"
    assert normal("it is not so") != normal("it is so")


def test_slugs() -> None:
    assert slugify("Größe: “Log4Shell” & Co.'s 2.15.0!") == "groesse-log4shell-co-s-2-15-0"
    assert slugify("日本語") == ""
    assert len(slugify("word " * 40)) <= 60


def test_canonical_addresses() -> None:
    same = [
        "http://www.a.example/p/?utm_source=x",
        "https://a.example/p",
        "https://a.example:443/p/index.html#top",
        "https://a.example//p?fbclid=1",
    ]
    assert len({canonical(url) for url in same}) == 1
    assert canonical("https://a.example/p?id=1") != canonical("https://a.example/p?id=2")
    assert canonical("javascript:x") == canonical("https://[::1") == ""


def test_limits_by_licence() -> None:
    assert limits(license="all-rights-reserved", source_words=400).beyond == 60
    assert limits(license="all-rights-reserved", source_words=4000).beyond == 150
    assert limits(license="cc-by", source_words=400).beyond == 400
    assert limits(license="all-rights-reserved", source_words=0).beyond == 0


@given(st.lists(st.integers(1, 60), max_size=20), st.integers(0, 5000), st.integers(0, 200))
def test_what_fits_stays_within_the_limit_and_is_kept_whole(sizes: list[int], source: int, already: int) -> None:
    quotations = ["w " * size for size in sizes]
    kept = fit(quotations, license="all-rights-reserved", source_words=source, already=already)
    total = sum(sizes[i] for i in kept)
    assert total == 0 or total + already <= min(150, source * 15 // 100)
    assert list(kept) == sorted(set(kept))


def test_pages_from_real_articles_stay_within_the_limits(corpus: Path) -> None:
    from groundwire.analysis.sentences import key_sentences

    for line in (corpus / "articles" / "excerpt-fulltext-pairs-dev.jsonl").read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        size = len(words(row["full_text"]))
        keys = [k.text for k in key_sentences(row["full_text"], title=row["title"])]
        kept = fit(keys, license="all-rights-reserved", source_words=size)
        assert sum(len(words(keys[i])) for i in kept) <= min(150, size * 15 // 100)
        assert all(normal(k) in normal(row["full_text"]) for k in keys)
        assert len(set(keys)) == len(keys)


def test_a_text_without_blanks_is_shortened_too() -> None:
    assert len(shorten("長" * 10_000, 60)) < 1_300
    assert len(shorten("https://example.org/" + "a" * 10_000 + " and more", 60)) < 1_300


@given(st.text(max_size=80), st.integers(1, 40))
def test_a_cut_text_is_a_beginning_within_the_limit(text: str, limit: int) -> None:
    assert len(cut(text, limit)) <= limit
    assert text.startswith(cut(text, limit))


@given(st.text(st.characters(), max_size=30))
def test_what_is_whole_can_be_written_and_nothing_else_is_lost(text: str) -> None:
    whole(text).encode("utf-8")
    assert whole(text) == text or any("\ud800" <= c <= "\udfff" for c in text)


def test_a_reference_beyond_all_characters_is_read_as_none() -> None:
    assert unescape(f"&#{'1' * 5_000}; &#x{'f' * 5_000} &#65;") == "\ufffd \ufffd A"
