"""Pages on disk: read with true lines, written whole, changed by inserting text only."""

from __future__ import annotations

import errno
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from groundwire.errors import InputError
from groundwire.publication.editing import edited
from groundwire.publication.frontmatter import ArticleMeta, IssueMeta, Page, body_hash, compose, parse
from groundwire.publication.log import Ledger
from groundwire.text.plain import clean
from support import ByHand

META = ArticleMeta(
    id="s-0123456789",
    title="A title",
    description="One sentence.",
    date=datetime(2026, 2, 27, 15, 4, tzinfo=UTC),
    category="research",
)
BY_HAND = """---
# who wrote this: the desk
id: s-0123456789
title: "A title: with a colon"   # keep the quotes
description: 'One sentence.'
sources:
  # the first one broke the story
  - feed: One
    url: https://one.example/a
category: research

date: 2026-02-27
tags: [a, b]
---

Body.
"""


def page(text: str) -> Page[ArticleMeta]:
    return parse(text, ArticleMeta, file="articles/2026/02/a.md")


def test_what_is_written_is_read_again() -> None:
    text = compose(META, "## Full report\n\nText.")
    assert page(text).meta == META
    assert page(text).body == "\n## Full report\n\nText.\n"


@settings(max_examples=200, deadline=None)
@given(st.text(min_size=1, max_size=60).filter(clean), st.lists(st.text(max_size=20), max_size=3))
def test_any_text_survives_the_front_matter(title: str, names: list[str]) -> None:
    given_ = {**META.model_dump(exclude_defaults=True), "title": title, "entities": {"organisations": names}}
    read = page(compose(ArticleMeta.model_validate(given_), "Body.")).meta
    assert (read.title, list(read.entities.organisations)) == (clean(title), [clean(n) for n in names])


def test_an_edit_keeps_comments_order_and_quoting() -> None:
    before = page(BY_HAND)
    text = edited(
        before,
        put={"updated": datetime(2026, 3, 1, tzinfo=UTC), "tags": ["c"]},
        add={
            "sources": [{"feed": "Two", "url": "https://two.example/b"}],
            "corrections": [{"date": datetime(2026, 3, 1, tzinfo=UTC), "note": "x: y"}],
        },
    )
    after = page(text)
    assert [s.feed for s in after.meta.sources] == ["One", "Two"]
    assert after.meta.tags == ("c",)
    assert after.meta.corrections[0].note == "x: y"
    assert after.body == before.body
    untouched = [line for line in BY_HAND.splitlines() if not line.startswith("tags")]
    left = iter(text.splitlines())
    assert all(line in left for line in untouched)  # all of them, in their order


def test_adding_to_a_flow_list_and_twice() -> None:
    text = compose(META, "B").replace(
        "category: research", 'category: research\nsources: [{feed: One, url: "https://one.example/"}]'
    )
    for number in range(3):
        text = edited(page(text), add={"sources": [{"feed": f"More {number}", "url": "https://more.example/"}]})
    assert [s.feed for s in page(text).meta.sources] == ["One", "More 0", "More 1", "More 2"]


def test_every_problem_at_once_with_line_and_example() -> None:
    broken = (
        BY_HAND.replace("description:", "descripton:")
        .replace("date: 2026-02-27", "date: yesterday")
        .replace("id: s-0123456789", "id: 7")
    )
    with pytest.raises(InputError) as caught:
        page(broken)
    told = {(p.key, p.line) for p in caught.value.problems}
    assert {("descripton", 5), ("date", 12), ("id", 3), ("description", 3)} <= told
    assert "did you mean 'description'" in str(caught.value)
    assert "write: date: 2026-02-27T15:04:00Z" in str(caught.value)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("no front matter", "has no front matter"),
        ("---\ntitle: a: b\n---\n", "put the text in quotes"),
        ("---\ntitle: [\n---\n", "expected"),
        ("---\na: &x 1\nb: *x\n---\n", "aliases"),
        ("---\ntitle: a\ntitle: b\n---\n", "twice"),
        ("---\n" + "[" * 3000 + "\n---\n", "nested|expected"),
        ("---\n- a\n---\n", "keys and values"),
        ("---\ndate: 2026-13-45T00:00:00Z\n---\n", "date"),
    ],
)
def test_broken_front_matter_is_told_never_a_traceback(text: str, reason: str) -> None:
    with pytest.raises(InputError, match=reason):
        page(text)


def test_the_hash_says_whether_a_person_touched_the_body() -> None:
    body = "## Full report\n\nText.\n"
    meta = ArticleMeta.model_validate({**META.model_dump(exclude_defaults=True), "generated": {"hash": body_hash(body)}})
    text = compose(meta, body)
    assert page(text).pristine
    assert page(text.replace("\n", "\r\n")).pristine
    assert not page(text.replace("Text.", "Text!")).pristine


def test_two_pages_with_one_id(tmp_path: Path) -> None:
    store = ByHand(tmp_path / "content")
    store.create("articles/2026/02/a.md", META, "x")
    store.create("articles/2026/02/b.md", META, "x")
    with pytest.raises(
        InputError, match=r"content/articles/2026/02/b\.md:2:1: error: id: articles/2026/02/a\.md has the same id"
    ):
        store.articles().require()


def test_an_issue_is_validated_too() -> None:
    with pytest.raises(InputError, match="items"):
        parse(
            "---\nid: 2026-w48\nsubject: S\ndate: 2026-11-27\nwindow: {since: 2026-11-20, until: 2026-11-27}\nitems: [nonsense]\n---\n",
            IssueMeta,
            file="i.md",
        )


def test_the_ledger_survives_tears_unions_and_nonsense(tmp_path: Path) -> None:
    now = datetime(2026, 4, 1, tzinfo=UTC)
    ledger = Ledger(tmp_path)
    ledger.append("stories", {"event": "a"}, {"event": "b"}, now=now)
    path = tmp_path / "stories-2026-04.jsonl"
    path.write_text(path.read_text() + '{"at": "2026-04-01T00:0')
    ledger.append("stories", {"event": "c"}, now=now)
    path.write_text(path.read_text() + path.read_text() + "<<<<<<< HEAD\n[1]\n")
    ledger.append("stories", {"event": "d"}, now=datetime(2026, 5, 1, tzinfo=UTC))
    assert [row["event"] for row in ledger.rows("stories")] == ["a", "b", "c", "d"]
    assert list(ledger.rows("feeds")) == []


def test_a_row_may_hold_what_unicode_calls_the_end_of_a_line(tmp_path: Path) -> None:
    """A feed's ids and titles are anybody's; a row in two pieces would be lost, and its story published again."""
    ledger = Ledger(tmp_path)
    rows = [{"event": "seen", "entry": f"a{end}b"} for end in "\u2028\u2029\x85\x0b\x0c\x1c\r"]
    ledger.append("stories", *rows, now=datetime(2026, 4, 1, tzinfo=UTC))
    path = tmp_path / "stories-2026-04.jsonl"
    path.write_bytes(path.read_bytes() + path.read_bytes().replace(b"\n", b"\r\n"))
    assert {row["entry"] for row in ledger.rows("stories")} == {row["entry"] for row in rows}


def test_a_folder_that_cannot_be_read_is_not_an_empty_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    closed, scan = tmp_path / "content/articles/2026/11", os.scandir
    closed.mkdir(parents=True)

    def as_for_others(place: Any) -> Any:
        if Path(place) == closed:  # the tests may run as root, whom no mode stops
            raise PermissionError(errno.EACCES, "Permission denied", str(closed))
        return scan(place)

    monkeypatch.setattr(os, "scandir", as_for_others)
    with pytest.raises(PermissionError):
        ByHand(tmp_path / "content").articles()
