"""What a page's body refers to and carries: links, pictures, anchors, footnotes, raw HTML, quotations. Rendered as on the site, so that code is code."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from html.parser import HTMLParser
from xml.etree.ElementTree import Element

import markdown
from markdown.treeprocessors import Treeprocessor

from groundwire.publication.evidence import notes_of
from groundwire.text.plain import unescape
from groundwire.text.sanitise import SCHEMES, is_acting, is_too_deep, left_out, scheme_of

# As in mkdocs.yml.
EXTENSIONS = ("admonition", "attr_list", "footnotes", "tables", "toc")
_DANGEROUS = frozenset(
    "script iframe frame frameset object embed applet form input button select textarea style link meta base svg math template".split()
)
_KNOWN = frozenset(
    """a abbr address article aside audio b bdi bdo blockquote body br caption center cite code col colgroup data dd del details dfn dialog div dl dt em
    figcaption figure footer h1 h2 h3 h4 h5 h6 head header hgroup hr html i img ins kbd label legend li main map area mark menu meter nav noscript ol
    p picture pre progress q rp rt ruby s samp section small source span strong sub summary sup table tbody td tfoot th thead time tr track tt u ul
    var video wbr fieldset canvas output param font big strike""".split()
)
_DEFINED = re.compile(r"^ {0,3}\[\^([^\]\s]+)\]:", re.MULTILINE)
_QUOTATION = re.compile(r"“([^“”]*)”")


Place = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Reference:
    """A link or a picture: its address as written, and where in the body it stands (line and column from 1)."""

    target: str
    place: Place
    picture: bool = False
    described: bool = True  # a picture has a text for those who don't see it


@dataclass(frozen=True, slots=True)
class Remark:
    """One piece of HTML. `kind`: dangerous, unknown (HTML has no such element) or any other element, attribute (that acts), scheme, left out (of the page)."""

    kind: str
    what: str
    place: Place


@dataclass(frozen=True, slots=True)
class Quoted:
    """Other people's words on the page, and the addresses that say whose: a block quotation, or a footnote with what it proves."""

    words: int
    place: Place
    addresses: tuple[str, ...] = ()
    label: str = ""  # of the footnote


@dataclass
class Body:
    """Everything found."""

    references: list[Reference] = field(default_factory=list)
    anchors: list[str] = field(default_factory=list)
    remarks: list[Remark] = field(default_factory=list)
    quoted: list[Quoted] = field(default_factory=list)
    footnotes: list[tuple[str, str, Place]] = field(default_factory=list)  # label, what is wrong: twice, undefined, unused


def read_body(text: str) -> Body:
    """Find what a body refers to and carries. Any text will do."""
    finder = _Finder(text)
    renderer, tap = _renderer()
    renderer.reset()
    tap.root = None
    try:
        html: str | None = renderer.convert(text)
    except RecursionError:
        html = None
    if html is None or is_too_deep(html):
        finder.found.remarks.append(Remark("deep", "", (1, 1)))
        return finder.found
    finder.raw([str(part) for part in renderer.htmlStash.rawHtmlBlocks])
    if tap.root is not None:
        finder.tree(tap.root)
    finder.left_out(html)
    finder.notes()
    return finder.found


class _Tap(Treeprocessor):
    """Keeps the tree as it is after all other processors."""

    root: Element | None = None

    def run(self, root: Element) -> None:
        """Keep the tree."""
        self.root = root


@cache
def _renderer() -> tuple[markdown.Markdown, _Tap]:
    made = markdown.Markdown(extensions=list(EXTENSIONS), output_format="html")
    tap = _Tap(made)
    made.treeprocessors.register(tap, "groundwire-tap", -100)
    return made, tap


class _Finder:
    """Goes through a rendered body. Rendering loses lines: they are found again by looking for what was written."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._from: dict[str, int] = {}
        self._at = 0  # where the raw HTML at hand begins
        self.found = Body()

    def tree(self, root: Element) -> None:
        """Go through the elements that Markdown made."""
        for element in root.iter():
            if not isinstance(element.tag, str):
                continue
            attributes = {str(k): str(v) for k, v in element.attrib.items()}
            if element.tag == "a" and attributes.get("class") in ("headerlink", "footnote-ref", "footnote-backref"):
                attributes = {"id": attributes["id"]} if "id" in attributes else {}
            elif element.tag == "blockquote":
                self._quotation(element)
            self._attributes(element.tag, attributes)

    def raw(self, parts: list[str]) -> None:
        """Go through the HTML that somebody wrote."""
        at = 0
        for part in parts:
            if part.lstrip().startswith("<"):
                place = self._text.find(part, at)
                at = place if place >= 0 else at
                self._at = max(place, 0)
                _Html(self).feed(part)
        self._at = 0

    def element(self, tag: str, attributes: dict[str, str], *, written: str) -> None:
        """Note one element of raw HTML; `written` is its tag, letter for letter."""
        place = self._place(written)
        kind = "dangerous" if tag in _DANGEROUS else "unknown" if tag not in _KNOWN and "-" not in tag else "element"
        self.found.remarks.append(Remark(kind, tag, place))
        for name in attributes:
            if is_acting(name):
                self.found.remarks.append(Remark("attribute", name, place))
        self._attributes(tag, attributes, raw=True)

    def left_out(self, html: str) -> None:
        """Note what browsers find in the rendered body and the page will not have, unless it is noted already."""
        told = {(remark.kind, remark.what) for remark in self.found.remarks}
        for tag, attribute in left_out(html):
            if attribute:
                kind, what = ("attribute", attribute) if is_acting(attribute) else ("left out", f"{attribute} of <{tag}>")
            else:
                kind, what = ("dangerous" if tag in _DANGEROUS else "left out"), (tag if tag in _DANGEROUS else f"<{tag}>")
            if (kind, what) not in told:
                self.found.remarks.append(Remark(kind, what, self._place(attribute or f"<{tag}")))

    def notes(self) -> None:
        """Note what each footnote quotes, and the labels without a partner."""
        defined = [match.group(1) for match in _DEFINED.finditer(self._text)]
        for label in dict.fromkeys(defined):
            if defined.count(label) > 1:
                self.found.footnotes.append((label, "twice", self._place(f"[^{label}]:")))
        for note in notes_of(self._text):
            mark = f"[^{note.label}]"
            if not note.line:
                if self._is_code(mark):
                    continue
                self.found.footnotes.append((note.label, "undefined", self._place(mark)))
            elif not note.claims:
                self.found.footnotes.append((note.label, "unused", (note.line, 1)))
            shown = [note.printed] if note.printed else [q for claim in note.claims for q in _QUOTATION.findall(claim)]
            if shown and note.address and note.line:
                words = max(len(text.split()) for text in shown)
                self.found.quoted.append(Quoted(words, (note.line, 1), (note.address,), note.label))

    def _is_code(self, mark: str) -> bool:
        """Say whether every place of the mark is within backticks or in an indented block."""
        lines = [line for line in self._text.splitlines() if mark in line]
        return all(line.startswith(("    ", "\t")) or mark not in re.sub(r"`[^`]*`", "", line) for line in lines)

    def _attributes(self, tag: str, attributes: dict[str, str], *, raw: bool = False) -> None:
        for name in ("id", "name") if tag == "a" else ("id",):
            if attributes.get(name):
                self.found.anchors.append(attributes[name])
        for name in ("href", "src", "poster", "srcset", "data", "action"):
            target = attributes.get(name, "").strip()
            if not target or (tag == "a" and name != "href"):
                continue
            described = tag != "img" or bool(attributes.get("alt", "").strip()) or (raw and "alt" in attributes)
            for one in _sources(target) if name == "srcset" else (target,):
                self._reference(one, picture=name != "href", described=described)

    def _reference(self, written: str, *, picture: bool, described: bool) -> None:
        place, target = self._place(written), unescape(written)
        scheme = scheme_of(target)
        if scheme and scheme not in SCHEMES:
            self.found.remarks.append(Remark("scheme", scheme, place))
        else:
            self.found.references.append(Reference(target, place, picture, described))

    def _quotation(self, element: Element) -> None:
        texts = [" ".join("".join(child.itertext()).split()) for child in element]
        kept = [text for text in texts if not text.startswith(("—", "–", "\u2014"))]
        own = " ".join(kept)
        addresses = tuple(str(a.get("href")) for a in element.iter("a") if a.get("href"))
        words = own.split()
        if words:
            self.found.quoted.append(Quoted(len(words), self._place("> " + words[0]), addresses))

    def _place(self, needle: str) -> Place:
        """Find where this was written: the next time, or the same place again if there is no further one."""
        for written in (needle, needle.replace("&", "&amp;")):
            start = max(self._from.get(written, 0), self._at)
            place = self._text.find(written, start)
            place = place if place >= 0 else self._text.find(written)
            if place >= 0:
                self._from[written] = place + 1
                return self._text.count("\n", 0, place) + 1, place - self._text.rfind("\n", 0, place)
        return 1, 1


class _Html(HTMLParser):
    """Reads the raw HTML of a body into its finder."""

    def __init__(self, finder: _Finder) -> None:
        super().__init__(convert_charrefs=True)
        self._finder = finder

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note one element."""
        given = {name: value or "" for name, value in attrs}
        self._finder.element(tag, given, written=self.get_starttag_text() or f"<{tag}")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note one element that is closed at once."""
        self.handle_starttag(tag, attrs)


def _sources(srcset: str) -> Iterator[str]:
    for part in srcset.split(","):
        if words := part.split():
            yield words[0]
