"""The parts of newsletter.yml about mail: how an issue leaves the house, and where the people are who get it."""

from __future__ import annotations

import re
from typing import Literal

from pydantic import Field, model_validator

from groundwire.shapes import Address, Network, Part, Url


class Smtp(Part):
    """The relay that takes the mail. User and password come from the environment where `user` is not set."""

    host: str = Field("localhost", examples=["smtp.example.org"])
    port: int = Field(587, ge=1, le=65535, examples=[587])
    security: Literal["none", "starttls", "tls"] = Field("starttls", examples=["starttls"])
    user: str | None = Field(None, examples=["newsletter"], description="its password: SMTP_PASSWORD in the environment")
    per_second: float = Field(10, gt=0, examples=[10], description="messages a second at most")


class Listmonk(Part):
    """A listmonk of your own. Its API user's token: LISTMONK_TOKEN in the environment."""

    url: Url | None = Field(None, examples=["https://lists.example.org"])
    user: str = Field(
        "groundwire", examples=["groundwire"], description="the API user; its token: LISTMONK_TOKEN in the environment"
    )
    lists: tuple[int, ...] = Field((), examples=[[1]], description="the numbers of the lists that get the issue")
    template: int | None = Field(
        None, examples=[3], description="one that adds nothing to the letter; without it listmonk's own frame"
    )


class Buttondown(Part):
    """Buttondown. Its key: BUTTONDOWN_API_KEY in the environment."""

    url: Url = Field(
        "https://api.buttondown.com/v1",
        examples=["https://api.buttondown.com/v1"],
        description="its API; the key: BUTTONDOWN_API_KEY in the environment",
    )


class Email(Part):
    """How an issue leaves the house."""

    sender: Address | Literal[""] = Field("", examples=["briefing@example.org"])
    reply_to: Address | None = Field(None, examples=["editor@example.org"])
    dkim_selector: str | None = Field(
        None, examples=["s1"], description="the one that your relay signs with; only `doctor` reads it, to find the key"
    )
    transport: Literal["none", "outbox", "smtp", "listmonk", "buttondown"] = Field(
        "none",
        examples=["outbox"],
        description="smtp: from the machine with the subscribers' database; listmonk, buttondown: they have the subscribers",
    )
    smtp: Smtp = Field(
        default_factory=lambda: Smtp(), examples=[{"host": "smtp.example.org", "port": 587, "security": "starttls"}]
    )
    listmonk: Listmonk = Field(
        default_factory=lambda: Listmonk(), examples=[{"url": "https://lists.example.org", "user": "groundwire", "lists": [1]}]
    )
    buttondown: Buttondown = Field(default_factory=lambda: Buttondown(), examples=[{"url": "https://api.buttondown.com/v1"}])


class Form(Part):
    """The form of the service that has the subscribers, on our own site."""

    buttondown: str | None = Field(None, examples=["example"], description="the newsletter's name at Buttondown")
    listmonk: Url | None = Field(None, examples=["https://lists.example.org"], description="the listmonk's public address")
    list: str | None = Field(
        None, examples=["5a1d3a5c-6a35-4d0b-9e3f-2c1b7f0f6f11"], description="with `listmonk`: the UUID of a public list"
    )

    @model_validator(mode="after")
    def _one(self) -> Form:
        if bool(self.buttondown) == bool(self.listmonk):
            raise ValueError("should name one service: buttondown, or listmonk and list")
        if bool(self.listmonk) != bool(self.list):
            raise ValueError("listmonk and list belong together")
        if self.buttondown and not re.fullmatch(r"[A-Za-z0-9_.-]+", self.buttondown):
            raise ValueError("buttondown should be the newsletter's name, as in buttondown.com/example")
        if self.list and not re.fullmatch(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}", self.list):
            raise ValueError("list should be the list's UUID, not its number")
        return self


class SubscriberSettings(Part):
    """Where the subscribers are."""

    database: str | None = Field(
        None, examples=["/var/lib/groundwire/subscribers.sqlite"], description="on the machine that sends"
    )
    url: Url | None = Field(
        None, examples=["https://news.example.org/mail/"], description="the public address of `subscribers serve`"
    )
    proxies: tuple[Network, ...] = Field(
        (), examples=[["127.0.0.1/32"]], description="your reverse proxy: only its X-Forwarded-For is believed"
    )
    form: Form | None = Field(
        None, examples=[{"buttondown": "example"}], description="shows the form of the service that sends, instead of our own"
    )
