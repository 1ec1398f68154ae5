"""What would make a letter fail its readers: found before anybody gets it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html.parser import HTMLParser

from generator.errors import Problem
from generator.mail.letter import MAX_HTML, Letter
from generator.mail.plain import WIDTH

MAX_STYLE = 16 * 1024  # Gmail drops a longer <style>
_FORBIDDEN = frozenset("img picture video audio iframe object embed script form input link base svg".split())


def lint(letter: Letter) -> tuple[Problem, ...]:
    """Everything that is wrong with a letter, as problems of its issue's file."""
    page = _Page()
    page.feed(letter.html)
    page.close()
    file = f"content/issues/{letter.issue}.md"
    return tuple(Problem(file, message) for message in [*_html(letter, page), *_links(letter, page), *_text(letter, page)])


def _html(letter: Letter, page: _Page) -> Iterator[str]:
    size = len(letter.html.encode("utf-8"))
    if size > MAX_HTML:
        yield f"the HTML has {size / 1024:.0f} KiB; Gmail cuts mails off above {MAX_HTML // 1024}"
    if page.style > MAX_STYLE:
        yield f"its <style> has {page.style} bytes; Gmail drops one above {MAX_STYLE}"
    if page.tags.count("h1") != 1:
        yield f"it has {page.tags.count('h1')} headings of the first level instead of one"
    if not page.language:
        yield "its <html> names no language"
    if unwanted := _FORBIDDEN & set(page.tags):
        yield f"it has <{'>, <'.join(sorted(unwanted))}>, which a mail of ours never carries"
    if not letter.preheader:
        yield "it has no preheader: what an inbox shows after the subject"


def _links(letter: Letter, page: _Page) -> Iterator[str]:
    for url, label in page.links:
        if not re.match(r"https?://[^/]|mailto:.", url):
            yield f"the link {label!r} leads to {url!r}, which is no whole address"
        if not label.strip():
            yield f"the link to {url} has no text"
    if letter.token not in dict(page.links):
        yield "it has no link to unsubscribe"


def _text(letter: Letter, page: _Page) -> Iterator[str]:
    if letter.token not in letter.text:
        yield "its text part has no address to unsubscribe"
    for url, label in page.links:
        if url.startswith("http") and url not in letter.text:
            yield f"its text part lacks the address of {label!r}"
    for line in letter.text.splitlines():
        if len(line) > WIDTH and len(line.split()) > 2:
            yield f"a line of its text part has {len(line)} characters: {line[:40]} …"


class _Page(HTMLParser):
    """What of a letter is judged."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[str] = []
        self.links: list[tuple[str, str]] = []
        self.style = 0
        self.language = ""
        self._inside = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        if tag == "html":
            self.language = dict(attrs).get("lang") or ""
        if tag == "a":
            self.links.append((dict(attrs).get("href") or "", ""))
        if tag in ("a", "style"):
            self._inside = tag

    def handle_endtag(self, tag: str) -> None:
        self._inside = "" if tag == self._inside else self._inside

    def handle_data(self, data: str) -> None:
        if self._inside == "style":
            self.style += len(data.encode("utf-8"))
        elif self._inside == "a":
            url, label = self.links[-1]
            self.links[-1] = (url, label + data)
