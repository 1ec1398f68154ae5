"""The owner's block list: what matches it is not asked for, at no hop, not analysed, not mailed."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from groundwire.publication.categories import phrases
from groundwire.publication.content import Article
from groundwire.settings import Block
from groundwire.text.addresses import host, split


def refuser(block: Block) -> Callable[[str], str]:
    """Make a function that says why an address is not to be fetched, '' if nothing speaks against it."""
    domains = [domain.lower().strip(".").removeprefix("www.") for domain in block.domains]
    starts = [_bare(url) for url in block.urls]

    def refuse(url: str) -> str:
        name, bare = host(url), _bare(url)
        for domain in domains:
            if name == domain or name.endswith("." + domain):
                return f"{domain} is blocked by newsletter.yml"
        for start in starts:
            if bare.startswith(start):
                return f"{start} is blocked by newsletter.yml"
        return ""

    return refuse


def blocker(block: Block) -> Callable[[str, str], str]:
    """Make a function of (address, text) that says why an article is not wanted, '' if nothing speaks against it."""
    refuse, pattern = refuser(block), phrases(block.keywords)

    def unwanted(url: str, text: str) -> str:
        hit = pattern.search(text) if pattern else None
        return refuse(url) or (f"the word {hit.group()!r} is blocked by newsletter.yml" if hit else "")

    return unwanted


def blocked_pages(pages: Iterable[Article], block: Block) -> dict[str, str]:
    """Find published pages that the list matches, by id, with the reason."""
    unwanted = blocker(block)
    found = {}
    for page in pages:
        reasons = [why for source in page.meta.sources if (why := unwanted(source.url, source.title))]
        reasons += [why for why in [unwanted("", f"{page.meta.title} {page.meta.description}")] if why]
        if reasons and page.meta.listed:
            found[page.meta.id] = reasons[0]
    return found


def _bare(url: str) -> str:
    """Return an address without scheme and `www.`: http and https are one publisher's."""
    parts = split(url)
    if parts is None:
        return url
    return (parts.netloc.lower().removeprefix("www.") + parts.path) + (f"?{parts.query}" if parts.query else "")
