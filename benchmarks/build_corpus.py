"""A publication of any size, made without chance: the same number gives the same bytes.

Its pages look like ours: five sources at most, tags, names and CVEs, an excerpt, sections, a table, a dozen footnotes, about 700 words.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from groundwire.publication.categories import load_categories
from groundwire.publication.frontmatter import ArticleMeta, body_hash, compose

START = datetime(2024, 1, 1, 6, tzinfo=UTC)
A_DAY = 20
_WORDS = (
    "agency advisory attacker backup board breach browser cabinet campaign cloud court customer data deadline device disclosure "
    "engineer exploit feature filing firewall flaw forum gateway group hospital incident insurer kernel law leak library ministry "
    "model network notice office operator outage package panel patch payment phone plant police policy port product provider ransom "
    "record regulator release report researcher router rule sample school server service staff supplier support system team tool "
    "update user vendor version victim warning weekend windows worker affects blocks builds carries changes checks closes confirms "
    "delays denies describes expects finds fixes follows gives keeps lists names offers opens plans puts reads says sends shows"
).split()
_FEEDS = tuple(
    f"The {name} Wire" for name in "Amber Birch Cedar Delta Ember Fjord Grove Harbour Iron Jade Kestrel Lark Maple".split()
)
_HOUSES = tuple(
    f"{name} Systems" for name in "Aldine Bodoni Caslon Didot Elzevir Futura Garamond Helvet Ionic Jenson Kabel".split()
)
SETTINGS = """title: The Measured Briefing
url: https://measured.example.org/
language: en
timezone: Europe/Berlin
feeds:
- url: https://feeds.example.org/amber.xml
  name: The Amber Wire
"""


class _Dice:
    """Numbers that look random and are the same everywhere."""

    def __init__(self, seed: str) -> None:
        self._seed, self._count, self._pool = seed, 0, b""

    def below(self, limit: int) -> int:
        if len(self._pool) < 2:
            self._pool = hashlib.sha512(f"{self._seed} {self._count}".encode()).digest()
            self._count += 1
        number, self._pool = int.from_bytes(self._pool[:2], "big"), self._pool[2:]
        return number % limit

    def words(self, count: int) -> str:
        return " ".join(_WORDS[self.below(len(_WORDS))] for _ in range(count))

    def sentence(self, count: int = 16) -> str:
        return self.words(count).capitalize() + "."


def article(number: int, *, categories: tuple[str, ...], edit: str = "") -> tuple[str, str]:
    """Return the path below content/ and the text of article `number`; `edit` is a paragraph that a person added."""
    dice = _Dice(f"article {number}")
    moment = START + timedelta(days=number // A_DAY, minutes=31 * (number % A_DAY))
    title = dice.words(8).capitalize()
    body = _body(dice) + (f"\n\n{edit}" if edit else "")
    feeds = list(dict.fromkeys(_FEEDS[dice.below(len(_FEEDS))] for _ in range(1 + dice.below(3))))
    meta = ArticleMeta.model_validate(
        {
            "id": "s-" + hashlib.sha256(str(number).encode()).hexdigest()[:10],
            "title": title,
            "description": dice.sentence(20),
            "date": moment - timedelta(hours=5),
            "category": categories[dice.below(len(categories))],
            "published": moment,
            "tags": tuple(dict.fromkeys(f"{_WORDS[dice.below(60)]}-{_WORDS[dice.below(10)]}" for _ in range(2))),
            "entities": {
                "organisations": (_HOUSES[dice.below(len(_HOUSES))],),
                "cves": (f"CVE-{moment:%Y}-{10000 + number // 3}",) if dice.below(3) == 0 else (),
            },
            "sources": [
                {
                    "feed": feed,
                    "title": title,
                    "url": f"https://{feed.split()[1].lower()}.example.org/{moment:%Y/%m/%d}/{number}",
                    "published": moment - timedelta(hours=5),
                    "words": 300 + dice.below(900),
                    "fulltext": True,
                }
                for feed in feeds
            ],
            "analysis": {"by": "claude", "model": "claude-haiku-5-5", "prompt": 3, "kept": 12, "dropped": 2},
            "score": {"total": dice.below(90) / 10, "why": (f"{len(feeds)} sources", "full text")},
            "generated": {"hash": body_hash(body)},
        }
    )
    return f"articles/{moment:%Y/%m}/{'-'.join(title.lower().split()[:6])}-{number}.md", compose(meta, body)


def _body(dice: _Dice) -> str:
    lines = ["## Full report", "", f"> {dice.sentence(40)}", ">", "> — [The Amber Wire](<https://amber.example.org/>)", ""]
    lines += ["## Analysis summary", "", "### Key details", "", "| Detail | As reported |", "|---|---|"]
    lines += [f"| {dice.words(2).capitalize()} | {dice.words(5)} |" for _ in range(5)]
    note = 0
    for _ in range(6):
        lines += ["", f"### {dice.words(3).capitalize()}", ""]
        for _ in range(2):
            note += 1
            lines += [f"{dice.sentence()} {dice.sentence()} “{dice.sentence(12)}”[^{note}]", ""]
    lines += [
        f"[^{n}]: [The Amber Wire](<https://amber.example.org/{n}#:~:text={dice.words(2).replace(' ', '%20')}>)"
        for n in range(1, note + 1)
    ]
    return "\n".join(lines)


def make_publication(root: Path, count: int) -> tuple[str, ...]:
    """Write a publication of `count` articles into `root`; the categories that it has."""
    root.mkdir(parents=True, exist_ok=True)
    (root / "newsletter.yml").write_text(SETTINGS, encoding="utf-8")
    shipped = Path(__file__).resolve().parent.parent / "mkdocs.yml"
    (root / "mkdocs.yml").write_bytes(shipped.read_bytes())
    categories = tuple(load_categories(root))
    for path, text in articles(range(count), categories):
        put(root, path, text)
    return categories


def articles(numbers: range, categories: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    """Yield the paths and texts of the articles of these numbers."""
    return (article(number, categories=categories) for number in numbers)


def put(root: Path, path: str, text: str) -> None:
    """Write one page of content/."""
    file = root / "content" / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")
