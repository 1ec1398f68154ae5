"""An issue as one campaign of a mail service that has the recipients: made as a draft, then started, each once.

A service's answer may be lost after it did what it was asked. So nothing is asked twice before the service was asked what it
has; and what it has is found by the issue's id, never by what this machine remembers.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, Protocol

from groundwire.errors import Refused
from groundwire.mail.letter import Letter
from groundwire.mail.service import Declined, Lost

PAUSES_S = (5.0, 20.0, 60.0)  # before the second, third and fourth try
State = Literal["draft", "going", "sent", "stopped"]


@dataclass(frozen=True)
class Campaign:
    """What the service has of an issue. `said` is its own word for the state."""

    id: str
    state: State
    said: str


class Campaigns(Protocol):
    """A mail service. Each call may raise Lost (it may have been done) and Declined (it was not)."""

    @property
    def name(self) -> str:
        """How people call it."""

    def find(self, issue: str) -> Campaign | None:
        """Return the campaign of this issue, whoever made it; None if there is none."""

    def create(self, letter: Letter) -> Campaign:
        """Make the issue's campaign, as a draft: nobody is mailed."""

    def update(self, campaign: Campaign, letter: Letter) -> None:
        """Write the draft anew from the letter."""

    def test(self, campaign: Campaign, letter: Letter, address: str) -> None:
        """Mail the draft to this address only."""

    def start(self, campaign: Campaign, letter: Letter) -> None:
        """Mail the campaign to everybody."""


def drafted(service: Campaigns, letter: Letter, *, sleep: Callable[[float], object]) -> Campaign:
    """Find the issue's campaign or make it as a draft, and bring a draft up to date. Raises Refused if that fails."""
    found = service.find(letter.issue) or _made(service, letter, sleep=sleep)
    if found.state == "draft":
        _tried(lambda: service.update(found, letter), sleep=sleep)
    return found


def started(service: Campaigns, campaign: Campaign, letter: Letter, *, sleep: Callable[[float], object]) -> Campaign:
    """Start a draft, and return the campaign as the service then has it. Raises Refused if it is not under way."""
    for pause in (*PAUSES_S, None):
        try:
            service.start(campaign, letter)
        except Lost as error:
            if pause is None:
                raise
            sleep(pause)
            now = service.find(letter.issue)
            if now is None or now.state == "stopped":
                raise Refused(f"{letter.issue}: {service.name} has it as {now.said if now else 'gone'}; look there") from error
            if now.state != "draft":
                return now
        else:
            return service.find(letter.issue) or campaign
    raise AssertionError("the last try ends the loop")


def _made(service: Campaigns, letter: Letter, *, sleep: Callable[[float], object]) -> Campaign:
    for pause in (*PAUSES_S, None):
        try:
            return service.create(letter)
        except (Lost, Declined) as error:
            # declined, because it is there already: made by a try whose answer was lost, or by another run at the same time
            if found := service.find(letter.issue):
                return found
            if pause is None or isinstance(error, Declined):
                raise
            sleep(pause)
    raise AssertionError("the last try ends the loop")


def _tried(act: Callable[[], object], *, sleep: Callable[[float], object]) -> None:
    """Do something that may be done twice, again until the service has answered. Raises Lost after the last pause."""
    for pause in (*PAUSES_S, None):
        try:
            act()
        except Lost:
            if pause is None:
                raise
            sleep(pause)
        else:
            return
