"""Files that content/ may carry: what runs, loads or replaces something is refused; honest pictures and documents pass."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from groundwire import resources
from groundwire.publication.static_files import html_fault, static_problem, static_problems, svg_fault
from groundwire.sample.press import load_outlets, print_pages
from hostile import HTML

NS = 'xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"'
PIXEL = "data:image/png;base64,iVBORw0KGgo="
HARMLESS_SVG = {
    "an empty one": "<svg/>",
    "no name space": "<svg><g/></svg>",
    "shapes": f'<svg {NS} viewBox="0 0 9 9"><g fill="url(#a)" style="stroke:red;fill:url(#a)"><path d="M0 0h9v9z"/></g></svg>',
    "a gradient used twice": f'<svg {NS}><defs><linearGradient id="a"><stop offset="0"/></linearGradient></defs><use xlink:href="#a"/><use href="#a"/></svg>',
    "a style sheet": f"<svg {NS}><style>.a{{fill:#fff;filter:url(#f)}}@media (prefers-color-scheme:dark){{.a{{fill:#000}}}}</style></svg>",
    "a font and a picture inside": f"<svg {NS}><style>@font-face{{font-family:x;src:url(data:font/woff2;base64,d09G)}}</style><image href='{PIXEL}'/></svg>",
    "a spinner": f'<svg {NS}><circle r="3"><animate attributeName="r" values="1;3" dur="1s" repeatCount="indefinite"/></circle></svg>',
    "a link": f'<svg {NS}><a xlink:href="https://www.example.org/"><text>x</text></a></svg>',
    "an old document type": f'<?xml version="1.0" encoding="UTF-8" standalone="no"?>\n<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd">\n<svg {NS}/>',
    "what Inkscape notes": f"""<svg {NS} xmlns:inkscape="http://www.inkscape.org/namespaces/inkscape" xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"
        xmlns:sodipodi="http://sodipodi.sourceforge.net/DTD/sodipodi-0.dtd" xmlns:cc="http://creativecommons.org/ns#" sodipodi:docname="x.svg">
        <sodipodi:namedview inkscape:zoom="1"/><metadata><rdf:RDF><cc:Work rdf:about=""/></rdf:RDF></metadata></svg>""",
}
HARMFUL_SVG = {
    "a script": f"<svg {NS}><script>alert(1)</script></svg>",
    "a script with a prefix": '<x:svg xmlns:x="http://www.w3.org/2000/svg"><x:script>alert(1)</x:script></x:svg>',
    "a script of HTML": f'<svg {NS}><h:script xmlns:h="http://www.w3.org/1999/xhtml">alert(1)</h:script></svg>',
    "a document of HTML": '<html xmlns="http://www.w3.org/1999/xhtml"><body onload="alert(1)"/></html>',
    "a handler": f'<svg {NS} onload="alert(1)"/>',
    "a handler on a shape": f'<svg {NS}><path d="M0" onclick="alert(1)"/></svg>',
    "HTML inside": f'<svg {NS}><foreignObject><body xmlns="http://www.w3.org/1999/xhtml"/></foreignObject></svg>',
    "a link to a program": f'<svg {NS}><a href="java&#9;script:alert(1)"><text>x</text></a></svg>',
    "an old link to a program": f'<svg {NS}><a xlink:href="javascript:alert(1)"><text>x</text></a></svg>',
    "a link that becomes one": f'<svg {NS}><a href="#"><animate attributeName="href" to="javascript:alert(1)"/></a></svg>',
    "a handler that is set": f'<svg {NS}><set attributeName="onclick" to="alert(1)"/></svg>',
    "a drawing from elsewhere": f'<svg {NS}><use href="https://evil.example/x.svg#a"/></svg>',
    "a drawing in an address": f'<svg {NS}><use href="data:image/svg+xml,x#a"/></svg>',
    "a picture from elsewhere": f'<svg {NS}><image xlink:href="https://evil.example/x.png"/></svg>',
    "a drawing as a picture": f'<svg {NS}><image href="data:image/svg+xml;base64,AA"/></svg>',
    "a filter from elsewhere": f'<svg {NS}><g filter="url(https://evil.example/x#f)"/></svg>',
    "an escaped address": f'<svg {NS}><g filter="u\\72l(https://evil.example/x#f)"/></svg>',
    "a style sheet from elsewhere": f"<svg {NS}><style>@import 'https://evil.example/x.css';</style></svg>",
    "a background from elsewhere": f"<svg {NS}><style>*{{background:url(https://evil.example/x)}}</style></svg>",
    "a style that loads": f'<svg {NS}><g style="background:url(//evil.example/x)"/></svg>',
    "a style sheet by instruction": f'<?xml-stylesheet href="https://evil.example/x.css"?><svg {NS}/>',
    "an entity": f'<!DOCTYPE svg [<!ENTITY x "y">]><svg {NS}><text>&x;</text></svg>',
    "an attribute by declaration": f'<!DOCTYPE svg [<!ATTLIST svg onload CDATA "alert(1)">]><svg {NS}/>',
    "another encoding": f'<?xml version="1.0" encoding="UTF-7"?><svg {NS}/>',
    "another base": f'<svg {NS} xml:base="https://evil.example/"/>',
    "half of it": f'<svg {NS}><path d="M0"/>',
    "no XML": "<svg onload=alert(1)>",
    "HTML of another kind": "<!doctype html><p>x",
}


@pytest.mark.parametrize("name", HARMLESS_SVG)
def test_an_honest_drawing_passes(name: str) -> None:
    assert svg_fault(HARMLESS_SVG[name].encode()) == ""


@pytest.mark.parametrize("name", HARMFUL_SVG)
def test_a_drawing_that_runs_or_loads_something_is_refused(name: str) -> None:
    assert svg_fault(HARMFUL_SVG[name].encode())


def test_a_drawing_in_another_encoding_is_refused() -> None:
    assert svg_fault(f"<svg {NS}><script>alert(1)</script></svg>".encode("utf-16"))
    assert svg_fault(b"\xff<svg/>")


def test_our_own_drawings_and_materials_icons_pass() -> None:
    import material  # type: ignore[import-untyped]  # it has no types

    icons = sorted((Path(material.__file__).parent / "templates/.icons").rglob("*.svg"))[::50]
    found = [*icons, *resources.bundled("overrides").rglob("*.svg")]
    assert len(found) > 100
    assert [path for path in found if svg_fault(path.read_bytes())] == []


@settings(max_examples=200, deadline=None)
@given(st.binary() | st.text().map(lambda text: f"<svg {NS}>{text}</svg>".encode("utf-8", "replace")))
def test_any_bytes_are_judged(data: bytes) -> None:
    svg_fault(data)
    html_fault(data)


def test_an_honest_document_passes(tmp_path: Path) -> None:
    print_pages(tmp_path, load_outlets())
    pages = sorted(tmp_path.rglob("*.html"))
    assert len(pages) > 40
    assert [path for path in pages if html_fault(path.read_bytes())] == []
    assert (
        html_fault(
            b"<!DOCTYPE html><html><head><meta charset=utf-8><title>A &lt; b</title></head><body><!-- ok --><p class=x>A<br/>b</body></html>"
        )
        == ""
    )


@pytest.mark.parametrize(
    "text", [text for text in HTML if 'href="="' not in text]
)  # that one means the preview's file, see test_changes
def test_a_document_that_runs_or_loads_something_is_refused(text: str) -> None:
    assert html_fault(f"<!doctype html><title>x</title>{text}".encode())


@pytest.mark.parametrize(
    "text",
    [
        "<p onclick=alert(1)>x",
        "<a href=' &#106;avascript:alert(1)'>x</a>",
        "<title><p></title><script>alert(1)</script>",
        "<style>@import url(//evil.example/x)</style>",
        "<style><p></style><script>alert(1)</script>",
        "<meta http-equiv=refresh content=0>",
        "<meta charset=utf-7>",
        "<meta charset=iso-2022-jp>",
        "\x1b(J<p>x",
        '<p title="a<b">x',
        "<p <b>x",
    ],
)
def test_a_document_that_is_not_plain_is_refused(text: str) -> None:
    assert html_fault(text.encode())


@pytest.mark.parametrize("data", ["<script>alert(1)</script>".encode("utf-16"), b"\xfe\xff", b"<p>\xff", b"<p>\x00"])
def test_a_document_in_another_encoding_is_refused(data: bytes) -> None:
    assert html_fault(data)


@pytest.mark.parametrize(
    "name",
    """x.js x.mjs x.JS x.css x.xml x.xhtml x.xht x.shtml x.php x.wasm x.swf x.svgz x.mht x.htc x.json x.map x.webmanifest x.jar x.exe CNAME _headers x.html.gz
    assets/javascripts/bundle.min.js feed.xml sitemap.xml x. x.png.js""".split(),
)
def test_other_kinds_are_refused_with_the_place_where_owners_put_them(tmp_path: Path, name: str) -> None:
    problem = static_problem(name, tmp_path / "not read")
    assert problem is not None
    assert problem.file == f"content/{name}"
    assert problem.level == "error"
    assert problem.example == f"mv content/{name} overrides/{name}"


@pytest.mark.parametrize(
    "name",
    "a.png a.JPG a.webp a.gif a.avif a.pdf a.txt a.csv a.mp3 a.mp4 a.webm a.vtt a.woff2 robots.txt folder.js/a.png x.js.png".split(),
)
def test_pictures_texts_sound_films_and_fonts_pass(tmp_path: Path, name: str) -> None:
    assert static_problem(name, tmp_path / "not read") is None


@pytest.mark.parametrize(
    "name",
    [
        "assets/groundwire/site.js",
        "assets/groundwire/icon.svg",
        "assets/javascripts/x.js.md",
        "assets/stylesheets/x.png",
        "pagefind/x.md",
    ],
)
def test_the_folders_of_the_sites_own_scripts_are_the_sites(tmp_path: Path, name: str) -> None:
    problem = static_problem(name, tmp_path / "not read")
    assert problem is not None
    assert "which only the owner replaces" in problem.message


def test_a_page_in_capitals_is_refused_with_its_right_name(tmp_path: Path) -> None:
    problem = static_problem("a/About.MD", tmp_path / "not read")
    assert problem is not None
    assert problem.example == "mv content/a/About.MD content/a/About.md"


def test_all_of_content_is_looked_through_but_what_is_not_published(tmp_path: Path) -> None:
    for name in ("a/b/x.js", "x.SVG", "about.md", "b.MD", "p.png", ".ledger/x.jsonl", ".well-known/x.js", "a/.x.js"):
        file = tmp_path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("<svg onload='alert(1)'/>")
    (tmp_path / "link.svg").symlink_to("/dev/zero")
    assert [problem.file for problem in static_problems(tmp_path)] == ["content/a/b/x.js", "content/b.MD", "content/x.SVG"]
