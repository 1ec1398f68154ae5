"""`groundwire check`: files in, problems out, each with its place and a right example."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from groundwire.checking.pages import Teller, article_problems
from groundwire.cli import check as check_jobs
from groundwire.errors import InputError, Problem, Refused
from groundwire.publication import evidence
from groundwire.publication.frontmatter import ArticleMeta, compose, parse
from groundwire.publication.log import Ledger
from groundwire.publication.predictions import given_up
from sitekit import NOON, Publication

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
OWN = """---
id: s-00000000aa
title: A letter from the editor
description: What we changed this month.
date: 2026-02-20T09:00:00Z
category: flaws
---

## A heading

Words of our own, with [a story](../02/gateway-flaw.md#overview).
"""


@pytest.fixture
def pub(tmp_path: Path) -> Publication:
    """A publication without fault: a generated page, a person's, an issue, a plain page and a picture."""
    made = Publication.create(tmp_path / "pub", extra="feeds:\n- {url: 'https://blog.example/feed', name: Example Blog}\n")
    made.article("Gateway flaw")
    made.article("Draft", status="draft")
    made.write("articles/2026/02/letter.md", OWN)
    made.issue(body="See [the story](../articles/2026/02/gateway-flaw.md).")
    made.write(
        "about.md", "# About us\n\n![A chart](assets/chart.png) and [the feed](../feed.xml), [flaws](../categories/flaws/).\n"
    )
    made.write("assets/chart.png", "no real picture")
    return made


def found(pub: Publication) -> list[Problem]:
    return list(check_jobs.examine(pub.root, now=NOW).problems)


def told(pub: Publication) -> list[str]:
    """Each problem as file:line:column: level: key: message."""
    return [str(problem).splitlines()[0] for problem in found(pub)]


LETTER = "content/articles/2026/02/letter.md"


def change(pub: Publication, old: str, new: str, file: str = LETTER) -> None:
    path = pub.root / file
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def test_a_publication_without_fault(pub: Publication) -> None:
    assert told(pub) == []
    assert check_jobs.check(pub.root, now=NOW) == "all right: 3 articles, 1 issue, 1 feed"


FRONT = {
    "unknown key": ("category: flaws", "categroy: flaws", "6:1: error: categroy: unknown key; did you mean 'category'?"),
    "deep in a list": (
        "category: flaws",
        "category: flaws\nsources:\n- feed: A\n  url: https://a.example/\n- {feed: B, ulr: https://b.example/}",
        "10:13: error: sources.1.ulr: unknown key; did you mean 'url'?",
    ),
    "a wrong value deep in a list": (
        "category: flaws",
        "category: flaws\nwatch:\n- claim: X\n  by: 2026-12-31\n  outcome: opne",
        "10:3: error: watch.0.outcome: 'opne' is not one of open, happened, did not happen, not followed up; did you mean 'open'?",
    ),
    "after wide characters": (
        "category: flaws",
        "category: flaws\nreviewed: {by: 'Ünï çødé 漢字', onn: 2026-02-21}",
        "7:31: error: reviewed.onn: unknown key",
    ),
    "category": ("category: flaws", "category: flaw", "6:1: error: category: no category 'flaw'; did you mean 'flaws'?"),
    "no address": (
        "category: flaws",
        "category: flaws\nsources: [{feed: A, url: a.example}]",
        "7:21: error: sources.0.url: should be an address that starts with https://",
    ),
    "a date to come": ("2026-02-20T09", "2027-02-20T09", "5:1: error: date: 2027-02-20 is still to come"),
    "updated before": ("category:", "updated: 2026-02-01\ncategory:", "6:1: error: updated: is before the page was published"),
    "another month": ("2026-02-20T09", "2026-01-20T09", "5:1: warning: date: its date is of 2026-01, its folder says otherwise"),
    "an alias that is a page": (
        "category:",
        "aliases: [articles/2026/02/gateway-flaw/]\ncategory:",
        "6:11: error: aliases: articles/2026/02/gateway-flaw/ is already the address, or an alias, of content/articles/2026/02/gateway-flaw.md",
    ),
    "a second colon": (
        "title: A letter",
        "title: News: a letter",
        "3:12: error: a second ': ' on one line: put the text in quotes",
    ),
    "one id twice": ("s-00000000aa", "{id of the other}", "2:1: error: id: articles/2026/02/gateway-flaw.md has the same id"),
}


@pytest.mark.parametrize("name", FRONT)
def test_front_matter(pub: Publication, name: str) -> None:
    old, new, wanted = FRONT[name]
    other = next((pub.root / "content").rglob("gateway-flaw.md")).read_text(encoding="utf-8")
    identity = re.search(r"^id: (\S+)", other, re.MULTILINE)
    assert identity
    change(pub, old, new.replace("{id of the other}", identity.group(1)))
    assert [line for line in told(pub) if line.startswith(f"{LETTER}:{wanted}")], told(pub)


BODY = {
    "a page that is not there": ("../02/gateway-flaw.md", "../02/gatewy-flaw.md", "11:34: error: there is no content/articles/2026/02/gatewy-flaw.md", "gateway-flaw.md"),
    "an anchor that is not there": ("#overview", "#overveiw", "error: content/articles/2026/02/gateway-flaw.md has no heading or anchor #overveiw", "../02/gateway-flaw.md#overview"),
    "an own anchor": ("Words", "[up](#a-headnig) Words", "11:6: error: content/articles/2026/02/letter.md has no heading or anchor #a-headnig", "#a-heading"),
    "a draft": ("../02/gateway-flaw.md#overview", "draft.md", "error: content/articles/2026/02/draft.md is a draft: readers cannot follow", ""),
    "an address on the site": ("Words", "[x](https://news.example/briefing/articles/2026/02/gateway-flow/) Words", "11:5: error: nothing on the site is at articles/2026/02/gateway-flow/", "https://news.example/briefing/articles/2026/02/gateway-flaw/"),
    "a listing": ("Words", "[x](../../../../categories/flaw/) Words", "11:5: error: nothing on the site is at categories/flaw/", "https://news.example/briefing/categories/flaws/"),
    "a link from the root": ("Words", "[x](/articles/2026/02/gateway-flaw/#overview) Words", "11:5: error: /articles/2026/02/gateway-flaw/#overview leads out of the site", "gateway-flaw.md#overview"),
    "a picture that is not there": ("Words", "![Chart](../../../assets/chrat.png) Words", "11:10: error: there is no content/assets/chrat.png", "../../../assets/chart.png"),
    "other people's picture": ("Words", "![Chart](https://cdn.example/x.png) Words", "11:10: error: a picture from another server", ""),
    "other people's picture in HTML": ("Words", "<img alt='' srcset='https://cdn.example/x.png 2x'> Words", "error: a picture from another server", ""),
    "no description": ("Words", "![](../../../assets/chart.png) Words", "11:5: warning: a picture without a description", ""),
    "script": ("Words", "Some <b>bold</b> words\n\n<SCRIPT>alert(1)</SCRIPT>\n\nWords", "13:1: error: <script> can run a program", ""),
    "a handler": ("Words", "<a href='#a-heading' onclick='x()'>a</a> Words", "11:1: error: the attribute onclick runs a program", ""),
    "a scheme": ("Words", "[x](java&#115;cript:alert(1)) Words", "11:5: error: an address that begins with javascript: is none of the web", ""),
    "what HTML has not": ("Words", "A List<String> of Words", "11:7: warning: HTML has no <string>", ""),
    "no footnote": ("Words", "Words.[^7] Words", "11:7: error: there is no footnote for [^7]", ""),
    "a footnote twice": ("Words", "Words.[^1]\n\n[^1]: One.\n[^1]: Two.\n\nWords", "13:1: error: the footnote [^1] is defined twice", ""),
    "a footnote for nothing": ("Words", "[^1]: One.\n\nWords", "11:1: warning: nothing in the text refers to the footnote [^1]", ""),
    "too long a quotation": ("Words", "> " + "word " * 61 + "\n\nWords", "11:1: error: a quotation of 61 words", ""),
}  # fmt: skip


@pytest.mark.parametrize("name", BODY)
def test_body(pub: Publication, name: str) -> None:
    old, new, wanted, instead = BODY[name]
    change(pub, old, new)
    hits = [p for p in found(pub) if p.file == LETTER and wanted in str(p)]
    assert len(hits) == 1, told(pub)
    assert not instead or hits[0].example == instead


def test_code_is_code(pub: Publication) -> None:
    change(pub, "Words", "`<script>` `[x](no.md)` `[^1]`\n\n    <script>alert(1)</script>\n    [x](no.md) [^2]\n\nWords")
    assert told(pub) == []


SETTINGS = {
    "unknown key": ("timezone:", "timzone:", "newsletter.yml:3:1: error: timzone: unknown key; did you mean 'timezone'?"),
    "deep": ("name: Example Blog", "nmae: Example Blog", "newsletter.yml:5:38: error: feeds.0.nmae: unknown key"),
    "feed twice": ("feeds:\n", "feeds:\n- url: http://www.blog.example/feed/\n", "newsletter.yml:6:1: error: feeds: https://blog.example/feed: the same feed as in line 5"),
    "feed's category": ("name: Example Blog", "category: flwas", "newsletter.yml:5:1: error: category: no category 'flwas'; did you mean 'flaws'?"),
    "block": ("feeds:\n", "block: {keywords: [a headline]}\nfeeds:\n", "content/articles/2026/02/gateway-flaw.md: warning: the word 'A headline' is blocked"),
    "logo": ("feeds:\n", "site: {logo: assets/no.svg}\nfeeds:\n", "newsletter.yml: error: site.logo: there is no content/assets/no.svg"),
}  # fmt: skip


@pytest.mark.parametrize("name", SETTINGS)
def test_settings(pub: Publication, name: str) -> None:
    old, new, wanted = SETTINGS[name]
    change(pub, old, new, "newsletter.yml")
    assert [line for line in told(pub) if line.startswith(wanted)], told(pub)


def test_categories_issues_and_plain_pages(pub: Publication) -> None:
    change(pub, "name:", "nam:", "categories/flaws.yml")
    change(pub, "status: ready", "items: [s-0000000000]\nstatus: ready", "content/issues/2026-w09.md")
    change(pub, "See ", "<video src='x.mp4'></video> See ", "content/issues/2026-w09.md")
    lines = told(pub)
    for wanted in (
        "categories/flaws.yml:2:1: error: nam: unknown key; did you mean 'name'?",
        "content/issues/2026-w09.md:7:9: warning: items.0: there is no story s-0000000000 (any more)",
        "content/issues/2026-w09.md:11:1: warning: <video> is left out of the mail",
        "content/issues/2026-w09.md:11:13: error: there is no content/issues/x.mp4",
    ):
        assert [line for line in lines if line.startswith(wanted)], lines


def test_plain_pages(pub: Publication) -> None:
    change(pub, "feed.xml)", "feed.yml)", "content/about.md")
    assert told(pub) == ["content/about.md:3:45: error: nothing on the site is at feed.yml"]


def test_all_in_one_run_and_warnings_are_no_failure(pub: Publication) -> None:
    change(pub, "Words", "![](../../../assets/chart.png)")
    done = check_jobs.check(pub.root, now=NOW)
    assert done.endswith("all right: 3 articles, 1 issue, 1 feed (1 warning)")
    change(pub, "category: flaws", "categroy: flaws")
    change(pub, "url: https", "urll: https", "newsletter.yml")
    change(pub, "name:", "nam:", "categories/flaws.yml")
    with pytest.raises(InputError) as error:
        check_jobs.check(pub.root, now=NOW)
    assert {p.file for p in error.value.problems} >= {LETTER, "newsletter.yml", "categories/flaws.yml"}


def test_paths_narrow_what_is_told(pub: Publication) -> None:
    change(pub, "Words", "![](../../../assets/chart.png)")
    change(pub, "timezone:", "timzone:", "newsletter.yml")

    def files(*paths: str) -> set[str]:
        return {p.file for p in check_jobs.examine(pub.root, [Path(p) for p in paths], now=NOW).problems}

    assert files(LETTER) == {LETTER}
    assert files("content/articles") == {LETTER}
    assert files(str(pub.root / "newsletter.yml")) == {"newsletter.yml"}
    assert files(".") == {LETTER, "newsletter.yml"}
    with pytest.raises(Refused, match="there is no content/nope"):
        files("content/nope")


class TestEvidence:
    """Footnotes against what the machine wrote."""

    STORY = "content/articles/2026/02/gateway-flaw.md"

    @pytest.fixture
    def written(self, pub: Publication) -> Publication:
        path = pub.root / self.STORY
        body = (
            "## Full report\n\n“A fix for version 2.15 exists since Tuesday.”[^2]\n\nThe flaw lets 300 people in.[^1]\n\n"
            "[^1]: “it lets 300 people in” — [Example Blog](<https://blog.example/post#:~:text=it%20lets%20300%20people%20in>)\n"
            "[^2]: [Example Blog](<https://blog.example/post#:~:text=A%20fix%20for%20version,exists%20since%20Tuesday.>)\n"
        )
        path.unlink()
        pub.article("Gateway flaw", body=body)
        story = re.search(r"^id: (\S+)", path.read_text(encoding="utf-8"), re.MULTILINE)
        assert story
        for stream, row in evidence.evidence_rows(story.group(1), body):
            Ledger(pub.root / "content" / ".ledger").append(stream, row, now=NOON)
        pub.write("articles/2026/02/letter.md", OWN.replace("#overview", ""))
        return pub

    def lines(self, pub: Publication) -> list[str]:
        return [line.removeprefix(self.STORY + ":") for line in told(pub)]

    def test_as_written(self, written: Publication) -> None:
        assert self.lines(written) == []

    @pytest.mark.parametrize(
        ("old", "new"),
        [
            ("## Full report", "## Full report\n\nA person's own words."),
            ("The flaw", "A person's sentence goes before. The flaw"),
            ("“it lets", "\u201cit  lets"),  # white space is no word
            ("exists since Tuesday.”[^2]", "exists since Tuesday.”[^2] We tried it."),
            ("“A fix", "The maker says: “A fix"),
            ("The flaw lets 300 people in.[^1]", ""),
            ("[^1]:", "[^3]: [Other](<https://other.example/>)\n[^1]:"),
        ],
    )
    def test_what_people_may_do(self, written: Publication, old: str, new: str) -> None:
        change(written, old, new, self.STORY)
        assert [line for line in self.lines(written) if "error" in line or "changed" in line] == []

    @pytest.mark.parametrize(
        ("old", "new", "wanted"),
        [
            ("“it lets 300", "“it lets 900", "error: the quotation of [^1] was changed"),
            ("“it lets 300 people in” — ", "", None),  # the link alone still leads there
            (
                "The flaw lets 300",
                "The flaw lets 900",
                "warning: the sentence of [^1] was changed by a person: “900” is not in the evidence",
            ),
            ("version 2.15 exists", "version 2.14 exists", "warning: the sentence of [^2] was changed by a person"),
            ("since Tuesday.”", "since Wednesday.”", "warning: the sentence of [^2] was changed by a person"),
        ],
    )
    def test_what_is_told(self, written: Publication, old: str, new: str, wanted: str | None) -> None:
        change(written, old, new, self.STORY)
        lines = self.lines(written)
        if wanted is None:
            assert not [line for line in lines if "error" in line]
        else:
            assert len([line for line in lines if wanted in line]) == 1, lines

    def test_numbers_may_change_places(self, written: Publication) -> None:
        text = (written.root / self.STORY).read_text(encoding="utf-8")
        swapped = text.replace("[^1]", "[^x]").replace("[^2]", "[^1]").replace("[^x]", "[^2]")
        (written.root / self.STORY).write_text(swapped, encoding="utf-8")
        assert self.lines(written) == []

    def test_without_a_ledger_numbers_are_compared_with_the_evidence(self, written: Publication) -> None:
        for file in (written.root / "content" / ".ledger").iterdir():
            file.unlink()
        change(written, "The flaw lets 300", "The flaw lets 900", self.STORY)
        assert len([line for line in self.lines(written) if "“900” is not in the evidence" in line]) == 1


@pytest.mark.parametrize(
    ("old", "new", "after"),
    [
        ("category: flaws", "categroy: flaws # ours", "category: flaws # ours"),
        ("category: flaws", "category: Flaws # ours", "category: flaws # ours"),
        ("category: flaws", "category: flwas", "category: flaws"),
        ("title: A letter from", "title: News: a “letter” from", 'title: "News: a “letter” from'),
        ("category: flaws", "tags: [AI Policy, vpn]  # kept\ncategory: flaws", "tags: [ai-policy, vpn]  # kept"),
        ("category: flaws", "tags:\n  - AI Policy # kept\ncategory: flaws", "tags:\n  - ai-policy # kept"),
        ("category: flaws", "aliases: ['/old/name.md']\ncategory: flaws", "aliases: [old/name/]"),
        ("category: flaws", "status: darft\ncategory: flaws", "status: draft"),
        ("category: flaws", "reviewd: {by: A, onn: 2026-02-21} # x\ncategory: flaws", "reviewed: {by: A, on: 2026-02-21} # x"),
        ("Words", "[x](/articles/2026/02/gateway-flaw/#overview) Words", "[x](gateway-flaw.md#overview) Words"),
        ("id: s-00000000aa\n", "", "---\nid: s-"),
    ],
)
def test_fix(pub: Publication, old: str, new: str, after: str) -> None:
    change(pub, old, new)
    before = (pub.root / LETTER).read_text(encoding="utf-8")
    done = check_jobs.fix(pub.root, now=NOW)
    text = (pub.root / LETTER).read_text(encoding="utf-8")
    assert after in text
    assert len(done) >= 1
    assert all(line.startswith(LETTER) for line in done)
    assert len(text.splitlines()) == len(before.splitlines()) + (not new)
    assert [line for line in told(pub) if "error" in line] == []
    assert check_jobs.fix(pub.root, now=NOW) == []


def test_fix_keeps_what_it_does_not_mend(pub: Publication) -> None:
    text = OWN.replace("category: flaws", "# why this one\ncategroy:   'flaws'   # not sure\nscore: nonsense").replace(
        "\n", "\r\n"
    )
    (pub.root / LETTER).write_bytes(text.encode())
    change_feed = pub.root / "newsletter.yml"
    change_feed.write_text(change_feed.read_text().replace("timezone", "timezon"), encoding="utf-8")
    done = check_jobs.fix(pub.root, now=NOW)
    assert (pub.root / LETTER).read_bytes().decode() == text.replace("categroy", "category")
    assert done == [f"{LETTER}:7: categroy → category", "newsletter.yml:3: timezon → timezone"]


def test_the_memory_changes_nothing_but_the_time(pub: Publication, monkeypatch: pytest.MonkeyPatch) -> None:
    change(pub, "Words", "![](no.png) [^1] <script> Words")
    first = told(pub)
    memory = pub.root / ".cache" / "bodies.txt"
    assert memory.is_file()
    rendered: list[str] = []
    monkeypatch.setattr("groundwire.checking.memory.read_body", lambda text: rendered.append(text))
    assert told(pub) == first
    assert rendered == []
    monkeypatch.undo()
    memory.write_text("{ torn", encoding="utf-8")
    assert told(pub) == first


def test_any_page_gets_an_answer(pub: Publication) -> None:
    odd: list[Callable[[str], str]] = [
        lambda t: "",
        lambda t: "---\n---\n",
        lambda t: "---\n- a\n- b\n---\nbody",
        lambda t: t.replace("title:", "title: *x #"),
        lambda t: t.replace("Words", "[x](http://[::1) [y](//) [z](%zz) <a href='\x00javascript:x'>"),
        lambda t: t + "> " * 300 + "deep",
        lambda t: t + "[" * 500,
    ]
    original = (pub.root / LETTER).read_text(encoding="utf-8")
    for make in odd:
        (pub.root / LETTER).write_text(make(original), encoding="utf-8")
        assert isinstance(told(pub), list)
    (pub.root / LETTER).write_bytes(b"\xff\xfe")
    assert [line for line in told(pub) if "not UTF-8" in line]


@pytest.mark.parametrize("name", ["newsletter.yml", "entities.yml", "mkdocs.yml", "categories/space.yml", LETTER])
def test_another_encoding_is_told_with_its_line(pub: Publication, name: str) -> None:
    file = pub.root / name
    file.parent.mkdir(exist_ok=True)
    file.write_bytes("# Caf\u00e9\ntitle: a".encode() + "\u00e9".encode("latin-1") + b" b\n")
    lines = [line for line in told(pub) if "not UTF-8" in line]
    assert [line.split(": error")[0] for line in lines] == [f"{name}:2:9"]


def test_a_missing_colon_is_told_on_its_own_line(pub: Publication) -> None:
    file = pub.root / "entities.yml"
    for text, place in (
        ("hide\nproducts: {}\n", "1:1"),
        ("hide: []\nproducts\npeople: {}\n", "2:1"),
        ("hide: []\nproducts {}\n", "2:1"),
    ):
        file.write_text(text, encoding="utf-8")
        assert [line for line in told(pub) if line.startswith(f"entities.yml:{place}: error: a key without ': ' behind it")], text
    change(pub, "date: 2026", "date 2026")
    assert f"{LETTER}:5:1: error: a key without ': ' behind it" in told(pub)


@pytest.mark.parametrize("style", ["indented", "braces"])
def test_a_mend_never_makes_a_page_unreadable(pub: Publication, style: str) -> None:
    _, front, body = OWN.replace("id: s-00000000aa\n", "").split("---\n", 2)
    keys = [line for line in front.splitlines() if line[:1].isalpha()]
    front = "".join(f"  {key}\n" for key in keys) if style == "indented" else "{" + ", ".join(keys) + "}\n"
    (pub.root / LETTER).write_text(f"---\n{front}---\n{body}", encoding="utf-8")
    check_jobs.fix(pub.root, now=NOW)
    missing = [line for line in told(pub) if "error" in line]
    assert [line for line in missing if "id: is missing" not in line] == []
    assert bool(missing) is (style == "braces")


DEEP = st.integers(1, 100_000)
VALUES = st.one_of(
    st.builds(lambda depth: "[" * depth + "]" * depth, DEEP),
    st.builds(lambda depth: "[" * depth, DEEP),
    st.builds(lambda depth: "{a: " * depth + "}" * depth, DEEP),
    st.builds(lambda depth: "\n" + "- " * depth + "x", st.integers(1, 5_000)),
    st.builds(lambda depth: "\n" + "".join(f"{' ' * (n + 1)}a:\n" for n in range(depth)), st.integers(1, 800)),
    st.builds(lambda sign, base, digits: sign + base + "1" * digits, st.sampled_from(["", "-", "+"]), st.sampled_from(["", "0x", "0b", "0o", "0"]), st.integers(1, 20_000)),
    st.builds(lambda year, rest: f"{year}-{rest}", st.sampled_from(["0000", "0001", "0002", "9998", "9999"]), st.sampled_from(["01-01", "12-31", "01-01T00:00:00+14:00", "12-31T23:59:59-14:00", "12-31 23:59:59.999999"])),
    st.sampled_from([".inf", "-.inf", ".nan", "1e999", "1:2:3:4:5:6:7:8:9", "!!binary x", "!!python/name:os.system", "!!set {a, b}", "!!omap [a: 1]", "&a [*a]", "<<", "!!float x"]),
)  # fmt: skip
KEYS = ["title", "date", "published", "tags", "corrections", "watch", "sources", "score", "withdrawn", "reviewed", "id", "nobody"]


@settings(max_examples=100, deadline=None)
@given(key=st.sampled_from(KEYS), value=VALUES)
@example(key="corrections", value="[{date: 0001-01-01T00:00:00+14:00, note: x}]")
@example(key="watch", value="[{claim: x, by: 9999-12-31}]")
@example(key="sources", value="[{feed: X, url: 'https://x.example/', words: 0x" + "f" * 6000 + "}]")
def test_whatever_a_key_says_is_read_or_told(key: str, value: str) -> None:
    keys = {"id": "s-00000000aa", "title": "T", "description": "D", "date": "2026-02-20", "category": "flaws", key: value}
    text = "---\n" + "".join(f"{name}: {one}\n" for name, one in keys.items()) + "---\n\nBody\n"
    try:
        page = parse(text, ArticleMeta, file="articles/2026/02/a.md")
    except InputError:
        return
    zone = ZoneInfo("Pacific/Kiritimati")
    list(article_problems(page, Teller("a.md", text, page.body), now=NOW, zone=zone))  # raises nothing
    given_up(page, today=NOW.date())
    assert parse(compose(page.meta, page.body), ArticleMeta, file="b.md").meta.id == page.id
