"""Links, anchors and pictures: each leads to something that is on the site, and shows nothing of others. Nobody is asked: offline."""

from __future__ import annotations

import difflib
import posixpath
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from urllib.parse import unquote, urljoin, urlsplit

from groundwire.checking.body import Reference
from groundwire.errors import Level

_OF_TEMPLATES = frozenset({"content", "__search"})  # anchors that every page has
_PICTURES = (".png", ".jpg", ".jpeg", ".gif", ".svg", ".webp", ".avif")


@dataclass(frozen=True)
class Targets:
    """What a link may lead to. Paths are below content/, addresses below the site's; `generated` is asked only when needed."""

    site: str  # the site's address
    files: frozenset[str]
    pages: Mapping[str, str]  # address → path
    anchors: Callable[[str], Collection[str]]  # of the page at a path
    drafts: frozenset[str]  # paths that are in no output
    known: frozenset[str]  # other addresses: aliases
    generated: Callable[[], Collection[str] | None]  # None where what the build makes can't be known, because of other faults

    @cached_property
    def base(self) -> str:
        """The path that the site lives at: `/` or `/briefing/`."""
        return urlsplit(self.site).path or "/"

    @cached_property
    def names(self) -> dict[str, str]:
        """Pages and pictures by file name, for "did you mean"."""
        return {posixpath.basename(path): path for path in sorted(self.files) if path.endswith((".md", *_PICTURES))}


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with a reference, and what to write instead ('' where that isn't known)."""

    reference: Reference
    message: str
    instead: str = ""
    level: Level = "error"
    mechanical: bool = False  # `instead` leads where the address was meant to lead


def faults(path: str, references: Collection[Reference], targets: Targets) -> Iterator[Fault]:
    """Yield what is wrong with a page's references."""
    for reference in references:
        if reference.picture and not reference.described:
            yield Fault(
                reference, "a picture without a description for those who do not see it", "![what it shows](…)", "warning"
            )
        if fault := _fault(path, reference, targets):
            yield fault


def _fault(path: str, reference: Reference, targets: Targets) -> Fault | None:
    target = reference.target
    try:
        parts = urlsplit(target)
    except ValueError:
        return Fault(reference, f"{target!r} is no address")
    if target.startswith(targets.site):
        return _on_site(reference, target[len(targets.site) :], targets)
    if parts.scheme or parts.netloc:
        return _elsewhere(reference) if parts.scheme in ("", "http", "https") else None
    if not parts.path:
        return _anchor(reference, path, parts.fragment, targets) if parts.fragment else None
    if parts.path.startswith("/"):
        return _rooted(path, reference, targets)
    return _relative(path, reference, unquote(parts.path), parts.fragment, targets)


def _elsewhere(reference: Reference) -> Fault | None:
    if not reference.picture:
        return None
    message = "a picture from another server: it is other people's, and tells them who reads"
    return Fault(reference, message, "![what it shows](my-own-picture.png), the file beside this one, where you may use it")


def _rooted(path: str, reference: Reference, targets: Targets) -> Fault | None:
    if not reference.target.startswith(targets.base):
        right = _from(path, reference.target, targets)
        message = f"{reference.target} leads out of the site, which lives at {targets.base}"
        return Fault(reference, message, right, mechanical=bool(right))
    return _on_site(reference, reference.target[len(targets.base) :], targets)


def _relative(path: str, reference: Reference, wanted: str, fragment: str, targets: Targets) -> Fault | None:
    """Resolve a link as MkDocs does: a file from where this one is; else, as a browser, an address from this page's."""
    file = posixpath.normpath(posixpath.join(posixpath.dirname(path), wanted))
    if file in targets.files:
        return _file(reference, file, fragment, targets)
    if wanted.endswith((".md", *_PICTURES)) or reference.picture:
        return Fault(reference, f"there is no content/{file}", _near(path, file, targets))
    return _on_site(reference, urljoin(_address(path), reference.target), targets)


def _on_site(reference: Reference, address: str, targets: Targets) -> Fault | None:
    parts = urlsplit(address)
    wanted = unquote(parts.path).removesuffix("index.html").lstrip("/")
    for one in (wanted, f"{wanted}/"):
        if one in targets.pages:
            return _file(reference, targets.pages[one], parts.fragment, targets)
        if one in targets.files or one in targets.known:
            return None
    made = targets.generated()
    if made is None or wanted in made or f"{wanted}/" in made:
        return None
    near = difflib.get_close_matches(wanted, [*targets.pages, *made], n=1, cutoff=0.8)
    return Fault(reference, f"nothing on the site is at {wanted}", targets.site + near[0] if near else "")


def _file(reference: Reference, file: str, fragment: str, targets: Targets) -> Fault | None:
    if file in targets.drafts:
        return Fault(reference, f"content/{file} is a draft: readers cannot follow")
    return _anchor(reference, file, fragment, targets) if fragment and file.endswith(".md") else None


def _anchor(reference: Reference, file: str, fragment: str, targets: Targets) -> Fault | None:
    anchors, wanted = targets.anchors(file), unquote(fragment).split(":~:")[0]
    if not wanted or wanted in anchors or wanted in _OF_TEMPLATES:
        return None
    near = difflib.get_close_matches(wanted, list(anchors), n=1)
    head = reference.target.partition("#")[0]
    return Fault(reference, f"content/{file} has no heading or anchor #{wanted}", f"{head}#{near[0]}" if near else "")


def _near(path: str, file: str, targets: Targets) -> str:
    """Return the file that was probably meant, as it is written from `path`; '' if none is like it."""
    found = difflib.get_close_matches(posixpath.basename(file), list(targets.names), n=1, cutoff=0.75)
    return posixpath.relpath(targets.names[found[0]], posixpath.dirname(path) or ".") if found else ""


def _from(path: str, target: str, targets: Targets) -> str:
    """Rewrite a link from the server's root as it is written from `path`; '' if no page is there."""
    parts = urlsplit(target)
    page = targets.pages.get(parts.path.strip("/") + "/") or targets.pages.get(parts.path.strip("/"))
    shown = posixpath.relpath(page, posixpath.dirname(path) or ".") if page else ""
    return shown + (f"#{parts.fragment}" if shown and parts.fragment else "")


def _address(path: str) -> str:
    folder, name = posixpath.split(path)
    stem = name.removesuffix(".md")
    return (f"{folder}/" if folder else "") + ("" if stem in ("index", "README") else f"{stem}/")
