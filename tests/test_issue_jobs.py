"""`groundwire issue` as an owner meets it: the mail judged, a withdrawal that leaves the file, alerts."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from groundwire.cli import issue as issue_jobs
from groundwire.cli import story as story_jobs
from groundwire.cli.issue import issue as command
from groundwire.errors import InputError, Refused
from groundwire.publication.content import Issue, load_articles, load_issues

DIGEST = Path(__file__).parent / "digest" / "golden"
NOW = datetime(2026, 11, 27, 12, 0, tzinfo=UTC)
SETTINGS = "title: The Example Briefing\nurl: https://example.github.io/briefing/\ndescription: Each sentence with its source.\n"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """The golden week as a publication."""
    shutil.copytree(DIGEST / "week", tmp_path / "content")
    shutil.copy(DIGEST / "2026-w48.md", tmp_path / "content" / "issues")
    (tmp_path / "newsletter.yml").write_text(SETTINGS, encoding="utf-8")
    return tmp_path


def run(root: Path, *arguments: str) -> Result:
    return CliRunner().invoke(command, ["-C", str(root), *arguments])


def newest(root: Path) -> Issue:
    return max(load_issues(root / "content").require(), key=lambda page: page.meta.date)


def test_lint_says_what_it_measured(root: Path) -> None:
    result = run(root, "--lint")
    assert result.exit_code == 0, result.output
    for words in (
        "2026-w48.md (ready)",
        "53 characters: Harbour",
        "of 90 KiB",
        "1 of level 1",
        "text part",
        "Gmail",
        "nothing to mend",
    ):
        assert words in result.output
    assert "5, 2 more online" in result.output


def test_lint_names_lines_and_weighs_words(root: Path) -> None:
    page = newest(root)
    text = page.text.replace("## Vulnerability", "[Click here](https://a.example/)\n\n![](chart.png)\n\n## Vulnerability")
    text = text.replace("subject: Harbour", "subject: Act now!! Harbour")
    (root / "content" / page.path).write_text(text, encoding="utf-8")
    with pytest.raises(InputError) as told:
        issue_jobs.judged(root)
    rows = text.splitlines()
    for word, row in (("alternative text", "![](chart.png)"), ("says nothing on its own", "[Click here](https://a.example/)")):
        line = next(one for one in str(told.value).splitlines() if word in one)
        assert f"2026-w48.md:{rows.index(row) + 1}:" in line
    assert "2026-w48.md:4:1: warning: the subject shouts" in str(told.value)
    assert "write: ![What the picture shows](picture.png)" in str(told.value)


def test_lint_of_nothing(root: Path) -> None:
    shutil.rmtree(root / "content" / "issues")
    with pytest.raises(Refused, match="there is no issue yet"):
        issue_jobs.judged(root)


def test_a_withdrawn_story_leaves_the_issue_s_file_and_a_person_s_words_stay(root: Path) -> None:
    page = newest(root)
    (root / "content" / page.path).write_text(page.text.replace("7 stories from", "Hello! 7 stories from"), encoding="utf-8")
    told = story_jobs.withdraw(root, "s-0000000001", reason="Denied.", now=NOW, tell=lambda line: None)
    assert "took withdrawn stories out of content/issues/2026-w48.md" in told
    found = newest(root)
    assert "s-0000000001" not in found.meta.items
    assert "Harbour authority" not in found.text
    assert "Hello! 7 stories from" in found.body
    assert issue_jobs.write(root, now=NOW, tell=lambda line: None).startswith("no issue is due")
    assert newest(root).text == found.text


def test_a_withdrawal_by_hand_leaves_it_at_the_next_run(root: Path) -> None:
    article = next(p for p in load_articles(root / "content").require() if p.meta.id == "s-0000000003")
    text = article.text.replace("\n---\n", "\nwithdrawn: {date: 2026-11-27, reason: Denied.}\n---\n", 1)
    (root / "content" / article.path).write_text(text, encoding="utf-8")
    assert "took withdrawn stories out of content/issues/2026-w48.md" in issue_jobs.write(root, now=NOW, tell=lambda line: None)
    assert "Finch" not in newest(root).body


def test_correct_by_command(root: Path) -> None:
    result = run(root, "correct", "2026-w48", "--note", "It was eight days.", "--now", NOW.isoformat())
    assert result.exit_code == 0, result.exception
    assert "2026-w48-correction.md, a draft" in result.output
    assert "- It was eight days." in newest(root).body
    assert "nothing to mend" in run(root, "--lint").output


def test_an_issue_that_nobody_approved_alerts_once(root: Path) -> None:
    page = newest(root)
    (root / "content" / page.path).write_text(page.text.replace("status: ready", "status: draft"), encoding="utf-8")
    later = datetime(2026, 12, 5, 12, 0, tzinfo=UTC)
    assert "alert: content/issues/2026-w48.md was skipped" in issue_jobs.write(root, now=later, tell=lambda line: None)
    assert "alert" not in issue_jobs.write(root, now=later, tell=lambda line: None)


def test_a_withdrawn_story_leaves_an_issue_that_gets_it_later(root: Path) -> None:
    """A person links to a withdrawn story in an issue that was without it."""
    story_jobs.withdraw(root, "s-0000000001", reason="Denied.", now=NOW, tell=lambda line: None)
    assert "took" not in issue_jobs.write(root, now=NOW, tell=lambda line: None)
    assert "took" not in issue_jobs.write(root, now=NOW, tell=lambda line: None)
    article = next(page for page in load_articles(root / "content").require() if page.id == "s-0000000001")
    file = root / "content/issues/2026-w48.md"
    without = file.read_text()
    file.write_text(f"{without}\n- [Once more](https://briefing.example/{article.url})\n")
    assert "took withdrawn stories out of content/issues/2026-w48.md" in issue_jobs.write(root, now=NOW, tell=lambda line: None)
    assert "Once more" not in file.read_text()
