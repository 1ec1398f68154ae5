"""Which entries become one event: small cases of our own, the sample's events, and what must hold for any entries."""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from groundwire.events.frozen import frozen_clusters
from groundwire.events.group import group, join_or_start
from groundwire.model import Entry, Feed, Story, replace
from groundwire.publication.content import Article
from groundwire.publication.frontmatter import ArticleMeta, Page, SourceMeta
from groundwire.publication.publication import DeletedArticle
from groundwire.sample.press import load_outlets

NOW = datetime(2026, 4, 12, 12, 0, tzinfo=UTC)


def entry(title: str, excerpt: str = "", *, outlet: str = "A", hours: float = 0, url: str = "", id: str = "") -> Entry:
    """An entry of an outlet, some hours after NOW."""
    feed = Feed(url=f"https://{outlet.lower()}.example/feed", name=outlet)
    return Entry(
        feed,
        id or title,
        url or f"https://{outlet.lower()}.example/{abs(hash(title))}",
        title,
        excerpt,
        published=NOW + timedelta(hours=hours),
    )


def events(stories: Iterable[Story]) -> set[frozenset[str]]:
    """The stories as sets of their entries' ids."""
    return {frozenset(e.id for e in story.entries) for story in stories}


TOGETHER = {
    "a malware's name": (
        (
            "Zorvex wiper hits Baltic ferry operators",
            "The Zorvex malware erased ticketing machines at two ferry lines in Tallinn.",
        ),
        ("Ferry lines in Tallinn stand still after Zorvex wiper", "Passengers waited for hours while ticketing was down."),
    ),
    "a shared CVE": (
        ("Update your Quillgate gateways now", "CVE-2026-41873 lets anyone log in without a password."),
        ("Hole in remote access product under attack", "Attackers use CVE-2026-41873 in Quillgate to get in, the vendor says."),
    ),
    "German": (
        (
            "Stadtwerke Ummendorf melden Ausfall der Leitstelle",
            "Ein Schädling namens Brunkel legte die Fernwirktechnik in Ummendorf lahm.",
        ),
        ("Brunkel-Schädling: Ummendorf schaltet auf Handbetrieb", "Die Leitstelle der Stadtwerke wird von Hand gefahren."),
    ),
}
APART = {
    "different flaws of one product": (
        ("Quillgate closes CVE-2026-41873", "The flaw in the Quillgate gateway lets anyone log in."),
        ("Quillgate closes CVE-2026-52001", "The flaw in the Quillgate gateway lets anyone read logs."),
    ),
    "words of the trade only": (
        ("Microsoft warns of phishing attacks on Windows users", "Attackers steal credentials with fake login pages."),
        ("Windows users face ransomware after Microsoft patch", "Attackers exploit a vulnerability to steal data."),
    ),
    "one name only": (
        ("Fortinet hires a new finance chief", "She comes from a rival in Ottawa."),
        ("Botnet abuses old Fortinet appliances to mine coins", "Researchers counted four thousand of them in Peru."),
    ),
    "German, words of the trade only": (
        ("Behörde warnt vor Sicherheitslücke in Browsern", "Angreifer können Daten der Nutzer stehlen."),
        ("Datenleck: Angreifer erbeuten Kundendaten", "Die Behörde prüft den Fall und warnt die Nutzer."),
    ),
}


@pytest.mark.parametrize("name", TOGETHER)
def test_one_event(name: str) -> None:
    (one, its), (other, others) = TOGETHER[name]
    stories = group([entry(one, its, outlet="A"), entry(other, others, outlet="B", hours=5)])
    assert [len(story.entries) for story in stories] == [2]


@pytest.mark.parametrize("name", APART)
def test_two_events(name: str) -> None:
    (one, its), (other, others) = APART[name]
    assert len(group([entry(one, its, outlet="A"), entry(other, others, outlet="B", hours=5)])) == 2


def test_beyond_a_week_it_is_another_event() -> None:
    (one, its), (other, others) = TOGETHER["a malware's name"]
    assert len(group([entry(one, its, outlet="A"), entry(other, others, outlet="B", hours=7 * 24 + 1)])) == 2


def test_a_headline_that_comes_back_is_another_event() -> None:
    title = "Stable channel update for desktop"
    assert (
        len(
            group(
                [
                    entry(title, hours=0, id="1", url="https://a.example/1"),
                    entry(title, hours=24 * 14, id="2", url="https://a.example/2"),
                ]
            )
        )
        == 2
    )
    assert len(group([entry(title, hours=0, id="1"), entry(title, outlet="B", hours=3, id="2")])) == 1


@pytest.mark.parametrize(
    "title", ["Week in review: Zorvex wiper hits Baltic ferries", "The Download: Zorvex, and a ferry", "Wochenrückblick: Zorvex"]
)
def test_a_round_up_stands_alone(title: str) -> None:
    one, its = TOGETHER["a malware's name"][0]
    assert len(group([entry(one, its, outlet="A"), entry(title, its, outlet="B")])) == 2


def test_notices_of_one_mould_are_events_of_their_own() -> None:
    notices = [
        entry(f"Advisory {n}: vulnerability in package number {n}", f"The vendor says that package {n} has a flaw.")
        for n in range(30)
    ]
    assert len(group(notices)) == 30


# The sample


def sample() -> list[Entry]:
    """The sample's articles as entries."""
    found = []
    for outlet in load_outlets():
        feed = Feed(url=f"https://{outlet.slug}.example/feed", name=outlet.name)
        found += [
            Entry(
                feed,
                f"{p.outlet}/{p.published:%m-%d}-{p.slug}",
                f"https://{outlet.slug}.example/{p.slug}",
                p.title,
                p.excerpt,
                published=p.published,
            )
            for p in outlet.pieces
        ]
    return found


def outlets_and_days(story: Story) -> frozenset[str]:
    """Its articles as `outlet/MM-DD`."""
    return frozenset("-".join(e.id.split("-")[: e.id.split("/")[0].count("-") + 2]) for e in story.entries)


def together(*names: str) -> bool:
    """Whether one story of the sample has all of them."""
    return any(set(names) <= outlets_and_days(story) for story in group(sample()))


@pytest.mark.parametrize(
    "names",
    [
        ("harbour-signal/12-10", "patch-ledger/12-10"),
        ("patch-ledger/12-14", "patch-ledger/12-17"),
        ("harbour-signal/12-18", "compliance-lantern/12-19"),
        ("harbour-signal/12-08", "meridian-tech-post/12-08"),
        ("harbour-signal/12-13", "meridian-tech-post/12-15"),
        ("meridian-tech-post/12-10", "meridian-tech-post/12-13"),
        ("tidewater-alarm/12-11", "tidewater-alarm/12-15"),
        ("deichnetz-kurier/12-10", "tidewater-alarm/12-17"),
        ("lattice-notes/12-14", "deichnetz-kurier/12-15"),
    ],
)
def test_the_sample_s_events(names: tuple[str, ...]) -> None:
    assert together(*names)


@pytest.mark.parametrize(
    "names",
    [
        ("harbour-signal/12-10", "harbour-signal/12-17"),  # Log4Shell, Conti
        ("patch-ledger/12-10", "patch-ledger/12-14"),  # two flaws
        ("patch-ledger/12-14", "patch-ledger/12-18"),  # two flaws
        ("harbour-signal/12-10", "tidewater-alarm/12-12"),  # Logout4Shell
        ("patch-ledger/12-10", "lattice-notes/12-12"),  # the explainer
        ("patch-ledger/12-10", "patch-ledger/12-13"),  # the search for it
        ("tidewater-alarm/12-13", "harbour-signal/12-17"),  # attacks since 1 December, Conti
        ("patch-ledger/12-18", "lattice-notes/12-18"),  # the survey of Maven
        ("tidewater-alarm/12-08", "patch-ledger/12-15"),  # Emotet, Patch Tuesday
        ("harbour-signal/12-18", "copperline-wire/11-04"),  # two directives
    ],
)
def test_the_sample_s_near_neighbours_stay_apart(names: tuple[str, ...]) -> None:
    assert not together(*names)


# What holds for any entries

_NAMES = st.sampled_from("Zorvex Brunkel Quillgate Ummendorf Tallinn Kestrelbank Ostrava Vantiq Hullmore Perigee".split())
_SENTENCES = st.lists(_NAMES, min_size=1, max_size=4).map(lambda names: f"Attack on {' and '.join(names)} reported")
_ENTRIES = st.lists(st.tuples(_SENTENCES, _SENTENCES, st.sampled_from("ABC"), st.integers(0, 200)), max_size=9)


def made(rows: Sequence[tuple[str, str, str, int]]) -> list[Entry]:
    """Entries from Hypothesis' rows."""
    return [entry(t, x, outlet=o, hours=h, id=str(n), url=f"https://x.example/{n}") for n, (t, x, o, h) in enumerate(rows)]


@settings(max_examples=60, deadline=None)
@given(rows=_ENTRIES, seed=st.integers(0, 99))
def test_the_order_of_entries_changes_nothing(rows: list[tuple[str, str, str, int]], seed: int) -> None:
    entries = made(rows)
    shuffled = random.Random(seed).sample(entries, len(entries))
    assert group(shuffled) == group(entries)


@settings(max_examples=60, deadline=None)
@given(rows=_ENTRIES)
def test_every_entry_is_in_exactly_one_story_and_an_unrelated_one_changes_nothing(rows: list[tuple[str, str, str, int]]) -> None:
    entries = made(rows)
    stories = group(entries)
    assert sorted(e.id for story in stories for e in story.entries) == sorted(e.id for e in entries)
    other = entry("Gardeners admire lavender blossom", "A quiet morning near Grasse.", outlet="Z", hours=50)
    assert events(group([*entries, other])) == events(stories) | {frozenset([other.id])}


# Published stories


def page(story: str, *sources: Entry, description: str = "", withdrawn: bool = False) -> Article:
    """A published page of some entries."""
    first = sources[0]
    meta = ArticleMeta(
        id=story,
        title=first.title,
        description=description or first.excerpt or first.title,
        date=first.published,
        category="incident-report",
        sources=tuple(SourceMeta(feed=e.feed.title, title=e.title, url=e.url, published=e.published) for e in sources),
        withdrawn={"date": NOW.date(), "reason": "The report was retracted."} if withdrawn else None,
    )
    return Page(f"articles/2026/04/{story}.md", meta, "", "")


ONE, TWO = (entry(*TOGETHER["a malware's name"][0], outlet="A"), entry(*TOGETHER["a malware's name"][1], outlet="B", hours=20))
STORY, OTHER = "s-0123456789", "s-9876543210"


def test_later_coverage_joins_its_page_on_a_machine_that_has_nothing_but_the_pages() -> None:
    done = join_or_start([TWO], frozen_clusters([page(STORY, ONE)]))
    assert (done.joins, done.stories, done.swallowed) == (((TWO, STORY),), (), ())


def test_published_stories_never_become_one() -> None:
    frozen = frozen_clusters([page(STORY, ONE), page(OTHER, TWO)])
    third = replace(ONE, id="third", url="https://c.example/3", feed=Feed(url="https://c.example/feed", name="C"))
    done = join_or_start([third], frozen)
    assert [story for _, story in done.joins] == [STORY]
    assert frozen_clusters([page(OTHER, TWO), page(STORY, ONE)]) == frozen


def test_what_people_took_apart_never_rejoins() -> None:
    done = join_or_start([TWO], frozen_clusters([page(STORY, ONE)]), separate={TWO.key: frozenset([STORY])})
    assert events(done.stories) == {frozenset([TWO.id])}


def test_coverage_of_a_withdrawn_story_revives_nothing() -> None:
    done = join_or_start([TWO], frozen_clusters([page(STORY, ONE, withdrawn=True)]))
    assert (done.joins, done.stories, done.swallowed) == ((), (), ((TWO, STORY),))


def test_coverage_of_a_deleted_story_revives_nothing() -> None:
    again = entry(ONE.title, "Told anew.", outlet="B", hours=3)
    done = join_or_start([again], frozen_clusters([], [DeletedArticle(STORY, ONE.title, NOW)]))
    assert done.swallowed == ((again, STORY),)


def test_pages_long_past_are_left_out() -> None:
    assert frozen_clusters([page(STORY, ONE)], since=NOW + timedelta(days=8)) == ()
    assert len(frozen_clusters([page(STORY, ONE)], since=NOW + timedelta(days=6))) == 1
