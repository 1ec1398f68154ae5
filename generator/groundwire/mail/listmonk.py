"""listmonk: a campaign an issue. It has no key for "once", but `archive_slug` is unique in its database: that is the issue's.

Its bodies are Go templates, so what looks like one in our text is written as text. https://listmonk.app/docs/apis/campaigns/
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from groundwire.errors import Refused
from groundwire.mail.campaign import Campaign, State
from groundwire.mail.letter import Letter
from groundwire.mail.message import ascii_address
from groundwire.mail.service import Service
from groundwire.ports import Clock
from groundwire.settings import Settings
from groundwire.text.plain import digest

KEY = "LISTMONK_TOKEN"
A_PAGE = 100
LEAVE = "{{ UnsubscribeURL }}"
_STATES: Mapping[str, State] = {"draft": "draft", "scheduled": "going", "running": "going", "finished": "sent"}


class Listmonk:
    """The listmonk of the settings; `token` is an API user's."""

    name = "listmonk"

    def __init__(self, settings: Settings, token: str, *, sleep: Any, clock: Clock) -> None:
        """Connect to the listmonk of the settings.

        Raises Refused with everything that newsletter.yml or the environment lacks.
        """
        own = settings.email.listmonk
        lacking = [] if own.url else ["email.listmonk.url"]
        lacking += [] if own.lists else ["email.listmonk.lists"]
        lacking += [] if token else [f"{KEY} in the environment"]
        if lacking:
            raise Refused(
                f"sending by listmonk lacks {', '.join(lacking)}; in newsletter.yml write for example\n"
                "email: {transport: listmonk, listmonk: {url: https://lists.example.org, user: groundwire, lists: [1]}}"
            )
        self._settings, self._own = settings, own
        self._service = Service(self.name, str(own.url), {"Authorization": f"token {own.user}:{token}"}, sleep=sleep, clock=clock)

    def find(self, issue: str) -> Campaign | None:
        """Find the issue's campaign by its slug.

        A name can be changed there, and other publications may have an issue of this id.
        """
        return next((_campaign(row) for row in self._all() if row.get("archive_slug") == self._slug(issue)), None)

    def create(self, letter: Letter) -> Campaign:
        """Make the issue's campaign; listmonk makes every new one a draft."""
        return _campaign(self._service.send("POST", "/api/campaigns", self._body(letter))["data"])

    def update(self, campaign: Campaign, letter: Letter) -> None:
        """Write the campaign anew from the letter."""
        self._service.send("PUT", f"/api/campaigns/{campaign.id}", self._body(letter))

    def test(self, campaign: Campaign, letter: Letter, address: str) -> None:
        """Mail the draft to this address only.

        To an address that it does not know as a subscriber, listmonk sends nothing, and does not say so.
        """
        body = {**self._body(letter), "subject": _text(f"[Test] {letter.subject}"), "subscribers": [address]}
        self._service.send("POST", f"/api/campaigns/{campaign.id}/test", body)

    def start(self, campaign: Campaign, _letter: Letter) -> None:
        """Change the campaign's status from draft to running; listmonk refuses every other way there."""
        self._service.send("PUT", f"/api/campaigns/{campaign.id}/status", {"status": "running"})

    def _all(self) -> Iterator[Mapping[str, Any]]:
        page, seen = 1, 0
        while True:
            query = {"page": page, "per_page": A_PAGE, "order_by": "created_at", "order": "DESC", "no_body": "true"}
            data = self._service.get("/api/campaigns", query)["data"]
            rows = data.get("results") or []
            yield from rows
            page, seen = page + 1, seen + len(rows)
            if not rows or seen >= int(data.get("total") or 0):
                return

    def _slug(self, issue: str) -> str:
        return f"{issue}-{digest(self._settings.url, length=8)}"

    def _body(self, letter: Letter) -> dict[str, Any]:
        body: dict[str, Any] = {
            "name": f"{letter.sender_name} · {letter.issue}",
            "subject": _text(letter.subject),
            "lists": list(self._own.lists),
            "type": "regular",
            "content_type": "html",
            "messenger": "email",
            "body": _html(letter.html).replace(letter.token, LEAVE),
            "altbody": _text(letter.text).replace(letter.token, LEAVE),
            "tags": ["groundwire"],
            "archive_slug": self._slug(letter.issue),
            "headers": [{"List-Id": f"<{letter.list_id}>"}],
        }
        if letter.reply_to:
            body["headers"].append({"Reply-To": ascii_address(letter.reply_to)})
        if self._settings.email.sender:
            name = letter.sender_name.replace("\\", "").replace('"', "'")
            body["from_email"] = f'"{name}" <{ascii_address(letter.sender)}>'
        if self._own.template is not None:
            body["template_id"] = self._own.template
        return body


def _campaign(row: Mapping[str, Any]) -> Campaign:
    said = str(row.get("status"))
    return Campaign(str(row["id"]), _STATES.get(said, "stopped"), said)


def _html(text: str) -> str:
    """Escape HTML so that nothing in it is an action of a template, and no link is made one that counts who clicks."""
    return text.replace("{{", "&#123;&#123;").replace("@TrackLink", "&#64;TrackLink")


def _text(text: str) -> str:
    """Escape plain text so that nothing in it is an action."""
    return text.replace("{{", '{{ "{{" }}')
