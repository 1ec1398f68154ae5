"""What a mail server's refusal speaks of: an address that is none, a mailbox as it is now, or something that is no reader's fault.

The codes are those of RFC 3463 and of IANA's registry of enhanced status codes. Servers that give none, or a general one, are believed by their words, and
only where these can mean nothing else: a healthy reader struck off is lost, a dead address that is asked once more is not.
"""

from __future__ import annotations

import re
from typing import Literal

Subject = Literal["address", "mailbox", "other"]

# Bad mailbox, bad domain, bad syntax, moved, null MX. Not 5.1.7 and 5.1.8, which speak of the sender, nor 5.1.90, which is a sender's quota.
_ADDRESS = frozenset({"5.1.1", "5.1.2", "5.1.3", "5.1.6", "5.1.10"})
# Disabled, full. Other 5.2.x are said of senders too (5.2.0, 5.2.252), or of the mail's size (5.2.3).
_MAILBOX = frozenset({"2.1", "2.2"})
_GENERAL = frozenset({"0.0", "1.0", "2.0", "3.0", "5.0"})  # "other or undefined": the words say more
_CODE = re.compile(r"(?:^|[45]\d\d[ -]|\()[ \t]{0,3}#?([245]\.\d{1,3}\.\d{1,3})(?![.\d])", re.MULTILINE)
_LONGEST = 2_000  # of a text that is read

# An account or an address alone may be the sender's: at the relay, or on the network.
_WHO = (
    r"(?:user|recipient|mail[ ]?box|addressee|alias|local[ -]part|(?:e-?mail|mail|recipient|destination)[ ](?:account|address))"
)
_NOBODY = re.compile(
    rf"""\b(?:
        no\ such\ (?:[\w-]+\ ){{0,2}}(?:{_WHO}|person)\b
      | (?:unknown|non-?existent|non-existing)\ (?:or\ illegal\ )?(?:(?:local|virtual|e-?mail)\ ){{0,2}}{_WHO}\b
      | {_WHO}:?(?:\ ?[<("'][^<>()"'\s]{{1,254}}[>)"']|\ [^\s@]{{1,64}}@[^\s@]{{1,254}})?:?\ (?:is\ |was\ )?
        (?:unknown|not\ (?:found|known)|(?:could|can)(?:\ ?not|'t)\ be\ found)\b
      | {_WHO}\b[^\n;]{{0,120}}?\b(?:(?:does|did|do)(?:\ not|n't)|not)\ exist\b
      | no\ (?:mail\ ?box|user|one|person)\ (?:here\ )?(?:by|with)\ (?:that|this)\b
      | no\ mail\ ?box\ (?:here|available\ for\ this\ user)\b
      | user\ does(?:\ not|n't)\ have\ an?\ \S{{1,100}}\ account\b
      | not\ a\ (?:known|valid|local)\ (?:user|mail\ ?box)\b
      | not\ listed\ in\ (?:domino\ directory|public\ name)
    )""",
    re.VERBOSE,
)
# Words of a refusal that is about the sender, the relay, a limit or a policy, whoever else it names (exim's "Sender verify failed: no such user here").
_ELSE = re.compile(
    r"\b(?:senders?|sending|outgoing|outbound|mail from|from address|return[ -]path|your (?:account|address|domain|e-?mail|mailbox)|"
    r"auth\w*|credentials?|log ?in|passwords?|verif\w+ failed|call-?(?:out|back)|ip address|client host|helo|reverse dns|"
    r"relaying|relay (?:access )?(?:denied|not)|spam\w*|block(?:ed|list\w*)|black ?list\w*|rbl|dnsbl|"
    r"polic(?:y|ies)|quotas?|limit\w*|exceed\w*|rate|reputation)\b"
)


def subject_of(text: str, *, sender: str = "") -> Subject:
    """Say what a permanent refusal speaks of: `text` is the server's words with the codes in them, `sender` our own address.

    Of several codes all must say it. Where there is one that is not general, the words don't count.
    """
    text = text[:_LONGEST]
    codes = {code for code in _CODE.findall(text) if code[2:] not in _GENERAL}
    if codes:
        if codes <= _ADDRESS:
            return "address"
        return "mailbox" if {code[2:] for code in codes} <= _MAILBOX else "other"
    words = " ".join(text.casefold().replace("\N{RIGHT SINGLE QUOTATION MARK}", "'").split())
    if _ELSE.search(words) or (sender and sender.casefold() in words):
        return "other"
    return "address" if _NOBODY.search(words) else "other"
