"""A withdrawn story leaves the files of issues; what people wrote there stays."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from groundwire.issues.removal import touched, without
from groundwire.mail.letter import compose_letter
from groundwire.publication.content import Article, Issue, load_articles
from groundwire.publication.frontmatter import IssueMeta, parse
from groundwire.settings import Settings

GOLDEN = Path(__file__).parent / "golden"
SETTINGS = Settings.model_validate({"title": "T", "url": "https://example.github.io/briefing/"})


def week() -> tuple[Issue, list[Article]]:
    text = (GOLDEN / "2026-w48.md").read_text(encoding="utf-8")
    return parse(text, IssueMeta, file="issues/2026-w48.md"), list(load_articles(GOLDEN / "week").require())


def take(page: Issue, articles: list[Article], *ids: str) -> Issue:
    gone = [one for one in articles if one.meta.id in ids]
    left = [one for one in articles if one.meta.id not in ids]
    assert touched([page], gone) or without(page, gone, left=left) == page.text
    again = parse(without(page, gone, left=left), IssueMeta, file=page.path)
    assert without(again, gone, left=left) == again.text  # again, nothing changes
    return again


def test_it_leaves_items_body_subject_and_preheader() -> None:
    page, articles = week()
    lead, second = page.meta.items[:2]
    found = take(page, articles, lead)
    assert lead not in found.meta.items
    assert "Harbour authority restores" not in found.text
    assert "The lead" not in found.body
    assert found.meta.subject == "Why we count what the gate dropped"
    assert found.meta.preheader.startswith("Orrery fixes a flaw")
    assert second in found.meta.items
    assert found.pristine
    assert not found.body.strip().startswith("7 stories")
    assert compose_letter(found, articles=articles, settings=SETTINGS).items == 4


@pytest.mark.parametrize(
    ("preheader", "left"),
    [
        ("A roof · A bridge · {n} more stories", "A roof · A bridge"),
        ("A roof · {m} more stories", "A roof · {m} more stories"),
        ("{n} more", "{n} more"),
    ],
)
def test_a_preheader_counts_no_story_that_is_gone(preheader: str, left: str) -> None:
    page, articles = week()
    numbers = {"n": len(page.meta.items) - 3, "m": len(page.meta.items)}
    page = parse(re.sub(r"preheader: .*", f"preheader: {preheader.format(**numbers)}", page.text), IssueMeta, file=page.path)
    assert take(page, articles, page.meta.items[-1]).meta.preheader == left.format(**numbers)


def test_what_people_wrote_stays_to_the_byte() -> None:
    page, articles = week()
    text = page.text.replace("## The lead", "Hello, readers. I chose these *myself*.\n\n## The lead")
    text = text.replace("subject: Harbour authority restores its cranes after nine days", "subject: 'Cranes  # really' # mine")
    text = re.sub(r"preheader: .*", "preheader: What I say.", text)
    page = parse(text, IssueMeta, file=page.path)
    assert not page.pristine
    start, end = text.index("## Vulnerability"), text.index("## Industry news")
    wanted = (text[:start] + text[end:]).replace("s-0000000002, ", "")
    wanted = re.sub(r"preheader: .*", "preheader: What I say.", wanted)
    assert take(page, articles, "s-0000000002").text == wanted


def test_lists_and_what_is_online_lose_it_and_the_correction_keeps_it() -> None:
    page, articles = week()
    found = take(page, articles, "s-0000000006", "s-000000000a")
    assert "## 1 more online {: .online }" in found.body
    assert "Telescope library" not in found.body
    assert "## Continuing" not in found.body  # it had one entry
    assert found.meta.continuing == ()
    assert "Predictions that came due" not in found.body
    rumour = next(one for one in articles if one.meta.withdrawn)
    assert take(page, articles, rumour.meta.id).text == page.text  # told as withdrawn: that stays


@pytest.mark.parametrize("form", ["../{path}", "https://example.github.io/briefing/{url}#part", "<../../{url}>"])
def test_however_people_link_to_it(form: str) -> None:
    page, articles = week()
    story = next(one for one in articles if one.meta.id == "s-0000000003")
    target = form.format(path=story.path, url=story.url)
    text = f"{page.text}\n## More {{: .online }}\n\n- [It]({target})\n  more about it\n- [Other](https://other.example/)\n"
    found = take(parse(text, IssueMeta, file=page.path), articles, story.meta.id)
    assert "[It]" not in found.body
    assert "more about it" not in found.body
    assert "[Other]" in found.body


def test_an_issue_without_it_is_the_same() -> None:
    page, articles = week()
    assert without(page, [], left=articles) == page.text
