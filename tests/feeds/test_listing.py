"""Feeds written into newsletter.yml: only lines are added, and what people wrote stays to the byte."""

from __future__ import annotations

import difflib

import pytest
import yaml

from groundwire.feeds.listing import lines_of, with_feeds

NEW = [{"url": "https://new.example/feed", "name": 'New: "it\'s" [here] # & *all*'}]


@pytest.mark.parametrize(
    "text",
    [
        "title: T\nfeeds:\n- {url: https://a.example/, name: A} # mine\n# the end\n\nselect: {max_stories: 1}\n",
        "title: T\nfeeds:\n  - url: https://a.example/\n    name: A\n    # about A\n\n# next\nissue: {}\n",
        "title: T\nfeeds:\n- url: https://a.example/\n  name: A",
        "title: T\r\nfeeds:\r\n- url: https://a.example/\r\n  name: A\r\nissue: {}\r\n",
        "feeds:\n-\n  url: https://a.example/\n  name: >\n    A\n    long name\n\ntitle: T\n",
        "feeds: # none yet\ntitle: T\n",
        "title: T\nfeeds: [] # none yet\nissue: {}\n",
        "title: T\nfeeds:\n\n# about issues\nissue: {}\n",
        "title: T\nfeeds: null\n",
        "title: T\nfeeds: [{url: https://a.example/, name: A}] # one line\nissue: {}\n",
        "title: T\nfeeds: [\n  {url: https://a.example/},\n]\n",
        "title: T\n",
        "title: T",
    ],
)
def test_the_list_grows_and_nothing_else_moves(text: str) -> None:
    changed = with_feeds(text, NEW, file="newsletter.yml")
    before, after = yaml.safe_load(text), yaml.safe_load(changed)
    assert after["feeds"] == [*(before.get("feeds") or []), *NEW]
    assert {k: v for k, v in after.items() if k != "feeds"} == {k: v for k, v in before.items() if k != "feeds"}
    assert all(
        comment in changed
        for comment in ("# mine", "# the end", "# about A", "# next", "# none yet", "# about issues")
        if comment in text
    )
    if "- " in text:
        assert not [d for d in difflib.ndiff(text.splitlines(), changed.splitlines()) if d.startswith("-")]
    assert ("\r\n" in text) == ("\r\n" in changed)


def test_nothing_to_add_changes_nothing() -> None:
    assert with_feeds("title: T\n", [], file="x") == "title: T\n"


def test_the_lines_of_feeds() -> None:
    assert lines_of("title: T\nfeeds:\n# a\n- url: https://a.example/\n\n- {url: https://b.example/}\n", file="x") == [4, 6]
