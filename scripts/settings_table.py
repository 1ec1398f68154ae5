"""Writes the table of settings in generator/README.md from the model itself: python scripts/settings_table.py"""

from __future__ import annotations

from pathlib import Path

from generator.settings import documented_settings

MARKS = ("<!-- settings: made by scripts/settings_table.py -->\n", "<!-- end of settings -->")


def table() -> str:
    """The settings as Markdown: key, what it is, a right example."""
    rows = [f"| `{key}` | {text} | {code(example)} |" for key, text, example in documented_settings()]
    return "\n".join(["| key | what it is | for example |", "|---|---|---|", *rows]) + "\n"


def code(example: str) -> str:
    """An example as code on one line."""
    return "`" + "; ".join(line.strip() for line in example.splitlines()) + "`" if example else ""


def main() -> None:
    """Replace the table."""
    path = Path(__file__).parents[1] / "generator" / "README.md"
    before, rest = path.read_text(encoding="utf-8").split(MARKS[0])
    after = rest.split(MARKS[1])[1]
    path.write_text(before + MARKS[0] + "\n" + table() + "\n" + MARKS[1] + after, encoding="utf-8")


if __name__ == "__main__":
    main()
