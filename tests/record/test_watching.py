"""Predictions: due, and given up thirty days after their day, in the words and order that people gave the page."""

from __future__ import annotations

from datetime import date

import pytest

from groundwire.publication.content import Article
from groundwire.publication.frontmatter import ArticleMeta, parse
from groundwire.publication.predictions import due, given_up

DAY = date(2026, 3, 12)
LAST, AFTER = date(2026, 4, 11), date(2026, 4, 12)  # 30 days, and one more
HEAD = "---\nid: s-0123456789\ntitle: T\ndescription: D\ndate: 2026-02-27\ncategory: industry-news\n"
FORMS = {
    "a line each": "watch: # ours\n- {claim: The vote passes, by: 2026-03-12} # see the calendar\n- {claim: Later, by: 2027-01-01}\ntags: [a]\n",
    "said to be open": "watch:\n- {claim: The vote passes, by: 2026-03-12, outcome: open}\n- {claim: Later, by: 2027-01-01}\ntags: [a]\n",
    "blocks": "watch:\n  - claim: The vote passes\n    by: 2026-03-12\n    # nobody knows\n\n  - claim: Later\n    by: 2027-01-01\ntags: [a]\n",
    "one line for all": "watch: [{claim: The vote passes, by: 2026-03-12}, {claim: Later, by: 2027-01-01}]\ntags: [a]\n",
    "over two lines": "watch:\n- {claim: The vote\n    passes, by: 2026-03-12}\n- {claim: Later, by: 2027-01-01}\n",
}


def page(form: str, *more: str) -> Article:
    return parse(HEAD + form + "".join(more) + "---\n\nBody with by: 2026-03-12 in it.\n", ArticleMeta, file="a.md")


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
def test_after_thirty_days_it_was_not_followed_up(form: str) -> None:
    assert given_up(page(form), today=LAST) == ""
    text = given_up(page(form), today=AFTER)
    after = parse(text, ArticleMeta, file="a.md")
    assert [w.outcome for w in after.meta.watch] == ["not followed up", "open"]
    assert after.body == page(form).body
    assert given_up(after, today=AFTER) == ""
    assert all(line in text for line in form.splitlines() if "#" in line and "{" not in line)


def test_what_people_marked_locked_or_withdrew_stays() -> None:
    assert given_up(page("watch:\n- {claim: The vote passes, by: 2026-03-12, outcome: happened}\n"), today=AFTER) == ""
    assert given_up(page(FORMS["blocks"], "locked: true\n"), today=AFTER) == ""
    assert given_up(page(FORMS["blocks"], "withdrawn: {date: 2026-03-01, reason: R}\n"), today=AFTER) == ""


def test_due_from_the_day_after() -> None:
    assert due(page(FORMS["blocks"]), today=DAY) == []
    assert [w.claim for w in due(page(FORMS["blocks"]), today=date(2026, 3, 13))] == ["The vote passes"]
