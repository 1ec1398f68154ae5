"""How a publication stands, and what a run says of itself: on a terminal, as JSON, on GitHub's page of the run."""

from __future__ import annotations

import json
import re
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from groundwire.cli import daily as jobs
from groundwire.cli.status import status
from groundwire.publication.log import Ledger
from groundwire.subscribers.database import Database
from groundwire.subscribers.ledger import Deliveries
from mailkit import peopled
from support import FeedServer, rss

NOW = datetime(2026, 4, 12, 18, tzinfo=UTC)
ITEM = {
    "title": "Agency warns of a flaw in ```routers``` for small offices",
    "link": "https://outlet.example/a",
    "description": "The agency has warned of a vulnerability in routers for small offices and asks owners to install the update.",
    "pubDate": "Sun, 12 Apr 2026 10:00:00 +0000",
}


def groundwire(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "groundwire", *arguments]
    env = {"PATH": "", "PYTHONPATH": str(Path(__file__).parents[1] / "generator"), **environment}
    return subprocess.run(command, capture_output=True, text=True, env=env, check=False, timeout=120)


def update(root: Path, now: datetime = NOW) -> str:
    return jobs.update(root, now=now, force=True, tell=lambda line: None)


def test_what_a_person_has_to_do_comes_last(publication: Callable[..., Path], server: FeedServer) -> None:
    root = publication(server.put("/f.xml", rss(ITEM)), extra="review: {hold: all}\nemail: {transport: smtp}")
    told = update(root)
    assert "new pages: 1" in told
    assert "waits for review" in told
    later = NOW + timedelta(days=1)
    Ledger(root / "content" / ".ledger").append("spend", {"usd": 1.25, "model": "m", "call": "a"}, now=NOW)
    lines = status(root, now=later).splitlines()
    assert "articles: 1, 0 today, the newest of 2026-04-12 18:00" in lines
    assert "mail: smtp; the subscribers are on another machine" in lines
    assert "money: $1.25 of $10.00 in 2026-04" in lines
    need = next(i for i, line in enumerate(lines) if line.startswith("needs a person: "))
    assert all(line.startswith("- ") for line in lines[need + 1 :])
    assert len(lines) - need - 1 == int(lines[need].rsplit(" ", 1)[1])
    assert any("waiting for review: content/articles/2026/04/" in line for line in lines[need:])
    assert any("publisher" in line for line in lines[need:])


def test_a_failing_feed_and_a_silent_one_need_a_person(publication: Callable[..., Path], server: FeedServer) -> None:
    root = publication(server.put("/f.xml", rss(ITEM)), server.put("/g.xml", rss(ITEM | {"link": "https://outlet.example/b"})))
    update(root)
    server.pages["/g.xml"] = (500, {}, b"no")
    update(root, NOW + timedelta(hours=7))
    told = status(root, now=NOW + timedelta(days=100))
    assert "feeds: 2, 1 failing, 1 stale" in told
    assert "- feed failing since 2026-04-13" in told
    assert "- feed silent since" in told


SMTP = "email: {transport: smtp, sender: b@example.org}\npublisher: {name: P, postal_address: A, email: e@example.org, responsible: R}"


@pytest.mark.parametrize("named", ["/nowhere/at/all/subscribers.sqlite", "private/subscribers.sqlite"])
def test_where_the_subscribers_are_not_it_says_where_and_everything_else(
    publication: Callable[..., Path], server: FeedServer, named: str
) -> None:
    """As on every machine but the one that sends."""
    root = publication(server.put("/f.xml", rss(ITEM)), extra=f"{SMTP}\nsubscribers: {{database: {named}}}")
    update(root)
    lines = status(root, now=NOW).splitlines()
    assert f"mail: smtp; the subscribers are on another machine: {root / named} is not on this one" in lines
    assert "feeds: 1, 0 failing" in lines
    assert lines[2].startswith("articles: 1, 1 today")
    assert lines[-1] == "nothing needs a person"
    assert not (root / named).parent.exists(), "looking makes nothing"
    done = groundwire("status", "-C", str(root), "--now", NOW.isoformat())
    assert (done.returncode, done.stdout.splitlines()) == (0, lines)


def _damage(path: Path, how: str) -> None:
    """Let what is at this path be something that cannot be read."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if how == "folder":
        path.unlink(missing_ok=True)
        path.mkdir()
    elif how == "loop":
        path.symlink_to(path)
    elif how == "not a database":
        path.write_bytes(b"It was here. " * 1000)
    elif how == "another database":
        with sqlite3.connect(path) as db:
            db.execute("CREATE TABLE t (x)")
    elif how == "torn":
        Database(path).close()
        whole = path.read_bytes()
        path.write_bytes(whole[:4096] + b"\xff" * (len(whole) - 4096))


@pytest.mark.parametrize("how", ["folder", "not a database", "another database", "torn"])
def test_a_database_that_cannot_be_read_is_told_and_hides_nothing_else(
    publication: Callable[..., Path], server: FeedServer, how: str
) -> None:
    root = publication(server.put("/f.xml", rss(ITEM)), extra=f"{SMTP}\nsubscribers: {{database: people.sqlite}}")
    update(root)
    _damage(root / "people.sqlite", how)
    lines = status(root, now=NOW).splitlines()
    assert "mail: smtp; the subscribers cannot be read" in lines
    assert lines[2].startswith("articles: 1, 1 today")
    assert lines[-2] == "needs a person: 1"
    assert "people.sqlite" in lines[-1] or "database" in lines[-1]


@pytest.mark.parametrize(
    ("broken", "how", "instead"),
    [
        ("content/.ledger/feeds-2026-04.jsonl", "folder", {"feeds": "feeds: cannot be read"}),
        ("content/.ledger/spend-2026-04.jsonl", "folder", dict.fromkeys(("money", "  by day", "  by model", "  by category"))),
        ("content/.ledger/stories-2026-04.jsonl", "folder", {}),
        ("content/.ledger/issues-2026-04.jsonl", "folder", {}),
        ("content/issues/2026-w15.md", "loop", {"issues": "issues: cannot be read"}),
        ("content/articles/elsewhere.md", "loop", {"articles": "articles: cannot be read"}),
        ("content/articles/elsewhere.md", "not a database", {}),
    ],
)
def test_a_part_that_cannot_be_read_is_told_and_hides_nothing_else(
    publication: Callable[..., Path], server: FeedServer, broken: str, how: str, instead: dict[str, str | None]
) -> None:
    root = publication(server.put("/f.xml", rss(ITEM)))
    update(root)
    Ledger(root / "content" / ".ledger").append("spend", {"usd": 1.25, "model": "m", "call": "a"}, now=NOW)
    before = status(root, now=NOW).splitlines()
    assert before[-1] == "nothing needs a person"
    _damage(root / broken, how)
    told = status(root, now=NOW).splitlines()
    kept = [instead.get(line.split(":")[0], line) for line in before[:-1]]
    assert told[: told.index("needs a person: 1")] == [line for line in kept if line is not None]
    assert any(line.startswith("- ") and Path(broken).name in line for line in told)


def test_a_paused_sending_needs_a_person(publication: Callable[..., Path], server: FeedServer) -> None:
    root = publication(server.put("/f.xml", rss(ITEM)), extra=f"{SMTP}\nsubscribers: {{database: people.sqlite}}")
    issue = (Path(__file__).parent / "digest" / "golden" / "2026-w48.md").read_text(encoding="utf-8")
    (root / "content" / "issues").mkdir()
    (root / "content" / "issues" / "2026-w48.md").write_text(issue.replace("status: draft", "status: ready"), encoding="utf-8")
    with peopled(root / "people.sqlite", 3) as database:
        deliveries = Deliveries(database)
        for name in ("2026-w48", "2026-w47"):
            deliveries.freeze(name, now=NOW)
            deliveries.pause(name, "the mail server refused a mail: 550 5.4.5 limit\nand more")
        told = status(root, now=NOW).splitlines()
    assert "mail: smtp, 3 subscribers, 0 to confirm, 0 bounced" in told
    line = "- the sending of 2026-w48 is paused: the mail server refused a mail: 550 5.4.5 limit; `groundwire send` goes on"
    assert [one for one in told if "paused" in one] == [line]


def test_nothing_to_do(publication: Callable[..., Path], server: FeedServer) -> None:
    root = publication(server.put("/f.xml", rss(ITEM)))
    update(root)
    assert status(root, now=NOW).splitlines()[-1] == "nothing needs a person"


def test_what_the_check_dropped_is_counted(publication: Callable[..., Path], server: FeedServer) -> None:
    root = publication(server.put("/f.xml", rss(ITEM)))
    update(root)
    page = next((root / "content" / "articles").rglob("*.md"))
    page.write_text(
        re.sub(r"^analysis: .*$", "analysis: {by: claude, model: m, kept: 9, dropped: 2}", page.read_text(), flags=re.MULTILINE)
    )
    assert "sentences: 9 kept, 2 dropped by the check, in 30 days" in status(root, now=NOW)
    assert "sentences" not in status(root, now=NOW + timedelta(days=31))


def test_progress_as_json(publication: Callable[..., Path], server: FeedServer) -> None:
    root = publication(server.put("/f.xml", rss(ITEM)))
    done = groundwire("--log", "json", "update", "-C", str(root), "--now", NOW.isoformat())
    assert done.returncode == 0, done.stderr
    rows = [json.loads(line) for line in done.stderr.splitlines()]
    assert rows
    assert all(row.keys() == {"at", "level", "message"} and row["level"] == "info" for row in rows)
    assert done.stdout.splitlines()[-1].startswith("took ")


def test_errors_as_json_carry_file_and_line(publication: Callable[..., Path], server: FeedServer) -> None:
    root = publication(server.put("/f.xml", rss(ITEM)), extra="colour: red")
    done = groundwire("--log", "json", "check", "-C", str(root))
    assert done.returncode == 1
    row = json.loads(done.stderr.splitlines()[0])
    assert (row["level"], row["file"], row["key"]) == ("error", "newsletter.yml", "colour")
    assert row["line"] > 0


def test_github_s_page_shows_the_summary_as_written(publication: Callable[..., Path], server: FeedServer, tmp_path: Path) -> None:
    """A headline with a fence of its own doesn't end ours."""
    root = publication(server.put("/f.xml", rss(ITEM)), extra="block: {keywords: [nothing]}")
    page = tmp_path / "summary.md"
    done = groundwire("update", "-C", str(root), "--now", NOW.isoformat(), GITHUB_STEP_SUMMARY=str(page))
    assert done.returncode == 0, done.stderr
    first, *middle, last = page.read_text().splitlines()
    assert first == last + "text"
    assert set(last) == {"`"}
    assert not any(line.startswith(last) for line in middle)
    assert "\n".join(middle) == done.stdout.rstrip("\n")
