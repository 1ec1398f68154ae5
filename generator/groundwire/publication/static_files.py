"""Which files of content/ a site may carry as they are: none that runs in the site's name, or takes the place of a script or a style of ours.

Pictures, texts, sound, films and fonts do not run. SVG and HTML can: they pass where everything in them is known to be harmless, by a reading on which all
browsers agree (well-formed XML without entities; tags written out in full, in UTF-8). All else is an owner's, and belongs in overrides/.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from xml.parsers import expat

from groundwire.errors import Problem
from groundwire.text.sanitise import SCHEMES, is_acting, page_list, scheme_of

KINDS = frozenset(
    """avif bmp gif ico jpeg jpg png webp asc csv pdf srt tsv txt vtt aac flac m4a mp3 oga ogg opus wav weba m4v mov mp4 ogv webm otf ttf woff woff2""".split()
)
OURS = (
    "assets/groundwire/",
    "assets/javascripts/",
    "assets/stylesheets/",
    "pagefind/",
)  # folders of the site's own scripts and styles
PAGES = frozenset("md markdown mdown mkdn mkd".split())  # rendered by MkDocs, and sanitised
_DATA = re.compile(r"\s*data:(?:image/(?:avif|gif|jpe?g|png|webp)|(?:application/(?:x-)?|)font[-/][a-z0-9-]+)[;,]", re.IGNORECASE)
_URL = re.compile(r"url\(\s*[\"']?([^)]*)", re.IGNORECASE)
_LOADS = re.compile(r"\\|@import|@namespace|expression\(|image-set\(|image\(|src\(|<", re.IGNORECASE)
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")

_SVG, _XLINK, _XML = "http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink", "http://www.w3.org/XML/1998/namespace"
_DRAWN = frozenset(
    """a animate animateColor animateMotion animateTransform circle clipPath color-profile defs desc ellipse feBlend feColorMatrix feComponentTransfer feComposite
    feConvolveMatrix feDiffuseLighting feDisplacementMap feDistantLight feDropShadow feFlood feFuncA feFuncB feFuncG feFuncR feGaussianBlur feImage feMerge
    feMergeNode feMorphology feOffset fePointLight feSpecularLighting feSpotLight feTile feTurbulence filter font font-face font-face-name font-face-src g glyph
    hkern image line linearGradient marker mask metadata missing-glyph mpath path pattern polygon polyline radialGradient rect set stop style svg switch symbol
    text textPath title tref tspan use view vkern""".split()
)
# What drawing programs note in a file; no browser does anything with it.
_NOTES = (
    *(
        "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
        "http://purl.org/dc/",
        "http://creativecommons.org/ns#",
        "http://web.resource.org/cc/",
    ),
    *(
        "http://www.inkscape.org/namespaces/",
        "http://sodipodi.sourceforge.net/",
        "http://inkscape.sourceforge.net/",
        "http://ns.adobe.com/",
    ),
    *(
        "http://www.bohemiancoding.com/sketch/ns",
        "http://www.serif.com/",
        "http://www.figma.com/",
        "https://boxy-svg.com",
        "http://xml.openoffice.org/svg/export",
    ),
)

_NAME = r"[a-zA-Z][a-zA-Z0-9-]*"
_ATTRIBUTE = re.compile(rf"\s+({_NAME}(?::{_NAME})?)(?:\s*=\s*(?:\"([^\"<>]*)\"|'([^'<>]*)'|([^\s\"'<>=`/]+)))?")
_TOKEN = re.compile(rf"[^<]+|<!--(?!-?>)[^<>]*?-->|<(/?)({_NAME})((?:{_ATTRIBUTE.pattern})*)\s*/?>")
_DOCTYPE = re.compile(r"\ufeff?\s*<!doctype\s+html\b[^<>]*>", re.IGNORECASE)
_FRAME = {
    "html": "lang dir class",
    "head": "",
    "body": "class",
    "title": "",
    "style": "media type",
    "meta": "charset name property content",
}


def static_problems(content: Path) -> Iterator[Problem]:
    """Find the files below content/ that no site may carry. Links are not followed, and what begins with a dot is not published."""
    for path in sorted(content.rglob("*")):
        name = path.relative_to(content)
        if (
            path.is_symlink()
            or not path.is_file()
            or name.parts[0] == "templates"
            or any(part.startswith(".") for part in name.parts)
        ):
            continue
        if problem := static_problem(name.as_posix(), path):
            yield problem


def static_problem(name: str, file: Path) -> Problem | None:
    """Say what is wrong with one file, a page's or one that is copied, by its name below content/. Only SVG and HTML are read."""
    kind = PurePosixPath(name).suffix[1:].lower()
    if name.startswith(OURS):
        message = "this folder holds the site's own scripts and styles, which only the owner replaces, in overrides/"
        elsewhere = f"content/{PurePosixPath(name).name}" if kind in KINDS | PAGES else f"overrides/{name}"
        return Problem(f"content/{name}", message, example=f"mv content/{name} {elsewhere}")
    if PurePosixPath(name).suffix[1:] in PAGES:
        return None
    if kind in KINDS:
        return None
    if kind in PAGES:
        example = f"mv content/{name} content/{PurePosixPath(name).with_suffix('.md')}"
        return Problem(f"content/{name}", "a page's ending is in small letters", example=example)
    if kind not in ("svg", "html", "htm"):
        what = f"content/ carries no .{kind} files" if kind else "a file here needs an ending that says what it is"
        message = f"{what}: what runs on a reader's machine, or replaces a file of the site's own, is for the owner to add, in overrides/"
        return Problem(f"content/{name}", message, example=f"mv content/{name} overrides/{name}")
    fault = svg_fault(file.read_bytes()) if kind == "svg" else html_fault(file.read_bytes())
    if not fault:
        return None
    example = (
        "a plain SVG without it, or a .png"
        if kind == "svg"
        else f"a page in Markdown: content/{PurePosixPath(name).with_suffix('.md')}"
    )
    return Problem(
        f"content/{name}",
        f"{fault}; a file that is published as it is may hold nothing that runs or loads anything",
        example=example,
    )


class _Fault(Exception):
    """What is wrong, in words."""


def svg_fault(data: bytes) -> str:
    """Say what in an SVG file runs, loads, or is read differently by different programs; '' where nothing does."""
    try:
        data.decode("utf-8")
        _Svg().read(data)
    except UnicodeDecodeError:
        return "this is not UTF-8 text"
    except expat.ExpatError as error:
        return f"this is not well-formed: {error}"
    except _Fault as fault:
        return str(fault)
    return ""


class _Svg:
    """Reads a file and stops at the first fault."""

    def __init__(self) -> None:
        self._style: list[str] | None = None

    def read(self, data: bytes) -> None:
        """Read the file to its end. Raises _Fault, ExpatError."""
        parser = expat.ParserCreate("utf-8", namespace_separator=" ")
        parser.buffer_text = True
        parser.StartElementHandler, parser.EndElementHandler = self._start, self._end
        parser.CharacterDataHandler, parser.ProcessingInstructionHandler = self._text, self._instruction
        parser.EntityDeclHandler = parser.AttlistDeclHandler = parser.ElementDeclHandler = parser.NotationDeclHandler = (
            self._declaration
        )
        parser.XmlDeclHandler = self._encoding
        parser.Parse(data, True)

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        space, _, tag = name.rpartition(" ")
        known = tag in _DRAWN if space == _SVG else not space or space.startswith(_NOTES)
        if not known:
            raise _Fault(f"<{tag}> is more than a drawing")
        for key, value in attributes.items():
            self._attribute(tag, *key.rpartition(" ")[::2], value)
        if tag == "style":
            self._style = []

    def _attribute(self, tag: str, space: str, name: str, value: str) -> None:
        if not space and is_acting(name):
            raise _Fault(f"the attribute {name} runs a program")
        if name == "href" and space in ("", _XLINK):
            good = (
                _is_link(value)
                if tag == "a"
                else value.strip().startswith("#") or (tag in ("image", "feImage") and _DATA.match(value))
            )
            if not good:
                raise _Fault(f"<{tag}> leads to {value[:60]}")
        if (space == _XML and name == "base") or (not space and name == "src"):
            raise _Fault(f"the attribute {name} leads elsewhere")
        if name == "attributeName" and (is_acting(value.strip()) or "href" in value):
            raise _Fault(f"<{tag}> changes {value.strip()}")
        if (name == "style" and _LOADS.search(value)) or (not space and "(" in value and "\\" in value) or not _is_local(value):
            raise _Fault(f"the attribute {name} loads something")

    def _end(self, name: str) -> None:
        if self._style is not None and name.rpartition(" ")[2] == "style":
            if not is_inert_css("".join(self._style)):
                raise _Fault("<style> loads something")
            self._style = None

    def _text(self, text: str) -> None:
        if self._style is not None:
            self._style.append(text)

    def _instruction(self, target: str, _data: str) -> None:
        if target.lower() == "xml-stylesheet":
            raise _Fault("a style sheet is loaded")

    def _declaration(self, *_: object) -> None:
        raise _Fault("its document type declares entities or attributes")

    def _encoding(self, _version: str, encoding: str | None, _standalone: int) -> None:
        if encoding and encoding.lower() not in ("utf-8", "us-ascii"):
            raise _Fault(f"it calls itself {encoding}, and should be UTF-8")


def html_fault(data: bytes) -> str:
    """Say what in an HTML file runs, loads a program, or is not written plainly enough to be sure; '' where nothing is."""
    try:
        text = data.decode("utf-8")
        _read_html(text)
    except UnicodeDecodeError:
        return "this is not UTF-8 text"
    except _Fault as fault:
        return str(fault)
    return ""


def _read_html(text: str) -> None:
    if _CONTROL.search(text):
        raise _Fault("it holds control characters")
    start = _DOCTYPE.match(text)
    at, inside = start.end() if start else 0, ""
    while at < len(text):
        token = _TOKEN.match(text, at)
        if token is None:
            raise _Fault(f"what begins with {text[at : at + 20]!r} is no plain tag")
        end, tag = token.group(1), (token.group(2) or "").lower()
        if inside and tag and not (end and tag == inside):
            raise _Fault(f"<{tag}> stands in <{inside}>")
        if inside == "style" and not tag and not is_inert_css(token.group()):
            raise _Fault("<style> loads something")
        if tag and not end:
            _element(tag, token.group(3))
        inside = (tag if not end and tag in ("style", "title") else "") if tag else inside
        at = token.end()


def _element(tag: str, written: str) -> None:
    page = page_list()
    if tag not in _FRAME and (tag not in page.tags or tag in ("svg", "input")):
        raise _Fault(f"<{tag}> runs or loads something")
    for match in _ATTRIBUTE.finditer(written):
        name, value = match.group(1).lower(), html.unescape(next((v for v in match.groups()[1:] if v is not None), ""))
        known = name in _FRAME[tag].split() if tag in _FRAME else page.names(tag, name) and page.keep(tag, name, value) == value
        if not known or (name == "charset" and value.lower() != "utf-8"):
            raise _Fault(f"the attribute {name} of <{tag}> runs or loads something")
        if name in ("href", "src") and not _is_link(value):
            raise _Fault(f"<{tag}> leads to {value[:60]}")


def is_inert_css(text: str) -> bool:
    """Say whether a style sheet loads nothing."""
    return not _LOADS.search(text) and _is_local(text)


def _is_local(value: str) -> bool:
    """Say whether every address that `url()` names is in the file itself."""
    return all(target.startswith("#") or _DATA.match(target) for target in _URL.findall(value))


def _is_link(value: str) -> bool:
    return scheme_of(value) in ("", *SCHEMES)
