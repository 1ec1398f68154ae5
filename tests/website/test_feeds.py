"""The site's feeds before others' eyes: Ruby's validating parser for RSS and Atom, feedparser, and JSON Feed's own rules."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from datetime import datetime
from pathlib import Path
from typing import Any

import feedparser
import pytest

from sitekit import BASE, NOON, Publication, sample

# Elements of other namespaces are allowed in RSS 2.0; the parser knows but a few of them, so those it is told to pass over.
VALIDATE = """
require "rss"
ARGV.each do |path|
  feed = RSS::Parser.parse(File.read(path), true, !path.end_with?("atom.xml"))
  puts "#{feed.feed_type} #{feed.feed_version} #{feed.items.size}"
end
"""
STORY = {"id", "url", "title", "content_text", "date_published", "date_modified", "authors", "tags"}


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    pub = sample(tmp_path_factory.mktemp("feeds") / "pub")
    pub.article(
        "]]> & <b>bold</b> \u202e\x08 “ß” 🦊", hours=5, corrections=({"date": NOON, "note": "1 < 2 & ]]>"},), language="de"
    )
    return pub.build()


def validated(*paths: Path) -> subprocess.CompletedProcess[str]:
    """What Ruby's parser says of them."""
    ruby = shutil.which("ruby")
    if ruby is None:
        message = "no ruby, whose rss library validates; Debian's: apt-get install ruby"
        if os.environ.get("GROUNDWIRE_REQUIRE_ALL"):
            pytest.fail(message)
        pytest.skip(message)
    return subprocess.run([ruby, "-e", VALIDATE, *map(str, paths)], capture_output=True, text=True, check=False)


def test_every_xml_feed_is_valid(site: Path) -> None:
    paths = sorted({*site.rglob("feed.xml"), site / "atom.xml"})
    assert len(paths) >= 5
    done = validated(*paths)
    assert done.returncode == 0, done.stderr
    told = dict(zip(paths, done.stdout.split("\n"), strict=False))
    assert told[site / "atom.xml"] == "atom 1.0 6"
    assert told[site / "feed.xml"] == "rss 2.0 6"
    assert told[site / "corrections/feed.xml"] == "rss 2.0 2"
    for path in paths:
        assert not feedparser.parse(path.read_bytes()).bozo, path


@pytest.mark.parametrize(
    ("feed", "taken"), [("feed.xml", "<title>Gateway flaw 0</title>"), ("atom.xml", "<updated>2026-02-27T12:00:00Z</updated>")]
)
def test_the_validator_finds_what_is_missing(site: Path, tmp_path: Path, feed: str, taken: str) -> None:
    text = (site / feed).read_text(encoding="utf-8")
    broken = tmp_path / feed
    broken.write_text(
        text.replace(taken, "").replace("<description>", "<nothing>").replace("</description>", "</nothing>"), encoding="utf-8"
    )
    assert taken in text
    assert validated(broken).returncode != 0


def test_the_json_feed_keeps_the_rules_of_version_1_1(site: Path) -> None:
    """https://www.jsonfeed.org/version/1.1/"""
    feed: dict[str, Any] = json.loads((site / "feed.json").read_text(encoding="utf-8"))
    assert feed["version"] == "https://jsonfeed.org/version/1.1"
    assert feed["title"] == "The <Test> Briefing"
    assert (feed["home_page_url"], feed["feed_url"]) == (BASE, f"{BASE}feed.json")
    assert feed.keys() <= {"version", "title", "description", "home_page_url", "feed_url", "language", "items", "authors"}
    assert len({item["id"] for item in feed["items"]}) == len(feed["items"]) == 6
    for item in feed["items"]:
        assert item.keys() <= STORY
        assert all(isinstance(item[key], str) and item[key] for key in ("id", "url", "title", "content_text"))
        assert item["url"].startswith(BASE)
        assert datetime.fromisoformat(item["date_published"]) <= datetime.fromisoformat(item["date_modified"])
        assert [author.keys() for author in item["authors"]] == [{"name"}]
        assert all(isinstance(tag, str) for tag in item["tags"])


def test_an_empty_publication_has_valid_feeds(tmp_path: Path) -> None:
    site = Publication.create(tmp_path / "pub").build()
    done = validated(site / "feed.xml", site / "atom.xml", site / "corrections/feed.xml")
    assert done.returncode == 0, done.stderr
    assert json.loads((site / "feed.json").read_text(encoding="utf-8"))["items"] == []
