"""The one catalogue of words: complete in both languages, plural, dates, lists; the shipped categories' names."""

from __future__ import annotations

import string
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from groundwire.publication.categories import load_categories
from groundwire.publication.wording import NAMES, catalogue, translated, words_of
from sitekit import Html, Publication


def forms(value: object) -> Iterator[str]:
    if isinstance(value, dict):
        yield from value.values()
    elif isinstance(value, list):
        yield from map(str, value)
    else:
        yield str(value)


def test_every_language_has_every_word_with_the_same_gaps() -> None:
    english = catalogue()["en"]
    for language, parts in catalogue().items():
        assert parts.keys() - {NAMES} == english.keys() - {NAMES}, language
        for part in english:
            assert parts[part].keys() == english[part].keys(), (language, part)
            for key, value in english[part].items():
                assert isinstance(parts[part][key], type(value)), (language, part, key)
                wanted = {name for text in forms(value) for _, name, _, _ in string.Formatter().parse(text) if name}
                given = {name for text in forms(parts[part][key]) for _, name, _, _ in string.Formatter().parse(text) if name}
                assert given == wanted, (language, part, key)


def test_every_shipped_name_and_heading_is_german_where_german_is_read(tmp_path: Path) -> None:
    words, shipped = words_of("de-AT", "site"), load_categories(tmp_path)
    for category in shipped.values():
        told = [category.name, *(x for s in category.all_sections() for x in (s.heading, *s.labels))]
        assert [name for name in told if name not in words.names] == []
    german = translated(shipped, words)
    assert german["vulnerability"].name == "Schwachstelle"
    assert german["industry-news"].all_sections()[0].heading == "Zusammenfassung"
    assert translated(shipped, words_of("en")) == dict(shipped)


def test_plural_lists_and_dates_are_written_as_the_language_writes_them() -> None:
    english, german = (words_of(tag, "issue", zone=ZoneInfo("Europe/Berlin")) for tag in ("en-GB", "de"))
    assert (english("stories", 1), english("stories", n=2), german.count("stories", 1)) == ("1 story", "2 stories", "1 Meldung")
    assert german.listing(["eins", "zwei", "drei"]) == "eins, zwei und drei"
    assert english.listing([]) == ""
    assert (english.number(0.5, digits=2), german.number(0.5, digits=2)) == ("0.50", "0,50")
    late = datetime(2026, 2, 27, 23, 30, tzinfo=UTC)
    assert german.moment(late) == "28. Februar 2026, 00:30 Uhr CET"
    assert english.day(late) == "Saturday, 28 February 2026"
    assert english.span(date(2026, 11, 20), date(2026, 11, 27)) == "20 to 27 November 2026"
    assert german.span(date(2025, 12, 30), date(2026, 1, 5)) == "30. Dezember 2025 bis 5. Januar 2026"
    assert words_of("fr", "site")("archive") == "Archive", "a language that nobody translated is read in English"
    assert words_of("he", "site").direction == "rtl"


def test_a_german_publication_speaks_german(tmp_path: Path) -> None:
    pub = Publication.create(tmp_path / "pub", "language: de\n")
    address = pub.article("Meldung", category="vulnerability")
    site = pub.build()
    article = Html.read(site / address / "index.html")
    assert "27. Februar 2026, 13:00 Uhr CET" in article.text()
    assert "Nach Regeln entnommen, nicht geprüft" in article.text()
    assert "Schwachstelle" in article.text()
    assert dict(article.tags)["html"]["lang"] == "de"
    english = {
        text for part in ("common", "site", "about") for value in catalogue()["en"][part].values() for text in forms(value)
    }
    german = {text for part in ("common", "site", "about") for value in catalogue()["de"][part].values() for text in forms(value)}
    for path in ("", "about/method", "about/feeds", "about/imprint", "about/privacy", "corrections", "predictions", "subscribe"):
        told = [text.strip() for _, text in Html.read(site / path / "index.html").texts]
        assert [text for text in told if text in english - german] == [], path


def test_reasons_keep_their_numbers_and_an_owner_s_own_stay_as_they_are() -> None:
    german = words_of("de")
    assert german.reason("12 independent sources and 1 copy") == "12 unabhängige Quellen und 1 Kopie"
    assert german.reason("a reason of the owner's own, 3") == "a reason of the owner's own, 3"
