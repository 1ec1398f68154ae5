"""The one file that imports anthropic, and only when a model is asked. One request shape, one try a call; whether to try again is for
others to say (`ask.py`, `post.py`), because each try has to fit into the budget.
"""

from __future__ import annotations

import json
import threading
import weakref
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any, TypeVar

from generator.analysis.claude.reply import Reply, Request, read_message, read_result, read_status, waiting
from generator.analysis.claude.server import ANTHROPIC
from generator.model import replace

TIMEOUT = 120.0  # seconds for one call
SUBMIT_TIMEOUT = 600.0  # seconds for one batch: megabytes go up
_NO_BATCHES = "the server takes no Message Batches, or has lost this one: set analysis: {batch: false}"
LISTED = 500  # batches of the account that are looked through
T = TypeVar("T")


@dataclass(frozen=True)
class Parcel:
    """A batch as the service shows it; `requests` is how many it has."""

    id: str
    requests: int
    ended: bool


class Fault(Exception):
    """The service gave no answer about batches. `certain`: nothing was done there. `gone`: it knows no such batch."""

    def __init__(self, reply: Reply, *, gone: bool = False) -> None:
        super().__init__(reply.why)
        self.reply, self.gone = reply, gone
        self.certain = not reply.paid


class ClaudeCaller:
    """Asks one server over the wire. Servers, keys, headers and redirects that anybody else names (the SDK reads the environment) count for nothing.

    `key` None: nothing is asked. `base_url` None: Anthropic's.
    """

    def __init__(self, *, key: str | None = None, base_url: str | None = None) -> None:
        self._key, self._base_url = key, base_url or ANTHROPIC
        self._client: Any = None
        self._lock = threading.Lock()

    def ask(self, request: Request, attempt: int = 0) -> Reply:
        """One try; never raises for what a server or a model does. `attempt` counts the tries before it."""
        import anthropic

        try:
            return read_message(self._connected().messages.create(**request.body(), timeout=TIMEOUT))
        except anthropic.APIStatusError as error:
            return read_status(error, request.model, attempt)
        except anthropic.APIConnectionError as error:
            return _unconnected(error, attempt)
        except (json.JSONDecodeError, UnicodeDecodeError, anthropic.APIResponseValidationError):
            return Reply("failed", why="the server's answer is no JSON", paid=True)
        except anthropic.AnthropicError as error:
            return Reply("fatal", why=f"{error}; set ANTHROPIC_API_KEY, or analysis: {{by: extractive}} in newsletter.yml")

    def submit(self, requests: Mapping[str, Request], attempt: int = 0) -> str:
        """Create a Message Batch of requests by custom_id; the answer is its id. Raises Fault."""
        rows = [{"custom_id": name, "params": request.body()} for name, request in requests.items()]
        made = self._about(lambda batches: batches.create(requests=rows, timeout=SUBMIT_TIMEOUT), attempt, changes=True)
        if not isinstance(name := getattr(made, "id", None), str):
            raise Fault(Reply("failed", why="the server's answer is no batch", paid=True))
        return name

    def parcel(self, id: str, attempt: int = 0) -> Parcel:
        """How far a batch is. Raises Fault."""
        return _parcel(self._about(lambda batches: batches.retrieve(id, timeout=TIMEOUT), attempt))

    def parcels(self, attempt: int = 0) -> list[Parcel]:
        """The account's newest batches. Raises Fault."""
        return [_parcel(b) for b in self._about(lambda api: list(islice(api.list(limit=100, timeout=TIMEOUT), LISTED)), attempt)]

    def results(self, id: str, model: str) -> Iterator[tuple[str, Reply]]:
        """What came of each request of a batch, by custom_id, in any order. Raises Fault, also in the midst of them."""
        rows = self._about(lambda batches: batches.results(id, timeout=SUBMIT_TIMEOUT), 0)
        while (row := self._about(lambda _: next(rows, None), 0)) is not None:
            yield str(getattr(row, "custom_id", "")), read_result(getattr(row, "result", None), model)

    def _about(self, ask: Callable[[Any], T], attempt: int, *, changes: bool = False) -> T:
        """A question about batches. Where it changes something, an answer that was lost leaves open whether it did."""
        import anthropic
        import httpx2

        try:
            return ask(self._connected().messages.batches)
        except anthropic.APIStatusError as error:
            gone, unsure = error.status_code == 404, changes and error.status_code >= 500
            reply = Reply("fatal", why=_NO_BATCHES) if gone else read_status(error, "", attempt)
            raise Fault(replace(reply, paid=unsure), gone=gone) from None
        except anthropic.APIConnectionError as error:
            raise Fault(_unconnected(error, attempt)) from None
        except (ValueError, httpx2.HTTPError, anthropic.APIResponseValidationError) as error:
            raise Fault(
                Reply("failed", why=f"the server's answer about a batch cannot be read: {error}"[:200], paid=changes)
            ) from None
        except anthropic.AnthropicError as error:
            raise Fault(Reply("fatal", why=f"{error}; set ANTHROPIC_API_KEY")) from None

    def _connected(self) -> Any:
        import anthropic
        import httpx2

        with self._lock:
            if self._client is None:
                if self._key is None:
                    raise anthropic.AnthropicError("there is no key")
                home = httpx2.URL(self._base_url)
                # A proxy of the environment is used for https alone: there it passes on what it cannot read.
                http = httpx2.Client(
                    follow_redirects=False,
                    trust_env=home.scheme == "https",
                    event_hooks={"request": [_only_to(home, f"Bearer {self._key}")]},
                    limits=anthropic.DEFAULT_CONNECTION_LIMITS,
                )
                weakref.finalize(self, http.close)
                self._client = anthropic.Anthropic(
                    api_key=self._key, base_url=home, max_retries=0, timeout=TIMEOUT, http_client=http
                )
            return self._client


_SENT = frozenset("host accept accept-encoding connection content-length content-type user-agent anthropic-version".split())


def _only_to(home: Any, authorization: str) -> Callable[[Any], None]:
    """A hook for each request: it goes to the server at `home`, with its key and without whatever else the environment adds."""
    import httpx2

    def guard(request: Any) -> None:
        if (request.url.scheme, request.url.host, request.url.port) != (home.scheme, home.host, home.port):
            raise httpx2.ConnectError(f"{request.url.host} is not the server that is asked")
        for name in [name for name in request.headers if name not in _SENT and not name.startswith("x-stainless-")]:
            del request.headers[name]
        request.headers["authorization"] = authorization

    return guard


def _parcel(batch: Any) -> Parcel:
    counts = getattr(batch, "request_counts", None)
    kinds = ("processing", "succeeded", "errored", "canceled", "expired")
    requests = sum(n for kind in kinds if isinstance(n := getattr(counts, kind, 0), int))
    return Parcel(str(getattr(batch, "id", "")), requests, getattr(batch, "processing_status", "") == "ended")


def _unconnected(error: Exception, attempt: int) -> Reply:
    """No answer. Where the request may have arrived, it may be charged: only a connection that was never made costs surely nothing."""
    import httpx2

    unsent = isinstance(error.__cause__, httpx2.ConnectError | httpx2.ConnectTimeout | httpx2.PoolTimeout)
    return Reply("failed", why=f"no connection: {error.__cause__ or error}", paid=not unsent, wait=waiting(attempt))
