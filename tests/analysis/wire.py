"""A server of our own on loopback that speaks the Messages and Batches wire format, so that the real SDK can be run against it.

Answers are scripted, in order. A call that no script expects fails the test (HTTP 418 there, and `unscripted` here).
"""

from __future__ import annotations

import json
import socket
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Script = dict[str, Any] | Callable[[dict[str, Any]], dict[str, Any]]


@dataclass
class Wire:
    """What was asked, and what is still to be answered."""

    url: str = ""
    scripts: list[Script] = field(default_factory=list)
    asked: list[dict[str, Any]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    got: list[str] = field(default_factory=list)  # method and path of everything that came in
    unscripted: int = 0
    always: Script | None = None  # answers what no script of its own answers
    batches: dict[str, dict[str, Any]] = field(default_factory=dict)
    running: bool = False  # whether batches are still at work when somebody looks
    after: dict[str, dict[str, Any]] = field(
        default_factory=dict
    )  # what is sent in place of the next answer to "create" once it is done

    def then(self, *scripts: Script) -> Wire:
        """Answer the next calls so."""
        self.scripts += scripts
        return self


def message(text: str = "", **changes: Any) -> dict[str, Any]:
    """A message that answers with a text."""
    body = {
        "id": "msg_1",
        "type": "message",
        "role": "assistant",
        "model": "claude-haiku-5-5",
        "content": [{"type": "text", "text": text}] if text else [],
        "stop_reason": "end_turn",
        "stop_sequence": None,
        "usage": {"input_tokens": 2_700, "output_tokens": 2_200},
    }
    return {"status": 200, "json": body | changes}


def answer(data: Any) -> dict[str, Any]:
    """A message that answers with JSON, after a thinking block as current models have it."""
    thought = {"type": "thinking", "thinking": "", "signature": "c2ln"}
    return message(content=[thought, {"type": "text", "text": json.dumps(data)}])


def error(status: int, kind: str, said: str = "no", *, code: str = "", **headers: str) -> dict[str, Any]:
    """An error of the API."""
    detail = {"details": {"error_code": code}} if code else {}
    body = {"type": "error", "error": {"type": kind, "message": said, **detail}, "request_id": "req_1"}
    return {"status": status, "json": body, "headers": {name.replace("_", "-"): value for name, value in headers.items()}}


RESET: dict[str, Any] = {"reset": True}
HTML = {"status": 200, "raw": b"<html><title>Sign in</title></html>", "type": "text/html"}
BAD_JSON = {"status": 200, "raw": b'{"id": "msg_1", ', "type": "application/json"}
WRONG_SHAPE = {"status": 200, "json": {"hello": "world"}}


def half(script: dict[str, Any]) -> dict[str, Any]:
    """The same answer, of which only half arrives."""
    raw = json.dumps(script["json"]).encode()
    return {"status": 200, "raw": raw[: len(raw) // 2], "length": len(raw), "type": "application/json"}


class _Handler(BaseHTTPRequestHandler):
    """Speaks for the wire of its server."""

    protocol_version = "HTTP/1.1"
    server: _Server

    def do_POST(self) -> None:
        self.server.wire.got.append(f"POST {self.path}")
        wire, body = self.server.wire, json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if self.path == "/v1/messages/batches":
            made = _create_batch(wire, body)
            return self._send(wire.after.pop("create", made))
        if self.path != "/v1/messages":
            return self._send(HTML | {"status": 404})
        wire.asked.append(body)
        wire.headers.append({name.lower(): value for name, value in self.headers.items()})
        return self._send(_next(wire, body))

    def do_GET(self) -> None:
        self.server.wire.got.append(f"GET {self.path}")
        wire, path = self.server.wire, self.path.partition("?")[0]
        if path == "/v1/messages/batches":
            shown = [_shown(wire, name) for name in reversed(wire.batches)]
            return self._send({"status": 200, "json": {"data": shown, "has_more": False, "first_id": None, "last_id": None}})
        name, _, results = path.removeprefix("/v1/messages/batches/").partition("/")
        if name not in wire.batches:
            return self._send(error(404, "not_found_error", path))
        if not results:
            return self._send({"status": 200, "json": _shown(wire, name)})
        lines = "".join(json.dumps(row) + "\n" for row in wire.batches[name]["rows"])
        return self._send({"status": 200, "raw": lines.encode(), "type": "application/x-jsonl"})

    def _send(self, script: dict[str, Any]) -> None:
        if script.get("reset"):
            return self._cut(abruptly=True)
        raw = script["raw"] if "raw" in script else json.dumps(script["json"]).encode()
        size = script.get("length", len(raw))
        self.send_response(script["status"])
        for name, value in {
            "Content-Type": script.get("type", "application/json"),
            "Content-Length": str(size),
            **script.get("headers", {}),
        }.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(raw)
        if size > len(raw):
            self._cut(abruptly=False)
        return None

    def _cut(self, *, abruptly: bool) -> None:
        """End the connection; with linger 0 by a reset instead of a goodbye."""
        self.wfile.flush()
        if abruptly:
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.connection.close()
        self.close_connection = True

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


class _Server(ThreadingHTTPServer):
    wire: Wire

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A connection that we cut is no error."""


@contextmanager
def serve() -> Iterator[Wire]:
    """A running server."""
    web = _Server(("127.0.0.1", 0), _Handler)
    web.wire = wire = Wire(f"http://127.0.0.1:{web.server_address[1]}")
    threading.Thread(target=web.serve_forever, args=(0.02,), daemon=True).start()
    try:
        yield wire
    finally:
        web.shutdown()
        web.server_close()


def _next(wire: Wire, body: dict[str, Any]) -> dict[str, Any]:
    script = wire.scripts.pop(0) if wire.scripts else wire.always
    if script is None:
        wire.unscripted += 1
        return error(418, "invalid_request_error", "no script expects this call")
    return script(body) if callable(script) else script


def expired(body: dict[str, Any]) -> dict[str, Any]:
    """In a batch: nobody came to this request in time."""
    return {"status": 0, "result": "expired"}


def _create_batch(wire: Wire, body: dict[str, Any]) -> dict[str, Any]:
    """A batch: each request answered by the next script, its results in the reverse order."""
    name = f"msgbatch_{len(wire.batches) + 1}"
    rows = [{"custom_id": r["custom_id"], "result": _result(_next(wire, r["params"]))} for r in body["requests"]]
    assert len({row["custom_id"] for row in rows}) == len(rows)
    wire.batches[name] = {"requests": body["requests"], "rows": rows[::-1]}
    return {"status": 200, "json": _shown(wire, name, running=True)}


def _result(script: dict[str, Any]) -> dict[str, Any]:
    if script.get("status") == 200:
        return {"type": "succeeded", "message": script["json"]}
    kind = script.get("result", "errored")
    return {"type": kind, "error": script["json"]} if kind == "errored" else {"type": kind}


def _shown(wire: Wire, name: str, *, running: bool | None = None) -> dict[str, Any]:
    """The batch as the API shows it."""
    busy = wire.running if running is None else running
    rows = wire.batches[name]["rows"]
    counts = dict.fromkeys(("processing", "succeeded", "errored", "canceled", "expired"), 0)
    for row in rows:
        counts["processing" if busy else row["result"]["type"]] += 1
    return {
        "id": name,
        "type": "message_batch",
        "processing_status": "in_progress" if busy else "ended",
        "request_counts": counts,
        "created_at": "2026-11-23T00:00:00Z",
        "expires_at": "2026-11-24T00:00:00Z",
        "ended_at": None if busy else "2026-11-23T00:00:01Z",
        "archived_at": None,
        "cancel_initiated_at": None,
        "results_url": None if busy else f"{wire.url}/v1/messages/batches/{name}/results",
    }
