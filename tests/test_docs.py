"""Every command and every setting is documented, and the README's own examples hold."""

from __future__ import annotations

import re
from pathlib import Path

import click
import pytest

from groundwire.checked_yaml import read_yaml, validate
from groundwire.cli.main import groundwire
from groundwire.settings import Settings, documented_settings

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
INSIDE = (ROOT / "generator" / "README.md").read_text(encoding="utf-8")


def commands(group: click.Group = groundwire, prefix: str = "") -> list[tuple[str, click.Command]]:
    found: list[tuple[str, click.Command]] = []
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command, f"the table of commands names {name}, which is not there"
        found.append((prefix + name, command))
        if isinstance(command, click.Group):
            found += commands(command, f"{prefix}{name} ")
    return found


@pytest.mark.parametrize(("name", "command"), commands(), ids=[name for name, _ in commands()])
def test_every_command_is_documented(name: str, command: click.Command) -> None:
    assert f"`{name}" in README or f"groundwire {name}" in README, f"README.md does not say `{name}`"
    assert command.help
    assert all(p.help for p in command.params if isinstance(p, click.Option)), f"{name}: an option without help"


@pytest.mark.parametrize("key", [key for key, _, _ in documented_settings()])
def test_every_setting_is_documented_with_an_example(key: str) -> None:
    assert f"`{key}`" in INSIDE, f"generator/README.md does not say `{key}`: run `python scripts/document.py`"


def test_every_dependency_has_its_reason() -> None:
    import tomllib

    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    for line in project["dependencies"]:
        name = re.split(r"[\[<>=]", line)[0]
        assert re.search(rf"^- \**`?{re.escape(name)}\b", INSIDE, re.MULTILINE), f"generator/README.md gives no reason for {name}"


def test_the_readme_starts_with_the_two_commands() -> None:
    first = README.index("make demo")
    assert first < README.index("make test") < 900


def test_the_readme_s_settings_example_is_right() -> None:
    blocks = [b for b in re.findall(r"```yaml\n(.*?)```", README, re.DOTALL) if b.startswith("title:") or "\ntitle:" in b]
    assert blocks
    for block in blocks:
        validate(read_yaml(block, file="README.md"), Settings, file="README.md")


def test_nothing_names_a_machine_or_a_registry() -> None:
    for path in [
        *ROOT.glob("*.md"),
        *ROOT.glob("generator/*.md"),
        *ROOT.glob("docs/**/*.md"),
        *ROOT.glob("*.toml"),
        *ROOT.glob("requirements/*"),
        *ROOT.glob(".github/**/*.*"),
    ]:
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"/work/|/root/|/home/\w+/|pythonhosted|pypi\.org/simple", text), path


def test_what_is_made_from_the_code_is_current() -> None:
    import runpy

    document = runpy.run_path(str(ROOT / "scripts" / "document.py"))
    assert document["with_settings"](INSIDE) == INSIDE, "run `python scripts/document.py`"
    assert document["categories_page"]() == (ROOT / "generator" / "groundwire" / "categories" / "README.md").read_text(
        encoding="utf-8"
    )
