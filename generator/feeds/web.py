"""The one file of this stage that touches the network: bounded GETs of untrusted documents.

Bounds: seconds in all, bytes after decompression, 5 hops, http and https only, addresses checked at every hop.
"""

from __future__ import annotations

import time
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import TracebackType
from urllib.parse import urljoin, urlsplit

import httpcore2
import httpx2

from generator.feeds.guard import AddressRefused, GuardedBackend, Place, parse_networks, refuse_literal
from generator.settings import Fetch

MAX_HOPS = 5
_REDIRECTS = {301, 302, 303, 307, 308}


class FetchError(Exception):
    """Why a document could not be had, in words for the owner. `retry_after` in seconds where the server said so."""

    def __init__(self, reason: str, *, status: int = 0, retry_after: str = "") -> None:
        super().__init__(reason)
        self.status = status
        self.retry_after = retry_after


@dataclass(frozen=True)
class Document:
    """An answer: 200 with its body, or 304 without. `moved_to` is where permanent redirects alone led."""

    url: str
    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    moved_to: str = ""


class Web:
    """Fetches documents. Safe to use from several threads; close it after use."""

    def __init__(self, bounds: Fetch, *, user_agent: str, routes: Mapping[Place, Place] | None = None) -> None:
        self._bounds = bounds
        self._networks = parse_networks(bounds.allow_networks)
        self._routes = dict(routes or {})
        self._proxies = {k: v for k, v in urllib.request.getproxies().items() if k in ("http", "https", "all")}
        self._headers = {
            "User-Agent": user_agent,
            "Accept": "application/atom+xml, application/rss+xml, application/feed+json, application/xml;q=0.9, */*;q=0.8",
            "Accept-Encoding": "gzip, deflate",
        }
        self._clients: dict[str, httpx2.Client] = {}
        self._clients[""] = self._client(None)
        for proxy in set(self._proxies.values()):
            self._clients[proxy] = self._client(proxy)

    def __enter__(self) -> Web:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Give up the connections."""
        for client in self._clients.values():
            client.close()

    def get(self, url: str, *, headers: Mapping[str, str] | None = None) -> Document:
        """GET `url`, following redirects by the rules. Raises FetchError."""
        deadline = time.monotonic() + self._bounds.timeout_s
        permanent, moved_to, target = True, "", url
        for _hop in range(MAX_HOPS + 1):
            self._check(target)
            answer, location = self._one(target, headers or {}, deadline)
            if not location:
                return Document(target, answer.status, answer.headers, answer.body, moved_to)
            permanent = permanent and answer.status in (301, 308)
            target = _next(target, location)
            moved_to = target if permanent else moved_to
        raise FetchError(f"more than {MAX_HOPS} redirects")

    def _check(self, url: str) -> None:
        try:
            parts = urlsplit(url)
            host, port = parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)
        except ValueError:
            raise FetchError(f"redirects to something that is no address: {url[:80]!r}") from None
        if parts.scheme not in ("http", "https") or not host:
            raise FetchError(f"only http and https are fetched, not {url[:80]!r}")
        if (host, port) not in self._routes and (reason := refuse_literal(host, self._networks)):
            raise FetchError(reason)

    def _one(self, url: str, headers: Mapping[str, str], deadline: float) -> tuple[Document, str]:
        try:
            return self._ask(url, headers, deadline)
        except FetchError:
            raise
        except AddressRefused as error:
            raise FetchError(str(error)) from None
        except httpx2.TimeoutException:
            raise FetchError(f"no answer within {self._bounds.timeout_s:g} s") from None
        except httpx2.DecodingError:
            raise FetchError("the answer's compression is broken") from None
        except (httpx2.HTTPError, httpx2.InvalidURL, httpcore2.ConnectError, ValueError) as error:
            text = str(error) or type(error).__name__
            raise FetchError(text[0].lower() + text[1:200]) from None

    def _ask(self, url: str, headers: Mapping[str, str], deadline: float) -> tuple[Document, str]:
        client = self._clients[self._proxy_for(url)]
        left = max(0.1, deadline - time.monotonic())
        with client.stream("GET", url, headers={**self._headers, **headers}, timeout=left) as response:
            found = {k.lower(): v for k, v in response.headers.items()}
            if response.status_code in _REDIRECTS and found.get("location"):
                return Document(url, response.status_code, found), found["location"]
            if response.status_code == 304:
                return Document(url, 304, found), ""
            if response.status_code != 200:
                reason = f"the server says {response.status_code} {response.reason_phrase}".rstrip()
                raise FetchError(reason, status=response.status_code, retry_after=found.get("retry-after", ""))
            return Document(url, 200, found, self._body(response, deadline)), ""

    def _body(self, response: httpx2.Response, deadline: float) -> bytes:
        limit = int(self._bounds.max_mb * 1_000_000)
        chunks: list[bytes] = []
        size = 0
        for chunk in response.iter_bytes(65_536):
            size += len(chunk)
            if size > limit:
                raise FetchError(f"larger than {self._bounds.max_mb:g} MB")
            if time.monotonic() > deadline:
                raise FetchError(f"not complete within {self._bounds.timeout_s:g} s")
            chunks.append(chunk)
        return b"".join(chunks)

    def _proxy_for(self, url: str) -> str:
        parts = urlsplit(url)
        place = (parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80))
        if not self._proxies or place in self._routes or urllib.request.proxy_bypass(place[0]):
            return ""
        return self._proxies.get(parts.scheme) or self._proxies.get("all") or ""

    def _client(self, proxy: str | None) -> httpx2.Client:
        transport = httpx2.HTTPTransport(proxy=proxy, trust_env=True)
        if proxy is None:
            # httpx2 passes no network backend on; its pool is replaced whole, by one of the same kind.
            transport._pool = httpcore2.ConnectionPool(
                ssl_context=httpx2.create_ssl_context(trust_env=True),
                max_connections=self._bounds.concurrency * 2,
                keepalive_expiry=5.0,
                network_backend=GuardedBackend(self._networks, self._routes),
            )
        return httpx2.Client(transport=transport, follow_redirects=False, trust_env=False)


def user_agent(version: str, publication: str) -> str:
    """How we introduce ourselves: who asks, and where to complain."""
    return f"Groundwire/{version} (+{publication})"


def _next(current: str, location: str) -> str:
    try:
        target = urljoin(current, location.strip())
        return target if urlsplit(target).fragment == "" else target.split("#", 1)[0]
    except ValueError:
        raise FetchError("redirects to something that is no address") from None
