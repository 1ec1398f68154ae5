"""The issue's file: what it carries and how it reads."""

from __future__ import annotations

import os
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import markdown
import pytest
from hypothesis import given
from hypothesis import strategies as st

from groundwire.issues.compose import Draft, Quiet, compose_issue
from groundwire.issues.past import past
from groundwire.issues.schedule import due
from groundwire.publication.categories import load_categories
from groundwire.publication.content import Article, Issue
from groundwire.publication.frontmatter import ArticleMeta, IssueMeta, Page, compose, parse
from groundwire.publication.log import Row
from groundwire.settings import Settings
from groundwire.text.plain import clean
from support import ByHand

WEEK = Path(__file__).parent / "golden" / "week"
GOLDEN = Path(__file__).parent / "golden" / "2026-w48.md"
NOW = datetime(2026, 11, 27, 8, 20, tzinfo=UTC)  # 20 minutes after the slot in Berlin
CATEGORIES = load_categories(Path("no such folder"))


def settings(**issue: Any) -> Settings:
    return Settings.model_validate(
        {
            "title": "The Example Briefing",
            "url": "https://example.github.io/briefing/",
            "timezone": "Europe/Berlin",
            "issue": issue,
        }
    )


def article(number: int, published: datetime, **more: Any) -> Article:
    meta = {"id": f"s-{number:010x}", "title": f"Story {number}", "description": f"What happened in {number}.", "date": published}
    text = ArticleMeta.model_validate({**meta, "category": "vulnerability", "published": published, **more})
    return Page(f"articles/2026/11/story-{number}.md", text, "## Full report\n", "")


def composed(
    articles: Sequence[Article],
    *,
    now: datetime = NOW,
    issues: Sequence[Issue] = (),
    rows: Sequence[Row] = (),
    with_settings: Settings | None = None,
) -> Draft | Quiet | None:
    given_settings = with_settings or settings(min_items=1)
    slot = due(settings=given_settings, issues=issues, now=now, ledger_rows=rows)
    if slot is None:
        return None
    return compose_issue(
        settings=given_settings,
        categories=CATEGORIES,
        articles=articles,
        issues=issues,
        before=past(issues, rows, now=now),
        now=now,
        due=slot,
    )


def draft(*args: Any, **kwargs: Any) -> Draft:
    found = composed(*args, **kwargs)
    assert isinstance(found, Draft)
    return found


def written(found: Draft, **changes: Any) -> Issue:
    text = compose(found.meta.model_copy(update=changes), found.body)
    return parse(text, IssueMeta, file=found.path)


def test_the_golden_issue() -> None:
    store = ByHand(WEEK)
    found = draft(store.articles().require(), issues=store.issues().require(), with_settings=settings(max_items=5))
    text = compose(found.meta, found.body)
    if os.environ.get("GROUNDWIRE_UPDATE_GOLDEN"):
        GOLDEN.write_text(text, encoding="utf-8")
    assert text == GOLDEN.read_text(encoding="utf-8")
    page = parse(text, IssueMeta, file=found.path)
    assert page.pristine
    assert composed(store.articles().require(), issues=[*store.issues().pages, page]) is None


def test_held_and_withdrawn_stories_are_in_no_issue() -> None:
    text = GOLDEN.read_text(encoding="utf-8")
    assert "nobody has checked" not in text
    assert "publisher took back" not in text


def test_a_held_story_comes_when_it_is_released_however_late() -> None:
    early = article(1, NOW - timedelta(days=1))
    late = article(2, NOW - timedelta(days=2))
    first = written(draft([early]))
    second = draft([early, late], issues=[first], now=NOW + timedelta(days=7))
    assert second.meta.items == (late.meta.id,)


def test_what_lies_before_the_first_issue_is_in_none() -> None:
    old, new = article(1, NOW - timedelta(days=60)), article(2, NOW - timedelta(days=1))
    assert draft([old, new]).meta.items == (new.meta.id,)


def test_a_page_for_tomorrow_waits() -> None:
    today, tomorrow = article(1, NOW - timedelta(hours=1)), article(2, NOW + timedelta(days=1))
    first = draft([today, tomorrow])
    assert first.meta.items == (today.meta.id,)
    assert draft([today, tomorrow], issues=[written(first)], now=NOW + timedelta(days=7)).meta.items == (tomorrow.meta.id,)


def test_too_few_stories_make_no_issue_that_week_and_stay_for_the_next() -> None:
    few = [article(n, NOW - timedelta(hours=n)) for n in (1, 2)]
    quiet = composed(few, with_settings=settings(min_items=3))
    assert isinstance(quiet, Quiet)
    assert "min_items" in quiet.reason
    more = [*few, article(3, NOW + timedelta(hours=1))]
    assert composed(more, rows=quiet.rows, now=NOW + timedelta(days=1), with_settings=settings(min_items=3)) is None
    later = draft(more, rows=quiet.rows, now=NOW + timedelta(days=7), with_settings=settings(min_items=3))
    assert len(later.meta.items) == 3


def test_a_draft_that_nobody_approved_gives_its_stories_back() -> None:
    stories = [article(n, NOW - timedelta(hours=n)) for n in (1, 2)]
    first = draft(stories)
    forgotten = written(first, status="draft")
    second = draft(stories, issues=[forgotten], rows=first.rows, now=NOW + timedelta(days=7))
    assert second.meta.items == first.meta.items
    assert {"event": "skipped", "issue": "2026-w48"} in second.rows
    # Approved after all, it stays skipped: its stories are in the next one.
    rows = [*first.rows, *second.rows]
    third = composed(stories, issues=[written(first), written(second)], rows=rows, now=NOW + timedelta(days=14))
    assert isinstance(third, Quiet)


def test_what_became_of_an_issue_that_nobody_approved_is_told_once() -> None:
    stories = [article(n, NOW - timedelta(hours=n)) for n in (1, 2)]
    first = draft(stories)
    assert first.alerts == ()
    second = draft(stories, issues=[written(first, status="draft")], rows=first.rows, now=NOW + timedelta(days=7))
    [alert] = second.alerts
    assert alert.startswith("content/issues/2026-w48.md was skipped: nobody set `status: ready` by 2026-12-04 08:00 UTC")
    assert "its 2 stories move on" in alert
    rows = [*first.rows, *second.rows]
    issues = [written(first, status="draft"), written(second, status="draft")]
    third = draft(stories, issues=issues, rows=rows, now=NOW + timedelta(days=14))
    assert [alert.split()[0] for alert in third.alerts] == ["content/issues/2026-w49.md"]


def test_quiet_weeks_are_silent_at_first_and_then_somebody_should_look() -> None:
    rows: list[Row] = []
    alerts = []
    first = written(draft([article(1, NOW - timedelta(hours=1))]))
    for week in range(1, 5):
        found = composed([], issues=[first], rows=rows, now=NOW + timedelta(days=7 * week))
        assert isinstance(found, Quiet)
        rows += found.rows
        alerts.append(found.alerts)
    assert alerts[:2] == [(), ()]
    assert alerts[2][0].startswith("3 weeks in a row without an issue (the last one is 2026-w48): see `groundwire feeds check`")
    assert alerts[3][0].startswith("4 weeks")


def test_drafts_forgotten_for_months_lose_no_story() -> None:
    stories = [article(n, NOW - timedelta(hours=n)) for n in (1, 2)]
    issues: list[Issue] = []
    for week in range(9):
        issues.append(written(draft(stories, issues=issues, now=NOW + timedelta(days=7 * week)), status="draft"))
    assert [issue.meta.items for issue in issues] == [issues[0].meta.items] * 9


def test_an_issue_whose_file_was_deleted_is_not_made_again() -> None:
    stories = [article(1, NOW - timedelta(hours=1))]
    rows = draft(stories).rows
    assert composed(stories, rows=rows) is None
    assert isinstance(composed(stories, rows=rows, now=NOW + timedelta(days=7)), Quiet)


def test_all_beyond_the_number_are_named_once_and_count_as_carried() -> None:
    stories = [article(n, NOW - timedelta(hours=n), score={"total": n}) for n in range(1, 9)]
    found = draft(stories, with_settings=settings(max_items=3))
    assert found.body.count("\n### ") == 3
    assert "## 5 more online {: .online }" in found.body
    assert found.meta.items == tuple(f"s-{n:010x}" for n in range(8, 0, -1))
    assert isinstance(composed(stories, issues=[written(found)], now=NOW + timedelta(days=7)), Quiet)


def test_the_lead_is_the_best_and_what_a_person_wrote_is_never_left_over() -> None:
    scored = [article(n, NOW - timedelta(hours=1), score={"total": n}) for n in range(1, 5)]
    own = article(9, NOW - timedelta(hours=2))
    found = draft([*scored, own], with_settings=settings(max_items=2))
    assert found.meta.items[:2] == (scored[-1].meta.id, own.meta.id)
    assert draft([own], with_settings=settings(min_items=1)).meta.subject == "Story 9"


@pytest.mark.parametrize("by_day", [True, False])
def test_a_correction_is_told_once(by_day: bool) -> None:
    first = written(draft([article(1, NOW - timedelta(hours=1))]))
    when = NOW.date() if by_day else NOW + timedelta(days=1)
    wrong = article(1, NOW - timedelta(hours=1), corrections=[{"date": when, "note": "It was *two*, not three."}])
    stories = [wrong, *(article(n, NOW + timedelta(days=7 * n - 8)) for n in (2, 3))]
    second = draft(stories, issues=[first], now=NOW + timedelta(days=7))
    assert "It was &#42;two&#42;, not three." in second.body
    third = draft(stories, issues=[first, written(second)], now=NOW + timedelta(days=14))
    assert "not three" not in third.body
    # The same where people edited the text and only the ledger remembers.
    edited = parse(compose(second.meta, "Nothing of it."), IssueMeta, file=second.path)
    third = draft(stories, issues=[first, edited], rows=second.rows, now=NOW + timedelta(days=14))
    assert "not three" not in third.body


def test_a_prediction_that_was_open_is_told_again_when_it_is_settled_and_then_no_more() -> None:
    claim = {"claim": "Lumen lists its shares", "by": (NOW - timedelta(days=1)).date()}
    settled = {**claim, "outcome": "did not happen", "note": "It put them off."}

    def week(number: int, watch: dict[str, Any], issues: list[Issue], rows: list[Row]) -> Draft:
        fresh = article(number + 2, NOW + timedelta(days=7 * number, hours=-1))
        pages = [article(1, NOW - timedelta(hours=2), watch=[watch]), fresh]
        return draft(pages, issues=issues, rows=rows, now=NOW + timedelta(days=7 * number))

    first = week(0, claim, [], [])
    assert "**Still open:** Lumen lists its shares (expected by 26 November 2026)." in first.body
    assert "One prediction came due." in first.body
    second = week(1, settled, [written(first)], list(first.rows))
    assert "**It did not happen:** Lumen lists its shares (expected by 26 November 2026). It put them off." in second.body
    third = week(2, settled, [written(first), written(second)], [*first.rows, *second.rows])
    assert "Lumen lists" not in third.body
    assert "Lumen lists" not in week(1, claim, [written(first)], list(first.rows)).body  # still open: told once


def test_no_word_is_lost_in_german() -> None:
    german = settings(min_items=1).model_copy(update={"language": "de"})
    named = {"entities": {"organisations": ["Lumen"]}}
    found = draft([article(n, NOW - timedelta(hours=n), **named) for n in (1, 2, 3, 4)], with_settings=german)
    assert found.body.startswith("4 Meldungen, 20. bis 27. November 2026. Lumen kommt in 4 davon vor.")
    assert found.meta.preheader.endswith(" · 1 weitere Meldung")


def test_the_opening_tells_which_names_come_up_again_and_again() -> None:
    def about(number: int, *organisations: str, product: str = "") -> Article:
        entities = {"organisations": organisations, "products": [product] if product else []}
        return article(number, NOW - timedelta(hours=number), entities=entities)

    stories = [about(n, "Amazon", "Amazon Web Services") for n in (1, 2, 3, 4)] + [about(n, product="Log4j") for n in (5, 6, 7)]
    assert "Amazon comes up in 4 of them, Log4j in 3." in draft(stories).body
    assert "comes up" not in draft(stories[2:6]).body  # twice is not often


def test_review_of_all_makes_drafts() -> None:
    careful = Settings.model_validate(
        {"title": "T", "url": "https://t.example/", "review": {"hold": "all"}, "issue": {"min_items": 1}}
    )
    assert draft([article(1, NOW - timedelta(hours=1))], with_settings=careful).meta.status == "draft"


@given(title=st.text(min_size=1, max_size=200).filter(clean), outlet=st.text(min_size=1, max_size=60).filter(clean))
def test_other_peoples_text_reads_as_it_is(title: str, outlet: str) -> None:
    source = {"feed": outlet, "url": "https://outlet.example/a?b=1&c=(2)"}
    found = draft([article(1, NOW - timedelta(hours=1), title=title, sources=[source])])
    html = markdown.markdown(found.body, extensions=["footnotes", "tables", "toc", "attr_list", "admonition"])
    assert html.count("<a ") == 2
    assert html.count("<h3") == 1
    assert html.count("<h2") == 1
    assert parse(compose(found.meta, found.body), IssueMeta, file=found.path).meta.subject == found.meta.subject
