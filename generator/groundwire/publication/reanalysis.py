"""When a page's analysis is made again, and how the page then reads. Decisions and text only.

A story is analysed once. Again only where no person touched the body, and (a) the page was made by rule because no model could be paid, within
three days; (b) its sources have doubled since; or (c) somebody asks for it by name. Title, description, category and tags stay as they are.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import takewhile

from groundwire.model import Analysis, Entry, Source, Story
from groundwire.publication import summary
from groundwire.publication.article_body import compose_body
from groundwire.publication.article_meta import analysis_meta
from groundwire.publication.content import Article
from groundwire.publication.editing import edited, with_body
from groundwire.publication.frontmatter import Generated, SourceMeta, body_hash
from groundwire.publication.identity import url_key
from groundwire.settings import Feed
from groundwire.text.plain import unescape

UNPAID = timedelta(days=3)


def due(page: Article, *, now: datetime) -> str:
    """Say why the page is to be analysed again: `unpaid`, `doubled`, or '' where it is not."""
    if protected(page) or page.meta.analysis is None:
        return ""
    if page.meta.analysis.unpaid and now - page.meta.moment <= UNPAID:
        return "unpaid"
    return "doubled" if summary.has_doubled(page.meta) else ""


def protected(page: Article) -> str:
    """Say why the machine may not write the page's body, '' where it may."""
    if page.meta.withdrawn:
        return "it is withdrawn"
    if page.meta.locked:
        return "it is locked"
    if page.meta.generated is None or (page.meta.analysis and page.meta.analysis.by == "person"):
        return "a person wrote it"
    return "" if page.pristine else "people edited its text, which is never written over"


def edited_by_people(page: Article) -> bool:
    """Say whether people changed a text of the machine's, and neither locked nor withdrew the page.

    Only what is asked for by name writes over it.
    """
    return page.meta.generated is not None and not page.pristine and not page.meta.locked and not page.meta.withdrawn


def sources_read(page: Article) -> int:
    """Count the sources that the page's text was made from: those that it had from the start at least."""
    return summary.sources_read(page.meta)


def untold(page: Article) -> tuple[SourceMeta, ...]:
    """Return the sources that joined after the page's text was made and are not in it, the oldest first."""
    if page.meta.generated is None:
        return ()
    joined = sorted((source for source in page.meta.sources if source.added), key=lambda source: (source.added, source.feed))
    count = len(page.meta.sources) - sources_read(page)
    return tuple(joined[-count:]) if count > 0 else ()


def story_of(page: Article, entries: Mapping[str, Entry], feeds: Iterable[Feed]) -> Story:
    """Return the page's story, its sources in the page's order.

    `entries`: what feeds still have, by the key of its address; the rest is as the page knows it.
    """
    known = {feed.title: feed for feed in feeds}
    made = [entries.get(url_key(source.url)) or _entry(source, known) for source in page.meta.sources]
    if made and not made[0].excerpt:
        made[0] = _with_excerpt(made[0], _quoted(page))
    score = page.meta.score
    return Story(page.meta.id, tuple(made), score.total if score else 0.0, score.why if score else ())


def better(page: Article, analysis: Analysis, reason: str) -> bool:
    """Say whether the new analysis may replace the old one.

    A model's may. A rule-based one may only where the old one is rule-based, too, and its sources have doubled, or where a person
    asked for the page by name.
    """
    by_rule = page.meta.analysis is None or page.meta.analysis.by == "extractive"
    return analysis.by == "claude" or (by_rule and reason == "doubled") or reason == "named"


def remade(page: Article, analysis: Analysis, sources: Sequence[Source], *, language: str, now: datetime) -> str:
    """Return the page's text with a new body and what goes with it.

    People's comments, order and marks on predictions stay.
    """
    body = compose_body(analysis, sources, language=language)
    said = {watch.claim for watch in page.meta.watch}
    watch = [w.model_dump(exclude_defaults=True) for w in page.meta.watch]
    watch += [{"claim": w.claim, "by": w.by} for w in analysis.watch if w.claim not in said]
    put = {
        "analysis": analysis_meta(analysis, sources).model_dump(exclude_defaults=True),
        "generated": Generated(hash=body_hash(body)).model_dump(),
        **({"watch": watch} if len(watch) > len(page.meta.watch) else {}),
    }
    return with_body(page, edited(page, put=put, now=now), f"\n{body.strip()}\n")


def _entry(source: SourceMeta, feeds: Mapping[str, Feed]) -> Entry:
    feed = feeds.get(source.feed) or Feed(url=source.url, name=source.feed)
    published = source.published or source.added
    return Entry(feed, source.url, source.url, source.title, published=published, language=source.language)


def _with_excerpt(entry: Entry, excerpt: str) -> Entry:
    return Entry(entry.feed, entry.id, entry.url, entry.title, excerpt, published=entry.published, language=entry.language)


def _quoted(page: Article) -> str:
    """Return the publisher's excerpt as the page quotes it."""
    lines = (line for line in page.body.splitlines() if line.startswith(">"))
    return unescape(" ".join(line[1:].strip() for line in takewhile(lambda line: line.strip() != ">", lines)))
