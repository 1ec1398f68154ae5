"""`doctor`: what it says of a domain's records, of the link to leave and of the rest; the name server is a table."""

from __future__ import annotations

import base64
import stat
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner
from starlette.testclient import TestClient

from groundwire.cli import doctor as doctor_jobs
from groundwire.cli.doctor import Instruments
from groundwire.cli.doctor import doctor_command as command
from groundwire.delivery import sending
from groundwire.delivery.serving import make_service
from groundwire.errors import Refused
from groundwire.mail.dns import Lookup, Unanswered
from groundwire.mail.reach import Reached, reach
from groundwire.mail.records import MOST_LOOKUPS, SELECTORS, dkim, dmarc, judge, mx, spf
from groundwire.mail.smtp import Reply
from groundwire.settings import load_settings
from groundwire.subscribers.database import Database
from mailkit import peopled, token_of
from support import FeedServer

KEY = {bits: base64.b64encode(b"\0" * size).decode() for bits, size in ((512, 94), (1024, 162), (2048, 294))}
GOOD = {
    ("example.org", "TXT"): ("v=spf1 include:spf.relay.example -all", "unrelated=1"),
    ("spf.relay.example", "TXT"): ("v=spf1 ip4:192.0.2.0/24 ~all",),
    ("s1._domainkey.example.org", "TXT"): (f"v=DKIM1; k=rsa; p={KEY[2048]}",),
    ("_dmarc.example.org", "TXT"): ("v=DMARC1; p=quarantine; rua=mailto:d@example.org",),
    ("example.org", "MX"): ("10 mail.example.org.",),
}
SITE, DOOR = "https://example.github.io/briefing/", "https://news.example.org/mail/"


def table(records: Mapping[tuple[str, str], tuple[str, ...]]) -> Lookup:
    return lambda name, kind: records.get((name, kind), ())


def txt(records: Mapping[str, str]) -> Lookup:
    """One text record a name."""
    return table({(name, "TXT"): (text,) for name, text in records.items()})


def test_a_domain_that_is_in_order() -> None:
    found = judge("example.org", table(GOOD), selector="s1")
    assert [(one.level, one.what) for one in found] == [("ok", "SPF"), ("ok", "DKIM"), ("ok", "DMARC"), ("ok", "MX")]


@pytest.mark.parametrize(
    ("record", "level", "said"),
    [
        ("v=spf1 ip4:192.0.2.1 -all", "ok", "-all"),
        ("V=SPF1 a mx ~ALL", "ok", "ALL"),
        ("v=spf1 redirect=other.example", "ok", "redirect"),
        ("v=spf1 a +all", "error", "lets everybody send"),
        ("v=spf1 a all", "error", "lets everybody send"),
        ("v=spf1 a ?all", "error", "lets everybody send"),
        ("v=spf1 a", "warning", "does not say that nobody else"),
        ("v=spf10 -all", "error", "does not say who may send"),
        ("", "error", "does not say who may send"),
        ("v=spf1 " + "a:h.example " * 11 + "-all", "error", "needs 11 look-ups"),
        ("v=spf1 include:example.org -all", "error", "look-ups"),
    ],
)
def test_spf(record: str, level: str, said: str) -> None:
    finding = spf("example.org", txt({"example.org": record}))
    assert finding.level == level
    assert said in finding.said
    assert (finding.example != "") == (level != "ok")


def test_spf_counts_what_is_included() -> None:
    chain = {f"n{n}.example": f"v=spf1 include:n{n + 1}.example -all" for n in range(MOST_LOOKUPS + 5)}
    assert "look-ups" in spf("n0.example", txt(chain)).said
    assert spf("n9.example", txt(chain)).level == "ok"
    two = table({("example.org", "TXT"): ("v=spf1 -all", "v=spf1 a -all")})
    assert "2 SPF records, so none counts" in spf("example.org", two).said


@pytest.mark.parametrize(
    ("record", "selector", "level", "said"),
    [
        (f"v=DKIM1; k=rsa; p={KEY[2048]}", "s1", "ok", "2048"),
        (f"p={KEY[2048]}", "s1", "ok", "2048"),
        (f"v=DKIM1; k=ed25519; p={base64.b64encode(b'0' * 32).decode()}", "s1", "ok", "256"),
        (f"v=DKIM1; p={KEY[1024]}", "s1", "warning", "2048 bits are better"),
        (f"v=DKIM1; p={KEY[512]}", "s1", "error", "not believed"),
        ("v=DKIM1; p=", "s1", "error", "withdrawn"),
        ("v=DKIM1; p=!!!", "s1", "error", "withdrawn, or is none"),
        (f"v=DKIM1; p={KEY[2048]}", "s9", "error", "no key at s9._domainkey.example.org"),
        (f"v=DKIM1; p={KEY[2048]}", None, "ok", "s1._domainkey"),
        ("v=DKIM2; p=abc", None, "error", "dkim_selector"),
    ],
)
def test_dkim(record: str, selector: str | None, level: str, said: str) -> None:
    finding = dkim("example.org", txt({"s1._domainkey.example.org": record}), selector=selector)
    assert "s1" in SELECTORS
    assert finding.level == level, finding
    assert said in finding.said


@pytest.mark.parametrize(
    ("domain", "records", "level", "said"),
    [
        ("example.org", {"_dmarc.example.org": "v=DMARC1; p=reject"}, "ok", "p=reject"),
        ("example.org", {"_dmarc.example.org": "v=DMARC1;p=none"}, "ok", "p=none"),
        ("news.example.org", {"_dmarc.example.org": "v=DMARC1; p=reject; sp=none"}, "ok", "p=none"),
        ("example.org", {"_dmarc.example.org": "v=DMARC1; rua=mailto:x@example.org"}, "error", "names no policy"),
        ("example.org", {}, "error", "has no record"),
        ("example.org", {"_dmarc.org": "v=DMARC1; p=reject"}, "error", "has no record"),
    ],
)
def test_dmarc(domain: str, records: dict[str, str], level: str, said: str) -> None:
    finding = dmarc(domain, txt(records))
    assert finding.level == level
    assert said in finding.said


def test_mail_that_comes_back_has_somewhere_to_go() -> None:
    assert mx("example.org", table(GOOD)).level == "ok"
    assert mx("example.org", table({("example.org", "MX"): ("0 .",)})).level == "warning"
    assert mx("example.net", table(GOOD)).level == "warning"


def test_a_name_server_that_is_silent_is_no_verdict() -> None:
    def silent(name: str, kind: str) -> tuple[str, ...]:
        raise Unanswered(f"no name server told the {kind} record of {name}: LifetimeTimeout")

    assert {one.level for one in judge("example.org", silent)} == {"warning"}
    [told] = judge("gmail.com", silent)
    assert told.level == "error"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    write(tmp_path)
    peopled(tmp_path / "people.sqlite", 1).close()
    return tmp_path


def write(root: Path, **more: str) -> None:
    keys = {
        "title": "The Example Briefing",
        "url": SITE,
        "publisher": "{name: Press, postal_address: 1 Street, email: editor@example.org, responsible: A. Editor}",
        "email": "{transport: smtp, sender: briefing@example.org, dkim_selector: s1}",
        "subscribers": f"{{database: people.sqlite, url: '{DOOR}', proxies: [127.0.0.1/32]}}",
        **more,
    }
    (root / "newsletter.yml").write_text("".join(f"{key}: {value}\n" for key, value in keys.items() if value), encoding="utf-8")


def instruments(root: Path) -> Instruments:
    """All in order; the door is the real service."""
    client = TestClient(
        make_service(load_settings(root), Database(root / "people.sqlite"), wake=lambda: None),
        base_url="https://news.example.org",
    )

    def at(method: str, url: str) -> Reached:
        if url == SITE:
            return Reached(200, f'<link rel="canonical" href="{SITE}">')
        response = client.request(
            method, url, data={"List-Unsubscribe": "One-Click"} if method == "POST" else None, follow_redirects=False
        )
        return Reached(response.status_code, response.text, response.headers.get("location", ""))

    def service() -> None:
        raise Refused("listmonk refuses the key (403)")

    return Instruments(table(GOOD), at, lambda: Reply("accepted"), service)  # type: ignore[arg-type]  # a service that is not to be had


def wrong(root: Path, tools: Instruments) -> str:
    with pytest.raises(Refused) as told:
        doctor_jobs.doctor(root, tell=print, instruments=tools)
    return str(told.value)


def test_point_7_a_set_up_that_is_in_order(root: Path) -> None:
    before = (root / "people.sqlite").read_bytes()
    said = doctor_jobs.doctor(root, tell=print, instruments=instruments(root))
    assert said.endswith("0 to mend, 0 to look at, 9 right")
    assert f"unsubscribe: {DOOR}u/test takes the one click" in said
    assert (root / "people.sqlite").read_bytes() == before


def test_point_7_it_says_what_to_mend_and_how(root: Path) -> None:
    tools = instruments(root)
    moved = replace(
        tools,
        reach=lambda method, url: (
            Reached(301, location="https://elsewhere.example/") if method == "POST" else tools.reach(method, url)
        ),
    )
    assert "POST https://news.example.org/mail/u/test answers 301 and leads to https://elsewhere.example/" in wrong(root, moved)
    away = replace(tools, reach=lambda method, url: Reached(trouble="ConnectError: refused"))
    assert "no mail goes before the site shows" in wrong(root, away)
    other = replace(tools, reach=lambda method, url: Reached(200, "It works!"))
    assert "not the subscription service" in wrong(root, other)
    shut = replace(tools, probe=lambda: Reply("unreachable", "535 5.7.8 authentication failed", fatal=True))
    assert "relay: 535 5.7.8" in wrong(root, shut)
    write(root, publisher="{name: Press}")
    assert "publisher.postal_address" in wrong(root, tools)
    write(root, subscribers="{database: none.sqlite, url: 'http://news.example.org/'}")
    assert "error   database: there is no subscribers' database here" in wrong(root, tools)
    assert "does not start with https://" in wrong(root, tools)
    assert not (root / "none.sqlite").exists()
    write(root, email="{transport: listmonk}")
    assert "service: listmonk refuses the key" in wrong(root, tools)


def test_a_database_that_others_can_read_or_that_is_damaged(root: Path) -> None:
    file = root / "people.sqlite"
    file.chmod(0o644)
    assert "can be read by others" in doctor_jobs.doctor(root, tell=print, instruments=instruments(root))
    assert stat.S_IMODE(file.stat().st_mode) == 0o644
    tools = instruments(root)
    for extra in root.glob("people.sqlite-*"):
        extra.unlink()
    file.write_bytes(b"not a database, and long enough to be one" * 100)
    assert "file is not a database" in wrong(root, tools)


def test_its_exit_code(root: Path) -> None:
    write(root, url="https://newsletter.example/", email="")
    result = CliRunner().invoke(command, ["-C", str(root)])
    assert isinstance(result.exception, Refused)
    assert "url is still the template's" in str(result.exception)


def test_looking_at_the_real_door_changes_nothing(root: Path) -> None:
    with Database(root / "people.sqlite") as database:
        token = token_of(database, "reader0@example.org")
        instruments(root).reach("GET", f"{DOOR}u/{token}")
        row = database.row("SELECT status FROM subscribers")
    assert row is not None
    assert row["status"] == "active"
    assert sending.TEST == "u/test"


def test_reaching_follows_nowhere(server: FeedServer) -> None:
    server.put("/there", "here", status=302, Location=server.url("/elsewhere"))
    assert reach("GET", server.url("/there")) == Reached(302, "here", server.url("/elsewhere"))
    assert server.count("/elsewhere") == 0
    assert "ConnectError" in reach("POST", "http://127.0.0.1:1/").trouble
