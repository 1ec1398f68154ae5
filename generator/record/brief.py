"""What a run needs of every page there is: little enough to be kept beside the page's hash, so that an old archive costs a run next to nothing."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple

from generator.record.identity import note_mark, outcome_mark, url_mark

TIMES = 2  # as many sources as were read: then an analysis is made again


class Promise(NamedTuple):
    """A prediction: its day, the mark (record/identity.py) that it has while it is open, and that of what became of it, '' until then."""

    by: date
    asked: str
    answer: str


@dataclass(frozen=True)
class Brief:
    """`marks`: the sources' addresses as marks (record/identity.py), each with its outlet; `last`: the last coverage that the page has.

    `ripe`: its analysis was unpaid, or its sources have doubled since; whether it is made again says record/afresh.py. `awaited`: the
    first day of its open predictions; whether one is given up says record/watching.py. `added`: when the last source joined it. `notes`: the
    marks of its corrections and of the reason for which it is withdrawn.
    """

    marks: Mapping[str, str]
    category: str
    published: datetime | None
    last: datetime
    listed: bool
    withdrawn: bool
    ripe: bool
    awaited: date | None = None
    added: datetime | None = None
    notes: tuple[str, ...] = ()
    promises: tuple[Promise, ...] = ()


def sources_read(meta: Any) -> int:
    """How many sources a page's text was made from: those that it had from the start at least."""
    first = sum(1 for source in meta.sources if source.added is None)
    return max(1, first, meta.analysis.sources if meta.analysis else 0)


def doubled(meta: Any) -> bool:
    """Whether it has twice as many independent sources as its text was made from."""
    voices = sum(1 for source in meta.sources if not source.copy_of)  # a copy brings nothing new
    return voices >= TIMES * sources_read(meta)


def brief_of(meta: Any) -> Brief:
    """The brief of an article by its front matter."""
    return Brief(
        marks={mark: source.feed for source in meta.sources if (mark := url_mark(source.url))},
        category=meta.category,
        published=meta.published,
        last=max([meta.date, *(source.published or source.added or meta.date for source in meta.sources)]),
        listed=meta.listed,
        withdrawn=meta.withdrawn is not None,
        ripe=meta.analysis is not None and (meta.analysis.unpaid or doubled(meta)),
        awaited=min((watch.by for watch in meta.watch if watch.outcome == "open"), default=None),
        added=max((source.added for source in meta.sources if source.added), default=None),
        notes=tuple(note_mark(meta.id, note) for note in _notes(meta)),
        promises=tuple(_promise(meta.id, watch) for watch in meta.watch),
    )


def _notes(meta: Any) -> list[str]:
    return [*(one.note for one in meta.corrections), *([meta.withdrawn.reason] if meta.withdrawn else [])]


def _promise(story: str, watch: Any) -> Promise:
    asked, answer = (outcome_mark(story, watch.claim, watch.by, outcome) for outcome in ("open", watch.outcome))
    return Promise(watch.by, asked, "" if answer == asked else answer)


def kept_form(brief: Brief) -> str:
    """A brief as text."""
    moments = [moment and moment.isoformat() for moment in (brief.awaited, brief.published, brief.added, brief.last)]
    promises = [(by.isoformat(), asked, answer) for by, asked, answer in brief.promises]
    return json.dumps(
        [dict(brief.marks), brief.category, promises, brief.notes, *moments, brief.listed, brief.withdrawn, brief.ripe]
    )


def from_kept(text: str) -> Brief:
    """A brief from its text. Raises ValueError where that is damaged."""
    try:
        marks, category, promises, notes, awaited, published, added, last, *flags = json.loads(text)
        listed, withdrawn, ripe = map(bool, flags)
        moment, joined = (datetime.fromisoformat(one) if one else None for one in (published, added))
        day = date.fromisoformat(awaited) if awaited else None
        outlets = {str(mark): str(outlet) for mark, outlet in marks.items()}
        told = tuple(Promise(date.fromisoformat(by), str(asked), str(answer)) for by, asked, answer in promises)
        until, known = datetime.fromisoformat(last), tuple(map(str, notes))
        return Brief(outlets, str(category), moment, until, listed, withdrawn, ripe, day, joined, known, told)
    except (AttributeError, TypeError) as error:
        raise ValueError(f"no brief: {text!r}") from error
