"""The one file that imports anthropic, and only when a model is asked: one shape of request, one try a call.

Whether to try again is decided by `llm/asker.py`, because each try has to fit into the budget.
"""

from __future__ import annotations

import json
import queue
import threading
import weakref
from collections.abc import Callable
from typing import Any, TypeVar

from groundwire.llm.messages import Reply, Request, read_message, read_status, waiting
from groundwire.llm.server import ANTHROPIC
from groundwire.text.plain import clean

TIMEOUT = 120.0  # seconds for one call in all, from the question to the last byte of its answer
T = TypeVar("T")


class ClaudeCaller:
    """Asks one server over the wire. Servers, keys, headers and redirects that anybody else names (the SDK reads the environment) count for nothing.

    `key` None: nothing is asked. `base_url` None: Anthropic's. `seconds`: for one call in all.
    """

    def __init__(self, *, key: str | None = None, base_url: str | None = None, seconds: float = TIMEOUT) -> None:
        self._key, self._base_url, self._seconds = key, base_url or ANTHROPIC, seconds
        self._client: Any = None
        self._lock = threading.Lock()

    def ask(self, request: Request, attempt: int = 0) -> Reply:
        """Try once; never raises for what a server or a model does. `attempt` counts the tries before it."""
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
    """Make a hook for each request: it goes to the server at `home`, with its key and nothing else that the environment adds."""
    import httpx2

    def guard(request: Any) -> None:
        if (request.url.scheme, request.url.host, request.url.port) != (home.scheme, home.host, home.port):
            raise httpx2.ConnectError(f"{request.url.host} is not the server that is asked")
        for name in [name for name in request.headers if name not in _SENT and not name.startswith("x-stainless-")]:
            del request.headers[name]
        request.headers["authorization"] = authorization

    return guard


def _within(seconds: float, ask: Callable[[], T]) -> T:
    """Return what `ask` returns; a thread that takes longer than `seconds` is left behind. Raises TimeoutError.

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


def _unconnected(error: Exception, attempt: int) -> Reply:
    """Make the reply of a call that got no answer.

    Where the request may have arrived, it may be charged: only a connection that was never made costs surely nothing.
    """
    import anthropic
    import httpx2

    unsent = isinstance(error.__cause__, httpx2.ConnectError | httpx2.ConnectTimeout | httpx2.PoolTimeout)
    late = isinstance(error, anthropic.APITimeoutError)
    why = clean(f"no connection: {error.__cause__ or error}"[:300])
    return Reply("failed", why=why, paid=not unsent, wait=None if late else waiting(attempt), late=late)
