"""Facts by rule: identifiers, scores, money, dates, versions and known names, as they stand in the text.

Everything returned is a piece of the text itself (names: in their common spelling), so that it can be found there.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml

from groundwire.publication.categories import phrases

_HERE = Path(__file__).parent
_CVE = re.compile(r"\bCVE-\d{4}-\d{4,7}\b", re.IGNORECASE)
_CVSS = re.compile(
    r"\bCVSS\b[^.;]{0,40}?\b(\d{1,2}\.\d)\b|\b(\d{1,2}\.\d)\s+(?:out of|von)\s+(?:10|zehn)\b|\bseverity (?:score|rating) of (\d{1,2}\.\d)\b",
    re.IGNORECASE,
)
_UNIT = r"(?:\s?(?:million|billion|trillion|thousand|mn|bn|[mMbBkK](?!\w)|Millionen|Milliarden|Mio\.|Mrd\.))?"
_MONEY = re.compile(
    rf"(?:US|A|C|HK)?[$€£¥]\s?\d[\d,.]{{0,30}}+{_UNIT}|\b\d[\d,.]{{0,30}}+{_UNIT}\s(?:dollars|euros|pounds|Euro|US-Dollar|Dollar|Pfund|yen)\b"
)
_MONTH = (
    r"(?:January|February|March|April|May|June|July|August|September|October|November|December"
    r"|Januar|Februar|März|Mai|Juni|Juli|Oktober|Dezember)"
)
_DATE = re.compile(
    rf"\b{_MONTH} \d{{1,2}}(?:,? \d{{4}})?(?!\d)|\b\d{{1,2}}\.? {_MONTH}(?:,? \d{{4}})?(?!\d)|\b20\d\d-[01]\d-[0-3]\d\b"
)
_VERSION = re.compile(
    r"\b(?:[Vv]ersions?|[Vv]|[Rr]elease|prior to|before|through|up to|[Bb]uild)\s?(\d{1,9}(?:\.\d{1,9}){1,6}(?:-?(?:rc|beta|alpha)\d{0,9})?)\b"
)
_SUFFIX = re.compile(
    r"\b((?:[A-Z][\w&'’-]{1,60}+ ){1,3}(?:Inc|Corp|Ltd|LLC|GmbH|AG|SE|plc|University|Universität|Institute|Foundation|Ministry|Agency|Commission"
    r"|Authority|Bank|Hospital|Laboratory|Labs|Logistics|Technologies|Systems|Networks)\b)"
)


READ = 100_000  # characters of one text


@dataclass(frozen=True)
class Facts:
    """What the rules found, each list in order of weight, without repetition."""

    cves: tuple[str, ...] = ()
    cvss: tuple[str, ...] = ()
    organisations: tuple[str, ...] = ()
    products: tuple[str, ...] = ()
    versions: tuple[str, ...] = ()
    money: tuple[str, ...] = ()
    dates: tuple[str, ...] = ()


def find_facts(titles: Sequence[str], texts: Sequence[str]) -> Facts:
    """Find the facts of a story in its headlines and texts."""
    titles, texts = [title[:READ] for title in titles], [text[:READ] for text in texts]
    everything = "\n".join([*titles, *texts])
    body = "\n".join(texts)
    return Facts(
        cves=_first(m.group().upper() for m in _CVE.finditer(everything))[:8],
        cvss=_first(
            score for m in _CVSS.finditer(everything) if (score := next(g for g in m.groups() if g)) and float(score) <= 10
        )[:3],
        organisations=_names("organisations", titles, body)[:6],
        products=_names("products", titles, body)[:5],
        versions=_first(m.group(1) for m in _VERSION.finditer(everything))[:6],
        money=_first(m.group().strip().rstrip(".,") for m in _MONEY.finditer(everything))[:4],
        dates=_first(m.group() for m in _DATE.finditer(body))[:4],
    )


def find_tags(title: str, text: str) -> tuple[str, ...]:
    """Find topic tags: by one phrase in the headline, or two different ones in the text."""
    found = []
    for tag, pattern in _topics().items():
        in_title = pattern.search(title, 0, 1_000) is not None
        in_text = {m.group().lower() for m in pattern.finditer(text[:20_000])}
        if in_title or len(in_text) >= 2:
            found.append((not in_title, -len(in_text), tag))
    return tuple(tag for _, _, tag in sorted(found)[:5])


def _names(kind: str, titles: Sequence[str], body: str) -> tuple[str, ...]:
    pattern, spelling = _known(kind)
    counts: Counter[str] = Counter()
    for weight, text in ((3, "\n".join(titles)), (1, body)):
        for match in pattern.finditer(text):
            counts[spelling[match.group()]] += weight
        if kind == "organisations":
            for match in _SUFFIX.finditer(text):
                name = re.sub(r"^(?:The|A|An|In|At|By|For|Die|Der|Das|Und|And)\s", "", match.group(1))
                if " " in name and not pattern.search(name):
                    counts[name] += weight
    return tuple(name for name, count in counts.most_common() if count >= 2 or len(body) < 1_500)


@cache
def _known(kind: str) -> tuple[re.Pattern[str], Mapping[str, str]]:
    names: Mapping[str, Sequence[str]] = yaml.safe_load((_HERE / "entities.yml").read_text(encoding="utf-8"))[kind]
    spelling = {form: name for name, others in names.items() for form in (name, *others)}
    forms = sorted(map(re.escape, spelling), key=len, reverse=True)
    return re.compile(r"(?<![\w-])(?:" + "|".join(forms) + r")(?![\w])"), spelling


@cache
def _topics() -> Mapping[str, re.Pattern[str]]:
    raw: Mapping[str, Sequence[str]] = yaml.safe_load((_HERE / "topics.yml").read_text(encoding="utf-8"))
    return {tag: pattern for tag, items in raw.items() if (pattern := phrases(tuple(items)))}


def _first(found: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(found))
