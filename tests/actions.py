"""A small stand-in for GitHub's runner: it runs the shell of a workflow's job, step by step, as the workflow says.

It knows what our workflows use: `if`, `env`, outputs, the contexts, `contains` and the status functions. An action (`uses`) does nothing but
appear in `done`; what it would give as outputs is in `given`.
"""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

TOKEN = re.compile(r"\s*(?:(?P<text>'(?:[^']|'')*')|(?P<name>[A-Za-z_][\w.*-]*)|(?P<op>&&|\|\||==|!=|!|\(|\)|,)|(?P<number>\d+))")
WORDS = {"&&": " and ", "||": " or ", "!": " not ", "==": "==", "!=": "!=", "(": "(", ")": ")", ",": ","}
FUNCTIONS = ("contains", "cancelled", "failure", "success", "always")


@dataclass
class Job:
    """One job, run in a folder. `contexts` holds github, inputs, vars, secrets, needs; `environment` what the runner's shell has."""

    spec: Mapping[str, Any]
    folder: Path
    environment: Mapping[str, str]
    contexts: dict[str, Any]
    given: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    steps: dict[str, dict[str, Any]] = field(default_factory=dict)
    done: list[str] = field(default_factory=list)
    told: str = ""
    failed: bool = False

    def run(self) -> Job:
        """Run every step whose `if` holds."""
        for number, step in enumerate(self.spec["steps"]):
            self._step(step, step.get("id", f"#{number}"))
        return self

    @property
    def result(self) -> str:
        """As in `needs.X.result`."""
        return "failure" if self.failed else "success"

    @property
    def outputs(self) -> dict[str, str]:
        """What the job hands on."""
        return {key: self.fill(value) for key, value in self.spec.get("outputs", {}).items()}

    def holds(self, condition: str) -> bool:
        """Whether a condition holds; without a status function it also asks that nothing has failed."""
        bare = condition.removeprefix("${{").removesuffix("}}").strip()
        said = re.search(r"\b(cancelled|failure|always|success)\(", bare)
        return bool(self.value(bare)) and (said is not None or not self.failed)

    def fill(self, text: str) -> str:
        """A text with its expressions replaced."""
        return re.sub(r"\$\{\{(.*?)\}\}", lambda m: _shown(self.value(m[1].strip())), text)

    def value(self, expression: str) -> Any:
        """The value of an expression."""
        python, position = "", 0
        while position < len(expression.rstrip()):
            found = TOKEN.match(expression, position)
            assert found, f"not understood: {expression[position:]}"
            position = found.end()
            if found["op"]:
                python += WORDS[found["op"]]
            elif found["name"] in FUNCTIONS:
                python += found["name"]
            elif found["name"] in ("true", "false"):
                python += found["name"].title()
            elif found["name"]:
                python += f"get({found['name']!r})"
            else:
                python += repr(found["text"][1:-1].replace("''", "'")) if found["text"] else found["number"]
        known = {
            "get": self._get,
            "contains": lambda values, value: value in values,
            "cancelled": lambda: False,
            "failure": lambda: self.failed,
            "success": lambda: not self.failed,
            "always": lambda: True,
        }
        return eval(python, {"__builtins__": {}}, known)

    def _get(self, path: str) -> Any:
        here: Any = {**self.contexts, "steps": self.steps}
        if path.startswith("env."):
            here["env"] = self._env(self.spec)
        for number, part in enumerate(parts := path.split(".")):
            if part == "*":
                return [self._in(value, parts[number + 1 :]) for value in here.values()]
            here = here.get(part, "") if isinstance(here, Mapping) else ""
        return here

    def _in(self, value: Any, parts: list[str]) -> Any:
        for part in parts:
            value = value.get(part, "")
        return value

    def _env(self, spec: Mapping[str, Any]) -> dict[str, str]:
        return {key: self.fill(value) for key, value in spec.get("env", {}).items()}

    def _step(self, step: Mapping[str, Any], name: str) -> None:
        if not self.holds(step.get("if", "true")):
            self.steps[name] = {"outcome": "skipped", "outputs": {}}
            return
        self.done.append(step.get("name", name))
        outputs = dict(self.given.get(name, {}))
        outcome = "success"
        if "run" in step:
            outcome = self._shell(step, outputs)
        self.steps[name] = {"outcome": outcome, "outputs": outputs}
        if outcome == "failure" and step.get("continue-on-error") != "true":
            self.failed = True

    def _shell(self, step: Mapping[str, Any], outputs: dict[str, str]) -> str:
        answer = self.folder.parent / "step-output"
        answer.write_text("")
        env = {**self.environment, **self._env(self.spec), **self._env(step), "GITHUB_OUTPUT": str(answer)}
        command = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"]]
        done = subprocess.run(command, cwd=self.folder, env=env, capture_output=True, text=True, check=False, timeout=120)
        self.told += f"## {step.get('name')}\n{done.stdout}{done.stderr}"
        outputs |= dict(line.split("=", 1) for line in answer.read_text().splitlines())
        return "success" if done.returncode == 0 else "failure"


def load(path: Path) -> dict[str, Any]:
    """A workflow with every scalar as text, so that the key `on` is not read as true."""
    loaded = yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.BaseLoader)
    assert isinstance(loaded, dict)
    return loaded


def _shown(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def runner_environment(home: Path) -> dict[str, str]:
    """A runner's shell: nothing of this machine's configuration."""
    home.mkdir(exist_ok=True)
    (home / "gitconfig").write_text(
        "[user]\n\tname = A Person\n\temail = person@example.org\n[init]\n\tdefaultBranch = main\n"
        "[safe]\n\tdirectory = *\n[advice]\n\tdetachedHead = false\n"
    )
    return {
        "PATH": os.environ["PATH"],
        "HOME": str(home),
        "LC_ALL": "C.UTF-8",
        "GIT_CONFIG_GLOBAL": str(home / "gitconfig"),
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_TERMINAL_PROMPT": "0",
        "GITHUB_STEP_SUMMARY": str(home / "summary"),
        "PUSH_PAUSE": "0",
    }
