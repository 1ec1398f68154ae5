"""The article in a web page: its text by trafilatura, and what its publisher says of machines and of paying readers."""

from __future__ import annotations

import codecs
import re
from collections.abc import Mapping
from dataclasses import dataclass

from groundwire.feeds.items import CONTENT
from groundwire.feeds.markup import attributes
from groundwire.feeds.web import Document
from groundwire.model import Access
from groundwire.text.plain import clean, cut, words

LEAST_WORDS = 120
_META = re.compile(rb"<meta\b[^<>]{0,2000}+>", re.IGNORECASE)
# schema.org, CreativeWork: the mark that search engines ask paywalled pages to carry
_NOT_FREE = re.compile(rb'"isAccessibleForFree"\s*:\s*"?(?:https?://schema\.org/)?false"?', re.IGNORECASE)
_WORD_COUNT = re.compile(rb'"wordCount"\s*:\s*"?(\d{2,6})')
_CHARSET = re.compile(r"charset\s*=\s*[\"']?([\w.:-]+)", re.IGNORECASE)
_NO_AI = re.compile(r"(?:^|[\s,:])(?:noai|noml)(?:$|[\s,])", re.IGNORECASE)
# Python knows them beside the encodings of pages: what they make of bytes no browser shows, and some take the square of the time.
_NO_ENCODINGS = frozenset({"idna", "punycode", "raw-unicode-escape", "undefined", "unicode-escape", "utf-7"})
_PAGES = ("text/html", "application/xhtml+xml", "")


@dataclass(frozen=True)
class Text:
    """What a page gave: its text ('' if none may be had or read), and who may read it."""

    text: str
    access: Access = "free"


def extract(document: Document) -> Text:
    """Read the article in a page: no text where its publisher reserves text mining, a mark where it is paid or a stub."""
    body = document.body
    metas = [attributes(tag.decode("utf-8", "replace")) for tag in _META.findall(body)]
    kind = document.headers.get("content-type", "").split(";")[0].strip().lower()
    if kind not in _PAGES or reserved(document.headers) or any(_reserves(meta) for meta in metas):
        return Text("")
    access = _access(body, metas)
    text = _article(decoded(body, document.headers, metas), document.url)
    claimed = _WORD_COUNT.search(body)
    stub = claimed is not None and len(words(text)) * 3 < int(claimed.group(1))
    if access != "free" or stub or len(words(text)) < LEAST_WORDS:
        return Text("", "paywalled" if stub and access == "free" else access)
    return Text(text)


def reserved(headers: Mapping[str, str]) -> bool:
    """Say whether headers refuse machines: TDM Reservation Protocol (W3C community group), or `X-Robots-Tag: noai`."""
    return headers.get("tdm-reservation", "").strip() == "1" or bool(_NO_AI.search(headers.get("x-robots-tag", "")))


def decoded(body: bytes, headers: Mapping[str, str], metas: list[dict[str, str]] | None = None) -> str:
    """Decode a page's text (WHATWG, Encoding).

    By its header, else by what it says itself, else as UTF-8, else as Windows' Latin.
    """
    said = [headers.get("content-type", "")]
    said += [f"charset={meta['charset']}" if "charset" in meta else meta.get("content", "") for meta in metas or []]
    for text in said:
        match = _CHARSET.search(text)
        try:
            return body.decode(_encoding(match.group(1)), "replace") if match else _fail()
        except (LookupError, UnicodeError):
            continue
    try:
        return body.decode("utf-8-sig")
    except UnicodeDecodeError:
        return body.decode("cp1252", "replace")


def _encoding(label: str) -> str:
    name = codecs.lookup(label).name
    return _fail() if name.replace("_", "-") in _NO_ENCODINGS else name


def _fail() -> str:
    raise LookupError


def _article(page: str, url: str) -> str:
    import trafilatura

    found = trafilatura.extract(page, url=url, favor_precision=True, include_comments=False, include_tables=False)
    return cut("\n".join(line for raw in (found or "").splitlines() if (line := clean(raw))), CONTENT)


def _access(body: bytes, metas: list[dict[str, str]]) -> Access:
    tier = next((m.get("content", "").lower() for m in metas if m.get("property") == "article:content_tier"), "")
    if _NOT_FREE.search(body) or tier == "locked":
        return "paywalled"
    return "registration" if tier == "registration" else "free"


def _reserves(meta: Mapping[str, str]) -> bool:
    name, content = meta.get("name", "").lower(), meta.get("content", "")
    return (name == "tdm-reservation" and content.strip() == "1") or (name == "robots" and bool(_NO_AI.search(content)))
