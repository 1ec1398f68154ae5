"""What would make a letter fail its readers: found before anybody gets it. Errors must be mended; warnings are for a person to weigh."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from html.parser import HTMLParser

from groundwire.errors import Level, Problem
from groundwire.mail import wording
from groundwire.mail.clients import judge
from groundwire.mail.letter import MAX_HTML, Letter
from groundwire.mail.plain import WIDTH
from groundwire.publication.content import Issue

MAX_STYLE = 16 * 1024  # Gmail drops a longer <style>
_FORBIDDEN = frozenset("img picture video audio iframe object embed script form input link base svg".split())
_PICTURE = re.compile(r"!\[([^\]]*)\]")


def lint(letter: Letter, page: Issue | None = None) -> tuple[Problem, ...]:
    """Report everything that is wrong with a letter, as problems of its issue's file; `page` gives their lines."""
    shown = LetterPage(letter.html)
    links = [(url, label) for url, label in shown.links if url != letter.token]
    errors = [*_html(letter, shown), *_clients(letter), *_links(letter, shown), *_text(letter, shown)]
    warnings = [
        *_headings(shown),
        *wording.of_subject(letter.subject, letter.preheader),
        *wording.of_text(letter.text),
        *wording.of_links(links),
    ]
    found = [*_told(errors, letter, page), *_told(warnings, letter, page, level="warning")]
    return (*found, *(_pictures(page) if page else ()))


def _told(messages: Iterable[str], letter: Letter, page: Issue | None, *, level: Level = "error") -> Iterator[Problem]:
    for message in messages:
        line = _line(message, page) if page else 0
        yield Problem(f"content/issues/{letter.issue}.md", message, line, 1 if line else 0, level=level)


def _line(message: str, page: Issue) -> int:
    """Find the line of the file that a message is about: where what it quotes stands. 0 if there is none."""
    if message.startswith(("the subject", "the preheader")):
        return next((n for n, row in enumerate(page.text.splitlines(), 1) if row.startswith(message.split()[1] + ":")), 0)
    for quoted in re.findall(r"https?://\S+|“(.+?)”|'(.+?)'", message):
        text = next(filter(None, quoted), "") if isinstance(quoted, tuple) else quoted
        found = next((n for n, row in enumerate(page.text.splitlines(), 1) if text and text in row), 0)
        if found:
            return found
    return 0


def _html(letter: Letter, page: LetterPage) -> Iterator[str]:
    size = len(letter.html.encode("utf-8"))
    if size > MAX_HTML:
        yield f"the HTML has {size / 1024:.0f} KiB; Gmail cuts mails off above {MAX_HTML // 1024}"
    if page.style > MAX_STYLE:
        yield f"its <style> has {page.style} bytes; Gmail drops one above {MAX_STYLE}"
    if (ones := sum(1 for level, _ in page.headings if level == 1)) != 1:
        yield f"it has {ones} headings of the first level instead of one"
    yield from (f"a heading of level {level} has no text" for level, text in page.headings if not text.strip())
    if not page.language:
        yield "its <html> names no language"
    if unwanted := _FORBIDDEN & set(page.tags):
        yield f"it has <{'>, <'.join(sorted(unwanted))}>, which a mail of ours never carries"
    if not letter.preheader:
        yield "it has no preheader: what an inbox shows after the subject"


def _headings(page: LetterPage) -> Iterator[str]:
    for (before, _), (level, text) in zip(page.headings, page.headings[1:], strict=False):
        if level > before + 1:
            yield f"the heading “{text.strip()}” is of level {level}, below one of level {before}"


def _clients(letter: Letter) -> Iterator[str]:
    for one in judge(letter.html).unsupported:
        yield f"it uses {one.title}, which {', '.join(one.clients)} {'does' if len(one.clients) == 1 else 'do'} not support"


def _links(letter: Letter, page: LetterPage) -> Iterator[str]:
    for url, label in page.links:
        if not re.match(r"https?://[^/]|mailto:.", url):
            yield f"the link {label!r} leads to {url!r}, which is no whole address"
        if not label.strip():
            yield f"the link to {url} has no text"
    if letter.token not in dict(page.links):
        yield "it has no link to unsubscribe"


def _text(letter: Letter, page: LetterPage) -> Iterator[str]:
    if letter.token not in letter.text:
        yield "its text part has no address to unsubscribe"
    for url, label in page.links:
        if url.startswith("http") and url not in letter.text:
            yield f"its text part lacks the address of {label!r}"
    for line in letter.text.splitlines():
        if len(line) > WIDTH and len(line.split()) > 2:
            yield f"a line of its text part has {len(line)} characters: {line[:40]} …"


def _pictures(page: Issue) -> Iterator[Problem]:
    """Report pictures that people put into the file: the mail shows their alternative text instead."""
    for number, row in enumerate(page.text.splitlines(), 1):
        for found in _PICTURE.finditer(row):
            if not found[1].strip():
                message = "a picture without alternative text; the mail carries no pictures, so nothing would be left of it"
                example = "![What the picture shows](picture.png)"
                yield Problem(f"content/{page.path}", message, number, found.start() + 1, example=example)


class LetterPage(HTMLParser):
    """What of a letter's HTML is judged. `links` are (address, text), `headings` (level, text)."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[str] = []
        self.links: list[tuple[str, str]] = []
        self.headings: list[tuple[int, str]] = []
        self.style = 0
        self.language = ""
        self._link = self._heading = self._style = False
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note the element; begin a link, a heading or a style sheet."""
        self.tags.append(tag)
        if tag == "html":
            self.language = dict(attrs).get("lang") or ""
        if tag == "a":
            self.links.append((dict(attrs).get("href") or "", ""))
            self._link = True
        if re.fullmatch(r"h[1-6]", tag):
            self.headings.append((int(tag[1]), ""))
            self._heading = True
        self._style = tag == "style"

    def handle_endtag(self, tag: str) -> None:
        """End the link, the heading or the style sheet."""
        self._link = self._link and tag != "a"
        self._heading = self._heading and not re.fullmatch(r"h[1-6]", tag)
        self._style = False

    def handle_data(self, data: str) -> None:
        """Count the bytes of style sheets; add the text to the link and the heading that it stands in."""
        if self._style:
            self.style += len(data.encode("utf-8"))
        if self._link:
            self.links[-1] = (self.links[-1][0], self.links[-1][1] + data)
        if self._heading:
            self.headings[-1] = (self.headings[-1][0], self.headings[-1][1] + data)
