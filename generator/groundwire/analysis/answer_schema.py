"""The form in which a model answers for a category: the JSON schema that it is sent, and the model that checks what came.

Both are made from the category's file. The API enforces the schema's shape but not its lengths, and a compatible server may
enforce nothing, so that every answer is validated here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError, create_model

from groundwire.publication.categories import Category, SectionSpec

ITEMS = 16  # of one section, before the gate
SHORT_SOURCE = 120  # words below which a page has a summary and facts only
_Line = Annotated[str, StringConstraints(strip_whitespace=True, max_length=600)]
_Label = Annotated[str, StringConstraints(strip_whitespace=True, max_length=60)]


class _Answer(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)


class Also(_Answer):
    """Another source that says the same."""

    evidence: _Line
    source: int


class Fact(_Answer):
    """A claim with the words that prove it."""

    claim: _Line
    evidence: _Line
    source: int
    label: _Label = ""
    also: Annotated[tuple[Also, ...], Field(max_length=6)] = ()


class Thought(_Answer):
    """A sentence of analysis."""

    text: _Line
    label: _Label = ""


class Forecast(_Answer):
    """A prediction; `by` is a day (YYYY-MM-DD) where the sources name one, else ''."""

    text: _Line
    by: Annotated[str, StringConstraints(strip_whitespace=True, max_length=10)] = ""
    label: _Label = ""


_LIST: Mapping[str, Any] = {
    "fact": Annotated[tuple[Fact, ...], Field(max_length=ITEMS)],
    "analysis": Annotated[tuple[Thought, ...], Field(max_length=ITEMS)],
    "prediction": Annotated[tuple[Forecast, ...], Field(max_length=ITEMS)],
}


def asked_sections(category: Category, *, words: int) -> tuple[SectionSpec, ...]:
    """Return the sections and parts that sources of so many words can fill: of short ones, the facts alone."""
    return tuple(
        spec for spec in category.all_sections() if words >= spec.min_words and (spec.kind == "fact" or words >= SHORT_SOURCE)
    )


def json_schema(sections: Sequence[SectionSpec]) -> dict[str, Any]:
    """Return the schema that a model is sent: every key required, nothing else allowed."""
    filled = {spec.id: {"type": "array", "items": _item(spec)} for spec in sections}
    return _object({"title": {"type": "string"}, "description": {"type": "string"}, "sections": _object(filled)})


def _item(spec: SectionSpec) -> dict[str, Any]:
    text: dict[str, Any] = {"type": "string"}
    label: dict[str, Any] = {"label": {"enum": list(spec.labels)}} if spec.labels else {}
    if spec.kind == "fact":
        other = {"type": "array", "items": _object({"evidence": text, "source": {"type": "integer"}})}
        return _object({**label, "claim": text, "evidence": text, "source": {"type": "integer"}, "also": other})
    return _object({**label, "text": text, **({"by": text} if spec.kind == "prediction" else {})})


def _object(properties: Mapping[str, Any]) -> dict[str, Any]:
    return {"type": "object", "properties": dict(properties), "required": list(properties), "additionalProperties": False}


def answer_model(sections: Sequence[SectionSpec]) -> type[BaseModel]:
    """Make the model that an answer must satisfy: `title`, `description`, `sections` with a list for each id."""
    fields: dict[str, Any] = {attribute(spec): (_LIST[spec.kind], Field((), alias=spec.id)) for spec in sections}
    filled = create_model("Sections", __base__=_Answer, **fields)
    title = Annotated[str, StringConstraints(strip_whitespace=True, max_length=300)]
    return create_model("Answer", __base__=_Answer, title=(title, ...), description=(_Line, ...), sections=(filled, ...))


def attribute(spec: SectionSpec) -> str:
    """Return the attribute of an answer's `sections` that holds a section."""
    return "s_" + spec.id.replace("-", "_")


def problems(error: ValidationError) -> list[str]:
    """Say what is wrong with an answer, a line each, for the model that gave it."""
    return [f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors(include_url=False, include_input=False)][:20]
