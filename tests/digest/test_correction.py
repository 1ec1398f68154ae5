"""The correction of an issue: what it says, when it is refused, and that nothing is told twice."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from groundwire.errors import Refused
from groundwire.issues.compose import Draft, compose_issue
from groundwire.issues.correction import Correction, compose_correction
from groundwire.issues.past import past
from groundwire.issues.schedule import due
from groundwire.mail.letter import compose_letter
from groundwire.mail.lint import lint
from groundwire.publication.categories import load_categories
from groundwire.publication.content import Article, Issue
from groundwire.publication.frontmatter import IssueMeta, compose, parse
from groundwire.publication.log import Row
from letterkit import OWNER, SITE, article, issue, item

NOW = datetime(2026, 11, 28, 12, 0, tzinfo=UTC)
WRONG = {"corrections": [{"date": datetime(2026, 11, 28, 9, tzinfo=UTC), "note": "It was *two*, not three."}]}


def sent(*articles: Article) -> Issue:
    page = issue("\n".join(item(one) for one in articles))
    meta = page.meta.model_copy(update={"items": tuple(one.meta.id for one in articles)})
    return parse(compose(meta, page.body), IssueMeta, file=page.path)


def correct(page: Issue, *articles: Article, note: str = "", more: tuple[Issue, ...] = (), rows: Any = ()) -> Correction:
    return compose_correction(
        page.meta.id, note=note, settings=OWNER, articles=articles, issues=[page, *more], ledger_rows=rows, now=NOW
    )


def file(found: Correction, **changes: Any) -> Issue:
    return parse(compose(found.meta.model_copy(update=changes), found.body), IssueMeta, file=found.path)


def test_it_tells_what_pages_say_and_what_the_owner_says() -> None:
    wrong, gone, right = article(1, **WRONG), article(2, withdrawn={"date": NOW, "reason": "Denied."}), article(3)
    page = sent(wrong, gone, right)
    found = correct(page, wrong, gone, right, note="The <date> was wrong.")
    assert (found.path, found.meta.corrects, found.meta.status) == ("issues/2026-w48-correction.md", "2026-w48", "draft")
    assert "\nstatus: draft\n" in compose(found.meta, found.body)
    assert found.meta.subject == "Correction: The <date> was wrong."
    letter = compose_letter(file(found), articles=[wrong, gone, right], settings=OWNER)
    assert lint(letter, file(found)) == ()
    flat = " ".join(letter.text.split())
    for words in ("The <date> was wrong.", "It was *two*, not three.", "Withdrawn: Denied.", f"{SITE}issues/2026-w48/"):
        assert words in flat
    assert "story number 3" not in flat
    assert "0 stories" not in flat


def test_there_must_be_something_to_correct_and_an_issue_that_somebody_got() -> None:
    page = sent(article(1))
    with pytest.raises(Refused, match=r"groundwire issue correct 2026-w48 --note"):
        correct(page, article(1))
    with pytest.raises(Refused, match=r"no issue '2026-w47'; the newest is 2026-w48"):
        compose_correction("2026-w47", note="x", settings=OWNER, articles=[], issues=[page], ledger_rows=[], now=NOW)
    draft = parse(page.text.replace("status: ready", "status: draft"), IssueMeta, file=page.path)
    with pytest.raises(Refused, match=r"2026-w48 is a draft.*edit content/issues/2026-w48\.md"):
        correct(draft, article(1), note="x")


def test_one_draft_at_a_time_then_another_number() -> None:
    page = sent(article(1, **WRONG))
    first = correct(page, article(1, **WRONG))
    with pytest.raises(Refused, match=r"2026-w48-correction\.md is there"):
        correct(page, article(1, **WRONG), more=(file(first),), rows=first.rows)
    approved = file(first, status="ready")
    with pytest.raises(Refused, match="not told yet"):
        correct(page, article(1, **WRONG), more=(approved,), rows=first.rows)
    second = correct(page, article(1, **WRONG), note="And more.", more=(approved,), rows=first.rows)
    assert second.path == "issues/2026-w48-correction2.md"
    assert "two" not in second.body


@pytest.mark.parametrize("approved", [True, False])
def test_the_next_issue_tells_it_unless_those_readers_have_read_it(approved: bool) -> None:
    wrong, fresh = article(1, **WRONG), article(2, published=NOW)
    page = sent(wrong)
    found = correct(page, wrong)
    issues = [page, file(found, status="ready" if approved else "draft")]
    rows: list[Row] = [{"at": NOW.isoformat(), **row} for row in found.rows]
    now = NOW + timedelta(days=7)
    settings = OWNER.model_copy(update={"issue": OWNER.issue.model_copy(update={"min_items": 1})})
    slot = due(settings=settings, issues=issues, now=now, ledger_rows=rows)
    assert slot is not None
    made = compose_issue(
        settings=settings,
        categories=load_categories(Path("no such folder")),
        articles=[wrong, fresh],
        issues=issues,
        before=past(issues, rows, now=now),
        now=now,
        due=slot,
    )
    assert isinstance(made, Draft)
    assert ("not three" in made.body) == (not approved)
    assert made.meta.window.since == page.meta.window.until  # a correction opens no window


def test_a_story_whose_address_begins_as_another_s_is_not_that_one() -> None:
    first, second = article(1, **WRONG), article(11, **WRONG)  # …/story-1 and …/story-11
    page = sent(first, second)
    told = file(correct(page, article(1), second), status="ready")
    assert "not three" in correct(page, first, second, more=(told,)).body


def test_the_same_words_about_another_story_are_not_told_yet() -> None:
    """What an issue's own text remembers, it remembers of the story that the line leads to."""
    first, second = article(1, **WRONG), article(2, **WRONG)
    page = sent(first, second)
    told = file(correct(page, first, article(2)), status="ready")
    later = correct(page, first, second, more=(told,))  # no ledger row is left
    assert [line for line in later.body.splitlines() if "not three" in line] == [
        line for line in later.body.splitlines() if line.startswith(f"- [{second.meta.title}")
    ]
    assert first.meta.title not in later.body
