"""Web addresses as identities: the canonical form in which two links to one article are equal."""

from __future__ import annotations

import re
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

# Parameters that say where a reader came from, not what the page is.
_TRACKING = re.compile(
    r"^(utm_\w+|fbclid|gclid|dclid|msclkid|yclid|igshid|mc_[ce]id|_hs\w+|mkt_tok|cmpid|cmp|ncid|ocid|sh|smid|src|ref|ref_src|referrer"
    r"|source|feature|rss|from|partner|ftag|xtor|wt_mc|wt\.mc_id|at_\w+|vero_\w+|trk|__twitter_impression|guccounter|amp)$",
    re.IGNORECASE,
)


def canonical(url: str) -> str:
    """The address without what does not name the article: scheme, `www.`, tracking, fragment, a closing slash. '' if none."""
    try:
        parts = urlsplit(url.strip())
        host, port = (parts.hostname or "").rstrip("."), parts.port
    except ValueError:
        return ""
    if parts.scheme.lower() not in ("http", "https") or not host:
        return ""
    host = host.removeprefix("www.") + (f":{port}" if port and port not in (80, 443) else "")
    path = re.sub(r"/(?:index\.(?:html?|php)|amp)?$", "", re.sub(r"/{2,}", "/", parts.path or "/")) or "/"
    query = urlencode(sorted((k, v) for k, v in parse_qsl(parts.query, keep_blank_values=True) if not _TRACKING.match(k)))
    return urlunsplit(("https", host, path, query, ""))


def host(url: str) -> str:
    """The host of an address without `www.`, '' where there is none."""
    try:
        return (urlsplit(url).hostname or "").removeprefix("www.")
    except ValueError:
        return ""
