"""Full texts: only where the publisher allows machines to read, marked where it is paid, kept, never asked twice."""

from __future__ import annotations

import json
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest

from groundwire.concurrency import in_order
from groundwire.feeds.article import Text, decoded, extract
from groundwire.feeds.fulltext import WebFullText
from groundwire.feeds.permission import Permission, tdm_reserved
from groundwire.feeds.web import Document, Web
from groundwire.model import Entry, Feed, Source
from groundwire.settings import Fetch
from support import FeedServer

SUBJECTS = "router camera printer phone laptop server switch firewall".split()
SENTENCES = [
    f"The agency said on Monday that the flaw in the {s} has been fixed and that it knows of no attacks on its users."
    for s in SUBJECTS
]
PARAGRAPHS = "".join(f"<p>{a} {b}</p>" for a, b in zip(SENTENCES[::2], SENTENCES[1::2], strict=True))
ARTICLE = "<html><head>{head}</head><body><article><h1>A headline</h1>" + PARAGRAPHS + "</article></body></html>"
Find = Callable[..., Source]


@pytest.fixture
def clock() -> list[float]:
    return [1_000_000.0]


@pytest.fixture
def find(server: FeedServer, tmp_path: Path, clock: list[float]) -> Iterator[Find]:
    with Web(Fetch(allow_networks=("127.0.0.0/8",), timeout_s=3), user_agent="t") as web:

        def one(url: str, *, fresh: bool = False, **feed: object) -> Source:
            folder = tmp_path / ("fresh" if fresh else "kept")
            permission = Permission(web, folder / "robots", clock=lambda: clock[0])
            feed = {"url": "https://o.example/feed", "fulltext": True, **feed}
            entry = Entry(Feed.model_validate(feed), "1", url, "A headline", excerpt="An excerpt.")
            return WebFullText(web, folder / "fulltext", permission=permission).source(entry, number=1)

        yield one


def page(server: FeedServer, head: str = "", **headers: str) -> str:
    return server.put("/a", ARTICLE.format(head=head), Content_Type="text/html; charset=utf-8", **headers)  # type: ignore[arg-type]  # no header is called status


def test_the_page_is_fetched_read_and_kept(server: FeedServer, find: Find) -> None:
    url = page(server)
    found = find(url)
    assert (found.fulltext, found.access, found.entry.language) == (True, "free", "en")
    assert found.text.count("The agency said") == 8
    assert find(url) == found
    assert (server.count("/a"), server.count("/robots.txt"), server.count("/.well-known/tdmrep.json")) == (1, 1, 1)


def test_articles_of_one_host_are_asked_for_one_after_another(server: FeedServer, tmp_path: Path) -> None:
    lock, now, most = threading.Lock(), 0, 0
    html = ARTICLE.format(head="").encode()

    def slow(headers: dict[str, str]) -> tuple[int, dict[str, str], bytes]:
        nonlocal now, most
        with lock:
            now += 1
            most = max(most, now)
        time.sleep(0.02)
        with lock:
            now -= 1
        return 200, {"Content-Type": "text/html"}, html

    feed = Feed(url="https://o.example/feed", fulltext=True)
    entries = [Entry(feed, str(n), server.url(f"/{n}"), "A headline") for n in range(6)]
    server.pages |= {f"/{n}": slow for n in range(6)}
    with Web(Fetch(allow_networks=("127.0.0.0/8",), timeout_s=3), user_agent="t") as web:
        texts = WebFullText(web, tmp_path / "fulltext")
        found = list(in_order(lambda entry: texts.source(entry, number=1), entries, workers=6))
    assert [source.fulltext for source in found] == [True] * 6
    assert most == 1


def test_auto_asks_nobody(server: FeedServer, find: Find) -> None:
    assert not find(page(server), fulltext="auto").fulltext
    assert server.asked == []


@pytest.mark.parametrize(
    "rules",
    [
        "User-agent: *\nDisallow: /",
        "User-agent: Groundwire\nDisallow: /a",
        "User-agent: GPTBot\nUser-agent: CCBot\nDisallow: /\n\nUser-agent: *\nAllow: /",
        "User-agent: ClaudeBot\nDisallow: /",
        "User-agent: *\nContent-Signal: search=yes, ai-input=no\nAllow: /",
        "\ufeffUser-Agent: *\r\nDisallow: /*a$",
    ],
)
def test_robots_txt_is_obeyed_for_us_and_for_ai_agents(server: FeedServer, find: Find, rules: str) -> None:
    server.put("/robots.txt", rules)
    assert not find(page(server)).fulltext
    assert server.count("/a") == 0


@pytest.mark.parametrize(
    "rules",
    ["", "User-agent: *\nDisallow: /b", "User-agent: OtherBot\nDisallow: /", "User-agent: *\nDisallow: /\nAllow: /a", "<html>"],
)
def test_what_is_allowed_is_fetched(server: FeedServer, find: Find, rules: str) -> None:
    server.put("/robots.txt", rules)
    assert find(page(server)).fulltext


@pytest.mark.parametrize(("status", "allowed"), [(404, True), (403, True), (410, True), (429, False), (500, False), (503, False)])
def test_robots_txt_that_cannot_be_had(server: FeedServer, find: Find, status: int, allowed: bool) -> None:
    server.put("/robots.txt", "", status=status)
    assert find(page(server)).fulltext is allowed


def test_rules_are_kept_a_day_and_a_failure_an_hour(server: FeedServer, find: Find, clock: list[float]) -> None:
    server.put("/robots.txt", "User-agent: *\nDisallow: /")
    url = page(server)
    find(url)
    clock[0] += 23 * 3600
    find(url)
    assert server.count("/robots.txt") == 1
    clock[0] += 2 * 3600
    server.put("/robots.txt", "", status=500)
    find(url)
    clock[0] += 3700
    server.put("/robots.txt", "")
    assert find(url).fulltext
    assert server.count("/robots.txt") == 3


def test_a_redirect_is_asked_for_permission_too(server: FeedServer, find: Find) -> None:
    server.put("/robots.txt", "User-agent: *\nDisallow: /closed")
    server.put("/open", "", status=302, Location="/closed")
    server.put("/closed", ARTICLE.format(head=""), Content_Type="text/html")
    assert not find(server.url("/open")).fulltext


@pytest.mark.parametrize(
    ("head", "headers"),
    [
        ("", {"tdm_reservation": "1"}),
        ("<meta name='tdm-reservation' content='1'>", {}),
        ('<meta content="1" name="TDM-Reservation"/>', {}),
        ("", {"X_Robots_Tag": "noindex, noai"}),
        ("<meta name=robots content='noai, noimageai'>", {}),
    ],
)
def test_reservations_are_obeyed(server: FeedServer, find: Find, head: str, headers: dict[str, str]) -> None:
    assert not find(page(server, head, **headers)).fulltext


def test_tdmrep_json(server: FeedServer, find: Find) -> None:
    server.put("/.well-known/tdmrep.json", json.dumps([{"location": "/a", "tdm-reservation": 1}]))
    assert not find(page(server)).fulltext
    rules = json.dumps([{"location": "/open/", "tdm-reservation": 0}, {"location": "/*", "tdm-reservation": 1}])
    assert [tdm_reserved(rules, path) for path in ("/open/x", "/x")] == [False, True]
    assert not any(tdm_reserved(text, "/x") for text in ("", "{}", "[1]", "[" * 5_000, "<html>", '[{"location": 3}]'))


@pytest.mark.parametrize(
    ("head", "access"),
    [
        ('<script type="application/ld+json">{"isAccessibleForFree": false}</script>', "paywalled"),
        ('<script type="application/ld+json">{"isAccessibleForFree":"http://schema.org/False"}</script>', "paywalled"),
        ('<meta property="article:content_tier" content="locked">', "paywalled"),
        ('<meta property="article:content_tier" content="registration">', "registration"),
        ('<script type="application/ld+json">{"wordCount": 2400}</script>', "paywalled"),
    ],
)
def test_a_paywall_or_a_stub_is_an_excerpt_and_marked(server: FeedServer, find: Find, head: str, access: str) -> None:
    found = find(page(server, head))
    assert (found.fulltext, found.access, found.text) == (False, access, "An excerpt.")


def test_an_open_claim_is_no_wall(server: FeedServer, find: Find) -> None:
    assert find(
        page(server, '<script type="application/ld+json">{"isAccessibleForFree": true, "wordCount": 210}</script>')
    ).fulltext


@pytest.mark.parametrize(
    ("status", "access", "asked"),
    [(402, "paywalled", 1), (401, "registration", 1), (404, "free", 1), (403, "free", 2), (503, "free", 2)],
)
def test_refusals_are_kept_where_they_are_final(server: FeedServer, find: Find, status: int, access: str, asked: int) -> None:
    url = server.put("/a", "", status=status)
    assert find(url).access == access
    find(url)
    assert server.count("/a") == asked


def test_what_is_no_page_gives_nothing() -> None:
    assert extract(Document("https://o.example/a.pdf", 200, {"content-type": "application/pdf"}, b"%PDF" * 900)) == Text("")
    assert extract(Document("https://o.example/a", 200, {}, b"")) == Text("")


@pytest.mark.parametrize(
    ("body", "header"),
    [
        ("Lücke".encode("iso-8859-1"), "text/html; charset=ISO-8859-1"),
        ('<meta charset="windows-1252">Lücke'.encode("cp1252"), "text/html"),
        ("Lücke".encode(), "text/html; charset=no-such-thing"),
        ("Lücke".encode("cp1252"), ""),
    ],
)
def test_the_encoding_of_a_page(body: bytes, header: str) -> None:
    metas = [{"charset": "windows-1252"}] if b"<meta" in body else []
    assert "Lücke" in decoded(body, {"content-type": header}, metas)


@pytest.mark.slow
def test_real_articles_keep_their_text(corpus: Path) -> None:
    """F1 by words against the text that the publishers of the test pages expect (readability's and newspaper's fixtures)."""
    scores = {}
    for source in sorted((corpus / "articles").rglob("source.html")):
        expected = _words((source.parent / "expected.html").read_text(encoding="utf-8"))
        found = extract(Document("https://o.example/a", 200, {"content-type": "text/html; charset=utf-8"}, source.read_bytes()))
        if found.access == "free":
            scores[source.parent.name] = _f1(Counter(found.text.split()), expected)
    assert len(scores) >= 15
    mean = sum(scores.values()) / len(scores)
    assert mean >= 0.85, f"{mean:.3f}: {sorted(scores.items(), key=lambda pair: pair[1])}"


class _Visible(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.text: list[str] = []

    def handle_data(self, data: str) -> None:
        self.text.append(data)


def _words(page: str) -> Counter[str]:
    parser = _Visible()
    parser.feed(page)
    return Counter(" ".join(parser.text).split())


def _f1(found: Counter[str], expected: Counter[str]) -> float:
    both = (found & expected).total()
    return 2 * both / max(1, found.total() + expected.total())
