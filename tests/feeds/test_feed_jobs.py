"""`groundwire feeds …`: what the owner reads, and what is written into newsletter.yml."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner

from groundwire.cli import feeds as feed_jobs
from groundwire.cli.feeds import feeds
from groundwire.errors import InputError, Refused
from groundwire.settings import load_settings
from support import FeedServer, rss

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
Make = Callable[..., Path]
OTHER = "https://other.example/feed"


def quiet(line: str) -> None:
    """No progress."""


def feed(*ages: float, name: str = "x", title: str = "Test Feed") -> str:
    """A feed with entries so many days old."""
    return rss(
        *(
            {
                "title": f"Entry {n} of {name}",
                "link": f"https://outlet.example/{name}/{n}",
                "pubDate": (NOW - timedelta(days=age)).strftime("%a, %d %b %Y %H:%M:%S +0000"),
            }
            for n, age in enumerate(ages)
        ),
        title=title,
    )


def add(root: Path, url: str, **options: object) -> str:
    return feed_jobs.add(root, url, **{"name": "", "now": NOW, "dry_run": False, "tell": quiet, **options})  # type: ignore[arg-type]  # options as given


def test_the_feed_behind_a_page_is_found_shown_and_added(publication: Make, server: FeedServer) -> None:
    root = publication("{url: https://a.example/feed, name: A} # the first")
    server.put(
        "/blog/",
        '<html><head><link href="/comments.xml" type="application/rss+xml" rel="alternate"><link rel="alternate" type="application/atom+xml" href="news.xml"></head></html>',
    )
    server.put("/comments.xml", feed(1, name="comments"))
    server.put("/blog/news.xml", feed(3, 1, title="The <b>Outlet</b>: news"))
    said = add(root, server.url("/blog/"))
    assert "2 entries" in said
    assert said.index("2026-11-22  Entry 1 of x") < said.index("2026-11-20  Entry 0 of x")
    listed = load_settings(root).feeds
    assert [(f.url, f.name) for f in listed][1:] == [(server.url("/blog/news.xml"), "The Outlet: news")]
    assert "# the first\n" in (root / "newsletter.yml").read_text()


def test_usual_places_are_tried(publication: Make, server: FeedServer) -> None:
    root = publication(OTHER)
    server.put("/", "<html><body>Welcome</body></html>")
    server.put("/feed.xml", feed(1))
    assert "added" in add(root, server.url("/"), name="Mine")
    assert load_settings(root).feeds[-1].name == "Mine"


def test_a_dry_run_writes_nothing(publication: Make, server: FeedServer) -> None:
    root = publication(OTHER)
    before = (root / "newsletter.yml").read_bytes()
    assert "nothing was written" in add(root, server.put("/f", feed(1)), dry_run=True)
    assert (root / "newsletter.yml").read_bytes() == before


def test_a_feed_that_is_there_is_refused_also_where_a_page_leads_to_it(publication: Make, server: FeedServer) -> None:
    url = server.put("/f", feed(1))
    server.put("/f?utm_source=x", feed(1))
    server.put("/f?utm_source=page", feed(1))
    server.put("/", '<link rel="alternate" type="application/rss+xml" href="/f?utm_source=page">')
    root = publication(url)
    for given in (url, url + "?utm_source=x", server.url("/")):
        with pytest.raises(Refused, match="has this feed already"):
            add(root, given)


def test_no_feed_anywhere_says_what_to_do(publication: Make, server: FeedServer) -> None:
    with pytest.raises(Refused, match="HTML page, not with a feed, and no feed was found behind it"):
        add(publication(OTHER), server.put("/", "<html></html>"))
    with pytest.raises(Refused, match="404"):
        add(publication(OTHER), server.url("/none"))
    with pytest.raises(Refused, match="only http and https"):
        add(publication(OTHER), "file:///etc/passwd")


def test_check_tells_each_problem_at_its_line(publication: Make, server: FeedServer) -> None:
    good = server.put("/good", feed(0, 1, 2, name="good"))
    server.put("/good?utm_source=x", feed(0, 1, 2, name="good"))
    urls = [
        good,
        server.url("/gone"),
        server.put("/page", "<!doctype html><html></html>"),
        server.put("/empty", feed()),
        server.put("/stale", feed(40, 41, 42, name="stale")),
        server.put("/slow", feed(40, 70, 100, name="slow")),
        good + "?utm_source=x",
        server.put("/copy", feed(0, 1, 2, name="good")),
    ]
    root = publication(*urls)
    with pytest.raises(InputError) as caught:
        feed_jobs.check(root, offline=False, now=NOW, tell=quiet)
    text = (root / "newsletter.yml").read_text().splitlines()
    told = {text[p.line - 1].removeprefix("- url: "): p.message for p in caught.value.problems}
    reasons = dict(
        zip(urls, ["", "404", "HTML page", "is empty", "stale", "", "same feed as in line", "same entries"], strict=True)
    )
    assert told.keys() == {url for url, reason in reasons.items() if reason}
    assert [(url, m) for url, m in told.items() if reasons[url] not in m] == []


def test_check_offline_asks_nobody(publication: Make, server: FeedServer) -> None:
    url = server.put("/f", feed(1))
    assert "not asked" in feed_jobs.check(publication(url), offline=True, now=NOW, tell=quiet)
    with pytest.raises(InputError, match="the same feed as in line"):
        feed_jobs.check(publication(url, url.replace("http:", "https:")), offline=True, now=NOW, tell=quiet)
    assert server.asked == []


def test_check_remembers_nothing(publication: Make, server: FeedServer) -> None:
    root = publication(server.put("/f", feed(1)))
    assert "1 feeds answer" in feed_jobs.check(root, offline=False, now=NOW, tell=quiet)
    assert not (root / ".groundwire").exists()
    assert not (root / "content" / ".ledger").exists()


def test_export_and_import(publication: Make, tmp_path: Path) -> None:
    root = publication("{url: https://a.example/feed, name: A & B}", "https://c.example/feed")
    file = tmp_path / "list.opml"
    runner = CliRunner()
    assert runner.invoke(feeds, ["export", "-C", str(root), "-o", str(file)]).exit_code == 0
    other = publication("https://c.example/feed?utm_source=x", folder="other")
    file.write_text(file.read_text().replace("</body>", '<outline text="bad" xmlUrl="javascript:1"/></body>'))
    said = runner.invoke(feeds, ["import", "-C", str(other), str(file)])
    assert "added 1 of 3" in said.output
    assert "left out: javascript:1 (no web address)" in said.output
    assert [f.title for f in load_settings(other).feeds][1:] == ["A & B"]
    assert "added 0 of 3" in runner.invoke(feeds, ["import", "-C", str(other), str(file)]).output


def test_list_tells_how_each_is_doing(publication: Make, server: FeedServer) -> None:
    root = publication("{url: https://a.example/feed, name: A}", "{url: https://b.example/feed, name: Bee}")
    folder = root / "content" / ".ledger"
    folder.mkdir(parents=True)
    (folder / "feeds-2026-10.jsonl").write_text(
        '{"at": "2026-10-01T00:00:00Z", "event": "failing", "feed": "https://a.example/feed", "why": "the server says 404 Not Found"}\n'
        '{"at": "2026-10-02T00:00:00Z", "event": "news", "feed": "https://b.example/feed", "newest": "2026-10-01T10:00:00Z", "every_days": 2.5}\n'
    )
    said = CliRunner().invoke(feeds, ["list", "-C", str(root), "--now", "2026-11-23T09:00:00Z"]).output.splitlines()
    assert said == [
        "failing A    no dated entry yet · failing since 2026-10-01: the server says 404 Not Found",
        "stale   Bee  last entry 2026-10-01, one every 2.5 days · stale since 2026-10-15",
        "2 feeds, 1 failing, 1 stale",
    ]


def test_blocked_feeds_are_not_asked(publication: Make, server: FeedServer) -> None:
    root = publication(server.put("/f", feed(1)), extra="block: {domains: [127.0.0.1]}")
    with pytest.raises(InputError, match=r"127\.0\.0\.1 is blocked"):
        feed_jobs.check(root, offline=False, now=NOW, tell=quiet)
    assert server.asked == []
