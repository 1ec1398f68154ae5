"""What a run asks of every article there is: little enough to be kept beside the file's hash, so that an old archive costs a run next to nothing."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple

from groundwire.publication.identity import note_key, outcome_key, url_key

DOUBLED = 2  # times as many sources as were read: then an analysis is made again


class PredictionSummary(NamedTuple):
    """A prediction: its day, the key (publication/identity.py) that it has while it is open, and that of its outcome, '' until then."""

    by: date
    asked: str
    outcome: str


@dataclass(frozen=True)
class ArticleSummary:
    """What is asked of an article without reading it.

    `outlets`: of each source, by the key of its address, the outlet. `covered`: when its newest source was published. `added`: when the last
    source joined. `may_be_reanalysed`: no model could be paid, or its sources have doubled since. `next_prediction`: the first day of its
    open predictions. `notes`: the keys of its corrections and of the reason for which it is withdrawn.
    """

    outlets: Mapping[str, str]
    category: str
    published: datetime | None
    covered: datetime
    listed: bool
    withdrawn: bool
    may_be_reanalysed: bool
    next_prediction: date | None = None
    added: datetime | None = None
    notes: tuple[str, ...] = ()
    predictions: tuple[PredictionSummary, ...] = ()


def sources_read(meta: Any) -> int:
    """Return how many sources a page's text was made from: those that it had from the start at least."""
    first = sum(1 for source in meta.sources if source.added is None)
    return max(1, first, meta.analysis.sources if meta.analysis else 0)


def has_doubled(meta: Any) -> bool:
    """Say whether a page has twice as many independent sources as its text was made from; a copy brings nothing new."""
    return sum(1 for source in meta.sources if not source.copy_of) >= DOUBLED * sources_read(meta)


def summarise(meta: Any) -> ArticleSummary:
    """Summarise an article's front matter."""
    notes = [*(one.note for one in meta.corrections), *([meta.withdrawn.reason] if meta.withdrawn else [])]
    return ArticleSummary(
        outlets={key: source.feed for source in meta.sources if (key := url_key(source.url))},
        category=meta.category,
        published=meta.published,
        covered=max([meta.date, *(source.published or source.added or meta.date for source in meta.sources)]),
        listed=meta.listed,
        withdrawn=meta.withdrawn is not None,
        may_be_reanalysed=meta.analysis is not None and (meta.analysis.unpaid or has_doubled(meta)),
        next_prediction=min((watch.by for watch in meta.watch if watch.outcome == "open"), default=None),
        added=max((source.added for source in meta.sources if source.added), default=None),
        notes=tuple(note_key(meta.id, note) for note in notes),
        predictions=tuple(_prediction(meta.id, watch) for watch in meta.watch),
    )


def _prediction(story: str, watch: Any) -> PredictionSummary:
    asked, outcome = (outcome_key(story, watch.claim, watch.by, outcome) for outcome in ("open", watch.outcome))
    return PredictionSummary(watch.by, asked, "" if outcome == asked else outcome)


def to_json(summary: ArticleSummary) -> str:
    """Write a summary as one line of JSON."""
    moments = [moment and moment.isoformat() for moment in (summary.published, summary.covered, summary.added)]
    days = [day and day.isoformat() for day in (summary.next_prediction,)]
    predictions = [(by.isoformat(), asked, outcome) for by, asked, outcome in summary.predictions]
    flags = [summary.listed, summary.withdrawn, summary.may_be_reanalysed]
    return json.dumps([dict(summary.outlets), summary.category, *moments, *flags, *days, summary.notes, predictions])


def from_json(text: str) -> ArticleSummary:
    """Read what `to_json` wrote."""
    outlets, category, published, covered, added, listed, withdrawn, again, day, notes, predictions = json.loads(text)
    return ArticleSummary(
        outlets=outlets,
        category=category,
        published=datetime.fromisoformat(published) if published else None,
        covered=datetime.fromisoformat(covered),
        listed=listed,
        withdrawn=withdrawn,
        may_be_reanalysed=again,
        next_prediction=date.fromisoformat(day) if day else None,
        added=datetime.fromisoformat(added) if added else None,
        notes=tuple(notes),
        predictions=tuple(PredictionSummary(date.fromisoformat(by), asked, outcome) for by, asked, outcome in predictions),
    )
