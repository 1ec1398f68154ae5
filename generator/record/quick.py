"""Python-Markdown's slowest step, made quicker: what stands within a line (links, emphasis, code). The result is the same.

That step tries each of some fifteen patterns on each piece of text, 1,700 of them on a usual page, and nearly all in vain. Each
of these patterns begins with a mark; where that isn't in the text, the pattern need not be tried. One that is not known here,
another extension's or a later version's, is always tried.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any
from xml.etree.ElementTree import Element

from markdown import Markdown
from markdown.extensions import Extension
from markdown.inlinepatterns import HTML_RE
from markdown.treeprocessors import InlineProcessor
from markdown.util import AtomicString

# The pattern, as its processor has it, and the marks of which it needs one.
_NEEDS: dict[str, tuple[str, ...]] = {
    r"(?:(?<!\\)((?:\\{2})+)(?=`+)|(?<!\\)`)": ("`",),
    r"\\(.)": ("\\",),
    r"\[\^([^\]]*)\]": ("[^",),
    r"(?<!\!)\[": ("[",),
    r"\!\[": ("![",),
    r"<([A-Za-z][A-Za-z0-9+.-]*://[^<>]*)>": ("<",),
    r"<([^<> !]+@[^@<> ]+)>": ("<",),
    r"  \n": ("  \n",),
    HTML_RE: ("<",),
    r"(&(?:\#[0-9]+|\#x[0-9a-fA-F]+|[a-zA-Z0-9]+);)": ("&",),
    r"\*|_": ("*", "_"),
}
_ALWAYS = ("",)
_ANY_MARK = re.compile(r"[`\\\[<&*_]|  \n")


class QuickInline(InlineProcessor):
    """Takes the place of the processor `inline`."""

    _needs: Sequence[tuple[str, ...]] = ()
    _all_known = False

    def run(self, tree: Element, ancestors: list[str] | None = None) -> Element:
        """As Markdown has it."""
        self._needs = [_NEEDS.get(pattern_of(one), _ALWAYS) for one in self.inlinePatterns]
        self._all_known = _ALWAYS not in self._needs
        return super().run(tree, ancestors)

    def _InlineProcessor__handleInline(self, data: str, patternIndex: int = 0) -> str:  # noqa: N802, N803  # Markdown's names
        if isinstance(data, AtomicString) or (self._all_known and not _ANY_MARK.search(data)):
            return data
        index, start, needs = patternIndex, 0, self._needs
        while index < len(needs):
            if not any(mark in data for mark in needs[index]):
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


class QuickMarkdown(Extension):
    """For the list of extensions; the last one, so that it finds what others put in."""

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802  # Markdown's name
        """Put the quicker step in the place of Markdown's own, where that stands."""
        if type(md.treeprocessors["inline"]) is InlineProcessor:
            md.treeprocessors.register(QuickInline(md), "inline", 20)
