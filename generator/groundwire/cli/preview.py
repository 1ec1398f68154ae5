"""`groundwire preview`: the site while one writes, and on the same port the whole way of a subscriber, with a mailbox instead of the world.

    /…            the site, as MkDocs serves it         /_mail/…      the subscription service of `subscribers serve`
    /_mailbox/…   every mail that either of them sends
Nothing here mails anybody, and the people who subscribe here are in a database of the preview's own, gone at its next start.
"""

from __future__ import annotations

import asyncio
import shutil
import socket
import threading
from collections.abc import Callable, Iterable
from contextlib import nullcontext
from dataclasses import replace
from http import HTTPStatus
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import click
import httpx2
from starlette.applications import Starlette

from groundwire.cli.common import in_folder, progress
from groundwire.delivery import sending
from groundwire.delivery.serving import Workers, make_service
from groundwire.errors import GroundwireError
from groundwire.mail.links import Answer
from groundwire.mail.mailbox import Mailbox
from groundwire.ports import Tell
from groundwire.publication.content import load_articles
from groundwire.settings import Settings, load_settings
from groundwire.subscribers.database import Database
from groundwire.website.build import serve_site
from groundwire.website.front import Front, Wsgi
from groundwire.wiring import Places

SERVICE, MAILBOX = "/_mail/", "/_mailbox/"
LOOK_S = 5.0  # for issues that become ready meanwhile; who subscribes or confirms is mailed at once
MAX_BODY = 100_000


@click.command()
@in_folder
@click.option("--port", type=click.IntRange(0, 65535), default=8000, show_default=True, help="On this machine only (127.0.0.1).")
@click.option("--sample", is_flag=True, help="Show the sample's site.")
def preview_command(root: Path, port: int, sample: bool) -> None:
    """Show the site in a browser while you write; pages are built anew when a file changes.

    The form to subscribe works there too: its mails go into a mailbox page instead of the world, so that you can confirm,
    get the issue and leave as a reader would.
    """
    preview(root, port=port, sample=sample, tell=progress)


def preview(root: Path, *, port: int, sample: bool, tell: Tell) -> None:
    """Serve the site, and the way of a subscriber, until interrupted. Raises GroundwireError where there is no sample yet."""
    where = root / ".groundwire" / "sample" if sample else root
    if sample and not (where / "newsletter.yml").exists():
        raise GroundwireError("there is no sample yet; make it with: groundwire run --sample")
    serve_preview(where, port=port, tell=tell)


def serve_preview(root: Path, *, port: int, tell: Tell) -> None:
    """Serve both until interrupted. Raises what building the site raises."""
    settings, port = load_settings(root), port or _free_port()
    here = f"http://127.0.0.1:{port}"
    site = here + "/"
    mailbox = Mailbox(MAILBOX, lambda url: site + url.removeprefix(settings.url) if url.startswith(settings.url) else url)
    folder = Places(root).private / "preview"
    shutil.rmtree(folder, ignore_errors=True)
    with Database(folder / "subscribers.sqlite") as database:
        mine = _settings(settings, service=here + SERVICE)
        workers = _workers(root, mine, database, mailbox, tell=tell)
        app = make_service(mine.model_copy(update={"url": site}), database, wake=workers.wake)
        threads = workers.start()
        tell(f"{site} (^C ends it)\nsubscribe there; what it mails is at {here}{MAILBOX} and goes to nobody")
        try:
            serve_site(root, port=port, front=Front(SERVICE, lambda behind: _front(behind, app, mailbox)))
        finally:
            workers.end(threads)


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def _settings(settings: Settings, *, service: str) -> Settings:
    """Return the publication's settings, with the service here, and a sender where none is set yet."""
    own = settings.subscribers.model_copy(update={"url": service, "form": None, "proxies": ()})
    named = settings.email.sender or settings.publisher.email
    email = settings.email.model_copy(update={"sender": named or f"newsletter@{urlsplit(settings.url).hostname}"})
    return settings.model_copy(update={"subscribers": own, "email": email})


def _workers(root: Path, settings: Settings, database: Database, mailbox: Mailbox, *, tell: Tell) -> Workers:
    ended = threading.Event()
    world = replace(sending.system_world(tell, stop=ended.is_set), sleep=ended.wait)
    places = Places(root)

    def fetch(url: str) -> Answer:
        """Answer as a site that always shows what the files say."""
        pages = " ".join(page.url for page in load_articles(places.content, cache=places.cache).pages)
        return Answer(f'<link rel="canonical" href="{url}">{pages}')

    office = sending.make_office(root, settings, database, world=world, fetch=fetch, minutes=0)
    if ready := office.desk.ready():
        # it counts as sent, also where its time is over: that is what a new subscriber gets
        office.deliveries.freeze(ready[-1].meta.id, now=world.clock())
    return Workers(office, tell if ready else _but_none_ready(tell), lambda: nullcontext(mailbox), look_s=LOOK_S, ended=ended)


def _but_none_ready(tell: Tell) -> Tell:
    return lambda line: None if line.startswith("no issue is ready") else tell(line)


def _front(behind: Wsgi, app: Starlette, mailbox: Mailbox) -> Wsgi:
    def answer(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        path = environ["PATH_INFO"]
        if path.startswith(SERVICE):
            return _from_service(app, environ, start_response)
        if path.startswith(MAILBOX):
            page = mailbox.page(path.removeprefix(MAILBOX))
            status = "200 OK" if page is not None else "404 Not Found"
            start_response(status, [("Content-Type", "text/html; charset=utf-8"), ("Cache-Control", "no-store")])
            return [(page or "No such mail.").encode("utf-8")]
        return behind(environ, start_response)

    return answer


def _from_service(app: Starlette, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """Return the ASGI service's answer to a WSGI request, with a way to the mailbox at its foot."""
    size = min(int(environ.get("CONTENT_LENGTH") or 0), MAX_BODY)
    headers = {key[5:].replace("_", "-"): value for key, value in environ.items() if key.startswith("HTTP_")}
    headers["content-type"] = environ.get("CONTENT_TYPE", "")

    async def ask() -> httpx2.Response:
        transport = httpx2.ASGITransport(app=app, client=(environ.get("REMOTE_ADDR", "127.0.0.1"), 0))
        async with httpx2.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
            body = environ["wsgi.input"].read(size)
            return await client.request(environ["REQUEST_METHOD"], environ["PATH_INFO"], content=body, headers=headers)

    response = asyncio.run(ask())
    body = response.content.replace(b"</main>", f'<p><a href="{MAILBOX}">To the mailbox of this preview</a></p></main>'.encode())
    kept = [(key, value) for key, value in response.headers.items() if key != "content-length"]
    start_response(
        f"{response.status_code} {HTTPStatus(response.status_code).phrase}", [*kept, ("Content-Length", str(len(body)))]
    )
    return [b"" if environ["REQUEST_METHOD"] == "HEAD" else body]
