"""The one file of this stage that touches the network: bounded GETs of untrusted documents.

Bounds: seconds in all (DNS, handshake, every hop, the last byte), bytes before and after decompression, 5 hops, http and
https only, addresses checked at every hop. No cookies, no credentials, no cache.
"""

from __future__ import annotations

import contextlib
import ssl
import threading
import time
import urllib.request
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from types import TracebackType
from urllib.parse import urljoin, urlsplit

import httpcore2
import httpx2

from groundwire.feeds.guard import AddressRefused, Deadline, GuardedBackend, Place, Resolve, parse_networks, refuse_literal
from groundwire.feeds.unpack import TooLarge, Unpackable, unpack
from groundwire.settings import Fetch

MAX_HOPS = 5
_REDIRECTS = {301, 302, 303, 307, 308}
_FINE = {200, 203}


class FetchError(Exception):
    """Why a document could not be had, in words for the owner.

    `status` is the server's (0: there was no answer), `retry_after` its header.
    """

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
    """Fetches documents. Safe to use from several threads; close it after use.

    `refuse` gives the reason why an address is not to be asked ('' if it may): the owner's block list.
    """

    def __init__(
        self,
        bounds: Fetch,
        *,
        user_agent: str,
        routes: Mapping[Place, Place] | None = None,
        refuse: Callable[[str], str] | None = None,
        resolve: Resolve | None = None,
    ) -> None:
        self._bounds, self._refuse, self._resolve = bounds, refuse, resolve
        self._networks = parse_networks(bounds.allow_networks)
        self._routes = dict(routes or {})
        self._proxies = {k: v for k, v in urllib.request.getproxies().items() if k in ("http", "https", "all")}
        self._headers = {
            "User-Agent": user_agent,
            "Accept": "application/atom+xml, application/rss+xml, application/feed+json, application/xml;q=0.9, */*;q=0.8",
            "Accept-Encoding": "gzip, deflate",
        }
        self._deadline = Deadline()
        self._pools: dict[tuple[str, bool], httpcore2.ConnectionPool] = {}
        self._lock = threading.Lock()

    def __enter__(self) -> Web:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Give up the connections, also those that other threads are waiting on."""
        for pool in self._pools.values():
            # Left open by a thread that was abandoned; the connection is closed all the same.
            with contextlib.suppress(Exception):
                pool.close()

    def get(self, url: str, *, headers: Mapping[str, str] | None = None) -> Document:
        """GET `url`, following redirects by the rules. Raises FetchError."""
        self._deadline.at = time.monotonic() + self._bounds.timeout_s
        permanent, moved_to, target = True, "", url
        for _hop in range(MAX_HOPS + 1):
            self._check(target)
            answer, location = self._one(target, headers or {})
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
        if self._refuse and (reason := self._refuse(url)):
            raise FetchError(reason)
        if (host, port) not in self._routes and (reason := refuse_literal(host, self._networks)):
            raise FetchError(reason)

    def _one(self, url: str, headers: Mapping[str, str]) -> tuple[Document, str]:
        try:
            try:
                return self._ask(url, headers)
            except httpcore2.RemoteProtocolError:  # a kept connection that the server had just closed: ask on a new one
                return self._ask(url, headers)
        except AddressRefused as error:
            raise FetchError(str(error)) from None
        except (httpcore2.TimeoutException, httpcore2.PoolTimeout):
            raise FetchError(f"no complete answer within {self._bounds.timeout_s:g} s") from None
        except TooLarge:
            raise FetchError(f"larger than {self._bounds.max_mb:g} MB") from None
        except Unpackable as error:
            raise FetchError(str(error)) from None
        except httpcore2.RemoteProtocolError:
            raise FetchError("the server breaks off, or does not speak HTTP") from None
        except (httpcore2.NetworkError, httpcore2.ProtocolError, httpcore2.ProxyError, httpcore2.UnsupportedProtocol) as error:
            raise FetchError(_in_words(error)) from None
        except (httpx2.InvalidURL, ValueError, ImportError) as error:
            raise FetchError(f"cannot be asked: {_in_words(error)}") from None

    def _ask(self, url: str, headers: Mapping[str, str]) -> tuple[Document, str]:
        target = httpx2.URL(url)
        secure = target.scheme == "https"
        address = httpcore2.URL(scheme=target.raw_scheme, host=target.raw_host, port=target.port, target=target.raw_path or b"/")
        sent = [(k.encode("ascii"), v.encode("latin-1", "ignore")) for k, v in {**self._headers, **headers}.items()]
        limits = {step: self._deadline.left(None) for step in ("connect", "read", "write", "pool")}
        pool = self._pool(self._proxy_for(url), secure)
        with pool.stream("GET", address, headers=sent, extensions={"timeout": limits}) as response:
            found = _headers(response)
            if response.status in _REDIRECTS and found.get("location"):
                return Document(url, response.status, found), found["location"]
            if response.status == 304:
                response.read()  # there is no body; read to its end, the connection serves the next feed of this host
                return Document(url, 304, found), ""
            if response.status not in _FINE:
                raise FetchError(_said(response.status), status=response.status, retry_after=found.get("retry-after", ""))
            return Document(url, 200, found, self._body(response, found.get("content-encoding", ""))), ""

    def _body(self, response: httpcore2.Response, encoding: str) -> bytes:
        limit = int(self._bounds.max_mb * 1_000_000)
        chunks: list[bytes] = []
        size = 0
        for chunk in response.iter_stream():
            size += len(chunk)
            if size > limit:
                raise TooLarge
            self._deadline.left(None)
            chunks.append(chunk)
        return unpack(b"".join(chunks), encoding, limit=limit)

    def _proxy_for(self, url: str) -> str:
        parts = urlsplit(url)
        place = (parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80))
        if not self._proxies or place in self._routes or urllib.request.proxy_bypass(place[0]):
            return ""
        return self._proxies.get(parts.scheme) or self._proxies.get("all") or ""

    def _pool(self, proxy: str, secure: bool) -> httpcore2.ConnectionPool:
        """Return the connections of one way out. Certificates are loaded (30 ms) where something is asked over TLS."""
        with self._lock:
            if (proxy, secure) not in self._pools:
                backend = GuardedBackend(
                    self._networks, self._routes, deadline=self._deadline, resolve=self._resolve, check=not proxy
                )
                self._pools[proxy, secure] = httpcore2.ConnectionPool(
                    ssl_context=_trusted() if secure else None,
                    proxy=_proxy(proxy) if proxy else None,
                    max_connections=self._bounds.concurrency * 2,
                    keepalive_expiry=5.0,
                    network_backend=backend,
                )
            return self._pools[proxy, secure]


def user_agent(version: str, publication: str) -> str:
    """Return how we introduce ourselves: who asks, and where to complain."""
    return f"Groundwire/{version} (+{publication})"


def _trusted() -> ssl.SSLContext:
    return httpx2.create_ssl_context(trust_env=True)


def _proxy(url: str) -> httpcore2.Proxy:
    found = httpx2.Proxy(url if "://" in url else f"http://{url}")
    place = httpcore2.URL(
        scheme=found.url.raw_scheme, host=found.url.raw_host, port=found.url.port, target=found.url.raw_path or b"/"
    )
    return httpcore2.Proxy(place, auth=found.raw_auth, headers=found.headers.raw)


def _headers(response: httpcore2.Response) -> dict[str, str]:
    """Return headers by lower-case name; of one sent twice, both values (RFC 9110, section 5.3), of a Location the first."""
    out: dict[str, str] = {}
    for raw_name, raw in response.headers:
        name, value = raw_name.decode("latin-1").lower(), raw.decode("latin-1")[:4_000]
        if name == "location":
            out.setdefault(name, _location(raw))
        else:
            out[name] = f"{out[name]}, {value}" if name in out and name == "cache-control" else value
    return out


def _location(raw: bytes) -> str:
    """Read an address as servers send it: ASCII by the rules, else UTF-8, else Latin-1.

    One of more than 4,000 bytes leads nowhere.
    """
    raw = raw[:4_000]
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("latin-1")


def _said(status: int) -> str:
    try:
        return f"the server says {status} {HTTPStatus(status).phrase}"
    except ValueError:
        return f"the server says {status}"


def _in_words(error: Exception) -> str:
    text = str(error).split("] ", 1)[-1].split(" (_ssl.c")[0] or type(error).__name__
    return text[0].lower() + text[1:200]


def _next(current: str, location: str) -> str:
    try:
        target = urljoin(current, location.strip())
        return target if urlsplit(target).fragment == "" else target.split("#", 1)[0]
    except ValueError:
        raise FetchError("redirects to something that is no address") from None
