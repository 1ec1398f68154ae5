"""The JSON Schemas for editors say what the models say: about our own files, and about files with one thing wrong."""

from __future__ import annotations

import json
import runpy
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
import yaml

from groundwire import resources
from groundwire.publication.frontmatter import split

ROOT = Path(__file__).parents[1]
TOOL = Path(sys.executable).parent / "check-jsonschema"


class Plain(yaml.SafeLoader):
    """YAML as an editor's language server reads it: times are text (the core schema of YAML 1.2 knows none)."""


Plain.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in rules if tag != "tag:yaml.org,2002:timestamp"]
    for first, rules in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def read(text: str) -> Any:
    return yaml.load(text, Loader=Plain)


def front(path: Path) -> Any:
    return read(split(path.read_text(encoding="utf-8"), file=path.name)[0])


def judged(schema: str, documents: Iterable[Any], folder: Path) -> subprocess.CompletedProcess[str]:
    files = []
    for number, document in enumerate(documents):
        files.append(folder / f"{number}.json")
        files[-1].write_text(json.dumps(document), encoding="utf-8")
    assert files
    command = [str(TOOL), "--schemafile", str(ROOT / "schemas" / f"{schema}.schema.json"), *map(str, files)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def ours(schema: str) -> list[Any]:
    """Every file of the repository that a schema is for."""
    if schema == "newsletter":
        return [
            read(path.read_text(encoding="utf-8")) for path in (ROOT / "newsletter.yml", resources.sample() / "newsletter.yml")
        ]
    if schema == "category":
        return [read(path.read_text(encoding="utf-8")) for path in sorted(resources.categories().glob("*.yml"))]
    return [front(path) for path in sorted((ROOT / "content" / f"{schema}s").rglob("*.md"))]


@pytest.mark.parametrize("schema", ["article", "issue", "category", "newsletter"])
def test_our_own_files_keep_to_them(schema: str, tmp_path: Path) -> None:
    done = judged(schema, ours(schema), tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize(
    ("schema", "wrong"),
    [
        ("article", {"categroy": "x"}),
        ("article", {"id": "8f3a"}),
        ("article", {"date": "yesterday"}),
        ("article", {"sources": [{"feed": "A", "url": "ftp://x"}]}),
        ("article", {"aliases": ["/rooted/"]}),
        ("issue", {"status": "done"}),
        ("category", {"sections": [{"id": "A B", "heading": "x"}]}),
        ("newsletter", {"site": {"colour": "blue"}}),
        ("newsletter", {"fetch": {"timeout_s": 0}}),
    ],
)
def test_they_see_what_is_wrong(schema: str, wrong: dict[str, Any], tmp_path: Path) -> None:
    assert judged(schema, [{**ours(schema)[0], **wrong}], tmp_path).returncode == 1


def test_they_are_current() -> None:
    document = runpy.run_path(str(ROOT / "scripts" / "document.py"))
    for name in document["MODELS"]:
        text = (ROOT / "schemas" / f"{name}.schema.json").read_text(encoding="utf-8")
        assert document["schema"](name) == text, "run `python scripts/document.py`"


def test_newsletter_yml_names_its_schema() -> None:
    first = (ROOT / "newsletter.yml").read_text(encoding="utf-8").splitlines()[0]
    assert (ROOT / first.removeprefix("# yaml-language-server: $schema=")).is_file()
