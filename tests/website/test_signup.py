"""Subscribing from the site: the form is the service's own or ours, and without either there is none."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from groundwire.checked_yaml import read_yaml, validate
from groundwire.errors import InputError
from groundwire.settings import Settings
from groundwire.subscribers.pages import HOLLOW
from groundwire.website.signup import signup_of
from sitekit import Publication

LIST = "5a1d3a5c-6a35-4d0b-9e3f-2c1b7f0f6f11"


def settings(subscribers: str) -> Settings:
    text = f"title: T\nurl: https://news.example/\nsubscribers: {subscribers}\n"
    return validate(read_yaml(text, file="newsletter.yml"), Settings, file="newsletter.yml")


def form(tmp_path: Path, subscribers: str) -> tuple[str, str]:
    """The page's form and the whole page."""
    publication = Publication.create(tmp_path, extra=f"subscribers: {subscribers}\n")
    publication.article("One")
    page = (publication.build() / "subscribe" / "index.html").read_text(encoding="utf-8")
    found = re.findall(r'<form class="gw-signup".*?</form>', page, re.DOTALL)
    return "".join(found), page


@pytest.mark.parametrize(
    ("subscribers", "action", "fields", "says"),
    [
        (
            "{form: {buttondown: example}}",
            "https://buttondown.com/api/emails/embed-subscribe/example",
            {"email": "", "embed": "1"},
            "Buttondown (buttondown.com)",
        ),
        (
            f"{{url: 'https://old.example/', form: {{listmonk: 'https://lists.example.org/', list: {LIST}}}}}",
            "https://lists.example.org/subscription/form",
            {"email": "", "l": LIST, "nonce": ""},
            "listmonk (lists.example.org)",
        ),
        ("{url: 'https://mail.example/m'}", "https://mail.example/m/", {"email": "", HOLLOW: ""}, "A mail asks me to confirm"),
    ],
)
def test_one_setting_turns_the_form_on(tmp_path: Path, subscribers: str, action: str, fields: dict[str, str], says: str) -> None:
    html, page = form(tmp_path, subscribers)
    assert f'<form class="gw-signup" method="post" action="{action}">' in html
    inputs = re.findall(r"<input [^>]*>", html)
    named = {re.findall(r'\bname="([^"]*)"', one)[0]: "".join(re.findall(r'\bvalue="([^"]*)"', one)) for one in inputs}
    assert named == fields
    assert says in html
    assert "fetch(" not in html
    assert "Email is not set up" not in page


def test_without_a_service_there_is_no_form(tmp_path: Path) -> None:
    html, page = form(tmp_path, "{database: people.sqlite}")
    assert html == ""
    assert "Email is not set up." in page


@pytest.mark.parametrize(
    ("subscribers", "said"),
    [
        ("{form: {}}", "should name one service"),
        (f"{{form: {{buttondown: a, listmonk: 'https://l.example', list: {LIST}}}}}", "should name one service"),
        ("{form: {listmonk: 'https://l.example'}}", "belong together"),
        ("{form: {listmonk: 'https://l.example', list: 3}}", "should be text"),
        ("{form: {listmonk: 'https://l.example', list: '3'}}", "UUID, not its number"),
        ("{form: {buttondown: 'https://buttondown.com/example'}}", "newsletter's name"),
        ("{form: {buttondown: 'a/../b'}}", "newsletter's name"),
    ],
)
def test_what_is_no_form_is_told(subscribers: str, said: str) -> None:
    with pytest.raises(InputError, match=said):
        settings(subscribers)


def test_it_is_read_without_building() -> None:
    assert signup_of(settings("{}")) is None
