"""The one file that imports anthropic, and only when a model is asked. One request shape; retries are ours.

Every outcome is a value: what a model or a server does is never an exception here. `fatal` says that no further call of this
run can succeed (no key, no credit, no such model), with the line that tells the owner what to change.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

MAX_TOKENS = 8_000
TIMEOUT = 120.0  # seconds for one call
DEADLINE = 240.0  # seconds for one request with all its retries
LONGEST_WAIT = 60.0
TRIES = 4

Outcome = Literal["answer", "refusal", "truncated", "failed", "fatal"]


@dataclass(frozen=True, slots=True)
class Request:
    """What is asked: everything that decides the answer, so that a hash of it names the answer."""

    model: str
    system: str
    user: str
    schema: dict[str, Any]

    def body(self) -> dict[str, Any]:
        """The parameters of messages.create."""
        return {
            "model": self.model,
            "max_tokens": MAX_TOKENS,
            "system": [{"type": "text", "text": self.system}],
            "messages": [{"role": "user", "content": self.user}],
            "output_config": {"effort": "low", "format": {"type": "json_schema", "schema": self.schema}},
        }


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens that are charged."""

    input: int = 0
    output: int = 0


@dataclass(frozen=True, slots=True)
class Reply:
    """What came of a request. `paid`: the server answered, so that it may have been charged."""

    outcome: Outcome
    text: str = ""
    why: str = ""
    usage: Usage | None = None
    paid: bool = False


class ClaudeCaller:
    """Asks over the wire. `key` None: the SDK's own way to find one. `base_url`: a compatible server."""

    def __init__(
        self,
        *,
        key: str | None = None,
        base_url: str | None = None,
        sleep: Callable[[float], None] = time.sleep,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._key, self._base_url = key, base_url
        self._sleep, self._clock = sleep, clock
        self._client: Any = None

    def ask(self, request: Request) -> Reply:
        """One answer, after as many tries as it may take."""
        started, reply = self._clock(), Reply("failed")
        for attempt in range(TRIES):
            reply, wait = self._once(request, attempt)
            if wait is None or self._clock() - started + wait > DEADLINE or attempt == TRIES - 1:
                break
            self._sleep(wait)
        return reply

    def _once(self, request: Request, attempt: int) -> tuple[Reply, float | None]:
        """One try, and how long to wait before the next one (None: there is none)."""
        import anthropic

        try:
            message = self._connected().messages.create(**request.body(), timeout=TIMEOUT)
        except anthropic.APIStatusError as error:
            return _refused_by_server(error, request.model, attempt)
        except anthropic.APIConnectionError as error:
            return Reply("failed", why=f"no connection: {error.__cause__ or error}"), _wait(attempt)
        except (json.JSONDecodeError, UnicodeDecodeError, anthropic.APIResponseValidationError):
            return Reply("failed", why="the server's answer is no JSON", paid=True), None
        except anthropic.AnthropicError as error:
            return Reply("fatal", why=f"{error}; set ANTHROPIC_API_KEY, or analysis: {{by: extractive}} in newsletter.yml"), None
        return read_message(message), None

    def _connected(self) -> Any:
        import anthropic

        if self._client is None:
            self._client = anthropic.Anthropic(api_key=self._key, base_url=self._base_url, max_retries=0, timeout=TIMEOUT)
        return self._client


def read_message(message: Any) -> Reply:
    """A message of the SDK (or what it made of a body that is none) as a reply; stop_reason decides first."""
    usage = _usage(getattr(message, "usage", None))
    stop = getattr(message, "stop_reason", None)
    if stop is None or isinstance(message, str | dict | list):
        return Reply("failed", why="the server's answer is no message", usage=usage, paid=True)
    if stop == "refusal":
        return Reply("refusal", why=_category(message), usage=usage, paid=True)
    if stop in ("max_tokens", "model_context_window_exceeded"):
        return Reply("truncated", why=f"the answer was cut off ({stop})", usage=usage, paid=True)
    if stop not in ("end_turn", "stop_sequence"):
        return Reply("failed", why=f"the model stopped for {str(stop)[:40]!r}", usage=usage, paid=True)
    blocks = getattr(message, "content", None) or []
    text = "".join(str(getattr(b, "text", "") or "") for b in blocks if getattr(b, "type", "") == "text")
    return Reply("answer", text=text, usage=usage, paid=True)


def _usage(usage: Any) -> Usage | None:
    given, made = getattr(usage, "input_tokens", None), getattr(usage, "output_tokens", None)
    if not isinstance(given, int) or not isinstance(made, int):
        return None
    cached = [getattr(usage, f"cache_{kind}_input_tokens", None) for kind in ("creation", "read")]
    return Usage(given + sum(n for n in cached if isinstance(n, int)), made)


def _category(message: Any) -> str:
    details = getattr(message, "stop_details", None)
    return f"the model declined ({category})" if (category := getattr(details, "category", None)) else "the model declined"


_RETRIED = frozenset({408, 409, 429})
_OWNERS = {
    401: "the key is not accepted: check ANTHROPIC_API_KEY",
    402: "the account has no credit: add some, or set analysis: {by: extractive}",
    403: "the key may not use this: check its workspace and its rights",
}


def _refused_by_server(error: Any, model: str, attempt: int) -> tuple[Reply, float | None]:
    """An HTTP error: for good, for the owner to mend, or worth another try."""
    status, code, said = error.status_code, error.error_code or "", str(error.api_message or "")[:200]
    if "spend_limit" in code or (status == 400 and "credit balance" in said):
        return Reply("fatal", why=f"the account's spending limit is reached: {said or code}"), None
    if status in _OWNERS:
        return Reply("fatal", why=f"{_OWNERS[status]} (HTTP {status})"), None
    if status == 404:
        return Reply(
            "fatal", why=f"there is no model {model!r}: set another one, for example analysis: {{model: claude-haiku-5-5}}"
        ), None
    reply = Reply("failed", why=f"HTTP {status}: {said or 'no reason given'}")
    return reply, _wait(attempt, error.response.headers.get("retry-after")) if status in _RETRIED or status >= 500 else None


def _wait(attempt: int, asked: str | None = None) -> float:
    """Seconds before the next try: what the server asks for, else 1, 2, 4 …; at most a minute."""
    try:
        seconds = float(asked) if asked else 2.0**attempt
    except ValueError:
        seconds = 2.0**attempt
    return min(max(seconds, 0.5), LONGEST_WAIT) if seconds == seconds else LONGEST_WAIT
