"""The quicker inline step of Markdown: the same HTML as Markdown's own, whatever stands in the text, whatever is switched on."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from markdown import Markdown
from markdown.extensions import Extension
from markdown.inlinepatterns import Pattern, SimpleTagInlineProcessor

from generator.record import quick
from generator.record.quick import QuickInline, QuickMarkdown, pattern_of

OURS = ("admonition", "attr_list", "footnotes", "tables", "toc")
MORE = ("abbr", "def_list", "md_in_html", "smarty", "pymdownx.magiclink", "pymdownx.tilde", "pymdownx.caret", "pymdownx.emoji")
PIECES = st.sampled_from(
    [
        *"\\`*_{}[]()#+-.!|<>&~^:=@/%\"'\n\t \x02\x03aé“",
        *"** __ `` ![ ]( ](/a.b) [^1] [a] <b> </b> <br> <?x?> <http://a.b/?c&d> <a@b.c> &amp; &#42; &x; https://a.b == ~~ :smile:".split(),
        *"{:.x} {#i} [TOC] klzzwxh:0000 *[a]:b <!-- -->".split(),
        *("  \n", "\n\n", "\n    ", "```\n", "](<x y> 'z')", "\n\n[^1]: ", "\n[a]: /b\n", "\n# ", "\n> ", "\n- ", "\n1. "),
        *("\n|a|b|\n|-|-|\n|", "!!! note\n    ", "<div markdown>"),
    ]
)
TEXTS = st.lists(st.one_of(PIECES, st.text(max_size=8)), max_size=25).map("".join)


@cache
def _renderer(*extensions: str, quickly: bool) -> Markdown:
    return Markdown(extensions=[*extensions, *([QuickMarkdown()] if quickly else [])])


def _rendered(text: str, *extensions: str, quickly: bool) -> str:
    return _renderer(*extensions, quickly=quickly).reset().convert(text)


@given(TEXTS)
@example("a \\`b` ``c ` d`` *e **f** g* [h *i* `j`](k) ![l](m) <n@o.p> &copy; q  \nr[^1]\n\n[^1]: s *t*")
@pytest.mark.parametrize("extensions", [(), OURS, OURS + MORE], ids=["plain", "ours", "more"])
def test_the_html_is_markdowns_own(extensions: tuple[str, ...], text: str) -> None:
    assert _rendered(text, *extensions, quickly=True) == _rendered(text, *extensions, quickly=False)


def test_pages_of_ours_render_the_same() -> None:
    root = Path(__file__).parents[2]
    pages = [*root.glob("*.md"), *root.glob("docs/**/*.md"), *root.glob("generator/**/*.md"), *root.glob("content/**/*.md")]
    assert len(pages) > 10
    for page in pages:
        text = page.read_text(encoding="utf-8")
        assert _rendered(text, *OURS, quickly=True) == _rendered(text, *OURS, quickly=False), page


def test_a_page_that_asks_for_its_contents_gets_them() -> None:
    assert '<div class="toc">' in _rendered("[TOC]\n\n# One\n\n## Two", *OURS, quickly=True)


def test_every_pattern_of_ours_is_known() -> None:
    """Else the step is right, but slow: look what a new version of Markdown changed."""
    step = _renderer(*OURS, quickly=True).treeprocessors["inline"]
    assert isinstance(step, QuickInline)
    assert {pattern_of(one) for one in step.inlinePatterns} <= quick._NEEDS.keys()


class _Dollars(Extension):
    """A pattern of somebody else's."""

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802  # Markdown's name
        pattern: Pattern = SimpleTagInlineProcessor(r"(\$)([^$]+)\$", "s")
        md.inlinePatterns.register(pattern, "dollars", 70)


def test_another_extensions_pattern_is_applied_everywhere() -> None:
    assert Markdown(extensions=[_Dollars(), QuickMarkdown()]).convert("a $b$ c") == "<p>a <s>b</s> c</p>"


def test_another_extensions_own_step_stays() -> None:
    class Other(QuickInline):
        pass

    class Mine(Extension):
        def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802  # Markdown's name
            md.treeprocessors.register(Other(md), "inline", 20)

    assert type(Markdown(extensions=[Mine(), QuickMarkdown()]).treeprocessors["inline"]) is Other
