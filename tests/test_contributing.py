"""Contributions from the browser: the issue forms, the label that proposes a feed, what a pull request shows."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
import yaml

from actions import runner_environment
from groundwire.publication.wording import words_of
from groundwire.settings import Settings
from groundwire.website.reports import reports_for
from sitekit import Publication
from support import FeedServer, rss
from test_workflow_runs import GH

ROOT = Path(__file__).resolve().parents[1]
GITHUB = ROOT / ".github"
NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
ITEM = {"title": "A flaw in a gateway was found", "link": "https://outlet.example/a", "description": "It is grave. " * 20}


def form(name: str) -> dict[str, dict[str, object]]:
    """A form's fields by id."""
    loaded = yaml.safe_load((GITHUB / "ISSUE_TEMPLATE" / f"{name}.yml").read_text(encoding="utf-8"))
    return {field["id"]: field for field in loaded["body"] if "id" in field}


@pytest.mark.parametrize("name", ["feed", "mistake", "story", "rights"])
def test_no_form_asks_for_anything_private(name: str) -> None:
    for field in form(name).values():
        label = str(field["attributes"]["label"]).lower()  # type: ignore[index]  # a form's field has attributes
        assert not re.search(r"e-?mail|your name|phone|who are you|contact", label)


def test_a_page_s_report_is_filled_in(tmp_path: Path) -> None:
    settings = Settings.model_validate(
        {"title": "T", "url": "https://me.example/", "site": {"forge": "https://github.com/me/briefing"}}
    )
    found = reports_for(
        settings,
        words_of("en", "site"),
        path="articles/2026/02/a.md",
        url="https://me.example/articles/2026/02/a/",
        title="A & B",
    )
    assert found
    for report, name in zip(found.reports, ("mistake", "rights"), strict=True):
        query = parse_qs(urlsplit(report.form).query)
        assert query["template"] == [f"{name}.yml"]
        assert set(query) - {"template", "title", "body"} <= form(name).keys()
        assert query["page"] == ["https://me.example/articles/2026/02/a/"]


def test_the_label_is_the_one_that_the_form_names() -> None:
    workflow = (GITHUB / "workflows" / "suggested-feed.yml").read_text(encoding="utf-8")
    label = re.search(r"label\.name == '([a-z-]+)'", workflow)
    assert label
    assert f"`{label.group(1)}`" in (GITHUB / "ISSUE_TEMPLATE" / "feed.yml").read_text(encoding="utf-8")


class Suggestion:
    """A repository whose issue suggests a feed; `gh` is a stand-in."""

    def __init__(self, folder: Path, publication: Path) -> None:
        self.folder, self.clone = folder, publication
        self.state, home = folder / "state", folder / "home"
        for one in (self.state, home, folder / "bin"):
            one.mkdir()
        (folder / "bin" / "gh").write_text(GH)
        (folder / "bin" / "gh").chmod(0o755)
        self.env = runner_environment(home) | {
            "STATE": str(self.state),
            "GROUNDWIRE": str(Path(sys.executable).parent / "groundwire"),
            "PYTHONPATH": str(ROOT / "generator"),
            "BASE": "main",
        }
        self.env["PATH"] = f"{folder / 'bin'}:{self.env['PATH']}"
        shutil.copytree(GITHUB / "scripts", publication / ".github" / "scripts")
        (publication / ".gitignore").write_text(".groundwire/\n.cache/\n")
        self.git("init", "--quiet", "--bare", str(folder / "bare.git"), at=folder)
        for words in (("init", "-qb", "main"), ("add", "."), ("commit", "-qm", "start")):
            self.git(*words)
        self.git("remote", "add", "origin", str(folder / "bare.git"))
        self.git("push", "-q", "origin", "main")

    def git(self, *words: str, at: Path | None = None) -> str:
        who = ("-c", "user.name=A", "-c", "user.email=a@example.org")
        done = subprocess.run(
            ["git", *who, *words], cwd=at or self.clone, env=self.env, capture_output=True, text=True, check=True
        )
        return done.stdout

    def suggest(self, body: str, number: str = "7") -> subprocess.CompletedProcess[str]:
        env = {**self.env, "ISSUE_BODY": body}
        script = [".github/scripts/suggest.sh", number]
        return subprocess.run(script, cwd=self.clone, env=env, capture_output=True, text=True, check=False)


@pytest.mark.slow
class TestSuggestedFeed:
    @pytest.fixture
    def suggestion(self, tmp_path: Path, server: FeedServer) -> Suggestion:
        pub = Publication.create(tmp_path / "pub", extra="fetch: {allow_networks: [127.0.0.0/8]}\nfeeds: [] # ours\n")
        return Suggestion(tmp_path, pub.root)

    def test_it_opens_a_pull_request(self, suggestion: Suggestion, server: FeedServer) -> None:
        url = server.put("/feed.xml", rss(ITEM, title="The [evil](x) @everyone feed"))
        body = f"### Address\r\n\r\n{url}\r\n\r\n### Name\r\n\r\n--dry-run $(touch x) `id`\r\n\r\n### Who publishes it\r\n\r\n_No response_\r\n"
        done = suggestion.suggest(body)
        assert done.returncode == 0, done.stdout + done.stderr
        text = suggestion.git("show", "groundwire/feed-7:newsletter.yml", at=suggestion.folder / "bare.git")
        assert url in text
        assert "--dry-run $(touch x) `id`" in text
        assert "# ours" in text
        told = (suggestion.state / "pr-groundwire_feed-7").read_text()
        assert "Closes #7." in told
        assert "\n    The [evil](x) @everyone feed" in told
        assert not (suggestion.clone / "x").exists()
        assert suggestion.git("show", "main:newsletter.yml", at=suggestion.folder / "bare.git").count(url) == 0

    @pytest.mark.parametrize(
        "body",
        [
            "",
            "### Address\n\n_No response_\n",
            "### Address\n\n--help\n",
            "### Address\n\nfile:///etc/passwd\n",
            "### Name\n\nhttps://a.example/feed\n",
            "### Address\n\nhttp://169.254.169.254/latest\n",
        ],
    )
    def test_what_is_no_feed_opens_none(self, suggestion: Suggestion, body: str) -> None:
        done = suggestion.suggest(body)
        assert done.returncode == 1
        assert "::error title=" in done.stdout
        assert "groundwire/feed" not in suggestion.git("branch", "--all", at=suggestion.folder / "bare.git")

    def test_a_number_is_a_number(self, suggestion: Suggestion) -> None:
        assert suggestion.suggest("### Address\n\nhttps://a.example/\n", number="7;id").returncode == 1
