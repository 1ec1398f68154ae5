"""`groundwire new …`: what it writes passes the checker, and a person's article is as good as any other."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from groundwire.checking.check import check_publication
from groundwire.cli import check as check_jobs
from groundwire.cli import issue as issue_jobs
from groundwire.cli import new as new_jobs
from groundwire.errors import InputError, Refused
from groundwire.publication.content import load_articles
from groundwire.settings import load_settings
from sitekit import Publication

NOW = datetime(2026, 3, 6, 12, 0, 1, 5, tzinfo=UTC)


@pytest.fixture
def pub(tmp_path: Path) -> Publication:
    return Publication.create(tmp_path / "pub", extra="issue: {min_items: 1, weekday: friday, hour: 9}\n")


@pytest.mark.parametrize("title", ["A letter from us", "Zero-day: what's known, [link](x) & <b>", "漢字だけ", "  yes  ", "index"])
def test_everything_new_passes_the_checker_unedited(pub: Publication, title: str) -> None:
    for ready in (False, True):
        new_jobs.article(pub.root, title, category="flaws", description="", ready=ready, now=NOW)
    new_jobs.issue(pub.root, title, name="special", now=NOW)
    new_jobs.feed(pub.root, "https://www.example.org/feed.xml", name=title)
    if title[0].isascii():
        new_jobs.category(pub.root, title, applies="")
    assert check_jobs.check(pub.root, now=NOW) == "all right: 2 articles, 1 issue, 1 feed"
    assert [page.meta.title for page in load_articles(pub.root / "content").pages] == [title.strip()] * 2
    assert [feed.name for feed in load_settings(pub.root).feeds] == [title.strip()]


def test_a_publication_whose_address_is_that_of_its_repository(pub: Publication) -> None:
    settings = pub.root / "newsletter.yml"
    settings.write_text(re.sub("url: .*\n", "", settings.read_text()), encoding="utf-8")
    (pub.root / ".git").mkdir()
    (pub.root / ".git" / "config").write_text('[remote "origin"]\n\turl = https://github.com/me/briefing.git\n')
    new_jobs.feed(pub.root, "https://www.example.org/feed.xml", name="")
    assert load_settings(pub.root).url == "https://me.github.io/briefing/"
    assert "url: https://me" not in settings.read_text()


def test_what_cannot_be_is_refused_with_an_example(pub: Publication) -> None:
    with pytest.raises(Refused, match="flaws"):
        new_jobs.article(pub.root, "A", category="", description="", ready=False, now=NOW)
    with pytest.raises(Refused, match="groundwire new category"):
        new_jobs.category(pub.root, "漢字", applies="")
    with pytest.raises(Refused, match="already"):
        new_jobs.category(pub.root, "Flaws", applies="")
    new_jobs.feed(pub.root, "www.example.org/feed", name="")
    with pytest.raises(Refused, match="already"):
        new_jobs.feed(pub.root, "http://example.org/feed/", name="")
    new_jobs.issue(pub.root, "One", name="special", now=NOW)
    with pytest.raises(Refused, match="another --name"):
        new_jobs.issue(pub.root, "Two", name="special", now=NOW)


@pytest.mark.parametrize("ready", [False, True])
def test_a_template_s_own_text_is_never_published(pub: Publication, ready: bool) -> None:
    new_jobs.article(pub.root, "A letter", category="flaws", description="What we *changed*.", ready=ready, now=NOW)
    new_jobs.issue(pub.root, "The year", name="special", now=NOW)
    for path in (pub.root / "content").rglob("*.md"):
        text = path.read_text()
        path.write_text(text.replace("status: draft\n", "status: ready\n" if "issues" in str(path) else ""))
    told = [problem.file for problem in check_publication(pub.root, now=NOW).problems if problem.level == "error"]
    article, issue = "content/articles/2026/03/a-letter.md", "content/issues/2026-w10-special.md"
    assert told == [issue] if ready else [article, issue]
    with pytest.raises(InputError, match="is the template's: write your text in its place"):
        pub.build()
    for path in (pub.root / "content").rglob("*.md"):
        path.write_text(re.sub(r"Write here.*|\[\^1\].*", "Our own words.", path.read_text()))
    assert check_jobs.check(pub.root, now=NOW)
    pub.build()


@pytest.mark.parametrize("text", ["x" * 700, "  ", "\u200b"])
def test_a_text_that_has_no_room_is_refused(pub: Publication, text: str) -> None:
    with pytest.raises(Refused, match=r"give it 1 to 300"):
        new_jobs.article(pub.root, text, category="flaws", description="", ready=False, now=NOW)
    with pytest.raises(Refused, match=r"give it 1 to 200"):
        new_jobs.issue(pub.root, text, name="special", now=NOW)


@pytest.mark.parametrize("title", ["The year", "x" * 200])
def test_an_issue_by_hand_can_be_corrected(pub: Publication, title: str) -> None:
    new_jobs.issue(pub.root, title, name="special", now=NOW)
    path = pub.root / "content/issues/2026-w10-special.md"
    path.write_text(path.read_text().replace("status: draft", "status: ready").replace("Write here", "We write"))
    for number in ("", "2"):
        assert "a draft" in issue_jobs.correct(pub.root, "2026-w10-special", note="n" * 300, now=NOW, tell=lambda line: None)
        made = pub.root / f"content/issues/2026-w10-specialcorrection{number}.md"
        made.write_text(made.read_text().replace("status: draft", "status: ready"))
        assert check_jobs.check(pub.root, now=NOW).startswith("all right")


@pytest.mark.slow
def test_a_person_s_article_is_listed_mailed_and_in_the_feeds(pub: Publication) -> None:
    new_jobs.article(pub.root, "A letter from us", category="flaws", description="What we changed.", ready=True, now=NOW)
    new_jobs.article(pub.root, "Not yet", category="flaws", description="", ready=False, now=NOW)
    assert "1 stories" in issue_jobs.write(pub.root, now=NOW.replace(hour=18), tell=lambda line: None)
    issue = next((pub.root / "content" / "issues").glob("*.md")).read_text(encoding="utf-8")
    site = pub.build()
    page = (site / "articles/2026/03/a-letter-from-us/index.html").read_text(encoding="utf-8")
    assert "Written by a person" in page
    for file in (
        "index.html",
        "feed.xml",
        "atom.xml",
        "feed.json",
        "categories/flaws/index.html",
        "categories/flaws/feed.xml",
        "sitemap.xml",
    ):
        text = (site / file).read_text(encoding="utf-8")
        assert "a-letter-from-us" in text, file
        assert "not-yet" not in text, file
    assert "A letter from us" in issue
    assert "Not yet" not in issue
