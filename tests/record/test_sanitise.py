"""What is sanitised holds nothing that runs or loads a program, is the same when it is read again, and keeps what honest pages are made of."""

from __future__ import annotations

import re
import time
from html.parser import HTMLParser
from pathlib import Path

import markdown
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from groundwire.mail.content import read_body
from groundwire.publication.content import load_articles
from groundwire.text.sanitise import DEPTH, is_acting, left_out, page_list, sanitise, scheme_of
from hostile import HTML, MARKDOWN, fragment

EXTENSIONS = ["admonition", "attr_list", "footnotes", "tables", "toc"]
HONEST = Path(__file__).with_name("honest.md").read_text(encoding="utf-8")
MORE = """abbr admonition attr_list def_list footnotes md_in_html tables toc pymdownx.arithmatex pymdownx.betterem pymdownx.caret pymdownx.critic pymdownx.details
    pymdownx.emoji pymdownx.highlight pymdownx.inlinehilite pymdownx.keys pymdownx.magiclink pymdownx.mark pymdownx.smartsymbols
    pymdownx.superfences pymdownx.tabbed pymdownx.tasklist pymdownx.tilde""".split()


class _Reader(HTMLParser):
    """Elements with their attributes and texts, in order. Elements that browsers add by themselves are passed over."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.seen: list[object] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag != "tbody":
            self.seen.append((tag, sorted((name, value or "") for name, value in attrs)))

    def handle_data(self, data: str) -> None:
        before = self.seen.pop() if self.seen and isinstance(self.seen[-1], str) else ""
        self.seen.append(f"{before}{data}")


def read(html: str) -> list[object]:
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return [one for one in reader.seen if not isinstance(one, str) or one.strip()]


def assert_harmless(html: str) -> None:
    """Tags as the sanitiser writes them, each on the list, with attributes on it."""
    page = page_list()
    rest = re.sub(r'<(/?)([A-Za-z][A-Za-z0-9]*)((?: [A-Za-z][A-Za-z0-9-]*="[^"<>]*")*)>', "", html)
    assert "<" not in rest
    for tag, attributes in (one for one in read(html) if isinstance(one, tuple)):
        assert tag in {name.lower() for name in page.tags}
        for name, value in attributes:
            assert not is_acting(name)
            assert not name.startswith("data-gw")
            if name in ("href", "src", "poster", "cite", "srcset"):
                assert scheme_of(value) in ("", "http", "https", "mailto", "tel")
            if name == "style":
                assert not re.search(r"url|position|\(|\\", value, re.IGNORECASE)
            if name == "class":
                assert not re.search(r"\b(?:gw|md)-(?!button)", value)


@pytest.mark.parametrize("text", [*HTML, *MARKDOWN])
def test_nothing_that_runs_is_left(text: str) -> None:
    for html in (
        text,
        markdown.markdown(text, extensions=EXTENSIONS),
        markdown.markdown(f"Words\n\n{text}\n\nWords", extensions=EXTENSIONS),
    ):
        clean = sanitise(html)
        assert_harmless(clean)
        assert sanitise(clean) == clean


@settings(max_examples=400, deadline=None)
@given(st.randoms(use_true_random=False))
def test_any_html_becomes_harmless_and_stays_as_it_is(chance: object) -> None:
    clean = sanitise(fragment(chance))  # type: ignore[arg-type]  # hypothesis' own kind of Random
    assert_harmless(clean)
    assert sanitise(clean) == clean


@settings(max_examples=200, deadline=None)
@given(st.text())
def test_any_text_becomes_harmless(text: str) -> None:
    clean = sanitise(text)
    assert_harmless(clean)
    assert sanitise(clean) == clean


def test_honest_markdown_is_kept_with_our_extensions() -> None:
    html = markdown.markdown(HONEST, extensions=EXTENSIONS, extension_configs={"toc": {"permalink": True}})
    assert read(sanitise(html)) == read(html)
    assert left_out(html) == []


def test_honest_markdown_is_kept_with_materials_extensions() -> None:
    from material.extensions.emoji import to_svg, twemoji  # type: ignore[import-untyped]  # it has no types

    options = {
        "toc": {"permalink": True},
        "pymdownx.arithmatex": {"generic": True},
        "pymdownx.emoji": {"emoji_index": twemoji, "emoji_generator": to_svg},
        "pymdownx.highlight": {"anchor_linenums": True, "line_spans": "__span", "pygments_lang_class": True, "linenums": True},
        "pymdownx.tabbed": {"alternate_style": True},
        "pymdownx.tasklist": {"custom_checkbox": True},
    }
    html = markdown.markdown(HONEST, extensions=MORE, extension_configs=options)
    assert all(mark in html for mark in ("<svg", "tabbed-set", "task-list-item", "__codelineno", "<kbd"))
    assert read(sanitise(html)) == read(html)
    assert left_out(html) == []


def test_every_page_of_the_sample_is_kept() -> None:
    pages = load_articles(Path(__file__).parents[2] / "content").pages
    bodies = [markdown.markdown(page.body, extensions=EXTENSIONS) for page in pages]
    assert bodies
    for html in bodies:
        assert read(sanitise(html)) == read(html)


def test_what_is_left_out_is_told_once() -> None:
    html = "<p onclick=x style='position:fixed'>a</p><p onclick=y>b</p><script>c</script><!--><img onerror=z>--><b class=md-x>d</b><i class=note>e</i>"
    assert left_out(html) == [("script", ""), ("p", "onclick"), ("p", "style"), ("img", "onerror"), ("b", "class")]


@pytest.mark.parametrize("style", ["text-align: right;", "width: 45%", "color: #b00; font-weight: bold"])
def test_harmless_styles_stay(style: str) -> None:
    assert sanitise(f'<p style="{style}">x</p>') == f'<p style="{style}">x</p>'


def test_inputs_are_only_task_lists_and_tabs() -> None:
    kept = '<input type="checkbox" disabled="" checked=""><input type="radio" name="__tabbed_1">'
    assert sanitise(f"{kept}<input><input type=text name=card><input title='type=\"radio\"'>") == kept


@pytest.mark.parametrize(
    "html", ["<div>" * (DEPTH + 1), "".join(f"<b id={n}>" for n in range(9_000)), "<option><h1>" * 5_000, "<svg><desc>" * 9_000]
)
def test_what_is_nested_too_deeply_is_shown_as_text(html: str) -> None:
    began = time.process_time()
    clean = sanitise(html)
    assert "<" not in clean
    assert sanitise(clean) == clean
    assert time.process_time() - began < 2


@pytest.mark.parametrize(
    "unit",
    [
        "<p>words",
        "<li>words",
        "<b>x</b>",
        "<br>",
        "<a title='x",
        '<a x="',
        "<!--",
        "<p",
        "</b>",
        "<tr><td>x",
        "<b title='>'></b>",
    ],
)
def test_time_grows_with_the_text(unit: str) -> None:
    html = unit * (200_000 // len(unit))
    began = time.process_time()
    sanitise(html)
    assert time.process_time() - began < 3


@pytest.mark.parametrize(
    "unit",
    [
        "</b>",
        "<!--</b>-->",
        "<br title='></b>'>",
        '<br x" title="></b>">',
        "<style></b></style>",
        "</ </b>",
        "<?</b>",
        "<object></b></object>",
        "<svg><br></b>",
    ],
)
def test_depth_is_not_hidden_by_ends_that_browsers_pass_over(unit: str) -> None:
    html = "".join(f"<b id={n}>{unit if unit != '</b>' else '<i></b></i>'}" for n in range(4_000))
    began = time.process_time()
    sanitise(html)
    assert time.process_time() - began < 2


@pytest.mark.parametrize("text", [*HTML, *MARKDOWN])
def test_mail_passes_the_same_way(text: str) -> None:
    sections = read_body(text, site="https://news.example/", path="issues/2026-w09.md")
    html = "".join(node.html for section in sections for item in section.items for node in item)
    assert_harmless(html.replace("&#x27;", "'"))
    assert "<img" not in html
