"""Small helpers that tests share."""

from __future__ import annotations

import html
import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar

from groundwire import pipeline
from groundwire.files.atomic import write_atomic
from groundwire.pipeline import Update
from groundwire.publication.categories import Category
from groundwire.publication.changes import ContentWriter
from groundwire.publication.content import Loaded, load_articles, load_content, load_issues
from groundwire.publication.frontmatter import ArticleMeta, IssueMeta, Meta, Page, compose
from groundwire.publication.log import Ledger
from groundwire.publication.publication import Publication
from groundwire.settings import Settings
from groundwire.steps.parts import Parts
from groundwire.steps.progress import Changes, apply_all
from groundwire.wiring import load_log

T = TypeVar("T")


@dataclass
class FeedServer:
    """A web server on loopback. `pages` maps a path to (status, headers, body) or to a function that gives one."""

    port: int = 0
    pages: dict[str, Any] = field(default_factory=dict)
    asked: list[tuple[str, dict[str, str]]] = field(default_factory=list)

    def url(self, path: str) -> str:
        """The address of a path."""
        return f"http://127.0.0.1:{self.port}{path}"

    def put(self, path: str, body: str | bytes, *, status: int = 200, **headers: str) -> str:
        """Serve a body; the answer is its address."""
        raw = body.encode() if isinstance(body, str) else body
        self.pages[path] = (status, {name.replace("_", "-"): value for name, value in headers.items()}, raw)
        return self.url(path)

    def count(self, path: str) -> int:
        """How often a path was asked for."""
        return sum(1 for asked, _ in self.asked if asked == path)


def rss(*items: dict[str, str], title: str = "Test Feed") -> str:
    """A small RSS feed; an item's keys are its elements."""
    rows = "".join("<item>" + "".join(f"<{k}>{html.escape(v)}</{k}>" for k, v in item.items()) + "</item>" for item in items)
    head = f"<title>{title}</title><link>https://outlet.example/</link>"
    return f'<?xml version="1.0"?><rss version="2.0"><channel>{head}{rows}</channel></rss>'


def fresh_machine(root: Path) -> None:
    """Take from a publication what one machine keeps for itself."""
    for name in (".groundwire", ".cache"):
        shutil.rmtree(root / name, ignore_errors=True)


def snapshot(folder: Path) -> dict[str, bytes]:
    """Every file below a folder and its bytes."""
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


@dataclass(frozen=True)
class ByHand:
    """content/ as a person changes it with an editor."""

    content: Path

    def articles(self) -> Loaded[ArticleMeta]:
        """The articles."""
        return load_articles(self.content)

    def issues(self) -> Loaded[IssueMeta]:
        """The issues."""
        return load_issues(self.content)

    def create(self, path: str, meta: Meta, body: str) -> None:
        """Write a new page."""
        write_atomic(self.content / path, compose(meta, body))

    def replace_text(self, page: Page[Any], text: str) -> None:
        """Put a text in a page's place."""
        write_atomic(self.content / page.path, text)

    def remove(self, page: Page[Any]) -> None:
        """Delete a page's file."""
        (self.content / page.path).unlink()


@dataclass(frozen=True)
class Run:
    """A publication in a folder, without its newsletter.yml, and what works on it."""

    content: Path
    settings: Settings
    categories: Mapping[str, Category]
    parts: Parts

    @property
    def publication(self) -> Publication:
        """As it is on disk."""
        log = load_log(Ledger(self.content / ".ledger"))
        return Publication.of(self.settings, self.categories, load_content(self.content), log)

    def update(self, *, now: datetime) -> Update:
        """Read the feeds and publish. What the run then knows is what the next one will read."""
        done = self._apply(pipeline.update(self.publication, self.parts, now=now), now=now)
        known, read = done.publication, self.publication
        assert [(page.path, page.content_hash) for page in known.articles] == [(p.path, p.content_hash) for p in read.articles]
        assert known.log == read.log
        return done

    def issue(self, *, now: datetime) -> str:
        """Write the issue that is due."""
        return self._apply(pipeline.issue(self.publication, self.parts, now=now), now=now)

    def _apply(self, changes: Changes[T], *, now: datetime) -> T:
        return apply_all(changes, ContentWriter(self.content, Ledger(self.content / ".ledger"), now=now))
