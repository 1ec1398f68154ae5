"""The story of the page that this project set out to match: its excerpt (58 words), a full text and an answer in our own words."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from groundwire.model import Entry, Feed, Source, Story

FEED = Feed(url="https://outlet.example/feed.xml", name="Example Courier")
TITLE = "Anthropic and the Pentagon at odds over the use of Claude"
EXCERPT = (
    "Anthropic on Thursday said there has been “virtually no progress” on negotiations with the Pentagon, as CEO Dario Amodei said it could "
    "not accept what defense officials had labeled their final offer on AI safeguards. A deadline of 5:01p.m. today is fast approaching for "
    "Anthropic to let the Pentagon use its model Claude as it sees…"
)
FULL = (
    "Anthropic said on Thursday, 26 February 2026, that talks with the Pentagon about the use of its model Claude have made “virtually no progress”. "
    "Chief executive Dario Amodei said the company could not accept what defense officials call their final offer. "
    "The Pentagon has set a deadline of 5:01 p.m. on Friday, 27 February. "
    "The company asks for a written promise that Claude is not used for mass surveillance of Americans or in fully autonomous weapons. "
    "Defense officials said they have no intention of doing either, but would not put limits into the contract. "
    "The contract is worth up to $200 million, according to the company. "
    "A spokesman for the Pentagon warned of severe consequences if no agreement is reached by the deadline. "
    "One option that officials named is to label the company a risk to the supply chain, which would bar other contractors from using Claude. "
    "OpenAI and Google also hold contracts with the department and have not commented. "
    "Two senators asked both sides in a letter to keep talking. "
    "A lawyer for defense contractors, Mara Lindqvist, called the dispute “the first real test of who sets the rules for these models”. "
    "Anthropic said service for its other customers goes on unchanged. "
    "The safeguards in question are rules in the terms of use and refusals that are trained into the model. "
    "Removing them would mean a separate version of the model for the military, the company said. "
    "A hearing of the Senate committee on the matter is planned for 12 March 2026."
)


def story() -> Story:
    """The story as the feed gives it."""
    when = datetime(2026, 2, 27, 15, 4, tzinfo=UTC)
    entry = Entry(FEED, "1", "https://outlet.example/2026/02/27/pentagon", TITLE, EXCERPT, published=when, language="en")
    return Story("s-0123456789", (entry,), 2.5, ("1 source",))


def sources(*, full: bool) -> list[Source]:
    """Its only source: the full text, or the excerpt alone."""
    return [Source(1, story().first, FULL if full else EXCERPT, full)]


def _fact(claim: str, evidence: str, label: str = "") -> dict[str, Any]:
    return {"claim": claim, "evidence": evidence, "source": 1, "also": [], **({"label": label} if label else {})}


def _thought(text: str, label: str = "") -> dict[str, Any]:
    return {"text": text, **({"label": label} if label else {})}


def full_answer() -> dict[str, Any]:
    """What a model might answer: supported facts, and a few sentences that must not pass."""
    return {
        "title": "Anthropic turns down the Pentagon’s final offer on Claude",
        "description": "Talks about limits on the military use of Claude have stalled, and a deadline runs out on Friday.",
        "sections": {
            "summary": [
                _fact(
                    "Anthropic said its talks with the Pentagon about the use of Claude have made “virtually no progress”.",
                    "talks with the Pentagon about the use of its model Claude have made “virtually no progress”",
                ),
                _fact(
                    "Dario Amodei said the company could not accept the offer that defense officials call final.",
                    "Dario Amodei said the company could not accept what defense officials call their final offer.",
                ),
                _fact("The Pentagon has accepted the company’s terms.", "The Pentagon has set a deadline of 5:01 p.m. on Friday"),
            ],
            "key-details": [
                _fact("Thursday, 26 February 2026", "on Thursday, 26 February 2026", "Date"),
                _fact("Anthropic and the Pentagon", "talks with the Pentagon about the use of its model Claude", "Companies involved"),
                _fact("Dispute over a contract", "A lawyer for defense contractors, Mara Lindqvist, called the dispute", "Category"),
            ],
            "the-story": [
                _fact(
                    "The company asks for a written promise that Claude is not used for mass surveillance of Americans or in fully autonomous weapons.",
                    "a written promise that Claude is not used for mass surveillance of Americans or in fully autonomous weapons",
                ),
                _fact(
                    "Defense officials said they have no intention of doing either, but would not write limits into the contract.",
                    "Defense officials said they have no intention of doing either, but would not put limits into the contract.",
                ),
                _fact(
                    "The deadline that the Pentagon has set ends at 5:01 p.m. on Friday, 27 February.",
                    "The Pentagon has set a deadline of 5:01 p.m. on Friday, 27 February.",
                ),
            ],
            "business-impact": [],
            "for-the-companies-involved": [
                _thought("For Anthropic a contract is at stake; for the Pentagon, access to a model that its users already know.")
            ],
            "for-competitors": [_thought("OpenAI and Google hold contracts of their own and would be the nearest replacements.")],
            "for-customers": [_thought("Customers outside the government see no change, but learn how firm the terms of use are.")],
            "for-the-market": [
                _thought("The outcome will show how much say a supplier of models keeps over what is done with them."),
                _thought("Analysts at Morgan Stanley expect the market to shrink by 14 percent."),
            ],
            "technical-implications": [
                _thought("Safeguards that are trained into a model cannot be switched off like a setting, so a separate version would need its own tests.")
            ],
            "strategic-analysis": [
                _thought("The company puts its own limits above one large customer.", "Market positioning"),
                _thought("A promise that holds under pressure may weigh more with cautious buyers than a feature.", "Competitive advantage"),
                _thought("A label as a risk to the supply chain would reach far beyond one contract.", "Challenges"),
            ],
            "industry-reactions": [
                _fact(
                    "Mara Lindqvist, a lawyer for defense contractors, called the dispute “the first real test of who sets the rules for these models”.",
                    "Mara Lindqvist, called the dispute “the first real test of who sets the rules for these models”",
                    "Analyst opinions",
                ),
                _fact("OpenAI and Google have not commented.", "OpenAI and Google also hold contracts with the department and have not commented.", "Market response"),
            ],
            "future-outlook": [
                {"text": "If no agreement is reached, the department may turn to its other suppliers.", "by": "", "label": "Predictions"},
                {
                    "text": "The Senate committee’s hearing on 12 March 2026 may bring the terms of the contract into the open.",
                    "by": "2026-03-12",
                    "label": "What to watch for",
                },
            ],
            "for-security-professionals": [
                _thought("Those who build on a hosted model should know which of its limits are contract terms and which are trained in.")
            ],
        },
    }  # fmt: skip


def short_answer() -> dict[str, Any]:
    """What a model might answer to the excerpt alone: more than the excerpt bears out."""
    return {
        "title": "Anthropic and Pentagon deadlocked over $200 million contract",
        "description": "Anthropic said negotiations with the Pentagon have hardly moved.",
        "sections": {
            "summary": [
                _fact(
                    "Anthropic said there has been “virtually no progress” in its negotiations with the Pentagon.",
                    "Anthropic on Thursday said there has been “virtually no progress” on negotiations with the Pentagon",
                ),
                _fact(
                    "Dario Amodei said the company could not accept what defense officials had labeled their final offer on AI safeguards.",
                    "CEO Dario Amodei said it could not accept what defense officials had labeled their final offer on AI safeguards",
                ),
                _fact("The contract is worth $200 million.", "negotiations with the Pentagon"),
            ],
            "key-details": [_fact("5:01 p.m. today", "A deadline of 5:01p.m. today is fast approaching", "Date")],
            "the-story": [],
            "industry-reactions": [],
        },
    }
