"""Texts that no publisher writes and a stranger may send, and the functions that must read them in linear time.

Run by itself with a function's name, as `tests/test_linear.py` does, it reads every text with that function, each within SECONDS of processor
time, and is killed by the system where it takes far longer.
"""

from __future__ import annotations

import resource
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from functools import cache
from typing import Any

from groundwire import resources
from groundwire.analysis import boilerplate, facts
from groundwire.analysis.classify import classify
from groundwire.analysis.extractive import ExtractiveAnalyst, describe
from groundwire.analysis.sentences import key_sentences
from groundwire.analysis.sentences import terms as key_terms
from groundwire.events.choose import score
from groundwire.events.cues import critical, exploited
from groundwire.events.hold import allegation
from groundwire.events.terms import is_round_up, stem, text_of
from groundwire.feeds.article import decoded
from groundwire.feeds.dates import read_date
from groundwire.feeds.discover import named_feeds
from groundwire.feeds.items import absolute, body_text, identifier, strip_furniture, taken
from groundwire.feeds.jsonfeed import looks_like
from groundwire.feeds.language import language_of, tag
from groundwire.feeds.markup import attributes, inert, paragraphs, plain, title_text
from groundwire.feeds.permission import _SIGNAL, tdm_reserved
from groundwire.feeds.repair import mended, speaks_of_items, with_sound_references
from groundwire.model import Entry, Feed, Source, Story
from groundwire.publication.categories import load_categories, phrases
from groundwire.publication.copies import is_copy
from groundwire.publication.identity import marks
from groundwire.text import escape
from groundwire.text import plain as text
from groundwire.text.addresses import canonical, host

SIZE = 1_000_000
SECONDS = 3.0  # of processor time for each; usual is a tenth of it, and the square of the length takes minutes
KILLED = 300  # seconds of processor time, after which the system ends it
NOW = datetime(2026, 11, 23, tzinfo=UTC)

# What is repeated until a text is SIZE characters long; other texts are of SIZE // 10, which tells the square of a time as well.
LONG = [
    *". - \u0301\u0327".split(" "),
    "\n",
    " ",
    ". a",
    "a. ",
    '."',
    "1,",
    "1 ",
    "A-",
    "CVE-2026-1234 ",
    "Alice Bob sued ",
    "<div>",
    "<a ",
    "&#1",
    "?a=b&",
]
UNITS = [
    *". … , : - – ' \" ” ( [ { < > & # / * ` = 1 a A 漢 \u0301 \u0301\u0327 ä\u0323\u0301 \u00ad ¨ ﷺ \U0001f600 \x00 \ud800".split(
        " "
    ),
    *(" ", "\n", "\n \t", "\u00a0"),
    *(". a", "a. ", ".a", '."', "? “", "U.S. ", "no. 1 ", "12. Mai ", "a.b.", "..."),
    *(
        "1,",
        "1.",
        "1-",
        "1 ",
        "1,000 ",
        "$1,",
        "2026-11-",
        "9.8 out of ",
        "CVE-2026-",
        "CVE-2026-1234 ",
        "CVSS ",
        "version ",
        "v1.",
    ),
    *(
        "Aa ",
        "A-",
        "Acme & ",
        "a' ",
        "not ",
        "more than 1 ",
        "Alice Bob sued ",
        "exploited ",
        "no ",
        "zero-day a a a ",
        "and more ",
        "read more ",
    ),
    *("the post ", "<p>The post ", "The post appeared first on ", "by John "),
    *("</", "<a ", "<div>", "<b><i>", "<p><b>", "<!--", "<![CDATA[", "<a href='", "<meta ", "<link a=b ", "a=' ", "a ="),
    *("&#1", "&#x", "&amp;", "&#x110000;", "&#55357;&#56832;"),
    *("http://a", "://", "a@b.", "%41", "?a=b&", "//", "[a](", "[^1]", "::", "**"),
    *("User-agent: a\n", "content-signal: ", "encoding=", "charset=", '{"a":', "<item ", "<a:", "Mon, ", "1 Jan ", "+01:00"),
]


@cache
def every_text() -> dict[str, str]:
    """The texts by name: each unit again and again, and some that repeat nothing."""
    sizes = {**dict.fromkeys(UNITS, SIZE // 10), **dict.fromkeys(LONG, SIZE)}
    made = {repr(unit): (unit * (size // len(unit) + 1))[:size] for unit, size in sizes.items()}
    made["words"] = ("The quick ministry of Northern Roads said on Monday that 12 bridges close. " * (SIZE // 70))[:SIZE]
    made["numbers in a row"] = " ".join(str(n) for n in range(SIZE // 7))[:SIZE]
    made["different words"] = " ".join(f"word{n:x}" for n in range(SIZE // 9))[:SIZE]
    made["names in a row"] = " ".join(f"Name{n:x}" for n in range(SIZE // 9))[:SIZE]
    made["sentences"] = " ".join(f"The town of A{n:x} has {n} bridges that were not closed." for n in range(SIZE // 50))[:SIZE]
    made["quotations"] = "“" + "a b " * (SIZE // 4)
    made["deep"] = "<b>" * (SIZE // 7) + "</b>" * (SIZE // 7)
    made["ends"] = "a" * (SIZE - 1) + "."
    made["one line"] = "a " * (SIZE // 2 - 1) + "?."
    return made


@cache
def _categories() -> Any:
    return load_categories(resources.PACKAGE / "nowhere")


def _entry(value: str, number: int = 1) -> Entry:
    return Entry(
        Feed(url=f"https://{number}.example/f"), str(number), f"https://{number}.example/a", value[:300], value, value, NOW
    )


def _analyse(value: str) -> object:
    other = value[len(value) // 3 :]
    entries = (_entry(value), _entry(other, 2))
    sources = [Source(n, entry, entry.content, True) for n, entry in enumerate(entries, start=1)]
    return ExtractiveAnalyst(_categories()).analyse(Story("s-0000000000", entries), sources, category="incident-report")


READERS: dict[str, Callable[[str], object]] = {
    "text.clean": text.clean,
    "text.whole": text.whole,
    "text.unescape": text.unescape,
    "text.cut": lambda t: text.cut(t, 1_000),
    "text.shorten": lambda t: text.shorten(t, 60),
    "text.sentences": text.sentences,
    "text.normal": text.normal,
    "text.normal_title": text.normal_title,
    "text.slugify": text.slugify,
    "text.digest": text.digest,
    "escape.escape": escape.escape,
    "escape.safe_url": lambda t: escape.safe_url(f"https://a.example/{t}"),
    "escape.host": lambda t: escape.safe_url(f"https://{t}"),
    "escape.link": lambda t: escape.link(t, t),
    "escape.text_fragment": lambda t: escape.text_fragment("https://a.example/", t),
    "urls.canonical": lambda t: (canonical(t), canonical(f"https://a.example/{t}"), canonical(f"https://a.example/?{t}")),
    "urls.host": lambda t: (host(t), host(f"https://{t}")),
    "identity.marks": lambda t: marks(f"https://a.example/{t}", t),
    "copies.is_copy": lambda t: is_copy(t, t[1:]),
    "categories.phrases": lambda t: phrases(("sponsored post", "gift* guide", "a b c")).search(t),  # type: ignore[union-attr]  # there are some
    "feeds.dates": lambda t: read_date(t, now=NOW),
    "feeds.discover": lambda t: named_feeds(t, url="https://a.example/"),
    "feeds.items.absolute": lambda t: (absolute("https://a.example/", t), absolute(t[:4_000], t)),
    "feeds.items.body_text": body_text,
    "feeds.items.identifier": identifier,
    "feeds.items.strip_furniture": lambda t: strip_furniture(t + "appeared first on"),
    "feeds.items.taken": taken,
    "feeds.language": lambda t: (language_of(t, None), tag(t)),
    "feeds.markup.paragraphs": paragraphs,
    "feeds.markup.plain": plain,
    "feeds.markup.inert": inert,
    "feeds.markup.title_text": lambda t: (title_text(t), title_text(t, is_html=False)),
    "feeds.markup.attributes": attributes,
    "feeds.article.decoded": lambda t: decoded(b"", {"content-type": t}),
    "feeds.permission": lambda t: (_SIGNAL.search(t), tdm_reserved(t, "/a")),
    "feeds.repair": lambda t: (
        with_sound_references(raw := t.encode("utf-8", "replace")), speaks_of_items(raw), mended(raw), looks_like(raw, "")),
    "stories.text_of": lambda t: (text_of(t, "", outlet="", published=None), text_of("", t, outlet="", published=None)),
    "stories.stem": stem,
    "stories.is_round_up": lambda t: is_round_up(t, t),
    "stories.cues": lambda t: (exploited(t), critical(t)),
    "stories.hold": lambda t: (allegation("", t), allegation(t, "")),
    "stories.score": lambda t: score(Story("s-0000000000", (_entry(t), _entry(t[9:], 2))), now=NOW),
    "analysis.classify": lambda t: classify(t, t, categories=_categories()),
    "analysis.boilerplate": lambda t: (boilerplate.clean_excerpt(t), boilerplate.clean_headline(t, "Outlet"), boilerplate.is_boilerplate(t)),
    "analysis.facts": lambda t: facts.find_facts([t], [t]),
    "analysis.tags": lambda t: facts.find_tags(t, t),
    "analysis.sentences": lambda t: key_sentences(t, title=t[:300], avoid=[t]),
    "analysis.terms": key_terms,
    "analysis.describe": lambda t: describe(t, "Title"),
    "analysis.extractive": _analyse,
}  # fmt: skip


def slow(name: str) -> list[str]:
    """The texts that a function needs longer for, and those at which it raises."""
    read, found = READERS[name], []
    read("warm up.")
    for unit, value in every_text().items():
        sys.stdout.write(f"reading {name} {unit!a}\n")
        sys.stdout.flush()
        began = time.process_time()
        try:
            read(value)
        except Exception as error:
            found.append(f"{name} of {unit} raises {error!r}"[:300])
        if (took := time.process_time() - began) > max(1.0, SECONDS * len(value) / SIZE):
            found.append(f"{name} of {unit} takes {took:.1f} s")
    return found


if __name__ == "__main__":
    resource.setrlimit(resource.RLIMIT_CPU, (KILLED, KILLED))
    problems = [problem for name in sys.argv[1:] for problem in slow(name)]
    sys.stdout.write("\n".join(problems))
    sys.exit(bool(problems))
