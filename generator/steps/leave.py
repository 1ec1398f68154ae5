"""Withdrawn stories leave the files of issues."""

from __future__ import annotations

from collections.abc import Sequence

from generator.digest.removal import touched, without
from generator.record.store import Article
from generator.steps.parts import Parts


def leave_issues(parts: Parts, articles: Sequence[Article]) -> list[str]:
    """Take withdrawn stories (`articles`: all that there are) out of the files of issues; a line for each file that changed."""
    gone = [page for page in articles if page.brief.withdrawn]
    left = [page for page in articles if not page.brief.withdrawn]
    issues = [page for page in parts.store.issues().pages if page.meta.corrects is None] if gone else []
    changed = [page for page in touched(issues, gone) if parts.store.replace_text(page, without(page, gone, left=left))]
    return [f"took withdrawn stories out of content/{page.path}" for page in changed]
