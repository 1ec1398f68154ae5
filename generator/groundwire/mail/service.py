"""Speaking with a mail service's API: the one file in mail/ that speaks HTTP. JSON both ways, no redirect followed.

Two kinds of failure, because they ask for different things: `Lost`, when it may have been done (no answer, or a server's
error), and `Declined`, when it was not. "Too many requests" (429) is neither: it waits as long as it is told to, and asks again.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

import httpx2

from groundwire.errors import Refused
from groundwire.ports import Clock

TIMEOUT_S = 30.0
LONGEST_WAIT_S = 300.0
WAITS = 6  # times that a 429 is waited out
GETS = 4  # times that a question is asked


class Lost(Refused):
    """No answer came, or one that leaves open whether it was done."""


class Declined(Refused):
    """The service says no. `status` is HTTP's."""

    def __init__(self, status: int, text: str) -> None:
        self.status = status
        super().__init__(text)


class Service:
    """One account at one service. `headers` carry the secret, which is in no message."""

    def __init__(
        self, name: str, url: str, headers: Mapping[str, str], *, sleep: Callable[[float], object], clock: Clock
    ) -> None:
        self.name = name
        self._url, self._headers = url.rstrip("/"), dict(headers)
        self._sleep, self._clock = sleep, clock

    def get(self, path: str, query: Mapping[str, Any] | None = None) -> Any:
        """Ask for what is there, again if no answer comes: a question changes nothing. Raises Lost, Declined."""
        for pause in (*(2.0**n for n in range(1, GETS)), None):
            try:
                return self._call("GET", path, query=query)
            except Lost:
                if pause is None:
                    raise
                self._sleep(pause)
        raise AssertionError("the last try ends the loop")

    def send(self, method: str, path: str, body: Mapping[str, Any], headers: Mapping[str, str] | None = None) -> Any:
        """Send a change, once. Raises Lost, Declined."""
        return self._call(method, path, body=body, headers=headers)

    def _call(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, Any] | None = None,
        body: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Any:
        for _ in range(WAITS):
            response = self._ask(method, path, query=query, body=body, headers=headers)
            if response.status_code != 429:
                return self._read(response)
            self._sleep(self._wait(response.headers.get("retry-after", "")))
        raise Refused(f"{self.name} says again and again that there are too many requests; try again in an hour")

    def _ask(self, method: str, path: str, **more: Any) -> httpx2.Response:
        headers = {**self._headers, **(more["headers"] or {})}
        try:
            with httpx2.Client(timeout=TIMEOUT_S) as client:
                return client.request(method, self._url + path, params=more["query"], json=more["body"], headers=headers)
        except httpx2.ConnectError as error:
            raise Lost(f"{self.name} could not be reached at {self._url}: {error}") from None
        except httpx2.HTTPError as error:
            raise Lost(f"no answer from {self.name} ({type(error).__name__})") from None

    def _read(self, response: httpx2.Response) -> Any:
        status = response.status_code
        if status >= 500 or status == 408:
            raise Lost(f"{self.name} answers {status}: {_said(response)}")
        if status in (401, 403):
            raise Declined(status, f"{self.name} refuses the key ({status}): {_said(response)}")
        if status >= 400:
            raise Declined(status, f"{self.name} refuses it ({status}): {_said(response)}")
        if status >= 300:
            raise Declined(status, f"{self.name} is not at {self._url}: it sends elsewhere ({status})")
        if not response.content:
            return None
        try:
            return response.json()
        except ValueError:
            raise Declined(status, f"what answers at {self._url} is not {self.name}'s API: it speaks no JSON") from None

    def _wait(self, after: str) -> float:
        """Return seconds, from seconds or a date (RFC 9110, 10.2.3)."""
        if after.strip().isdigit():
            seconds = float(after)
        else:
            try:
                when = parsedate_to_datetime(after)
                seconds = ((when if when.tzinfo else when.replace(tzinfo=UTC)) - self._now()).total_seconds()
            except ValueError:
                seconds = 10.0
        return min(LONGEST_WAIT_S, max(1.0, seconds))

    def _now(self) -> datetime:
        return self._clock()


def _said(response: httpx2.Response) -> str:
    """Return the service's words: the message in a JSON answer, else the beginning of the text."""
    try:
        data = response.json()
    except ValueError:
        return " ".join(response.text.split())[:200]
    found = data.get("detail") or data.get("message") if isinstance(data, dict) else data
    return (found if isinstance(found, str) else json.dumps(found))[:300]
