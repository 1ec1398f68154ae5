"""The owner's block list applied to addresses: what matches is not even asked, at no hop."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlsplit

from generator.record.urls import host
from generator.settings import Block


def refuser(block: Block) -> Callable[[str], str]:
    """A function that gives the reason why an address is not to be fetched, '' if nothing speaks against it."""
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


def _bare(url: str) -> str:
    """An address without scheme and `www.`: http and https are one publisher's."""
    try:
        parts = urlsplit(url)
        return (parts.netloc.lower().removeprefix("www.") + parts.path) + (f"?{parts.query}" if parts.query else "")
    except ValueError:
        return url
