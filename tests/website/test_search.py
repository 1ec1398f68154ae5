"""The search's bundles: the same answers as of one index, whatever happens to the pages; and little work for little change."""

from __future__ import annotations

import gzip
import json
import shutil
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from browserkit import Reader, served
from groundwire.website.load import load_site
from groundwire.website.searching import canonical, pagefind
from groundwire.website.searching.bundles import Bundle, Plan, Shelf, Sizes, plan, plan_afresh, week_of
from groundwire.website.searching.search import Searchable, index_site
from sitekit import NOON, Publication

OVERRIDES = Path(__file__).resolve().parents[2] / "overrides"
FEW = Sizes(recent=2, small=4, large=6)
MONDAY = datetime(2026, 3, 2, tzinfo=UTC)
WORDS = "harbour crane flaw patch gateway ransom vendor court fine outage worm drone".split()
SOURCES = ("Wire", "Signal")


def carried_out(made: Plan, before: Shelf | None, texts: dict[str, str]) -> Shelf:
    """The shelf that a plan gives, where Pagefind's id of a page is its text."""
    archives = tuple(
        one if isinstance(one, Bundle) else Bundle(f"a-{hash(one)}", {url: texts[url] for url in one}) for one in made.archives
    )
    current = before.current if made.current is None and before else Bundle("", {url: texts[url] for url in made.current or ()})
    return Shelf(current, archives, made.week)


@settings(max_examples=200, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.integers(0, 3), st.sets(st.integers(0, 14), max_size=4), st.sets(st.integers(0, 14), max_size=3), st.integers(0, 9)
        )
    )
)
def test_every_page_is_found_once_as_it_is_now_and_nothing_else(history: list[tuple[int, set[int], set[int], int]]) -> None:
    texts: dict[str, str] = {f"p{n:03}": f"p{n:03} 0" for n in range(9)}
    shelf = carried_out(plan_afresh(sorted(texts), week=week_of(MONDAY), sizes=FEW), None, texts)
    now = MONDAY
    for number, (new, edited, gone, days) in enumerate(history, 1):
        now += timedelta(days=days)
        there = sorted(texts)
        changed = {there[n] for n in edited if n < len(there)}
        texts |= {url: f"{url} {number}" for url in changed}
        for url in {there[n] for n in gone if n < len(there)}:
            del texts[url]
        made = {f"p{100 * number + n}" for n in range(new)}
        texts |= {url: f"{url} 0" for url in made}
        urls = sorted(texts)
        wanted = plan(shelf, urls, changed=(changed | made) & texts.keys(), week=week_of(now), sizes=FEW)
        shelf = carried_out(wanted, shelf, texts)
        found = [i for one in (shelf.current, *shelf.archives) for i in one.members.values()]
        assert sorted(set(found) - shelf.hidden(urls)) == sorted(texts.values())
        assert len([i for i in found if i not in shelf.hidden(urls)]) == len(texts), "no page twice"
        assert shelf.live(urls) == texts
        assert all(len(one.members) <= FEW.large for one in shelf.archives)
        assert shelf.current.members or not texts


def test_what_changes_decides_what_is_made() -> None:
    urls = [f"p{n:02}" for n in range(20)]
    shelf = carried_out(plan_afresh(urls, week="2026-W09", sizes=FEW), None, {url: url for url in urls})
    assert [len(one.members) for one in shelf.archives] == [6, 6, 6]
    assert plan(shelf, urls, changed=(), week="2026-W10", sizes=FEW) == Plan(None, shelf.archives, "2026-W09")
    more = [*urls, "p20"]
    same_week = plan(shelf, more, changed=("p20",), week="2026-W09", sizes=FEW)
    assert same_week == Plan(("p18", "p19", "p20"), shelf.archives, "2026-W09"), "archives stay within a week"
    edited = plan(shelf, urls, changed=("p03",), week="2026-W09", sizes=FEW)
    assert edited.current == ("p03", "p18", "p19")
    assert edited.archives == shelf.archives
    next_week = plan(shelf, urls, changed=("p03",), week="2026-W10", sizes=FEW)
    assert next_week.current == ("p18", "p19")
    assert next_week.archives == (tuple(urls[:6]), *shelf.archives[1:]), "only the archive of the edited page"
    without = plan(shelf, urls[1:], changed=(), week="2026-W10", sizes=FEW)
    assert without.archives == (tuple(urls[1:6]), *shelf.archives[1:])


class Desk:
    """A built site of few plain pages, whose search is kept up to date."""

    def __init__(self, site: Path, language: str = "en") -> None:
        self.site, self.language, self.now = site, language, MONDAY
        self.pages: dict[str, datetime] = {}
        self.changed: set[str] = set()

    def put(self, number: int, text: str) -> None:
        url = f"articles/2026/{number % 3 + 1:02}/story-{number}/"
        self.pages.setdefault(url, MONDAY - timedelta(days=100 - number))
        source, category = SOURCES[number % 2], "AB"[number % 3 == 0]
        file = self.site / url / "index.html"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(
            f'<!doctype html><html lang="{self.language}"><link rel="icon" href="data:,"><body><main data-pagefind-body data-pagefind-filter="year:2026">'
            f'<h1 data-pagefind-meta="title">Story {number}</h1><p>{text} number{number}</p>'
            f'<p data-pagefind-filter="source">{source}</p><p data-pagefind-filter="category">{category}</p></main></body></html>'
        )
        self.changed.add(url)

    def remove(self, number: int) -> None:
        url = f"articles/2026/{number % 3 + 1:02}/story-{number}/"
        del self.pages[url]
        (self.site / url / "index.html").unlink()

    @property
    def searchable(self) -> Searchable:
        urls = tuple(sorted(self.pages, key=lambda url: (self.pages[url], url)))
        return Searchable(urls, {"category": ("A", "B"), "source": SOURCES, "year": ("2026",)}, self.language, self.now)

    def index(self, *, full: bool = False) -> None:
        index_site(self.site, self.searchable, changed=None if full else self.changed, sizes=FEW)
        self.changed = set()

    @property
    def bundles(self) -> dict[str, tuple[int, int]]:
        """When each bundle was written (nanoseconds), and under which inode."""
        entries = sorted((self.site / "pagefind").rglob("*.pf_meta"))
        return {str(path): (path.stat().st_mtime_ns, path.stat().st_ino) for path in entries}

    def texts(self) -> str:
        """All that the bundles hold, unpacked."""
        packed = (path.read_bytes() for path in (self.site / "pagefind").rglob("*.pf_*"))
        return "\n".join(gzip.decompress(one).decode("utf-8", "replace") for one in packed)


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    desk = Desk(tmp_path / "web" / "briefing")
    for number in range(20):
        desk.put(number, " ".join(WORDS[(number * k) % len(WORDS)] for k in (1, 5, 7)))
    desk.index(full=True)
    return desk


def head(desk: Desk) -> dict[str, Any]:
    told: dict[str, Any] = json.loads((desk.site / "pagefind/pagefind-entry.json").read_text(encoding="utf-8"))["groundwire"]
    return told


def test_nothing_changed_costs_nothing(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    before = {path: path.stat().st_mtime_ns for path in (desk.site / "pagefind").rglob("*")}
    monkeypatch.setenv("PATH", "")
    monkeypatch.setattr("subprocess.run", None)  # whoever starts a process now fails
    desk.index()
    assert {path: path.stat().st_mtime_ns for path in (desk.site / "pagefind").rglob("*")} == before


def test_an_edit_leaves_the_archives_as_they_are_until_the_week_is_over(desk: Desk) -> None:
    before = desk.bundles
    desk.put(3, "kestrel")
    desk.remove(4)
    desk.index()
    assert {path for path in before if "archive" in path} <= desk.bundles.keys()
    assert len(head(desk)["hidden"]) == 2
    assert "number4 " not in desk.texts(), "the text of what is gone is gone at once"
    desk.now += timedelta(days=7)
    desk.index()
    assert head(desk)["hidden"] == []
    assert "number4" not in desk.texts()
    assert len([path for path in before if "archive" in path and path in desk.bundles]) == 2, "archives without a change stay"


def test_a_page_written_again_as_it_was_stays_in_its_archive(desk: Desk) -> None:
    kept = list(head(desk)["archives"])
    desk.put(3, "kestrel")
    desk.index()
    assert head(desk)["hidden"]
    desk.put(3, " ".join(WORDS[(3 * k) % len(WORDS)] for k in (1, 5, 7)))
    desk.index()
    assert head(desk)["hidden"] == []
    assert list(head(desk)["archives"]) == kept
    state = json.loads((desk.site / "pagefind/state.json").read_text(encoding="utf-8"))
    held = state["bundles"][1]["members"]["articles/2026/01/story-3/"]
    assert (desk.site / "pagefind" / kept[-1] / "fragment" / f"{held}.pf_fragment").is_file()


def test_a_broken_or_lost_state_makes_all_anew(desk: Desk) -> None:
    whole = {path.relative_to(desk.site): path.read_bytes() for path in (desk.site / "pagefind").rglob("*") if path.is_file()}
    for state in ("{", '{"bundles": []}', None):
        file = desk.site / "pagefind/state.json"
        if state is None:
            file.unlink()
        else:
            file.write_text(state, encoding="utf-8")
        (desk.site / "pagefind/incoming").mkdir()
        desk.index()
        again = {path.relative_to(desk.site): path.read_bytes() for path in (desk.site / "pagefind").rglob("*") if path.is_file()}
        assert again == whole


def test_without_pages_there_is_no_bundle(desk: Desk) -> None:
    for number in range(20):
        desk.remove(number)
    desk.index()
    assert not (desk.site / "pagefind").exists()


# ---- in a real browser ----

QUERIES = (
    None,
    "gateway",
    "gat",
    "harbour crane",
    "number7",
    "number1",
    "GATEWAY Flaw",
    '"harbour crane"',
    "fine number12",
    "kestrel",
)
NOWHERE = ("nonsense", "gatewayx", "finest-hour", "flawless kestrex", '"kestrel harbour"', "number99")
FILTERS: tuple[dict[str, str], ...] = ({}, {"category": "Research"}, {"year": "2026", "source": "Example Blog"}, {"year": "1999"})
ASK = """async ([base, asked]) => {
  const { start } = await import(`${base}assets/groundwire/finder.js`);
  const { search } = await start(`${base}pagefind/`);
  const answers = [];
  for (const [query, filters, sort] of asked) {
    const found = await search(query, filters, sort);
    const data = await Promise.all(found.map(one => one.data()));
    answers.push(data.map(({ url }, place) => [url, found[place].score]));
  }
  return answers;
}"""
ASK_PAGEFIND = """async ([base, asked]) => {
  const { createInstance } = await import(`${base}pagefind/pagefind.js`);
  const pagefind = createInstance({});
  const answers = [];
  for (const [query, filters] of asked) {
    const { results } = await pagefind.search(query, { filters });
    const data = await Promise.all(results.map(one => one.data()));
    answers.push(data.map(({ url }, place) => [url, results[place].score]));
  }
  return answers;
}"""


class Twins:
    """One publication built twice: with one index, and with bundles that are kept up to date from build to build."""

    def __init__(self, root: Path) -> None:
        self.pub = Publication.create(root / "pub")
        self.web, self.kept = root / "web", root / "kept"
        for number in range(16):
            self.put(number)

    def put(self, number: int, extra: str = "", **meta: Any) -> str:
        """Write a page; the same number again is an edit."""
        text = " ".join(WORDS[(number * k + k) % len(WORDS)] for k in (1, 3, 5)) + f" number{number} {extra}"
        meta.setdefault("category", ("flaws", "research")[number % 2])
        return self.pub.article(f"Story {number}", hours=24 * (15 - number), body=f"## Overview\n\n{text}\n", **meta)

    def build(self, changed: set[str] | None) -> dict[str, Any]:
        """Build both; what the many bundles tell the browser."""
        for name in ("one", "many"):
            shutil.rmtree(self.web / name, ignore_errors=True)
        self.pub.build(site_dir=self.web / "one")
        shutil.copytree(self.web / "one", self.web / "many")
        shutil.rmtree(self.web / "many/pagefind")
        if self.kept.exists():
            shutil.copytree(self.kept, self.web / "many/pagefind")
        index_site(self.web / "many", self.searchable, changed=changed, sizes=FEW)
        shutil.rmtree(self.kept, ignore_errors=True)
        shutil.copytree(self.web / "many/pagefind", self.kept)
        told: dict[str, Any] = json.loads((self.kept / "pagefind-entry.json").read_text(encoding="utf-8"))["groundwire"]
        return told

    @property
    def searchable(self) -> Searchable:
        return load_site(self.pub.root).searchable

    def compare(self, page: Any, *, scores: bool) -> None:
        """Pagefind itself asked with one index, and our finder with many. While something is hidden, `scores` are a little off."""
        asked = [(query, chosen, sort) for query in QUERIES for chosen in FILTERS for sort in ("", "desc", "asc")]
        with served(self.web) as base:
            page.goto(f"{base}one/search/")
            expected = page.evaluate(ASK_PAGEFIND, [f"{base}one/", [one for one in asked if not one[2]]])
            page.goto(f"{base}many/search/")
            found = page.evaluate(ASK, [f"{base}many/", asked])
            assert page.evaluate(ASK, [f"{base}many/", [(query, {}, "") for query in NOWHERE]]) == [[] for _ in NOWHERE]
        newest = [f"/many/{url}" for url in reversed(self.searchable.urls)]
        for number, (query, chosen, _) in enumerate(asked[::3]):
            best, latest, oldest = (dict(one) for one in found[3 * number : 3 * number + 3])
            one = {url.replace("/one/", "/many/"): score for url, score in expected[number]}
            assert best.keys() == one.keys(), (query, chosen)
            assert not scores or best == pytest.approx(one, rel=0.12), (query, chosen)
            assert list(best.values()) == sorted(best.values(), reverse=True)
            assert list(latest) == [url for url in newest if url in best], (query, chosen)
            assert list(oldest) == list(latest)[::-1]
        assert len(found[0]) == len(newest)


@pytest.mark.slow
def test_many_bundles_answer_as_one_index(tmp_path: Path, reader: Reader) -> None:
    twins = Twins(tmp_path)
    assert len(twins.build(None)["archives"]) == 3
    twins.compare(reader.page, scores=True)
    changed = {twins.put(2, "kestrel"), twins.put(15, "kestrel"), twins.put(16), twins.put(17, "kestrel")}
    changed.add(twins.put(4, "gateway", withdrawn={"date": NOON, "reason": "Retracted."}))
    (tmp_path / "pub/content/articles/2026/02/story-9.md").unlink()
    assert len(twins.build(changed)["hidden"]) == 3
    twins.compare(reader.page, scores=False)


# What readers look for, with much that begins alike, endings that Pagefind takes away, accents, numbers and hyphens.
TELLING = """
attack attacks attacker attackers attacked company companies companion compute computer computing secure secured security
securities café cafe cafés résumé resume naïve Lücke Lücken Lückenschluss Behörde Behörden groß Größe größer Straße strasse
CVE-2021-44228 CVE-2021-45046 CVE-2021-4104 CVE-2022-0001 log4j log4shell re-use reuse reused e-mail email emails AI aid aided
air airline IoT use used user users using banks bank banking banker ransom ransomware vendor vendors vulnerable vulnerability
vulnerabilities patch patched patches patching gate gateway gateways gatekeeper 5G 2021 20 200 2000
""".split()
NAMED = """const known = new Map();
  const named = async (found) => (await Promise.all(found.map(async (one) => {
    if (!known.has(one.id)) known.set(one.id, (await one.data()).url);
    return known.get(one.id);
  }))).sort();
"""
ASK_MANY = """async ([base, asked]) => {
  NAMED
  const { start } = await import(`${base}assets/groundwire/finder.js`);
  const { search, narrowed } = await start(`${base}pagefind/`);
  const answers = [];
  for (const query of asked) answers.push([narrowed(query), await named(await search(query, {}, ""))]);
  return answers;
}""".replace("NAMED", NAMED)
ASK_ONE = """async ([base, asked]) => {
  NAMED
  const { createInstance } = await import(`${base}plain/pagefind.js`);
  const pagefind = createInstance({});
  const answers = [];
  for (const query of asked) answers.push(await named((await pagefind.search(query)).results));
  return answers;
}""".replace("NAMED", NAMED)


@pytest.mark.slow
@pytest.mark.parametrize("language", ["en", "de"])
def test_an_index_in_small_parts_answers_as_a_whole_one(
    tmp_path: Path, reader: Reader, monkeypatch: pytest.MonkeyPatch, language: str
) -> None:
    monkeypatch.setattr(pagefind, "PART", 40)  # numbers: a few words
    desk, chance = Desk(tmp_path / "web", language), Random(7)
    texts = [chance.choices(TELLING, k=12) for _ in range(18)]
    for number, text in enumerate(texts):
        desk.put(number, " ".join(text))
    desk.index(full=True)
    assert min(len(json.loads((desk.site / "pagefind" / name).read_text("utf-8"))) for name in head(desk)["parts"]) > 3
    one_index(desk)
    shutil.copytree(OVERRIDES / "assets", desk.site / "assets")
    words = {word for text in texts for word in text}
    asked = [*words, *{word[:length] for word in words for length in (3, 4, 5) if len(word) > length}]
    asked += [" ".join(text[at : at + 2]) for text in texts for at in (0, 5)]
    asked += [f'"{" ".join(text[at : at + 2])}"' for text in texts for at in (3, 8)]
    with served(desk.site) as base:
        reader.page.goto(base + next(iter(desk.pages)))
        expected = reader.page.evaluate(ASK_ONE, [base, asked])
        found = reader.page.evaluate(ASK_MANY, [base, asked])
    assert [(query, one) for query, (_, one) in zip(asked, found, strict=True)] == list(zip(asked, expected, strict=True))
    assert not any(narrowed for narrowed, _ in found)


@pytest.mark.slow
def test_bundles_of_a_version_that_cannot_be_read_stay_as_they_are_and_are_searched(
    tmp_path: Path, reader: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unreadable(data: bytes, at: int) -> None:
        raise ValueError(f"not written so before: {data[at:]!r}")

    monkeypatch.setattr(canonical, "_decode", unreadable)
    desk = Desk(tmp_path / "web")
    for number in range(12):
        desk.put(number, " ".join(TELLING[5 * number : 5 * number + 20]))
    desk.index(full=True)
    assert head(desk)["parts"] == []
    one_index(desk)
    shutil.copytree(OVERRIDES / "assets", desk.site / "assets")
    asked = [*TELLING[:75], "secu", "log4j café", '"attack attacks"']
    with served(desk.site) as base:
        reader.page.goto(base + next(iter(desk.pages)))
        expected = reader.page.evaluate(ASK_ONE, [base, asked])
        assert [found for _, found in reader.page.evaluate(ASK_MANY, [base, asked])] == expected


@pytest.mark.slow
def test_a_filter_alone_downloads_no_part_of_the_index(tmp_path: Path, reader: Reader, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pagefind, "PART", 1)
    desk = Desk(tmp_path / "web")
    for number in range(12):
        desk.put(number, " ".join(TELLING[number : number + 20]))
    desk.index(full=True)
    shutil.copytree(OVERRIDES / "assets", desk.site / "assets")
    with served(desk.site) as base:
        reader.page.goto(base + next(iter(desk.pages)))
        [answer] = reader.page.evaluate(ASK, [base, [["", {"source": "Wire"}, "desc"]]])
    assert [url for url, _ in answer] == [
        f"/{url}" for url in reversed(desk.searchable.urls) if int(url.split("-")[1][:-1]) % 2 == 0
    ]
    assert [address for address in reader.asked if address.endswith(".pf_index")] == []


@pytest.mark.slow
def test_a_beginning_of_very_many_words_finds_that_word_alone(
    tmp_path: Path, reader: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pagefind, "PART", 1)  # every word is a part
    desk = Desk(tmp_path / "web")
    for number, text in enumerate(["e crane", "crane", "e harbour", *("eb ed eg ek el em ep et" for _ in range(15))]):
        desk.put(number, text)
    desk.index(full=True)
    shutil.copytree(OVERRIDES / "assets", desk.site / "assets")
    with served(desk.site) as base:
        reader.page.goto(base + next(iter(desk.pages)))
        found = reader.page.evaluate(ASK_MANY, [base, ["e", "E crane", '"e"', "crane e", "x", "eb"]])
    assert [(narrowed, len(ids)) for narrowed, ids in found] == [(["e"], 2), (["E"], 1), ([], 2), (["e"], 1), ([], 0), ([], 15)]


def one_index(desk: Desk) -> None:
    """Index the desk's pages in plain/ as Pagefind comes."""
    import pagefind_bin

    command = [str(pagefind_bin.get_executable()), "--site", str(desk.site), "--output-subdir", "plain", "--silent"]
    subprocess.run([*command, "--force-language", desk.language], check=True)
