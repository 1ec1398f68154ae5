"""What a run needs of every page there is: little enough to be kept beside the page's hash, so that an old archive costs a run next to nothing."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from generator.record.identity import url_mark


@dataclass(frozen=True)
class Brief:
    """`marks`: the sources' addresses as marks (record/identity.py), each with its outlet; `last`: the last coverage that the page has."""

    marks: Mapping[str, str]
    category: str
    published: datetime | None
    last: datetime
    listed: bool
    withdrawn: bool


def brief_of(meta: Any) -> Brief:
    """The brief of an article by its front matter."""
    return Brief(
        marks={mark: source.feed for source in meta.sources if (mark := url_mark(source.url))},
        category=meta.category,
        published=meta.published,
        last=max([meta.date, *(source.published or source.added or meta.date for source in meta.sources)]),
        listed=meta.listed,
        withdrawn=meta.withdrawn is not None,
    )


def kept_form(brief: Brief) -> str:
    """A brief as text."""
    moments = [brief.published and brief.published.isoformat(), brief.last.isoformat()]
    return json.dumps([dict(brief.marks), brief.category, *moments, brief.listed, brief.withdrawn], ensure_ascii=False)


def from_kept(text: str) -> Brief:
    """A brief from its text. Raises ValueError where that is damaged."""
    try:
        marks, category, published, last, listed, withdrawn = json.loads(text)
        moment = datetime.fromisoformat(published) if published else None
        return Brief(
            {str(k): str(v) for k, v in marks.items()}, str(category), moment, datetime.fromisoformat(last), listed, withdrawn
        )
    except (AttributeError, TypeError) as error:
        raise ValueError(f"no brief: {text!r}") from error
