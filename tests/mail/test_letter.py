"""The letter: an issue's file as HTML and text, what leaves it, and how large it may be."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import settings as effort
from hypothesis import strategies as st

from groundwire.errors import Refused
from groundwire.mail.content import EXTENSIONS, absolute
from groundwire.mail.letter import MAX_HTML, compose_letter
from groundwire.mail.lint import lint
from groundwire.publication.frontmatter import Page
from groundwire.text.escape import escape, link
from groundwire.text.plain import clean
from letterkit import NOW, OWNER, SITE, TESTS, article, issue, item, letter, many, week

GOLDEN = Path(__file__).parent / "golden"


def test_the_golden_letter() -> None:
    found = letter(*week())
    for name, text in (("2026-w48.html", found.html), ("2026-w48.txt", found.text)):
        if os.environ.get("GROUNDWIRE_UPDATE_GOLDEN"):
            (GOLDEN / name).write_text(text, encoding="utf-8")
        assert text == (GOLDEN / name).read_text(encoding="utf-8")
    assert (found.subject, found.items, found.online) == ("Harbour authority restores its cranes after nine days", 5, 2)


def test_the_dark_style_survives_the_inliner() -> None:
    html = letter(*week()).html
    assert html.count("<style") == 2  # that for Outlook, and that for all others
    assert "prefers-color-scheme: dark" in html
    assert re.search(r'<h3 style="[^"]*font-size', html)


def test_its_links_are_the_pages_links() -> None:
    page, articles = week()
    written = set(re.findall(r"\(<(https://[^>]+)>\)", page.body.split("{: .online }")[0]))
    found = letter(page, articles)
    hrefs = {href.replace("&amp;", "&") for href in re.findall(r'href="(https?://[^"]+)"', found.html)}
    assert hrefs - written == {found.web_url, found.token}
    assert not written - hrefs


@pytest.mark.parametrize("count", [1, 10, 50, 500])
def test_at_most_90_kib_and_the_rest_online(count: int) -> None:
    page, articles = many(count)
    found = letter(page, articles)
    assert len(found.html.encode()) <= MAX_HTML
    assert found.items + found.online == count
    assert found.items >= min(count, 50)
    assert (f"{found.online} more online" in found.html) == (found.online > 0)
    assert f"{count} stories" in found.text or count == 1


def test_one_enormous_story_is_sent_all_the_same() -> None:
    first = article(1)
    found = compose_letter(issue(item(first, "word " * 40_000)), articles=[first], settings=OWNER)
    assert found.items == 1
    assert any("KiB" in problem.message for problem in lint(found))


@pytest.mark.parametrize("change", [{"status": "draft"}, {"withdrawn": {"date": NOW, "reason": "r"}}])
def test_a_story_that_is_held_or_withdrawn_leaves_everything(change: dict[str, Any]) -> None:
    first, second, third = (article(n) for n in (1, 2, 3))
    body = (
        f"{first.meta.title} leads.\n\n## The lead {{: .lead }}\n\n{item(first)}\n## Research\n\n{item(second)}\n{item(third)}\n"
        f"## Continuing\n\n- {link(first.meta.title, SITE + first.url)}: new from X.\n"
    )
    page = issue(body, subject=first.meta.title, preheader=f"Also: {second.meta.title}")
    whole = letter(page, [first, second, third])
    assert whole.html.count("story number 1") == 4  # title, opening, headline, continuing
    found = letter(page, [article(1, **change), second, third])
    assert "story number 1" not in found.html + found.text + found.subject + found.preheader
    assert "The lead" not in found.html  # nor its empty sections
    assert "Continuing" not in found.html
    assert (found.subject, found.preheader) == (second.meta.title, third.meta.title)
    assert (found.items, whole.items) == (2, 3)


def test_a_story_whose_page_is_gone_leaves_and_a_renamed_one_stays() -> None:
    gone, renamed = article(1), article(2)
    kept = Page("articles/2026/11/new.md", renamed.meta.model_copy(update={"aliases": (renamed.url,)}), "", "")
    found = letter(issue(f"{item(gone)}\n{item(renamed)}"), [kept])
    assert found.items == 1
    assert SITE + renamed.url in found.html


def test_a_correction_may_name_a_withdrawn_story() -> None:
    found = letter(*week())
    assert "Lumen denied it" in found.html
    assert "Lumen denied it" in " ".join(found.text.split())


def test_an_opening_that_counts_goes_with_what_it_counted_unless_a_person_wrote_it() -> None:
    held, other = article(1, status="draft"), article(2)
    body = f"2 stories.\n\n{item(held)}\n{item(other)}"
    assert "2 stories." not in letter(issue(body, pristine=True), [held, other]).html
    assert "2 stories." in letter(issue(body), [held, other]).html


def test_an_issue_of_which_nothing_is_left_is_refused() -> None:
    held = article(1, status="draft")
    with pytest.raises(Refused, match=r"issues/2026-w48\.md"):
        compose_letter(issue(item(held)), articles=[held], settings=OWNER)


def test_what_people_write_in_the_body() -> None:
    first = article(1)
    body = (
        "# A heading of the first level\n\nHello <script>alert(1)</script><b onclick=x()>you</b> ![pixel](https://spy.example/p.gif)\n\n"
        f"{item(first)}\n> A quotation\n> of two lines.\n\n1. one\n2. two\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n"
        "A footnote[^1] and [a page](../about.md), [bad](javascript:alert(1)), [story](../articles/2026/11/story-1.md#x).\n\n"
        "[^1]: The note.\n\n<style>td{display:none}</style><form action=/x><input></form>\n"
    )
    found = letter(issue(body), [first])
    for unwanted in ("<script", "alert", "onclick", "spy.example", "td{display", "<form", "javascript:"):
        assert unwanted not in found.html.split("</head>")[1]
    assert found.html.count("<h1") == 1
    assert f'href="{SITE}about/"' in found.html
    assert f'href="{SITE}articles/2026/11/story-1/#x"' in found.html
    text = found.text
    assert "> A quotation of two lines." in text
    assert "1. one\n2. two" in text
    assert "a | b\n1 | 2" in text
    assert "The note." in text
    assert "<em>pixel</em>" in found.html


@pytest.mark.parametrize(
    ("href", "wanted"),
    [
        ("https://a.example/x?y=1", "https://a.example/x?y=1"),
        ("mailto:a@b.example", "mailto:a@b.example"),
        ("2026-w47.md", f"{SITE}issues/2026-w47/"),
        ("../articles/2026/11/x.md#part", f"{SITE}articles/2026/11/x/#part"),
        ("index.md", f"{SITE}issues/"),
        ("../index.md", SITE),
        ("#fn:1", f"{SITE}issues/2026-w48/#fn:1"),
        ("../../about/", f"{SITE}about/"),
        ("data:text/html,x", ""),
        ("//[bad", ""),
    ],
)
def test_links_are_whole_addresses(href: str, wanted: str) -> None:
    assert absolute(href, site=SITE, path="issues/2026-w48.md") == wanted


def test_the_body_is_read_as_the_website_reads_it() -> None:
    mkdocs = (TESTS.parent / "mkdocs.yml").read_text(encoding="utf-8")
    listed = mkdocs.split("markdown_extensions:\n")[1]
    assert sorted(EXTENSIONS) == sorted(re.findall(r"^- (\w+)", listed, re.MULTILINE))


def test_in_german() -> None:
    first = article(1)
    german = OWNER.model_copy(update={"language": "de"})
    found = compose_letter(issue(item(first)), articles=[first], settings=german)
    assert '<html lang="de"' in found.html
    assert "Abbestellen" in found.text


@given(title=st.text(min_size=1, max_size=120).filter(clean), text=st.text(max_size=300))
@effort(max_examples=60, deadline=None)
def test_hostile_text_stays_text(title: str, text: str) -> None:
    first = article(1, title=title)
    found = letter(issue(item(first, escape(text)), subject=title), [first])
    assert found.html.count("<a ") == 5  # headline, outlet, web, unsubscribe, publisher
    assert found.html.count("<h3") == 1
    assert found.subject == clean(title)
    assert all(len(line) <= 78 or len(line.split()) <= 2 for line in found.text.splitlines())
