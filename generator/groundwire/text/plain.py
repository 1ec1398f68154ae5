"""Measures of plain text: cleaning, words, sentences, and the normal form in which quotations are compared.

All functions are pure and total: any string goes in, none raises, and the time is linear in its length.
"""

from __future__ import annotations

import hashlib
import html
import re
import unicodedata
from collections.abc import Iterator
from typing import Literal

# C0/C1 controls (Python-Markdown uses U+0002/U+0003 for itself), surrogates, non-characters, and the bidirectional
# controls that make text read otherwise than it is stored (Unicode TR36, section 3.2).
_UNWANTED = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\u200b\u2060\ufeff\u202a-\u202e\u2066-\u2069\ufdd0-\ufdef\ufffe\uffff]"
)
_SPACE = re.compile(r"[\s\u0085\u2028\u2029]+")
_HALF = re.compile("[\ud800-\udfff]")
_BEYOND = re.compile(r"&#(?:[0-9]{8,}+|[xX][0-9a-fA-F]{8,}+);?")
# Marks in a row that are put in order; more than 30 no script has (Unicode UAX #15, section 13, Stream-Safe Text).
_MARKS = 30
_HEAP = re.compile(rf"(?<![^\w\s])[^\w\s]{{{_MARKS + 1},}}")


def whole(text: str) -> str:
    """Return the text without half surrogates, which no file can hold; two halves that make a character become it."""
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "ignore") if _HALF.search(text) else text


def unescape(text: str) -> str:
    """Return the text with character references read, as browsers do it; a number beyond all characters is one that cannot be shown."""
    return html.unescape(_BEYOND.sub("\ufffd", text))


def cut(text: str, limit: int) -> str:
    """Return at most `limit` characters of a text, ended at a blank where its last part has one."""
    if len(text) <= limit:
        return text
    head = text[:limit]
    return head.rsplit(None, 1)[0] if head[-limit // 4 :].split(None, 1)[1:] else head.rstrip()


def clean(text: str) -> str:
    """Return a text as one line: unwanted characters gone, every run of white space one blank."""
    return _SPACE.sub(" ", _UNWANTED.sub("", text)).strip()


def words(text: str) -> list[str]:
    """Split a text into words at white space: the measure of all quotation limits."""
    return text.split()


LONG_WORD = 20  # characters that the words of a text have on average at most
_TORN = ",;:–—-. "


def shorten(text: str, limit: int) -> str:
    """Return at most `limit` words: whole sentences where they fill at least half of the room, else cut with an ellipsis.

    A text without blanks has at most as many characters as so many long words.
    """
    parts = words(text)
    if len(text) > (most := limit * LONG_WORD) and len(head := " ".join(parts[:limit])) > most:
        return cut(head, most).rstrip(_TORN) + " …"
    if len(parts) <= limit:
        return " ".join(parts)
    out: list[str] = []
    for sentence in sentences(text):
        if len(out) + len(words(sentence)) > limit:
            break
        out += words(sentence)
    if len(out) * 2 >= limit:
        return " ".join(out)
    return " ".join(parts[:limit]).rstrip(_TORN) + " …"


_ABBREVIATIONS = frozenset(
    """mr mrs ms dr prof sr jr st vs etc inc corp ltd co llc gov sen rep gen col lt sgt capt al approx dept est
    jan feb mar apr jun jul aug sep sept oct nov dec mon tue wed thu fri sat sun e.g i.e u.s u.k u.n e.u a.m p.m ph.d d.c
    bzw ca usw vgl z.b d.h u.a o.ä evtl ggf inkl str mio mrd s.o s.u i.d.r""".split()
)
_NUMBERED = frozenset("no nos vol fig nr abs art sec ch pp".split())
# Each run of full stops is looked at once: it begins where none stands before it, and gives nothing back.
_END = re.compile(r"(?<![.!?…])([.!?…]++)([\"”’»)\]]*+)\s++(?=[\"“‘«„(\[]*+[\w€$£#@])")
_NEXT = re.compile(r"[\"“‘«„(\[]*+([^ ]*+)")
_WORD = re.compile(r"[\"“‘]?+(\w++)")
_MONTH = re.compile("jan|feb|mär|mar|apr|mai|may|jun|jul|aug|sep|okt|oct|nov|dez|dec", re.IGNORECASE)
_DOTTED = re.compile(r"(?:[a-zäöü]\.)+[a-zäöü]")


def sentences(text: str) -> list[str]:
    """Split a text into its sentences, in order; joined by blanks they are the text again."""
    text = clean(text)
    return [text[a:b] for a, b in _spans(text) if b > a]


def _spans(text: str) -> Iterator[tuple[int, int]]:
    start = 0
    for match in _END.finditer(text):
        if match.group(1) == "." and _is_abbreviation(text, match):
            continue
        following = _NEXT.match(text, match.end())
        word = following.group(1) if following else ""
        if word[:1].islower() and word.islower():  # 'Really?' she asked; but iPhone sales fell
            continue
        yield start, match.end(2)
        start = match.end()
    yield start, len(text)


def _is_abbreviation(text: str, match: re.Match[str]) -> bool:
    before = text[text.rfind(" ", 0, match.start()) + 1 : match.start()].lstrip('("“‘«„[').lower()
    after = match.end()
    if before in _NUMBERED:
        return text[after : after + 1].isdigit()
    if before in _ABBREVIATIONS:
        # "… in the U.S. The company" ends; "U.S. officials", "p.m. today" do not.
        ends = before in {"u.s", "u.k", "e.u", "a.m", "p.m", "etc", "inc", "corp", "ltd", "co", "d.c"}
        return not (ends and _starts_sentence(text, after))
    if len(before) == 1 and before.isalpha() and before != "i":
        return True  # an initial
    if _DOTTED.fullmatch(before):
        return True
    return before.isdigit() and len(before) <= 2 and _MONTH.match(text, after) is not None


def _starts_sentence(text: str, place: int) -> bool:
    word = _WORD.match(text, place)
    return word is not None and word.group(1) in _OPENERS


_OPENERS = frozenset(
    "The A An In On At It He She They We I This That These Those But And However While When If As After Before Since For From "
    "Its His Her Their Our There Some Many Most According Meanwhile Also To With By Der Die Das Ein Eine Es Er Sie Wir".split()
)

_QUOTES = str.maketrans("‘’‚‛′`´‹›“”„‟«»″", "'" * 9 + '"' * 7)
_DASHES = re.compile("[‐‑‒–—―−]|--+")
_SPACED_DASH = re.compile(" ?- | - ?")  # among single blanks


def normal(text: str) -> str:
    """Return the form in which quotations are compared: NFKC, straight quotes, one kind of dash, single blanks, case kept."""
    text = normalized("NFKC", clean(text).replace("…", "...")).translate(_QUOTES)
    text = _SPACE.sub(" ", _DASHES.sub("-", text.replace("\u00ad", "")))
    return _SPACE.sub(" ", _SPACED_DASH.sub(" - ", text)).strip()


def normal_title(text: str) -> str:
    """Return the form in which two headlines are the same: letters and digits only, case folded."""
    return " ".join(re.findall(r"\w+", normalized("NFKC", text).casefold()))


def normalized(form: Literal["NFC", "NFKC", "NFKD"], text: str) -> str:
    """Return a normal form of Unicode, of at most 30 marks in a row: to order them takes the square of their number."""
    # One ligature becomes eighteen characters; as people abbreviate it, a text of them stays a text.
    return unicodedata.normalize(form, _HEAP.sub(_without_heaps, text.replace("\ufdfa", "\u0635\u0644\u0639\u0645")))


def _without_heaps(match: re.Match[str]) -> str:
    kept, row = [], 0
    for character in match.group():
        row = row + 1 if unicodedata.combining(character) else 0
        kept += [character] if row <= _MARKS else []
    return "".join(kept)


_SPELLED = {"ä": "ae", "ö": "oe", "ü": "ue", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue", "ß": "ss"}
_GERMAN = re.compile("[äöüÄÖÜß]")


def slugify(text: str, *, limit: int = 60) -> str:
    """Make a file name of ASCII words with hyphens, cut at a word; '' where the text has no Latin letter or digit."""
    text = _GERMAN.sub(lambda m: _SPELLED[m.group()], text)
    ascii_text = normalized("NFKD", text).encode("ascii", "ignore").decode().lower().replace("'", "")
    parts = re.findall(r"[a-z0-9]+", ascii_text)
    out = ""
    for part in parts:
        if out and len(out) + 1 + len(part) > limit:
            break
        out = f"{out}-{part}" if out else part[:limit]
    return out


def digest(*parts: str, length: int = 12) -> str:
    """Return a short, stable name for the parts: their SHA-256 in hexadecimal, cut to `length` digits."""
    return hashlib.sha256("\x1f".join(parts).encode("utf-8", "surrogatepass")).hexdigest()[:length]


def file_hash(raw: bytes) -> str:
    """Return the hash by which a file's content is recognised."""
    return hashlib.sha256(raw).hexdigest()[:32]
