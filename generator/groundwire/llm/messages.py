"""A request, what comes of it, and what a server's answers mean. Every outcome is a value; nothing here touches the world.

`fatal` says that no further call of this run can succeed (no key, no credit, no such model), with the line that tells the owner
what to change.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, TypeGuard

from groundwire.text.plain import clean, whole

MAX_TOKENS = 8_000
ANSWER = 200_000  # characters: more than so many tokens can have
MOST_TOKENS = 100_000_000  # that a call can be charged for; a server that says more, or less than none, says nothing
LONGEST_WAIT = 60.0

Outcome = Literal["answer", "refusal", "truncated", "failed", "fatal"]


@dataclass(frozen=True, slots=True)
class Request:
    """What is asked: everything that decides the answer, so that a hash of its body names the answer."""

    model: str
    system: str
    user: str
    schema: dict[str, Any]

    def body(self) -> dict[str, Any]:
        """Return the parameters of messages.create."""
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
    """What came of a request.

    `paid`: the server answered, or may have, so that it may be charged. `wait`: seconds after which another try may succeed, None
    where none will. `late`: the time was up before the answer was whole.
    """

    outcome: Outcome
    text: str = ""
    why: str = ""
    usage: Usage | None = None
    paid: bool = False
    wait: float | None = None
    late: bool = False


def read_message(message: Any) -> Reply:
    """Read a message of the SDK (or what it made of a body that is none) as a reply; stop_reason decides first."""
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
    if len(text) > ANSWER:
        return Reply("truncated", why=f"the answer has more than {ANSWER} characters", usage=usage, paid=True)
    return Reply("answer", text=whole(text), usage=usage, paid=True)


def _usage(usage: Any) -> Usage | None:
    given, made = getattr(usage, "input_tokens", None), getattr(usage, "output_tokens", None)
    if not _is_count(given) or not _is_count(made):
        return None
    cached = [getattr(usage, f"cache_{kind}_input_tokens", None) for kind in ("creation", "read")]
    return Usage(given + sum(n for n in cached if _is_count(n)), made)


def _is_count(value: Any) -> TypeGuard[int]:
    return isinstance(value, int) and 0 <= value <= MOST_TOKENS


def _category(message: Any) -> str:
    details = getattr(message, "stop_details", None)
    return (
        f"the model declined ({clean(str(category)[:200])})"
        if (category := getattr(details, "category", None))
        else "the model declined"
    )


_RETRIED = frozenset({408, 409, 429})
_OWNERS = {
    401: "the key is not accepted: check ANTHROPIC_API_KEY, or for the server at analysis.base_url GROUNDWIRE_MODEL_KEY",
    402: "the account has no credit: add some, or set analysis: {by: extractive}",
    403: "the key may not use this: check its workspace and its rights",
}


_ELSEWHERE = (
    "the server sends elsewhere, and no redirect is followed: check analysis.base_url, for example https://models.example.org"
)
_NO_SERVER = "nothing at that address speaks the Messages format: check analysis.base_url, for example http://localhost:11434"


def read_status(error: Any, model: str, attempt: int) -> Reply:
    """Read an HTTP error of the SDK: it is final, for the owner to mend, or worth another try."""
    status, code, said = error.status_code, clean(str(error.error_code or "")[:200]), clean(str(error.api_message or "")[:200])
    if "spend_limit" in code or (status == 400 and "credit balance" in said):
        return Reply("fatal", why=f"the account's spending limit is reached: {said or code}")
    if 300 <= status < 400:
        return Reply("fatal", why=f"{_ELSEWHERE} (HTTP {status})")
    if status in _OWNERS:
        return Reply("fatal", why=f"{_OWNERS[status]} (HTTP {status})")
    if status == 404:
        speaks = isinstance(error.body, dict) and error.body.get("type") == "error"
        return Reply("fatal", why=no_model(model) if speaks else _NO_SERVER)
    again = status in _RETRIED or status >= 500
    wait = waiting(attempt, error.response.headers.get("retry-after")) if again else None
    return Reply("failed", why=f"HTTP {status}: {said or 'no reason given'}", wait=wait)


def no_model(model: str) -> str:
    """Write the line for a model that is unknown to the server, or retired."""
    return f"there is no model {model!r}, or it was retired: set another one, for example analysis: {{model: claude-haiku-5-5}}"


def waiting(attempt: int, asked: str | None = None) -> float:
    """Return the seconds before the next try: what the server asks for, else 1, 2, 4 …; at most a minute."""
    try:
        seconds = float(asked) if asked else 2.0**attempt
    except ValueError:
        seconds = 2.0**attempt
    return min(max(seconds, 0.5), LONGEST_WAIT) if seconds == seconds else LONGEST_WAIT
