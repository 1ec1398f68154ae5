"""Predictions with a date: which are due, and what becomes of one that nobody marked."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from groundwire.publication.content import Article
from groundwire.publication.editing import edited, means
from groundwire.publication.frontmatter import Watch, read

PATIENCE = timedelta(days=30)  # after its day; then a prediction that nobody marked was not followed up
LEFT = "not followed up"


def due(page: Article, *, today: date) -> list[Watch]:
    """Return the page's open predictions whose day has passed: a person says what became of them."""
    return [watch for watch in page.meta.watch if watch.outcome == "open" and watch.by < today]


def given_up(page: Article, *, today: date) -> str:
    """Return the page's text with `not followed up` at the predictions that nobody marked in time.

    '' where there are none, or where the page is locked or withdrawn.
    """
    if not page.summary.next_prediction or page.summary.next_prediction + PATIENCE >= today:
        return ""
    late = [n for n, watch in enumerate(page.meta.watch) if watch.outcome == "open" and watch.by + PATIENCE < today]
    if not late or page.meta.locked or page.meta.withdrawn:
        return ""
    text = "".join(_marked(page, set(late)))
    wanted = [w.model_copy(update={"outcome": LEFT}) if n in late else w for n, w in enumerate(page.meta.watch)]
    put = {"watch": [w.model_dump(exclude_defaults=True) for w in wanted]}
    return text if means(page, text, put, exact=True) else edited(page, put=put, exact=True)


def _marked(page: Article, late: set[int]) -> Iterator[str]:
    """Yield the page in pieces, with the outcome put into the entries as people wrote them."""
    marks = read(page.text, file=page.path)[0].marks
    lines = page.text.splitlines(keepends=True)
    starts = [marks["watch", n][0] - 1 for n in range(len(page.meta.watch))]
    yield "".join(lines[: starts[0]])
    for n, start in enumerate(starts):
        last = n + 1 == len(starts)
        end = _end(lines, start) if last else starts[n + 1]
        entry = "".join(lines[start:end])
        yield _with_outcome(entry, column=marks["watch", n, "by"][1]) if n in late else entry
        yield "".join(lines[end:]) if last else ""


def _end(lines: list[str], start: int) -> int:
    """Return the line after a list's last entry."""
    return next(n for n in range(start + 1, len(lines)) if lines[n][:1] not in " \t\r\n#")


def _with_outcome(entry: str, *, column: int) -> str:
    if "outcome: open" in entry:
        return entry.replace("outcome: open", f"outcome: {LEFT}")
    place = entry.rfind("}")
    if entry.lstrip().startswith("- {") and place > 0:
        return f"{entry[:place]}, outcome: {LEFT}{entry[place:]}"
    return f"{entry.rstrip()}\n{' ' * (column - 1)}outcome: {LEFT}\n"
