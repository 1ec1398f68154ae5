"""The allow-list that HTML from content/ passes before a reader's browser or mail program gets it.

Python-Markdown hands on raw HTML, and attributes by its `attr_list`; whoever may edit a page may write both. So what a page renders to is parsed as browsers
parse it (html5ever, by nh3), what is not on the list is taken out, and the rest is written anew: within an attribute `<`, `>` and `"` always as entities, no
comment, no element whose content browsers don't parse. What a browser reads is therefore what was allowed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Set
from dataclasses import dataclass
from functools import cache, cached_property

import nh3

SCHEMES = frozenset(("http", "https", "mailto", "tel"))
_ACTING = "on srcdoc formaction".split()  # attributes whose names begin so run something
_TEXT = """a abbr address article aside b bdi bdo big blockquote br caption center cite code col colgroup data dd del details dfn div dl dt em figcaption figure
    font footer h1 h2 h3 h4 h5 h6 header hgroup hr i ins kbd li main mark meter nav ol p pre progress q rp rt ruby s samp section small span strike strong sub
    summary sup table tbody td tfoot th thead time tr tt u ul var wbr"""
_MEDIA = "audio img picture source track video"
_CHOICES = "input label"  # PyMdown's task lists and content tabs; of inputs only these two kinds
_ICONS = "svg g path circle ellipse line polygon polyline rect"  # Material's emoji and icons
_SHAPES = """clip-rule cx cy d fill fill-opacity fill-rule height opacity points r rx ry stroke stroke-linecap stroke-linejoin stroke-width transform viewBox
    width x x1 x2 xmlns y y1 y2"""
_ATTRIBUTES = {
    "*": "class data-linenos data-pagefind-ignore data-pagefind-weight data-search-exclude data-tabs dir hidden id lang role style title translate",
    "a": "download href hreflang name rel target type",
    "audio": "controls loop muted preload src",
    "blockquote": "cite",
    "col": "span",
    "colgroup": "span",
    "data": "value",
    "del": "cite datetime",
    "details": "open",
    "img": "align alt decoding height loading sizes src srcset width",
    "input": "checked disabled name type",
    "ins": "cite datetime",
    "label": "for",
    "li": "value",
    "meter": "max min value",
    "ol": "reversed start type",
    "progress": "max value",
    "q": "cite",
    "source": "height media sizes src srcset type width",
    "td": "align colspan headers rowspan valign",
    "th": "abbr align colspan headers rowspan scope valign",
    "time": "datetime",
    "track": "default kind label src srclang",
    "video": "controls height loop muted playsinline poster preload src width",
    **dict.fromkeys(_ICONS.split(), _SHAPES),
}
# By these names our templates and scripts, Material's and Pagefind's find what is theirs; Material's buttons are for pages.
_THEIR_CLASS = re.compile(r"(?:md|gw|pagefind)-(?!button(?:--primary)?$)", re.IGNORECASE)
_THEIR_ID = re.compile(r"__(?:analytics|config|consent|drawer|nav|palette|search|settings|toc)")
_TAB = re.compile(r"__tabbed_[0-9_]+")
# Properties that put nothing over the page; no parenthesis and no escape in a value, so that it names no address.
_DECLARATION = re.compile(
    r"\s*(?:text-align|vertical-align|text-decoration|font-style|font-weight|color|background-color|(?:min-|max-)?width)"
    r"\s*:\s*[a-z0-9 .,%#+-]{1,60}",
    re.IGNORECASE,
)
_SCHEME = re.compile(r"[\s\x00-\x20]*([a-z][a-z0-9+.\-\s\x00-\x20]*):", re.IGNORECASE)
_BLANK = re.compile(r"[\s\x00-\x20]+")
_OTHER_INPUT = re.compile(r'<input(?![^>]* type="(?:checkbox|radio)")[^>]*>')
_PASSES = 8
DEPTH = 128  # of open elements; a parser's time grows with text times depth
# One tag as a tokenizer reads it (HTML, 13.2.5), or a comment.
_VALUE = r"""(?:"[^"]*+(?:"|\Z)|'[^']*+(?:'|\Z)|(?=>)|[^\s>"'][^\s>]*+)"""
_ATTRIBUTE = rf"[^\s/>][^\s/>=]*+(?:\s*+=\s*+{_VALUE})?+"
_TOKEN = re.compile(
    rf"<!--(?:-?>|.*?(?:--!?>|\Z))|<(/?)([a-z][^\s/>]*+)(?:[\s/]*+{_ATTRIBUTE})*+(?:\s*+(/))?[\s/]*+(?:>|\Z)|<[!?/][^>]*+",
    re.IGNORECASE | re.DOTALL,
)
_VOID = frozenset("area base br col embed hr img input link meta param source track wbr".split())
_SIBLINGS = frozenset("dd dt li option p td th tr".split())  # the next one, or the end of what they are in, ends them
# What else browsers know, so that it can be told what is left out.
_OTHER_TAGS = """animate applet area base body button canvas dialog embed fieldset foreignObject form frame frameset head html iframe link map marquee math meta
    noembed noframes noscript object optgroup option param plaintext script select set slot style template textarea use xmp"""
_START = re.compile(r"<([a-z][a-z0-9]*)", re.IGNORECASE)

Keep = Callable[[str, str, str], str | None]


@dataclass(frozen=True)
class AllowList:
    """What may stay: elements, their attributes (`*`: of any element), classes where they are counted, and what `keep` makes of a value (None: nothing)."""

    tags: Set[str]
    attributes: Mapping[str, Set[str]]
    keep: Keep
    schemes: Set[str] = SCHEMES
    prefixes: Set[str] = frozenset()  # of attributes' names
    classes: Mapping[str, Set[str]] | None = None

    @cached_property
    def first(self) -> nh3.Cleaner:
        """The parser that holds to it."""
        return self._cleaner(self.keep)

    @cached_property
    def again(self) -> nh3.Cleaner:
        """The same for what has passed the first: its values are judged."""
        return self._cleaner(None)

    def _cleaner(self, keep: Keep | None) -> nh3.Cleaner:
        return nh3.Cleaner(
            tags=set(self.tags),
            attributes={tag: set(names) for tag, names in self.attributes.items()},
            attribute_filter=keep,
            generic_attribute_prefixes=set(self.prefixes),
            allowed_classes={tag: set(names) for tag, names in self.classes.items()} if self.classes else None,
            url_schemes=set(self.schemes),
            link_rel=None,
        )

    def names(self, tag: str, attribute: str) -> bool:
        """Say whether an element may have the attribute, with some value."""
        given = attribute in self.attributes["*"] or attribute in self.attributes.get(tag, ())
        return given or any(attribute.startswith(prefix) for prefix in self.prefixes)


def sanitise(html: str, allowed: AllowList | None = None) -> str:
    """Return the HTML with what `allowed` (where none is given, the page's list) has; read again, it is the same.

    An element that is taken out may leave its content where a parser would not put it (`<option>` between two headings), so that it is cleaned until it
    stays as it is: nearly always once. What never does, and what is nested too deeply, is returned as text.
    """
    allowed = allowed or page_list()
    if is_too_deep(html):
        return _as_text(html, allowed)
    clean = _OTHER_INPUT.sub("", allowed.first.clean(html))
    for _ in range(_PASSES):
        before, clean = clean, _OTHER_INPUT.sub("", allowed.again.clean(clean))
        if clean == before:
            return clean
    return _as_text(html, allowed)


def _as_text(html: str, allowed: AllowList) -> str:
    return allowed.again.clean(html.replace("&", "&amp;").replace("<", "&lt;"))


def is_too_deep(html: str) -> bool:
    """Say whether elements are nested more than `DEPTH` deep, in time linear in the text; where tags are not paired it may say so sooner."""
    if html.count("<") - html.count("</") <= DEPTH:
        return False
    stack: list[str] = []
    for token in _TOKEN.finditer(html):
        end, name, closed = token.group(1), (token.group(2) or "").lower(), token.group(3)
        top = stack[-1] if stack else ""
        if not name:
            continue
        if end:
            at = len(stack) - 1
            while at >= 0 and stack[at] != name and stack[at] in _SIBLINGS:
                at -= 1
            if at >= 0 and stack[at] == name:
                del stack[at:]
        elif (closed and top in ("svg", "g")) or (name in _SIBLINGS and name == top):
            continue
        elif name not in _VOID or "svg" in stack or "math" in stack:
            stack.append(name)
            if len(stack) > DEPTH:
                return True
    return False


def left_out(html: str) -> list[tuple[str, str]]:
    """Return what browsers find in the HTML and a page leaves out: an element and '', or an element and its attribute; each once, in order."""
    page = page_list()
    found: dict[tuple[str, str], None] = {}

    def judge(tag: str, name: str, value: str) -> str | None:
        if tag in page.tags and not (page.names(tag, name) and page.keep(tag, name, value) == value):
            found[tag, name] = None
        return None

    everything = set("abcdefghijklmnopqrstuvwxyz")
    every = nh3.Cleaner(
        tags={*page.tags, *_OTHER_TAGS.split()},
        clean_content_tags=set(),
        attributes={},
        attribute_filter=judge,
        generic_attribute_prefixes=everything,
        url_schemes=set(SCHEMES),
        link_rel=None,
    )
    tags = dict.fromkeys(match.group(1) for match in _START.finditer(every.clean(html)))
    return [*((tag, "") for tag in tags if tag not in page.tags), *found]


def is_acting(attribute: str) -> bool:
    """Say whether an attribute of this name runs a program, or loads a document, on the reader's machine."""
    return attribute.lower().startswith(tuple(_ACTING))


def scheme_of(address: str) -> str:
    """Return an address's scheme as browsers read it, which pass over blanks and controls; '' where it has none."""
    scheme = _SCHEME.match(address)
    return _BLANK.sub("", scheme.group(1)).lower() if scheme else ""


@cache
def page_list() -> AllowList:
    """Return what a page may show: all that Markdown, Material's extensions and ours make, and text with HTML by hand."""
    tags = frozenset(f"{_TEXT} {_MEDIA} {_CHOICES} {_ICONS}".split())
    attributes = {tag: frozenset(names.split()) for tag, names in _ATTRIBUTES.items()}
    return AllowList(tags, attributes, _kept, prefixes=frozenset({"aria-"}))


def _kept(tag: str, name: str, value: str) -> str | None:
    """Return an attribute's value as a page may have it, None where it may not."""
    rule = _RULES.get(name)
    return value if rule is None else rule(tag, value)


def _classes(_tag: str, value: str) -> str | None:
    if not _THEIR_CLASS.search(value):
        return value
    return " ".join(name for name in value.split() if not _THEIR_CLASS.match(name)) or None


def _identity(_tag: str, value: str) -> str | None:
    return None if _THEIR_ID.match(value) else value


def _name(tag: str, value: str) -> str | None:
    return value if tag != "input" or _TAB.fullmatch(value) else None


def _tab(_tag: str, value: str) -> str | None:
    return value if _TAB.fullmatch(value) else None


def _style(_tag: str, value: str) -> str | None:
    parts = [part for part in value.split(";") if part.strip()]
    kept = [part for part in parts if _DECLARATION.fullmatch(part)]
    return value if kept == parts else ";".join(kept) or None


def _window(_tag: str, value: str) -> str | None:
    return value if value in ("_blank", "_self") else None


def _address(_tag: str, value: str) -> str | None:
    return value if scheme_of(value) in ("", "http", "https") else None


def _link(_tag: str, value: str) -> str | None:
    return value if scheme_of(value) in ("", *SCHEMES) else None


def _addresses(_tag: str, value: str) -> str | None:
    return value if all(_address("", one) for one in value.split(",") if one.strip()) else None


def _paint(_tag: str, value: str) -> str | None:
    return None if "(" in value or "\\" in value else value


_RULES: dict[str, Callable[[str, str], str | None]] = {
    "class": _classes,
    "id": _identity,
    "name": _name,
    "for": _tab,
    "style": _style,
    "target": _window,
    "href": _link,
    "src": _link,
    "cite": _address,
    "poster": _address,
    "srcset": _addresses,
    "fill": _paint,
    "stroke": _paint,
}
