"""The form with which readers subscribe: a plain POST, no script, to our own service or to the one that has the subscribers."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

from groundwire.settings import Settings

BUTTONDOWN = "https://buttondown.com/api/emails/embed-subscribe/"  # a browser's own POST; Buttondown forbids fetch() here


@dataclass(frozen=True, slots=True)
class Signup:
    """`service` and `host` name whoever keeps the addresses, '' where we do ourselves. `trap`: a field that only robots fill in."""

    action: str
    service: str = ""
    host: str = ""
    hidden: tuple[tuple[str, str], ...] = ()
    trap: str = ""


def signup_of(settings: Settings) -> Signup | None:
    """Make the subscription form of the settings; None where nobody takes subscriptions."""
    form, own = settings.subscribers.form, settings.subscribers.url
    if form and form.buttondown:
        return Signup(BUTTONDOWN + form.buttondown, "Buttondown", "buttondown.com", (("embed", "1"),))
    if form and form.listmonk:
        action = form.listmonk.rstrip("/") + "/subscription/form"
        return Signup(action, "listmonk", urlsplit(form.listmonk).hostname or "", (("l", form.list or ""),), trap="nonce")
    return Signup(own.rstrip("/") + "/", trap="website") if own else None
