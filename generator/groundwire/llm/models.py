"""What is known of models (`models.yml`): prices and retirements. An unknown price is a refusal, never a guess."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from groundwire.errors import Problem, Refused
from groundwire.llm.messages import Usage
from groundwire.llm.server import OTHER_KEY, is_anthropic, is_private, server_url
from groundwire.settings import AnalysisSettings

NOTICE_DAYS = 60
_DATED = re.compile(r"-(20\d{6}|latest)$")


@dataclass(frozen=True)
class Price:
    """US dollars a million tokens. With more than `over` tokens of input the whole request has the `long` price."""

    input: float
    output: float
    over: int | None = None
    long_input: float = 0.0
    long_output: float = 0.0

    def of(self, usage: Usage) -> float:
        """Return the US dollars of one call."""
        long = self.over is not None and usage.input > self.over
        given, made = (self.long_input, self.long_output) if long else (self.input, self.output)
        return (usage.input * given + usage.output * made) / 1_000_000


@dataclass(frozen=True)
class Known:
    """One model. `price` None: only that it is, or will be, gone."""

    name: str
    price: Price | None
    retires: date | None


@dataclass(frozen=True)
class Tariff:
    """What a publication's calls cost.

    `own`: the price that its owner states. `free`: a server of one's own, where what has no price is free. `listed`: whether the
    known prices are this server's.
    """

    own: Price | None = None
    free: bool = False
    listed: bool = True

    def cost(self, model: str, usage: Usage) -> float | None:
        """Return the US dollars of a call, or None where the price is not known."""
        found = find(model) if self.listed else None
        price = self.own or (found.price if found else None)
        if price is None:
            return 0.0 if self.free else None
        return price.of(usage)


def find(model: str) -> Known | None:
    """Return what is known of a model; a dated name (…-20260901) has its family's facts."""
    return models().get(model) or models().get(_DATED.sub("", model))


def looked_up() -> date:
    """Return the day on which prices and retirements were looked up."""
    day: date = _file()["looked_up"]
    return day


@cache
def models() -> Mapping[str, Known]:
    """Return all known models by name, as they stand in the file."""
    return {name: Known(name, _price(row), row.get("retires")) for name, row in _file()["models"].items()}


def retirement(model: str, *, today: date) -> str:
    """Write a sentence where a model is retired or will be within NOTICE_DAYS; '' where nothing of the kind is known."""
    known = find(model)
    if known is None or known.retires is None or (known.retires - today).days > NOTICE_DAYS:
        return ""
    tense = "was retired" if known.retires <= today else "will be retired"
    return f"{model} {tense} on {known.retires:%Y-%m-%d}; write in newsletter.yml: analysis: {{model: claude-haiku-5-5}}"


def tariff_of(chosen: AnalysisSettings, environment: Mapping[str, str] = os.environ) -> Tariff:
    """Return what calls cost, the owner's own price first. Raises Refused where a chosen model's price is not known: its bill could not be bounded.

    Free is a server on this machine or in a private network that is used without a key. What any other server charges only the owner can say, also
    for a model that Anthropic has a price for.
    """
    own = Price(chosen.price.input, chosen.price.output) if chosen.price else None
    ours = is_private(server_url(chosen.base_url)) and not environment.get(OTHER_KEY)
    tariff = Tariff(own, free=ours, listed=ours or is_anthropic(chosen.base_url))
    for model in chosen_models(chosen):
        if tariff.cost(model, Usage()) is None:
            raise Refused(unpriced(model) if tariff.listed else f"{_unpriced_server(chosen)} in newsletter.yml: {_PRICE}")
    return tariff


def unpriced_models(chosen: AnalysisSettings, *, file: str) -> list[Problem]:
    """Return what is wrong where a bill could not be bounded: a warning for a model that no run would ask, an error for a server that every run would."""
    try:
        if chosen.by != "extractive":
            tariff_of(chosen)
    except Refused as refused:
        if not is_anthropic(chosen.base_url):
            return [Problem(file, _unpriced_server(chosen), key="analysis.base_url", example=_PRICE)]
        said = str(refused).partition(";")[0] + "; another model, or its price in US dollars a million tokens"
        example = f"analysis: {{model: claude-haiku-5-5}}\n{_PRICE}"
        return [Problem(file, said, key="analysis.model", example=example, level="warning")]
    return []


def chosen_models(chosen: AnalysisSettings) -> list[str]:
    """Return the models that the settings name."""
    return [model for model in (chosen.model, chosen.fallback_model) if model]


def unpriced(model: str) -> str:
    """Write the line for a model whose price is not known."""
    return (
        f"the price of {model!r} is not known, so its bill could not be bounded; write in newsletter.yml: "
        "analysis: {model: claude-haiku-5-5}, or say what it costs in US dollars a million tokens: analysis: {price: {input: 3, output: 15}}"
    )


_PRICE = "analysis: {price: {input: 3, output: 15}}"


def _unpriced_server(chosen: AnalysisSettings) -> str:
    """Write the line for a server whose prices nobody has stated."""
    why = "is used with a key" if is_private(server_url(chosen.base_url)) else "is not on this machine or in a private network"
    return (
        f"{chosen.base_url} {why}, so it may charge, and without its price the bill could not be bounded; "
        "state the price in US dollars a million tokens"
    )


def _price(row: Mapping[str, Any]) -> Price | None:
    if "input" not in row:
        return None
    long = row.get("long") or {}
    return Price(row["input"], row["output"], long.get("over"), long.get("input", 0.0), long.get("output", 0.0))


@cache
def _file() -> Mapping[str, Any]:
    found: Mapping[str, Any] = yaml.safe_load(Path(__file__).with_suffix(".yml").read_text(encoding="utf-8"))
    return found
