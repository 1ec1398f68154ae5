"""From chosen stories to pages."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from generator.analysis.classify import category_by_text
from generator.model import Analysis, Job, Story
from generator.record.article import compose_body
from generator.record.changes import Change
from generator.record.evidence import evidence_rows
from generator.record.frontmatter import compose
from generator.record.page import article_meta, article_path
from generator.record.publication import Publication
from generator.record.story_log import STREAM, entry_rows, listing
from generator.steps.parts import Parts
from generator.stories.hold import held
from generator.stories.independent import one_an_outlet


def publish_all(
    publication: Publication, parts: Parts, stories: Sequence[Story], homes: Mapping[str, str], *, now: datetime
) -> Iterator[Change]:
    """Yield a page for each story as its analysis is ready, in their order."""
    taken: set[str] = set()

    def gather(story: Story) -> Job:
        sources = [parts.fulltext.source(entry, number=n) for n, entry in enumerate(one_an_outlet(story.entries), start=1)]
        return Job(story, tuple(sources), category_by_text(homes[story.id], sources[0], publication.categories))

    for number, (job, analysis) in enumerate(parts.analyst.analyse_all(stories, gather), start=1):
        change = _page(publication, job, analysis, taken, now=now)
        taken.add(change.path)
        yield change
        cost = f" (${spent:.4f} so far)" if (spent := parts.analyst.spent) else ""
        parts.tell(f"[{number}/{len(stories)}] {job.category}: {analysis.title}{cost}")


def _page(publication: Publication, job: Job, analysis: Analysis, taken: set[str], *, now: datetime) -> Change:
    """One story's page, then its rows: killed between the two, the next run finds the page and adds them."""
    settings, story = publication.settings, job.story
    body = compose_body(analysis, job.sources, language=settings.language)
    why_held = held(story, settings.review)
    meta = article_meta(story, analysis, job.sources, body=body, now=now, language=settings.language, in_review=why_held)
    path = article_path(meta, taken=lambda path: path in taken or publication.has_file(path))
    row = {"event": "published", "story": story.id, "path": path, "category": job.category, "title": story.first.title}
    row |= entry_rows(story.entries) | listing(source.entry for source in job.sources)
    return Change(
        "publish",
        path,
        files={path: compose(meta, body)},
        rows=(*evidence_rows(story.id, body), (STREAM, row)),
        note=f"waits for review: {why_held}" if why_held else meta.title,
    )
