"""Withdrawn stories leave the files of issues."""

from __future__ import annotations

from collections.abc import Iterator

from groundwire.issues.removal import touched, without
from groundwire.publication.changes import Change
from groundwire.publication.publication import Publication


def leave_issues(publication: Publication) -> Iterator[Change]:
    """Yield the issues from which withdrawn stories are taken out; corrections say what they say."""
    gone = list(publication.withdrawn())
    if not gone:
        return
    for issue in touched([page for page in publication.issues if page.meta.corrects is None], gone):
        pages = [page for story in issue.meta.items if (page := publication.article(story))]
        text = without(issue, gone, left=[page for page in pages if not page.summary.withdrawn])
        if text != issue.text:
            yield Change("edit", issue.path, files={issue.path: text}, note="took withdrawn stories out")
