"""What a mail server's refusal speaks of: real servers' words, and what no words may do."""

from __future__ import annotations

import time

import pytest
from hypothesis import example, given
from hypothesis import settings as effort
from hypothesis import strategies as st

from groundwire.text.refusal import subject_of

SENDER = "briefing@example.org"
ADDRESS = ("5.1.1", "5.1.2", "5.1.3", "5.1.6", "5.1.10")

# As postfix, sendmail, exim, qmail, Exchange, Domino, Courier, Gmail, Yahoo and others say it where they give no code.
NOBODY = (
    "<x@there.example>: Recipient address rejected: User unknown in local recipient table",
    "<x@there.example>: Recipient address rejected: User unknown in relay recipient table",
    "<x@there.example>... User unknown",
    "User <x@there.example> unknown.",
    "User (x@there.example) unknown.",
    "User not found: x@there.example",
    "x@there.example:user not exist",
    "Unknown user",
    "unknown or illegal alias: x@there.example",
    'unknown local-part "x" in domain "there.example"',
    "No Such User Here",
    "No such local user",
    "no such person at this address",
    "Addressee unknown, relay=[192.0.2.1]",
    "Recipient unknown",
    "Recipient x@there.example not found",
    "MAILBOX NOT FOUND",
    "mailbox x@there.example does not exist",
    "sorry, no mailbox here by that name",
    "No one with that email address here",
    "no mail box available for this user",
    "The email account that you tried to reach does not exist. Please try double-checking",
    "delivery error: dd This user doesn\N{RIGHT SINGLE QUOTATION MARK}t have a there.example account (x@there.example) [0]",
    "User x (x@there.example) not listed in public Name & Address Book",
    "Unknown email address",
)
# Nothing of these says that a reader does not exist, though some use the same words.
ANOTHER = (
    "<briefing@example.org>: Sender address rejected: User unknown in virtual mailbox table",
    "Verification failed for <briefing@example.org>\nNo Such User Here\nSender verify failed",
    "BRIEFING@EXAMPLE.ORG no such user",
    "Unknown user or bad password",
    "Relaying denied: unknown user",
    "Requested action not taken: mailbox unavailable",
    "mailbox unavailable",
    "Address rejected",
    "Account not found",
    "Unrouteable address",
    "Client address does not exist in the DNS",
    "User has exceeded outgoing email quota",
    "Message would take you over your relay quota of 500",
    "Domain there.example has exceeded the max emails per hour (10/10 (100%)) allowed. Message discarded.",
    "MAIL FROM not owned by user",
    "sorry, your envelope sender is in my badmailfrom list",
    "Message refused as spam",
    "",
)


@pytest.mark.parametrize("code", ADDRESS)
def test_these_codes_speak_of_the_address_whatever_the_words(code: str) -> None:
    for words in ("", "rejected by policy", "said the sender's server"):
        assert subject_of(f"{code} {words}", sender=SENDER) == "address"
        assert subject_of(f"smtp; 550 {code} {words}") == "address"
        assert subject_of(f"{words} (#{code})") == "address"


@pytest.mark.parametrize("code", ["", "5.0.0 ", "5.1.0 ", "5.5.0 "])
@pytest.mark.parametrize("words", NOBODY)
def test_without_a_telling_code_plain_words_speak(words: str, code: str) -> None:
    assert subject_of(code + words, sender=SENDER) == "address"


@pytest.mark.parametrize("code", ["", "5.0.0 ", "5.1.0 "])
@pytest.mark.parametrize("words", ANOTHER)
def test_words_that_can_mean_another_are_not_believed(words: str, code: str) -> None:
    assert subject_of(code + words, sender=SENDER) == "other"


@given(
    st.tuples(st.integers(0, 7), st.integers(0, 299)).filter(lambda pair: pair[1] != 0 or pair[0] in (4, 6, 7)),
    st.sampled_from(NOBODY + ANOTHER),
)
@example((1, 7), NOBODY[0])
@example((1, 8), NOBODY[0])
@example((1, 90), NOBODY[0])
@example((1, 100), NOBODY[0])
@example((2, 252), NOBODY[0])
@example((4, 5), NOBODY[0])
@example((7, 1), NOBODY[0])
@effort(max_examples=300, deadline=None)
def test_any_other_code_speaks_of_no_address(pair: tuple[int, int], words: str) -> None:
    code = f"5.{pair[0]}.{pair[1]}"
    wanted = "address" if code in ADDRESS else "mailbox" if code in ("5.2.1", "5.2.2") else "other"
    assert subject_of(f"{code} {words}") == wanted
    if wanted != "address":
        assert subject_of(f"5.1.1 {words}\n{code} {words}") == "other", "two codes must both say it"


@given(st.text(max_size=300) | st.text(alphabet="user unknown<>()@.5-#", max_size=300))
@effort(max_examples=500, deadline=None)
def test_no_text_is_too_strange(text: str) -> None:
    assert subject_of(text) in ("address", "mailbox", "other")


@pytest.mark.parametrize(
    "piece", ["user ", "user <", "no such ", "550 5.1.", "(#5.", "mail account ", "unknown virtual ", "\n", "does not "]
)
def test_long_texts_take_no_longer(piece: str) -> None:
    text = piece * (1_000_000 // len(piece))
    start = time.process_time()
    subject_of(text)
    assert time.process_time() - start < 1
