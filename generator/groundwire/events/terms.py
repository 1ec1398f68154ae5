"""What an entry is about, as terms: the words of its headline and excerpt, and the marks that tell events apart.

All functions are pure and total. Words of the headline and of the excerpt are kept apart, as a headline says more.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from groundwire.text.plain import normalized

EXCERPT_WORDS, EXCERPT_CHARACTERS = 120, 3_000  # whichever is less
TITLE_CHARACTERS = 600

_STOP = frozenset(
    """a about after all also an and any are as at be been before but by can could did do does first for from had has have he her
    his how if in into is it its just may more most new no not now of on one only or other our out over post said say says she so some
    than that the their them then there these they this those to up use used using via was we were what when where which while who
    why will with would you your
    aber alle als am an auch auf aus bei bis das dass dem den der des die diese dieser doch durch ein eine einem einen einer eines er es
    für gegen hat haben ich ihr im in ist kann können man mehr mit nach nicht noch nun nur ob oder ohne sein seine seit sich sie sind so
    soll sollen über um und unter vom von vor war wegen weil weiter wenn werden wie wieder will wird wurde zu zum zur zwischen""".split()
)
# When something happens says little of what: a week has seven days for all its events. Nor does a number of one or two digits.
_WHEN = frozenset(
    """monday tuesday wednesday thursday friday saturday sunday january february march april june july august september october november december today yesterday tomorrow
    montag dienstag mittwoch donnerstag freitag samstag sonntag januar februar märz mai juni juli oktober dezember heute gestern morgen""".split()
)
_CVE = re.compile(r"\bcve-\d{4}-\d{4,19}\b")
_WORD = re.compile(r"\d+(?:\.\d+){1,3}(?![\w.]{0,40}\d)|[^\W_]+(?:-\d+)*")
_FURNITURE = re.compile(r"\bthe post .{0,300}?\bappeared first on\b.*", re.IGNORECASE | re.DOTALL)
# Lists of many events belong to none of them. A monthly patch day is one event, and stays.
_ROUND_UP = re.compile(
    r"\b(?:(?:week|month|year|day) in (?:review|\w+)|(?:weekly|monthly|daily|week's|month's) (?:round|recap|digest|wrap|update|report|intel|news)\S*"
    r"|this week in|(?:round|wrap)-?ups?|weekly|in other news|news in brief|newsletter|risky b\w+|stormcast|podcast|episode \d+|ep\. ?\d+"
    r"|the download|friday squid|open thread|link ?dump|links for|reading list|what we're reading|top \d+ (?:news|stories|headlines)"
    r"|wochenrückblick|monatsrückblick|wochenschau|presseschau|kurz notiert|kurz informiert|kurzmeldungen|newsticker|linktipps?)\b"
    r"|^(?:this week|plus|news|recap|briefing|die woche)\b[^,]*:|\band more\W*$",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Text:
    """One printing of a story by one outlet, reduced to what grouping looks at."""

    title: Counter[str]
    excerpt: Counter[str]
    cves: frozenset[str]
    outlet: str
    published: datetime | None
    round_up: bool = False


def text_of(title: str, excerpt: str, *, outlet: str, published: datetime | None) -> Text:
    """Count the terms of one printing."""
    title = title[:TITLE_CHARACTERS]
    excerpt = " ".join(_FURNITURE.sub("", excerpt[:EXCERPT_CHARACTERS]).split()[:EXCERPT_WORDS])
    cves = frozenset(_CVE.findall(f"{title} {excerpt}".lower().replace("‑", "-")))
    return Text(Counter(terms(title)), Counter(terms(excerpt)), cves, outlet, published, is_round_up(title, excerpt))


def is_round_up(title: str, excerpt: str) -> bool:
    """Say whether an entry is a list of several events: an edition of a newsletter, a review of the week."""
    plain = title[:TITLE_CHARACTERS].replace("’", "'")
    start = " ".join(excerpt[:EXCERPT_CHARACTERS].split()[:12])
    return bool(_ROUND_UP.search(plain) or re.match(r"(?i)plus: |this is today's edition", start.replace("’", "'")))


def terms(text: str) -> list[str]:
    """Return the telling words of a text in their order: case folded, endings cut, stop words gone."""
    plain = normalized("NFKC", text).casefold().replace("‑", "-")
    plain = re.sub(r"['’]s\b", "", plain)
    found = (word for word in _WORD.findall(plain) if len(word) > 1 and word not in _STOP and word not in _WHEN)
    return [stem(word) for word in found if not (len(word) == 2 and word.isdigit())]


@lru_cache(maxsize=200_000)
def stem(word: str) -> str:
    """Return a word without its commonest English endings; what carries digits or other scripts stays."""
    if not word.isascii() or not word.isalpha():
        return word
    if len(word) > 4 and word.endswith("ies"):
        return word[:-3] + "y"
    for ending, least in (("ing", 5), ("ed", 5), ("es", 4), ("s", 4)):
        if len(word) >= least and word.endswith(ending) and not word.endswith("ss"):
            word = word[: -len(ending)]
            break
    if len(word) > 3 and word.endswith("e"):
        word = word[:-1]
    return word[:-1] if len(word) > 4 and word[-1] == word[-2] and word[-1] not in "ls" else word
