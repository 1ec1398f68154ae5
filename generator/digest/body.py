"""An issue's body: Markdown that people edit, a website shows and the email is made from.

A few attributes tell the email what is what: `{: .by }` under a story's line of sources, and on headings `{: .lead }`,
`{: .corrections }` (which may name withdrawn stories) and `{: .online }` (what only the website lists). All else is plain Markdown. Text of others goes through
`record.escape`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence

from generator.digest.choose import Contents, Mended, Outcome, Sequel
from generator.record.authorship import author_line, authorship
from generator.record.categories import UNCATEGORISED, Category
from generator.record.escape import escape, link
from generator.record.store import Article
from generator.record.text import clean, normal_title, sentences
from generator.record.words import Words
from generator.settings import Settings

OUTLETS = 4  # named under a story; the others are on its page
SENTENCES = 2
KINDS = 4  # counted one by one in the opening
SEQUELS = 3  # headlines of one continuing story


def issue_body(contents: Contents, *, settings: Settings, categories: Mapping[str, Category], words: Words) -> str:
    """The whole body; its parts in the order of reading."""

    def url(page: Article) -> str:
        return settings.url + page.url

    lead, *rest = contents.stories
    parts = [_opening(contents, settings=settings, categories=categories, words=words)]
    parts += [f"## {words('lead')} {{: .lead }}", _item(lead, url=url, words=words)]
    for name, pages in by_category(rest, categories):
        parts += [f"## {escape(name)}", *(_item(page, url=url, words=words) for page in pages)]
    for heading, lines in _rest(contents, settings=settings, words=words, url=url):
        parts += [f"## {heading}", "\n".join(lines)] if lines else []
    return "\n\n".join(parts) + "\n"


def by_category(pages: Iterable[Article], categories: Mapping[str, Category]) -> list[tuple[str, list[Article]]]:
    """Pages under their category's name, in the categories' order; one that no file describes stands before the last."""
    found: dict[str, list[Article]] = {}
    for page in pages:
        found.setdefault(page.meta.category, []).append(page)
    order = {key: place for place, key in enumerate(key for key in categories if key != UNCATEGORISED)}
    keys = sorted(found, key=lambda key: (key == UNCATEGORISED, order.get(key, len(order)), key))
    return [(categories[key].name if key in categories else key.replace("-", " ").capitalize(), found[key]) for key in keys]


def _opening(contents: Contents, *, settings: Settings, categories: Mapping[str, Category], words: Words) -> str:
    """By rule: how many stories from how many outlets, of what kinds. No word of it is anybody's opinion."""
    pages = [*contents.stories, *contents.online]
    outlets = {clean(source.feed) for page in pages for source in page.meta.sources}
    since, until = (when.astimezone(settings.zone).date() for when in (contents.since, contents.until))
    kinds = [words("part", n=len(found), name=name) for name, found in by_category(pages, categories)]
    stories = words.count("stories", len(pages))
    text = words(
        "opening",
        stories=words("from", stories=stories, outlets=words.count("outlets", len(outlets))) if outlets else stories,
        span=words.span(since, until),
        kinds=words("kinds", n=len(kinds)) if len(kinds) > KINDS else words("parts", parts=words.listing(kinds)),
    )
    text += " " + words.count("moved", len(contents.continuing)) if contents.continuing else ""
    text += " " + words.count("mended", len(contents.corrections)) if contents.corrections else ""
    return escape(text)


def _item(page: Article, *, url: Callable[[Article], str], words: Words) -> str:
    """One story: its headline to its page, one or two sentences, its sources and who wrote it."""
    tag = page.meta.language or ""
    lang = f" {{: lang={tag} }}" if re.fullmatch(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*", tag) else ""
    headline = f"### {link(page.meta.title, url(page))}{lang}"
    text = escape(" ".join(sentences(page.meta.description)[:SENTENCES])) + lang.replace(" ", "\n", 1)
    repeated = normal_title(page.meta.description) == normal_title(page.meta.title)
    return "\n\n".join([headline, *([] if repeated else [text]), f"{_by(page, words)}\n{{: .by }}"])


def _by(page: Article, words: Words) -> str:
    outlets = {clean(source.feed): source.url for source in reversed(page.meta.sources)}
    named = [link(name, outlets[name]) for name in reversed(outlets)]
    shown = named if len(named) <= OUTLETS + 1 else [*named[:OUTLETS], words.count("further_sources", len(named) - OUTLETS)]
    sources = words.listing(shown)
    return (
        f"{sources}. {escape(author_line(authorship(page), words))}."
        if sources
        else f"{escape(author_line(authorship(page), words))}."
    )


def _rest(contents: Contents, *, settings: Settings, words: Words, url: Callable[[Article], str]) -> list[tuple[str, list[str]]]:
    """The sections that are lists: what goes on, what was wrong, what came due, what only the website has."""
    online = [f"- {link(page.meta.title, url(page))}" for page in contents.online]
    return [
        (words("continuing"), [_sequel(sequel, words=words, url=url) for sequel in contents.continuing]),
        (
            f"{words('corrections')} {{: .corrections }}",
            [_correction(mended, words=words, url=url) for mended in contents.corrections],
        ),
        (words("watch"), [_outcome(outcome, words=words, url=url) for outcome in contents.outcomes]),
        (f"{words('online', n=len(online))} {{: .online }}", online),
    ]


def _sequel(sequel: Sequel, *, words: Words, url: Callable[[Article], str]) -> str:
    new = [f"{escape(s.feed)}, {link(s.title or s.feed, s.url)}" for s in sequel.sources[:SEQUELS]]
    more = len(sequel.sources) - SEQUELS
    new += [words("further", n=more)] if more > 0 else []
    return f"- {link(sequel.page.meta.title, url(sequel.page))}: {words('new', items='; '.join(new))}."


def _correction(mended: Mended, *, words: Words, url: Callable[[Article], str]) -> str:
    note = escape(mended.note)
    return f"- {link(mended.page.meta.title, url(mended.page))}: {words('withdrawn', reason=note) if mended.withdrawn else note}"


def _outcome(outcome: Outcome, *, words: Words, url: Callable[[Article], str]) -> str:
    watch = outcome.watch
    note = f" {escape(watch.note)}" if watch.note else ""
    said = f"{escape(watch.claim)} ({words('expected', date=words.date(watch.by))}): {words.outcome(watch.outcome)}.{note}"
    return f"- {link(outcome.page.meta.title, url(outcome.page))}: {said}"


def headline_of(pages: Sequence[Article], place: int, *, limit: int) -> str:
    """The title of the story at `place`, cut at a word to at most `limit` characters; '' where there is none."""
    title = clean(pages[place].meta.title) if place < len(pages) else ""
    if len(title) <= limit:
        return title
    return title[: limit - 1].rsplit(" ", 1)[0].rstrip(" ,;:.–—-") + " …"
