"""What contributors write in content/ runs nothing on the site: pages, however they are built, files, front matter, and what replaces ours."""

from __future__ import annotations

import random
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from browserkit import served
from groundwire.checking.check import check_publication
from groundwire.errors import InputError
from groundwire.text.sanitise import sanitise
from hostile import HTML, MARKDOWN, fragment
from sitekit import NOON, Html, Publication

# What our own templates carry, so that all else is a contributor's.
OURS = {"assets/groundwire/scheme.js", "assets/groundwire/site.js", "assets/groundwire/search.js"}
NEVER = {"iframe", "object", "embed", "base", "style", "math", "noscript", "template", "textarea", "xmp", "plaintext", "x-y"}


def assert_runs_nothing(path: Path) -> None:
    """No element, attribute or address of the page runs or loads a program but ours."""
    for tag, attributes in Html.read(path).tags:
        assert tag not in NEVER, (path, tag)
        assert not [name for name in attributes if name.startswith("on") or name in ("srcdoc", "formaction", "background")], (
            path,
            attributes,
        )
        assert not [v for v in attributes.values() if v and v.strip().lower().startswith(("javascript", "data:", "java"))], (
            path,
            attributes,
        )
        assert "evil.example" not in (attributes.get("style") or attributes.get("data-finder") or "")
        if tag == "script" and attributes.get("type") != "application/ld+json":
            assert (attributes.get("src") or "").split("?")[0].lstrip("./").removeprefix("briefing/") in OURS, (path, attributes)
        if tag == "link" or (tag == "meta" and "http-equiv" in attributes):
            assert "evil.example" not in str(attributes)


@pytest.fixture
def pub(tmp_path: Path) -> Publication:
    return Publication.create(tmp_path / "pub")


def filled(pub: Publication) -> list[str]:
    """A publication with every attack in an article, a page of its own and an issue; the pages."""
    found = []
    for number, text in enumerate((*HTML, *MARKDOWN)):
        found.append(pub.article(f"Attack {number}", hours=number, body=f"Words.\n\n{text}\n", generated=None))
        pub.write(f"own/page-{number}.md", f"# Own\n\n{text}\n")
        found += [f"own/page-{number}/", pub.issue(f"2026-w{number + 1:02}", body=text)]
    return found


def test_no_attack_survives_a_build_and_a_later_one_is_equal(pub: Publication) -> None:
    pages = filled(pub)
    site = pub.build(strict=False)
    for page in pages:
        assert_runs_nothing(site / page / "index.html")
    pub.article("A late one", body=HTML[0], generated=None)
    pub.build(strict=False)
    later = {path.relative_to(site): path.read_bytes() for path in site.rglob("*.html")}
    pub.build(strict=False, full=True)
    assert later == {path.relative_to(site): path.read_bytes() for path in site.rglob("*.html")}


def test_no_attack_survives_mkdocs_own_command(pub: Publication) -> None:
    pages = filled(pub)
    subprocess.run([sys.executable, "-m", "mkdocs", "build", "-q", "-d", "plain"], cwd=pub.root, check=True)
    for page in pages:
        assert_runs_nothing(pub.root / "plain" / page / "index.html")


@pytest.mark.parametrize(
    "text",
    [
        "<table title='<table>'><tr><td title=\"<table><img src=x onerror=alert(1)>\">x</table>",
        '“a<b title="“b">c”</b>[^1]\n\n[^1]: [B](<https://b.example/>)',
    ],
)
def test_what_we_add_to_a_page_opens_no_door(pub: Publication, text: str) -> None:
    sources = ({"feed": "B", "title": "T", "url": "https://b.example/", "language": "de"},)
    page = pub.article(
        "Story", body=f'> <b title="<blockquote><p><img src=x onerror=alert(1)></p>">x</b>\n\n{text}\n', sources=sources
    )
    assert_runs_nothing(pub.build() / page / "index.html")


# All that a browser finds, where scripts are on, which decides how <noscript> is read.
ELEMENTS = """texts => {
  const frame = document.createElement("iframe");
  document.body.append(frame);
  return texts.map(text => {
    const page = frame.contentDocument;
    page.open(); page.write("<!doctype html><body><div id=holds-it>" + text + "</div>"); page.close();
    const found = [...page.getElementById("holds-it").querySelectorAll("*")];
    const attributes = e => e.getAttributeNames().map(name => [name, e.getAttribute(name)]);
    return [found.map(e => [e.localName, attributes(e)]), page.body.children.length, frame.contentWindow.ran || null];
  });
}"""
TRY_ALL = """() => {
  document.addEventListener("click", event => event.preventDefault(), true);
  for (const e of document.querySelectorAll("#content *"))
    for (const kind of ["mouseover", "mouseenter", "pointerenter", "click", "focus", "toggle", "error", "load"])
      e.dispatchEvent(new Event(kind, {cancelable: true}));
  return window.ran || null; }"""


@pytest.mark.slow
def test_a_browser_finds_exactly_what_the_sanitiser_left(chromium: Any) -> None:
    chance = random.Random(9)
    texts = [sanitise(text) for text in (*HTML, *(fragment(chance) for _ in range(1000)))]
    page = chromium.new_page()
    page.route("**", lambda route: route.abort())
    for text, (found, beside, ran) in zip(texts, page.evaluate(ELEMENTS, texts), strict=True):
        written = [(tag.lower(), sorted(tuple(pair) for pair in pairs)) for tag, pairs in found]
        read = [(tag, sorted((name, value or "") for name, value in given.items())) for tag, given in Html.of(text).tags]
        assert [(tag, [(name.lower(), value) for name, value in pairs]) for tag, pairs in written] == read, text
        assert (beside, ran) == (1, None), text
    page.close()


@pytest.mark.slow
def test_no_attack_runs_in_a_browser(pub: Publication, chromium: Any) -> None:
    pages = [page for page in filled(pub) if page.startswith("own/")]
    site = pub.build(strict=False)
    page = chromium.new_page()
    asked: list[str] = []
    with served(site) as address:
        page.on("request", lambda request: asked.append(request.url))
        page.route(lambda url: not url.startswith(address), lambda route: route.abort())
        for name in pages:
            page.goto(address + name)
            assert page.evaluate(TRY_ALL) is None, name
            assert page.url == address + name
    page.close()
    assert [url for url in asked if not url.startswith(address)] == []


HOSTILE = "\"'><img src=x onerror=alert(1)><script>alert(1)</script>"


def test_front_matter_is_text(pub: Publication) -> None:
    quoted = HOSTILE.replace("'", "''")
    keys = "title description author image robots location icon subtitle status edit_url canonical lang dir class".split()
    lines = "\n".join(f"{key}: '{quoted}'" for key in keys)
    pub.write(
        "own.md", f"---\n{lines}\nhide: ['{quoted}']\ntags: ['{quoted}']\nsocial: {{cards_layout: '{quoted}'}}\n---\n\nWords\n"
    )
    pub.write("heading.md", f"# A {HOSTILE} heading\n\nWords\n")
    story = pub.article(
        f"Bad {HOSTILE}",
        description=HOSTILE,
        corrections=({"date": NOON, "note": HOSTILE},),
        watch=({"claim": HOSTILE, "by": "2026-02-01", "note": HOSTILE},),
        entities={"organisations": [HOSTILE], "products": [HOSTILE], "cves": []},
        sources=({"feed": HOSTILE, "title": HOSTILE, "url": "https://b.example/", "copy_of": HOSTILE},),
    )
    site = pub.build(strict=False)
    for page in site.rglob("*.html"):
        assert_runs_nothing(page)
        assert not [
            1 for tag, given in Html.read(page).tags if tag == "img" and given.get("src") == "x" and "heading" not in str(page)
        ]
    assert HOSTILE in Html.read(site / story / "index.html").text("h1")
    assert HOSTILE in Html.read(site / "own/index.html").text("h1")


@pytest.mark.parametrize(
    "template",
    [
        "base.html",
        "redirect.html",
        "blog-post.html",
        "groundwire/redirect.html",
        "../mkdocs.yml",
        "/etc/passwd",
        "partials/nav.html",
        "no.html",
        "[1]",
    ],
)
def test_a_page_chooses_no_template_but_an_owners(pub: Publication, template: str) -> None:
    pub.write("plain.md", "---\ntitle: T\n---\n\nWords\n")
    pub.write("other.md", f"---\ntitle: T\ntemplate: {template}\nlocation: javascript:alert(1)\n---\n\nWords\n")
    site = pub.build()
    plain, other = ((site / name / "index.html").read_text(encoding="utf-8") for name in ("plain", "other"))
    assert other == plain.replace("/plain/", "/other/")


def test_an_owners_templates_styles_and_files_are_the_owners(pub: Publication) -> None:
    overrides = pub.root / "overrides"
    (overrides / "assets").mkdir(parents=True)
    (overrides / "mine.html").write_text(
        '{% extends "main.html" %}{% block content %}<script src="own.js"></script>{{ page.content }}{% endblock %}'
    )
    files = {"assets/own.js": "own()", "assets/own.css": "p{}", "CNAME": "news.example"}
    for name, text in files.items():
        (overrides / name).write_text(text)
    with (pub.root / "mkdocs.yml").open("a") as config:
        config.write("extra_css: [assets/own.css]\n")
    pub.write("own.md", "---\ntitle: T\ntemplate: mine.html\n---\n\n<b onclick=x>Words</b>\n")
    site = pub.build()
    page = (site / "own/index.html").read_text(encoding="utf-8")
    assert '<script src="own.js"></script><p><b>Words</b></p>' in page
    assert '<link rel="stylesheet" href="../assets/own.css">' in page
    assert {name: (site / name).read_text() for name in files} == files


REFUSED = {
    "evil.svg": '<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
    "articles/2026/02/evil.html": "<p onclick=alert(1)>x",
    "assets/groundwire/site.js": "alert(1)",
    "assets/groundwire/site.css": "*{}",
    "assets/javascripts/x.js": "alert(1)",
    "pagefind/pagefind.js": "alert(1)",
    "assets/groundwire/site.js.md": "# x",
    "x.xhtml": "<html xmlns='http://www.w3.org/1999/xhtml'/>",
    "x.xml": "<x/>",
    "sw.JS": "x",
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_file_that_runs_or_replaces_ours_is_refused_everywhere(pub: Publication, name: str) -> None:
    pub.article("Story")
    pub.build()
    pub.write(name, REFUSED[name])
    with pytest.raises(InputError, match=f"content/{name}: error"):
        pub.build()
    assert not (pub.root / "site" / name).is_file() or (pub.root / "site" / name).read_text(encoding="utf-8") != REFUSED[name]
    told = [str(p) for p in check_publication(pub.root, now=NOON).problems if p.level == "error"]
    assert [line for line in told if f"content/{name}: error" in line and "write:" in line]


@pytest.mark.parametrize(
    "name", ["feed.xml.md", "robots.txt/index.md", "sitemap.xml/a.png", "assets/images/favicon.png/x.md", "404.html.md"]
)
def test_nothing_stands_where_the_site_has_a_file(pub: Publication, name: str) -> None:
    pub.article("Story")
    pub.write(name, "# x\n")
    with pytest.raises(InputError, match=f"content/{name}: error: the site has a file at "):
        pub.build()


def test_mkdocs_own_command_refuses_all_of_them_at_once(pub: Publication) -> None:
    for name, text in REFUSED.items():
        pub.write(name, text)
    command = [sys.executable, "-m", "mkdocs", "build", "-q", "-d", "plain"]
    done = subprocess.run(command, cwd=pub.root, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert [name for name in REFUSED if f"content/{name}: error" not in done.stderr] == []
    assert not (pub.root / "plain").exists()


def test_harmless_files_are_published(pub: Publication) -> None:
    files = {
        "a.svg": '<svg xmlns="http://www.w3.org/2000/svg"><path d="M0"/></svg>',
        "a.html": "<!doctype html><p>x",
        "a.png": "x",
        "b/c.pdf": "x",
    }
    for name, text in files.items():
        pub.write(name, text)
    site = pub.build()
    assert {name: (site / name).read_text(encoding="utf-8") for name in files} == files


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ("Hello\n{: onmouseover=x }", "error: the attribute onmouseover runs a program"),
        ("Hello\n{: style='background:url(x)' }", "warning: style of <p> is left out of the page"),
        ("<!--><img src=x onerror=y>-->", "error: the attribute onerror runs a program"),
        ("<![CDATA[><img src=x alt='' onerror=y>]]>", "error: the attribute onerror runs a program"),
        ("<!--><script>x</script>-->", "error: <script> can run a program"),
        ("<dialog open>x</dialog>", "warning: <dialog> is left out of the page"),
        ("x\n{: .md-overlay }", "warning: class of <p> is left out of the page"),
        ("<div>" * 200, "error: this is nested too deeply to be shown"),
    ],
)
def test_check_tells_what_a_build_leaves_out(pub: Publication, body: str, told: str) -> None:
    pub.write("own.md", f"# Own\n\n{body}\n")
    assert [str(problem) for problem in check_publication(pub.root, now=NOON).problems if told in str(problem)]


def test_check_has_nothing_to_say_of_honest_pages(pub: Publication) -> None:
    pub.article("Story")
    pub.write(
        "own.md",
        "# Own\n\n!!! note\n    x[^1]\n\n| a |\n|--:|\n| 1 |\n\nText {: .own #here lang=de }\n\n<details><summary>a</summary>b</details>\n\n[^1]: b\n",
    )
    assert [str(p) for p in check_publication(pub.root, now=NOON).problems] == []
