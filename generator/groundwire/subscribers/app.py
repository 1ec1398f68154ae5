"""The service where people join and leave: ASGI, no script, no cookie, no log of who came.

    /                form; its POST asks for the mail to confirm       /confirm/TOKEN   its POST is the second yes
    /u/TOKEN         its POST unsubscribes (RFC 8058: any body, no redirect); also where another service sends now
GET and HEAD show pages and change nothing: scanners follow every link of a mail.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import HTTP
from urllib.parse import parse_qs, urlsplit

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Mount, Route

from groundwire.ports import Clock
from groundwire.subscribers.address import kept_form
from groundwire.subscribers.callers import caller
from groundwire.subscribers.database import Database
from groundwire.subscribers.limits import CALLER, allow
from groundwire.subscribers.pages import HOLLOW, Pages
from groundwire.subscribers.store import Subscribers

MAX_BODY = 8192
HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Robots-Tag": "noindex",
}


@dataclass(frozen=True)
class Service:
    """What the service works with. `url` is its public address, `site` the website's; `wake` tells the one who mails."""

    database: Database
    url: str
    site: str
    title: str
    language: str
    proxies: tuple[str, ...]
    clock: Clock
    wake: Callable[[], None] = lambda: None
    closed: bool = False  # somebody else sends now: people only leave here

    @property
    def pages(self) -> Pages:
        """Its pages."""
        return Pages(self.language, self.title, self.site, self.path)

    @property
    def path(self) -> str:
        """The path of its address, with a slash at its end."""
        return urlsplit(self.url).path.rstrip("/") + "/"

    @property
    def people(self) -> Subscribers:
        """The subscribers."""
        return Subscribers(self.database)


def make_app(service: Service) -> Starlette:
    """Make the service as an ASGI application."""
    desk = _Desk(service)
    routes = [
        Route("/", desk.form, methods=["GET"]),
        Route("/", desk.ask, methods=["POST"]),
        Route("/confirm/{token}", desk.confirm_page, methods=["GET"]),
        Route("/confirm/{token}", desk.confirm, methods=["POST"]),
        Route("/u/test", desk.test, methods=["GET", "POST"]),
        Route("/u/{token}", desk.leave_page, methods=["GET"]),
        Route("/u/{token}", desk.leave, methods=["POST"]),
    ]
    path = service.path.rstrip("/")
    return Starlette(routes=[Mount(path, routes=routes)] if path else routes)


class _Desk:
    """One method for each route. Those without `async` run beside the loop, because they wait for the database."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self._people = service.people
        self._pages = service.pages
        self._origins = {_origin(service.url), _origin(service.site)}

    def form(self, request: Request) -> Response:
        if self._service.closed:
            return self._moved(request)
        return self._answer(self._pages.form(), request)

    async def ask(self, request: Request) -> Response:
        """Answer with the same page whatever we know of the address: who is subscribed is nobody's business."""
        if self._service.closed:
            return self._moved(request)
        if request.headers.get("origin", "null") not in {*self._origins, "null"}:
            return self._answer(self._pages.notice("unknown"), request, 403)
        fields = await _fields(request)
        return await run_in_threadpool(self._asked, request, fields)

    def _asked(self, request: Request, fields: dict[str, str]) -> Response:
        email = kept_form(fields.get("email", ""))
        if email is None:
            return self._answer(self._pages.form(wrong=True), request, 400)
        if not self._may_ask(request):
            return self._answer(self._pages.notice("slow"), request, 429)
        if not fields.get(HOLLOW, "") and self._people.request(email, now=self._service.clock()):
            self._service.wake()
        return self._answer(self._pages.notice("asked"), request)

    def confirm_page(self, request: Request) -> Response:
        if self._service.closed:
            return self._moved(request)
        if self._people.awaiting(request.path_params["token"], now=self._service.clock()):
            return self._answer(self._pages.question("confirm", text="consent"), request)
        return self._answer(self._pages.notice("stale", again=True), request, 404)

    def confirm(self, request: Request) -> Response:
        if self._service.closed:
            return self._moved(request)
        wording = self._pages.words("consent")
        done = self._people.confirm(request.path_params["token"], wording=wording, now=self._service.clock())
        if done == "invalid":
            return self._answer(self._pages.notice("stale", again=True), request, 404)
        if done == "new":
            self._service.wake()
        return self._answer(self._pages.notice("confirmed"), request)

    def leave_page(self, request: Request) -> Response:
        if self._people.leaves(request.path_params["token"]):
            return self._answer(self._pages.question("leave"), request)
        return self._answer(self._pages.notice("unknown"), request, 404)

    def leave(self, request: Request) -> Response:
        if self._people.leave(request.path_params["token"], now=self._service.clock()):
            return self._answer(self._pages.notice("left"), request)
        return self._answer(self._pages.notice("unknown"), request, 404)

    def test(self, request: Request) -> Response:
        return self._answer(self._pages.notice("test"), request)

    def _moved(self, request: Request) -> Response:
        return self._answer(self._pages.notice("moved"), request, 410)

    def _may_ask(self, request: Request) -> bool:
        peer = request.client.host if request.client else ""
        forwarded = ",".join(request.headers.getlist("x-forwarded-for"))
        who = self._people.hashed(caller(peer, forwarded, proxies=self._service.proxies))
        with self._service.database.write() as db:
            return allow(db, CALLER, who, now=int(self._service.clock().timestamp()))

    def _answer(self, page: str, request: Request, status: int = 200) -> Response:
        origin = request.headers.get("origin", "")
        cors = {"Access-Control-Allow-Origin": origin, "Vary": "Origin"} if origin in self._origins else {}
        return HTMLResponse(page, status, {**HEADERS, **cors})


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


async def _fields(request: Request) -> dict[str, str]:
    """Read the fields of a posted form, the first of each name; none if the body is too large or no form."""
    body = b""
    try:
        async for chunk in request.stream():
            body += chunk
            if len(body) > MAX_BODY:
                return {}
    except ClientDisconnect:
        return {}
    kind = request.headers.get("content-type", "")
    if kind.startswith("multipart/form-data"):
        return _parts(kind, body)
    found = parse_qs(body.decode("utf-8", "replace"), max_num_fields=20) if body.count(b"&") < 20 else {}
    return {name: values[0] for name, values in found.items()}


def _parts(kind: str, body: bytes) -> dict[str, str]:
    message = BytesParser(policy=HTTP).parsebytes(b"Content-Type: " + kind.encode("latin-1", "replace") + b"\r\n\r\n" + body)
    found: dict[str, str] = {}
    for part in message.iter_parts() if isinstance(message, EmailMessage) and message.is_multipart() else ():
        name = part.get_param("name", header="content-disposition")
        payload = part.get_payload(decode=True)
        if isinstance(name, str) and isinstance(payload, bytes):
            found.setdefault(name, payload.decode("utf-8", "replace"))
    return found
