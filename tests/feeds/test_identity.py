"""Identity of items within their feed: one of a kind, the same on every reading, whatever publishers do with guids and links."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from groundwire.feeds.items import Item, Parsed, with_identities
from groundwire.feeds.parse import parse_feed

NOW = datetime(2026, 11, 23, tzinfo=UTC)
URLS = [
    "",
    "https://o.example/a",
    "https://o.example/a?utm_source=x",
    "http://www.o.example/a/",
    "https://o.example/b",
    "https://o.example/b#2",
]
ITEMS = st.builds(
    Item,
    id=st.sampled_from(["", "1", "2", "https://o.example/a"]),
    url=st.sampled_from(URLS),
    title=st.sampled_from(["", "One", "Two"]),
    excerpt=st.sampled_from(["", "Text"]),
    content=st.just(""),
    published=st.none(),
)


def item(guid: str = "", url: str = "", title: str = "T") -> Item:
    return Item(guid, url, title, "", "", None)


def ids(*items: Item) -> list[str]:
    return [i.id for i in with_identities(Parsed("", "", items)).items]


@given(st.lists(ITEMS, max_size=12))
def test_ids_are_unique_stable_and_never_empty(items: list[Item]) -> None:
    first = ids(*items)
    assert len(set(first)) == len(first) == len(items)
    assert all(first)
    assert ids(*items) == first


@given(st.lists(ITEMS, max_size=8, unique_by=lambda i: (i.id, i.url, i.title, i.excerpt)))
def test_the_order_of_items_does_not_matter(items: list[Item]) -> None:
    known = dict(zip(items, ids(*items), strict=True))
    assert dict(zip(reversed(items), ids(*reversed(items)), strict=True)) == known


def test_a_guid_is_kept_as_it_is() -> None:
    assert ids(item("tag:o.example,2026:1", "https://o.example/a"), item("2")) == ["tag:o.example,2026:1", "2"]


def test_a_repeated_guid_is_told_apart_by_its_address() -> None:
    assert ids(item("x", "https://o.example/a"), item("x", "https://o.example/b")) == [
        "x|https://o.example/a",
        "x|https://o.example/b",
    ]


def test_without_a_guid_the_canonical_address_counts() -> None:
    assert ids(item(url="http://www.o.example/a/?utm_source=rss")) == ["https://o.example/a"]


def test_one_page_with_an_anchor_an_item() -> None:
    pair = item(url="https://o.example/log#v2"), item(url="https://o.example/log#v1")
    assert ids(*pair) == ["https://o.example/log#v2", "https://o.example/log#v1"]


def test_one_address_for_all_is_no_identity() -> None:
    same = [item(url="https://o.example/", title=f"T{n}") for n in range(99)]
    assert len(set(ids(*same))) == 99
    assert ids(*same[1:]) == ids(*same)[1:]  # and the oldest may scroll away


def test_an_edited_title_does_not_make_a_new_item() -> None:
    one = item("1", "https://o.example/a", "Old title")
    assert ids(one) == ids(replace(one, title="New title"))


def test_an_address_that_runs_is_no_id() -> None:
    body = b"<rss version='2.0'><channel><item><title>T</title><guid isPermaLink='false'>javascript:alert(1)</guid></item></channel></rss>"
    found = parse_feed(body, url="https://o.example/", headers={}, now=NOW).items[0]
    assert found.id.startswith("sha256:")
    assert found.url == ""
