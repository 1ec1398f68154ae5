"""Where sources contradict each other, both are shown; what only looks like it is not."""

from __future__ import annotations

import pytest

from groundwire import resources
from groundwire.analysis.conflicts import find_conflicts
from groundwire.analysis.extractive import ExtractiveAnalyst
from groundwire.model import Entry, Feed, Source, Story
from groundwire.publication.article_body import compose_body
from groundwire.publication.categories import load_categories

CATEGORIES = load_categories(resources.PACKAGE / "nowhere")


def source(number: int, text: str, *, excerpt: str = "") -> Source:
    feed = Feed(url=f"https://outlet{number}.example/feed", name=f"Outlet {number}")
    entry = Entry(feed, str(number), f"https://outlet{number}.example/a", "Norvik hit by ransomware", excerpt, language="en")
    return Source(number, entry, text, bool(not excerpt))


CONFLICTS = {
    "devices": ("Police say that the botnet infected 17 million devices in Europe.", "The botnet infected 9 million devices in Europe, police say."),
    "records": ("Attackers took 340,000 customer records from Norvik in May.", "In May attackers took 1.2 million customer records from Norvik."),
    "money": ("The gang asked Norvik for a ransom of $5 million in bitcoin.", "Norvik was asked by the gang for a ransom of $12 million in bitcoin."),
    "yes and no": ("Norvik has paid the ransom to the gang, two officials said.", "Norvik has not paid the ransom to the gang, an official said."),
}  # fmt: skip
NONE = {
    "the same in other words": ("Attackers took 1.2 million customer records from Norvik.", "From Norvik attackers took 1,200,000 customer records."),
    "a bound": ("Attackers took more than 300,000 customer records from Norvik.", "Attackers took 340,000 customer records from Norvik."),
    "rounded": ("Attackers took 350,000 customer records from Norvik.", "Attackers took 349,812 customer records from Norvik."),
    "other things": ("Attackers took 340,000 customer records from Norvik.", "Attackers took 12 servers of Norvik in a truck."),
    "dates": ("Norvik was attacked by the gang in 2025.", "Norvik was attacked by the gang in 2026."),
    "spans": ("Norvik was offline for 3 days after the attack.", "Norvik was offline for 5 hours after the attack."),
    "both said by both": ("Norvik lost 340,000 records in May and 12,000 records in June.", "Norvik lost 12,000 records in June, and 340,000 records in May."),
    "another no": ("Norvik takes part in a phishing test of accounts, no password required.", "Norvik takes part in a phishing test of accounts."),
    "a question": ("Has Norvik paid the ransom to the gang?", "Norvik has not paid the ransom to the gang."),
    "other sentences": ("Norvik says its ferries run again.", "Norvik does not say who the attackers were."),
}  # fmt: skip


@pytest.mark.parametrize("name", CONFLICTS)
def test_a_conflict_has_both_sides(name: str) -> None:
    one, other = CONFLICTS[name]
    (found,) = find_conflicts([source(1, one), source(2, other)])
    assert found.sides == ((1, one), (2, other))


@pytest.mark.parametrize("name", NONE)
def test_no_conflict(name: str) -> None:
    one, other = NONE[name]
    assert find_conflicts([source(1, one), source(2, other)]) == ()


def test_a_copy_does_not_contradict_its_original() -> None:
    text = "Police say that the botnet infected 17 million devices in Europe, and that servers in four countries were taken away on Monday."
    assert find_conflicts([source(1, text), source(2, text.replace("17", "9"))]) == ()


def test_the_page_shows_them_side_by_side() -> None:
    one, other = CONFLICTS["devices"]
    sources = [source(1, one, excerpt=one), source(2, other, excerpt=other)]
    story = Story("s-0123456789", tuple(s.entry for s in sources))
    made = ExtractiveAnalyst(CATEGORIES).analyse(story, sources, category="incident-report")
    body = compose_body(made, sources)
    assert "Where the sources differ" in body
    assert "Different figures (devices):\n\n| Source | In its own words |\n|---|---|\n| Outlet 1 | “Police say" in body
    assert "\n| Outlet 2 | “The botnet infected 9 million" in body
    assert "[^2]: [Outlet 2](<https://outlet2.example/a#:~:text=" in body
