"""The one file that imports anthropic, and only when a model is asked. One request shape, one try a call; whether to try again is for
others to say (`ask.py`, `post.py`), because each try has to fit into the budget.
"""

from __future__ import annotations

import json
import queue
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any, TypeVar

from generator.analysis.claude.reply import Reply, Request, read_message, read_result, read_status, waiting
from generator.model import replace
from generator.record.text import clean

TIMEOUT = 120.0  # seconds for one call in all, from the question to the last byte of its answer
SUBMIT_TIMEOUT = 240.0  # seconds for one batch: megabytes go up
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
    """Asks over the wire. `key` None: the SDK's own way to find one. `base_url`: a compatible server. `seconds`: for one call in all."""

    def __init__(self, *, key: str | None = None, base_url: str | None = None, seconds: float = TIMEOUT) -> None:
        self._key, self._base_url, self._seconds = key, base_url, seconds
        self._client: Any = None
        self._lock = threading.Lock()

    def ask(self, request: Request, attempt: int = 0) -> Reply:
        """One try; never raises for what a server or a model does. `attempt` counts the tries before it."""
        import anthropic

        try:
            client = self._connected()
            return read_message(_within(self._seconds, lambda: client.messages.create(**request.body(), timeout=self._seconds)))
        except TimeoutError:
            return Reply("failed", why=f"the server gave no whole answer within {self._seconds:g} s", paid=True, late=True)
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
        made = self._about(
            lambda batches: batches.create(requests=rows, timeout=SUBMIT_TIMEOUT), attempt, changes=True, seconds=SUBMIT_TIMEOUT
        )
        if not isinstance(name := getattr(made, "id", None), str):
            raise Fault(Reply("failed", why="the server's answer is no batch", paid=True))
        return name

    def parcel(self, id: str, attempt: int = 0) -> Parcel:
        """How far a batch is. Raises Fault."""
        return _parcel(self._about(lambda batches: batches.retrieve(id, timeout=self._seconds), attempt))

    def parcels(self, attempt: int = 0) -> list[Parcel]:
        """The account's newest batches. Raises Fault."""
        found = self._about(lambda api: list(islice(api.list(limit=100, timeout=self._seconds), LISTED)), attempt)
        return [_parcel(batch) for batch in found]

    def results(self, id: str, model: str) -> Iterator[tuple[str, Reply]]:
        """What came of each request of a batch, by custom_id, in any order. Raises Fault, also in the midst of them."""
        rows = self._about(lambda batches: batches.results(id, timeout=self._seconds), 0)
        while (row := self._about(lambda _: next(rows, None), 0)) is not None:
            yield str(getattr(row, "custom_id", "")), read_result(getattr(row, "result", None), model)

    def _about(self, ask: Callable[[Any], T], attempt: int, *, changes: bool = False, seconds: float | None = None) -> T:
        """A question about batches. Where it changes something, an answer that was lost leaves open whether it did."""
        import anthropic
        import httpx2

        try:
            batches = self._connected().messages.batches
            return _within(seconds or self._seconds, lambda: ask(batches))
        except TimeoutError:
            raise Fault(
                Reply("failed", why="the server gave no whole answer about a batch in time", paid=changes, late=True)
            ) from None
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

        with self._lock:
            if self._client is None:
                self._client = anthropic.Anthropic(api_key=self._key, base_url=self._base_url, max_retries=0, timeout=TIMEOUT)
            return self._client


def _within(seconds: float, ask: Callable[[], T]) -> T:
    """What is asked, in a thread that is left behind where it takes longer. Raises TimeoutError.

    The SDK's own limit counts from one byte to the next: a server that sends a blank now and then would hold a run for ever.
    """
    answers: queue.SimpleQueue[tuple[T | None, BaseException | None]] = queue.SimpleQueue()

    def work() -> None:
        try:
            answers.put((ask(), None))
        except BaseException as error:
            answers.put((None, error))

    threading.Thread(target=work, daemon=True, name="ask").start()
    try:
        answer, error = answers.get(timeout=seconds)
    except queue.Empty:
        raise TimeoutError from None
    if error is not None:
        raise error
    return answer  # type: ignore[return-value]  # no error: it is there


def _parcel(batch: Any) -> Parcel:
    counts = getattr(batch, "request_counts", None)
    kinds = ("processing", "succeeded", "errored", "canceled", "expired")
    requests = sum(n for kind in kinds if isinstance(n := getattr(counts, kind, 0), int))
    return Parcel(str(getattr(batch, "id", "")), requests, getattr(batch, "processing_status", "") == "ended")


def _unconnected(error: Exception, attempt: int) -> Reply:
    """No answer. Where the request may have arrived, it may be charged: only a connection that was never made costs surely nothing."""
    import anthropic
    import httpx2

    unsent = isinstance(error.__cause__, httpx2.ConnectError | httpx2.ConnectTimeout | httpx2.PoolTimeout)
    late = isinstance(error, anthropic.APITimeoutError)
    why = clean(f"no connection: {error.__cause__ or error}"[:300])
    return Reply("failed", why=why, paid=not unsent, wait=None if late else waiting(attempt), late=late)
