"""The one file that imports anthropic, and only when a model is asked. One request shape, one try a call; whether to try again is for
others to say (`ask.py`), because each try has to fit into the budget.
"""

from __future__ import annotations

import json
import threading
from typing import Any

from generator.analysis.claude.reply import Reply, Request, read_message, read_status, waiting

TIMEOUT = 120.0  # seconds for one call


class ClaudeCaller:
    """Asks over the wire. `key` None: the SDK's own way to find one. `base_url`: a compatible server."""

    def __init__(self, *, key: str | None = None, base_url: str | None = None) -> None:
        self._key, self._base_url = key, base_url
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

    def _connected(self) -> Any:
        import anthropic

        with self._lock:
            if self._client is None:
                self._client = anthropic.Anthropic(api_key=self._key, base_url=self._base_url, max_retries=0, timeout=TIMEOUT)
            return self._client


def _unconnected(error: Exception, attempt: int) -> Reply:
    """No answer. Where the request may have arrived, it may be charged: only a connection that was never made costs surely nothing."""
    import httpx2

    unsent = isinstance(error.__cause__, httpx2.ConnectError | httpx2.ConnectTimeout | httpx2.PoolTimeout)
    return Reply("failed", why=f"no connection: {error.__cause__ or error}", paid=not unsent, wait=waiting(attempt))
