"""The mail services as loopback servers: listmonk as its documents and its database's rules have it, Buttondown as its OpenAPI has it.

Buttondown's every request and every answer of ours is checked by openapi-core against the service's own published document
(MIT; the part of it about emails is in fixtures/). Prism would need npm in CI and remembers nothing, so that it could not
tell one campaign from two.
"""

from __future__ import annotations

import json
import re
import threading
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from openapi_core import OpenAPI
from openapi_core.testing import MockRequest, MockResponse

DOCUMENT = Path(__file__).parent / "fixtures" / "buttondown-emails.openapi.json"
NOW = "2026-11-27T09:00:00Z"


@dataclass(frozen=True)
class Asked:
    """One request."""

    method: str
    path: str
    query: Mapping[str, list[str]]
    headers: Mapping[str, str]
    body: Any

    @property
    def call(self) -> str:
        """As it is written in documents."""
        return f"{self.method} {self.path}"


@dataclass
class Account:
    """What every double has: requests, and what goes wrong with the next ones."""

    url: str = ""
    asked: list[Asked] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)  # what the document does not allow
    # (pattern of a call, what happens): "before" and "after" lose the answer before and after it was done; else a status
    faults: list[tuple[str, str]] = field(default_factory=list)

    def fault(self, asked: Asked) -> str:
        """What goes wrong with this one, once; '' where nothing does."""
        for place, (pattern, what) in enumerate(self.faults):
            if re.search(pattern, asked.call):
                del self.faults[place]
                return what
        return ""

    def answer(self, asked: Asked) -> tuple[int, Any]:
        """The service itself."""
        raise NotImplementedError

    def calls(self, pattern: str) -> list[Asked]:
        """The requests of a kind."""
        return [one for one in self.asked if re.search(pattern, one.call)]


@dataclass
class ListmonkAccount(Account):
    """Campaigns are drafts when made; `archive_slug` is unique; only a draft or a paused one starts."""

    token: str = "groundwire:secret"
    rows: list[dict[str, Any]] = field(default_factory=list)
    tests: list[Any] = field(default_factory=list)

    def answer(self, asked: Asked) -> tuple[int, Any]:
        if asked.headers.get("authorization") != f"token {self.token}":
            return 403, {"message": "invalid API credentials"}
        one = re.fullmatch(r"/api/campaigns/(\d+)(/\w+)?", asked.path)
        if asked.path == "/api/campaigns":
            return self._made(asked.body) if asked.method == "POST" else self._listed(asked)
        row = next((row for row in self.rows if one and row["id"] == int(one.group(1))), None)
        if row is None:
            return 400, {"message": "Campaign not found"}
        rest = one.group(2) if one else ""
        if (asked.method, rest) == ("PUT", "/status"):
            return self._status(row, asked.body["status"])
        if (asked.method, rest) == ("POST", "/test"):
            self.tests.append(asked.body)
            return 200, {"data": True}
        if asked.method == "PUT" and row["status"] in ("draft", "paused", "scheduled"):
            row.update(asked.body)
            return 200, {"data": row}
        return 400, {"message": "Cannot update a running or a finished campaign."}

    def _made(self, body: Any) -> tuple[int, Any]:
        if not {"name", "subject", "lists", "type", "content_type", "body"} <= set(body) or not body["lists"]:
            return 400, {"message": "Invalid fields"}
        if any(row["archive_slug"] == body["archive_slug"] for row in self.rows):
            said = 'pq: duplicate key value violates unique constraint "campaigns_archive_slug_key"'
            return 500, {"message": f"Error creating campaign: {said}"}
        self.rows.append({**body, "id": len(self.rows) + 1, "status": "draft"})
        return 200, {"data": self.rows[-1]}

    def _listed(self, asked: Asked) -> tuple[int, Any]:
        page, size = int(asked.query["page"][0]), int(asked.query["per_page"][0])
        newest = self.rows[::-1]
        return 200, {"data": {"results": newest[(page - 1) * size : page * size], "total": len(newest), "page": page}}

    def _status(self, row: dict[str, Any], wanted: str) -> tuple[int, Any]:
        allowed = {"running": ("draft", "paused"), "paused": ("running",), "cancelled": ("running", "paused")}
        if row["status"] not in allowed.get(wanted, ()):
            return 400, {"message": "Only paused and draft campaigns can be started"}
        row["status"] = wanted
        row["started"] = row.get("started", 0) + 1
        return 200, {"data": row}


@dataclass
class ButtondownAccount(Account):
    """Emails; without a `status` a new one is mailed at once; the same idempotency key gives the same answer."""

    token: str = "secret"
    rows: list[dict[str, Any]] = field(default_factory=list)
    mailed: list[str] = field(default_factory=list)
    tests: list[Any] = field(default_factory=list)
    kept: dict[str, tuple[int, Any]] = field(default_factory=dict)
    page: int = 100

    def answer(self, asked: Asked) -> tuple[int, Any]:
        if asked.headers.get("authorization") != f"Token {self.token}":
            return 401, {"detail": "Invalid token."}
        if problem := judged(asked):
            self.wrong.append(f"{asked.call}: {problem}")
            return 422, {"detail": [{"type": "value_error", "loc": ["body"], "msg": problem[:200]}]}
        key = asked.headers.get("x-idempotency-key", "")
        if key in self.kept:
            return self.kept[key]
        given = self._done(asked)
        if key:
            assert uuid.UUID(key)
            self.kept[key] = given
        return given

    def _done(self, asked: Asked) -> tuple[int, Any]:
        if asked.path == "/v1/emails":
            return self._made(asked.body) if asked.method == "POST" else self._listed(asked)
        part = asked.path.split("/")
        row = next((row for row in self.rows if row["id"] == part[3]), None)
        if row is None:
            return 404, {"detail": "Not found"}
        if part[4:] == ["send-draft"]:
            self.tests.append(asked.body)
            return 200, None
        if asked.method == "GET":
            return 200, row
        if row["status"] != "draft":
            return 400, {"detail": "This email has already been sent."}
        row.update({name: value for name, value in asked.body.items() if value is not None})
        if part[4:] == ["publish"]:
            self._mail(row)
        return 200, row

    def _made(self, body: Any) -> tuple[int, Any]:
        if body["body"].lstrip().startswith("---"):
            return 400, {"detail": "Your body contains frontmatter.", "code": "body_contains_frontmatter"}
        row = {**_BARE, **body, "id": f"em_{len(self.rows) + 1:026d}", "status": body.get("status", "about_to_send")}
        row["absolute_url"] = f"https://buttondown.com/example/archive/{row['slug']}/"
        self.rows.append(row)
        if row["status"] != "draft":
            self._mail(row)
        return 201, row

    def _listed(self, asked: Asked) -> tuple[int, Any]:
        number = int(asked.query.get("page", ["1"])[0])
        newest = [{**row, "body": ""} for row in self.rows[::-1]]
        shown = newest[(number - 1) * self.page : number * self.page]
        more = f"{self.url}/v1/emails?page={number + 1}" if number * self.page < len(newest) else None
        return 200, {"results": shown, "next": more, "previous": None, "count": len(newest)}

    def _mail(self, row: dict[str, Any]) -> None:
        self.mailed.append(row["metadata"].get("groundwire_issue", "?"))
        row["status"] = "about_to_send"


_BARE: dict[str, Any] = {
    "creation_date": NOW,
    "modification_date": NOW,
    "canonical_url": "",
    "commenting_mode": "enabled",
    "description": "",
    "archival_mode": "enabled",
    "featured": False,
    "filters": {"filters": [], "groups": [], "predicate": "and"},
    "image": "",
    "metadata": {},
    "related_email_ids": [],
    "should_trigger_pay_per_email_billing": False,
    "source": "api",
}


@cache
def document() -> OpenAPI:
    """Buttondown's own description of its API."""
    return OpenAPI.from_dict(json.loads(DOCUMENT.read_text(encoding="utf-8")))


def judged(asked: Asked) -> str:
    """What the document does not allow in a request; '' where it is right."""
    try:
        document().validate_request(_request(asked))
    except Exception as error:  # openapi-core has a tree of its own for each place in which something may be wrong
        return f"{error}: {error.__cause__} {[str(e.message) for e in getattr(error.__cause__, 'schema_errors', [])]}"
    return ""


def _request(asked: Asked) -> MockRequest:
    return MockRequest(
        "https://api.buttondown.com",
        asked.method.lower(),
        asked.path,
        args={name: values[0] if len(values) == 1 else values for name, values in asked.query.items()},
        headers=dict(asked.headers),
        data=None if asked.body is None else json.dumps(asked.body).encode(),
        content_type="application/json",
    )


def _check_answer(account: Account, asked: Asked, status: int, data: Any) -> None:
    """The double itself must not say what the real one never would."""
    if isinstance(account, ButtondownAccount) and data is not None and status < 500:
        document().validate_response(_request(asked), MockResponse(json.dumps(data).encode(), status_code=status))


@contextmanager
def open_account(account: Account) -> Iterator[Account]:
    """The service on loopback until the block ends; its address is `account.url`."""
    busy = threading.Lock()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _any(self) -> None:
            parts = urlsplit(self.path)
            size = int(self.headers.get("content-length") or 0)
            body = json.loads(self.rfile.read(size)) if size else None
            headers = {name.lower(): value for name, value in self.headers.items()}
            asked = Asked(self.command, parts.path, parse_qs(parts.query), headers, body)
            with busy:
                account.asked.append(asked)
                fault = account.fault(asked)
                if fault == "before":
                    return self._hang_up()
                if fault.startswith("429"):
                    return self._say(429, {"detail": "slow down"}, {"Retry-After": fault.partition(" ")[2]})
                if fault.isdigit():
                    return self._say(int(fault), {"detail": "trouble"}, {})
                status, data = account.answer(asked)
                _check_answer(account, asked, status, data)
            if fault == "after":
                return self._hang_up()
            return self._say(status, data, {})

        do_GET = do_POST = do_PUT = do_PATCH = _any  # noqa: N815  # the standard library's names

        def _hang_up(self) -> None:
            self.close_connection = True

        def _say(self, status: int, data: Any, headers: Mapping[str, str]) -> None:
            raw = b"" if data is None else json.dumps(data).encode()
            self.send_response(status)
            for name, value in {"Content-Type": "application/json", "Content-Length": str(len(raw)), **headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(raw)

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    web = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    account.url = f"http://127.0.0.1:{web.server_address[1]}"
    thread = threading.Thread(target=web.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield account
    finally:
        web.shutdown()
        web.server_close()
