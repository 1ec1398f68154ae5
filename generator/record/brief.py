"""What a run needs of every page there is: little enough to be kept beside the page's hash, so that an old archive costs a run next to nothing."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from generator.record.identity import url_mark

TIMES = 2  # as many sources as were read: then an analysis is made again


@dataclass(frozen=True)
class Brief:
    """`marks`: the sources' addresses as marks (record/identity.py), each with its outlet; `last`: the last coverage that the page has.

    `ripe`: its analysis was unpaid, or its sources have doubled since; whether it is made again says record/afresh.py. `awaited`: the
    first day of its open predictions; whether one is given up says record/watching.py.
    """

    marks: Mapping[str, str]
    category: str
    published: datetime | None
    last: datetime
    listed: bool
    withdrawn: bool
    ripe: bool
    awaited: date | None = None


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
    )


def kept_form(brief: Brief) -> str:
    """A brief as text."""
    moments = [moment and moment.isoformat() for moment in (brief.awaited, brief.published, brief.last)]
    return json.dumps([dict(brief.marks), brief.category, *moments, brief.listed, brief.withdrawn, brief.ripe])


def from_kept(text: str) -> Brief:
    """A brief from its text. Raises ValueError where that is damaged."""
    try:
        marks, category, awaited, published, last, *flags = json.loads(text)
        listed, withdrawn, ripe = map(bool, flags)
        moment = datetime.fromisoformat(published) if published else None
        day = date.fromisoformat(awaited) if awaited else None
        outlets = {str(mark): str(outlet) for mark, outlet in marks.items()}
        return Brief(outlets, str(category), moment, datetime.fromisoformat(last), listed, withdrawn, ripe, day)
    except (AttributeError, TypeError) as error:
        raise ValueError(f"no brief: {text!r}") from error
