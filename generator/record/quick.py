"""Python-Markdown, made quicker. The result is the same.

Its slowest step is what stands within a line (links, emphasis, code). It tries each of some fifteen patterns on each piece of
text, 1,700 of them on a usual page, and nearly all in vain. Each of these patterns begins with a mark; where that isn't in the
text, the pattern need not be tried. One that is not known here, another extension's or a later version's, is always tried.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from typing import Any
from xml.etree.ElementTree import Element

from markdown import Markdown
from markdown.extensions import Extension
from markdown.extensions.toc import TocTreeprocessor
from markdown.inlinepatterns import HTML_RE
from markdown.treeprocessors import InlineProcessor
from markdown.util import AtomicString

# The pattern, as its processor has it, and two marks of which it needs one.
_NEEDS: dict[str, tuple[str, str]] = {
    r"(?:(?<!\\)((?:\\{2})+)(?=`+)|(?<!\\)`)": ("`", "`"),
    r"\\(.)": ("\\", "\\"),
    r"\[\^([^\]]*)\]": ("[^", "[^"),
    r"(?<!\!)\[": ("[", "["),
    r"\!\[": ("![", "!["),
    r"<([A-Za-z][A-Za-z0-9+.-]*://[^<>]*)>": ("<", "<"),
    r"<([^<> !]+@[^@<> ]+)>": ("<", "<"),
    r"  \n": ("  \n", "  \n"),
    HTML_RE: ("<", "<"),
    r"(&(?:\#[0-9]+|\#x[0-9a-fA-F]+|[a-zA-Z0-9]+);)": ("&", "&"),
    r"\*|_": ("*", "_"),
}
_ALWAYS = ("", "")
_MARK, _BREAK = re.compile(r"[`\\\[<&*_]"), "  \n"


class QuickInline(InlineProcessor):
    """Takes the place of the processor `inline`."""

    _needs: Sequence[tuple[str, str]] = ()
    _all_known = False

    def run(self, tree: Element, ancestors: list[str] | None = None) -> Element:
        """As Markdown has it."""
        self._needs = [_NEEDS.get(pattern_of(one), _ALWAYS) for one in self.inlinePatterns]
        self._all_known = _ALWAYS not in self._needs
        return super().run(tree, ancestors)

    def _InlineProcessor__handleInline(self, data: str, patternIndex: int = 0) -> str:  # noqa: N802, N803  # Markdown's names
        if isinstance(data, AtomicString) or (self._all_known and not _MARK.search(data) and _BREAK not in data):
            return data
        index, start, needs = patternIndex, 0, self._needs
        while index < len(needs):
            one, other = needs[index]
            if one not in data and other not in data:
                index, start = index + 1, 0
                continue
            data, matched, start = self._InlineProcessor__applyPattern(  # type: ignore[attr-defined]  # Markdown's private one
                self.inlinePatterns[index], data, index, start
            )
            index += not matched
        return data


def pattern_of(processor: Any) -> str:
    """The regular expression that an inline processor looks for."""
    return str(processor.getCompiledRegExp().pattern)


class QuickToc(TocTreeprocessor):
    """Takes the place of the processor `toc`. The table itself is made only where the page asks for it; headings are as ever."""

    def build_toc_div(self, toc_list: list[Any]) -> Element:
        """The table, or an empty one that nobody sees."""
        return super().build_toc_div(toc_list) if self._asked() else Element("div")

    def replace_marker(self, root: Element, elem: Element) -> None:
        """As Markdown has it; there is nothing to look for in most pages."""
        if self._asked():
            super().replace_marker(root, elem)

    def _asked(self) -> bool:
        lines: list[str] = self.md.lines  # type: ignore[attr-defined]  # what the page's text was made into before it was parsed
        return any(self.marker in line for line in lines)


class QuickMarkdown(Extension):
    """For the list of extensions; the last one, so that it finds what others put in."""

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802  # Markdown's name
        """Put the quicker steps in the place of Markdown's own, where those stand."""
        if type(md.treeprocessors["inline"]) is InlineProcessor:
            md.treeprocessors.register(QuickInline(md), "inline", 20)
        for step in md.treeprocessors:
            if type(step) is TocTreeprocessor:
                step.__class__ = QuickToc  # it keeps its settings
        # Asked 400 times a page, of a list of sixty names.
        md.is_block_level = cache(md.is_block_level)  # type: ignore[method-assign]
