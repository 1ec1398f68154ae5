"""A publication as one value: settings, categories, articles, issues, and what the log says.

Loaded once, asked by everybody, never changed: `after` gives the publication as it is with a change applied.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from typing import NamedTuple, TypeVar

from groundwire.errors import Problem
from groundwire.model import Entry
from groundwire.publication.categories import Category
from groundwire.publication.changes import Change
from groundwire.publication.content import Article, Content, Issue, sorted_by_path
from groundwire.publication.feed_health import STREAM as FEEDS
from groundwire.publication.frontmatter import ArticleMeta, IssueMeta, Meta, Page, parse
from groundwire.publication.identity import url_key
from groundwire.publication.log import Row
from groundwire.publication.story_log import STREAM as STORIES
from groundwire.publication.story_log import EntryKey, StoryLog
from groundwire.settings import Settings

ISSUES = "issues"
M = TypeVar("M", bound=Meta)


class DeletedArticle(NamedTuple):
    """An article that a person deleted, as the log remembers it: its first coverage's headline, and when it was published."""

    story: str
    title: str
    published: datetime


@dataclass(frozen=True)
class Log:
    """The log, as far as a run asks it: what it says of stories, and the rows of feeds and issues."""

    stories: StoryLog
    feeds: tuple[Row, ...] = ()
    issues: tuple[Row, ...] = ()

    def after(self, rows: Iterable[tuple[str, Row]]) -> Log:
        """Return the log with these rows, each with its stream, too."""
        rows = list(rows)
        by_stream = {stream: [row for name, row in rows if name == stream] for stream in (STORIES, FEEDS, ISSUES)}
        stories = self.stories.after(by_stream[STORIES]) if by_stream[STORIES] else self.stories
        return Log(stories, (*self.feeds, *by_stream[FEEDS]), (*self.issues, *by_stream[ISSUES]))


@dataclass(frozen=True)
class Publication:
    """Everything that a command knows of a publication.

    `articles`, `issues`: by path. `problems`: of files that break their contract; those are at the `unreadable` paths below content/.
    """

    settings: Settings
    categories: Mapping[str, Category]
    articles: tuple[Article, ...] = ()
    issues: tuple[Issue, ...] = ()
    log: Log = field(default_factory=lambda: Log(StoryLog.of(())))
    problems: tuple[Problem, ...] = ()
    unreadable: AbstractSet[str] = frozenset()

    @classmethod
    def of(cls, settings: Settings, categories: Mapping[str, Category], content: Content, log: Log) -> Publication:
        """Put a publication together from what was read."""
        return cls(settings, categories, content.articles, content.issues, log, content.problems, unreadable=content.unreadable)

    def after(self, change: Change, *, at: datetime) -> Publication:
        """Return the publication with a change applied at that time."""
        stamp = f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
        files = change.files
        return replace(
            self,
            articles=_with(self.articles, files, "articles/", ArticleMeta),
            issues=_with(self.issues, files, "issues/", IssueMeta),
            log=self.log.after((stream, {"at": stamp, **row}) for stream, row in change.rows),
        )

    def has_file(self, path: str) -> bool:
        """Say whether there is a file at this path below content/articles/ or content/issues/."""
        return path in self.unreadable or path in self._paths

    def article(self, story: str | None) -> Article | None:
        """Return a story's article; None where there is none or a person deleted it. Of several with one id the last by path counts."""
        return self._by_id.get(story) if story else None

    def knows(self, entry: Entry) -> bool:
        """Say whether this very entry is on a page, or was on one that a person deleted."""
        return entry.key in self.log.stories.story_by_entry

    def story_of(self, entry: Entry) -> str | None:
        """Return the published story that has this entry's address among its sources, or had before it was deleted."""
        key = url_key(entry.url)
        story = self.log.stories.story_by_url.get(key) or next((page.id for page in self._by_url.get(key, ())), None)
        return self.log.stories.merged.get(story, story) if story else None

    def separated(self, entries: Iterable[Entry]) -> Mapping[EntryKey, frozenset[str]]:
        """Return the stories that people took an entry or its address out of, by entry: it never rejoins them."""
        stories = self.log.stories
        by_url: dict[str, set[str]] = {}
        for story, key in stories.separated:
            by_url.setdefault(key, set()).add(story)
        found = {e.key: stories.separated_entries.get(e.key, frozenset()) | by_url.get(url_key(e.url), set()) for e in entries}
        return {entry: apart for entry, apart in found.items() if apart}

    def first_seen(self, entry: Entry) -> datetime | None:
        """Return when an entry without a date was first seen, None where it never was."""
        return self.log.stories.first_seen.get(entry.key)

    def published_on(self, day: str) -> Mapping[str, int]:
        """Return how many stories were published on a day (YYYY-MM-DD, in the publication's zone), by category; deleted ones count."""
        known = self.log.stories.published
        moments = [(one.at, one.category) for one in known.values()]
        moments += [(p.published, p.category) for a in self.articles if (p := a.summary).published and a.id not in known]
        found: dict[str, int] = {}
        for moment, category in moments:
            if moment and self.settings.day(moment) == day:
                found[category] = found.get(category, 0) + 1
        return found

    def deleted_articles(self) -> list[DeletedArticle]:
        """Return the articles that people deleted, oldest first: their coverage is known and comes back nowhere."""
        stories = self.log.stories
        gone = ((s, one) for s, one in stories.published.items() if s not in self._by_id and s not in stories.merged)
        found = [DeletedArticle(story, one.title, one.at) for story, one in gone if not self.has_file(one.path)]
        return sorted(found, key=lambda one: (one.published, one.story))

    def edited_sources(self) -> tuple[Article, ...]:
        """Return the articles, not withdrawn, whose sources are not those that the log put there; by id."""
        stories = self.log.stories
        anywhere = {key for _, key in stories.listed}
        found = []
        for story, page in self._by_id.items():
            have, known = page.summary.outlets.keys(), stories.sources_of(story).keys()
            strange = (key for key in have - known if key in anywhere or (story, key) in stories.separated)
            if not page.summary.withdrawn and (known - have or any(strange)):
                found.append(page)
        return tuple(sorted(found, key=lambda page: page.id))

    def unlogged_articles(self) -> tuple[Article, ...]:
        """Return the public articles that stand where the log knows none, by id: people put or moved them there, or a run was killed."""
        stood = self.log.stories.stood
        found = (page for page in self._by_id.values() if page.summary.listed and page.path not in stood.get(page.id, ()))
        return tuple(sorted(found, key=lambda page: page.id))

    def stories_with(self, key: str) -> set[str]:
        """Return the stories on whose pages, the withdrawn ones left out, the source with this key stands."""
        return {page.id for page in self._by_url.get(key, ()) if not page.summary.withdrawn}

    def covered_since(self, moment: datetime) -> tuple[Article, ...]:
        """Return the articles whose newest source is of that moment or later."""
        return self._where(lambda page: page.summary.covered >= moment)

    def withdrawn(self) -> tuple[Article, ...]:
        """Return the withdrawn articles."""
        return self._where(lambda page: page.summary.withdrawn)

    def may_be_reanalysed(self) -> tuple[Article, ...]:
        """Return the articles whose analysis may be due again (publication/reanalysis.py says whether it is)."""
        return self._where(lambda page: page.summary.may_be_reanalysed)

    def with_predictions_before(self, day: date) -> tuple[Article, ...]:
        """Return the articles with an open prediction for a day before that one."""
        return self._where(lambda page: page.summary.next_prediction is not None and page.summary.next_prediction < day)

    def newsworthy(
        self, *, carried: Collection[str], told: Collection[str], since: datetime | None, until: datetime
    ) -> tuple[Article, ...]:
        """Return every article of which an issue may have to say something, and few others.

        They are those that no issue has `carried`, that got a source `since` the last one, that have a correction or were withdrawn for a
        reason that was not `told`, and those with a prediction whose day came between then and `until`, or whose outcome was not `told`
        though the question was. Without an issue before it there is nothing to leave out.
        """
        if since is None:
            return self._where(lambda _page: True)
        day = timedelta(days=1)  # zones are at most a day apart
        first, last = (since - day).date(), (until + day).date()

        def has_news(page: Article) -> bool:
            found = page.summary
            return (
                (found.listed and page.id not in carried)
                or (found.added is not None and found.added >= since)
                or any(note not in told for note in found.notes)
                or any(
                    first <= by <= last or (outcome and asked in told and outcome not in told)
                    for by, asked, outcome in found.predictions
                )
            )

        return self._where(has_news)

    def _where(self, condition: Callable[[Article], bool]) -> tuple[Article, ...]:
        return sorted_by_path(page for page in self._by_id.values() if condition(page))

    @cached_property
    def _paths(self) -> frozenset[str]:
        return frozenset({page.path for page in self.articles} | {page.path for page in self.issues})

    @cached_property
    def _by_id(self) -> Mapping[str, Article]:
        return {page.id: page for page in self.articles}

    @cached_property
    def _by_url(self) -> Mapping[str, list[Article]]:
        """The articles by the keys of their sources' addresses, by path."""
        found: dict[str, list[Article]] = {}
        for page in sorted_by_path(self._by_id.values()):
            for key in page.summary.outlets:
                found.setdefault(key, []).append(page)
        return found


def _with(pages: tuple[Page[M], ...], files: Mapping[str, str | None], folder: str, model: type[M]) -> tuple[Page[M], ...]:
    """Return the pages of one folder with changed files in their places."""
    changed = {path: text for path, text in files.items() if path.startswith(folder)}
    if not changed:
        return pages
    new = {path: parse(text, model, file=path) for path, text in changed.items() if text is not None}
    found = [new.pop(page.path) if page.path in new else page for page in pages if changed.get(page.path, "") is not None]
    return sorted_by_path([*found, *new.values()]) if new else tuple(found)
