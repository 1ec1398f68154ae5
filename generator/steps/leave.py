"""Withdrawn stories leave the files of issues."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from contextlib import suppress
from functools import cache
from pathlib import Path

from generator.digest import removal
from generator.digest.removal import touched, without
from generator.record.atomic import write_atomic
from generator.record.shelf import Article, Shelf
from generator.record.store import Issue
from generator.record.text import digest, file_hash
from generator.steps.parts import Parts


def leave_issues(parts: Parts, shelf: Shelf, issues: Sequence[Issue]) -> list[str]:
    """Take withdrawn stories out of the files of these issues; a line for each file that changed.

    Which files were looked at for which stories is kept, by their hashes: a run looks at what changed.
    """
    gone = shelf.withdrawn()
    if not gone:
        return []
    file = parts.store.derived / "left.json"
    stories = digest(_version(), *(f"{page.path} {page.content_hash}" for page in gone))
    looked_at = _kept(file, stories)
    new = [page for page in issues if looked_at.get(page.path) != page.content_hash]
    likely = touched([page for page in new if page.meta.corrects is None], gone)
    changed = [page for page in likely if parts.store.replace_text(page, without(page, gone, left=_left(shelf, page)))]
    if new:
        _keep(file, stories, issues)
    return [f"took withdrawn stories out of content/{page.path}" for page in changed]


def _left(shelf: Shelf, issue: Issue) -> list[Article]:
    """The stories of an issue that are not withdrawn."""
    pages = (shelf.page(story) for story in issue.meta.items)
    return [page for page in pages if page and not page.brief.withdrawn]


def _kept(file: Path, stories: str) -> Mapping[str, str]:
    """By path the hashes of the files in which these stories were looked for."""
    try:
        kept = json.loads(file.read_bytes())
        return dict(kept["issues"]) if kept["stories"] == stories else {}
    except (OSError, ValueError, KeyError, TypeError):
        return {}


def _keep(file: Path, stories: str, issues: Sequence[Issue]) -> None:
    kept = {"stories": stories, "issues": {page.path: page.content_hash for page in issues}}
    with suppress(OSError):  # then all are looked at again
        write_atomic(file, json.dumps(kept))


@cache
def _version() -> str:
    """Other code there finds other places."""
    return file_hash(Path(removal.__file__).read_bytes())
