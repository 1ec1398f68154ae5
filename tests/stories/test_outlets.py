"""One outlet's repeats are no further sources, and the first coverage stays the first source."""

from __future__ import annotations

from groundwire.events.independent import one_an_outlet
from groundwire.model import Entry, Feed

A, B = Feed(url="https://a.example/feed"), Feed(url="https://b.example/feed")


def test_the_first_coverage_stays_first_however_often_its_outlet_comes_back() -> None:
    entries = [Entry(feed, str(n), f"https://x.example/{n}", f"Title {n}") for n, feed in enumerate((A, B, A, B, A))]
    assert one_an_outlet(entries) == entries[:2]
