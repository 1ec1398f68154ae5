"""Withdrawn stories leave the files of issues."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from functools import cache
from pathlib import Path

from generator.digest import addresses, body, removal
from generator.digest.removal import touched, without
from generator.record.atomic import write_atomic
from generator.record.shelf import Article, Shelf
from generator.record.store import Issue
from generator.record.text import file_hash
from generator.steps.parts import Parts


def leave_issues(parts: Parts, shelf: Shelf, issues: Sequence[Issue]) -> list[str]:
    """Take withdrawn stories out of the files of these issues; a line for each file that changed.

    Which files were looked at for which stories is kept, by their hashes: a run looks at new files for all stories, at the others for new ones.
    """
    gone = {page.path: page for page in shelf.withdrawn()}
    if not gone:
        return []
    file = parts.store.derived / "left.json"
    kept = _kept(file)
    fresh = [page for path, page in gone.items() if kept["stories"].get(path) != page.content_hash]
    looked_at = [page for page in issues if kept["issues"].get(page.path) == page.content_hash]
    new = [page for page in issues if kept["issues"].get(page.path) != page.content_hash]
    likely = [*_touched(new, list(gone.values())), *_touched(looked_at, fresh)]
    left = [(page, without(page, list(gone.values()), left=_left(shelf, page))) for page in likely]
    changed = [page for page, text in left if parts.store.replace_text(page, text)]
    if new or kept["stories"] != {path: page.content_hash for path, page in gone.items()}:
        _keep(file, gone.values(), issues)
    return [f"took withdrawn stories out of content/{page.path}" for page in sorted(changed, key=lambda page: page.path)]


def _touched(issues: Sequence[Issue], gone: Sequence[Article]) -> list[Issue]:
    return touched([page for page in issues if page.meta.corrects is None], gone) if issues and gone else []


def _left(shelf: Shelf, issue: Issue) -> list[Article]:
    """The stories of an issue that are not withdrawn."""
    pages = (shelf.page(story) for story in issue.meta.items)
    return [page for page in pages if page and not page.brief.withdrawn]


def _kept(file: Path) -> Mapping[str, Mapping[str, str]]:
    """By path the hashes of the stories that were looked for, and of the files in which they were."""
    try:
        kept = json.loads(file.read_bytes())
        return kept if kept["version"] == _version() and kept["stories"].keys() and kept["issues"].keys() else _NOTHING
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return _NOTHING


def _keep(file: Path, gone: Iterable[Article], issues: Sequence[Issue]) -> None:
    hashes = {name: {page.path: page.content_hash for page in pages} for name, pages in (("stories", gone), ("issues", issues))}
    with suppress(OSError):  # then all are looked at again
        write_atomic(file, json.dumps({"version": _version(), **hashes}))


_NOTHING: Mapping[str, Mapping[str, str]] = {"stories": {}, "issues": {}}


@cache
def _version() -> str:
    """Other code there finds other places."""
    return file_hash(b"".join(Path(str(module.__file__)).read_bytes() for module in (addresses, body, removal)))
