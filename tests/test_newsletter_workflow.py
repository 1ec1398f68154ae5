"""The workflow that mails: only where a service has the subscribers, never by accident, and its secrets nowhere else."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[1]
WORKFLOWS = ROOT / ".github" / "workflows"
SECRETS = ("LISTMONK_TOKEN", "BUTTONDOWN_API_KEY")


def workflow() -> dict[str, Any]:
    loaded = yaml.load((WORKFLOWS / "newsletter.yml").read_text(encoding="utf-8"), Loader=yaml.BaseLoader)
    assert isinstance(loaded, dict)
    return loaded


def test_a_push_to_issues_starts_it_and_a_dispatch_mails_nobody_by_default() -> None:
    triggers = workflow()["on"]
    assert set(triggers) == {"push", "workflow_dispatch", "workflow_call"}
    assert triggers["push"] == {"branches": ["main"], "paths": ["content/issues/**"]}
    assert triggers["workflow_dispatch"]["inputs"]["dry_run"]["default"] == "true"
    assert workflow()["concurrency"]["cancel-in-progress"] == "false", "a mailing is never cut off by the next push"


def test_the_secrets_are_the_environment_s_and_the_step_s_that_sends() -> None:
    send = workflow()["jobs"]["send"]
    assert send["environment"] == "newsletter"
    assert send["permissions"] == {"contents": "read"}
    with_secrets = [step for step in send["steps"] if "secrets." in str(step)]
    assert [step["run"] for step in with_secrets] == [".venv/bin/groundwire send --dry-run", ".venv/bin/groundwire send"]
    for other in WORKFLOWS.glob("*.yml"):
        for name, job in yaml.load(other.read_text(encoding="utf-8"), Loader=yaml.BaseLoader)["jobs"].items():
            if any(secret in str(job) for secret in SECRETS):
                assert job["environment"] == "newsletter", f"{other.name}, {name}: a job that mails has the environment of mail"


def test_a_dry_run_and_a_real_one_exclude_each_other() -> None:
    dry, real = (step["if"] for step in workflow()["jobs"]["send"]["steps"] if "groundwire send" in step.get("run", ""))
    assert "&& inputs.dry_run &&" in dry
    assert "&& !inputs.dry_run &&" in real
    for condition in (dry, real):
        assert "steps.sender.outputs.service == 'true'" in condition


@pytest.mark.parametrize(
    ("email", "service", "said"),
    [
        ("email: {transport: listmonk}", "true", "listmonk sends"),
        ("email:\n  transport: 'buttondown' # there", "true", "buttondown sends"),
        ("email: {transport: smtp}", "false", "the machine with the subscribers' database sends"),
        ("", "false", "transport is none: nobody is mailed"),
    ],
)
def test_who_sends(tmp_path: Path, email: str, service: str, said: str) -> None:
    (tmp_path / "newsletter.yml").write_text(f"title: T\nurl: https://me.github.io/briefing/\n{email}\n", encoding="utf-8")
    (tmp_path / ".venv").symlink_to(Path(sys.prefix))
    output = tmp_path / "output"
    environment = {**os.environ, "GITHUB_OUTPUT": str(output), "PYTHONPATH": str(ROOT / "generator")}
    command = [str(ROOT / ".github" / "scripts" / "sender.sh")]
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=True)
    assert output.read_text(encoding="utf-8") == f"service={service}\n"
    assert re.search(said, done.stdout)


def test_settings_that_cannot_be_read_stop_it(tmp_path: Path) -> None:
    (tmp_path / "newsletter.yml").write_text(
        "title: T\nurl: https://me.github.io/briefing/\nemail: {transport: pigeon}\n", encoding="utf-8"
    )
    (tmp_path / ".venv").symlink_to(Path(sys.prefix))
    command = [str(ROOT / ".github" / "scripts" / "sender.sh")]
    done = subprocess.run(
        command,
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT / "generator")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode != 0
    assert "pigeon" in done.stderr
