"""What stands before an issue's first story.

By rule: how many stories, whose names come up again and again, what else there is. No word of that is anybody's opinion: it counts what
the stories' front matter says. Or by a model, from the issue's own items, with its name below.
"""

from __future__ import annotations

from collections.abc import Sequence

from groundwire.issues.choose import Contents
from groundwire.model import Entry, Opening, Source
from groundwire.publication.authorship import Authorship, author_line
from groundwire.publication.content import Article
from groundwire.publication.wording import Words
from groundwire.settings import Feed, Settings
from groundwire.text.escape import escape
from groundwire.text.plain import clean

OFTEN = 3  # stories in which a name must come up to be told
NAMES = 2


def opening(contents: Contents, *, settings: Settings, words: Words) -> str:
    """Write the opening by rule, as a paragraph of Markdown."""
    pages = [*contents.stories, *contents.online]
    outlets = {clean(source.feed) for page in pages for source in page.meta.sources}
    since, until = (when.astimezone(settings.zone).date() for when in (contents.since, contents.until))
    stories = words.count("stories", len(pages))
    stories = words("from", stories=stories, outlets=words.count("outlets", len(outlets))) if outlets else stories
    parts = [words("opening", stories=stories, span=words.span(since, until))]
    if found := recurring(pages):
        (name, n), *others = found
        often = [words("often", n, name=name), *(words("also_often", n, name=name) for name, n in others)]
        parts.append(", ".join(often) + ".")
    told = {"moved": contents.continuing, "mended": contents.corrections, "due": contents.outcomes}
    parts += [words.count(key, len(found)) for key, found in told.items() if found]
    return escape(" ".join(parts))


def signed(written: Opening, words: Words) -> str:
    """Write a model's opening as Markdown, with a line that says who wrote it."""
    author = author_line(Authorship("model", clean(written.model)), words)
    return f"{escape(' '.join(written.sentences))}\n\n{escape(author)}\n{{: .by }}"


def as_sources(contents: Contents, settings: Settings) -> list[Source]:
    """Give the issue's items as a model reads them: headline and description, nothing that no reader sees."""
    feed = Feed(url=settings.url, name=settings.title)
    found = []
    for number, page in enumerate(contents.stories, start=1):
        meta = page.meta
        entry = Entry(feed, meta.id, settings.url + page.url, meta.title, published=meta.date, language=meta.language)
        found.append(Source(number, entry, clean(meta.description), fulltext=False))
    return found


def recurring(pages: Sequence[Article]) -> list[tuple[str, int]]:
    """Count the stories that name the most-named organisations and products, most first.

    A part of another (AWS of Amazon) is passed over.
    """
    named: dict[str, set[str]] = {}
    for page in pages:
        for name in (*page.meta.entities.organisations, *page.meta.entities.products):
            named.setdefault(clean(name), set()).add(page.meta.id)
    found: list[str] = []
    for name in sorted(named, key=lambda name: (-len(named[name]), name)):
        if len(named[name]) >= OFTEN and not any(named[name] <= named[other] for other in found):
            found.append(name)
    return [(name, len(named[name])) for name in found[:NAMES]]
