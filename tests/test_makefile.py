"""The two commands of a bare machine: what `make` would run, what scripts/bootstrap.sh does and says, what the lock holds."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tomllib
from dataclasses import dataclass
from pathlib import Path

import pytest
from packaging.requirements import Requirement

ROOT = Path(__file__).resolve().parents[1]
# what any system has; everything else is there only when a test puts it there
BASIC = ("sh", "cat", "cmp", "dirname", "ln", "mkdir", "rm")


def make(*arguments: str) -> str:
    env = {key: value for key, value in os.environ.items() if not key.startswith("MAKE")}
    return subprocess.run(["make", *arguments], cwd=ROOT, env=env, check=True, capture_output=True, text=True).stdout


class TestMake:
    """The Makefile."""

    def test_demo(self) -> None:
        assert make("-n", "demo").splitlines() == ["sh scripts/bootstrap.sh run", ".venv/bin/groundwire run --sample"]

    def test_test(self) -> None:
        first, second = make("-n", "test").splitlines()
        assert first == "sh scripts/bootstrap.sh dev"
        assert second.startswith(".venv/bin/python -m pytest")

    def test_check_is_format_lint_types_tests_on_all_code(self) -> None:
        lines = make("-n", "check").splitlines()
        tools = [next(tool for tool in ("format", "ruff", "mypy", "pytest") if tool in line) for line in lines[1:]]
        assert tools == ["format", "ruff", "mypy", "pytest"]
        assert all(" generator tests" in line for line in lines[1:4])

    def test_help_comes_first_and_names_every_command(self) -> None:
        told = make()
        targets = re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
        assert {"demo", "test", "check", "format", "lint", "types", "serve", "lock", "clean", "help"} <= set(targets)
        for target in targets:
            assert f"  make {target} " in told


@dataclass(frozen=True)
class Machine:
    """A copy of what bootstrap.sh reads, and a PATH that holds only what the test put there."""

    folder: Path
    path: Path

    def has(self, name: str, script: str = "exit 0") -> None:
        file = self.path / name
        file.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
        file.chmod(0o755)

    def has_python(self, name: str, *, recent: bool = True, venv: bool = True) -> None:
        self.has(name, f'case "$2" in *version_info*) exit {1 - recent};; *ensurepip*) exit {1 - venv};; esac')

    def has_uv(self) -> None:
        """Notes what it is asked; makes an environment that holds this Python and the command."""
        made = f"mkdir -p .venv/bin && ln -s {sys.executable} .venv/bin/python && echo made >.venv/bin/groundwire"
        self.has("uv", f'echo "$1 $2 $*" >>asked\ncase "$1" in venv) {made};; esac')

    def bootstrap(self, kind: str, code: int = 0) -> str:
        command = ["sh", "scripts/bootstrap.sh", kind]
        env = {"PATH": str(self.path)}
        done = subprocess.run(command, cwd=self.folder, env=env, capture_output=True, text=True, check=False)
        assert done.returncode == code, done.stdout + done.stderr
        return done.stderr

    def asked(self) -> list[str]:
        """What uv was asked since the last time: venv, run, dev or self."""
        file = self.folder / "asked"
        if not file.exists():
            return []
        lines = file.read_text(encoding="utf-8").splitlines()
        file.unlink()
        return [
            "venv" if line.startswith("venv") else "self" if line.endswith("-e .") else Path(line.split()[-1]).stem
            for line in lines
        ]


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    machine = Machine(tmp_path / "copy", tmp_path / "bin")
    machine.path.mkdir()
    for name in BASIC:
        tool = shutil.which(name)
        assert tool is not None
        (machine.path / name).symlink_to(tool)
    for name in ("scripts/bootstrap.sh", "requirements/run.txt", "requirements/dev.txt", "pyproject.toml"):
        (machine.folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, machine.folder / name)
    return machine


class TestWhatIsMissing:
    """One line that names it and the command that brings it."""

    def told(self, machine: Machine, kind: str = "run") -> str:
        line = machine.bootstrap(kind, code=1)
        assert line.count("\n") == 1
        assert not (machine.folder / ".venv").exists()
        return line.strip()

    def test_python(self, machine: Machine) -> None:
        machine.has("apt-get")
        want = "groundwire: missing: Python 3.11 or newer. Bring it with: apt-get install python3 python3-venv"
        assert self.told(machine) == want

    def test_a_recent_python(self, machine: Machine) -> None:
        machine.has("apt-get")
        machine.has_python("python3", recent=False)
        assert self.told(machine).endswith("Python 3.11 or newer. Bring it with: apt-get install python3.11 python3.11-venv")

    @pytest.mark.parametrize(("name", "package"), [("python3", "python3-venv"), ("python3.12", "python3.12-venv")])
    def test_venv(self, machine: Machine, name: str, package: str) -> None:
        machine.has("apt-get")
        machine.has_python(name, venv=False)
        assert self.told(machine).endswith(f"missing: Python's venv module. Bring it with: apt-get install {package}")

    def test_everything_at_once_and_sudo(self, machine: Machine) -> None:
        machine.has("apt-get")
        machine.has("sudo")
        want = "missing: Python 3.11 or newer, git. Bring it with: sudo apt-get install python3 python3-venv git"
        assert self.told(machine, "dev").endswith(want)

    def test_on_a_mac(self, machine: Machine) -> None:
        machine.has("brew")
        machine.has_python("python3")
        assert self.told(machine, "dev").endswith("missing: git. Bring it with: brew install git")

    def test_elsewhere(self, machine: Machine) -> None:
        assert "your system's package manager (on Debian: apt-get install python3 python3-venv)" in self.told(machine)

    def test_a_kind_that_there_is_not(self, machine: Machine) -> None:
        assert "the kinds are run and dev" in self.told(machine, "prod")


class TestEnvironment:
    """When .venv is made, mended, or left alone."""

    def test_once(self, machine: Machine) -> None:
        machine.has_uv()
        machine.has("git")
        assert "about a minute" in machine.bootstrap("run")
        assert machine.asked() == ["venv", "run", "self"]
        assert machine.bootstrap("run") == ""
        assert machine.asked() == []

    def test_demo_then_test_then_demo(self, machine: Machine) -> None:
        machine.has_uv()
        machine.has("git")
        machine.bootstrap("run")
        machine.asked()
        machine.bootstrap("dev")
        assert machine.asked() == ["dev", "self"]
        machine.bootstrap("run")
        assert machine.asked() == []

    @pytest.mark.parametrize("file", ["requirements/run.txt", "pyproject.toml"])
    def test_a_changed_lock_is_installed(self, machine: Machine, file: str) -> None:
        machine.has_uv()
        machine.bootstrap("run")
        machine.asked()
        with (machine.folder / file).open("a", encoding="utf-8") as lock:
            lock.write("# newer\n")
        machine.bootstrap("run")
        assert machine.asked() == ["run", "self"]

    def test_made_anew_when_its_python_is_gone(self, machine: Machine) -> None:
        machine.has_uv()
        machine.bootstrap("run")
        machine.asked()
        python = machine.folder / ".venv/bin/python"
        python.unlink()
        python.symlink_to("/nowhere/python3")
        machine.bootstrap("run")
        assert machine.asked() == ["venv", "run", "self"]

    def test_made_anew_when_the_folder_was_moved(self, machine: Machine) -> None:
        machine.has_uv()
        machine.bootstrap("run")
        machine.asked()
        elsewhere = Machine(machine.folder.rename(machine.folder.with_name("elsewhere")), machine.path)
        elsewhere.bootstrap("run")
        assert elsewhere.asked() == ["venv", "run", "self"]

    def test_an_installation_that_failed_is_tried_again(self, machine: Machine) -> None:
        machine.has_uv()
        script = (machine.path / "uv").read_text(encoding="utf-8")
        machine.has("uv", script + '\n[ "$1" = venv ] || exit 1')
        assert "could not be installed" in machine.bootstrap("run", code=1)
        machine.has_uv()
        machine.asked()
        machine.bootstrap("run")
        assert machine.asked() == ["run", "self"]


class TestLock:
    """requirements/*.txt hold what pyproject.toml asks for, each file with its hashes, from no named registry."""

    @staticmethod
    def pins(name: str) -> dict[str, str]:
        text = (ROOT / "requirements" / name).read_text(encoding="utf-8")
        return dict(re.findall(r"^([a-z0-9.-]+)==([^ ;\\]+)", text, re.MULTILINE))

    @pytest.mark.parametrize(("name", "extras"), [("run.txt", ["build"]), ("dev.txt", ["build", "dev"])])
    def test_it_satisfies_pyproject(self, name: str, extras: list[str]) -> None:
        project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
        asked = project["dependencies"] + [line for extra in extras for line in project["optional-dependencies"][extra]]
        pins = self.pins(name)
        for line in asked:
            requirement = Requirement(line)
            key = re.sub(r"[-_.]+", "-", requirement.name).lower()
            assert key in pins, f"{line}: not in requirements/{name}; run make lock"
            assert requirement.specifier.contains(pins[key]), f"{line}: {pins[key]} in requirements/{name}; run make lock"

    def test_tests_run_with_what_readers_get(self) -> None:
        assert self.pins("run.txt").items() <= self.pins("dev.txt").items()

    @pytest.mark.parametrize("name", ["run.txt", "dev.txt"])
    def test_every_package_is_hashed_and_no_registry_named(self, name: str) -> None:
        text = (ROOT / "requirements" / name).read_text(encoding="utf-8")
        packages = re.split(r"\n(?=\S)", text.strip())
        assert all("--hash=sha256:" in package for package in packages)
        assert "://" not in text
