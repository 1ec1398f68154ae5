"""An issue's body: Markdown that people edit, a website shows and the email is made from.

A few attributes tell the email what is what: `{: .by }` under a story's line of sources, and on headings `{: .lead }`,
`{: .corrections }` (which may name withdrawn stories) and `{: .online }` (what only the website lists). All else is plain Markdown. Text of others goes through
`record.escape`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence

from groundwire.issues.choose import Contents, Mended, Outcome, Sequel
from groundwire.issues.opening import opening, signed
from groundwire.model import Opening
from groundwire.publication.authorship import author_line, authorship
from groundwire.publication.categories import UNCATEGORISED, Category
from groundwire.publication.content import Article
from groundwire.publication.wording import Words
from groundwire.settings import Settings
from groundwire.text.escape import escape, link
from groundwire.text.plain import clean, normal_title, sentences

OUTLETS = 4  # named under a story; the others are on its page
SENTENCES = 2
SEQUELS = 3  # headlines of one continuing story


def issue_body(
    contents: Contents, *, settings: Settings, categories: Mapping[str, Category], words: Words, written: Opening | None = None
) -> str:
    """Write the whole body, its parts in the order of reading.

    `written`: a model's opening, used in place of the rule-based one.
    """

    def url(page: Article) -> str:
        return settings.url + page.url

    lead, *rest = contents.stories
    parts = [signed(written, words) if written else opening(contents, settings=settings, words=words)]
    parts += [f"## {words('lead')} {{: .lead }}", _item(lead, url=url, words=words)]
    for name, pages in by_category(rest, categories):
        parts += [f"## {escape(name)}", *(_item(page, url=url, words=words) for page in pages)]
    for heading, lines in _rest(contents, words=words, url=url):
        parts += [f"## {heading}", "\n".join(lines)] if lines else []
    return "\n\n".join(parts) + "\n"


def by_category(pages: Iterable[Article], categories: Mapping[str, Category]) -> list[tuple[str, list[Article]]]:
    """Group pages under their category's name, in the categories' order; a category without a file comes before the last."""
    found: dict[str, list[Article]] = {}
    for page in pages:
        found.setdefault(page.meta.category, []).append(page)
    order = {key: place for place, key in enumerate(key for key in categories if key != UNCATEGORISED)}
    keys = sorted(found, key=lambda key: (key == UNCATEGORISED, order.get(key, len(order)), key))
    return [(categories[key].name if key in categories else key.replace("-", " ").capitalize(), found[key]) for key in keys]


def _item(page: Article, *, url: Callable[[Article], str], words: Words) -> str:
    """Write one story: its headline with a link to its page, one or two sentences, its sources and who wrote it."""
    lang = _lang(page)
    headline = f"### {link(page.meta.title, url(page))}" + (f" {lang}" if lang else "")
    text = escape(" ".join(sentences(page.meta.description)[:SENTENCES])) + (f"\n{lang}" if lang else "")
    repeated = normal_title(page.meta.description) == normal_title(page.meta.title)
    return "\n\n".join([headline, *([] if repeated else [text]), f"{_by(page, words)}\n{{: .by }}"])


def _lang(page: Article) -> str:
    """Return the attribute for text in a story's own language; '' if the story names none."""
    tag = page.meta.language or ""
    return f"{{: lang={tag} }}" if re.fullmatch(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*", tag) else ""


def _linked(page: Article, url: Callable[[Article], str]) -> str:
    """Write a story's headline as a link to its page, for use within a line."""
    return link(page.meta.title, url(page)) + _lang(page)


def _by(page: Article, words: Words) -> str:
    outlets = {clean(source.feed): source.url for source in reversed(page.meta.sources)}
    named = [link(name, outlets[name]) for name in reversed(outlets)]
    shown = named if len(named) <= OUTLETS + 1 else [*named[:OUTLETS], words.count("further_sources", len(named) - OUTLETS)]
    return " · ".join(part for part in (words.listing(shown), escape(author_line(authorship(page), words))) if part)


def _rest(contents: Contents, *, words: Words, url: Callable[[Article], str]) -> list[tuple[str, list[str]]]:
    """Write the sections that are lists: what goes on, what was wrong, what came due, what only the website has."""
    online = [f"- {_linked(page, url)}" for page in contents.online]
    return [
        (words("continuing"), [_sequel(sequel, words=words, url=url) for sequel in contents.continuing]),
        (
            f"{words('corrections')} {{: .corrections }}",
            [correction_line(mended, words=words, url=url) for mended in contents.corrections],
        ),
        (words("watch"), [_outcome(outcome, words=words, url=url) for outcome in contents.outcomes]),
        (f"{words('online', n=len(online))} {{: .online }}", online),
    ]


def _sequel(sequel: Sequel, *, words: Words, url: Callable[[Article], str]) -> str:
    new = [f"{link(s.title, s.url)} ({escape(s.feed)})" if s.title else link(s.feed, s.url) for s in sequel.sources[:SEQUELS]]
    more = len(sequel.sources) - SEQUELS
    new += [words("further", n=more)] if more > 0 else []
    return f"- {_linked(sequel.page, url)}. {words('new', items='; '.join(new))}"


def correction_line(mended: Mended, *, words: Words, url: Callable[[Article], str]) -> str:
    """Write what was wrong in a story, or why it was withdrawn, as an entry of a list."""
    note = escape(mended.note)
    return f"- {_linked(mended.page, url)}: {words('withdrawn', reason=note) if mended.withdrawn else note}"


def _outcome(outcome: Outcome, *, words: Words, url: Callable[[Article], str]) -> str:
    watch = outcome.watch
    said = f"**{words.outcome(watch.outcome)}:** {escape(watch.claim)} ({words('expected', date=words.date(watch.by))})."
    note = f" {escape(watch.note)}" if watch.note else ""
    return f"- {said}{note} {_linked(outcome.page, url)}"


def headline_of(pages: Sequence[Article], place: int, *, limit: int) -> str:
    """Return the title of the story at `place`, cut to `limit` characters; '' if there is no such story."""
    return cut(clean(pages[place].meta.title), limit=limit) if place < len(pages) else ""


def cut(text: str, *, limit: int) -> str:
    """Shorten a text to at most `limit` characters, cutting at a word."""
    if len(text) <= limit:
        return text
    return text[: limit - 1].rsplit(" ", 1)[0].rstrip(" ,;:.–—-") + " …"
