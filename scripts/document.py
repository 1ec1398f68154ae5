"""Write the documentation that is made from the code and its data: python scripts/document.py.

docs/reference/ (settings and commands), generator/groundwire/categories/README.md, and the JSON Schemas of all that people write as YAML (schemas/),
for their editors. tests/test_docs.py holds them to be current.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import click
from pydantic import BaseModel

from groundwire import resources
from groundwire.cli.main import groundwire
from groundwire.publication.categories import Category, SectionSpec, load_categories
from groundwire.publication.frontmatter import ArticleMeta, IssueMeta
from groundwire.settings import Settings, documented_settings

REFERENCE = Path(__file__).parents[1] / "docs" / "reference"
CATEGORIES = resources.categories() / "README.md"
SCHEMAS = resources.bundled("schemas")
MODELS: dict[str, type[BaseModel]] = {
    "article": ArticleMeta,
    "issue": IssueMeta,
    "category": Category,
    "newsletter": Settings,
}
WIDTH = 100  # characters of a line of help
NOTE = "Made by `python scripts/document.py` from the code."


def settings_page() -> str:
    """Return docs/reference/settings.md: each key, what it is, a right example."""
    rows = [f"| `{key}` | {text} | {code(example)} |" for key, text, example in documented_settings()]
    head = ["# Settings", "", f"All keys of `newsletter.yml`. Secrets are read from the environment only. {NOTE}", ""]
    return "\n".join([*head, "| key | what it is | for example |", "|---|---|---|", *rows]) + "\n"


def commands_page() -> str:
    """Return docs/reference/commands.md: what each command says with `--help`."""
    head = ["# Commands", "", f"What each command says with `--help`. {NOTE}", ""]
    return "\n".join([*head, *command_lines(groundwire, name="groundwire", parent=None)])


def command_lines(command: click.Command, *, name: str, parent: click.Context | None) -> Iterator[str]:
    """Yield a command's part of the page, then those of the commands in its group."""
    context = click.Context(command, info_name=name, parent=parent, terminal_width=WIDTH, **command.context_settings)
    yield from [f"## {context.command_path}", "", "```text", command.get_help(context), "```", ""]
    if isinstance(command, click.Group):
        for child in command.list_commands(context):
            if found := command.get_command(context, child):
                yield from command_lines(found, name=child, parent=context)


def code(example: str) -> str:
    """Write an example as code on one line."""
    return "`" + "; ".join(line.strip() for line in example.splitlines()) + "`" if example else ""


def categories_page() -> str:
    """Write what each shipped category is for, and the sections of its page."""
    head = [
        "# Categories",
        "",
        "Made by `python scripts/document.py` from the files in this folder. A publication's own `categories/NAME.yml` adds a category, or replaces the one of",
        "that name. A section appears only where there is something to stand in it.",
        "",
    ]
    found = load_categories(Path("/nonexistent"))
    return "\n".join(head + [line for category in found.values() for line in category_lines(category)])


def category_lines(category: Category) -> list[str]:
    """Write one category: when it applies, the rows of its key details, a table of sections."""
    rows = [row for section in category.sections for row in section_rows(section, depth=0)]
    details = f"Key details: {', '.join(category.details)}." if category.details else ""
    table = ["| section | shape | kind | least words of source | what stands there |", "|---|---|---|---|---|", *rows]
    return [f"## {category.name} (`{category.id}`)", "", category.applies, "", details, "", *table, ""]


def section_rows(section: SectionSpec, *, depth: int) -> list[str]:
    """Write a section and its parts as table rows."""
    name = "— " * depth + section.heading + (f" ({', '.join(section.labels)})" if section.labels else "")
    row = f"| {name} | {section.shape} | {section.kind} | {section.min_words or ''} | {' '.join(section.guidance.split())} |"
    return [row, *(line for part in section.parts for line in section_rows(part, depth=depth + 1))]


def schema(name: str) -> str:
    """Write one model as a JSON Schema (2020-12), as an editor reads it."""
    made = MODELS[name].model_json_schema()
    made = {"$schema": "https://json-schema.org/draft/2020-12/schema", **made}
    return json.dumps(made, ensure_ascii=False, indent=1) + "\n"


def main() -> None:
    """Write all of it."""
    SCHEMAS.mkdir(exist_ok=True)
    for name in MODELS:
        (SCHEMAS / f"{name}.schema.json").write_text(schema(name), encoding="utf-8")
    REFERENCE.mkdir(exist_ok=True)
    (REFERENCE / "settings.md").write_text(settings_page(), encoding="utf-8")
    (REFERENCE / "commands.md").write_text(commands_page(), encoding="utf-8")
    CATEGORIES.write_text(categories_page(), encoding="utf-8")


if __name__ == "__main__":
    main()
