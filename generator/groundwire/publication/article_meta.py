"""A story and its analysis as an article's front matter and path."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any

from groundwire.model import Analysis, Source, Story
from groundwire.publication.copies import is_copy
from groundwire.publication.frontmatter import AnalysisMeta, ArticleMeta, Entities, Generated, Score, SourceMeta, Watch, body_hash
from groundwire.text.plain import clean, cut, shorten, slugify


def article_meta(
    story: Story, analysis: Analysis, sources: Sequence[Source], *, body: str, now: datetime, language: str, in_review: str = ""
) -> ArticleMeta:
    """Make the front matter of a new page.

    `language` is the publication's; `in_review` is why the page waits for a person, '' if it need not.
    """
    return ArticleMeta(
        id=story.id,
        title=cut(analysis.title, 300),
        description=cut(shorten(analysis.description, 60) or analysis.title, 600),
        date=_whole_seconds(story.first.published or now),
        category=analysis.category,
        date_estimated=story.first.estimated,
        published=_whole_seconds(now),
        tags=analysis.tags,
        language=_other(analysis.language, language),
        entities=Entities(organisations=analysis.organisations, products=analysis.products, cves=analysis.cves),
        sources=tuple(source_meta(s, language=language, others=sources[:n]) for n, s in enumerate(sources)),
        analysis=analysis_meta(analysis, sources),
        score=Score(total=story.score, why=story.why),
        watch=tuple(Watch(claim=item.claim, by=item.by) for item in analysis.watch),
        status="draft" if in_review else None,
        in_review=clean(in_review) or None,
        generated=Generated(hash=body_hash(body)),
    )


def analysis_meta(analysis: Analysis, sources: Sequence[Source]) -> AnalysisMeta:
    """Record who wrote the analysis, from how many sources, and what the gate did."""
    return AnalysisMeta(
        by=analysis.by,
        model=analysis.model,
        prompt=analysis.prompt,
        kept=analysis.kept,
        dropped=analysis.dropped,
        sources=len(sources),
        unpaid=analysis.unpaid,
    )


def source_meta(source: Source, *, language: str, others: Sequence[Source] = (), added: datetime | None = None) -> SourceMeta:
    """Describe one source as the front matter names it. `others`: those whose text it may print."""
    entry = source.entry
    original = next((o for o in others if is_copy(o.text, source.text) or is_copy(o.entry.excerpt, entry.excerpt)), None)
    return SourceMeta(
        feed=entry.feed.title,
        title=entry.title,
        url=entry.url,
        published=_whole_seconds(entry.published) if entry.published and not entry.estimated else None,
        words=source.words,
        fulltext=source.fulltext,
        access=source.access,
        language=_other(entry.language, language),
        added=_whole_seconds(added) if added else None,
        copy_of=original.entry.feed.title if original else None,
    )


def source_row(source: Source, *, language: str, added: datetime, others: Sequence[Source] = ()) -> dict[str, Any]:
    """Describe a source that joins a page later, as the entry to insert. `others`: the page's, as far as they are known."""
    return source_meta(source, language=language, others=others, added=added).model_dump(exclude_defaults=True)


def article_path(meta: ArticleMeta, *, taken: Callable[[str], bool]) -> str:
    """Return `articles/YEAR/MONTH/slug.md` by the event's date (UTC).

    A taken slug gets the first letters of the story's id.
    """
    slug = slugify(meta.title) or meta.id
    folder = f"articles/{meta.date.astimezone(UTC):%Y/%m}"
    path = f"{folder}/{slug}.md"
    return path if slug != "index" and not taken(path) else f"{folder}/{slug}-{meta.id[2:8]}.md"


def _other(language: str | None, publication: str) -> str | None:
    """Return the language where it is not the publication's own."""
    if not language:
        return None
    short = language.split("-")[0].split("_")[0].lower()
    return short if short.isalpha() and len(short) in (2, 3) and short != publication.split("-")[0].lower() else None


def _whole_seconds(moment: datetime) -> datetime:
    return moment.astimezone(UTC).replace(microsecond=0)
