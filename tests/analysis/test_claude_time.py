"""A model's server may say what it likes for as long as it likes: a call has seconds in all, a run asks no more after two that were late."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from analysis.asking import KEY, Open
from groundwire.llm.asker import LATE, Asker
from groundwire.llm.kept_answers import NoMemory
from groundwire.llm.messages import ANSWER, Request, read_message
from groundwire.llm.models import Tariff
from groundwire.llm.providers.anthropic import ClaudeCaller

REQUEST = Request("claude-haiku-5-5", "You write.", "Write.", {"type": "object"})
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n"
# What is sent first, and what again and again: blanks of a body, a header's value without end, nothing at all.
DRIPS = {"body": (HEAD + b"\r\n", b"1\r\n \r\n"), "headers": (HEAD + b"X-Slow: ", b"a"), "silence": (b"", b"")}


class Dripping:
    """A server that keeps each connection alive and never finishes an answer."""

    def __init__(self, first: bytes, again: bytes) -> None:
        self.first, self.again, self.asked, self.over = first, again, 0, threading.Event()
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._socket.getsockname()[1]}"
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while not self.over.is_set():
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            threading.Thread(target=self._drip, args=(connection,), daemon=True).start()

    def _drip(self, connection: socket.socket) -> None:
        with connection:
            try:
                connection.recv(65_536)
                self.asked += 1
                connection.sendall(self.first)
                while not self.over.wait(0.05):
                    connection.sendall(self.again)
            except OSError:
                return

    def close(self) -> None:
        self.over.set()
        self._socket.close()


@pytest.fixture(params=list(DRIPS))
def dripping(request: pytest.FixtureRequest) -> Iterator[Dripping]:
    server = Dripping(*DRIPS[request.param])
    yield server
    server.close()


def within(seconds: float, do: Any) -> Any:
    """What `do` comes to; a failure where it takes longer, so that the suite does not wait for a server without end."""
    found: list[Any] = []
    thread = threading.Thread(target=lambda: found.append(do()), daemon=True)
    thread.start()
    thread.join(seconds)
    assert found, "the call holds the run"
    return found[0]


def test_a_run_asks_no_more_after_two_answers_that_never_end(dripping: Dripping) -> None:
    caller = ClaudeCaller(key=KEY, base_url=dripping.url, seconds=0.4)
    asker = Asker(caller, purse=Open(), memory=NoMemory(), tariff=Tariff())
    replies = within(60, lambda: [asker.ask(REQUEST, category="x") for _ in range(5)])
    assert {reply.outcome for reply in replies} == {"failed"}
    assert dripping.asked == LATE
    assert "within 0.4 s" in asker.stopped or "imed out" in asker.stopped


class Message:
    """What the SDK makes of an answer."""

    stop_reason = "end_turn"

    def __init__(self, text: str, given: int = 1, made: int = 1) -> None:
        self.content = [type("Block", (), {"type": "text", "text": text})()]
        self.usage = type("Usage", (), {"input_tokens": given, "output_tokens": made})()


def test_what_a_model_says_can_be_kept_and_has_an_end(tmp_path: Path) -> None:
    said = json.loads('"one \\ud800 half, \\ud83d\\ude00 whole"')
    assert read_message(Message(said)).text == "one  half, 😀 whole"
    assert read_message(Message("x" * (ANSWER + 1))).outcome == "truncated"


@pytest.mark.parametrize(("given", "made"), [(-5, 1), (1, -5), (10**400, 1), (1, 10**400)])
def test_tokens_that_cannot_be_are_no_bill(given: int, made: int) -> None:
    assert read_message(Message("x", given, made)).usage is None
