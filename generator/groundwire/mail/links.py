"""Before any mail goes: every page of our own that the letter links to must be there, and be that page.

A site that is still being deployed answers 404, or the page of yesterday; some hosts answer 200 to everything. So the page
must name its own address (`<link rel="canonical">`), and the issue's page must link to every story of the letter.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from groundwire.errors import Refused
from groundwire.mail.letter import Letter
from groundwire.ports import Tell

_HREF = re.compile(r'\bhref="([^"]+)"')
_CANONICAL = re.compile(r'<link\b(?=[^>]*\brel="?canonical\b)[^>]*\bhref="?([^">\s]+)', re.IGNORECASE)
PAUSE_S = 20.0  # between two looks at a site that is not there yet


@dataclass(frozen=True)
class Answer:
    """What an address gives: `trouble` says why it is no page, '' where it is one."""

    body: str = ""
    trouble: str = ""


Fetch = Callable[[str], Answer]


@dataclass(frozen=True)
class Site:
    """The published site: where it is, which old addresses lead to which pages (below it), and how to get a page."""

    url: str
    aliases: Mapping[str, str]
    fetch: Fetch


def own_links(letter: Letter, *, site: str) -> tuple[str, ...]:
    """List the pages of our own that the letter links to, the issue's first, without fragments."""
    found = [html.unescape(url).split("#")[0] for url in _HREF.findall(letter.html)]
    return tuple(dict.fromkeys([letter.web_url, *(url for url in found if url.startswith(site))]))


def missing_pages(letter: Letter, site: Site) -> list[str]:
    """Report what is wrong with the published pages, a line for each; empty if the letter may go."""
    links = own_links(letter, site=site.url)
    troubles = []
    for url in links:
        answer = site.fetch(url)
        trouble = answer.trouble or _not_it(url, answer.body, site)
        if not trouble and url == letter.web_url:
            trouble = _stale(answer.body, links, site.url)
        troubles += [f"{url}: {trouble}"] if trouble else []
    return troubles


def await_pages(
    letter: Letter, site: Site, *, minutes: float, ticks: Callable[[], float], sleep: Callable[[float], object], tell: Tell
) -> None:
    """Wait until all pages are there. Raises Refused after so many minutes, naming those that are not."""
    end = ticks() + minutes * 60
    while troubles := missing_pages(letter, site):
        if ticks() >= end:
            shown = "\n".join(f"  {line}" for line in troubles[:10])
            raise Refused(
                f"{letter.issue}: nobody was mailed, because after {minutes:g} minutes the site lacks pages it links to:\n{shown}"
            )
        tell(f"{letter.issue}: waiting for the site: {troubles[0]}")
        sleep(min(PAUSE_S, max(0.0, end - ticks())))


def _not_it(url: str, body: str, site: Site) -> str:
    found = _CANONICAL.search(body)
    named = html.unescape(found.group(1)) if found else ""
    path = url.removeprefix(site.url)
    wanted = {url, site.url + site.aliases.get(path, path)}
    if named in wanted or not urlsplit(url).path.endswith("/"):  # a file (a feed, a picture) names no address
        return ""
    return f"answers with the page {named}" if named else "answers, but not with this page"


def _stale(body: str, links: tuple[str, ...], site: str) -> str:
    stories = [path for url in links if (path := url.removeprefix(site)).startswith("articles/")]
    lacking = [path for path in stories if path not in html.unescape(body)]
    return f"is not up to date: it lacks {lacking[0]}" if lacking else ""
