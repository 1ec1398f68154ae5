"""An issue as a letter: subject, preheader, HTML and text, the same for every subscriber but for one address.

Where that address (to unsubscribe) comes stands `Letter.token`, which no text of the issue can contain: it is a digest of
them all.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from urllib.parse import urlsplit

from groundwire.errors import Refused
from groundwire.mail.content import Gone, Section, read_body, without
from groundwire.mail.sheet import Sheet, as_text, fitted
from groundwire.publication.content import Article, Issue
from groundwire.publication.wording import words_of
from groundwire.settings import Settings
from groundwire.text.plain import clean, digest

MAX_HTML = 90 * 1024  # bytes; Gmail cuts a mail off at 102 KB and hides the unsubscribe link with the rest


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


def compose_letter(page: Issue, *, articles: Sequence[Article], settings: Settings, max_html: int = MAX_HTML) -> Letter:
    """Compose an issue's letter from its file and the stories' pages as they are now.

    Raises Refused if no story is left.

    Stories that are held, withdrawn or gone leave it; what does not fit `max_html` bytes is read on the web.
    """
    sections = read_body(page.body, site=settings.url, path=page.path)
    gone = _gone(articles, settings)
    sections, taken = without(sections, gone)
    if taken and page.pristine:
        sections = _without_opening(sections)
    subject, preheader = _headlines(page, sections, gone, settings)
    listed = [section for section in sections if section.kind == "online"]
    sheet = Sheet(
        settings=settings,
        words=words_of(settings.language, "letter", zone=settings.zone),
        issue=page,
        subject=subject,
        preheader=preheader,
        sections=tuple(section for section in sections if section.kind != "online"),
        online=sum(1 for section in listed for item in section.items for node in item for _ in node.each("li")),
        token=f"https://{digest(page.text, page.body, subject, length=32)}.invalid/",
    )
    if not sheet.items and not (page.meta.corrects and sheet.sections):
        raise Refused(f"content/{page.path} has no story that can be mailed: all are held, withdrawn or taken out")
    return _letter(*fitted(sheet, max_html))


def _letter(sheet: Sheet, html: str) -> Letter:
    settings = sheet.settings
    host = urlsplit(settings.url).hostname or "localhost"
    return Letter(
        issue=sheet.issue.meta.id,
        subject=sheet.subject,
        preheader=sheet.preheader,
        html=html,
        text=as_text(sheet),
        token=sheet.token,
        date=sheet.issue.meta.date,
        language=settings.language,
        web_url=sheet.web_url,
        list_id=".".join([*reversed([part for part in urlsplit(settings.url).path.split("/") if part]), host]),
        sender_name=clean(settings.title),
        sender=settings.email.sender or settings.publisher.email or f"newsletter@{host}",
        reply_to=settings.email.reply_to,
        items=sheet.items,
        online=sheet.online,
    )


def _without_opening(sections: Sequence[Section]) -> tuple[Section, ...]:
    """Remove the machine's own opening: it counts stories that are not there any more."""
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
    """Return subject and preheader as written, unless they name a story that is gone: then the first stories that are left."""
    titles = [clean(item[0].text) for section in sections for item in section.items if item[0].tag == "h3"]
    subject, preheader = clean(page.meta.subject), clean(page.meta.preheader)
    renamed = gone.named(subject)
    if renamed:
        subject = titles[0] if titles else clean(settings.title)
    if gone.named(preheader) or (renamed and subject in preheader):
        preheader = " · ".join(titles[1:3])
    return _cut(subject or clean(settings.title), 200), _cut(preheader or clean(settings.description), 200)


def _cut(text: str, limit: int) -> str:
    return text if len(text) <= limit else text[: limit - 2].rsplit(" ", 1)[0] + " …"
