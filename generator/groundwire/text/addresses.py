"""Web addresses as identities: the canonical form in which two links to one article are equal."""

from __future__ import annotations

import re
from urllib.parse import SplitResult, parse_qsl, urlencode, urlsplit, urlunsplit

# Parameters that say where a reader came from, not what the page is.
_TRACKING = re.compile(
    r"^(utm_\w+|fbclid|gclid|dclid|msclkid|yclid|igshid|mc_[ce]id|_hs\w+|mkt_tok|cmpid|cmp|ncid|ocid|sh|smid|src|ref|ref_src|referrer"
    r"|source|feature|rss|from|partner|ftag|xtor|wt_mc|wt\.mc_id|at_\w+|vero_\w+|trk|__twitter_impression|guccounter|amp)$",
    re.IGNORECASE,
)


LONGEST = 10_000  # characters of an address; urlsplit takes the square of the time for some


def split(url: str) -> SplitResult | None:
    """Return the parts of an address, with a port that is a number; None where it is none, or longer than any."""
    try:
        parts = urlsplit(url) if len(url) <= LONGEST else None
        _ = parts and parts.port
    except ValueError:
        return None
    return parts


def canonical(url: str) -> str:
    """Return the address without what does not name the article, '' where it is no web address.

    That is: the scheme, `www.`, tracking, the fragment, a closing slash.
    """
    parts = split(url.strip())
    if parts is None:
        return ""
    host, port = (parts.hostname or "").rstrip("."), parts.port
    if parts.scheme.lower() not in ("http", "https") or not host:
        return ""
    host = host.removeprefix("www.") + (f":{port}" if port and port not in (80, 443) else "")
    path = re.sub(r"/(?:index\.(?:html?|php)|amp)?$", "", re.sub(r"/{2,}", "/", parts.path or "/")) or "/"
    query = urlencode(
        sorted((k, v) for k, v in parse_qsl(parts.query, keep_blank_values=True) if not _TRACKING.match(k)), errors="replace"
    )
    return urlunsplit(("https", host, path, query, ""))


def host(url: str) -> str:
    """Return the host of an address without `www.`, '' where there is none."""
    parts = split(url)
    return (parts.hostname or "").removeprefix("www.") if parts else ""
