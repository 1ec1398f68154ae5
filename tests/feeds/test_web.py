"""One document over HTTP: where a request may go, how long, how much, and what the answers mean."""

from __future__ import annotations

import gzip
import socket
import threading
import time
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from groundwire.feeds.guard import AddressRefused, Deadline, GuardedBackend, allowed, parse_networks, refuse_literal
from groundwire.feeds.unpack import TooLarge, Unpackable, unpack
from groundwire.feeds.web import FetchError, Web
from groundwire.settings import Fetch
from support import FeedServer

LOOPBACK = ("127.0.0.0/8",)


def web(**bounds: object) -> Web:
    return Web(
        Fetch.model_validate({"allow_networks": LOOPBACK, **bounds}), user_agent="Groundwire/test (+https://news.example/)"
    )


@pytest.mark.parametrize(
    "address",
    """127.0.0.1 10.1.2.3 172.16.0.1 192.168.1.1 169.254.169.254 100.64.0.1 0.0.0.0 255.255.255.255 224.0.0.1 192.0.2.1 198.18.0.1 240.0.0.1
    192.88.99.1 168.63.129.16 ::1 :: ::ffff:10.0.0.1 ::ffff:169.254.169.254 64:ff9b::a00:1 64:ff9b:1::a00:1 2002:7f00:1:: 2002:a9fe:a9fe::
    fe80::1 fe80::1%eth0 fc00::1 fd00:ec2::254 fec0::1 ff02::1 ::7f00:1 2001:0:53aa:64c::1 2001:db8::1 100::1 5f00::1 3fff::1""".split(),
)
def test_private_and_special_addresses_are_refused(address: str) -> None:
    assert not allowed(address)


@pytest.mark.parametrize("address", ["93.184.216.34", "2606:4700::6810:84e5", "::ffff:93.184.216.34", "64:ff9b::5db8:d822"])
def test_public_addresses_are_allowed(address: str) -> None:
    assert allowed(address)


def test_named_networks_are_allowed_also_inside_ipv6() -> None:
    networks = parse_networks(["10.1.0.0/16", "fd00:1::/32"])
    assert allowed("10.1.2.3", networks)
    assert allowed("::ffff:10.1.2.3", networks)
    assert allowed("fd00:1::5", networks)
    assert not allowed("10.2.0.1", networks)


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "[::1]", "2130706433", "0x7f.1", "127.1", "0177.0.0.1", "localhost", "a.localhost", "127.0.0.1."]
)
def test_literal_addresses_are_refused_in_every_spelling(host: str) -> None:
    assert "private network" in refuse_literal(host, ())


def test_names_are_left_to_the_look_up() -> None:
    assert refuse_literal("news.example", ()) == ""


@pytest.mark.parametrize("answer", [["10.0.0.1"], ["93.184.216.34", "127.0.0.1"], ["::ffff:169.254.169.254"], ["fd00:ec2::254"]])
def test_a_name_that_leads_inside_is_refused_when_connecting(answer: list[str]) -> None:
    backend = GuardedBackend((), {}, deadline=Deadline(), resolve=lambda host, port: answer)
    with pytest.raises(AddressRefused, match=r"fetch\.allow_networks"):
        backend.connect_tcp("rebinding.example", 80)


def test_every_hop_is_checked(server: FeedServer) -> None:
    server.put("/a", "", status=302, Location="http://inside.example/secret")
    reader = Web(Fetch(allow_networks=LOOPBACK), user_agent="t", resolve=lambda host, port: ["192.168.0.10"])
    with reader, pytest.raises(FetchError, match=r"inside\.example leads into a private network"):
        reader.get(server.url("/a"))


@pytest.mark.parametrize(
    "location", ["file:///etc/passwd", "ftp://x.example/", "gopher://x.example/", "http://[::1", "javascript:1"]
)
def test_other_schemes_are_not_followed(server: FeedServer, location: str) -> None:
    with web() as w, pytest.raises(FetchError, match=r"only http and https|no address"):
        w.get(server.put("/a", "", status=301, Location=location))


def test_behind_a_proxy_literal_addresses_are_refused(server: FeedServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", f"http://127.0.0.1:{server.port}")
    monkeypatch.setenv("no_proxy", "")
    server.put("http://news.example/feed.xml", "by the proxy")
    with Web(Fetch(), user_agent="t") as w:
        assert w.get("http://news.example/feed.xml").body == b"by the proxy"
        for inside in ("http://169.254.169.254/latest", "http://[::ffff:10.0.0.1]/", "http://2130706433/", "http://localhost/"):
            with pytest.raises(FetchError, match="private network"):
                w.get(inside)
    assert len(server.asked) == 1


def test_blocked_addresses_are_asked_at_no_hop(server: FeedServer) -> None:
    server.put("/a", "", status=302, Location=server.url("/ads/b"))
    reader = Web(Fetch(allow_networks=LOOPBACK), user_agent="t", refuse=lambda url: "blocked" if "/ads/" in url else "")
    with reader, pytest.raises(FetchError, match="blocked"):
        reader.get(server.url("/a"))
    assert server.count("/ads/b") == 0


def test_redirects_to_the_limit_and_permanent_ones_told(server: FeedServer) -> None:
    for n in range(5):
        server.put(f"/{n}", "", status=301, Location=f"/{n + 1}#part")
    server.put("/5", "here")
    with web() as w:
        found = w.get(server.url("/0"))
        assert (found.body, found.url, found.moved_to) == (b"here", server.url("/5"), server.url("/5"))
        server.put("/start", "", status=301, Location="/0")
        with pytest.raises(FetchError, match="more than 5 redirects"):
            w.get(server.url("/start"))


def test_after_a_temporary_redirect_nothing_is_permanent(server: FeedServer) -> None:
    server.put("/a", "", status=308, Location="/b")
    server.put("/b", "", status=302, Location="/c")
    server.put("/c", "", status=301, Location="/d")
    server.put("/d", "here")
    with web() as w:
        assert w.get(server.url("/a")).moved_to == server.url("/b")


def test_a_loop_of_redirects_ends(server: FeedServer) -> None:
    server.put("/a", "", status=302, Location="/a")
    with web() as w, pytest.raises(FetchError, match="more than 5"):
        w.get(server.url("/a"))
    assert server.count("/a") == 6


def test_who_asks_is_said_and_no_cookie_kept(server: FeedServer) -> None:
    server.put("/a", "x", Set_Cookie="id=1")
    with web() as w:
        w.get(server.url("/a"))
        w.get(server.url("/a"))
    assert server.asked[1][1]["user-agent"] == "Groundwire/test (+https://news.example/)"
    assert "cookie" not in server.asked[1][1]


@pytest.mark.parametrize(("status", "words"), [(404, "404 Not Found"), (500, "500 Internal"), (429, "429"), (299, "299")])
def test_refusals_carry_their_status(server: FeedServer, status: int, words: str) -> None:
    with web() as w, pytest.raises(FetchError, match=words) as caught:
        w.get(server.put("/a", "", status=status, Retry_After="7"))
    assert (caught.value.status, caught.value.retry_after) == (status, "7")


def test_a_body_too_large_is_refused_before_and_after_decompression(server: FeedServer) -> None:
    zeros = b"\0" * 30_000_000
    server.put("/plain", zeros[:1_200_000])
    server.put("/bomb", gzip.compress(zeros, mtime=0), Content_Encoding="gzip")
    server.put("/twice", gzip.compress(gzip.compress(zeros, mtime=0)), Content_Encoding="gzip, gzip")
    with web(max_mb=1) as w:
        for path in ("/plain", "/bomb"):
            with pytest.raises(FetchError, match="larger than 1 MB"):
                w.get(server.url(path))
        assert len(w.get(server.url("/twice")).body) < 1_000_000  # one layer is opened, no more


RAW = b"<rss>" + b"text " * 200


@pytest.mark.parametrize(
    ("body", "encoding"),
    [
        (RAW, ""),
        (RAW, "identity"),
        (gzip.compress(RAW, mtime=0), "gzip"),
        (gzip.compress(RAW, mtime=0), ""),
        (RAW, "gzip"),
        (gzip.compress(RAW[:50], mtime=0) + gzip.compress(RAW[50:], mtime=0), "gzip"),
        (gzip.compress(RAW, mtime=0) + b"\0\0garbage", "gzip"),
        (zlib.compress(RAW), "deflate"),
        (zlib.compress(RAW)[2:-4], "deflate"),
        (RAW, "deflate"),
    ],
)
def test_compression_is_what_the_bytes_say(body: bytes, encoding: str) -> None:
    assert unpack(body, encoding, limit=10_000) == RAW


@pytest.mark.parametrize(
    ("body", "encoding"),
    [
        (gzip.compress(RAW, mtime=0)[:-20], "gzip"),
        (gzip.compress(RAW, mtime=0)[:30] + b"?" * 90, "gzip"),
        (RAW, "br"),
        (b"\x99" * 50, "deflate"),
    ],
)
def test_broken_compression_is_told(body: bytes, encoding: str) -> None:
    with pytest.raises(Unpackable):
        unpack(body, encoding, limit=10_000)


def test_the_limit_holds_over_all_members() -> None:
    with pytest.raises(TooLarge):
        unpack(gzip.compress(b"a" * 6_000) * 2, "gzip", limit=10_000)


@contextmanager
def raw_server(talk: Callable[[socket.socket], None]) -> Iterator[str]:
    """A server that says what `talk` says, to each connection."""
    listener = socket.create_server(("127.0.0.1", 0))
    listener.settimeout(10)

    def serve() -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            with connection:
                try:
                    connection.recv(4_096)
                    talk(connection)
                except OSError:
                    pass

    threading.Thread(target=serve, daemon=True).start()
    yield f"http://127.0.0.1:{listener.getsockname()[1]}/feed.xml"
    listener.close()


def dripping(head: bytes) -> Callable[[socket.socket], None]:
    def talk(connection: socket.socket) -> None:
        connection.sendall(head)
        for _ in range(200):
            connection.sendall(b"x")
            time.sleep(0.05)

    return talk


@pytest.mark.parametrize(
    "head",
    [b"", b"HTTP/1.1 200 OK\r\nX-A: ", b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n", b"HTTP/1.1 200 OK\r\n\r\n"],
    ids=["status", "header", "body", "endless"],
)
def test_a_byte_now_and_then_does_not_hold_a_thread(head: bytes) -> None:
    began = time.monotonic()
    with raw_server(dripping(head)) as url, web(timeout_s=0.5) as w, pytest.raises(FetchError, match=r"within 0\.5 s|HTTP"):
        w.get(url)
    assert time.monotonic() - began < 1.5


def test_endless_interim_answers_end() -> None:
    def talk(connection: socket.socket) -> None:
        for _ in range(100_000):
            connection.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")

    began = time.monotonic()
    with raw_server(talk) as url, web(timeout_s=0.5) as w, pytest.raises(FetchError):
        w.get(url)
    assert time.monotonic() - began < 2


def test_the_look_up_of_a_name_counts_too() -> None:
    def slow(host: str, port: int) -> list[str]:
        time.sleep(5)
        return ["93.184.216.34"]

    began = time.monotonic()
    with Web(Fetch(timeout_s=0.3), user_agent="t", resolve=slow) as w, pytest.raises(FetchError, match=r"within 0\.3 s"):
        w.get("http://slow.example/")
    assert time.monotonic() - began < 1


@pytest.mark.parametrize("said", [b"", b"nonsense\r\n\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\nshort"])
def test_what_is_no_http_is_a_reason(said: bytes) -> None:
    with raw_server(lambda c: c.sendall(said)) as url, web(timeout_s=3) as w, pytest.raises(FetchError, match="breaks off"):
        w.get(url)


def test_nobody_there() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    with web() as w, pytest.raises(FetchError, match="refused"):
        w.get(f"http://127.0.0.1:{port}/")


def test_no_such_host() -> None:
    def none(host: str, port: int) -> list[str]:
        raise socket.gaierror(-2, "Name or service not known")

    with Web(Fetch(), user_agent="t", resolve=none) as w, pytest.raises(FetchError, match=r"no such host: gone\.example"):
        w.get("http://gone.example/feed")


def test_names_and_paths_outside_ascii(server: FeedServer) -> None:
    server.put("/caf%C3%A9", "", status=301, Location="/\u00fc")
    server.put("/%C3%BC", "here")
    with web() as w:
        assert w.get(server.url("/caf\u00e9")).body == b"here"
