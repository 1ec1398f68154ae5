"""Documents in, items out: a case a class of trouble, in cases.yml."""

from __future__ import annotations

import contextlib
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from groundwire.feeds.items import NotAFeed
from groundwire.feeds.language import detect
from groundwire.feeds.markup import inert, plain, title_text
from groundwire.feeds.parse import parse_feed

NOW = datetime(2026, 11, 23, tzinfo=UTC)
CASES = yaml.safe_load((Path(__file__).parent / "cases.yml").read_text(encoding="utf-8"))


def document(case: dict[str, Any]) -> bytes:
    if "atom" in case:
        return f'<feed xmlns="http://www.w3.org/2005/Atom"><title>F</title>{case["atom"]}</feed>'.encode()
    whole = case.get("document") or f'<rss version="2.0"><channel><title>F</title>{case["items"]}</channel></rss>'
    return str(whole).encode()


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_case(case: dict[str, Any]) -> None:
    if "refused" in case:
        with pytest.raises(NotAFeed, match=case["refused"]):
            parse_feed(document(case), url="https://feeds.example/rss.xml", headers={}, now=NOW)
        return
    parsed = parse_feed(document(case), url="https://feeds.example/rss.xml", headers={}, now=NOW)
    assert len(parsed.items) == len(case["expect"])
    for item, expected in zip(parsed.items, case["expect"], strict=True):
        found = {key: getattr(item, key) for key in expected}
        found = {key: value.isoformat() if isinstance(value, datetime) else value for key, value in found.items()}
        if expected.get("title", "").endswith("…"):
            found["title"] = found["title"].lower()
        assert found == expected
    assert case.get("warning", "") in parsed.warning


@pytest.mark.parametrize(
    ("encoding", "declared", "header"),
    [
        ("utf-8", "utf-8", ""),
        ("iso-8859-1", "iso-8859-1", ""),
        ("windows-1252", "", "application/rss+xml; charset=windows-1252"),
        ("utf-16", "utf-16", ""),
        ("utf-8-sig", "utf-8", ""),
    ],
)
def test_the_encoding_is_found(encoding: str, declared: str, header: str) -> None:
    head = f'<?xml version="1.0" encoding="{declared}"?>' if declared else '<?xml version="1.0"?>'
    body = f"{head}<rss version='2.0'><channel><item><title>Lücke für été</title></item></channel></rss>".encode(encoding)
    found = parse_feed(body, url="https://o.example/", headers={"content-type": header} if header else {}, now=NOW)
    assert found.items[0].title == "Lücke für été"


@given(st.text(alphabet=st.sampled_from("<>/&;#xa scriptmgon=\"'!-[]C\n"), max_size=60))
def test_nothing_that_looks_like_a_live_tag_is_left(text: str) -> None:
    for out in (plain(text), inert(text), title_text(text), title_text(text, is_html=False)):
        assert "<script" not in out.lower()
        assert "<img" not in out.lower()


@given(st.binary(max_size=200))
def test_any_bytes_are_items_or_a_reason(body: bytes) -> None:
    with contextlib.suppress(NotAFeed):
        assert parse_feed(body, url="https://o.example/", headers={}, now=NOW).items is not None


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "The agency said on Monday that the flaw has been fixed and that it is not aware of attacks."),
        ("de", "Die Behörde teilte am Montag mit, dass die Lücke behoben ist und keine Angriffe bekannt sind."),
        ("fr", "L'agence a déclaré lundi que la faille est corrigée et qu'elle n'a pas connaissance d'attaques dans le pays."),
        ("es", "La agencia dijo el lunes que la falla se ha corregido y que no tiene conocimiento de los ataques."),
        ("it", "L'agenzia ha detto lunedì che la falla è stata corretta e che non sono noti attacchi nel paese."),
        ("nl", "Het agentschap zei maandag dat het lek is verholpen en dat er geen aanvallen bekend zijn."),
        (
            "pt",
            "A agência disse na segunda-feira que a falha foi corrigida e que não há ataques conhecidos em nenhum dos países.",
        ),
        ("sv", "Myndigheten sade på måndagen att felet har rättats och att det inte finns några kända angrepp."),
        ("ja", "同社は月曜日、脆弱性を修正したと発表しました。攻撃は確認されていません。"),
        ("zh", "该机构周一表示,该漏洞已得到修复,尚未发现任何攻击行为。"),
        ("ru", "Ведомство объявило, что все известные уязвимости устранены, и это подтвердили эксперты."),
        (None, "CVE-2026-1234 Acme Router RX7 9.8"),
        (None, "Security update"),
        (None, ""),
        (None, "BTMOB Android RAT sold as a service with a no-code builder"),
    ],
)
def test_the_language_of_a_text(language: str | None, text: str) -> None:
    assert detect(text) == language
