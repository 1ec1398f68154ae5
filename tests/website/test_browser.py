"""The built site in a real browser: search, evidence, light and dark, no script, size, access for all, attacks."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from html import escape
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from browserkit import Reader, served
from groundwire.publication.frontmatter import SourceMeta
from groundwire.publication.log import Ledger
from groundwire.website.build import build_site
from sitekit import NOON, Publication, sample
from support import FeedServer

ARTICLE = "articles/2026/02/gateway-flaw-0/"
PAGES = (
    *(
        "",
        ARTICLE,
        "articles/2026/02/full-of-notes/",
        "categories/flaws/",
        "search/?q=gateway",
        f"search/?q={'x' * 200}",
        "issues/2026-w09/",
        "subscribe/",
        "archive/",
        "corrections/",
    ),
    *(
        "predictions/",
        "about/method/",
        "about/feeds/",
        "about/imprint/",
        "about/privacy/",
        "articles/2026/02/secretgone-withdrawn/",
    ),
)
SETTINGS = """
publisher: {name: Test Press, postal_address: "1 Test Street", email: editor@news.example, responsible: A. Editor}
site: {colour: "#ffd400", forge: "https://github.com/test/briefing", footer: [{label: Our paper, url: "https://p.example/"}]}
subscribers: {url: "https://mail.example/"}
feeds: [{url: "https://w.example/f", name: Wire}, {url: "https://blog.example/feed", name: Example Blog}]
"""
ATTACKS = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "[x](javascript:alert(1)) <javascript:alert(1)>",
    "<svg/onload=alert(1)> <details open ontoggle=alert(1)>",
    "`` <b onmouseover=alert(1)> {{ alert(1) }} {% raw %}",
    "![x](x){: onerror=alert(1) } {: onclick=alert(1) }",
    "</title></script><script>alert(1)//",
    "&lt;script&gt;alert(1)&lt;/script&gt; &#60;script&#62;alert(1)",
)
pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A site under a sub-path, as on a project's Pages."""
    root = tmp_path_factory.mktemp("browser")
    pub = sample(root / "pub", SETTINGS)
    pub.article(
        "Full of notes",
        hours=7,
        date=NOON - timedelta(hours=20),
        language="de",
        sources=(
            SourceMeta(feed="Blog", title="Ein Titel", url="https://blog.example/post", language="de", access="paywalled"),
            SourceMeta(feed="Example Wire", url="https://wire.example/post", added=NOON),
        ),
        corrections=({"date": NOON, "note": "It was two."},),
        watch=(
            {"claim": "A rule comes", "by": "2026-02-01"},
            {"claim": "A ship sails", "by": "2026-12-01", "outcome": "happened"},
        ),
    )
    Ledger(pub.root / "content/.ledger").append(
        "feeds", {"feed": "https://w.example/f", "event": "failing", "why": "500"}, now=NOON
    )
    pub.article(
        "Bad <img src=x onerror=document.title='pwned'> title", hours=5, description="Word marker: <script>alert(1)</script>"
    )
    Publication(pub.root).build(site_dir=root / "web" / "briefing")
    with served(root / "web") as address:
        yield f"{address}briefing/"


def test_an_article_is_light_and_asks_nobody_else(base: str, reader: Reader) -> None:
    reader.page.goto(base + ARTICLE, wait_until="networkidle")
    assert reader.bytes <= 200_000, "gzipped bytes of a cold view"
    assert len(reader.asked) <= 30
    assert {urlsplit(url).netloc for url in reader.asked} == {urlsplit(base).netloc}
    assert not [url for url in reader.asked if "pagefind" in url], "nothing is downloaded before searching"


def test_search_opens_by_key_finds_filters_and_survives_no_result(base: str, reader: Reader) -> None:
    page = reader.page
    page.goto(base + ARTICLE)
    page.keyboard.press("/")
    page.keyboard.type("gateway")
    results = page.locator("[data-gw-dialog] .gw-search__results li")
    results.first.wait_for()
    assert results.count() == 3
    assert page.locator("[data-gw-dialog] mark").first.inner_text().lower() == "gateway"
    page.keyboard.press("Escape")
    assert not page.locator("[data-gw-dialog]").is_visible()

    page.goto(base + "search/?q=CVE-2026-41822")
    results = page.locator(".gw-main .gw-search__results li")
    results.first.wait_for()
    assert results.count() == 3
    results.first.locator("a").click()
    assert urlsplit(page.url).path.startswith("/briefing/articles/2026/02/gateway-flaw-")

    page.goto(base + "search/?category=Flaws+%26+fixes&year=2026&sort=asc")
    results.first.wait_for()
    assert "January story" in results.first.inner_text()
    page.locator("input[name=q] >> visible=true").fill("zebrafish")
    page.get_by_text("Nothing found for “zebrafish”.").wait_for()
    for word in ("secretdraft", "secretgone", "secretissue"):
        page.locator("input[name=q] >> visible=true").fill(word)
        page.get_by_text(f"Nothing found for “{word}”.").wait_for()


def test_search_shows_hostile_text_as_text(base: str, reader: Reader) -> None:
    reader.page.goto(base + "search/?q=marker")
    found = reader.page.locator(".gw-main .gw-search__results li").first
    found.wait_for()
    assert "<img src=x" in found.inner_text()
    assert reader.page.locator(".gw-search__results img, .gw-search__results script").count() == 0
    assert reader.page.title() != "pwned"
    reader.page.goto(
        base + "search/?q=%3Cimg%20src%3Dx%20onerror%3D%22document.title%3D%27pwned%27%22%3E", wait_until="networkidle"
    )
    assert reader.page.title() != "pwned"


def test_evidence_opens_in_place_by_key_and_by_hover(base: str, reader: Reader) -> None:
    page = reader.page
    page.goto(base + ARTICLE)
    mark, box = page.locator(".footnote-ref").first, page.locator(".gw-evidence")
    mark.focus()
    page.keyboard.press("Enter")
    assert "“lets anybody in”" in box.inner_text()
    assert page.url.endswith(ARTICLE), "the reader's place is kept"
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.href").startswith("https://blog.example/post#:~:text=")
    page.keyboard.press("Escape")
    assert box.count() == 0
    assert mark.evaluate("node => node === document.activeElement")
    page.locator(".footnote-ref").nth(1).hover()
    box.wait_for()
    assert "Example Wire" in box.inner_text()


@pytest.mark.parametrize(
    "reader", [{"viewport": {"width": 390, "height": 800}, "has_touch": True, "is_mobile": True}], indirect=True
)
def test_evidence_opens_by_tap_within_a_phone(base: str, reader: Reader) -> None:
    page = reader.page
    page.goto(base + ARTICLE)
    page.locator(".footnote-ref").first.tap()
    place = page.locator(".gw-evidence").bounding_box()
    assert place["x"] >= 0
    assert place["x"] + place["width"] <= 390
    page.locator("h1").tap()
    assert page.locator(".gw-evidence").count() == 0


@pytest.mark.parametrize("reader", [{"java_script_enabled": False}], indirect=True)
def test_without_script_everything_is_readable(base: str, reader: Reader) -> None:
    page = reader.page
    page.goto(base + ARTICLE)
    page.locator(".footnote-ref").first.click()
    assert page.url.endswith("#fn:1")
    assert page.locator("li:target").is_visible()
    page.goto(base + "search/")
    assert page.get_by_text("Search needs JavaScript.").is_visible()
    assert not page.locator("input[name=q]").first.is_visible()


def test_nothing_scrolls_sideways(base: str, reader: Reader) -> None:
    for address in PAGES:
        reader.page.goto(base + address)
        for width in (320, 390, 768, 1280, 1920):
            reader.page.set_viewport_size({"width": width, "height": 800})
            assert reader.page.evaluate("document.documentElement.scrollWidth") <= width, (address, width)


SHIFT = """() => new Promise(done => {
  let sum = 0;
  new PerformanceObserver(list => { for (const one of list.getEntries()) sum += one.value; }).observe({type: "layout-shift", buffered: true});
  setTimeout(() => done(sum), 300);
})"""


@pytest.mark.parametrize("reader", [{"viewport": {"width": 390, "height": 800}}], indirect=True)
def test_nothing_jumps_while_a_page_loads(base: str, reader: Reader) -> None:
    for address in ("", ARTICLE, "issues/2026-w09/"):
        reader.page.goto(base + address, wait_until="networkidle")
        assert reader.page.evaluate(SHIFT) < 0.05, address


def test_what_is_new_since_the_last_visit_is_marked_in_this_browser_alone(base: str, reader: Reader) -> None:
    page = reader.page
    page.goto(base)
    assert page.locator(".gw-new").count() == 0, "a first visit marks nothing"
    page.goto(base)
    assert page.locator(".gw-new").count() == 0
    page.evaluate("localStorage.setItem('groundwire.seen', '2026-02-27T10:30:00Z')")
    page.goto(base)
    marked = page.locator(".gw-card:has(.gw-new) .gw-card__title").all_inner_texts()
    assert sorted(marked) == ["Gateway flaw 0", "Gateway flaw 1"]
    assert page.context.cookies() == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(base: str, reader: Reader, scheme: str) -> None:
    try:
        from axe_playwright_python.sync_playwright import Axe
    except ImportError:
        if os.environ.get("GROUNDWIRE_REQUIRE_ALL"):
            raise
        pytest.skip("axe-playwright-python is not installed: pip install -e .[dev]")
    reader.page.emulate_media(color_scheme=scheme)
    standards = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
    only = {"type": "tag", "values": standards}

    def violations() -> list[Any]:
        found = Axe().run(reader.page, options={"runOnly": only, "resultTypes": ["violations"]}).response["violations"]
        return [(one["id"], [node["html"] for node in one["nodes"]][:3]) for one in found]

    for address in PAGES:
        reader.page.goto(base + address)
        assert violations() == [], address
    reader.page.evaluate("document.querySelector('h1').style = 'color: #777; background: #888'")
    assert [name for name, _ in violations()] == ["color-contrast"], "it can find something"


def test_paper_is_white_whatever_the_screen(base: str, reader: Reader) -> None:
    page = reader.page
    page.emulate_media(color_scheme="dark", media="print")
    page.goto(base + ARTICLE)
    colours = "[getComputedStyle(document.body).backgroundColor, getComputedStyle(document.querySelector('h1')).color]"
    assert page.evaluate(colours) == ["rgb(255, 255, 255)", "rgb(0, 0, 0)"]
    assert not page.locator(".gw-sections").is_visible()
    assert not page.locator(".gw-reports").is_visible()
    assert page.locator(".gw-sources").is_visible()


def test_attacks_from_a_feed_execute_nothing(
    corpus: Path, publication: Callable[..., Path], server: FeedServer, reader: Reader
) -> None:
    from groundwire import pipeline
    from groundwire.wiring import open_publication

    evil = (corpus / "attack" / "xss.xml").read_text(encoding="utf-8")
    evil = evil.replace("javascript:alert(1)</link>", f"{server.url('/a')}</link>", 1)
    item = evil[evil.index("<item>") : evil.index("</item>") + len("</item>")]
    more = "".join(
        item.replace("data:text/html", f"{n}").replace("/a</link>", f"/{n}</link>").replace("<title>", f"<title>{escape(text)} ")
        for n, text in enumerate(ATTACKS)
    )
    page = (
        "<html><head><title>T</title></head><body><article>"
        + "".join(
            f"<p>{escape(text)} said the agency on Monday, which is long enough to be read as a sentence of its own.</p>"
            for text in ATTACKS
        )
        + "</article></body></html>"
    )
    for path in ("/a", *(f"/{n}" for n in range(len(ATTACKS)))):
        server.pages[path] = (200, {"Content-Type": "text/html"}, page.encode())
    root = publication(server.put("/feed.xml", evil.replace("</channel>", more + "</channel>")))
    with open_publication(root, command="test", tell=lambda line: None, now=datetime.now(UTC), force=True) as workspace:
        assert (
            len(
                workspace.run(
                    pipeline.update(workspace.publication, workspace.parts, now=datetime.now(UTC)), now=datetime.now(UTC)
                ).published
            )
            > 3
        )
    site = build_site(root).site_dir
    with served(site) as base:
        reader.page.add_init_script("window.alert = () => { document.documentElement.dataset.pwned = 'yes'; };")
        reader.page.on("dialog", lambda dialog: reader.errors.append(dialog.message))
        addresses = [
            "",
            *(p.parent.relative_to(site).as_posix() + "/" for p in sorted(site.glob("articles/**/index.html"))),
            "search/?q=alert",
        ]
        for address in addresses:
            # until the network is silent: the search fetches its index, and a page that is left meanwhile would log that it could not
            reader.page.goto(base + address, wait_until="networkidle" if address.startswith("search/") else "load")
            reader.page.wait_for_timeout(100)
            assert reader.page.evaluate("document.documentElement.dataset.pwned") is None, address
            assert reader.page.locator(".gw-main :is(iframe, object, form:not([role=search]), img, script)").count() == 0, address
        assert {urlsplit(url).netloc for url in reader.asked} == {urlsplit(base).netloc}


def test_light_and_dark_are_the_readers_choice_and_stay(base: str, reader: Reader) -> None:
    page = reader.page
    page.goto(base)
    colour = "getComputedStyle(document.body).backgroundColor"
    light = page.evaluate(colour)
    page.locator("[data-gw-scheme]").click()
    dark = page.evaluate(colour)
    assert dark != light
    page.goto(base + ARTICLE)
    assert page.evaluate(colour) == dark
    page.evaluate("localStorage.clear()")
    page.emulate_media(color_scheme="dark")
    page.goto(base)
    assert page.evaluate(colour) == dark
