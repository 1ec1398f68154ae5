"""An address as it is kept: the domain in lower-case ASCII, the rest as given. One form, so that nobody is in twice."""

from __future__ import annotations

import re

_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_ADDRESS = re.compile(rf"{_ATOM}(?:\.{_ATOM})*@{_LABEL}(?:\.{_LABEL})+")


def kept_form(text: str) -> str | None:
    """Return the address in its kept form; None if no mail can be sent to it (a local part beyond ASCII needs SMTPUTF8)."""
    local, at, domain = text.strip().rpartition("@")
    try:
        found = f"{local}{at}{domain.rstrip('.').encode('idna').decode('ascii').lower()}"
    except UnicodeError:
        return None
    return found if len(found) <= 254 and len(local) <= 64 and _ADDRESS.fullmatch(found) else None
