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
    unscripted: int = 0
    batches: dict[str, dict[str, Any]] = field(default_factory=dict)

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
        wire, body = self.server.wire, json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if self.path == "/v1/messages/batches":
            return self._send(_create_batch(wire, body))
        if self.path != "/v1/messages":
            return self._send(error(404, "not_found_error", self.path))
        wire.asked.append(body)
        wire.headers.append({name.lower(): value for name, value in self.headers.items()})
        return self._send(_next(wire, body))

    def do_GET(self) -> None:
        name, _, results = self.path.removeprefix("/v1/messages/batches/").partition("/")
        batch = self.server.wire.batches.get(name)
        if batch is None:
            return self._send(error(404, "not_found_error", self.path))
        if not results:
            return self._send({"status": 200, "json": batch["about"]})
        lines = "".join(json.dumps(row) + "\n" for row in batch["rows"])
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
    if not wire.scripts:
        wire.unscripted += 1
        return error(418, "invalid_request_error", "no script expects this call")
    script = wire.scripts.pop(0)
    return script(body) if callable(script) else script


def _create_batch(wire: Wire, body: dict[str, Any]) -> dict[str, Any]:
    """A batch that has ended at once: each request answered by the next script, in the reverse order."""
    name = f"msgbatch_{len(wire.batches) + 1}"
    rows = []
    for request in body["requests"]:
        script = _next(wire, request["params"])
        result = (
            {"type": "succeeded", "message": script["json"]}
            if script.get("status") == 200
            else {"type": script.get("result", "errored"), "error": script.get("json")}
        )
        rows.append({"custom_id": request["custom_id"], "result": result})
    counts = {"processing": 0, "succeeded": len(rows), "errored": 0, "canceled": 0, "expired": 0}
    about = {
        "id": name,
        "type": "message_batch",
        "processing_status": "ended",
        "request_counts": counts,
        "created_at": "2026-11-23T00:00:00Z",
        "expires_at": "2026-11-24T00:00:00Z",
        "ended_at": "2026-11-23T00:00:01Z",
        "archived_at": None,
        "cancel_initiated_at": None,
        "results_url": f"{wire.url}/v1/messages/batches/{name}/results",
    }
    wire.batches[name] = {"about": about, "rows": rows[::-1]}
    return {"status": 200, "json": about}
