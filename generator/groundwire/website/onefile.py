"""A built page as one HTML file: style, fonts, scripts and pictures inside, links to where the site lives. Pure but for reading the site's files.

For looking at a page that isn't published: from a pull request, on a phone, with no server. The search, which needs one, is left out.
"""

from __future__ import annotations

import base64
import mimetypes
import posixpath
import re
from pathlib import Path
from urllib.parse import unquote, urljoin, urlsplit

_TAG = re.compile(r"<(link|script|img|source|a|form)\b([^>]*)>(?:\s*</script>)?", re.IGNORECASE)
_ATTRIBUTE = re.compile(r"""([a-zA-Z-]+)(?:\s*=\s*("[^"]*"|'[^']*'|[^\s"'>]+))?""")
_CSS_URL = re.compile(r"""url\(\s*(['"]?)([^'")]+)\1\s*\)""")
_NO_SERVER = re.compile(r"(?:^|/)(?:search|pagefind[^/]*)\.js$")
_DROPPED = frozenset(("alternate", "canonical", "preload", "prefetch", "modulepreload", "search", "manifest"))


def one_file(site: Path, page: str, *, url: str) -> str:
    """Return the page at an address below the site's (`articles/2026/02/slug/`), whole in one file.

    `url` is where the site lives.
    """
    file = site / page / "index.html" if not page.endswith(".html") else site / page
    text = file.read_text(encoding="utf-8")
    inliner = _Inliner(site.resolve(), posixpath.dirname(file.relative_to(site).as_posix()), url)
    return _TAG.sub(inliner.tag, text)


class _Inliner:
    """Puts a page's files into it."""

    def __init__(self, site: Path, folder: str, url: str) -> None:
        self._site, self._folder, self._url = site, folder, url

    def tag(self, match: re.Match[str]) -> str:
        """Return one element with what it loads put inside."""
        name, given = match.group(1).lower(), _attributes(match.group(2))
        if name == "link":
            return self._link(match.group(), given)
        if name == "script":
            return self._script(match.group(), given)
        if name in ("a", "form"):
            return self._leading(match.group(), "href" if name == "a" else "action", given)
        for key in ("src", "srcset"):
            if key in given and (data := self._data(given[key].split()[0] if given[key].split() else "")):
                return _put(match.group(), key, data)
        return match.group()

    def _link(self, written: str, given: dict[str, str]) -> str:
        rel = set(given.get("rel", "").lower().split())
        href = given.get("href", "")
        if "stylesheet" in rel and (file := self._file(href, self._folder)):
            return f"<style>{self._css(file)}</style>"
        if "icon" in rel and (data := self._data(href)):
            return f'<link rel="icon" href="{data}">'
        return "" if rel & _DROPPED or "icon" in rel else written

    def _script(self, written: str, given: dict[str, str]) -> str:
        if "src" not in given:
            return written
        file = self._file(given["src"], self._folder)
        if file is None or _NO_SERVER.search(urlsplit(given["src"]).path):
            return ""
        code = re.sub(r"</(script)", r"<\\/\1", file.read_text(encoding="utf-8"), flags=re.IGNORECASE)
        # A classic script in the page ignores `defer`; waiting for the document does the same.
        late = "defer" in given and given.get("type") != "module"
        code = f'document.addEventListener("DOMContentLoaded",function(){{{code}\n}});' if late else code
        kind = ' type="module"' if given.get("type") == "module" else ""
        return f"<script{kind}>{code}</script>"

    def _leading(self, written: str, key: str, given: dict[str, str]) -> str:
        target = given.get(key, "")
        if not target or target.startswith("#") or urlsplit(target).scheme or target.startswith("//"):
            return written
        here = urljoin(self._url, f"{self._folder}/" if self._folder else "")
        return _put(written, key, urljoin(here, target))

    def _css(self, file: Path) -> str:
        folder = file.parent.relative_to(self._site).as_posix()

        def inside(match: re.Match[str]) -> str:
            data = self._data(match.group(2), folder)
            return f'url("{data}")' if data else match.group()

        text = re.sub(r"/\*# sourceMappingURL=.*?\*/", "", file.read_text(encoding="utf-8"))
        return re.sub(r"</(style)", r"<\\/\1", _CSS_URL.sub(inside, text), flags=re.IGNORECASE)

    def _data(self, address: str, folder: str | None = None) -> str:
        """Return a file of the site as a data: address; '' if there is none."""
        file = self._file(address, self._folder if folder is None else folder)
        if file is None:
            return ""
        kind = mimetypes.guess_type(file.name)[0] or "application/octet-stream"
        return f"data:{kind};base64,{base64.b64encode(file.read_bytes()).decode()}"

    def _file(self, address: str, folder: str) -> Path | None:
        """Find the site's file at an address as a page in `folder` writes it; None if it lies outside the site."""
        parts = urlsplit(address)
        if parts.scheme or parts.netloc or not parts.path:
            return None
        base = urlsplit(self._url).path
        path = (
            parts.path[len(base) :]
            if parts.path.startswith(base) and parts.path.startswith("/")
            else posixpath.join(folder, parts.path)
        )
        file = (self._site / unquote(path)).resolve()
        return file if file.is_file() and file.is_relative_to(self._site) else None


def _put(written: str, name: str, value: str) -> str:
    """Set an attribute of a tag to another value, given as HTML; what only looks like it inside another attribute stays."""
    for match in _ATTRIBUTE.finditer(written):
        if match.group(1).lower() == name and match.group(2):
            quoted = value.replace('"', "&quot;")
            return f'{written[: match.start(2)]}"{quoted}"{written[match.end(2) :]}'
    return written


def _attributes(text: str) -> dict[str, str]:
    return {m.group(1).lower(): (m.group(2) or "").strip("\"'") for m in _ATTRIBUTE.finditer(text)}
