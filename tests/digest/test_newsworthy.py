"""An issue is made from the pages that it may have something to say of: from all of them it would be the same."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from groundwire.issues.choose import contents
from groundwire.issues.past import Past
from groundwire.publication.content import Article
from groundwire.publication.frontmatter import ArticleMeta, Page
from groundwire.publication.identity import note_key, outcome_key
from groundwire.publication.publication import Publication
from groundwire.settings import Settings

NOW = datetime(2026, 6, 20, 6, tzinfo=UTC)
SETTINGS = Settings.model_validate({"title": "T", "url": "https://example.org/", "timezone": "Pacific/Auckland"})
MOMENTS = st.integers(-40 * 24, 2 * 24).map(lambda hours: NOW + timedelta(hours=hours))
OUTCOMES = ("open", "happened", "not followed up")


@st.composite
def pages(draw: st.DrawFn) -> Article:
    number = draw(st.integers(0, 9))
    watch = st.fixed_dictionaries(
        {"claim": st.sampled_from("ab"), "by": MOMENTS.map(datetime.date), "outcome": st.sampled_from(OUTCOMES)}
    )
    source = {"feed": "F", "title": "T"}
    given_ = {
        "id": f"s-{number:010x}",
        "title": f"Title {number}",
        "description": "A line.",
        "date": draw(MOMENTS),
        "category": "research",
        "published": draw(st.none() | MOMENTS),
        "sources": [
            {**source, "url": f"https://f.example/{number}/{place}", "added": added}
            for place, added in enumerate(draw(st.lists(st.none() | MOMENTS, max_size=2)))
        ],
        "corrections": [
            {"date": when, "note": "n"} for when in draw(st.sampled_from(((), (), (NOW,), (NOW - timedelta(days=20),))))
        ],
        "watch": draw(st.lists(watch, max_size=2, min_size=number % 2)),
        "status": draw(st.sampled_from((None, None, "draft"))),
        "withdrawn": draw(st.sampled_from((None, None, None, {"date": NOW, "reason": "r"}))),
    }
    return Page(f"articles/2026/06/p{number}.md", ArticleMeta.model_validate(given_), "Text.", "Text.")


@st.composite
def pasts(draw: st.DrawFn, articles: list[Article]) -> Past:
    carried = {page.id: draw(MOMENTS) for page in articles if draw(st.booleans())}
    keys = [outcome_key(p.id, w.claim, w.by, outcome) for p in articles for w in p.meta.watch for outcome in OUTCOMES]
    keys += [mark for page in articles for mark in page.summary.notes]
    told = frozenset(key for key in keys if draw(st.booleans()))
    return Past(
        carried=carried,
        told=told,
        since=draw(st.sampled_from((NOW - timedelta(days=7), NOW - timedelta(days=3), None))),
        horizon=draw(st.none() | MOMENTS),
    )


@settings(max_examples=250, deadline=None)
@given(st.data())
def test_nothing_is_missing_from_an_issue(data: st.DataObject) -> None:
    articles = data.draw(
        st.lists(pages(), min_size=2, max_size=6, unique_by=lambda page: page.id).map(
            lambda found: sorted(found, key=lambda p: p.path)
        )
    )
    before = data.draw(pasts(articles))
    some = Publication(SETTINGS, {}, tuple(articles)).newsworthy(
        carried=before.carried, told=before.told, since=before.since, until=NOW
    )
    whole = contents(settings=SETTINGS, articles=articles, before=before, now=NOW, slot=NOW)
    assert contents(settings=SETTINGS, articles=some, before=before, now=NOW, slot=NOW) == whole


def test_what_was_told_long_ago_is_left_alone() -> None:
    """The other side: an old page of which there is nothing to say is not looked at."""
    meta = {"id": "s-0000000000", "title": "T", "description": "D.", "date": NOW - timedelta(days=90), "category": "research"}
    page = Page("articles/2026/03/p.md", ArticleMeta.model_validate(meta), "Text.", "Text.")
    week = NOW - timedelta(days=7)
    assert Publication(SETTINGS, {}, (page,)).newsworthy(carried={page.id: week}, told=(), since=week, until=NOW) == ()
    assert Publication(SETTINGS, {}, (page,)).newsworthy(carried=(), told=(), since=week, until=NOW) == (page,)


def test_a_correction_that_was_told_is_not_looked_at_again() -> None:
    meta = {"id": "s-0000000000", "title": "T", "description": "D.", "date": NOW - timedelta(days=90), "category": "research"}
    note = {"date": NOW - timedelta(days=60), "note": "It was version 2."}
    page = Page("articles/2026/03/p.md", ArticleMeta.model_validate({**meta, "corrections": [note]}), "Text.", "Text.")
    week = NOW - timedelta(days=7)
    for told, wanted in (((), (page,)), ((note_key(page.id, "It was version 2."),), ())):
        assert Publication(SETTINGS, {}, (page,)).newsworthy(carried={page.id: week}, told=told, since=week, until=NOW) == wanted


def test_what_became_of_a_prediction_long_after_its_day_is_told() -> None:
    """An issue said that it was open; a person marked it weeks later."""
    watch = {"claim": "It comes.", "by": (NOW - timedelta(days=30)).date(), "outcome": "happened"}
    meta = {"id": "s-0000000000", "title": "T", "description": "D.", "date": NOW - timedelta(days=90), "category": "research"}
    page = Page("articles/2026/03/p.md", ArticleMeta.model_validate({**meta, "watch": [watch]}), "Text.", "Text.")
    asked, answer = (outcome_key(page.id, "It comes.", page.meta.watch[0].by, outcome) for outcome in ("open", "happened"))
    week = NOW - timedelta(days=7)
    for told, wanted in (((asked,), (page,)), ((asked, answer), ()), ((), ())):
        assert Publication(SETTINGS, {}, (page,)).newsworthy(carried={page.id: week}, told=told, since=week, until=NOW) == wanted
