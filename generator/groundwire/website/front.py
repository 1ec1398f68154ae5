"""What `preview` puts before the site that MkDocs serves: other answers on the same port, and a form that leads to them.

MkDocs makes the plugin itself, anew for each build, so this reaches it by a context variable.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

from groundwire.settings import Settings

Wsgi = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


@dataclass(frozen=True)
class Front:
    """What `preview` puts before the site. `signup`: where the site's form leads.

    `before` is given the site and makes an application that knows more.
    """

    signup: str
    before: Callable[[Wsgi], Wsgi]

    def settings(self, settings: Settings) -> Settings:
        """Return the settings with that form, whoever really takes subscriptions."""
        own = settings.subscribers.model_copy(update={"url": self.signup, "form": None})
        return settings.model_copy(update={"subscribers": own})


FRONT: ContextVar[Front | None] = ContextVar("front", default=None)
