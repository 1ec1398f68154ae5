"""Which server is asked and with which key: a key goes to the one address that it is for, and free is only a server of one's own."""

from __future__ import annotations

import ipaddress
import socket
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis import seed
from analysis.asking import KEY
from analysis.wire import Wire, answer, serve
from groundwire import pipeline
from groundwire.analysis.analyst import ClaudeAnalyst
from groundwire.cli import check as check_jobs
from groundwire.errors import InputError, Refused
from groundwire.llm.messages import Request, Usage
from groundwire.llm.models import tariff_of
from groundwire.llm.providers.anthropic import ClaudeCaller
from groundwire.llm.server import is_anthropic, is_private, key_for
from groundwire.settings import AnalysisSettings, ModelPrice
from groundwire.wiring import open_publication
from support import FeedServer, rss

NOW = datetime(2026, 4, 12, 18, 0, tzinfo=UTC)
ANTHROPIC_S, OTHER_S = "sk-ant-secret-0000", "other-secret-0000"
HOSTED = "https://models.example.org"
ITEM = {"title": "Ferries to the islands are late for a week", "link": "https://one.example/a", "description": "They are late."}
REQUEST = Request("claude-haiku-5-5", "say", "something", {})
PUBLIC = [
    HOSTED,
    "https://api.anthropic.com",
    "https://localhost.example.org",
    "https://example.local.org",
    "https://internal.example.com",
    "https://10.0.0.1.example.com",
    "https://8.8.8.8",
    "https://134744072",  # 8.8.8.8, as resolvers read it
    "https://0x08080808",
    "https://010.8.8.8",  # octal: 8.8.8.8
    "https://100.64.0.1",  # shared with other customers of a provider
    "https://172.32.0.1",
    "https://192.0.2.1",
    "https://198.18.0.1",
    "https://[2001:db8::1]",
    "https://[2606:4700::1]",
    "https://[::ffff:8.8.8.8]",
    "https://[64:ff9b::a00:1]",
    "https://evil。example",  # one label, but for a client that reads the ideographic full stop
    "https://evil。local。example",
    "https://localhost%2eevil.example",
    "https://ai.",  # a top-level domain
    "https://evil.example%00.local",
]
PRIVATE = [
    "http://localhost:11434",
    "http://LOCALHOST.:11434",
    "http://models.localhost",
    "http://127.0.0.1:8080/v1",
    "http://127.1",
    "http://2130706433",
    "http://0.0.0.0:11434",
    "http://10.200.0.7",
    "http://172.16.0.1",
    "http://172.31.255.255",
    "https://192.168.178.20",
    "http://169.254.7.7",
    "http://[::1]:11434",
    "http://[fd12:3456::1]",
    "http://[fe80::1]",
    "http://[::ffff:10.0.0.1]",
    "http://ollama:11434",
    "http://my_ollama",
    "http://gpu.local",
    "http://host.docker.internal:11434",
    "http://models.corp.internal.",
    "http://nas.home.arpa",
]


# --- what is one's own ---


@pytest.mark.parametrize("url", PUBLIC)
def test_a_server_of_others_is_never_free(url: str) -> None:
    assert not is_private(url)
    if not is_anthropic(url):
        for model in ("qwen3", "claude-haiku-5-5"):  # Anthropic's price is no other server's
            with pytest.raises(Refused, match=r"price: \{input: 3, output: 15\}"):
                tariff_of(AnalysisSettings(base_url=url, model=model), {})
    stated = AnalysisSettings(base_url=url, model="qwen3", price=ModelPrice(input=2, output=10))
    assert tariff_of(stated, {}).cost("qwen3", Usage(1_000_000, 0)) == 2


@pytest.mark.parametrize("url", PRIVATE)
def test_a_server_of_one_s_own_is_free_without_a_key(url: str) -> None:
    own = AnalysisSettings(base_url=url, model="qwen3")
    assert is_private(url)
    assert tariff_of(own, {}).cost("qwen3", Usage(9, 9)) == 0
    with pytest.raises(Refused, match="is used with a key"):
        tariff_of(own, {"GROUNDWIRE_MODEL_KEY": OTHER_S})


@given(st.ip_addresses(v=4), st.sampled_from(["{}", "{:d}", "{:#x}", "mapped"]))
def test_an_address_is_its_own_whatever_its_spelling(address: ipaddress.IPv4Address, spelling: str) -> None:
    networks = ("127.0.0.0/8", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16", "0.0.0.0/32")
    mine = any(address in ipaddress.ip_network(network) for network in networks)
    host = f"[::ffff:{address}]" if spelling == "mapped" else spelling.format(address if spelling == "{}" else int(address))
    assert is_private(f"http://{host}:8080/") == mine


@given(st.from_regex(r"[a-z0-9-]{1,20}(\.(local|internal|localhost|10|127))?[.。．｡](com|org|ai|example)", fullmatch=True))
def test_a_name_of_the_public_s_is_never_private(name: str) -> None:
    assert not is_private(f"https://{name}")


def test_no_name_is_looked_up(monkeypatch: pytest.MonkeyPatch) -> None:
    def asked(*_: Any, **__: Any) -> Any:
        raise AssertionError("DNS was asked")

    for function in ("getaddrinfo", "gethostbyname", "gethostbyname_ex"):
        monkeypatch.setattr(socket, function, asked)
    for url in (*PUBLIC, *PRIVATE):
        is_private(url)


@pytest.mark.parametrize("extra", ["", ", by: claude", ", model: claude-haiku-5-5", ", budget_usd: 0.0"])
def test_a_hosted_server_without_a_price_is_refused_by_check_and_before_anything_is_asked(
    publication: Callable[..., Path], server: FeedServer, extra: str
) -> None:
    root = publication(server.put("/f.xml", rss(ITEM)), extra=f"analysis: {{base_url: '{HOSTED}', model: qwen3{extra}}}".replace(
        "model: qwen3, model:", "model:"
    ))  # fmt: skip
    with pytest.raises(InputError, match=r"newsletter\.yml: error: analysis\.base_url: .*\n +write: analysis: \{price: "):
        check_jobs.check(root, now=NOW)
    with pytest.raises(Refused, match=r"analysis: \{price: \{input: 3, output: 15\}\}"):
        update(root)
    assert server.count("/f.xml") == 0
    settings = (root / "newsletter.yml").read_text()
    (root / "newsletter.yml").write_text(settings.replace("model:", "price: {input: 3, output: 15}, model:"))
    check_jobs.check(root, now=NOW)


# --- whose key goes where ---


def update(root: Path) -> pipeline.Update:
    with open_publication(root, command="test", tell=lambda line: None, now=NOW, force=True) as workspace:
        return workspace.run(pipeline.update(workspace.publication, workspace.parts, now=NOW), now=NOW)


def test_a_key_is_for_one_address() -> None:
    mine = {"ANTHROPIC_API_KEY": ANTHROPIC_S, "GROUNDWIRE_MODEL_KEY": OTHER_S, "GROUNDWIRE_MODEL_SERVER": f"{HOSTED}/v1/"}
    assert key_for(None, mine) == ANTHROPIC_S
    assert key_for("https://API.anthropic.com:443/", mine) == ANTHROPIC_S
    assert key_for("HTTPS://Models.example.org:443/v1", mine) == OTHER_S
    for other in (
        "https://evil.example",
        HOSTED,  # another account at a gateway
        f"{HOSTED}/v1/evil",
        f"{HOSTED}:8443/v1",
        "http://models.example.org/v1",
        f"{HOSTED}/v1?to=evil",
        "http://api.anthropic.com",
        "https://api.anthropic.com.evil.example",
        "https://api.anthropic.com:8443",
        "http://localhost:11434",
    ):
        with pytest.raises(Refused, match=f"GROUNDWIRE_MODEL_SERVER={other}".replace("?", r"\?")):
            key_for(other, mine)
        assert key_for(other, {"ANTHROPIC_API_KEY": ANTHROPIC_S}) is None
        with pytest.raises(Refused, match="not for which server"):
            key_for(other, {"GROUNDWIRE_MODEL_KEY": OTHER_S})


def test_anthropic_s_key_is_not_sent_to_another_server(
    publication: Callable[..., Path], server: FeedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ANTHROPIC_API_KEY", ANTHROPIC_S)
    with serve() as model:
        model.always = answer({})
        update(publication(server.put("/f.xml", rss(LONG)), extra=f"analysis: {{by: claude, base_url: '{model.url}'}}"))
    assert model.asked
    assert ANTHROPIC_S not in str(model.headers)


def test_another_server_s_key_is_sent_to_it_alone(
    publication: Callable[..., Path], server: FeedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ANTHROPIC_API_KEY", ANTHROPIC_S)
    monkeypatch.setenv("GROUNDWIRE_MODEL_KEY", OTHER_S)
    with serve() as model, serve() as evil:
        model.always = evil.always = answer({})
        monkeypatch.setenv("GROUNDWIRE_MODEL_SERVER", model.url)
        said = "analysis: {{by: claude, base_url: '{}', price: {{input: 1, output: 1}}}}"
        update(publication(server.put("/f.xml", rss(LONG)), extra=said.format(model.url), folder="mine"))
        with pytest.raises(Refused, match="goes nowhere else"):
            update(publication(server.put("/f.xml", rss(LONG)), extra=said.format(evil.url), folder="changed"))
    assert OTHER_S in str(model.headers)
    assert ANTHROPIC_S not in str(model.headers)
    assert evil.headers == []


LONG = ITEM | {
    "description": "The ferries to the islands are late for a week, because the harbour has no pilots, the port says. " * 8
}


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_no_redirect_is_followed(make: Callable[..., ClaudeAnalyst], wire: Wire, status: int) -> None:
    with serve() as evil:
        wire.then({"status": status, "json": {}, "headers": {"Location": f"{evil.url}/v1/messages"}})
        analyst = make()
        assert analyst.analyse(seed.story(), seed.sources(full=True), category="industry-news").by == "extractive"
        assert "no redirect is followed: check analysis.base_url" in analyst.stopped
        assert (evil.asked, evil.unscripted) == ([], 0)


def test_the_environment_names_no_server_no_key_and_no_header(wire: Wire, monkeypatch: pytest.MonkeyPatch) -> None:
    with serve() as evil:
        monkeypatch.delenv("NO_PROXY")
        for name in ("ANTHROPIC_BASE_URL", "HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
            monkeypatch.setenv(name, evil.url)
        monkeypatch.setenv("ANTHROPIC_API_KEY", ANTHROPIC_S)
        monkeypatch.setenv("ANTHROPIC_AUTH_TOKEN", ANTHROPIC_S)
        monkeypatch.setenv(
            "ANTHROPIC_CUSTOM_HEADERS", f"X-Api-Key: {ANTHROPIC_S}\nAuthorization: Bearer {ANTHROPIC_S}\nCookie: {ANTHROPIC_S}"
        )
        wire.then(answer({}))
        assert ClaudeCaller(key=KEY, base_url=wire.url).ask(REQUEST).outcome == "answer"
        assert evil.got == []
    assert ANTHROPIC_S not in str(wire.headers)
    assert wire.headers[0]["authorization"] == f"Bearer {KEY}"


def test_without_a_key_of_ours_nothing_is_asked_with_one_of_the_environment(wire: Wire, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANTHROPIC_API_KEY", ANTHROPIC_S)
    assert ClaudeCaller(base_url=wire.url).ask(REQUEST).outcome == "fatal"
    assert wire.got == []


@pytest.fixture
def proxy() -> Iterator[tuple[str, list[bytes]]]:
    """A proxy that notes what it is asked, and refuses."""
    heard: list[bytes] = []
    listener = socket.create_server(("127.0.0.1", 0))

    def listen() -> None:
        while True:
            try:
                caller, _ = listener.accept()
            except OSError:
                return
            with caller:
                heard.append(caller.recv(65_536))
                caller.sendall(b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n")

    thread = threading.Thread(target=listen, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{listener.getsockname()[1]}", heard
    listener.shutdown(socket.SHUT_RDWR)
    listener.close()
    thread.join()


def test_a_proxy_learns_the_server_s_name_and_nothing_else(
    proxy: tuple[str, list[bytes]], monkeypatch: pytest.MonkeyPatch
) -> None:
    address, heard = proxy
    monkeypatch.setenv("HTTPS_PROXY", address)
    with serve() as evil:
        monkeypatch.setenv("ANTHROPIC_BASE_URL", evil.url)
        reply = ClaudeCaller(key=ANTHROPIC_S).ask(REQUEST)
        assert evil.got == []
    assert reply.outcome == "failed"
    assert heard
    assert all(text.startswith(b"CONNECT api.anthropic.com:443 HTTP/1.1\r\n") for text in heard)
    assert ANTHROPIC_S.encode() not in b"".join(heard)
