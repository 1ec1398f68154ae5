"""What earns trust: the generated pages, corrections, languages, brand, pictures, and what search engines are told."""

from __future__ import annotations

import json
import shutil
from datetime import timedelta
from pathlib import Path

import feedparser
import pytest

from groundwire.errors import InputError
from groundwire.publication.frontmatter import Entities, Reviewed, SourceMeta
from groundwire.publication.log import Ledger
from groundwire.website.build import build_site
from sitekit import BASE, NOON, Html, Publication

SETTINGS = """
publisher: {name: Test Press, postal_address: "1 Test Street", email: editor@news.example, responsible: A. Editor}
site:
  logo: assets/logo.svg
  colour: "#ffd400"
  credit: false
  forge: https://github.com/test/briefing
  footer: [{label: Our paper & more, url: "https://paper.example/"}]
feeds:
- {url: "https://blog.example/feed", name: Example Blog, license: cc-by}
- {url: "https://wire.example/feed", name: Example Wire}
"""


@pytest.fixture(scope="module")
def pub(tmp_path_factory: pytest.TempPathFactory) -> Publication:
    pub = Publication.create(tmp_path_factory.mktemp("trust") / "pub", SETTINGS)
    pub.write("assets/logo.svg", '<svg xmlns="http://www.w3.org/2000/svg"/>')
    pub.write("about/imprint.md", "# Our own imprint\n\nAs our lawyer wrote it.\n")
    for number, name in enumerate(("Microsoft", "MSFT", "Microsoft Corp.")):
        pub.article(f"Named {number}", hours=number, entities=Entities(organisations=(name, "Monday")))
    names = "organisations:\n- {name: Microsoft, aliases: [MSFT, Microsoft Corp.]}\n- {name: Monday, hide: true}\n"
    (pub.root / "entities.yml").write_text(names, encoding="utf-8")
    source = SourceMeta(feed="Example Blog", title="Ein Titel", url="https://blog.example/post", words=9, language="de")
    added = SourceMeta(feed="Example Wire", url="https://wire.example/post", added=NOON + timedelta(hours=1), access="paywalled")
    pub.article(
        "Corrected story",
        date=NOON - timedelta(hours=9),
        sources=(added, source),
        language="de",
        corrections=({"date": NOON + timedelta(hours=2), "note": "It was <b>two</b>."},),
        watch=(
            {"claim": "A rule comes", "by": "2026-02-01"},
            {"claim": "A ship sails", "by": "2026-12-01", "outcome": "happened"},
        ),
        reviewed=Reviewed(by="A. Editor", on=NOON.date()),
    )
    pub.article("Gone story", withdrawn={"date": NOON, "reason": "Its source took it back."})
    ledger = Ledger(pub.root / "content/.ledger")
    moved = {"event": "published", "story": "s-0000000000", "path": "articles/2026/01/deleted.md"}
    ledger.append("stories", moved, now=NOON)
    ledger.append("feeds", {"feed": "https://wire.example/feed", "event": "failing", "why": "HTTP 500"}, now=NOON)
    news = {"feed": "https://blog.example/feed", "event": "news", "newest": "2026-02-26T08:00:00Z", "every_days": 1}
    ledger.append("feeds", news, now=NOON)
    return pub


@pytest.fixture(scope="module")
def site(pub: Publication) -> Path:
    return pub.build()


def page(site: Path, address: str) -> Html:
    return Html.read(site / address / "index.html")


def metas(html: Html) -> dict[str, str]:
    return {
        attrs.get("property") or attrs.get("name") or "": attrs.get("content") or "" for tag, attrs in html.tags if tag == "meta"
    }


def test_the_method_page_says_what_is_set(site: Path) -> None:
    text = page(site, "about/method").text()
    for told in ("reads 2 feeds", "last 7 days", "at most 20 new pages", "at most 60 words", "15 percent", "cannot be checked"):
        assert told in text
    assert "claude-haiku-5-5" in text


def test_feeds_tell_their_health(site: Path) -> None:
    text = page(site, "about/feeds").text()
    assert "failing since 27 February 2026 HTTP 500" in text
    assert "CC BY" in text
    assert "works newest entry of 26 February 2026" in text
    assert "27 February 2026" in text


def test_corrections_and_withdrawals_are_listed_and_fed(site: Path) -> None:
    html = page(site, "corrections")
    assert "It was <b>two</b>." in html.text()
    assert "Its source took it back." in html.text()
    assert not [link for link in html.links if "gone-story" in link], "only its own address tells of it"
    feed = feedparser.parse((site / "corrections/feed.xml").read_bytes())
    assert not feed.bozo
    assert [e.title for e in feed.entries] == ["Corrected story", "This story was withdrawn"]
    assert len({e.id for e in feed.entries}) == 2
    data = json.loads(next(t for n, t in page(site, "articles/2026/02/corrected-story").texts if n == "script" and "News" in t))
    assert data["correction"][0]["text"] == "It was <b>two</b>."
    assert data["image"] == [f"{BASE}assets/groundwire/cards/flaws.png"]


def test_predictions_are_followed_up(site: Path) -> None:
    text = page(site, "predictions").text()
    assert (
        text.index("not yet followed up") < text.index("A rule comes") < text.index("What became of") < text.index("A ship sails")
    )


def test_an_owner_s_own_page_wins(site: Path) -> None:
    text = page(site, "about/imprint").text()
    assert "As our lawyer wrote it." in text
    assert "1 Test Street" not in text
    assert "No cookie" in page(site, "about/privacy").text()


def test_an_article_tells_its_timeline_its_languages_and_where_to_write(site: Path) -> None:
    html = page(site, "articles/2026/02/corrected-story")
    text = html.text()
    at = [
        text.index(told, text.index("Timeline"))
        for told in ("First coverage", "Published", "Source added: Example Wire", "Corrected")
    ]
    assert at == sorted(at)
    assert text.index("Example Blog", text.index("Sources")) < text.index("Behind a paywall"), "the free source stands first"
    assert [attrs.get("lang") for tag, attrs in html.tags if tag in ("h1", "article")] == [None, "de"]
    assert ("span", {"lang": "de"}) in html.tags
    assert any(link.startswith("https://github.com/test/briefing/issues/new?title=Mistake") for link in html.links)
    assert any(link.startswith("mailto:editor@news.example?subject=Rights") for link in html.links)
    assert "https://github.com/test/briefing/edit/main/content/articles/2026/02/corrected-story.md" in html.links


def test_only_reviewed_pages_are_offered_to_search_engines(pub: Publication, site: Path, tmp_path: Path) -> None:
    assert metas(page(site, "articles/2026/02/named-0")).get("robots") == "noindex"
    assert "robots" not in metas(page(site, "articles/2026/02/corrected-story"))
    told = (pub.root / "newsletter.yml").read_text(encoding="utf-8")
    shutil.copytree(pub.root, tmp_path / "pub", ignore=shutil.ignore_patterns("site"))
    (tmp_path / "pub/newsletter.yml").write_text(told.replace("credit: false", "index_unreviewed: true"), encoding="utf-8")
    open_site = build_site(tmp_path / "pub").site_dir
    assert "robots" not in metas(page(open_site, "articles/2026/02/named-0"))
    assert "articles/2026/02/named-0/" in (open_site / "sitemap.xml").read_text(encoding="utf-8")


def test_one_picture_a_category(site: Path) -> None:
    told = metas(page(site, "articles/2026/02/named-0"))
    assert told["og:image"] == f"{BASE}assets/groundwire/cards/flaws.png"
    assert told["twitter:card"] == "summary_large_image"
    assert metas(page(site, ""))["og:image"].endswith("cards/site.png")
    assert (site / "assets/groundwire/cards/flaws.png").read_bytes()[:4] == b"\x89PNG"


def test_the_owner_s_brand(site: Path) -> None:
    home = page(site, "")
    assert ("img", {"class": "gw-logo", "src": "assets/logo.svg", "alt": "", "height": "40"}) in home.tags
    assert "https://paper.example/" in home.links
    assert "Made with Groundwire" not in home.text()
    assert "--accent:" in (site / "assets/groundwire/brand.css").read_text(encoding="utf-8")
    assert any("brand.css" in (attrs.get("href") or "") for tag, attrs in home.tags if tag == "link")


def test_a_missing_logo_and_a_wrong_colour_are_told(tmp_path: Path) -> None:
    for text, told in (
        ("site: {logo: assets/no.svg}", "there is no content/assets/no.svg"),
        ("site: {colour: red}", "six hexadecimal"),
    ):
        pub = Publication.create(tmp_path / told[:5], text)
        with pytest.raises(InputError, match=r"newsletter\.yml") as caught:
            build_site(pub.root)
        assert told in str(caught.value)


def test_names_resolve_and_old_addresses_lead_on(site: Path) -> None:
    assert "Named 2" in page(site, "organisations/microsoft").text()
    assert "Monday" not in page(site, "articles/2026/02/named-0").text()
    assert ("meta", {"http-equiv": "refresh", "content": "0; url=../microsoft/"}) in page(site, "organisations/msft").tags


def test_a_deleted_page_leaves_a_word(site: Path) -> None:
    html = page(site, "articles/2026/01/deleted")
    assert "This story was removed" in html.text()
    assert metas(html)["robots"] == "noindex"


def test_the_home_page_says_when_no_newer_story_leads(tmp_path: Path) -> None:
    pub = Publication.create(tmp_path / "pub")
    pub.article("Old lead")
    pub.article("Older, corrected", hours=80, updated=NOON + timedelta(hours=72))
    home = page(pub.build(), "").text()
    assert "Nothing stronger has come since 27 February 2026." in home
    assert "A new issue every Friday after 9:00 (Europe/Berlin)." in home
