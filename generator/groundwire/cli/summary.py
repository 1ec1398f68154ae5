"""What an update did, in words for the owner: the summary of `run` and `update`."""

from __future__ import annotations

from collections.abc import Iterable

from groundwire.pipeline import Update
from groundwire.publication.content import Article
from groundwire.steps.intake import MOST_NEW
from groundwire.text.plain import clean

SHOWN = 40  # of the stories that were not chosen for one reason; the others are counted


def summary(done: Update) -> str:
    """Say what an update published, what it did not and why, and what is wrong."""
    failed = [f"feed failed: {r.feed.title}: {r.error}" for r in done.failed]
    warned = [f"feed warning: {r.feed.title}: {r.warning}" for r in done.feeds if r.warning and not r.error]
    left = _not_chosen(done)
    held = [f"{change.note}: content/{change.path}" for change in done.changes if change.note.startswith("waits for review")]
    swallowed = [f"coverage of a withdrawn or deleted story, not shown: {title}" for title in done.suppressed]
    unread = [f"cannot be read and is left out: {clean(title)} ({why})" for title, why in done.unread]
    passed_over = [
        f"not looked at: the older {count} of the new entries of {name} (at most {MOST_NEW} of one feed in a run)"
        for name, count in done.passed_over
    ]
    blocked = [f"blocked by newsletter.yml: {done.blocked}"] if done.blocked else []
    pages = [f"  content/{path}" for path in done.published]
    joined = [f"later coverage joined: content/{path}" for path in done.joined]
    late = [f"predictions that nobody marked are not followed up: content/{path}" for path in done.paths("predictions")]
    spared = [f"left as people want it: content/{path} ({why})" for path, why in done.protected]
    again = [f"analysed again: content/{path}" for path in done.paths("reanalyse")]
    head = f"feeds: {len(done.feeds) - len(failed)} read, {len(failed)} failed · new pages: {len(done.published)} · later coverage: {len(done.joined)}"
    checked = kept_and_dropped(page for page in done.publication.articles if page.path in done.published)
    noted = [f"analysis: {line}" for line in (done.analyst, done.cost) if line]
    return "\n".join(
        [
            head,
            *pages,
            *checked,
            *joined,
            *spared,
            *again,
            *late,
            *held,
            *left,
            *swallowed,
            *unread[:SHOWN],
            *([f"  and {len(unread) - SHOWN} more"] if len(unread) > SHOWN else []),
            *passed_over,
            *blocked,
            *failed,
            *warned,
            *noted,
            *map(str, done.publication.problems),
        ]
    )


def _not_chosen(done: Update) -> list[str]:
    """Every reason with its number, and the stories that it kept out, the best first."""
    by_reason: dict[str, list[str]] = {}
    for story, reason in done.left:
        by_reason.setdefault(reason, []).append(f"  {story.score:g} {clean(story.first.title)} ({story.first.feed.title})")
    told = []
    for reason, titles in sorted(by_reason.items(), key=lambda item: (-len(item[1]), item[0])):
        told += [f"not chosen: {len(titles)} ({reason})", *titles[:SHOWN]]
        told += [f"  and {len(titles) - SHOWN} more"] if len(titles) > SHOWN else []
    return told


def kept_and_dropped(pages: Iterable[Article]) -> list[str]:
    """Count the sentences that the check kept and dropped on these pages, in a line; none where there were none."""
    analyses = [page.meta.analysis for page in pages if page.meta.analysis]
    kept, dropped = sum(a.kept for a in analyses), sum(a.dropped for a in analyses)
    return [f"sentences: {kept} kept, {dropped} dropped by the check"] if kept or dropped else []
