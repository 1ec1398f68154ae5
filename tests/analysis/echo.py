"""News of unlike events, and a model that says back what it read: enough for a page, whatever the source."""

from __future__ import annotations

import json
from typing import Any

from analysis.wire import answer
from groundwire.text.plain import sentences

_EVENTS = (
    ("Harbour ferries of Northport stop for repairs", "The ferries stop on Monday. The harbour office said repairs of the engines take nine days."),
    ("Bakers in Lindholm win a prize for rye bread", "A jury gave the prize to three bakers. The winning loaf rests for thirty hours before it is baked."),
    ("Telescope on Mount Ardo sees a new comet", "Astronomers saw the comet on Tuesday night. It passes the sun in April at a distance of 90 million kilometres."),
    ("Railway workers of Estria vote to end their strike", "The union counted the votes on Friday. Trains run again from Sunday, the company announced."),
    ("Museum returns a bronze mask to Kasanga", "The mask was carried off in 1897. The museum handed it over at a ceremony in the capital."),
    ("Parliament of Velden passes a law on noisy drones", "The law forbids flights over homes at night. Owners pay up to 400 crowns for a breach."),
    ("Flood closes the tunnel below the river Sorn", "Water stood two metres deep in the tunnel. Pumps will work until Thursday, the city said."),
    ("Chess champion Ilse Brandt retires at thirty", "She won the title four times. Her last game was a draw with the black pieces."),
)  # fmt: skip


def events(count: int = len(_EVENTS)) -> list[dict[str, str]]:
    """Items of a feed, one an event."""
    return [
        {"title": title, "link": f"https://outlet.example/{number}", "description": f"{title}. {text}"}
        for number, (title, text) in enumerate(_EVENTS[:count], start=1)
    ]


def echo(body: dict[str, Any]) -> dict[str, Any]:
    """An answer whose facts are the first source's sentences."""
    asked = json.loads(body["messages"][0]["content"])
    said = [s for s in sentences(asked["sources"][0]["text"]) if len(s.split()) <= 25][:4]
    sections: dict[str, Any] = body["output_config"]["format"]["schema"]["properties"]["sections"]["properties"]
    filled: dict[str, Any] = {name: [] for name in sections}
    filled[next(iter(sections))] = [{"claim": s, "evidence": s, "source": 1, "also": []} for s in said]
    return answer({"title": asked["sources"][0]["title"], "description": said[0], "sections": filled})
