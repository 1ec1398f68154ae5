"""Whether an article's page may be fetched and read by a machine: robots.txt and the site's TDM reservation, kept for a day.

robots.txt is read as RFC 9309 says, for ourselves and for the AI agents whose work is like ours: what a publisher refuses
them, it refuses us. The TDM Reservation Protocol's file (/.well-known/tdmrep.json) is asked beside it.
"""

from __future__ import annotations

import json
import re
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from urllib.parse import urlsplit

from groundwire.feeds.article import decoded
from groundwire.feeds.web import FetchError, Web
from groundwire.feeds.workers import Parsers
from groundwire.text.plain import digest

AGENT = "Groundwire"
# Who else a publisher means when it refuses machines that read for a model: their rules are obeyed as if they were ours.
AI_AGENTS = (
    *("ClaudeBot", "Claude-User", "Claude-SearchBot", "Claude-Web", "anthropic-ai"),
    *("GPTBot", "ChatGPT-User", "OAI-SearchBot", "CCBot", "Google-Extended", "PerplexityBot", "Applebot-Extended"),
)
KEPT_S = 24 * 3600.0  # RFC 9309, section 2.4: at most a day
RETRIED_S = 3600.0
_MOST = 512_000  # section 2.5: at least 500 kibibytes are read
# Cloudflare's Content Signals: `Content-Signal: search=yes, ai-input=no`
_SIGNAL = re.compile(r"^[ \t]*+content-signal[ \t]*+:.*\bai-input[ \t]*+=[ \t]*+no\b", re.IGNORECASE | re.MULTILINE)


@dataclass(frozen=True)
class _Rules:
    """What a site says. `robots` None: it could not be asked, so nothing may be fetched (RFC 9309, section 2.3.1.4)."""

    robots: str | None
    tdm: str
    asked: float


class Permission:
    """Asks sites once a day; `clock` gives seconds since 1970. With `parsers`, what a site says is read in processes that can be killed."""

    def __init__(self, web: Web, folder: Path, parsers: Parsers | None = None, *, clock: Callable[[], float] = time.time) -> None:
        self._web, self._folder, self._parsers, self._clock = web, folder, parsers, clock
        self._known: dict[str, _Rules] = {}
        self._lock = threading.Lock()

    def may(self, url: str) -> bool:
        """Say whether the site lets machines like us read this address.

        Raises NotAFeed where what it says breaks the bounds of its reader.
        """
        parts = urlsplit(url)
        rules = self._of(f"{parts.scheme}://{parts.netloc}")
        if rules.robots is None:
            return False
        return self._parsers.call(allows, rules.robots, rules.tdm, url) if self._parsers else allows(rules.robots, rules.tdm, url)

    def _of(self, origin: str) -> _Rules:
        with self._lock:
            if origin not in self._known or not self._fresh(self._known[origin]):
                self._known[origin] = self._recall(origin) or self._remember(origin, self._ask(origin))
            return self._known[origin]

    def _fresh(self, rules: _Rules) -> bool:
        return 0 <= self._clock() - rules.asked < (RETRIED_S if rules.robots is None else KEPT_S)

    def _ask(self, origin: str) -> _Rules:
        robots = self._text(f"{origin}/robots.txt")
        tdm = "" if robots is None else self._text(f"{origin}/.well-known/tdmrep.json") or ""
        return _Rules(robots, tdm, self._clock())

    def _text(self, url: str) -> str | None:
        """Return the text of a site's file; '' where there is none, None where nobody answers.

        There is none at a 4xx (RFC 9309, section 2.3.1.3), but 429 means later.
        """
        try:
            found = self._web.get(url, headers={"Accept": "text/plain, application/json;q=0.9, */*;q=0.5"})
            return decoded(found.body[:_MOST], found.headers)
        except FetchError as error:
            return "" if 400 <= error.status < 500 and error.status != 429 else None

    def _recall(self, origin: str) -> _Rules | None:
        try:
            raw = json.loads(self._path(origin).read_bytes())
            rules = _Rules(raw["robots"], raw["tdm"], raw["asked"])
            return rules if raw["origin"] == origin and self._fresh(rules) else None
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def _remember(self, origin: str, rules: _Rules) -> _Rules:
        self._folder.mkdir(parents=True, exist_ok=True)
        data = {"origin": origin, "robots": rules.robots, "tdm": rules.tdm, "asked": rules.asked}
        temporary = self._path(origin).with_suffix(".tmp")
        temporary.write_text(json.dumps(data), encoding="utf-8")
        temporary.replace(self._path(origin))
        return rules

    def _path(self, origin: str) -> Path:
        return self._folder / f"{digest(origin, length=20)}.json"


def allows(robots: str, tdm: str, url: str) -> bool:
    """Say whether a robots.txt and a tdmrep.json let machines like us read an address."""
    from protego import Protego

    if _SIGNAL.search(robots) or tdm_reserved(tdm, urlsplit(url).path or "/"):
        return False
    rules = Protego.parse(robots)
    return all(rules.can_fetch(url, agent) for agent in (AGENT, *AI_AGENTS))


def tdm_reserved(text: str, path: str) -> bool:
    """Say whether tdmrep.json reserves a path.

    Of its rules the first whose location fits counts (TDM Reservation Protocol, section 6).
    """
    try:
        rules = json.loads(text)
    except (ValueError, RecursionError):
        return False
    for rule in rules if isinstance(rules, list) else []:
        if isinstance(rule, dict) and isinstance(where := rule.get("location"), str) and _fits(path, where):
            return rule.get("tdm-reservation") in (1, "1")
    return False


def _fits(path: str, location: str) -> bool:
    pattern = location.replace("[", "[[]").replace("?", "[?]")
    return fnmatchcase(path, pattern.removesuffix("$") if location.endswith("$") else pattern.rstrip("*") + "*")
