"""What tests of letters share: an owner, a golden week, articles and issues as people and the machine write them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from groundwire.mail.letter import Letter, compose_letter
from groundwire.mail.lint import lint
from groundwire.publication.content import Article, Issue, load_articles
from groundwire.publication.frontmatter import ArticleMeta, Generated, IssueMeta, Page, body_hash, parse
from groundwire.settings import Settings
from groundwire.text.escape import link

TESTS = Path(__file__).parent
WEEK = TESTS / "digest" / "golden" / "week"
NOW = datetime(2026, 11, 27, 8, 20, tzinfo=UTC)
SITE = "https://example.github.io/briefing/"
OWNER = Settings.model_validate(
    {
        "title": "The Example Briefing",
        "url": SITE,
        "timezone": "Europe/Berlin",
        "description": "Security and technology, each sentence with its source.",
        "publisher": {"name": "Example Press", "postal_address": "1 Example Street, 12345 Town", "email": "editor@example.org"},
        "email": {"sender": "briefing@example.org"},
    }
)

# What people may write below a story.
PEOPLES = (
    "Hello.\n\n{item}\n> A quotation.\n\n1. one\n2. two\n\n```\ncode\n```\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n***\n\n"
    "~~gone~~ <del>x</del> **bold** `code` H<sub>2</sub>O[^1] [mail](mailto:a@b.example)\n\n[^1]: The note.\n"
)


def week() -> tuple[Issue, tuple[Article, ...]]:
    """The golden issue and its articles."""
    text = (TESTS / "digest" / "golden" / "2026-w48.md").read_text(encoding="utf-8")
    return parse(text, IssueMeta, file="issues/2026-w48.md"), load_articles(WEEK).require()


def article(number: int, **more: Any) -> Article:
    """One article."""
    meta = {"id": f"s-{number:010x}", "title": f"Headline of story number {number}", "description": "d", "date": NOW}
    return Page(
        f"articles/2026/11/story-{number}.md", ArticleMeta.model_validate({**meta, "category": "research", **more}), "", ""
    )


def issue(body: str, *, subject: str = "A subject", preheader: str = "Also: more", pristine: bool = False) -> Issue:
    """An issue with this body."""
    data = {"id": "2026-w48", "subject": subject, "preheader": preheader, "date": NOW, "status": "ready"}
    meta = IssueMeta.model_validate({**data, "window": {"since": NOW - timedelta(days=7), "until": NOW}})
    if pristine:
        meta = meta.model_copy(update={"generated": Generated(hash=body_hash(body))})
    return Page("issues/2026-w48.md", meta, body, f"{subject}\n{body}")


def item(page: Article, text: str = "What happened, in a sentence or two.") -> str:
    """A story as it stands in an issue."""
    return (
        f"### {link(page.meta.title, SITE + page.url)}\n\n{text}\n\n{link('Outlet', 'https://outlet.example/x')}.\n{{: .by }}\n"
    )


def many(count: int, words: int = 45) -> tuple[Issue, list[Article]]:
    """An issue as long as real ones are: long headlines and addresses, two sentences, three outlets a story."""
    title = "A headline of the usual length that says what happened to whom, number"
    pages = [article(n, title=f"{title} {n}") for n in range(count)]
    outlets = ", ".join(
        link(f"Outlet {n}", f"https://www.outlet-{n}.example/security/2026/11/{'a-long-slug-' * 5}") for n in range(3)
    )
    parts = [
        item(page, " ".join(["sentence"] * words) + f"\n\n{outlets}. Extracted by rule, not reviewed.\n{{: .by }}")
        for page in pages
    ]
    sections = [f"## Category {n}\n\n" + "\n".join(parts[n::8]) for n in range(8) if parts[n::8]]
    return issue("Opening.\n\n" + "\n".join(sections)), pages


def letter(page: Issue, articles: Any) -> Letter:
    """The letter, which has no error."""
    found = compose_letter(page, articles=articles, settings=OWNER)
    assert [problem for problem in lint(found) if problem.level == "error"] == []
    return found
