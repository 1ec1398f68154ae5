"""The main job over real HTTP on loopback: what is published, once, and what survives."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from groundwire import pipeline
from groundwire.cli import check as check_jobs
from groundwire.cli import issue as issue_jobs
from groundwire.cli.build import build
from groundwire.errors import FeedsFailed, LockHeld, Refused
from groundwire.files.lock import held
from groundwire.publication.content import load_articles
from groundwire.wiring import open_publication
from support import FeedServer, fresh_machine, rss, snapshot

NOW = datetime(2026, 4, 12, 18, 0, tzinfo=UTC)
Make = Callable[..., Path]


def update(root: Path, *, now: datetime = NOW) -> pipeline.Update:
    with open_publication(root, command="test", tell=lambda line: None, now=now, force=True) as workspace:
        return workspace.run(pipeline.update(workspace.publication, workspace.parts, now=now), now=now)


def items(count: int, *, host: str = "https://outlet.example", when: datetime = NOW) -> list[dict[str, str]]:
    return [
        {
            "title": f"Item number {n} reports something new about subject {n}",
            "link": f"{host}/posts/{n}",
            "guid": f"post-{n}",
            "description": f"The agency said on Monday that subject {n} has a new rule which takes effect in May.",
            "pubDate": (when - timedelta(hours=1 + n / 60)).strftime("%a, %d %b %Y %H:%M:%S +0000"),
        }
        for n in range(count)
    ]


def test_run_again_changes_nothing(publication: Make, server: FeedServer) -> None:
    root = publication(server.put("/feed.xml", rss(*items(6))))
    assert len(update(root).published) == 6
    before = snapshot(root / "content")
    assert update(root, now=NOW + timedelta(hours=3)).published == ()
    assert snapshot(root / "content") == before
    fresh_machine(root)
    update(root, now=NOW + timedelta(hours=6))
    assert snapshot(root / "content") == before


def test_a_fresh_clone_publishes_nothing_twice(publication: Make, server: FeedServer, tmp_path: Path) -> None:
    root = publication(server.put("/feed.xml", rss(*items(4))))
    update(root)
    git = ["git", "-c", "user.name=t", "-c", "user.email=t@example.org", "-C", str(root)]
    for command in (["init", "-q"], ["add", "content", "newsletter.yml", "mkdocs.yml"], ["commit", "-qm", "x"]):
        subprocess.run([*git, *command], check=True)
    clone = tmp_path / "clone"
    subprocess.run(["git", "clone", "-q", str(root), str(clone)], check=True)
    before = snapshot(clone / "content")
    update(clone, now=NOW + timedelta(hours=2))
    assert snapshot(clone / "content") == before


def test_what_a_killed_run_left_is_swept_also_after_another_command(tmp_path: Path) -> None:
    swept: list[str] = []
    with held(tmp_path, command="first"):
        pass
    for left_behind in (False, True):
        if left_behind:
            (tmp_path / "lock.holder.json").write_text("{}")
        with held(tmp_path, command="new article"):
            pass
        with held(tmp_path, command="update", sweep=lambda: swept.append("update")):
            pass
        assert swept == ["update"] * left_behind
    with held(tmp_path, command="update", sweep=lambda: swept.append("again")):
        pass
    assert swept == ["update"]


def test_a_runner_with_the_last_one_s_cache_publishes_nothing_twice(
    publication: Make, server: FeedServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`.cache/` comes from a cache, all files are new."""
    root = publication(server.put("/feed.xml", rss(*items(4))))
    update(root)
    update(root, now=NOW + timedelta(hours=1))  # takes in what the first run wrote
    server.put("/feed.xml", rss(*items(6)))
    runner = tmp_path / "runner"
    shutil.copytree(root, runner, copy_function=shutil.copyfile, ignore=shutil.ignore_patterns(".groundwire"))
    assert len(update(runner, now=NOW + timedelta(hours=2)).published) == 2
    assert update(runner, now=NOW + timedelta(hours=3)).published == ()


def test_what_may_be_cached_says_nothing_that_content_does_not(publication: Make, server: FeedServer) -> None:
    """`.cache/` leaves the machine; other people's text may not."""
    tail = " ".join(f"Private{n} sentence{n} continues{n} with words{n} that nobody quotes{n}." for n in range(60))
    news = [{**item, "content:encoded": f"<p>{item['description']}</p><p>{tail}</p>"} for item in items(4)]
    feed = rss(*news).replace("<rss ", '<rss xmlns:content="http://purl.org/rss/1.0/modules/content/" ')
    root = publication(server.put("/feed.xml", feed))
    update(root)
    update(root, now=NOW + timedelta(hours=1))
    build(root, strict=True)
    check_jobs.examine(root, now=NOW)
    said = "".join(path.read_text("utf-8") for path in (root / "content").rglob("*") if path.is_file())
    private = [word for word in tail.split() if word not in said]
    kept = {path.name: path.read_bytes() for path in (root / ".groundwire").rglob("*") if path.is_file()}
    assert any(word.encode() in raw for raw in kept.values() for word in private), "the test has nothing to find"
    for path in (root / ".cache").rglob("*"):
        assert not [word for word in private if word.encode() in path.read_bytes()], path


def test_a_page_deleted_by_hand_stays_deleted_and_counts_for_its_day(publication: Make, server: FeedServer) -> None:
    root = publication(server.put("/feed.xml", rss(*items(3))), extra="select: {max_stories: 3}")
    done = update(root)
    (root / "content" / done.published[0]).unlink()
    server.put("/feed.xml", rss(*items(4)))
    assert update(root).published == ()
    assert not (root / "content" / done.published[0]).exists()


def test_limits_count_what_is_already_published_today(publication: Make, server: FeedServer) -> None:
    root = publication(server.put("/feed.xml", rss(*items(50))), extra="select: {max_stories: 5, max_per_category: 50}")
    runs = [len(update(root, now=NOW - timedelta(hours=17 - 4 * n)).published) for n in range(4)]
    assert runs == [5, 0, 0, 0]
    assert len(update(root, now=NOW + timedelta(days=1)).published) == 5


def test_the_day_is_the_publication_s_own(publication: Make, server: FeedServer) -> None:
    url = server.put("/feed.xml", rss(*items(9, when=datetime(2026, 4, 12, 8, tzinfo=UTC))))
    root = publication(url, extra="timezone: Asia/Tokyo\nselect: {max_stories: 2}")
    assert len(update(root, now=datetime(2026, 4, 12, 14, 30, tzinfo=UTC)).published) == 2  # 23:30 in Tokyo
    assert len(update(root, now=datetime(2026, 4, 12, 15, 30, tzinfo=UTC)).published) == 2  # the next day there


def test_exact_duplicates_are_one_page_with_two_sources(publication: Make, server: FeedServer) -> None:
    one = items(1)[0]
    other = {
        **one,
        "guid": "x",
        "link": "https://wire.example/a?utm_source=rss",
        "description": "Another outlet's own words on it.",
    }
    root = publication(server.put("/a.xml", rss(one, title="A")), server.put("/b.xml", rss(other, title="B")))
    done = update(root)
    assert len(done.published) == 1
    page = load_articles(root / "content").require()[0]
    assert [s.url for s in page.meta.sources] == [one["link"], other["link"]] or len(page.meta.sources) == 2


def test_later_coverage_joins_the_page_and_keeps_people_s_words(publication: Make, server: FeedServer) -> None:
    one = items(1)[0]
    first = f"{{url: {server.put('/a.xml', rss(one))}, name: First Outlet}}"
    second = f"{{url: {server.put('/b.xml', rss())}, name: Second Outlet}}"
    root = publication(first, second)
    path = root / "content" / update(root).published[0]
    path.write_text(path.read_text().replace("category:", "# why this category: see the sources\ncategory:"))
    server.put("/b.xml", rss({**one, "guid": "x", "link": "https://wire.example/a"}))
    done = update(root, now=NOW + timedelta(hours=5))
    assert done.published == ()
    assert [f"content/{p}" for p in done.joined] == [path.relative_to(root).as_posix()]
    page = load_articles(root / "content").require()[0]
    assert [s.feed for s in page.meta.sources] == ["First Outlet", "Second Outlet"]
    assert page.meta.sources[1].added == page.meta.updated == NOW + timedelta(hours=5)
    assert "# why this category: see the sources\n" in page.text
    before = snapshot(root / "content")
    update(root, now=NOW + timedelta(hours=9))
    assert snapshot(root / "content") == before


def test_a_broken_feed_is_named_and_stops_nothing(publication: Make, server: FeedServer) -> None:
    good = server.put("/feed.xml", rss(*items(2)))
    page = server.put("/page.xml", "<!doctype html><html><body>Bad gateway</body></html>")
    root = publication(good, page, server.url("/missing.xml"), server.put("/empty.xml", ""))
    done = update(root)
    assert len(done.published) == 2
    reasons = {urlsplit(r.feed.url).path: r.error for r in done.failed}
    assert "HTML page" in reasons["/page.xml"]
    assert "404" in reasons["/missing.xml"]
    assert "empty" in reasons["/empty.xml"]


def test_all_feeds_failing_is_an_error(publication: Make, server: FeedServer) -> None:
    root = publication(server.url("/a.xml"), server.url("/b.xml"))
    with pytest.raises(FeedsFailed, match="404"):
        update(root)


def test_no_feeds_is_an_error_with_an_example(publication: Make) -> None:
    root = publication(extra="")
    (root / "newsletter.yml").write_text("title: T\nurl: https://x.example/\n")
    with pytest.raises(Refused, match=r"feeds:\n- \{url:"):
        update(root)


def test_a_broken_page_only_warns_an_update_and_nothing_is_republished(publication: Make, server: FeedServer) -> None:
    root = publication(server.put("/feed.xml", rss(*items(2))))
    path = root / "content" / update(root).published[0]
    path.write_text(path.read_text().replace("title:", "titel:"))
    done = update(root)
    assert done.published == ()
    assert any("did you mean 'title'" in str(w) for w in done.publication.problems)


def test_killed_between_page_and_ledger_publishes_once(publication: Make, server: FeedServer) -> None:
    root = publication(server.put("/feed.xml", rss(*items(3))))
    update(root)
    ledger = next((root / "content" / ".ledger").glob("stories-*.jsonl"))
    lines = ledger.read_text().splitlines(keepends=True)
    ledger.write_text("".join(lines[:-1]) + lines[-1][:40])  # the last row torn, as by a kill
    pages = {p.path for p in load_articles(root / "content").require()}
    assert update(root, now=NOW + timedelta(hours=2)).published == ()
    assert {p.path for p in load_articles(root / "content").require()} == pages
    before = snapshot(root / "content")
    update(root, now=NOW + timedelta(hours=4))
    assert snapshot(root / "content") == before


def test_kill_9_anywhere_leaves_nothing_torn_and_the_next_run_completes(publication: Make, server: FeedServer) -> None:
    root = publication(server.put("/feed.xml", rss(*items(40))), extra="select: {max_stories: 40, max_per_category: 40}")
    command = [sys.executable, "-m", "groundwire", "update", "-C", str(root), "--now", NOW.isoformat(), "--force"]
    for delay in (0.9, 1.1, 1.3):
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)
        time.sleep(delay)
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        load_articles(root / "content").require()
    update(root)
    pages = load_articles(root / "content").require()
    assert len(pages) == 40
    assert len({p.meta.sources[0].url for p in pages}) == 40
    assert not list(root.rglob(".groundwire-tmp-*"))


def test_two_runs_at_once_one_says_who_holds_the_lock(
    publication: Make, server: FeedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = publication(server.put("/feed.xml", rss(*items(1))))
    code = "import sys, time; from pathlib import Path; from groundwire.files.lock import held\nwith held(Path(sys.argv[1]), command='update'): print('in', flush=True); time.sleep(30)"
    holder = subprocess.Popen([sys.executable, "-c", code, str(root / ".groundwire")], stdout=subprocess.PIPE, text=True)
    try:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "in\n"
        with (
            pytest.raises(LockHeld, match=rf"groundwire update` \(process {holder.pid}\)"),
            held(root / ".groundwire", command="run", wait_s=0.2),
        ):
            raise AssertionError("the lock was not held")
    finally:
        holder.kill()
        holder.wait()
    assert len(update(root).published) == 1  # a dead holder holds nothing


def test_an_undated_entry_is_first_seen_once(publication: Make, server: FeedServer) -> None:
    item = {k: v for k, v in items(1)[0].items() if k != "pubDate"}
    root = publication(server.put("/feed.xml", rss(item)), extra="select: {max_stories: 0}")
    update(root)
    before = snapshot(root / "content")
    update(root, now=NOW + timedelta(hours=5))
    assert snapshot(root / "content") == before
    (root / "newsletter.yml").write_text((root / "newsletter.yml").read_text().replace("max_stories: 0", "max_stories: 5"))
    update(root, now=NOW + timedelta(days=1))
    meta = load_articles(root / "content").require()[0].meta
    assert (meta.date, meta.date_estimated, meta.sources[0].published) == (NOW, True, None)


def test_one_address_on_many_entries_is_no_duplicate(publication: Make, server: FeedServer) -> None:
    told = ("Bakers strike for shorter nights", "A comet passes the planet Mars", "Ferries to the islands are late again")
    one = {"link": "https://outlet.example/list", "pubDate": "Sun, 12 Apr 2026 10:00:00 +0000"}
    root = publication(
        server.put("/f.xml", rss(*({**one, "title": t, "guid": t, "description": f"{t}, it says."} for t in told)))
    )
    assert len(update(root).published) == 3
    assert update(root, now=NOW + timedelta(hours=2)).published == ()


def test_what_is_blocked_is_not_asked_for_not_published_not_mailed(publication: Make, server: FeedServer) -> None:
    words = "block: {keywords: [subject 1], urls: ['https://outlet.example/posts/2']}"
    root = publication(server.put("/feed.xml", rss(*items(5))), extra=words)
    done = update(root)
    assert (len(done.published), done.blocked) == (3, 2)
    (root / "newsletter.yml").write_text((root / "newsletter.yml").read_text().replace("subject 1", "subject 4"))
    assert "subject 4" in check_jobs.check(root, now=NOW)
    assert "no issue: 2 new stories" in issue_jobs.write(root, now=NOW + timedelta(days=7), tell=lambda line: None)
    (root / "newsletter.yml").write_text(
        (root / "newsletter.yml").read_text().replace("subject 4], urls: [", "x], domains: [127.0.0.1], urls: [")
    )
    asked = len(server.asked)
    with pytest.raises(FeedsFailed, match="blocked"):
        update(root, now=NOW + timedelta(days=1))
    assert len(server.asked) == asked


def test_the_real_week(publication: Make, server: FeedServer, corpus: Path) -> None:
    """177 real headlines as one feed an outlet: pages, a strict build, an issue, and nothing on a second run."""
    outlets: dict[str, list[dict[str, str]]] = defaultdict(list)
    for number, line in enumerate((corpus / "dedupe" / "secnews-0412.jsonl").read_text(encoding="utf-8").splitlines()):
        row = json.loads(line)
        when = (NOW - timedelta(hours=20, minutes=number)).strftime("%a, %d %b %Y %H:%M:%S +0000")
        item = {"title": row["title"], "link": row["url"], "guid": row["id"], "description": row["excerpt"], "pubDate": when}
        outlets[urlsplit(row["url"]).hostname or ""].append(item)
    feeds = [server.put(f"/{host}/feed.xml", rss(*rows, title=host)) for host, rows in sorted(outlets.items())]
    named = [f"{{url: {url}, name: {host}}}" for url, host in zip(feeds, sorted(outlets), strict=True)]
    root = publication(*named, extra="select: {max_stories: 500, max_per_category: 500}\nissue: {weekday: sunday, hour: 9}")
    done = update(root)
    assert len(done.failed) == 0
    assert 140 <= len(done.published) <= 165  # 145 events
    assert sum(len(page.meta.sources) for page in load_articles(root / "content").require()) >= 170
    assert "content/issues/" in issue_jobs.write(root, now=NOW + timedelta(hours=1), tell=lambda line: None)
    assert "pages" in build(root, strict=True)
    before = snapshot(root / "content")
    update(root, now=NOW + timedelta(hours=2))
    issue_jobs.write(root, now=NOW + timedelta(hours=2), tell=lambda line: None)
    assert snapshot(root / "content") == before
