"""An issue as a letter: subject, preheader, HTML and text, the same for every subscriber but for one address.

Where that address (to unsubscribe) comes stands `Letter.token`, which no text of the issue can contain: it is a digest of
them all.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache
from urllib.parse import urlsplit

import css_inline
from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template, select_autoescape
from markupsafe import Markup

from generator import resources
from generator.errors import Refused
from generator.mail.content import Gone, Section, read_body, without
from generator.mail.plain import plain, wrap
from generator.record.store import Article, Issue
from generator.record.text import clean, digest, words
from generator.record.words import Words, words_of
from generator.settings import Settings

MAX_HTML = 90 * 1024  # bytes; Gmail cuts a mail off at 102 KB and hides the unsubscribe link with the rest
WORDS_A_MINUTE = 230
_RIGHT_TO_LEFT = frozenset({"ar", "fa", "he", "ur", "yi", "ps", "sd", "ug", "dv"})


@dataclass(frozen=True)
class Letter:
    """What is mailed. `html` and `text` hold `token` where a subscriber's own address to unsubscribe comes."""

    issue: str
    subject: str
    preheader: str
    html: str
    text: str
    token: str
    date: datetime
    language: str
    web_url: str
    list_id: str
    sender_name: str
    sender: str
    reply_to: str | None
    items: int
    online: int  # stories that only the website shows


@dataclass(frozen=True)
class _Sheet:
    """What the templates fill in."""

    settings: Settings
    words: Words
    issue: Issue
    subject: str
    preheader: str
    sections: tuple[Section, ...]
    online: int
    token: str

    @property
    def items(self) -> int:
        return sum(item[0].tag == "h3" for section in self.sections for item in section.items)


def compose_letter(page: Issue, *, articles: Sequence[Article], settings: Settings, max_html: int = MAX_HTML) -> Letter:
    """The letter of an issue as its file and the stories' pages stand now. Raises Refused where no story is left.

    Stories that are held, withdrawn or gone leave it; what does not fit `max_html` bytes is read on the web.
    """
    sections = read_body(page.body, site=settings.url, path=page.path)
    gone = _gone(articles, settings)
    sections, taken = without(sections, gone)
    if taken and page.pristine:
        sections = _without_opening(sections)
    subject, preheader = _headlines(page, sections, gone, settings)
    listed = [section for section in sections if section.kind == "online"]
    sheet = _Sheet(
        settings=settings,
        words=words_of(settings.language, "letter", zone=settings.zone),
        issue=page,
        subject=subject,
        preheader=preheader,
        sections=tuple(section for section in sections if section.kind != "online"),
        online=sum(1 for section in listed for item in section.items for node in item for _ in node.each("li")),
        token=f"https://{digest(page.text, page.body, subject, length=32)}.invalid/",
    )
    if not sheet.items:
        raise Refused(f"content/{page.path} has no story that can be mailed: all are held, withdrawn or taken out")
    fitted, html = _fit(sheet, max_html)
    return _letter(fitted, html)


def _letter(sheet: _Sheet, html: str) -> Letter:
    settings = sheet.settings
    host = urlsplit(settings.url).hostname or "localhost"
    return Letter(
        issue=sheet.issue.meta.id,
        subject=sheet.subject,
        preheader=sheet.preheader,
        html=html,
        text=_template("issue.txt.j2").render(_values(sheet)).strip() + "\n",
        token=sheet.token,
        date=sheet.issue.meta.date,
        language=settings.language,
        web_url=settings.url + sheet.issue.url,
        list_id=".".join([*reversed([part for part in urlsplit(settings.url).path.split("/") if part]), host]),
        sender_name=clean(settings.title),
        sender=settings.email.sender or settings.publisher.email or f"newsletter@{host}",
        reply_to=settings.email.reply_to,
        items=sheet.items,
        online=sheet.online,
    )


def _without_opening(sections: Sequence[Section]) -> tuple[Section, ...]:
    """Without the machine's own opening: it counts stories that are not there any more."""
    stories = (tuple(item for item in section.items if section.heading or item[0].tag == "h3") for section in sections)
    return tuple(replace(section, items=items) for section, items in zip(sections, stories, strict=True) if items)


def _gone(articles: Sequence[Article], settings: Settings) -> Gone:
    listed = [page for page in articles if page.meta.listed]
    known, tombs = (
        frozenset(settings.url + path for page in pages for path in (page.url, *page.meta.aliases))
        for pages in (listed, [page for page in articles if page.meta.withdrawn and page.meta.status != "draft"])
    )
    titles = {clean(page.meta.title) for page in articles if not page.meta.listed}
    return Gone(settings.url + "articles/", known, tombs, tuple(titles - {clean(page.meta.title) for page in listed}))


def _headlines(page: Issue, sections: Sequence[Section], gone: Gone, settings: Settings) -> tuple[str, str]:
    """Subject and preheader as written, unless they name a story that is gone: then the first that are left."""
    titles = [clean(item[0].text) for section in sections for item in section.items if item[0].tag == "h3"]
    subject, preheader = clean(page.meta.subject), clean(page.meta.preheader)
    if gone.named(subject):
        subject = titles[0] if titles else clean(settings.title)
    if gone.named(preheader) or preheader.endswith(f": {subject}"):
        preheader = words_of(settings.language, "letter", zone=settings.zone)("also", title=titles[1]) if len(titles) > 1 else ""
    return _cut(subject or clean(settings.title), 200), _cut(preheader or clean(settings.description), 200)


def _cut(text: str, limit: int) -> str:
    return text if len(text) <= limit else text[: limit - 2].rsplit(" ", 1)[0] + " …"


def _fit(sheet: _Sheet, max_html: int) -> tuple[_Sheet, str]:
    """The sheet with as many items as fit, and its HTML."""
    html = _html(sheet)
    if _size(html) <= max_html:
        return sheet, html
    low, high = 1, sheet.items - 1  # low always fits: one story, whatever its size, is sent
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if _size(_html(_first(sheet, middle))) <= max_html else (low, middle - 1)
    fitted = _first(sheet, low)
    return fitted, _html(fitted)


def _first(sheet: _Sheet, count: int) -> _Sheet:
    """The sheet with its first `count` stories and what belongs to no story; the others are online."""
    left, sections = count, []
    for section in sheet.sections:
        kept = []
        for item in section.items:
            if item[0].tag != "h3" or left > 0:
                kept.append(item)
            left -= item[0].tag == "h3"
        sections += [replace(section, items=tuple(kept))] if kept else []
    return replace(sheet, sections=tuple(sections), online=sheet.online + sheet.items - count)


def _size(html: str) -> int:
    return len(html.encode("utf-8"))


def _html(sheet: _Sheet) -> str:
    return _inliner().inline(_template("issue.html.j2").render(_values(sheet)))


def _values(sheet: _Sheet) -> dict[str, object]:
    settings, meta = sheet.settings, sheet.issue.meta
    read = sum(len(words(node.text)) for section in sheet.sections for item in section.items for node in item)
    return {
        "settings": settings,
        "publisher": settings.publisher,
        "t": sheet.words,
        "subject": sheet.subject,
        "preheader": sheet.preheader,
        "title": clean(meta.title) or meta.id,
        "sections": sheet.sections,
        "stories": sheet.items + sheet.online,
        "minutes": max(1, round(read / WORDS_A_MINUTE)),
        "online": sheet.online,
        "web_url": settings.url + sheet.issue.url,
        "unsubscribe": sheet.token,
        "direction": "rtl" if settings.language.split("-")[0].lower() in _RIGHT_TO_LEFT else "ltr",
    }


@cache
def _inliner() -> css_inline.CSSInliner:
    return css_inline.CSSInliner(load_remote_stylesheets=False, minify_css=True)


@cache
def _template(name: str) -> Template:
    environment = Environment(
        loader=FileSystemLoader(resources.email_templates()),
        autoescape=select_autoescape(["html.j2"]),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters["markup"] = lambda node: Markup(node.html)  # noqa: S704  # nh3 passed it, tree.py escaped it anew
    environment.filters["plain"] = plain
    environment.filters["lines"] = lambda text, first="", rest=None: "\n".join(wrap(text, first, rest))
    return environment.get_template(name)
