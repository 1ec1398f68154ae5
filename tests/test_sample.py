"""The bundled sample, the whole way: its pages as golden files, its promises kept."""

from __future__ import annotations

import html
import os
import re
import shutil
from email import policy
from email.parser import BytesParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

from groundwire.publication.content import load_articles
from groundwire.sample.press import BASE, load_outlets
from groundwire.sample.run import run_sample
from groundwire.text.plain import clean, normal
from support import snapshot

GOLDEN = Path(__file__).parent / "golden" / "sample"


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample publication, made once."""
    root = tmp_path_factory.mktemp("sample")
    said = run_sample(root, tell=lambda line: None)
    for word in ("site ", "issue ", "email ", "groundwire preview --sample", "groundwire init"):
        assert word in said
    return root / ".groundwire" / "sample"


def test_its_pages_are_the_golden_ones(sample: Path) -> None:
    # The hashes of evidence follow from the pages (tests/checking).
    left_out = ("outlets/", ".ledger/evidence-")
    made = {name: data for name, data in snapshot(sample / "content").items() if not name.startswith(left_out)}
    if os.environ.get("GROUNDWIRE_UPDATE_GOLDEN"):
        shutil.rmtree(GOLDEN, ignore_errors=True)
        for name, data in made.items():
            (GOLDEN / name).parent.mkdir(parents=True, exist_ok=True)
            (GOLDEN / name).write_bytes(data)
    wanted = snapshot(GOLDEN)
    assert sorted(made) == sorted(wanted)
    for name, data in made.items():
        assert data.decode() == wanted[name].decode(), (
            f"{name}: GROUNDWIRE_UPDATE_GOLDEN=1 rewrites the golden files; read the diff"
        )


def test_it_is_large_and_mixed_enough_to_show() -> None:
    outlets = load_outlets()
    pieces = [p for o in outlets for p in o.pieces]
    assert len(outlets) >= 8
    assert len(pieces) >= 40
    assert sum(len(" ".join(p.paragraphs).split()) >= 300 for p in pieces) > len(pieces) / 2
    assert any(not p.paragraphs for p in pieces)
    assert {o.state for o in outlets} == {"ok", "broken", "stale"}
    assert {o.format for o in outlets} == {"rss", "atom", "json"}
    assert "de" in {o.language for o in outlets}
    assert all("fiction" in o.about or "erfunden" in o.about for o in outlets)


def test_every_category_a_correction_a_withdrawal_and_a_promise_that_came_due(sample: Path) -> None:
    pages = load_articles(sample / "content").require()
    from groundwire.publication.categories import load_categories

    assert {p.meta.category for p in pages} == set(load_categories(sample))
    assert any(p.meta.corrections for p in pages)
    assert sum(p.meta.withdrawn is not None for p in pages) == 1
    assert {w.outcome for p in pages for w in p.meta.watch} >= {"happened", "did not happen", "open"}
    assert any(p.meta.reviewed for p in pages)


def test_the_public_page_names_the_broken_feed_and_the_silent_one(sample: Path) -> None:
    page = (sample / "site" / "about" / "feeds" / "index.html").read_text(encoding="utf-8")
    rows = {html.unescape(re.sub(r"<[^>]+>", " ", row)) for row in re.findall(r"<tr>.*?</tr>", page, re.DOTALL)}
    assert any("Gantry Gazette" in row and "failing since 6 December 2021" in row and "HTML page" in row for row in rows)
    assert any("Copperline Wire" in row and "silent for longer than usual, since" in row for row in rows)
    assert any("Harbour Signal" in row and "works" in row for row in rows)


def test_every_quotation_stands_word_for_word_at_its_address(sample: Path) -> None:
    """On the page that its footnote leads to, which ships with the site."""
    checked = 0
    for page in load_articles(sample / "content").require():
        notes = dict(re.findall(r"^\[\^(\d+)\]: \[.*?\]\(<(.*?)>\)$", page.body, re.MULTILINE))
        for quotation, number in re.findall(r"“([^\n]+?)”\[\^(\d+)\]", page.body):
            url, fragment = notes[number].split("#:~:text=")
            file = sample / "site" / urlsplit(url).path.lstrip("/")
            text = normal(clean(html.unescape(re.sub(r"<[^>]+>", " ", file.read_text(encoding="utf-8")))))
            assert normal(html.unescape(quotation)).replace("'", '"') in text.replace("'", '"'), (page.path, quotation)
            for part in fragment.split(","):
                assert normal(unquote(part)) in text, (page.path, part)
            checked += 1
    assert checked > 60


def test_excerpts_and_quotations_keep_to_the_limits(sample: Path) -> None:
    licence = {o.name: o.license for o in load_outlets()}
    for page in load_articles(sample / "content").require():
        source = page.meta.sources[0]
        excerpt = re.search(r"^> (.*)$", page.body, re.MULTILINE)
        assert excerpt is None or len(excerpt.group(1).split()) <= 61
        if licence[source.feed] == "all-rights-reserved" and len(page.meta.sources) == 1:
            quoted = sum(len(html.unescape(q).split()) for q in re.findall(r"“([^\n]+?)”\[\^\d+\]", page.body))
            assert quoted <= min(150, source.words * 15 // 100), page.path


def test_no_page_carries_furniture_or_a_sentence_twice(sample: Path) -> None:
    for page in load_articles(sample / "content").require():
        assert not re.search(r"appeared first on|[Ss]ign up for|Read more:|[Nn]ewsletter abonnieren", page.body), page.path
        quoted = re.findall(r"“([^\n]+?)”\[\^\d+\]", page.body)
        assert len(quoted) == len(set(quoted)), page.path


def test_the_mails_are_mails_to_each_subscriber(sample: Path) -> None:
    mails = sorted((sample / "outbox").glob("*.eml"))
    assert len(mails) == 3
    for path in mails:
        mail = BytesParser(policy=policy.default).parsebytes(path.read_bytes())
        assert [part.get_content_type() for part in mail.iter_parts()] == ["text/plain", "text/html"]
        assert mail["List-Unsubscribe"].startswith("<https://")
    assert len({BytesParser(policy=policy.default).parsebytes(p.read_bytes())["Message-ID"] for p in mails}) == 3


def test_the_web_copy_has_what_the_mail_has_and_nobody_s_token(sample: Path) -> None:
    mail = BytesParser(policy=policy.default).parsebytes(min((sample / "outbox").glob("*.eml")).read_bytes())
    own = mail["List-Unsubscribe"].strip("<>")
    body = mail.get_body(("html",))
    assert body is not None
    letter = body.get_content()
    page = (sample / "site" / "issues" / "2021-w50" / "index.html").read_text(encoding="utf-8")
    address = f"{BASE}issues/2021-w50/"
    for url in set(re.findall(r'href="(https?://[^"]+)"', letter)) - {own, address}:
        assert url in page or url.removeprefix(BASE) in page, url
    for title in re.findall(r"<h3[^>]*><a[^>]*>(.*?)</a>", letter):
        assert clean(html.unescape(title)) in clean(html.unescape(re.sub(r"<[^>]+>", "", page)))
    token = own.rpartition("/")[2]
    for file in (sample / "site").rglob("*.html"):
        assert token not in file.read_text(encoding="utf-8"), file


def test_the_outlets_pages_ship_with_the_site_and_stay_out_of_it(sample: Path) -> None:
    outlets = load_outlets()
    for piece in (p for o in outlets for p in o.pieces):
        assert (sample / "site" / "outlets" / piece.path).exists()
    assert "/outlets/" not in (sample / "site" / "sitemap.xml").read_text()
    assert BASE.startswith("http://127.0.0.1:8000/")
