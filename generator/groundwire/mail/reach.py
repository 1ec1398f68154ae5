"""One request to an address of our own, as a mailbox or a reader makes it: no redirect followed, no cookie, no key."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import httpx2

TIMEOUT_S = 20.0


@dataclass(frozen=True)
class Reached:
    """What answered. `trouble` says why nothing did, '' where something did."""

    status: int = 0
    body: str = ""
    location: str = ""
    trouble: str = ""


Reach = Callable[[str, str], Reached]


def reach(method: str, url: str) -> Reached:
    """Send a GET, or the one-click POST of RFC 8058, and return the answer; a failure is an answer with `trouble`."""
    data = {"List-Unsubscribe": "One-Click"} if method == "POST" else None
    try:
        with httpx2.Client(timeout=TIMEOUT_S) as client:
            response = client.request(method, url, data=data)
    except (httpx2.HTTPError, httpx2.InvalidURL) as error:
        return Reached(trouble=f"{type(error).__name__}: {error}")
    return Reached(response.status_code, response.text[:500_000], response.headers.get("location", ""))
