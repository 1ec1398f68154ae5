"""Untrusted text on a page renders as exactly itself: no tag, no link, whatever is in it."""

from __future__ import annotations

import html
import re
from html.parser import HTMLParser
from pathlib import Path

import markdown
import pytest
import yaml
from hypothesis import example, given, settings
from hypothesis import strategies as st

from groundwire.text.escape import escape, link, safe_url, text_fragment
from groundwire.text.plain import clean

EXTENSIONS = yaml.safe_load((Path(__file__).parents[2] / "mkdocs.yml").read_text(encoding="utf-8"))["markdown_extensions"]
NAMES = [name if isinstance(name, str) else next(iter(name)) for name in EXTENSIONS]
# What an owner might switch on against our advice: the escaping holds there too.
MORE = [
    "pymdownx.magiclink",
    "pymdownx.emoji",
    "pymdownx.smartsymbols",
    "abbr",
    "def_list",
    "smarty",
    "pymdownx.tilde",
    "pymdownx.caret",
    "md_in_html",
]
ACTIVE = st.sampled_from(
    [
        *"\\`*_{}[]()#+-.!|<>&~^:=$@/%\"'\n\t \x02\x03\x00",
        "http://a.b",
        "www.a.b",
        ":smile:",
        "[^1]:",
        "```",
        "!!! note",
        "{: .x }",
        "&lt;",
        "1. ",
        "- ",
        "    ",
        "](javascript:alert(1))",
        "<script>",
        "{{ 7*7 }}",
        "a@b.c",
        "wzxhzdk:0",
        "---",
        "[TOC]",
        "*[a]: b",
        "amp:",
    ]
)
HOSTILE = st.lists(st.one_of(ACTIVE, st.text(max_size=6)), max_size=14).map("".join)


class Rendered(HTMLParser):
    """The text and the tags of a piece of HTML."""

    def __init__(self, source: str) -> None:
        super().__init__(convert_charrefs=True)
        self.text = ""
        self.tags: list[str] = []
        self.feed(source)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)

    def handle_data(self, data: str) -> None:
        self.text += data


def check(source: str, text: str, *, extensions: list[str], tags: list[str]) -> None:
    seen = Rendered(markdown.markdown(source, extensions=extensions))
    assert seen.tags == tags, source
    assert clean(seen.text) == clean(text), source


@settings(max_examples=1500, deadline=None)
@given(HOSTILE)
def test_a_paragraph_is_exactly_its_text(text: str) -> None:
    if clean(text):
        check(escape(text), text, extensions=NAMES, tags=["p"])


@settings(max_examples=400, deadline=None)
@given(HOSTILE)
@example("\\=/=")  # smartsymbols makes an unequal sign of it
def test_with_extensions_that_we_advise_against(text: str) -> None:
    if clean(text):
        seen = Rendered(markdown.markdown(escape(text), extensions=[n for n in MORE if n != "smarty"]))
        assert set(seen.tags) == {"p"}
        assert clean(seen.text) == clean(text)


@settings(max_examples=400, deadline=None)
@given(HOSTILE)
def test_in_a_table_cell_a_bullet_a_quotation_and_a_heading(text: str) -> None:
    if not clean(text):
        return
    safe = escape(text)
    check(f"- {safe}", text, extensions=NAMES, tags=["ul", "li"])
    check(f"> {safe}", text, extensions=NAMES, tags=["blockquote", "p"])
    table = Rendered(markdown.markdown(f"| a | b |\n|---|---|\n| x | {safe} |", extensions=NAMES))
    assert clean(table.text) == clean(f"a b x {text}")
    assert "a" not in table.tags


@settings(max_examples=400, deadline=None)
@given(HOSTILE, st.one_of(HOSTILE, HOSTILE.map(lambda s: "https://a.example/" + s), HOSTILE.map(lambda s: "javascript:" + s)))
def test_a_link_has_one_web_address_or_none(label: str, url: str) -> None:
    seen = markdown.markdown(link(label or "x", url), extensions=NAMES)
    hrefs = re.findall(r'href="([^"]*)"', seen)
    assert len(hrefs) <= 1
    assert all(re.match(r"https?://", html.unescape(h)) for h in hrefs)
    assert set(Rendered(seen).tags) <= {"p", "a"}


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "JaVaScRiPt:x",
        "java\nscript:x",
        "data:text/html,x",
        "//evil.example",
        "file:///etc/passwd",
        "http://",
        "https://a b/",
        "vbscript:x",
        "http://[::1",
        "",
        "mailto:a@b.c",
    ],
)
def test_what_is_no_web_address(url: str) -> None:
    assert safe_url(url) == ""


def test_addresses_are_kept_as_given() -> None:
    for url in ("https://a.example/p?q=1&r=%20#frag", "http://user.example:8080/a-b_c~d", "https://x.example/ü"):
        assert safe_url(url).replace("%C3%BC", "ü") == url


def test_text_fragments_name_the_place() -> None:
    assert (
        text_fragment("https://a.example/p", "Two words, and-more") == "https://a.example/p#:~:text=Two%20words%2C%20and%2Dmore"
    )
    long = text_fragment("https://a.example/p#x", "one two three four five six seven eight nine ten")
    assert long == "https://a.example/p#x:~:text=one%20two%20three%20four,seven%20eight%20nine%20ten"


def test_ordinary_prose_stays_readable() -> None:
    assert (
        escape("CVE-2026-1234: AT-rated 9.8 (critical), said Müller.") == "CVE-2026-1234: AT-rated 9.8 (critical), said Müller."
    )
