"""The service over real HTTP: uvicorn on loopback, httpx as the browser (points 12, 13, 16 to 20 of the checklist)."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import httpx2
import pytest
import uvicorn

from groundwire.subscribers.app import Service, make_app
from groundwire.subscribers.callers import caller
from groundwire.subscribers.database import Database
from groundwire.subscribers.pages import HOLLOW
from groundwire.subscribers.store import CONFIRMATIONS, Subscribers
from mailkit import NOW, Time, free_port, token_of

SITE = "https://example.github.io/briefing/"


@dataclass
class Running:
    """The service, its database and its clock."""

    url: str
    database: Database
    time: Time
    woken: list[int] = field(default_factory=list)

    def post(self, path: str, *, headers: dict[str, str] | None = None, **data: str) -> httpx2.Response:
        return httpx2.post(self.url + path, data=data, headers=headers)

    def get(self, path: str, method: str = "GET") -> httpx2.Response:
        return httpx2.request(method, self.url + path)

    @property
    def queued(self) -> list[str]:
        sql = (
            "SELECT email FROM deliveries JOIN subscribers ON id = subscriber WHERE mailing = ? AND deliveries.status = 'queued'"
        )
        return [row["email"] for row in self.database.rows(sql, CONFIRMATIONS)]

    def state(self) -> list[list[tuple[object, ...]]]:
        tables = ("subscribers", "deliveries", "suppressions", "attempts", "keys", "mailings")
        return [[tuple(row) for row in self.database.rows(f"SELECT * FROM {table}")] for table in tables]


def run(
    database: Database, clock: Time, *, language: str = "en", proxies: tuple[str, ...] = ()
) -> tuple[Running, uvicorn.Server, threading.Thread]:
    port = free_port()
    running = Running(f"http://127.0.0.1:{port}/mail/", database, clock)
    service = Service(
        database,
        running.url,
        SITE,
        "The <Example> Briefing",
        language,
        proxies,
        lambda: clock.now,
        lambda: running.woken.append(1),
    )
    server = uvicorn.Server(uvicorn.Config(make_app(service), port=port, log_level="error", proxy_headers=False))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    return running, server, thread


@pytest.fixture
def service(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Running]:
    with Database(tmp_path / "people.sqlite") as database:
        running, server, thread = run(database, Time(), **getattr(request, "param", {}))
        yield running
        server.should_exit = True
        thread.join(10)


def subscribed(service: Running, email: str) -> str:
    """Somebody who confirmed; their token to leave."""
    service.post("", email=email)
    assert service.post(f"confirm/{token_of(service.database, email, 'confirm')}").status_code == 200
    return token_of(service.database, email)


def test_the_whole_circle_by_plain_forms(service: Running) -> None:
    form = service.get("")
    assert form.status_code == 200
    assert 'action="/mail/"' in form.text
    asked = service.post("", email="reader@example.org")
    assert (asked.status_code, service.queued, service.woken) == (200, ["reader@example.org"], [1])
    path = f"confirm/{token_of(service.database, 'reader@example.org', 'confirm')}"
    page = service.get(path)
    assert '<form method="post"><button>' in page.text
    assert "subscribed" in service.post(path).text
    leave = f"u/{token_of(service.database, 'reader@example.org')}"
    assert '<form method="post"><button>' in service.get(leave).text
    assert "You are unsubscribed" in service.post(leave).text
    [one] = Subscribers(service.database).each()
    assert (one.status, one.consented) == ("left", NOW)
    assert "I can leave at any time" in one.wording


@pytest.mark.parametrize("kind", ["urlencoded", "multipart"])
def test_point_12_one_click(service: Running, kind: str) -> None:
    url = f"{service.url}u/{subscribed(service, 'reader@example.org')}"
    given = {"List-Unsubscribe": "One-Click"}
    for _ in range(2):
        if kind == "urlencoded":
            answer = httpx2.post(url, data=given)
        else:
            answer = httpx2.post(url, files={name: (None, value) for name, value in given.items()})
        assert (answer.status_code, answer.history) == (200, [])
        assert not {"location", "set-cookie"} & set(answer.headers)
    assert [one.status for one in Subscribers(service.database).each()] == ["left"]


def test_point_13_looking_changes_nothing(service: Running) -> None:
    leave = subscribed(service, "a@example.org")
    service.post("", email="b@example.org")
    confirm = token_of(service.database, "b@example.org", "confirm")
    before = service.state()
    for path in ("", f"u/{leave}", f"confirm/{confirm}", "u/test", "u/nonsense", "confirm/nonsense"):
        for method in ("GET", "HEAD", "OPTIONS", "PUT", "DELETE"):
            service.get(path, method)
    assert service.state() == before


def test_point_16_wrong_tokens_do_nothing(service: Running) -> None:
    subscribed(service, "a@example.org")
    before = service.state()
    for path in ("u/" + "A" * 32, "confirm/" + "A" * 40, "u/x", "confirm/x"):
        assert service.post(path).status_code == 404
        assert service.get(path).status_code == 404
    assert service.state() == before


def test_point_16_an_old_confirmation_says_so(service: Running) -> None:
    service.post("", email="a@example.org")
    path = f"confirm/{token_of(service.database, 'a@example.org', 'confirm')}"
    service.time.sleep(8 * 24 * 3600)
    assert service.get(path).status_code == 404
    assert "Ask for a new link" in service.post(path).text
    assert [one.status for one in Subscribers(service.database).each()] == ["pending"]


def test_point_18_the_same_answer_for_everybody(service: Running) -> None:
    subscribed(service, "known@example.org")
    service.post("", email="gone@example.org")
    Subscribers(service.database).erase("gone@example.org", now=NOW)
    Subscribers(service.database).leave(subscribed(service, "left@example.org"), now=NOW)
    answers = [service.post("", email=f"{who}@example.org") for who in ("new", "known", "gone", "left", "new")]
    dated = [{key: value for key, value in one.headers.items() if key != "date"} for one in answers]
    assert len({one.content for one in answers}) == 1
    assert all(one == dated[0] for one in dated)
    assert {one.status_code for one in answers} == {200}
    assert "new@example.org" not in answers[0].text


def test_point_19_a_robot_that_fills_every_field_gets_the_same_answer_and_no_mail(service: Running) -> None:
    answer = httpx2.post(service.url, data={"email": "a@example.org", HOLLOW: "http://spam.example"})
    assert answer.content == service.post("", email="b@example.org").content
    assert service.queued == ["b@example.org"]


def test_point_19_a_caller_has_a_limit(service: Running) -> None:
    codes = [service.post("", email=f"reader{number}@example.org").status_code for number in range(25)]
    assert codes == [200] * 20 + [429] * 5
    assert len(service.queued) == 20
    service.time.sleep(3601)
    assert service.post("", email="reader99@example.org").status_code == 200


def test_point_19_a_forwarded_address_is_believed_from_a_named_proxy_only(service: Running) -> None:
    """This one names none: what the header says is worth nothing."""
    codes = [
        service.post("", email=f"r{n}@example.org", headers={"X-Forwarded-For": f"192.0.2.{n}"}).status_code for n in range(21)
    ]
    assert codes[-1] == 429


@pytest.mark.parametrize("service", [{"proxies": ("127.0.0.0/8",)}], indirect=True)
def test_point_19_behind_a_named_proxy_each_caller_has_their_own_limit(service: Running) -> None:
    codes = [
        service.post("", email=f"r{n}@example.org", headers={"X-Forwarded-For": f"192.0.2.{n}"}).status_code for n in range(25)
    ]
    assert set(codes) == {200}
    forged = [
        service.post("", email=f"f{n}@example.org", headers={"X-Forwarded-For": f"198.51.100.{n}, 192.0.2.200"}).status_code
        for n in range(25)
    ]
    assert forged[-1] == 429, "what stands left of the proxy's own word, anybody can write"


@pytest.mark.parametrize(
    ("peer", "forwarded", "found"),
    [
        ("203.0.113.5", "192.0.2.1", "203.0.113.5"),
        ("127.0.0.1", "192.0.2.1", "192.0.2.1"),
        ("127.0.0.1", "192.0.2.1, 10.0.0.7", "192.0.2.1"),
        ("127.0.0.1", "192.0.2.1, 203.0.113.9", "203.0.113.9"),
        ("127.0.0.1", "nonsense", "127.0.0.1"),
        ("127.0.0.1", "", "127.0.0.1"),
        ("127.0.0.1", "2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("::ffff:127.0.0.1", "192.0.2.1", "192.0.2.1"),
        ("", "", ""),
    ],
)
def test_who_calls(peer: str, forwarded: str, found: str) -> None:
    assert caller(peer, forwarded, proxies=("127.0.0.1/32", "10.0.0.0/8")) == found


def test_point_20_the_form_needs_no_script_and_every_field_has_its_label(service: Running) -> None:
    page = service.get("").text
    assert "<script" not in page
    assert page.startswith("<!DOCTYPE html>")
    assert '<html lang="en">' in page
    ids = re.findall(r'<input id="(\w+)"', page)
    assert ids == ["email", HOLLOW]
    assert all(f'<label for="{name}">' in page for name in ids)
    assert page.count("<h1>") == 1
    assert "prefers-color-scheme:dark" in page
    assert "The &lt;Example&gt; Briefing" in page


def test_point_20_cors_for_the_site_only(service: Running) -> None:
    own, other = "https://example.github.io", "https://evil.example"
    assert service.post("", email="a@example.org", headers={"Origin": own}).headers["access-control-allow-origin"] == own
    refused = service.post("", email="b@example.org", headers={"Origin": other})
    assert refused.status_code == 403
    assert "access-control-allow-origin" not in refused.headers
    assert service.queued == ["a@example.org"]


@pytest.mark.parametrize(
    "email", ["", "nobody", "a@example.org\r\nBcc: b@example.org", "<script>alert(1)</script>@x.example", "a@b" + "c" * 300]
)
def test_a_wrong_address_is_told_beside_its_field(service: Running, email: str) -> None:
    before = service.state()
    answer = service.post("", email=email)
    assert answer.status_code == 400
    assert 'aria-invalid="true" aria-describedby="wrong"' in answer.text
    assert "alert(1)" not in answer.text
    assert service.state() == before


def test_a_form_may_come_as_multipart_but_not_endless(service: Running) -> None:
    assert httpx2.post(service.url, files={"email": (None, "a@example.org")}).status_code == 200
    assert service.queued == ["a@example.org"]
    assert service.post("", email="b@example.org", more="x" * 10_000).status_code == 400
    odd = {b"Content-Type": b"multipart/form-data; boundary=\x80"}
    assert httpx2.post(service.url, content=b"\xff\x00--", headers=odd).status_code == 400


@pytest.mark.parametrize("service", [{"language": "de-AT"}], indirect=True)
def test_it_speaks_the_publication_s_language(service: Running) -> None:
    page = service.get("").text
    assert '<html lang="de-AT">' in page
    assert "Ihre E-Mail-Adresse" in page


def test_no_page_is_kept_framed_or_listed(service: Running) -> None:
    headers = service.get("").headers
    assert headers["cache-control"] == "no-store"
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert "noindex" in headers["x-robots-tag"]
    assert "set-cookie" not in headers


def test_a_test_mail_s_link_does_nothing(service: Running) -> None:
    assert service.get("u/test").status_code == 200
    assert service.post("u/test").status_code == 200
