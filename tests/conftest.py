"""What all tests share: no network beyond loopback, a feed server, a browser, the corpus beside the checkout."""

from __future__ import annotations

import gzip
import os
import socket
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from browserkit import CHROMIUM, QUIET, Reader
from support import FeedServer

LOOPBACK = ("127.", "::1", "localhost")


@pytest.fixture(autouse=True)
def loopback_only(monkeypatch: pytest.MonkeyPatch) -> None:
    """No test reaches past this machine."""
    connect = socket.socket.connect

    def guarded(self: socket.socket, address: Any) -> Any:
        if self.family in (socket.AF_INET, socket.AF_INET6) and not str(address[0]).startswith(LOOPBACK):
            raise AssertionError(f"a test tried to reach {address}")
        return connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", guarded)
    for name in (
        "http_proxy",
        "https_proxy",
        "all_proxy",
        "HTTP_PROXY",
        "HTTPS_PROXY",
        "ALL_PROXY",
        "ANTHROPIC_API_KEY",
        "GROUNDWIRE_MODEL_KEY",
        "GROUNDWIRE_MODEL_SERVER",
        "GITHUB_REPOSITORY",
    ):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def server() -> Iterator[FeedServer]:
    """A feed server of the test's own."""
    state = FeedServer()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            headers = {name.lower(): value for name, value in self.headers.items()}
            state.asked.append((self.path, headers))
            answer: Any = state.pages.get(self.path, (404, {}, b"nothing here"))
            status, extra, body = answer(headers) if callable(answer) else answer
            self.send_response(status)
            for name, value in extra.items():
                self.send_header(name, value)
            if status != 304:
                self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            if status != 304:
                self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    web = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    state.port = web.server_address[1]
    thread = threading.Thread(target=web.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    yield state
    web.shutdown()
    web.server_close()


@pytest.fixture(scope="session")
def corpus() -> Path:
    """The folder of real documents; where it is not at hand the test skips, or fails where all must run."""
    here = Path(os.environ.get("GROUNDWIRE_CORPUS") or Path(__file__).parents[2] / "shared" / "corpus")
    if not here.is_dir():
        message = f"the corpus of real documents is not at hand ({here})"
        if os.environ.get("GROUNDWIRE_REQUIRE_ALL"):
            pytest.fail(message)
        pytest.skip(message)
    return here


@pytest.fixture
def publication(tmp_path: Path, server: FeedServer) -> Callable[..., Path]:
    """Makes a publication in tmp_path whose feeds are on the server; extra settings are YAML lines."""

    def make(*feeds: str, extra: str = "", folder: str = "pub") -> Path:
        root = tmp_path / folder
        root.mkdir(exist_ok=True)
        listed = "".join(f"- {feed}\n" if feed.startswith("{") else f"- url: {feed}\n" for feed in feeds)
        text = f"title: Test\nurl: https://news.example/\nfetch: {{allow_networks: [127.0.0.0/8]}}\n{extra}\nfeeds:\n{listed}"
        (root / "newsletter.yml").write_text(text, encoding="utf-8")
        mkdocs = Path(__file__).parents[1] / "mkdocs.yml"
        (root / "mkdocs.yml").write_text(mkdocs.read_text(encoding="utf-8"), encoding="utf-8")
        (root / "content").mkdir(exist_ok=True)
        return root

    return make


@pytest.fixture(scope="module")  # no longer: while it lives, asyncio has a running loop in this thread
def chromium() -> Iterator[Any]:
    """The browser; where there is none the test skips, or fails where all must run."""
    if not CHROMIUM.exists():
        message = f"no browser at {CHROMIUM}; Debian's: apt-get install chromium"
        if os.environ.get("GROUNDWIRE_REQUIRE_ALL"):
            pytest.fail(message)
        pytest.skip(message)
    from playwright.sync_api import sync_playwright

    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=str(CHROMIUM), args=QUIET)
        yield browser
        browser.close()


@pytest.fixture
def reader(chromium: Any, request: pytest.FixtureRequest) -> Iterator[Reader]:
    """One reader's window; a test that leaves an error in its console fails."""
    options = {"viewport": {"width": 1280, "height": 900}, **getattr(request, "param", {})}
    context = chromium.new_context(**options)
    reader = Reader(context.new_page())

    def answered(response: Any) -> None:
        reader.asked.append(response.url)
        if response.status == 200:
            reader.bytes += len(gzip.compress(response.body(), 6))

    reader.page.on("response", answered)
    reader.page.on("console", lambda m: reader.errors.append(m.text) if m.type == "error" else None)
    reader.page.on("pageerror", lambda error: reader.errors.append(str(error)))
    yield reader
    context.close()
    assert not reader.errors
