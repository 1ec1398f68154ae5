"""Which stories wait for a person before they are published: allegations against a named party, by rule.

The rule asks for three things in one sentence of a headline or excerpt: an accusation (a crime, a fraud, a wrong), its being an allegation
(charged, accused, sued, "allegedly", claims), and a party with a name. A conviction, a fine paid, or an attack by a gang without
a named suspect is none. It errs towards holding: a held story costs a look.
"""

from __future__ import annotations

import re

from groundwire.model import Story
from groundwire.settings import Review
from groundwire.text.plain import sentences

# Someone says so: the state, a plaintiff, an accuser, or a writer who keeps a distance.
_ALLEGED = re.compile(
    r"\b(?:alleg(?:es?|ed|edly|ing|ations?)|accus(?:es?|ed|ing|ations?)|charged with|charges against|faces? charges|indict(?:s|ed|ment|ments)"
    r"|arrest(?:s|ed)?|suspected of|suspects? (?:is|was|named)|sue[sd]?|suing|lawsuits?|class[- ]action|complaint against|whistle-?blowers?"
    r"|(?:report|study|researchers?|suit|filing) claims|under investigation|investigat(?:es|ed|ing) (?:\w+ ){0,2}(?:for|over)|extradit(?:ed|ion)|on trial|wanted list|most[- ]wanted|identif(?:y|ies|ied) (?:\w+ ){0,6}as"
    r"|angeklagt|anklage|beschuldig(?:t|en)|mutmaßlich\w*|verdächtig(?:t|en|er)?|verhaftet|festgenommen|verklag(?:t|en)|ermittelt gegen|vorwürfe)\b",
    re.IGNORECASE,
)
# What of: a crime or a wrong.
_WRONG = re.compile(
    r"\b(?:fraud\w*|brib\w+|corrupt\w*|launder\w+|embezzl\w+|insider trading|steal\w*|stole\w*|theft|thefts|extort\w*|hack(?:ed|ing|er|ers)|ransomware"
    r"|spy(?:ing)?|espionage|harass\w*|abus(?:e|ed|ing)|assault\w*|murder\w*|negligen\w+|cover(?:ed)?[- ]up|mislead\w*|misled|deceiv\w+|deceptive|false claims"
    r"|lied|lying|crimes?|images|violat\w+|unlawful\w*|illegal\w*|infring\w+|antitrust|monopol\w+|discriminat\w+|downplay\w*|fail(?:ed|ure) to (?:protect|disclose|report)"
    r"|breach(?:es)?|leak\w*|scam\w*|swindl\w+|cybercrime|child (?:sexual )?abuse|csam|sabotag\w+|malware|misus\w+|misconduct|secretly|without (?:\w+ )?consent"
    r"|betrug\w*|bestech\w+|korruption|geldwäsche|erpress\w+|spionage|diebstahl|gestohlen|rechtswidrig\w*|kartell\w*|missbrauch\w*)\b",
    re.IGNORECASE,
)
# A person of two names, or a firm that is the object: what follows the accusing word with a capital, or stands before it.
_NAME = r"(?:(?<![\w’'&.-])[^\WA-ZÄÖÜ_]{0,8}+[A-ZÄÖÜ][\w’'&.-]++)"  # so is 23andMe
_PARTY = re.compile(
    rf"(?:{_NAME}\s+{_NAME}|\b(?:sue[sd]?|suing|accus\w+|against|indict\w+|charg\w+|arrest\w+|lawsuits?|verklagt|gegen|beschuldigt)\s+(?:\w++\s++){{0,2}}{_NAME}"
    rf"|{_NAME}\s+(?:\w++\s++){{0,5}}(?:sued|accused|alleged|allegedly|charged|indicted|arrested|inherits|faces|under investigation|angeklagt|verklagt|verhaftet))"
)
_SETTLED = re.compile(
    r"\b(?:convict\w+|pleads? guilty|pleaded guilty|sentenced|found guilty|settle[sd]?|settlement|verurteilt|rechtskräftig)\b",
    re.IGNORECASE,
)


READ = 10_000  # characters of an excerpt


def held(story: Story, review: Review) -> str:
    """Say why the story waits for a person, '' if it need not."""
    if review.hold == "all":
        return "every story is reviewed (review.hold: all)"
    if review.hold == "none":
        return ""
    for entry in story.entries:
        if sentence := allegation(entry.title, entry.excerpt):
            return f"an allegation against a named party: {sentence}"
    return ""


def allegation(title: str, excerpt: str) -> str:
    """Find the first sentence that makes an allegation against someone with a name, '' if none does."""
    title = title[:READ]
    for sentence in (title, *sentences(excerpt[:READ])):
        if (
            _ALLEGED.search(sentence)
            and _WRONG.search(f"{sentence} {title}")
            and _PARTY.search(sentence)
            and not _SETTLED.search(sentence)
        ):
            return sentence
    return ""
