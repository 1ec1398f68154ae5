"""What in a letter's words puts readers or their filters off: as warnings, because a person may mean it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

LONG_SUBJECT = 110  # characters; phones show the first 40, other inboxes some 70
# Said of a link, these say nothing to whoever hears only the links (WCAG 2.2, 2.4.4 and 2.4.9).
_EMPTY_LABELS = frozenset(
    "here click|click here|read more|more|link|this|this link|learn more|continue reading|hier|hier klicken|mehr|mehr lesen|weiterlesen|link".split(
        "|"
    )
) | {"here", "click"}
_SHORTENED = frozenset("bit.ly t.co tinyurl.com goo.gl ow.ly is.gd buff.ly rebrand.ly lnkd.in t.ly cutt.ly".split())
_HYPE = re.compile(
    r"\b(?:act now|100% free|free money|risk[- ]free|no obligation|guaranteed|winner|you won|cash bonus|make money|earn \$|"
    r"double your|limited time|urgent|buy now|order now|lowest price|gratis|jetzt kaufen|garantiert|gewonnen|nur heute)\b",
    re.IGNORECASE,
)


def of_subject(subject: str, preheader: str) -> Iterator[str]:
    """Yield what is wrong with what an inbox shows: the subject and the preheader."""
    if len(subject) > LONG_SUBJECT:
        yield f"the subject has {len(subject)} characters; inboxes show 40 to 70"
    if re.match(r"(?:re|fwd?|aw|wg)\s*:", subject, re.IGNORECASE):
        yield f"the subject begins with {subject.split(':')[0]}:, as if it answered somebody"
    letters = [c for c in subject if c.isalpha()]
    if len(letters) > 12 and sum(c.isupper() for c in letters) > len(letters) * 0.6:
        yield "the subject is written in capitals"
    if re.search(r"[!?]\s*[!?]|!.*!|[$€£]{2}", subject):
        yield "the subject shouts: one mark is enough"
    if found := _HYPE.search(subject):
        yield f"the subject says “{found[0]}”, as advertisements do"
    if preheader and preheader.casefold().startswith(subject.casefold()):
        yield "the preheader begins with the subject, which stands before it in an inbox"


def of_text(text: str) -> Iterator[str]:
    """Yield what is wrong with the words of the text."""
    hits = sorted({found.casefold() for found in _HYPE.findall(text)})
    if len(hits) > 2:
        yield f"it says {', '.join(f'“{hit}”' for hit in hits)}: the words of advertisements"
    if text.count("!") > 10:
        yield f"it has {text.count('!')} exclamation marks"


def of_links(links: Iterable[tuple[str, str]]) -> Iterator[str]:
    """Yield links that say nothing, hide where they lead, or look the same and lead elsewhere; each is (address, text)."""
    leads: dict[str, str] = {}
    for url, label in links:
        said = " ".join(label.split()).casefold().strip(" .…→»›")
        host = url.split("/")[2].removeprefix("www.").casefold() if url.count("/") > 1 else ""
        if said in _EMPTY_LABELS:
            yield f"the link “{label.strip()}” to {url} says nothing on its own; name what is there"
        if re.match(r"(?:https?://|www\.)", said):
            yield f"the link to {url} shows an address instead of words"
        if host in _SHORTENED:
            yield f"the link “{label.strip()}” hides behind {host}; give the address that it leads to"
        if len(said) > 20 and leads.setdefault(said, url) != url:
            yield f"two links say “{label.strip()}” and lead to {leads[said]} and {url}"
