"""newsletter.yml: every wrong key and value at once, with line, "did you mean" and a right example."""

from __future__ import annotations

from pathlib import Path

import pytest

from groundwire.checked_yaml import read_yaml, validate
from groundwire.errors import InputError
from groundwire.pages_address import pages_address
from groundwire.settings import Settings, load_settings

WRONG = """titel: X
url: ftp://x
language: no
feeds:
- {url: https://a.example/b, wieght: 2}
- url: https://a.example/c
  fulltext: maybe
analysis:
  by: claud
  budget_usd: lots
email: {smtp: {security: ssl, port: 99999}}
timezone: Berlin
"""


def test_all_problems_at_once() -> None:
    with pytest.raises(InputError) as caught:
        validate(read_yaml(WRONG, file="newsletter.yml"), Settings, file="newsletter.yml")
    told = {(p.line, p.key) for p in caught.value.problems}
    assert told == {
        (1, "title"), (1, "titel"), (2, "url"), (3, "language"), (5, "feeds.0.wieght"), (7, "feeds.1.fulltext"),
        (9, "analysis.by"), (10, "analysis.budget_usd"), (11, "email.smtp.security"), (11, "email.smtp.port"), (12, "timezone"),
    }  # fmt: skip
    text = str(caught.value)
    for part in (
        "did you mean 'title'",
        "did you mean 'weight'",
        "did you mean 'claude'",
        "write: timezone: Europe/Berlin",
        "quote it",
    ):
        assert part in text


def test_the_repository_s_own_settings_name_real_feeds() -> None:
    settings = load_settings(Path(__file__).parents[1])
    assert len(settings.feeds) >= 12
    assert all(feed.name for feed in settings.feeds)


def test_no_file_says_how_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="groundwire init"):
        load_settings(tmp_path)


def test_a_feed_twice(tmp_path: Path) -> None:
    (tmp_path / "newsletter.yml").write_text(
        "title: T\nurl: https://x.example\nfeeds:\n- url: https://a.example/f\n- url: https://a.example/f\n"
    )
    with pytest.raises(InputError, match="listed twice"):
        load_settings(tmp_path)


@pytest.mark.parametrize("port", ["70000", "-1", "x"])
def test_a_port_that_there_is_not(tmp_path: Path, port: str) -> None:
    (tmp_path / "newsletter.yml").write_text(
        f"title: T\nurl: https://x.example\nanalysis: {{base_url: 'http://localhost:{port}'}}"
    )
    with pytest.raises(InputError, match=r"newsletter\.yml:3:\d+: error: analysis.base_url: should have a port from 0 to 65535"):
        load_settings(tmp_path)


@pytest.mark.parametrize("text", ["", "- a", "just text", "a: [", "\t", "title: \x00"])
def test_nonsense_is_told(tmp_path: Path, text: str) -> None:
    (tmp_path / "newsletter.yml").write_text(text)
    with pytest.raises(InputError, match=r"newsletter\.yml"):
        load_settings(tmp_path)


@pytest.mark.parametrize(
    ("environment", "origin", "address"),
    [
        ({"GITHUB_REPOSITORY": "Me/briefing", "GITHUB_SERVER_URL": "https://github.com"}, "", "https://me.github.io/briefing/"),
        ({"GITHUB_REPOSITORY": "Me/me.github.io"}, "", "https://me.github.io/"),
        ({"GITHUB_REPOSITORY": "me/briefing", "GITHUB_SERVER_URL": "https://git.example"}, "", ""),
        ({"GITHUB_REPOSITORY": "me/ours"}, "https://github.com/you/theirs.git", "https://me.github.io/ours/"),
        ({}, "https://github.com/me/briefing.git", "https://me.github.io/briefing/"),
        ({}, "git@github.com:me/briefing.git", "https://me.github.io/briefing/"),
        ({}, "ssh://git@github.com/me/my.brief-ing", "https://me.github.io/my.brief-ing/"),
        ({}, "https://git.example/me/briefing.git", ""),
        ({"GITHUB_REPOSITORY": "nonsense"}, "", ""),
        ({}, "", ""),
    ],
)
def test_where_github_pages_shows_a_repository(tmp_path: Path, environment: dict[str, str], origin: str, address: str) -> None:
    if origin:
        (tmp_path / ".git").mkdir()
        config = f'[core]\n\tbare = false\n[remote "up"]\n\turl = https://github.com/x/y\n[remote "origin"]\n\tfetch = +refs/heads/*:refs/remotes/origin/*\n\turl = {origin}\n[branch "main"]\n\tremote = origin\n'
        (tmp_path / ".git" / "config").write_text(config)
    assert pages_address(tmp_path, environment) == address


def test_a_url_that_is_left_out_is_that_of_pages_and_one_that_is_there_wins(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = tmp_path / "newsletter.yml"
    settings.write_text("title: T\n")
    with pytest.raises(InputError, match="url: is missing"):
        load_settings(tmp_path)
    monkeypatch.setenv("GITHUB_REPOSITORY", "me/briefing")
    assert load_settings(tmp_path).url == "https://me.github.io/briefing/"
    settings.write_text("title: T\nurl: https://news.example.org/\n")
    assert load_settings(tmp_path).url == "https://news.example.org/"
