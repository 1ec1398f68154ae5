"""From chosen stories to pages."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from groundwire.analysis.classify import category_by_text
from groundwire.errors import Unreadable
from groundwire.events.hold import held
from groundwire.events.independent import one_an_outlet
from groundwire.model import Analysis, Job, Story
from groundwire.publication.article_body import compose_body
from groundwire.publication.article_meta import article_meta, article_path
from groundwire.publication.changes import Change
from groundwire.publication.evidence import evidence_rows
from groundwire.publication.frontmatter import ArticleMeta, compose
from groundwire.publication.publication import Publication
from groundwire.publication.story_log import STREAM, entry_rows, listing
from groundwire.settings import Settings
from groundwire.steps.parts import Parts
from groundwire.text.bounded import call_here


def publish_all(
    publication: Publication,
    parts: Parts,
    stories: Sequence[Story],
    homes: Mapping[str, str],
    *,
    unread: list[tuple[str, str]],
    now: datetime,
) -> Iterator[Change]:
    """Yield a page for each story as its analysis is ready, in their order.

    A story of which no page can be made is added to `unread`: its headline, and why.
    """
    taken: set[str] = set()

    def gather(story: Story) -> Job:
        sources = [parts.fulltext.source(entry, number=n) for n, entry in enumerate(one_an_outlet(story.entries), start=1)]
        return Job(story, tuple(sources), category_by_text(homes[story.id], sources[0], publication.categories))

    for number, (job, analysis) in enumerate(parts.analyst.analyse_all(stories, gather), start=1):
        try:
            meta, body = call_here(_composed, publication.settings, job, analysis, now)
        except Unreadable as error:
            unread.append((job.story.first.title, str(error)))
            continue
        path = article_path(meta, taken=lambda path: path in taken or publication.has_file(path))
        taken.add(path)
        yield _publication_of(job, path, meta, body)
        cost = f" (${spent:.4f} so far)" if (spent := parts.analyst.spent) else ""
        parts.tell(f"[{number}/{len(stories)}] {job.category}: {analysis.title}{cost}")


def _composed(settings: Settings, job: Job, analysis: Analysis, now: datetime) -> tuple[ArticleMeta, str]:
    """Compose one story's page: a pure function of its texts, so that what it raises is their fault."""
    body = compose_body(analysis, job.sources, language=settings.language)
    in_review = held(job.story, settings.review)
    meta = article_meta(job.story, analysis, job.sources, body=body, now=now, language=settings.language, in_review=in_review)
    return meta, body


def _publication_of(job: Job, path: str, meta: ArticleMeta, body: str) -> Change:
    """Make the change that publishes a page: the page, then its rows.

    Killed between the two, the next run finds the page and adds them.
    """
    story = job.story
    row = {"event": "published", "story": story.id, "path": path, "category": job.category, "title": story.first.title}
    row |= entry_rows(story.entries) | listing(source.entry for source in job.sources)
    rows = (*evidence_rows(story.id, body), (STREAM, row))
    note = f"waits for review: {meta.in_review}" if meta.in_review else meta.title
    return Change("publish", path, files={path: compose(meta, body)}, rows=rows, note=note)
