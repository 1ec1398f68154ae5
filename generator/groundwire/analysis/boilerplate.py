"""What stands in articles and excerpts without being their text: sign-up lines, teasers, credits, torn ends."""

from __future__ import annotations

import re

from groundwire.text.plain import clean, sentences, words

_LINES = re.compile(
    r"""appeared\ first\ on|first\ appeared\ (?:on|in)|^read\ (?:more|the\ (?:full|rest)|on|also|next)\b|^continue\ reading|^click\ here|^see\ also\b
    |sign\ up\ (?:for|to|here|now)|subscribe\ (?:to|now|here|for)|our\ (?:daily|weekly|free|email)?\ ?newsletter|join\ (?:our|us)\b|follow\ us\ on
    |share\ this\ (?:article|story|post)|^(?:image|photo|picture|credit|source|featured\ image)s?\s?:|all\ rights\ reserved|©|cookie\ policy
    |^advertisement|^sponsored|^related\ (?:articles?|stories|posts|reading)|leave\ a\ comment|comments?\ (?:are\ closed|off)|terms\ of\ (?:use|service)
    |^this\ (?:article|post|story)\ (?:was|is)\ (?:originally\ )?(?:published|sponsored|updated|part)|^listen\ to\ (?:this|the)|^watch\ (?:this|the|our)
    |^(?:weiterlesen|mehr\ dazu|lesen\ sie\ auch|zum\ artikel|newsletter\b)|unser(?:en|em)?\ newsletter|^\W*(?:bild|foto|quelle)\s?:
    |^this\ is\ today['’]s\ edition|^welcome\ (?:back\ )?to\b|^in\ this\ (?:episode|newsletter|edition)|^you\ can\ read\ more|^(?:update|editor['’]s\ note)\s?:$
    |explains:\ let\ our\ writers|we\ (?:may|might)\ earn\ (?:a\ )?commission|affiliate\ (?:links?|commission)|^(?:tags?|categories|filed\ under|posted\ (?:in|by|on))\s?:
    |^want\ (?:to\ )?(?:more|read)|^get\ the\ (?:latest|best)|delivered\ (?:straight\ )?to\ your\ inbox|^register\ (?:now|here)|^download\ (?:the|our|now)""",
    re.IGNORECASE | re.VERBOSE,
)
_TAIL = re.compile(
    r"\s*(?:\[(?:…|\.{3}|&hellip;|\+\d+ chars)\]|\(?(?:read more|continue reading|weiterlesen|mehr)\)?\s*[»›→>]*)\s*$",
    re.IGNORECASE,
)
_BETWEEN = " ,;:–—-"
_BREAK = re.compile(f"[{_BETWEEN}]")
_POST = re.compile(
    r"\s*(?:The post|Der Beitrag)\s.{3,300}?(?:appeared first on|erschien zuerst auf)\s.{2,120}?\.?$", re.IGNORECASE
)
_LEAD = re.compile(r"^(?:[A-Z][A-Z .,'-]{2,40}(?:\([A-Za-z ]+\))?\s[–—-]{1,2}\s|(?:by|von)\s[A-Z]\w+ [A-Z]\w+\s[|·–-]\s)")


READ, EXCERPT = 1_000, 10_000  # characters of a sentence, as furniture is short, and of an excerpt


def is_boilerplate(sentence: str) -> bool:
    """Say whether a sentence is furniture of a web page."""
    return _LINES.search(sentence, 0, READ) is not None


def clean_excerpt(excerpt: str) -> str:
    """Return an excerpt without furniture; a torn last sentence goes where a whole one is left before it."""
    text = _POST.sub("", _TAIL.sub("", clean(excerpt[:EXCERPT])))
    text = _TAIL.sub("", text)
    kept = [s for s in sentences(text) if not is_boilerplate(s)]
    if len(kept) > 1 and is_torn(kept[-1]):
        kept.pop()
    return _without_torn_word(" ".join(kept))


def _without_torn_word(text: str) -> str:
    """Return a text without its torn last word, as in 'technology that supplies wat...'.

    It is looked for from the end: an expression would try every beginning.
    """
    head = text.removesuffix("…") if text.endswith("…") else text.removesuffix("...")
    if head == text:
        return text
    start = 1 + max(head.rfind(mark) for mark in " .…")
    before = head[:start].rstrip(_BETWEEN)
    if len(before) < start:
        return f"{before} …"
    part = _BREAK.search(head, start)
    return f"{head[: part.start()]} …" if part else text


def is_torn(sentence: str) -> bool:
    """Say whether a sentence stops in the middle."""
    end = sentence.rstrip('"”’») ')
    return not end.endswith((".", "!", "?", ":")) or end.endswith(("...", "…"))


def clean_headline(title: str, outlet: str) -> str:
    """Return a headline without its outlet's name at the end."""
    text = clean(title)
    for mark in (" - ", " | ", " – ", " — ", " :: "):
        head, found, tail = text.rpartition(mark)
        if found and len(words(head)) >= 4 and (tail.casefold() in outlet.casefold() or outlet.casefold() in tail.casefold()):
            return head.strip()
    return text
