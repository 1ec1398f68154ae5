"""The pure parts: colours that can be read, pictures, report links, names, feed health, languages."""

from __future__ import annotations

import struct
import zlib
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from groundwire.errors import InputError
from groundwire.publication.feed_health import health
from groundwire.publication.frontmatter import SourceMeta
from groundwire.publication.wording import words_of
from groundwire.settings import Feed, Settings
from groundwire.text.colour import brand_css, contrast, readable
from groundwire.website.cards import HEIGHT, WIDTH, card
from groundwire.website.names import load_names
from groundwire.website.reports import reports_for
from groundwire.website.tongue import with_languages

COLOURS = st.integers(0, 0xFFFFFF).map("#{:06x}".format)


@settings(max_examples=100, deadline=None)
@given(COLOURS)
def test_any_colour_becomes_readable(colour: str) -> None:
    for grounds, towards in ((("#fdfcf9", "#f6f3ec"), "#000000"), (("#15161a", "#1e2025"), "#ffffff")):
        chosen = readable(colour, on=grounds, towards=towards)
        assert all(contrast(chosen, ground) >= 4.5 for ground in grounds)
        for text in (part.split(":")[1] for part in brand_css(colour).split("}")[0].split("{")[1].split(";")):
            assert len(text) == 7


def test_a_good_colour_stays_as_it_is() -> None:
    assert readable("#8f1d21", on=("#fdfcf9",), towards="#000000") == "#8f1d21"
    assert contrast("#000000", "#ffffff") == pytest.approx(21)


@pytest.mark.parametrize("name", ["", "vulnerability", "an-owner-s-own"])
def test_a_card_is_a_small_png_of_the_right_size(name: str) -> None:
    data = card(name, "#1d5f8f")
    assert data[:8] == b"\x89PNG\r\n\x1a\n"
    assert struct.unpack(">II", data[16:24]) == (WIDTH, HEIGHT)
    assert len(data) < 8_000
    start = data.index(b"IDAT")
    (size,) = struct.unpack(">I", data[start - 4 : start])
    assert len(zlib.decompress(data[start + 4 : start + 4 + size])) == HEIGHT * (WIDTH + 1)
    assert card(name, "#1d5f8f") == data


@pytest.mark.parametrize(
    ("forge", "editor", "form", "title"),
    [
        ("https://github.com/me/briefing", "/edit/main/content/", "/issues/new?", "title"),
        ("https://gitlab.example/me/briefing/", "/-/edit/main/content/", "/-/issues/new?", "issue[title]"),
        ("https://codeberg.org/me/briefing", "/_edit/main/content/", "/issues/new?", "title"),
    ],
)
def test_mistakes_are_told_on_the_forge_and_by_mail(forge: str, editor: str, form: str, title: str) -> None:
    chosen = Settings.model_validate(
        {"title": "T", "url": "https://n.example/", "site": {"forge": forge, "report_email": "a+b@n.example"}}
    )
    hostile = 'A & B? #1 "quoted" <b>'
    found = reports_for(chosen, words_of("en", "site"), path="articles/2026/02/a.md", url="https://n.example/a/", title=hostile)
    assert found
    assert found.edit == f"{forge.rstrip('/')}{editor}articles/2026/02/a.md"
    mistake = found.reports[0]
    assert form in mistake.form
    assert parse_qs(urlsplit(mistake.form).query)[title] == [f"Mistake: {hostile}"]
    assert unquote(mistake.mail).startswith("mailto:a+b@n.example?subject=Mistake: A & B")
    assert "Page: https://n.example/a/\r\n" in unquote(mistake.mail)
    assert not set('<>" ') & set(mistake.form + mistake.mail)


def test_without_a_forge_or_an_address_nothing_is_offered() -> None:
    plain = Settings(title="T", url="https://n.example/")
    assert reports_for(plain, words_of("en", "site"), path="a.md", url="https://n.example/a/", title="A") is None


def test_feeds_fail_from_the_first_failure_to_the_recovery() -> None:
    rows = [
        {"at": "2026-02-03T00:00:00Z", "feed": "b", "event": "failing", "why": "again"},
        {"at": "2026-02-02T00:00:00Z", "feed": "a", "event": "recovered"},
        {"at": "2026-02-01T00:00:00Z", "feed": "b", "event": "failing", "why": "HTTP 500"},
        {"at": "2026-02-01T00:00:00Z", "feed": "a", "event": "failing"},
        {"at": "2026-02-04T00:00:00Z", "feed": "b", "event": "something later versions write"},
        {"at": "no date", "feed": "c", "event": "failing"},
        {"event": "failing"},
    ]
    feeds = [Feed(url=f"https://{name}.example/") for name in "abc"]
    rows = [{**row, "feed": f"https://{row['feed']}.example/"} if "feed" in row else row for row in rows]
    found = health(feeds, rows, now=datetime(2026, 2, 5, tzinfo=UTC))
    assert [state.state for state in found] == ["new", "failing", "new"]
    assert (found[1].failing_since and found[1].failing_since.day, found[1].why) == (1, "HTTP 500")


def test_a_feed_s_newest_entry_is_the_newest_that_was_told() -> None:
    told = [f"2026-02-0{day}T00:00:00Z" for day in (2, 3, 1)] + [None, "soon", "2026-02-09"]
    feed = Feed(url="https://a.example/")
    rows = [{"at": "2026-02-04T00:00:00Z", "feed": feed.url, "event": "news", "newest": newest} for newest in told]
    (found,) = health([feed], [*rows, {"event": "news"}], now=datetime(2026, 2, 5, tzinfo=UTC))
    assert found.newest == datetime(2026, 2, 3, tzinfo=UTC)


def test_spellings_become_one_name_and_hidden_ones_nothing(tmp_path: Path) -> None:
    assert list(load_names(tmp_path).organisations(["MSFT"])) == ["MSFT"]
    text = "organisations:\n- {name: Microsoft, aliases: [MSFT, Microsoft Corp.]}\n- {name: Monday, hide: true}\n"
    (tmp_path / "entities.yml").write_text(text, encoding="utf-8")
    names = load_names(tmp_path)
    assert list(names.organisations(["msft", "Microsoft", "Monday", "Apache"])) == ["Microsoft", "Microsoft", "Apache"]
    assert list(names.products(["MSFT"])) == ["MSFT"]
    assert dict(names.moved()) == {
        "organisations/msft/": "organisations/microsoft/",
        "organisations/microsoft-corp/": "organisations/microsoft/",
    }


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("organisation:\n- {name: A}\n", "did you mean 'organisations'?"),
        ("organisations:\n- {name: A, aliases: [x]}\n- {name: B, aliases: [X]}\n", "'x' stands for two names"),
        ("- A\n", "keys and values"),
    ],
)
def test_a_wrong_entities_file_is_told(tmp_path: Path, text: str, told: str) -> None:
    (tmp_path / "entities.yml").write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=r"entities\.yml") as caught:
        load_names(tmp_path)
    assert told in str(caught.value)


def test_quotations_say_their_language() -> None:
    body = (
        '<blockquote>\n<p>Guten Tag.</p>\n<p>— <a href="https://d.example/1">D</a></p></blockquote>'
        '<p>“Guten Tag.”<sup id="fnref:1"><a class="footnote-ref" href="#fn:1">1</a></sup> '
        '“Good day.”<sup id="fnref:2"><a class="footnote-ref" href="#fn:2">2</a></sup></p>'
        '<div class="footnote"><ol><li id="fn:1">\n<p><a href="https://d.example/1#:~:text=Guten">D</a></p></li>'
        '<li id="fn:2">\n<p><a href="https://e.example/1#:~:text=Good">E</a></p></li></ol></div>'
    )
    sources = (SourceMeta(feed="D", url="https://d.example/1", language="de"), SourceMeta(feed="E", url="https://e.example/1"))
    marked = with_languages(body, sources, language="en")
    assert '<p lang="de">Guten Tag.</p>' in marked
    assert '<span lang="de">“Guten Tag.”</span><sup' in marked
    assert marked.count("lang=") == 2
    assert with_languages(body, sources, language="de-AT") == body
