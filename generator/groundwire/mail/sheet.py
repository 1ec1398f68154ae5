"""A letter's sheet: what its two templates fill in, how they are filled, and how much of it fits."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache

import css_inline
from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template, select_autoescape
from markupsafe import Markup

from groundwire import resources
from groundwire.mail.content import Section
from groundwire.mail.plain import plain, wrap
from groundwire.publication.content import Issue
from groundwire.publication.wording import Words
from groundwire.settings import Settings
from groundwire.text.colour import DEFAULT, ink, readable
from groundwire.text.plain import clean, words

WORDS_A_MINUTE = 230
_DARK_DEFAULT = "#f19a90"
_PAPER, _DARK_PAPER = ("#fdfcf9", "#f1ede4"), ("#17191d", "#0e0f12")


@dataclass(frozen=True)
class Sheet:
    """What the templates fill in. `online`: stories that only the website shows."""

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
        """How many stories it carries."""
        return sum(item[0].tag == "h3" for section in self.sections for item in section.items)

    @property
    def web_url(self) -> str:
        """The issue's own page."""
        return self.settings.url + self.issue.url

    def first(self, count: int) -> Sheet:
        """Keep the first `count` stories and what belongs to no story; the other stories are online only."""
        left, sections = count, []
        for section in self.sections:
            kept = []
            for item in section.items:
                if item[0].tag != "h3" or left > 0:
                    kept.append(item)
                left -= item[0].tag == "h3"
            sections += [replace(section, items=tuple(kept))] if kept else []
        return replace(self, sections=tuple(sections), online=self.online + self.items - count)


def fitted(sheet: Sheet, max_html: int) -> tuple[Sheet, str]:
    """Cut the sheet to as many stories as fit into `max_html` bytes, but at least one; return it and its HTML."""
    html = as_html(sheet)
    if _size(html) <= max_html or sheet.items < 2:
        return sheet, html
    low, high = 1, sheet.items - 1
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if _size(as_html(sheet.first(middle))) <= max_html else (low, middle - 1)
    return sheet.first(low), as_html(sheet.first(low))


def as_html(sheet: Sheet) -> str:
    """Write the HTML part, with styles on its elements."""
    return _inliner().inline(_template("issue.html.j2").render(_values(sheet)))


def as_text(sheet: Sheet) -> str:
    """Write the text part."""
    return _template("issue.txt.j2").render(_values(sheet)).strip() + "\n"


def _values(sheet: Sheet) -> dict[str, object]:
    settings, meta = sheet.settings, sheet.issue.meta
    read = sum(len(words(node.text)) for section in sheet.sections for item in section.items for node in item)
    light, dark = _colours(settings.site.colour)
    return {
        "settings": settings,
        "publisher": settings.publisher,
        "t": sheet.words,
        "subject": sheet.subject,
        "preheader": sheet.preheader,
        "title": clean(meta.title) or meta.id,
        "date": sheet.words.date(meta.date),
        "sections": sheet.sections,
        "stories": sheet.items + sheet.online,
        "minutes": max(1, round(read / WORDS_A_MINUTE)),
        "online": sheet.online,
        "web_url": sheet.web_url,
        "unsubscribe": sheet.token,
        "direction": sheet.words.direction,
        "light": light,
        "on_light": ink(light),
        "dark": dark,
        "on_dark": ink(dark),
    }


def _colours(owner: str | None) -> tuple[str, str]:
    """Return the colours of links and marks, by day and by night: ours, or the owner's made readable."""
    if not owner:
        return DEFAULT, _DARK_DEFAULT
    return readable(owner, on=_PAPER, towards="#000000"), readable(owner, on=_DARK_PAPER, towards="#ffffff")


def _size(html: str) -> int:
    return len(html.encode("utf-8"))


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
    # Short parts of a line stay whole; a title that a person wrote may be long and breaks.
    environment.filters["whole"] = lambda text: text.replace(" ", "\N{NO-BREAK SPACE}") if len(text) <= 24 else text
    environment.filters["lines"] = lambda text, first="", rest=None: "\n".join(wrap(text, first, rest))
    return environment.get_template(name)
