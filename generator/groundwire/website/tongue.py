"""`lang` on what stands on a page in its source's language: the excerpt, and each quotation by its footnote (WCAG 2.2, 3.1.2)."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from groundwire.publication.frontmatter import SourceMeta
from groundwire.text.escape import safe_url
from groundwire.text.plain import unescape

_NOTE = re.compile(r'<li id="fn:(?P<number>[^"]+)">\s*<p>(?P<text>.*?)</p>', re.DOTALL)
_LINK = re.compile(r'href="(?P<url>[^"]+)"')
_QUOTED = re.compile(r'(?P<quote>[“„][^<]{0,2000}[”“])(?=\s*<sup id="fnref\d*:(?P<number>[^"]+)">)')
_EXCERPT = re.compile(r"<blockquote>\s*<p>(?P<text>.*?)</p>", re.DOTALL)
_TAG = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*")


def with_languages(body: str, sources: Sequence[SourceMeta], *, language: str) -> str:
    """Add `lang` to a rendered body wherever a source's language is not the page's."""
    foreign = {safe_url(s.url): s.language for s in sources if s.language and foreign_to(s.language, language)}
    if not foreign:
        return body
    first = sources[0].language
    if first and foreign_to(first, language):
        body = _EXCERPT.sub(lambda m: f'<blockquote>\n<p lang="{first}">{m["text"]}</p>', body, count=1)
    return _quotations(body, _of_notes(body, foreign))


def foreign_to(language: str, own: str) -> bool:
    """Say whether text in `language` must be marked on a page in `own`: `de-AT` on a German page need not be."""
    return bool(_TAG.fullmatch(language)) and language.split("-")[0].lower() != own.split("-")[0].lower()


def _of_notes(body: str, foreign: Mapping[str, str | None]) -> dict[str, str]:
    """Return the language of each footnote's source, by the footnote's number."""
    found = {}
    for note in _NOTE.finditer(body):
        link = _LINK.search(note["text"])
        language = foreign.get(re.split(r"#?:~:", unescape(link["url"]))[0]) if link else None
        if language:
            found[note["number"]] = language
    return found


def _quotations(body: str, languages: Mapping[str, str]) -> str:
    def mark(match: re.Match[str]) -> str:
        language = languages.get(match["number"])
        return f'<span lang="{language}">{match["quote"]}</span>' if language else match["quote"]

    return _QUOTED.sub(mark, body)
