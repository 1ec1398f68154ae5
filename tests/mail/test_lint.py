"""What is found in a letter before anybody gets it: mail programs, headings, links, words, pictures."""

from __future__ import annotations

from dataclasses import replace

import pytest

from groundwire.mail.clients import ALLOWED, judge, tables
from groundwire.mail.features import used, used_in_css
from groundwire.mail.letter import Letter, compose_letter
from groundwire.mail.lint import lint
from groundwire.publication.content import Issue
from letterkit import OWNER, PEOPLES, article, issue, item, letter, week


def written(body: str = "", *, subject: str = "A subject") -> tuple[Letter, Issue]:
    page = issue(f"## News\n\n{item(article(1))}\n{body}", subject=subject)
    return compose_letter(page, articles=[article(1)], settings=OWNER), page


def messages(found: Letter, page: Issue | None = None, *, level: str = "error") -> list[str]:
    return [problem.message for problem in lint(found, page) if problem.level == level]


def planted(html: str) -> list[str]:
    found = letter(*week())
    return messages(replace(found, html=found.html.replace("</body>", f"{html}</body>")))


def test_a_letter_uses_nothing_that_a_mail_program_lacks_but_what_is_allowed() -> None:
    first = article(1)
    letters = [letter(*week()), letter(issue(PEOPLES.format(item=item(first))), [first])]
    verdicts = [judge(found.html) for found in letters]
    assert [verdict.unsupported for verdict in verdicts] == [(), ()]
    assert all(verdict.features > 30 for verdict in verdicts)
    assert {one.feature for verdict in verdicts for one in verdict.allowed} == set(ALLOWED)  # an exception that nobody needs goes


@pytest.mark.parametrize(
    ("html", "feature", "client"),
    [
        ('<p style="display:grid">x</p>', "display:grid", "outlook/windows"),
        ("<style>.a { display: grid }</style>", "display:grid", "outlook/windows"),
        ("<style>@media (hover) { p { color: red } }</style>", "@media (hover), @media (any-hover)", "gmail/ios"),
        ("<style>@supports (gap: 1px) { p { gap: 1px } }</style>", "@supports", "gmail/ios"),
        ('<p style="position:absolute">x</p>', "position", "gmail/desktop-webmail"),
        ('<p style="width: calc(1px + 2px)">x</p>', "calc() function", "outlook/windows"),
        ('<p style="margin: 0 2vw">x</p>', "vw unit", "outlook/windows"),
        ('<p style="--x: 1px">x</p>', "CSS Variables (Custom Properties)", "outlook/windows"),
        ('<p style="background: linear-gradient(red, blue)">x</p>', "linear-gradient()", "outlook/windows"),
        ("<style>p:has(a), p::before { color: red }</style>", ":has()", "yahoo/ios"),
        ("<svg></svg>", "Embedded <svg> image", "outlook/windows"),
        ("<p hidden>x</p>", "hidden attribute", "gmail/android"),
    ],
)
def test_a_planted_feature_fails(html: str, feature: str, client: str) -> None:
    found = [message for message in planted(html) if feature in message]
    assert found, planted(html)
    assert client in found[0]


def test_what_is_read_from_a_style_sheet() -> None:
    css = "/* display:flex */ a>b,#c .d.e[f]:hover::after{background:url(x;y:grid) #fff;margin-top:-1.5rem!important}@import 'x';"
    assert {"css-selector-child", "css-selector-id", "css-selector-attribute", "css-selector-chaining"} <= set(used_in_css(css))
    assert {"css-pseudo-class-hover", "css-pseudo-element-after", "css-important", "css-unit-rem", "css-at-import"} <= set(
        used_in_css(css)
    )
    assert not {"css-display", "css-y", "css-display-flex"} & set(used_in_css(css))
    assert "html-h1-h6" in used("<h2>x</h2>").inline
    assert "html-mailto-links" in used("<a href='mailto:a@b.example'>x</a>").inline


def test_our_copy_of_the_tables_is_whole_and_says_where_it_is_from() -> None:
    clients, features = tables()["clients"], tables()["features"]
    assert {client.split("/")[0] for client in clients} == {"gmail", "outlook", "apple-mail", "yahoo"}
    assert len(features) > 280
    assert all(len(values) == len(clients) and set(values) <= set("ynau") for _, values in features.values())
    assert "caniemail.com" in tables()["source"]
    assert "MIT" in tables()["license"]
    assert set(features) >= set(ALLOWED)


@pytest.mark.parametrize(
    ("body", "level", "wanted"),
    [
        ("[Click here](https://a.example/x)", "warning", "“Click here”"),
        ("[https://a.example/x](https://a.example/x)", "warning", "shows an address instead of words"),
        ("[The whole report](https://bit.ly/x)", "warning", "hides behind bit.ly"),
        (
            "[The same long words here](https://a.example/1) [The same long words here](https://a.example/2)",
            "warning",
            "two links say",
        ),
        ("## Title\n\n#### Deep", "warning", "is of level 4, below one of level 2"),
        ("![](https://a.example/x.png)", "error", "a picture without alternative text"),
        ("Act now! Risk-free, limited time, free money!", "warning", "the words of advertisements"),
        ("Words [](https://a.example/x)", "error", "has no text"),
    ],
)
def test_what_people_write(body: str, level: str, wanted: str) -> None:
    found = [problem for problem in lint(*written(body)) if wanted in problem.message]
    assert [problem.level for problem in found] == [level], lint(*written(body))


@pytest.mark.parametrize(
    ("subject", "wanted"),
    [
        ("Re: your account", "as if it answered somebody"),
        ("EVERYTHING IS ON SALE TODAY", "in capitals"),
        ("You won!!!", "shouts"),
        ("Act now to be safe", "as advertisements do"),
        ("x" * 150, "150 characters"),
    ],
)
def test_subjects_that_put_people_off(subject: str, wanted: str) -> None:
    assert wanted in "".join(messages(*written(subject=subject), level="warning"))


def test_a_problem_names_the_line_that_it_is_about() -> None:
    found, page = written("[Click here](https://a.example/x)")
    [problem] = [problem for problem in lint(found, page) if "Click here" in problem.message]
    assert page.text.splitlines()[problem.line - 1].startswith("[Click here]")
    assert str(problem).startswith(f"content/{page.path}:{problem.line}:1: warning: the link")


def test_the_sample_week_raises_no_doubt() -> None:
    page, articles = week()
    assert lint(letter(page, articles), page) == ()


def test_a_picture_s_words_are_read_in_its_place() -> None:
    found, page = written("A chart: ![Losses by year](chart.png)")
    assert "<em>Losses by year</em>" in found.html
    assert "A chart: Losses by year" in found.text
    assert not lint(found, page)


def test_a_link_without_words_and_a_foreign_picture_are_told() -> None:
    assert any("<img>" in message for message in planted("<img src='https://spy.example/p.gif'>"))
    assert any("no whole address" in message for message in planted("<a href='/x'>x</a>"))
    assert any("level 3" in m and "no text" in m for m in planted("<h2>x</h2><h3> </h3>"))
