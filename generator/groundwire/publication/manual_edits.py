"""What people did to the sources of pages by editing front matter, as rows for the log, so that it is remembered.

A source taken off a page is separated from its story and never rejoins it; one that stands on another page now has moved there; one put back
belongs again; one whose address alone was changed is the same. Decisions only: the publication as it is, rows out.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from groundwire.publication.content import Article
from groundwire.publication.log import Row
from groundwire.publication.publication import Publication
from groundwire.publication.story_log import StoryLog

_ORDER = ("readdressed", "separated", "rejoined", "joined", "merged")


def hand_edits(publication: Publication) -> list[Row]:
    """Return the rows that the log lacks, in the order in which they count."""
    feeds = {feed.url: feed.title for feed in publication.settings.feeds}
    edited = publication.edited_sources()
    rows = [row for page in edited for row in (*_taken(page, publication, feeds), *_added(page, publication))]
    deleted = (one.story for one in publication.deleted_articles())
    rows += [{"event": "merged", "story": story, "into": home} for story in deleted if (home := _new_home(publication, story))]
    return sorted(rows, key=lambda row: _ORDER.index(row["event"]))


def separation(log: StoryLog, story: str, sources: Mapping[str, str]) -> Row:
    """Return the row that takes sources (key of the address → feed's address) out of a story, with all that their outlets had in it."""
    entries = [list(entry) for feed in sorted(set(sources.values()) - {""}) for entry in log.entries_of(story, feed=feed)]
    return {"event": "separated", "story": story, "entries": entries, "marks": sorted(sources)}


def _taken(page: Article, publication: Publication, feeds: Mapping[str, str]) -> Iterator[Row]:
    """Yield rows for sources that the page had."""
    log, story = publication.log.stories, page.id
    new = _readdressed(page, publication, feeds)
    for key, feed in log.sources_of(story).items():
        if key in new:
            yield {"event": "readdressed", "story": story, "from": key, "to": new[key]}
        elif key not in page.summary.outlets:
            yield separation(log, story, {key: feed})


def _added(page: Article, publication: Publication) -> Iterator[Row]:
    """Yield rows for sources that the page has and did not have: put back, or from another page.

    What people found themselves needs no row.
    """
    log, story = publication.log.stories, page.id
    for key in sorted(page.summary.outlets.keys() - log.sources_of(story).keys()):
        owner = log.owner(key)
        if separated := log.separated.get((story, key)):
            yield {"event": "rejoined", "story": story, "entries": separated["entries"], "marks": [key], "listed": {key: ""}}
        elif owner and owner not in publication.stories_with(key):
            feed = log.sources_of(owner)[key]
            entries = [list(entry) for entry in log.entries_of(owner, feed=feed)] if feed else []
            yield {"event": "joined", "story": story, "entries": entries, "marks": [key], "listed": {key: feed}}


def _readdressed(page: Article, publication: Publication, feeds: Mapping[str, str]) -> dict[str, str]:
    """Return old and new keys of sources whose outlet stayed and whose address nobody else knows."""
    log = publication.log.stories
    listed, have = log.sources_of(page.id), page.summary.outlets
    if listed.keys() <= have.keys():
        return {}
    unknown = (key for key in have if key not in listed and log.owner(key) is None)
    new = [key for key in unknown if (page.id, key) not in log.separated]
    found: dict[str, str] = {}
    for key, feed in listed.items():
        same = [one for one in new if have[one] == feeds.get(feed) and one not in found.values()]
        if key not in have and same:
            found[key] = same[0]
    return found


def _new_home(publication: Publication, story: str) -> str:
    """Return the one page on which all the sources of a deleted one stand; '' where there is none."""
    listed = publication.log.stories.sources_of(story)
    common = set.intersection(*map(publication.stories_with, listed)) if listed else set()
    return common.pop() if len(common) == 1 else ""
