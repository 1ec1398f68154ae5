"""From chosen stories to pages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from generator.analysis.classify import category_by_text
from generator.errors import Unreadable
from generator.model import Analysis, Job, Story
from generator.record.article import compose_body
from generator.record.bounded import call_here
from generator.record.evidence import remember
from generator.record.frontmatter import ArticleMeta
from generator.record.page import article_meta, article_path
from generator.record.registry import Registry
from generator.steps.parts import Parts
from generator.stories.hold import held
from generator.stories.independent import one_an_outlet


def publish_all(
    parts: Parts, registry: Registry, stories: Sequence[Story], homes: Mapping[str, str], *, now: datetime
) -> tuple[dict[Story, str], list[tuple[str, str]]]:
    """A page for each story that its analyst is ready with, in that order; the answer is their paths, and the headlines of those
    of which no page can be made, with the reason."""

    def gather(story: Story) -> Job:
        sources = [parts.fulltext.source(entry, number=n) for n, entry in enumerate(one_an_outlet(story.entries), start=1)]
        return Job(story, tuple(sources), category_by_text(homes[story.id], sources[0], parts.categories))

    paths: dict[Story, str] = {}
    failed: list[tuple[str, str]] = []
    for job, analysis in parts.analyst.analyse_all(stories, gather):
        try:
            meta, body = call_here(_composed, parts, job, analysis, now)
        except Unreadable as error:
            failed.append((job.story.first.title, str(error)))
            continue
        paths[job.story] = _publish(parts, registry, job, meta, body, now=now)
        cost = f" (${spent:.4f} so far)" if (spent := parts.analyst.spent) else ""
        parts.tell(f"[{len(paths)}/{len(stories)}] {job.category}: {analysis.title}{cost}")
    return paths, failed


def _composed(parts: Parts, job: Job, analysis: Analysis, now: datetime) -> tuple[ArticleMeta, str]:
    """One story's page: a pure function of its texts, so that what it raises is theirs."""
    language = parts.settings.language
    body = compose_body(analysis, job.sources, language=language)
    draft = bool(held(job.story, parts.settings.review))
    return article_meta(job.story, analysis, job.sources, body=body, now=now, language=language, draft=draft), body


def _publish(parts: Parts, registry: Registry, job: Job, meta: ArticleMeta, body: str, *, now: datetime) -> str:
    """Write one story's page, then its ledger row: killed between the two, the next run finds the page and adds the row."""
    path = article_path(meta, taken=parts.store.exists)
    remember(parts.ledger, job.story.id, body, now=now)
    parts.store.create(path, meta, body)
    registry.published(job.story, path=path, category=job.category, listed=[s.entry for s in job.sources], now=now)
    return path
