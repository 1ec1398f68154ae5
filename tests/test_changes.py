"""`groundwire changes`: what a pull request shows, without a secret: pages as one file each, new feeds, changed categories."""

from __future__ import annotations

import re
import subprocess
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sitekit import BASE, Html, Publication
from support import FeedServer, rss

from generator.jobs import changes as change_jobs
from generator.website.onefile import one_file

SAID = """## Full report

> The maker of the gateway has published a repair for the flaw, which lets anybody in who knows its address.
>
> — [Example Blog](<https://blog.example/post>)

“The maker advises everybody to install the repair of the gateway before the weekend begins.”[^1]

[^1]: [Example Blog](<https://blog.example/post>)
"""
NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


def item(number: int) -> dict[str, str]:
    return {
        "title": f"Gateway number {number} has a flaw that lets anybody in",
        "link": f"https://outlet.example/{number}",
        "description": "It is grave, the maker says, and a fix is there. " * 30,
        "pubDate": f"Sat, 28 Feb 2026 1{number}:00:00 +0000",
    }


@pytest.fixture
def pub(tmp_path: Path) -> Publication:
    made = Publication.create(tmp_path / "pub", extra="fetch: {allow_networks: [127.0.0.0/8]}\nfeeds: []\n")
    for number in range(4):
        made.article(f"Gateway flaw {number}", hours=number, body=SAID)
    (made.root / ".gitignore").write_text(".groundwire/\n.derived/\nsite/\n")
    git(made, "init", "-qb", "main")
    git(made, "add", ".")
    git(made, "commit", "-qm", "start")
    return made


def git(pub: Publication, *words: str) -> None:
    subprocess.run(["git", "-c", "user.name=A", "-c", "user.email=a@example.org", "-C", str(pub.root), *words], check=True)


def changes(pub: Publication) -> str:
    return change_jobs.changes(pub.root, "main", output=pub.root / ".groundwire" / "changes", now=NOW, tell=lambda line: None)


def test_nothing(pub: Publication) -> None:
    assert changes(pub) == "No page, feed or category changes."


def test_a_new_feed_is_asked_what_it_brings_and_costs(pub: Publication, server: FeedServer) -> None:
    url = server.put("/feed.xml", rss(*map(item, range(5)), title="Outlet ``` feed"))
    path = pub.root / "newsletter.yml"
    path.write_text(path.read_text().replace("feeds: []", f"feeds:\n- url: {url}"))
    before = path.read_bytes()
    told = changes(pub)
    assert "5 entries" in told
    assert re.search(r"\$ ?\d", told), told
    assert told.count("````") >= 2
    assert path.read_bytes() == before
    path.write_text(path.read_text().replace(url, "http://10.0.0.1/feed").replace("127.0.0.0/8", "10.0.0.0/8"))
    assert "private" in changes(pub) or "not allowed" in changes(pub)


def test_a_changed_category_is_tried_on_three_archived_stories(pub: Publication) -> None:
    path = pub.root / "categories" / "gateways.yml"
    path.write_text(
        "id: gateways\nname: Gateways\nrules: {title: [gateway, flaw], text: [gateway]}\nsections: [{id: summary, heading: In short}]\n"
    )
    told = changes(pub)
    assert "4 would now be put elsewhere" in told
    assert told.count("### ") == 3
    assert told.count("| gateways |") == 3
    assert "| In short | — |" in told


@pytest.mark.slow
def test_a_page_in_one_file_opens_from_the_disk(pub: Publication, chromium: Any) -> None:
    pub.article("Changed story", hours=5)
    draft = "---\nid: s-00000000aa\ntitle: D\ndescription: D\ndate: 2026-02-20\ncategory: flaws\nstatus: draft\n---\nx\n"
    pub.write("articles/2026/02/draft.md", draft)
    site = pub.build()
    told = changes(pub)
    assert "`content/articles/2026/02/draft.md`: a draft" in told
    file = pub.root / ".groundwire/changes/articles-2026-02-changed-story.html"
    text = file.read_text(encoding="utf-8")
    assert text == one_file(site, "articles/2026/02/changed-story", url=BASE)
    assert not re.search(r"""<(?:link|script|img)[^>]*\s(?:href|src)=["']?(?!data:)[^"'\s>]""", text)
    assert f'href="{BASE}categories/flaws/"' in text
    asked: list[str] = []
    errors: list[str] = []
    page = chromium.new_page(viewport={"width": 390, "height": 844})
    page.on("request", lambda request: asked.append(request.url))
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto(file.as_uri())
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    assert page.evaluate("getComputedStyle(document.querySelector('h1')).fontWeight") >= "600"
    assert errors == []
    page.close()
    assert [url for url in asked if not url.startswith("data:")] == [file.as_uri()]


@pytest.mark.parametrize(
    "body",
    [
        '<a title=" onmouseover=alert(1) x" href="=">x</a>',
        '<p title="<script src=../../../../assets/groundwire/site.js></script>">x</p>',
        '<p title="<link rel=stylesheet href=../../../../assets/groundwire/site.css>">x</p>',
        '<a id=\'x" onclick="alert(1)\' href="a">x</a><img alt="a.png onerror=alert(1)" src="a.png">',
    ],
)
def test_a_page_as_one_file_runs_nothing_of_its_text(pub: Publication, body: str) -> None:
    pub.write("about.md", f"# About\n\n{body}\n")
    pub.write("a.png", "a picture")
    text = one_file(pub.build(strict=False), "about/", url=BASE)
    page = Html.of(text)
    handlers = [name for _, attributes in page.tags for name in attributes if name.startswith("on")]
    assert handlers == []
    inside = text.partition('<div class="gw-page md-typeset">')[2].partition("<footer")[0]
    assert "<script" not in inside
    assert "<style" not in inside
