"""The analyst that asks Claude: at most two calls a story, every sentence through the gate, else the extractive page.

The extractive analysis is made first: it gives the excerpt, the details and the names, and is what remains where the model
declines, fails, costs too much or says too little that its sources bear out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from pydantic import BaseModel, ValidationError

from groundwire.analysis.answer_schema import answer_model, asked_sections, json_schema, problems
from groundwire.analysis.judge import Judge, Kept, told
from groundwire.analysis.prompt import PROMPT, document, instructions, is_short, read_words
from groundwire.concurrency import in_order
from groundwire.errors import Unreadable
from groundwire.llm.asker import UNPAID, Asker
from groundwire.llm.messages import Reply, Request
from groundwire.model import Analysis, Job, Source, Story, replace
from groundwire.ports import Analyst, BoundedCall
from groundwire.publication.categories import Category, SectionSpec
from groundwire.text.bounded import call_here

CALLS = 2  # a story


@dataclass(frozen=True)
class Voice:
    """Who is asked, and how. `spelled`: say the schema in the instructions too, for a server that may not enforce it."""

    model: str
    fallback: str | None = None
    language: str = "en"
    spelled: bool = False
    concurrency: int = 1  # calls under way at once


@dataclass
class _Conversation:
    """One story's conversation: what was asked and what came."""

    story: Story
    sources: Sequence[Source]
    category: Category
    asked: tuple[SectionSpec, ...]
    calls: int = 0
    notes: list[str] = field(default_factory=list)
    unpaid: bool = False
    steps: list[dict[str, Any]] = field(default_factory=list)


class ClaudeAnalyst:
    """Implements ports.Analyst."""

    def __init__(
        self,
        categories: Mapping[str, Category],
        *,
        extractive: Analyst,
        asker: Asker,
        voice: Voice,
        bounded: BoundedCall = call_here,
    ) -> None:
        self._categories, self._extractive, self._bounded = categories, extractive, bounded
        self.asker, self.voice = asker, voice

    @property
    def stopped(self) -> str:
        """Why no more calls are made in this run."""
        return self.asker.stopped

    @property
    def spent(self) -> float:
        """US dollars in this run."""
        return self.asker.purse.spent

    def account(self) -> str:
        """Say what this run did cost; '' where it asked nobody."""
        return self.asker.purse.account()

    def analyse_all(self, stories: Sequence[Story], gather: Callable[[Story], Job]) -> Iterator[tuple[Job, Analysis]]:
        """Yield every story with its analysis, in order, with several calls at once."""

        def both(story: Story) -> tuple[Job, Analysis]:
            job = gather(story)
            return job, self.analyse(job.story, job.sources, category=job.category)

        yield from in_order(both, stories, workers=self.voice.concurrency)

    def analyse(self, story: Story, sources: Sequence[Source], *, category: str) -> Analysis:
        """Return what goes on the page: by the model, or by rule where it cannot be asked or its answer does not pass."""
        base = self._extractive.analyse(story, sources, category=category)
        conversation = self._begin(story, sources, category)
        if not conversation.asked:
            return base
        if self.stopped:
            return replace(base, unpaid=True)
        found = self._converse(conversation, base)
        made = (
            self._page(base, *found)
            if found
            else replace(base, notes=(*base.notes, *conversation.notes), unpaid=conversation.unpaid)
        )
        self.asker.memory.explain(story.id, self._trace(conversation, made))
        return made

    def _begin(self, story: Story, sources: Sequence[Source], category: str) -> _Conversation:
        spec = self._categories[category]
        return _Conversation(story, sources, spec, asked_sections(spec, words=read_words(sources)))

    def _converse(self, conversation: _Conversation, base: Analysis) -> tuple[Kept, str] | None:
        """Ask, and once more with what was wrong, or another model where the first declines.

        Returns the best that passed.
        """
        model, mend, best = self.voice.model, None, None
        fallback = self.voice.fallback
        while True:
            request = self._request(conversation, model, mend)
            reply = self._ask(conversation, request)
            if reply.outcome == "refusal" and fallback and fallback != model and conversation.calls < CALLS:
                model = fallback
                continue
            if reply.outcome not in ("answer", "truncated"):
                self._give_up(conversation, reply, model)
                break
            kept, wrong = self._judge(conversation, base, request, reply)
            if kept and (best is None or kept.facts > best[0].facts):
                best = (kept, model)
            if not wrong or mend or conversation.calls >= CALLS:
                break
            mend = {"answer": reply.text[:20_000], "errors": wrong}
        if best is not None and best[0].facts >= self._least(conversation):
            return best
        if conversation.calls and not conversation.notes:
            conversation.notes.append(
                "Too little of the model’s answer was borne out by the sources, so this page is made by rule."
            )
        return None

    def _request(self, conversation: _Conversation, model: str, mend: dict[str, Any] | None) -> Request:
        return _request(conversation.category, conversation.asked, conversation.sources, self.voice, model=model, mend=mend)

    def _ask(self, conversation: _Conversation, request: Request) -> Reply:
        """Ask, and write the answer down for `analyse --explain`."""
        step: dict[str, Any] = {"model": request.model, "asked": request.user}
        conversation.steps.append(step)
        reply = self.asker.ask(request, category=conversation.category.id)
        conversation.calls += reply.outcome in ("answer", "refusal", "truncated")
        step |= {"outcome": reply.outcome, "why": reply.why, "answered": reply.text}
        return reply

    def _give_up(self, conversation: _Conversation, reply: Reply, model: str) -> None:
        conversation.unpaid = reply.why == UNPAID or bool(self.stopped)
        if reply.outcome == "refusal":
            also = f" and {self.voice.fallback}" if model == self.voice.fallback else ""
            conversation.notes.append(
                f"{self.voice.model}{also} declined to write about this story, so this page is made by rule."
            )

    def _judge(
        self, conversation: _Conversation, base: Analysis, request: Request, reply: Reply
    ) -> tuple[Kept | None, list[Any]]:
        """Return what passed, and what is wrong enough to ask again."""
        if reply.outcome == "truncated":
            return None, ["the answer was cut off: write fewer and shorter entries"]
        try:
            kept = self._bounded(
                judged,
                reply.text,
                conversation.category,
                conversation.asked,
                conversation.sources,
                base,
                request.system,
                self.voice.language,
            )
        except Unreadable as error:
            conversation.steps[-1]["errors"] = [str(error)]
            return None, []
        if isinstance(kept, list):
            conversation.steps[-1]["errors"] = kept
            return None, kept
        conversation.steps[-1] |= {"kept": [s.text for s in kept.statements], "dropped": told(kept.drops)}
        return kept, [] if kept.facts >= self._least(conversation) else list(told(kept.drops)) or ["there are too few facts"]

    def _least(self, conversation: _Conversation) -> int:
        return 1 if is_short(conversation.sources) else 2

    def _page(self, base: Analysis, kept: Kept, model: str) -> Analysis:
        """Put the model's sentences in the place of the quoted ones of the extractive analysis."""
        first = next(s.text for s in kept.statements if s.kind == "fact")
        notes = (
            (f"{self.voice.model} declined to write about this story; {model} wrote it.",) if model != self.voice.model else ()
        )
        return replace(
            base,
            by="claude",
            title=kept.title or base.title,
            description=kept.description or first,
            sections=kept.sections,
            language=self.voice.language,
            model=model,
            prompt=PROMPT,
            kept=len(kept.statements),
            dropped=len(kept.drops),
            notes=(*base.notes, *notes),
            watch=kept.watch,
        )

    def _trace(self, conversation: _Conversation, made: Analysis) -> Mapping[str, Any]:
        return {
            "story": conversation.story.id,
            "by": made.by,
            "model": made.model,
            "prompt": PROMPT,
            "notes": list(made.notes),
            "steps": conversation.steps,
        }


def judged(
    text: str,
    category: Category,
    asked: tuple[SectionSpec, ...],
    sources: Sequence[Source],
    base: Analysis,
    system: str,
    language: str,
) -> Kept | list[Any]:
    """Return what of an answer passes the gate, or what is wrong with the answer's form."""
    parsed = _parse(text, answer_model(asked))
    if isinstance(parsed, list):
        return parsed
    quoted = [side for conflict in base.conflicts for side in conflict.sides]
    judge = Judge(sources, language=language, system=system, excerpt=base.excerpt, quoted=quoted)
    return judge.judge(parsed, category.sections, asked)


def first_request(category: Category, sources: Sequence[Source], voice: Voice) -> Request | None:
    """Return what sources are asked first; None where they have too little to ask about."""
    asked = asked_sections(category, words=read_words(sources))
    return _request(category, asked, sources, voice, model=voice.model) if asked else None


def _request(
    category: Category,
    asked: Sequence[SectionSpec],
    sources: Sequence[Source],
    voice: Voice,
    *,
    model: str,
    mend: dict[str, Any] | None = None,
) -> Request:
    schema = json_schema(asked)
    system = instructions(category, asked, language=voice.language, schema=schema if voice.spelled else None)
    return Request(model, system, document(category, sources, mend=mend), schema)


def _parse(text: str, model: type[BaseModel]) -> Any:
    """Read the answer, or say what is wrong with it. A fence around the JSON is no reason to pay twice."""
    start, end = text.find("{"), text.rfind("}")
    try:
        return model.model_validate_json(text[start : end + 1] if 0 <= start < end else text)
    except ValidationError as error:
        return problems(error)
