"""Buttondown: an email an issue. Its `status` is always said: where it is not, Buttondown mails everybody at once.

Found by `metadata`, which people do not edit, made with an idempotency key of the issue. https://docs.buttondown.com/api-emails-introduction
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator, Mapping
from typing import Any

from groundwire.errors import Refused
from groundwire.mail.campaign import Campaign, State
from groundwire.mail.letter import Letter
from groundwire.mail.service import Service
from groundwire.ports import Clock
from groundwire.settings import Settings

KEY = "BUTTONDOWN_API_KEY"
LEAVE = "{{ unsubscribe_url }}"
MARK = "groundwire_issue"
MODE = "<!-- buttondown-editor-mode: fancy -->"  # HTML as it is, not taken for Markdown
_STATES: Mapping[str, State] = {
    "draft": "draft",
    **dict.fromkeys(("about_to_send", "scheduled", "in_flight", "throttled", "resending"), "going"),
    **dict.fromkeys(("sent", "imported", "transactional"), "sent"),
}


class Buttondown:
    """The newsletter at Buttondown that the key belongs to."""

    name = "Buttondown"

    def __init__(self, settings: Settings, token: str, *, sleep: Any, clock: Clock) -> None:
        """Connect to the newsletter that the key belongs to. Raises Refused if there is no key."""
        if not token:
            raise Refused(f"sending by Buttondown lacks {KEY} in the environment; its Settings, Programming, show the key")
        self._site = settings.url
        self._service = Service(
            self.name, settings.email.buttondown.url, {"Authorization": f"Token {token}"}, sleep=sleep, clock=clock
        )

    def find(self, issue: str) -> Campaign | None:
        """Find the issue's email by the mark in its metadata."""
        return next((_campaign(row) for row in self._all() if (row.get("metadata") or {}).get(MARK) == issue), None)

    def create(self, letter: Letter) -> Campaign:
        """Make the issue's email, as a draft."""
        body = {**self._body(letter), "slug": letter.issue, "metadata": {MARK: letter.issue}, "status": "draft"}
        return _campaign(self._service.send("POST", "/emails", body, self._key(letter, "create")))

    def update(self, campaign: Campaign, letter: Letter) -> None:
        """Write the draft anew from the letter; it stays a draft."""
        self._service.send("PATCH", f"/emails/{campaign.id}", {**self._body(letter), "status": "draft"})

    def test(self, campaign: Campaign, _letter: Letter, address: str) -> None:
        """Mail the draft to this address only."""
        self._service.send("POST", f"/emails/{campaign.id}/send-draft", {"recipients": [address]})

    def start(self, campaign: Campaign, letter: Letter) -> None:
        """Change the email's status from draft to about_to_send."""
        path = f"/emails/{campaign.id}/publish"
        self._service.send("POST", path, {"status": "about_to_send"}, self._key(letter, "publish"))

    def _all(self) -> Iterator[Mapping[str, Any]]:
        page = 1
        while True:
            query = {"page": page, "ordering": "-creation_date", "excluded_fields": "body"}
            data = self._service.get("/emails", query)
            yield from data["results"]
            if not data["results"] or not data.get("next"):
                return
            page += 1

    def _key(self, letter: Letter, act: str) -> dict[str, str]:
        """Make the key for an act on an issue: the same on every machine, so that Buttondown does it once."""
        return {"X-Idempotency-Key": str(uuid.uuid5(uuid.NAMESPACE_URL, f"{self._site}issues/{letter.issue}#{act}"))}

    def _body(self, letter: Letter) -> dict[str, Any]:
        return {
            "subject": _subject(letter.subject),
            "body": MODE + "\n" + _inner(_html(letter.html)).replace(letter.token, LEAVE),
            "description": letter.preheader,
            "canonical_url": letter.web_url,
            "template": "naked",  # the letter brings its own frame and its own link to leave
        }


def _campaign(row: Mapping[str, Any]) -> Campaign:
    said = str(row.get("status"))
    return Campaign(str(row["id"]), _STATES.get(said, "stopped"), said)


def _html(text: str) -> str:
    """Escape HTML so that nothing in it is a variable, a tag or a comment of a template."""
    return re.sub(r"\{(?=[{%#])", "&#123;", text)


def _subject(text: str) -> str:
    """Escape a subject likewise; no entity can stand there, so a blank keeps the braces apart."""
    return re.sub(r"\{(?=[{%#])", "{ ", text)


def _inner(html: str) -> str:
    """Return the content of <body>, after the styles that could not be set inline; Buttondown puts its own frame around it."""
    styles = re.findall(r"<style data-css-inline.*?</style>", html, re.DOTALL)
    body = re.search(r"<body[^>]*>(.*)</body>", html, re.DOTALL)
    return "\n".join([*styles, body.group(1).strip() if body else html])
