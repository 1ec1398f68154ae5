"""What a command changes in front matter: exactly that, in whatever style of YAML a person wrote it, and nothing of the body."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from groundwire.errors import InputError
from groundwire.publication.changes import Change, ContentWriter
from groundwire.publication.content import load_articles
from groundwire.publication.editing import edited
from groundwire.publication.frontmatter import ArticleMeta, Page, parse
from groundwire.publication.log import Ledger
from groundwire.publication.predictions import given_up

NOW = datetime(2026, 3, 6, 12, 0, 1, 5, tzinfo=UTC)
BLOCK = """---
# who reads this?
id: s-0000000001
title: 'T'   # in quotes
description: d
date: 2026-02-01T09:00:00Z
category: industry-news
sources:
# the first
- {feed: One, url: 'https://one.example/a'}
  # the end of the list

status: draft

# last words
---

Body
---
status: draft
"""
TEXTS = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs")), min_size=1, max_size=30).filter(
    lambda text: text.strip() != ""
)
MOMENTS = st.datetimes(datetime(2020, 1, 1), datetime(2026, 3, 1), timezones=st.just(UTC))  # noqa: DTZ001  # given the zone beside it
SOURCES = st.fixed_dictionaries({"feed": TEXTS, "url": st.sampled_from(["https://one.example/a", "https://two.example/?a=b&c#d"])}, optional={"title": TEXTS, "published": MOMENTS, "words": st.integers(0, 99)})  # fmt: skip
METAS = st.fixed_dictionaries(
    {
        "id": st.just("s-0000000001"),
        "title": TEXTS,
        "description": TEXTS | st.just("two\nlines, the second: with a colon\n"),
        "date": MOMENTS,
        "category": st.just("industry-news"),
    },
    optional={
        "published": MOMENTS,
        "updated": MOMENTS,
        "tags": st.lists(st.sampled_from(["ai", "law"]), max_size=2),
        "sources": st.lists(SOURCES, max_size=3),
        "corrections": st.lists(st.fixed_dictionaries({"date": MOMENTS, "note": TEXTS}), max_size=2),
        "watch": st.lists(
            st.fixed_dictionaries({"claim": TEXTS, "by": st.dates(date(2025, 1, 1), date(2026, 6, 1))}), max_size=2
        ),
        "aliases": st.just(["articles/2026/01/old/"]),
        "status": st.just("draft"),
        "locked": st.booleans(),
    },
)
STYLES = st.fixed_dictionaries(
    {
        "default_flow_style": st.sampled_from([True, False, None]),
        "default_style": st.sampled_from([None, "'", '"', "|", ">"]),
        "canonical": st.sampled_from([False, False, False, True]),
        "indent": st.sampled_from([2, 4, 7]),
        "width": st.sampled_from([20, 80, 10**6]),
        "allow_unicode": st.booleans(),
        "sort_keys": st.booleans(),
    }
)
DRESS = st.fixed_dictionaries(
    {
        "indent": st.sampled_from(["", "", "  ", "     "]),
        "comments": st.booleans(),
        "end": st.sampled_from(["", "", "...\n", "\n\n", "# the end\n...\n# after it\n"]),
        "fence": st.sampled_from(["---", "---  "]),
        "newline": st.sampled_from(["\n", "\r\n"]),
        "mark": st.sampled_from(["", "\ufeff"]),
        "anchor": st.booleans(),
    }
)
BODIES = st.sampled_from(["", "\n", "\nBody.\n", "Body", "\n\n---\nstatus: draft\n---\n", "\r\n\tText\u2028more\x0b\r\n  \n\n"])
SOURCE = {"feed": "Two", "url": "https://three.example/b", "added": NOW.replace(microsecond=0)}
EDITS: dict[str, dict[str, Any]] = {
    "withdraw": {"put": {"withdrawn": {"date": NOW.replace(microsecond=0), "reason": "It said: “no”, # it's wrong"}}, "now": NOW},
    "release": {"put": {"reviewed": {"by": "A. Editor", "on": date(2026, 3, 6)}, "published": NOW.replace(microsecond=0)}, "drop": ("status", "updated")},
    "join": {"put": {"aliases": ["articles/2026/02/other/"]}, "add": {"sources": [SOURCE]}, "now": NOW},
    "split": {"put": {"sources": [SOURCE]}, "now": NOW},
    "nothing": {},
}  # fmt: skip


def dressed(meta: dict[str, Any], style: dict[str, Any], dress: dict[str, Any], body: str) -> str:
    """A page's text with its front matter written in a style."""
    lines = str(yaml.safe_dump(meta, **style)).splitlines(keepends=True)
    if dress["anchor"] and style["default_flow_style"] is False and not style["canonical"]:
        lines = [line.replace("title: ", "title: &name ", 1) for line in lines]
    if dress["comments"]:
        lines = [part for line in lines for part in (("# note\n", line) if line[:1].isalpha() else (line,))]
    front = "".join(dress["indent"] + line for line in lines) + dress["end"]
    return str(dress["mark"]) + f"{dress['fence']}\n{front}---\n".replace("\n", dress["newline"]) + body


def page_of(text: str) -> Page[ArticleMeta] | None:
    """The page, None where the dress made it no page: those are refused when they are read."""
    try:
        return parse(text, ArticleMeta, file="articles/2026/02/a.md")
    except InputError:
        return None


def changed(page: Page[ArticleMeta], edit: dict[str, Any]) -> dict[str, Any]:
    """What the front matter should say after an edit."""
    data = {key: value for key, value in page.meta.model_dump(exclude_unset=True).items() if key not in edit.get("drop", ())}
    data |= edit.get("put", {})
    for key, entries in edit.get("add", {}).items():
        data[key] = [*data.get(key, ()), *entries]
    if "now" in edit:
        data["updated"] = edit["now"].replace(microsecond=0)
    return ArticleMeta.model_validate(data).model_dump()


@settings(max_examples=400, deadline=None)
@given(meta=METAS, style=STYLES, dress=DRESS, body=BODIES, name=st.sampled_from(sorted(EDITS)))
def test_an_edit_changes_what_it_should_in_every_style(
    meta: dict[str, Any], style: dict[str, Any], dress: dict[str, Any], body: str, name: str
) -> None:
    page = page_of(dressed(meta, style, dress, body))
    if page is None:
        return
    text = edited(page, **EDITS[name])
    found = parse(text, ArticleMeta, file=page.path)
    assert found.body == page.body == body
    assert found.meta.model_dump() == changed(page, EDITS[name])
    assert edited(found) == text


@settings(max_examples=150, deadline=None)
@given(meta=METAS, style=STYLES, dress=DRESS, body=BODIES)
def test_a_prediction_is_given_up_in_every_style(
    meta: dict[str, Any], style: dict[str, Any], dress: dict[str, Any], body: str
) -> None:
    page = page_of(dressed(meta | {"locked": False}, style, dress, body))
    if page is None or not (text := given_up(page, today=date(2026, 5, 1))):
        return
    found, late = parse(text, ArticleMeta, file=page.path), date(2026, 4, 1)
    watch = [one.model_copy(update={"outcome": "not followed up"}) if one.by < late else one for one in page.meta.watch]
    assert found.meta.model_dump() == page.meta.model_copy(update={"watch": tuple(watch)}).model_dump()
    assert found.body == body


def test_comments_quotes_and_order_stay_where_there_is_a_key_a_line() -> None:
    page = parse(BLOCK, ArticleMeta, file="a.md")
    text = edited(page, put={"title": "New"}, add={"sources": [{"feed": "Two", "url": "https://two.example/"}]}, drop=["status"])
    assert text == BLOCK.replace("title: 'T'   # in quotes", "title: New").replace(
        "  # the end of the list\n\nstatus: draft\n\n",
        "- {feed: Two, url: 'https://two.example/'}\n  # the end of the list\n\n\n",
        1,
    )


@pytest.mark.parametrize("indent", ["  ", "      "])
def test_an_indented_front_matter_keeps_its_comments(indent: str) -> None:
    head, body = BLOCK.removeprefix("---\n").split("---\n", 1)
    text = "---\n" + "".join(indent + line if line.strip() else line for line in head.splitlines(keepends=True)) + "---\n" + body
    found = edited(parse(text, ArticleMeta, file="a.md"), **EDITS["withdraw"])
    assert f"\n{indent}withdrawn: {{" in found
    assert found.count("#") == text.count("#") + 1


def test_what_would_break_the_contract_is_not_written(tmp_path: Any) -> None:
    file = tmp_path / "content/articles/2026/02/a.md"
    file.parent.mkdir(parents=True)
    file.write_text(BLOCK)
    content = tmp_path / "content"
    (page,) = load_articles(content).require()
    writer = ContentWriter(content, Ledger(content / ".ledger"), now=NOW)
    with pytest.raises(InputError, match=r"content/articles/2026/02/a\.md:4:1: error: title: .*300"):
        edited(page, put={"title": "x" * 301})
    for broken in (BLOCK.replace("category:", "  category:"), BLOCK.replace("s-0000000001", "s-1"), ""):
        with pytest.raises(InputError):
            writer.apply(Change("edit", page.path, files={page.path: broken}))
    assert file.read_text() == BLOCK


@pytest.mark.parametrize("ahead", [timedelta(), timedelta(hours=3), timedelta(microseconds=7)])
def test_no_page_is_updated_before_it_was_published(ahead: timedelta) -> None:
    text = BLOCK.replace("status:", f"published: {(NOW + ahead).isoformat()}\nstatus:")
    meta = parse(edited(parse(text, ArticleMeta, file="a.md"), now=NOW), ArticleMeta, file="a.md").meta
    assert meta.updated is not None
    assert meta.moment <= meta.updated <= NOW + ahead + timedelta(seconds=1)
