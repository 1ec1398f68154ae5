"""Issues as campaigns of listmonk and Buttondown: one each, whatever answers are lost (points 3 and 40 of the checklist)."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from groundwire.cli import send as send_jobs
from groundwire.cli.send import send_command
from groundwire.delivery import posting
from groundwire.errors import Refused
from groundwire.mail.buttondown import Buttondown
from groundwire.mail.links import Answer
from groundwire.mail.listmonk import Listmonk
from groundwire.publication.content import load_articles
from groundwire.publication.editing import edited
from groundwire.settings import Settings
from mailkit import LETTER, NOW, Time
from services import DOCUMENT, Account, Asked, ButtondownAccount, ListmonkAccount, judged, open_account
from support import ByHand

DIGEST = Path(__file__).parents[1] / "digest" / "golden"
SITE = "https://example.github.io/briefing/"
PUBLISHER = "{name: Press, postal_address: 1 Street, email: editor@example.org, responsible: A. Editor}"


@dataclass
class House:
    """A publication whose subscribers are at a service."""

    root: Path
    account: Any
    clock: Time = field(default_factory=Time)
    missing: bool = False  # whether the site lacks the pages

    def send(self) -> str:
        """What the workflow runs."""
        return send_jobs.send(self.root, tell=self.clock.told.append, world=self.clock.world, fetch=self.fetch)

    def fetch(self, url: str) -> Answer:
        """The site: every page is there, and the issue's links to all."""
        if self.missing:
            return Answer(trouble="the server says 404")
        paths = " ".join(page.url for page in load_articles(self.root / "content").pages)
        return Answer(f'<link rel="canonical" href="{url}">{paths}')

    def change(self, **put: Any) -> None:
        """Edit the issue's file."""
        store = ByHand(self.root / "content")
        [issue] = store.issues().require()
        store.replace_text(issue, edited(issue, put=put))

    @property
    def started(self) -> int:
        """How many mailings to everybody there were."""
        if isinstance(self.account, ButtondownAccount):
            return len(self.account.mailed)
        return sum(row.get("started", 0) for row in self.account.rows)


@pytest.fixture(params=["listmonk", "buttondown"])
def house(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[House]:
    kind = request.param
    account: Account = ListmonkAccount() if kind == "listmonk" else ButtondownAccount()
    monkeypatch.setenv("LISTMONK_TOKEN", "secret")
    monkeypatch.setenv("BUTTONDOWN_API_KEY", "secret")
    shutil.copytree(DIGEST / "week" / "articles", tmp_path / "content" / "articles")
    (tmp_path / "content" / "issues").mkdir()
    shutil.copy(DIGEST / "2026-w48.md", tmp_path / "content" / "issues")
    with ExitStack() as stack:
        stack.enter_context(open_account(account))
        own = f"{{url: '{account.url}', lists: [3, 5]}}" if kind == "listmonk" else f"{{url: '{account.url}/v1'}}"
        (tmp_path / "newsletter.yml").write_text(
            f"title: The Example Briefing\nurl: {SITE}\npublisher: {PUBLISHER}\nemail: {{transport: {kind}, {kind}: {own}}}\n",
            encoding="utf-8",
        )
        house = House(tmp_path, account)
        house.change(status="ready")
        yield house
    assert account.wrong == []


def test_an_issue_is_one_campaign_drafted_then_started(house: House) -> None:
    assert re.fullmatch(r"2026-w48: (listmonk|Buttondown) sends it \((running|about_to_send)\)", house.send())
    assert "has it" in house.send()
    assert (len(house.account.rows), house.started) == (1, 1)
    [first, *_] = [one for one in house.account.asked if one.method != "GET"]
    assert first.method == "POST"
    assert first.body.get("status") == ("draft" if isinstance(house.account, ButtondownAccount) else None)


CREATE = r"POST .*/(campaigns|emails)$"
START = r"(PUT .*/status|POST .*/publish)$"
UPDATE = r"(PUT .*/campaigns/\d+|PATCH .*/emails/\w+)$"
LIST = r"GET .*/(campaigns|emails)$"


@pytest.mark.parametrize("call", [CREATE, START, UPDATE, LIST])
@pytest.mark.parametrize("fault", ["before", "after", "502", "429 2"])
def test_a_lost_answer_makes_no_second_campaign(house: House, call: str, fault: str) -> None:
    house.account.faults = [(call, fault)]
    assert "sends it" in house.send()
    assert (len(house.account.rows), house.started) == (1, 1)
    if fault == "429 2":
        assert 2.0 in house.clock.slept


@pytest.mark.parametrize("call", [CREATE, START])
def test_before_it_asks_again_it_looks(house: House, call: str) -> None:
    house.account.faults = [(call, "after")]
    house.send()
    calls = [one.call for one in house.account.asked]
    at = next(place for place, said in enumerate(calls) if re.search(call, said))
    assert re.search(LIST, calls[at + 1])
    assert len(house.account.calls(call)) == 1


@pytest.mark.parametrize("call", [CREATE, START])
def test_a_service_that_is_away_is_told_and_the_next_run_goes_on(house: House, call: str) -> None:
    house.account.faults = [(call, "before")] * 4
    with pytest.raises(Refused, match="no answer from"):
        house.send()
    assert house.started == 0
    assert "sends it" in house.send()
    assert (len(house.account.rows), house.started) == (1, 1)


def test_two_runs_at_once_make_one(house: House) -> None:
    """The other one makes the campaign between our question and our order."""
    act = house.account.answer
    other: list[tuple[int, Any]] = []

    def answer(asked: Asked) -> tuple[int, Any]:
        if re.search(CREATE, asked.call) and not other:
            other.append(act(asked))
        return act(asked)  # type: ignore[no-any-return]  # the double's own answer

    house.account.answer = answer
    house.send()
    assert (len(house.account.rows), house.started) == (1, 1)


def test_what_people_did_at_the_service_stands(house: House) -> None:
    house.send()
    for said in ("paused", "cancelled", "finished", "sent", "deleted", "errored"):
        house.account.rows[0]["status"] = said
        if isinstance(house.account, ListmonkAccount) or said not in ("cancelled", "finished"):
            assert f"has it ({said})" in house.send()
    assert house.started == 1


def test_the_draft_says_what_the_file_says(house: House) -> None:
    result = CliRunner().invoke(send_command, ["-C", str(house.root), "--test", "me@example.net"])
    assert result.exit_code == 0, result.output
    assert "no subscriber got anything" in result.output
    assert house.started == 0
    [test] = house.account.tests
    assert test.get("recipients", test.get("subscribers")) == ["me@example.net"]
    house.change(subject="A new subject")
    house.send()
    assert house.account.rows[0]["subject"] == "A new subject"
    with pytest.raises(Refused, match="no draft any more"):
        send_jobs.send_test(house.root, "me@example.net", now=NOW, tell=print)


def test_nobody_is_mailed_before_the_site_shows_it(house: House) -> None:
    house.missing = True
    with pytest.raises(Refused, match="nobody was mailed, because after 15 minutes"):
        house.send()
    assert house.account.rows == []


def test_what_must_not_go_makes_no_campaign(house: House) -> None:
    house.change(expires=NOW)
    assert house.send().startswith("nothing to send: 2026-w48 expired")
    house.change(status="draft")
    assert house.send() == "no issue is ready, so there is nothing to send"
    assert house.account.asked == []


def test_a_dry_run_says_what_would_be_sent_and_makes_nothing(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    def dry() -> str:
        return send_jobs.dry_run(house.root, tell=print, world=house.clock.world, fetch=house.fetch)

    assert re.search(r"\n2026-w48: would be sent by (listmonk|Buttondown)$", dry())
    house.missing = True
    assert "it would wait for the site: https://" in dry()
    assert house.account.rows == []
    house.missing = False
    house.send()
    assert "has it (" in dry()
    house.change(status="ready", expires=NOW)
    assert "expired" in dry()
    for name in ("LISTMONK_TOKEN", "BUTTONDOWN_API_KEY"):
        monkeypatch.delenv(name)
    assert "before it can be sent: sending by" in dry()


def test_a_wrong_key_is_told_without_it(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("LISTMONK_TOKEN", "BUTTONDOWN_API_KEY"):
        monkeypatch.setenv(name, "not-the-key")
    with pytest.raises(Refused, match="refuses the key") as told:
        house.send()
    assert "not-the-key" not in str(told.value)


def test_a_page_that_is_no_api_is_told(house: House) -> None:
    house.account.answer = lambda asked: (302, None)
    with pytest.raises(Refused, match=r"is not at http.*it sends elsewhere \(302\)"):
        house.send()


def test_old_campaigns_beyond_the_first_page_are_found(house: House) -> None:
    house.send()
    for number in range(250):
        house.account.rows.append(
            {**house.account.rows[0], "id": f"em_{900 + number:026d}", "archive_slug": f"x{number}", "metadata": {}, "started": 0}
        )
    assert "has it" in house.send()
    assert house.started == 1


HOSTILE = replace(
    LETTER,
    subject="A {{ .Secret }} {% x %} subject",
    preheader="p",
    html='<html><head><style>td{a:b}</style><style data-css-inline="keep">@media x{a{b:c}}</style></head><body class="page">'
    '{{ Danger }} {{{ {% d %} {# c #} <a href="https://x.example/@TrackLink">x</a> <a href="https://tok.invalid/">leave</a></body></html>',
    text="{{ Danger }} {{{\nhttps://tok.invalid/\n",
)


def test_text_of_ours_is_no_template_of_listmonk() -> None:
    account = ListmonkAccount()
    with open_account(account):
        _listmonk(account).create(HOSTILE)
    [row] = account.rows
    assert row["body"].count("{{") == 1
    assert '<a href="{{ UnsubscribeURL }}">' in row["body"]
    assert "&#123;&#123; Danger }}" in row["body"]
    assert "@TrackLink" not in row["body"]
    assert re.findall(r"\{\{.*?\}\}", row["altbody"]) == ['{{ "{{" }}', '{{ "{{" }}', "{{ UnsubscribeURL }}"]
    assert row["subject"] == 'A {{ "{{" }} .Secret }} {% x %} subject'
    assert (row["lists"], row["type"], row["content_type"]) == ([1], "regular", "html")
    assert {"List-Id": "<briefing.example.github.io>"} in row["headers"]
    assert row["archive_slug"].startswith("2026-w48-")


def test_text_of_ours_is_no_template_of_buttondown() -> None:
    account = ButtondownAccount()
    with open_account(account):
        _buttondown(account).create(HOSTILE)
    [row] = account.rows
    assert row["body"].startswith("<!-- buttondown-editor-mode: fancy -->")
    assert re.findall(r"\{[{%#].*?[}%#]\}", row["body"]) == ["{{ unsubscribe_url }}"]
    assert "<style data-css-inline" in row["body"]
    assert "td{a:b}" not in row["body"], "what only old Outlook reads, in a comment of its own"
    assert not re.search(r"\{[{%#]", row["subject"])
    assert account.mailed == []
    assert account.wrong == []


def test_two_publications_at_one_listmonk_have_an_issue_each() -> None:
    account = ListmonkAccount()
    with open_account(account):
        for site in ("https://a.example/", "https://b.example/"):
            service = _listmonk(account, url=site)
            assert service.find("2026-w48") is None
            service.create(LETTER)
            assert service.find("2026-w48") is not None
    assert len(account.rows) == 2


def test_who_sends_at_listmonk_is_said_where_the_owner_says_it() -> None:
    account = ListmonkAccount()
    letter = replace(LETTER, sender_name='Die "Brücke"', reply_to="ed@example.org")
    with open_account(account):
        _listmonk(account, sender="b@example.org", template=7).create(letter)
        [row] = account.rows
    assert row["from_email"] == "\"Die 'Brücke'\" <briefing@example.org>"
    assert row["template_id"] == 7
    assert {"Reply-To": "ed@example.org"} in row["headers"]


def test_the_document_refuses_what_is_wrong() -> None:
    """The judge can say no."""
    good = Asked("POST", "/v1/emails", {}, {"Authorization": "Token secret"}, {"subject": "x", "status": "draft"})
    assert judged(good) == ""
    assert judged(replace(good, body={"subject": "x", "status": "sent-to-all"}))
    assert judged(replace(good, body={"body": "x"}))
    assert judged(replace(good, headers={}))
    assert judged(replace(good, path="/v1/mails"))


@pytest.mark.parametrize(
    ("after", "seconds"), [("7", 7), ("99999", 300), ("Fri, 27 Nov 2026 09:00:30 GMT", 30), ("soon", 10), ("0", 1)]
)
def test_it_waits_as_long_as_it_is_told(after: str, seconds: float) -> None:
    account, clock = ButtondownAccount(faults=[("GET", f"429 {after}")]), Time()
    with open_account(account):
        _buttondown(account, sleep=clock.sleep).find("2026-w48")
    assert clock.slept == [seconds]


def test_the_kept_document_is_the_published_one() -> None:
    original = Path(__file__).parents[3] / "shared" / "data" / "buttondown-openapi.json"
    kept = json.loads(DOCUMENT.read_text(encoding="utf-8"))
    assert kept["info"]["license"]["name"] == "MIT"
    assert set(kept["paths"]) == {"/emails", "/emails/{id}", "/emails/{id}/send-draft", "/emails/{id}/publish"}
    if original.exists():
        whole = json.loads(original.read_text(encoding="utf-8"))
        assert all(whole["paths"][path] == said for path, said in kept["paths"].items())
        assert all(whole["components"]["schemas"][name] == said for name, said in kept["components"]["schemas"].items())


def test_a_table_names_every_service() -> None:
    transports = set(Settings.model_fields["email"].annotation.model_fields["transport"].annotation.__args__)  # type: ignore[union-attr]  # a pydantic model's field
    assert set(posting.SERVICES) == transports - {"none", "outbox", "smtp"}


def _listmonk(account: Account, *, url: str = SITE, sender: str = "", template: int | None = None) -> Listmonk:
    email = {"sender": sender, "listmonk": {"url": account.url, "lists": [1], "template": template}}
    settings = Settings.model_validate({"title": "T", "url": url, "email": email})
    return Listmonk(settings, "secret", sleep=Time().sleep, clock=lambda: NOW)


def _buttondown(account: Account, *, sleep: Callable[[float], object] = lambda seconds: None) -> Buttondown:
    settings = Settings.model_validate({"title": "T", "url": SITE, "email": {"buttondown": {"url": f"{account.url}/v1"}}})
    return Buttondown(settings, "secret", sleep=sleep, clock=lambda: NOW)
