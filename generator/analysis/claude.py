"""The analyst that asks Claude: at most two paid calls a story, every sentence through the gate, else the extractive page.

The extractive analysis is made first: it gives the excerpt, the details and the names, and is what remains where the model
declines, fails, costs too much or says too little that its sources bear out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from pydantic import BaseModel, ValidationError

from generator.analysis.claude_call import Reply, Request, Usage
from generator.analysis.claude_gate import Drop, Judge, Kept, told
from generator.analysis.claude_prompt import PROMPT, document, instructions, is_short, read_words
from generator.analysis.claude_purse import Purse, price, worst
from generator.analysis.claude_schema import answer_model, asked_sections, json_schema, problems
from generator.model import Analysis, Source, Story, replace
from generator.ports import Analyst
from generator.record.categories import Category, SectionSpec

CALLS = 2  # paid ones, a story


class Caller(Protocol):
    """Whoever answers a request: the real one, or a test's."""

    def ask(self, request: Request) -> Reply:
        """One answer; never raises for what a server or a model does."""


class Memory(Protocol):
    """Keeps raw answers by what was asked, and what became of them, so that a second run asks nothing again."""

    def answer(self, request: Request) -> str | None:
        """The raw answer that was kept."""

    def keep(self, request: Request, text: str) -> None:
        """Keep a raw answer, before anything judges it."""

    def explain(self, story: str, trace: Mapping[str, Any]) -> None:
        """Keep what was asked, answered, kept and dropped for a story."""


@dataclass
class _Talk:
    """One story's conversation: what was asked and what came."""

    story: Story
    sources: Sequence[Source]
    category: Category
    asked: tuple[SectionSpec, ...]
    calls: int = 0
    notes: list[str] = field(default_factory=list)
    steps: list[dict[str, Any]] = field(default_factory=list)


class ClaudeAnalyst:
    """Implements ports.Analyst. `spelled`: say the schema in the instructions too, for a server that may not enforce it."""

    def __init__(
        self,
        categories: Mapping[str, Category],
        *,
        caller: Caller,
        extractive: Analyst,
        purse: Purse,
        memory: Memory,
        model: str,
        fallback_model: str | None = None,
        language: str = "en",
        spelled: bool = False,
    ) -> None:
        self._categories, self._caller, self._extractive = categories, caller, extractive
        self._purse, self._memory = purse, memory
        self._model, self._fallback = model, fallback_model
        self._language, self._spelled = language, spelled
        self.stopped = ""  # why no more calls are made in this run

    def analyse(self, story: Story, sources: Sequence[Source], *, category: str) -> Analysis:
        """What goes on the page."""
        base = self._extractive.analyse(story, sources, category=category)
        spec = self._categories[category]
        talk = _Talk(story, sources, spec, asked_sections(spec, words=read_words(sources)))
        if self.stopped or not talk.asked:
            return base
        found = self._converse(talk, base)
        made = self._page(base, *found) if found else replace(base, notes=(*base.notes, *talk.notes))
        self._memory.explain(story.id, self._trace(talk, made))
        return made

    def _converse(self, talk: _Talk, base: Analysis) -> tuple[Kept, str] | None:
        """Ask; once more with what was wrong, or another model where the first declines. The best that passed."""
        model, mend, best = self._model, None, None
        while True:
            request = self._request(talk, model, mend)
            reply = self._ask(talk, request)
            if reply.outcome == "refusal" and self._fallback and self._fallback != model and talk.calls < CALLS:
                model = self._fallback
                continue
            if reply.outcome not in ("answer", "truncated"):
                self._give_up(talk, reply, model)
                break
            kept, wrong = self._judge(talk, base, request, reply)
            if kept and (best is None or kept.facts > best[0].facts):
                best = (kept, model)
            if not wrong or mend or talk.calls >= CALLS:
                break
            mend = {"answer": reply.text[:20_000], "errors": wrong}
        if best is not None and best[0].facts >= self._least(talk):
            return best
        if talk.calls and not talk.notes:
            talk.notes.append("Too little of the model’s answer was borne out by the sources, so this page is made by rule.")
        return None

    def _request(self, talk: _Talk, model: str, mend: dict[str, Any] | None) -> Request:
        schema = json_schema(talk.asked)
        spelled = schema if self._spelled else None
        system = instructions(talk.category, talk.asked, language=self._language, schema=spelled)
        return Request(model, system, document(talk.category, talk.sources, mend=mend), schema)

    def _ask(self, talk: _Talk, request: Request) -> Reply:
        """The kept answer, or a new one that fits into the purse."""
        step: dict[str, Any] = {"model": request.model, "asked": request.user}
        talk.steps.append(step)
        if (known := self._memory.answer(request)) is not None:
            reply = Reply("answer", text=known)
        elif (dear := price(request.model, worst(request))) is None and not self._spelled:
            self.stopped = f"the price of {request.model!r} is not known, so its bill could not be bounded: set analysis: {{model: claude-haiku-5-5}}"
            reply = Reply("failed", why=self.stopped)
        elif not self._purse.may(dear or 0.0):
            reply = Reply("failed", why="the budget is spent")
        else:
            reply = self._pay(talk, request)
        step |= {"outcome": reply.outcome, "why": reply.why, "answered": reply.text}
        return reply

    def _pay(self, talk: _Talk, request: Request) -> Reply:
        reply = self._caller.ask(request)
        if reply.paid:
            talk.calls += 1
            usage = reply.usage or worst(request)  # a server that does not say: as much as it may have been
            self._purse.charge(price(request.model, usage) or 0.0, model=request.model, usage=usage)
        if reply.outcome == "answer":
            self._memory.keep(request, reply.text)
        if reply.outcome == "fatal":
            self.stopped = reply.why
        return reply

    def _give_up(self, talk: _Talk, reply: Reply, model: str) -> None:
        if reply.outcome == "refusal":
            also = f" and {self._fallback}" if model == self._fallback else ""
            talk.notes.append(f"{self._model}{also} declined to write about this story, so this page is made by rule.")

    def _judge(self, talk: _Talk, base: Analysis, request: Request, reply: Reply) -> tuple[Kept | None, list[Any]]:
        """What passed, and what is wrong enough to ask again."""
        if reply.outcome == "truncated":
            return None, ["the answer was cut off: write fewer and shorter entries"]
        parsed = _parse(reply.text, answer_model(talk.asked))
        if isinstance(parsed, list):
            talk.steps[-1]["errors"] = parsed
            return None, parsed
        judge = Judge(talk.sources, language=self._language, system=request.system, excerpt=base.excerpt)
        kept = judge.judge(parsed, talk.category.sections, talk.asked)
        talk.steps[-1] |= {"kept": [s.text for s in kept.statements], "dropped": told(kept.drops)}
        return kept, [] if kept.facts >= self._least(talk) else list(told(kept.drops)) or ["there are too few facts"]

    def _least(self, talk: _Talk) -> int:
        return 1 if is_short(talk.sources) else 2

    def _page(self, base: Analysis, kept: Kept, model: str) -> Analysis:
        """The extractive analysis with the model's sentences in the place of the quoted ones."""
        first = next(s.text for s in kept.statements if s.kind == "fact")
        notes = (f"{self._model} declined to write about this story; {model} wrote it.",) if model != self._model else ()
        return replace(
            base,
            by="claude",
            title=kept.title or base.title,
            description=kept.description or first,
            sections=kept.sections,
            language=self._language,
            model=model,
            prompt=PROMPT,
            kept=len(kept.statements),
            dropped=len(kept.drops),
            notes=(*base.notes, *notes),
            watch=kept.watch,
        )

    def _trace(self, talk: _Talk, made: Analysis) -> Mapping[str, Any]:
        return {
            "story": talk.story.id,
            "by": made.by,
            "model": made.model,
            "prompt": PROMPT,
            "notes": list(made.notes),
            "steps": talk.steps,
        }


def _parse(text: str, model: type[BaseModel]) -> Any:
    """The answer, or what is wrong with it. A fence around the JSON is no reason to pay twice."""
    start, end = text.find("{"), text.rfind("}")
    try:
        return model.model_validate_json(text[start : end + 1] if 0 <= start < end else text)
    except ValidationError as error:
        return problems(error)


__all__ = ["ClaudeAnalyst", "Drop", "Usage"]
