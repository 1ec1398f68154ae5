"""What a run does to pages that are there: later coverage, people's edits of sources, predictions past their day, analyses that are due again."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime

from groundwire.errors import Unreadable
from groundwire.model import Analysis, Entry, FeedResult, Source
from groundwire.publication import reanalysis as afresh
from groundwire.publication.article_meta import source_row
from groundwire.publication.changes import Change
from groundwire.publication.content import Article
from groundwire.publication.editing import edited
from groundwire.publication.evidence import evidence_rows
from groundwire.publication.frontmatter import ArticleMeta, parse
from groundwire.publication.identity import url_key
from groundwire.publication.manual_edits import hand_edits
from groundwire.publication.predictions import given_up
from groundwire.publication.publication import Publication
from groundwire.publication.story_log import STREAM, entry_rows, listing
from groundwire.steps.intake import dated
from groundwire.steps.parts import Parts
from groundwire.text.bounded import call_here


def join_page(publication: Publication, parts: Parts, entry: Entry, story: str, *, now: datetime) -> Iterator[Change]:
    """Yield later coverage of a published event: a source on its page, never a new page; at least a row that remembers it."""
    page = publication.article(story)
    row = {"event": "joined", "story": story, **entry_rows([entry])}
    if page is None or page.meta.locked or page.meta.withdrawn or _is_source(page.meta, entry):
        on_page = page is not None and _stands_on(page.meta, entry)
        yield Change("log", rows=((STREAM, row | (listing([entry]) if on_page else {})),), note=f"known: {entry.title}")
        return
    language, feeds = publication.settings.language, publication.settings.feeds
    source = parts.fulltext.source(dated(publication, entry, now=now), number=len(page.meta.sources) + 1)
    first = afresh.story_of(page, {}, feeds).first  # with the excerpt that the page quotes
    known = [Source(1, first, first.excerpt, fulltext=False)]
    added = source_row(source, language=language, added=now, others=known)
    text = edited(page, add={"sources": [added]}, now=now)
    rows = ((STREAM, row | listing([entry])),)
    yield Change("join", page.path, files={page.path: text}, rows=rows, note=f"joined by {entry.feed.title}: {entry.title}")


def protected_pages(publication: Publication, stories: Iterable[str]) -> tuple[tuple[str, str], ...]:
    """Return, of stories with new coverage, the pages whose text, or which as a whole, belong to people, each with the reason."""
    pages = [page for story in dict.fromkeys(stories) if (page := publication.article(story))]
    return tuple((page.path, why) for page in pages if not page.meta.withdrawn and (why := afresh.protected(page)))


def take_edits(publication: Publication) -> Iterator[Change]:
    """Yield what people did to the sources of pages since the last run, for the log to remember."""
    if rows := tuple((STREAM, row) for row in hand_edits(publication)):
        yield Change("log", rows=rows, note="what people did to pages' sources")


def log_places(publication: Publication) -> Iterator[Change]:
    """Yield where public pages stand that the log doesn't know: people put or moved them there, or a run was killed after it wrote them.

    An address outlives its page. The last kind lacks what the log keeps of its evidence, too.
    """
    pages, stood = publication.unlogged_articles(), publication.log.stories.stood
    evidence = [row for page in pages if page.pristine and page.id not in stood for row in evidence_rows(page.id, page.body)]
    rows = [(STREAM, {"event": "stood", "story": page.id, "path": page.path}) for page in pages]
    if rows:
        yield Change("log", rows=(*evidence, *rows), note="where pages stand")


def give_up_predictions(publication: Publication, *, now: datetime) -> Iterator[Change]:
    """Yield the pages whose predictions nobody marked in time: they say that they were not followed up."""
    today = now.astimezone(publication.settings.zone).date()
    for page in publication.with_predictions_before(today):
        if text := given_up(page, today=today):
            yield Change("predictions", page.path, files={page.path: text}, note="predictions not followed up")


def analyse_again(
    publication: Publication, parts: Parts, results: Sequence[FeedResult], *, now: datetime, named: str = ""
) -> Iterator[Change]:
    """Yield the pages whose analysis was due again and was made, or that of the one story that is `named`."""
    entries = {url_key(entry.url): entry for result in results for entry in result.entries}
    if named:
        due = [(page, "named") for page in [publication.article(named)] if page]
    else:
        due = [(page, afresh.due(page, now=now)) for page in publication.may_be_reanalysed()]
    for page, why in due:
        if why and page.meta.category in publication.categories:
            yield from _analyse_again(publication, parts, page, entries, why=why, now=now)


def _analyse_again(
    publication: Publication, parts: Parts, page: Article, entries: Mapping[str, Entry], *, why: str, now: datetime
) -> Iterator[Change]:
    """Analyse one page anew, in place; nothing if its sources cannot be read any more, or the new analysis is no better."""
    story = afresh.story_of(page, entries, publication.settings.feeds)
    texts = (dated(publication, entry, now=now) for entry in story.entries)
    sources = [parts.fulltext.source(entry, number=n) for n, entry in enumerate(texts, start=1)]
    if not sources or not (sources[0].fulltext or sources[0].entry.excerpt):
        return
    analysis = parts.analyst.analyse(story, sources, category=page.meta.category)
    if not afresh.better(page, analysis, why):
        return
    try:
        text, changed = call_here(_remade, page, analysis, sources, publication.settings.language, now)
    except Unreadable as error:
        parts.tell(f"not analysed again: {page.meta.title} ({error})")
        return
    rows = evidence_rows(page.id, changed.body)
    yield Change("reanalyse", page.path, files={page.path: text}, rows=rows, note=f"analysed again: {why}")
    parts.tell(f"analysed again: {page.meta.title}")


def _remade(page: Article, analysis: Analysis, sources: Sequence[Source], language: str, now: datetime) -> tuple[str, Article]:
    text = afresh.remade(page, analysis, sources, language=language, now=now)
    return text, parse(text, ArticleMeta, file=page.path)


def _is_source(meta: ArticleMeta, entry: Entry) -> bool:
    """Say whether the page has the entry, or another of its outlet."""
    return _stands_on(meta, entry) or any(source.feed == entry.feed.title for source in meta.sources)


def _stands_on(meta: ArticleMeta, entry: Entry) -> bool:
    key = url_key(entry.url)
    return any(url_key(source.url) == key for source in meta.sources)
