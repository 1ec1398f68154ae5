"""The built site, as a reader, a feed reader and a crawler see it."""

from __future__ import annotations

import gzip
import json
import os
import subprocess
import sys
from pathlib import Path

import feedparser
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from groundwire.errors import GroundwireError, InputError
from groundwire.publication.frontmatter import Reviewed
from groundwire.website.build import build_site
from groundwire.website.config import check_mkdocs_config
from groundwire.website.load import load_site
from sitekit import BASE, REPOSITORY, Html, Publication, sample
from support import snapshot


@pytest.fixture(scope="module")
def pub(tmp_path_factory: pytest.TempPathFactory) -> Publication:
    return sample(tmp_path_factory.mktemp("site") / "pub")


@pytest.fixture(scope="module")
def site(pub: Publication) -> Path:
    built: Path = pub.build()
    return built


def page(site: Path, address: str) -> Html:
    return Html.read(site / address / "index.html")


def test_listings_are_keyed_by_facet_and_month(site: Path) -> None:
    assert "Gateway flaw 1" in page(site, "categories/flaws").text()
    assert "January story" not in page(site, "categories/flaws/2026/02").text()
    assert "January story" in page(site, "categories/flaws/2026/01").text()
    assert "Gateway flaw 0" in page(site, "archive/2026/02").text()
    for facet in ("tags/vpn", "organisations/example-corp", "products/gateway", "cves/cve-2026-41822", "sources/example-blog"):
        assert "Gateway flaw 2" in page(site, facet).text()
    assert not (site / "tags/rare").exists(), "a tag needs three stories"
    assert not list(site.glob("**/page/**"))


def test_empty_categories_have_their_page(site: Path) -> None:
    addresses = [link for link in page(site, "categories").links if link.startswith("../categories/") or "/" in link]
    assert addresses
    for category in load_site(site.parent).categories:
        assert (site / "categories" / category / "index.html").is_file()


def test_drafts_are_in_no_output(site: Path) -> None:
    for path, data in snapshot(site).items():
        text = gzip.decompress(data) if data[:2] == b"\x1f\x8b" else data
        for word in (b"secretdraft", b"secretissue"):
            assert word not in text.lower() + path.lower().encode(), path


def test_a_withdrawn_page_is_a_tombstone_and_nowhere_else(site: Path) -> None:
    stone = page(site, "articles/2026/02/secretgone-withdrawn")
    assert "The <b>source</b> retracted it." in stone.text()
    assert ("meta", {"name": "robots", "content": "noindex"}) in stone.tags
    assert "anybody" not in stone.text(), "its text is gone"
    for path, data in snapshot(site).items():
        text = gzip.decompress(data) if data[:2] == b"\x1f\x8b" else data
        assert path.startswith("articles/2026/02/secretgone") or b"secretgone" not in text.lower(), path


def test_an_alias_leads_to_its_page(site: Path) -> None:
    tags = page(site, "articles/2026/01/old-name").tags
    assert ("meta", {"http-equiv": "refresh", "content": "0; url=../january-story/"}) in tags
    assert ("link", {"rel": "canonical", "href": f"{BASE}articles/2026/01/january-story/"}) in tags


def test_plain_and_static_pages_stay_as_they_are(pub: Publication, site: Path) -> None:
    about = page(site, "about")
    assert about.text("title").startswith("About & contact")
    assert [tag for tag, _ in about.tags].count("h1") == 1
    assert (site / "outlets/wire.html").read_bytes() == (pub.root / "content/outlets/wire.html").read_bytes()


def test_who_wrote_it_is_said(tmp_path: Path) -> None:
    pub = Publication.create(tmp_path / "pub")
    claude = {"by": "claude", "model": "model-x", "kept": 1}
    cases = {
        pub.article("One"): "Extracted by rule, not reviewed",
        pub.article("Two", analysis=claude): "Written by model-x, not reviewed",
        pub.article(
            "Three", analysis=claude, reviewed=Reviewed(by="A. Editor", on="2026-03-01")
        ): "Written by model-x, reviewed by A. Editor",
        pub.article("Four", generated={"hash": "sha256:0123456789abcdef"}): "Extracted by rule, edited by a person",
        pub.article("Five", generated=None, analysis=None, score=None): "Written by a person",
    }
    site = pub.build()
    home, feed = page(site, "").text(), feedparser.parse((site / "feed.xml").read_bytes())
    for address, line in cases.items():
        assert line in page(site, address).text()
        assert line in home
        assert line in [entry.author for entry in feed.entries]


HOSTILE = [
    "</title><script>alert(1)</script>",
    "\"><img src=x onerror='alert(1)'>",
    "{{ 7*7 }} {% raw %} {# comment #}",
    "</script><!-- --> & &amp; &#60;b&#62;",
    "javascript:alert(1) `code` *stars* [a](b) | pipe",
    "]]> <![CDATA[ \u2028 \u202e reversed",
]


def test_hostile_titles_are_text_everywhere(tmp_path: Path) -> None:
    from groundwire.text.plain import clean

    pub = Publication.create(tmp_path / "pub")
    made = {
        pub.article(f"{title} {n}", description=title, tags=("vpn",), entities={"organisations": (title,)}): clean(f"{title} {n}")
        for n, title in enumerate(HOSTILE)
    }
    for n in range(2):
        pub.article(f"Same organisations {n}", entities={"organisations": tuple(HOSTILE)})
    site = pub.build()
    for address, title in made.items():
        article = page(site, address)
        assert title in article.text("h1")
        data = json.loads(next(text for name, text in article.texts if name == "script" and "NewsArticle" in text))
        assert data["headline"] == title
    for path in site.rglob("*.html"):
        html = Html.read(path)
        assert not any(name.startswith("on") for _, attrs in html.tags for name in attrs), path
        assert all(
            attrs.get("src") or attrs.get("type") == "application/ld+json" for tag, attrs in html.tags if tag == "script"
        ), path
        assert not any(tag in ("img", "iframe", "b") and "class" not in attrs for tag, attrs in html.tags), path
        assert not any(link.lower().startswith("javascript:") for link in html.links), path
    feed = feedparser.parse((site / "feed.xml").read_bytes())
    assert not feed.bozo
    assert len(feed.entries) == len(made) + 2


def test_feeds_are_valid_and_their_ids_stay(site: Path) -> None:
    rss, atom = (feedparser.parse((site / name).read_bytes()) for name in ("feed.xml", "atom.xml"))
    assert not rss.bozo
    assert not atom.bozo
    assert rss.version == "rss20"
    assert atom.version == "atom10"
    assert rss.feed.title == "The <Test> Briefing"
    assert [e.title for e in rss.entries] == [e.title for e in atom.entries]
    assert [e.title for e in rss.entries][:2] == ["Gateway flaw 0", "Gateway flaw 1"]
    assert [e.id for e in rss.entries] == [e.id for e in atom.entries]
    assert rss.entries[0].id.startswith("urn:uuid:")
    assert rss.entries[0].link == f"{BASE}articles/2026/02/gateway-flaw-0/"
    feed = json.loads((site / "feed.json").read_text(encoding="utf-8"))
    assert [item["id"] for item in feed["items"]] == [e.id for e in rss.entries]
    assert len(feedparser.parse((site / "categories/flaws/feed.xml").read_bytes()).entries) == 4
    assert len(feedparser.parse((site / "issues/feed.xml").read_bytes()).entries) == 1


def test_the_sitemap_dates_pages_by_their_content(site: Path) -> None:
    import xml.etree.ElementTree as ET

    names = {"s": "http://www.sitemaps.org/schemas/sitemap/0.9"}
    tree = ET.parse(site / "sitemap.xml")
    dated = {u.findtext("s:loc", "", names): u.findtext("s:lastmod", "", names) for u in tree.findall("s:url", names)}
    assert dated[f"{BASE}articles/2026/02/gateway-flaw-1/"] == "2026-02-27T11:00:00Z"
    assert dated[BASE] == "2026-02-27T12:00:00Z"
    assert dated[f"{BASE}about/"] == ""
    assert f"{BASE}articles/2026/02/gateway-flaw-0/" not in dated, "nobody reviewed it and it only quotes"
    for address in dated:
        assert (site / address.removeprefix(BASE) / "index.html").is_file(), address
    assert not [a for a in dated if "old-name" in a or "secret" in a or "outlets" in a or "/search/" in a]
    assert f"Sitemap: {BASE}sitemap.xml" in (site / "robots.txt").read_text(encoding="utf-8")


def test_a_rebuild_is_identical_to_the_byte(pub: Publication, site: Path, tmp_path: Path) -> None:
    again = pub.build(site_dir=tmp_path / "again")
    one, two = snapshot(site), snapshot(again)
    assert one.keys() == two.keys()
    assert not [path for path in one if one[path] != two[path]]


def test_no_page_asks_another_host_for_anything(site: Path) -> None:
    for path in site.rglob("*.html"):
        for tag, attrs in Html.read(path).tags:
            loads = attrs.get("src") or (
                attrs.get("href") if tag == "link" and attrs.get("rel") in ("stylesheet", "icon") else None
            )
            assert not (loads or "").startswith(("http:", "https:", "//")), path


@pytest.mark.parametrize("count", [0, 1, 3])
def test_few_stories_make_a_good_site(tmp_path: Path, count: int) -> None:
    pub = Publication.create(tmp_path / "pub")
    for number in range(count):
        pub.article(f"Story {number}", hours=number)
    site = pub.build()
    home = page(site, "").text()
    assert ("No stories yet" in home) == (count == 0)
    assert "Email is not set up." in home
    assert (site / "pagefind").exists() == (count > 0)
    assert not feedparser.parse((site / "feed.xml").read_bytes()).bozo


def test_every_broken_page_is_told_at_once(tmp_path: Path) -> None:
    pub = sample(tmp_path / "pub")
    pub.article("Wrong category", category="flws")
    pub.write("articles/2026/02/broken.md", "---\nid: s-0123456789\ntitel: Typo\n---\n\nBody\n")
    pub.write("articles/2026/02/bare.md", "No front matter\n")
    with pytest.raises(InputError) as caught:
        build_site(pub.root)
    told = str(caught.value)
    assert "content/articles/2026/02/broken.md:3:1: error: titel: unknown key; did you mean 'title'?" in told
    assert "content/articles/2026/02/bare.md:1:1" in told
    assert "did you mean 'flaws'?" in told
    assert "write: category: flaws" in told


def test_mkdocs_own_warnings_stop_a_strict_build(tmp_path: Path) -> None:
    pub = sample(tmp_path / "pub")
    pub.write("about.md", "# About\n\n[gone](nowhere.md)\n")
    with pytest.raises(GroundwireError, match=r"about\.md.*nowhere\.md"):
        build_site(pub.root)
    assert build_site(pub.root, strict=False).pages > 10


def mkdocs(root: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "-f", str(root / "mkdocs.yml")]
    environment = {**os.environ, "NO_MKDOCS_2_WARNING": "1"}
    return subprocess.run(command, capture_output=True, text=True, check=False, cwd=root, env=environment)


def test_mkdocs_build_works_by_itself(tmp_path: Path) -> None:
    pub = sample(tmp_path / "pub")
    done = mkdocs(pub.root)
    assert done.returncode == 0, done.stderr
    assert (pub.root / "site/pagefind/pagefind.js").is_file()
    pub.article("Wrong category", category="flws")
    done = mkdocs(pub.root)
    assert done.returncode == 1
    assert "did you mean 'flaws'?" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_publication_overrides_our_templates(tmp_path: Path) -> None:
    pub = Publication.create(tmp_path / "pub")
    (pub.root / "overrides/groundwire").mkdir(parents=True)
    (pub.root / "overrides/groundwire/footer.html").write_text("<footer>{{ gw.title }} of our own</footer>", encoding="utf-8")
    assert "The &lt;Test&gt; Briefing of our own" in (pub.build() / "index.html").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (("site_name: set in newsletter.yml", "site_name: Mine"), "mkdocs.yml:2:1: error: site_name"),
        (("docs_dir: content", "docs_dir: content\nsite_url: https://x.example/"), "newsletter.yml owns this as `url`"),
        (("docs_dir: content", "docs_dir: content\nuse_directory_urls: no"), "mkdocs.yml:4:1: error: use_directory_urls"),
        (("- groundwire", "- search"), "the groundwire plugin is missing"),
        (("docs_dir: content", "docs_dir: [content"), "mkdocs.yml:"),
    ],
)
def test_check_refuses_what_newsletter_yml_owns(tmp_path: Path, change: tuple[str, str], told: str) -> None:
    pub = Publication.create(tmp_path / "pub")
    assert check_mkdocs_config(pub.root) == []
    text = (REPOSITORY / "mkdocs.yml").read_text(encoding="utf-8").replace(*change)
    (pub.root / "mkdocs.yml").write_text(text, encoding="utf-8")
    assert told in "\n".join(map(str, check_mkdocs_config(pub.root)))


def test_a_build_without_folders_is_refused(tmp_path: Path) -> None:
    pub = Publication.create(tmp_path / "pub")
    with (pub.root / "mkdocs.yml").open("a", encoding="utf-8") as file:
        file.write("use_directory_urls: false\n")
    with pytest.raises(InputError, match="addresses are those of folders"):
        pub.build()


@settings(max_examples=60, deadline=None)
@given(st.text(min_size=1, max_size=80))
def test_feeds_hold_exactly_the_title(title: str) -> None:
    from datetime import UTC, datetime

    from groundwire.text.plain import clean
    from groundwire.website.syndication import Channel, Item, atom, rss

    when = datetime(2026, 1, 1, tzinfo=UTC)
    item = Item("urn:uuid:1", BASE, title, title, "A", when, when, (title,))
    for write in (rss, atom):
        import xml.etree.ElementTree as ET

        tree = ET.fromstring(write(Channel(title, title, BASE, "feed.xml", "", "en", when), [item]).encode())
        assert clean(title) in [clean(node.text or "") for node in tree.iter() if node.tag.rpartition("}")[2] == "title"]
