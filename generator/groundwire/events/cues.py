"""What in a story's own words says that it is urgent: exploited in the wild, rated critical. By rule, in English and German."""

from __future__ import annotations

import re

from groundwire.text.plain import sentences

_EXPLOITED = re.compile(
    r"\b(?:exploited in the wild|(?:is|are|was|were|being|been|under) (?:now |already |currently )?(?:actively |widely |mass[- ])?exploit(?:ed|ation)"
    r"|active(?:ly)? exploit(?:ed|ation)|in[- ]the[- ]wild exploit\w*|zero-days? (?:\w+ ){0,3}exploited|exploited zero-days?|0-?day exploited"
    r"|exploited (?:\w+ ){0,4}(?:zero-day|0-?day|in attacks|by (?:hackers|attackers|threat actors|criminals)|hours after|days after|for months)"
    r"|(?:known exploited vulnerabilities|kev) catalog\w*|abused in attacks|using it in the wild"
    r"|aktiv ausgenutzt|wird (?:bereits |derzeit |schon )?(?:aktiv )?(?:ausgenutzt|angegriffen)|werden (?:bereits |derzeit )?(?:aktiv )?ausgenutzt"
    r"|laufende\w* angriffe)\b",
    re.IGNORECASE,
)
_CRITICAL = re.compile(
    r"\b(?:critical(?:[- ]severity)? (?:\w+ ){0,3}(?:flaws?|bugs?|vulnerabilit\w+|rce|holes?)|maximum[- ]severity|max[- ]severity"
    r"|(?:rated|scored?|severity) (?:as )?critical|cvss\D{0,20}(?:9\.\d|10(?:\.0)?)|(?:9\.\d|10(?:\.0)?) out of 10|emergency (?:patch|update|directive)\w*"
    r"|kritische\w* (?:\w+ ){0,2}(?:lücken?|sicherheitslücken?|schwachstellen?)|notfall-?(?:patch|update)\w*|höchste warnstufe)\b",
    re.IGNORECASE,
)
_DENIED = re.compile(
    r"\b(?:no (?:evidence|signs?|indications?|reports?|known)|not (?:been |being |yet |known to (?:be|have been) )*(?:actively )?exploited|never exploited"
    r"|isn't (?:being )?exploited|could be exploited|can be exploited|if exploited|unaware of|nicht (?:aktiv )?ausgenutzt|keine (?:hinweise|anzeichen))\b",
    re.IGNORECASE,
)


READ = 10_000  # characters: what is urgent is said first


def exploited(text: str) -> bool:
    """Say whether a sentence says that a flaw is being exploited, and does not say that it isn't or merely could be."""
    return any(_EXPLOITED.search(sentence) and not _DENIED.search(sentence) for sentence in sentences(text[:READ]))


def critical(text: str) -> bool:
    """Say whether the text calls a flaw critical, or something an emergency."""
    return bool(_CRITICAL.search(text[:READ]))
