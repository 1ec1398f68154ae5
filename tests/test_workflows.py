"""The workflows: what GitHub would run, judged and, as far as it is shell, run on local repositories."""

from __future__ import annotations

import base64
import os
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
import yaml

from groundwire.settings import PLACEHOLDER_URL, load_settings

ROOT = Path(__file__).resolve().parents[1]
GITHUB = ROOT / ".github"
SCRIPTS = GITHUB / "scripts"
FILES = sorted((GITHUB / "workflows").glob("*.yml"))
NAMES = [path.name for path in FILES]
BIN = Path(sys.executable).parent


def load(name: str) -> dict[str, Any]:
    # BaseLoader: every scalar is text, so that the key `on` is not read as true
    loaded = yaml.load((GITHUB / "workflows" / name).read_text(encoding="utf-8"), Loader=yaml.BaseLoader)
    assert isinstance(loaded, dict)
    return loaded


def jobs(name: str) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = load(name)["jobs"]
    return found


def steps(name: str) -> list[dict[str, Any]]:
    return [step for job in jobs(name).values() for step in job.get("steps", [])]


class TestWhatTheySay:
    """Rules that every workflow keeps."""

    def test_all_are_there(self) -> None:
        assert {"generate.yml", "deploy.yml", "pr.yml", "report-failure.yml"} <= set(NAMES)

    @pytest.mark.parametrize("name", NAMES)
    def test_nothing_is_permitted_by_default(self, name: str) -> None:
        assert load(name)["permissions"] == {}
        for job in jobs(name).values():
            assert isinstance(job["permissions"], dict)

    @pytest.mark.parametrize("name", NAMES)
    def test_every_job_ends_in_time(self, name: str) -> None:
        for job in jobs(name).values():
            if "uses" not in job:  # a called workflow has its own
                assert 0 < int(job["timeout-minutes"]) <= 60

    @pytest.mark.parametrize("name", NAMES)
    def test_actions_are_pinned(self, name: str) -> None:
        text = (GITHUB / "workflows" / name).read_text(encoding="utf-8")
        for line in re.findall(r"uses: (.*)", text):
            assert re.fullmatch(r"\./\.github/workflows/[a-z-]+\.yml|[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", line), line

    @pytest.mark.parametrize("name", NAMES)
    def test_checkouts_keep_no_credentials(self, name: str) -> None:
        for step in steps(name):
            if step.get("uses", "").startswith("actions/checkout@"):
                assert step["with"]["persist-credentials"] == "false"

    @pytest.mark.parametrize("name", NAMES)
    def test_values_reach_the_shell_through_env(self, name: str) -> None:
        for step in steps(name):
            assert "${{" not in step.get("run", "")

    @pytest.mark.parametrize("name", NAMES)
    def test_a_dispatch_stands_beside_each_schedule(self, name: str) -> None:
        triggers = load(name)["on"]
        if "schedule" in triggers:
            assert "workflow_dispatch" in triggers
            for entry in triggers["schedule"]:
                assert entry["cron"].split()[0] not in {"0", "15", "30", "45"}, "everybody starts then"

    @pytest.mark.parametrize("name", NAMES)
    def test_strangers_never_get_a_token_that_writes(self, name: str) -> None:
        triggers = load(name)["on"]
        assert "pull_request_target" not in triggers
        if "pull_request" in triggers:
            for job in jobs(name).values():
                assert set(job["permissions"].items()) <= {("contents", "read")}
            assert "secrets." not in (GITHUB / "workflows" / name).read_text(encoding="utf-8")

    @pytest.mark.parametrize("name", NAMES)
    def test_only_the_built_site_and_what_is_derived_from_the_record_are_cached(self, name: str) -> None:
        """What is in them: tests/website and test_pipeline.py."""
        assert "cache" not in {key for step in steps(name) for key in step.get("with", {})}
        for step in steps(name):
            if step.get("uses", "").startswith("actions/cache"):
                assert step["with"]["path"] in ("site", ".cache")
                assert step["with"]["key"].startswith(step["with"]["path"].strip(".") + "-")

    def test_a_fresh_runner_knows_what_the_last_one_did(self) -> None:
        def order(name: str) -> list[str]:
            return [
                f"{step.get('uses', step.get('run', '')).partition('@')[0]} {step.get('with', {}).get('path', '')}".strip()
                for step in steps(name)
            ]

        daily = order("generate.yml")
        restored, saved = daily.index("actions/cache/restore .cache"), daily.index("actions/cache/save .cache")
        assert restored < daily.index(".venv/bin/groundwire update") < daily.index(".venv/bin/groundwire check") < saved
        for name, first in (("deploy.yml", "build"), ("pr.yml", "check --format github --base HEAD^1"), ("story.yml", "check")):
            assert order(name).index("actions/cache/restore .cache") < order(name).index(f".venv/bin/groundwire {first}")
            assert "actions/cache/save .cache" not in order(name)

    @pytest.mark.parametrize("name", ["generate.yml", "deploy.yml"])
    def test_the_last_site_is_there_before_the_build_and_kept_after_it(self, name: str) -> None:
        order = [step.get("uses", step.get("run", "")).partition("@")[0] for step in steps(name)]
        build = order.index(".venv/bin/groundwire build")
        assert (order[build - 1], order[build + 1]) == ("actions/cache/restore", "actions/cache/save")

    def test_only_what_readers_may_see_is_uploaded(self) -> None:
        for name in NAMES:
            for step in steps(name):
                if "upload-" in step.get("uses", ""):
                    assert step["with"]["path"] in ("site/", "changes/", "changes/${{ matrix.file }}")

    def test_who_calls_whom(self) -> None:
        calls = {
            (name, job["uses"].removeprefix("./.github/workflows/"))
            for name in NAMES
            for job in jobs(name).values()
            if "uses" in job
        }
        assert calls == {
            ("generate.yml", "deploy.yml"),
            ("generate.yml", "newsletter.yml"),
            ("generate.yml", "report-failure.yml"),
            ("newsletter.yml", "report-failure.yml"),
            ("story.yml", "deploy.yml"),
        }
        for _, called in calls:
            assert "workflow_call" in load(called)["on"]
        generate = jobs("generate.yml")
        assert generate["deploy"]["needs"] == "generate"
        assert "changed == 'true'" in generate["deploy"]["if"]
        assert generate["report"]["needs"] == ["generate", "proof", "deploy"]
        # A called workflow can be given less than it asks for, but then GitHub refuses to start it.
        assert generate["newsletter"]["needs"] == ["generate", "deploy"]
        for job in (generate["deploy"], generate["newsletter"], generate["report"]):
            called = job["uses"].removeprefix("./.github/workflows/")
            asked = {item for inner in jobs(called).values() for item in inner["permissions"].items()}
            assert asked <= set(job["permissions"].items())

    def test_writers_wait_for_each_other(self) -> None:
        generate = load("generate.yml")["concurrency"]
        deploy = load("deploy.yml")["concurrency"]
        assert generate["cancel-in-progress"] == deploy["cancel-in-progress"] == "false"
        assert generate["group"] != deploy["group"], "a caller would wait for itself"

    @pytest.mark.parametrize("name", ["generate.yml", "deploy.yml", "newsletter.yml"])
    def test_an_unedited_copy_does_nothing(self, name: str) -> None:
        first = next(iter(jobs(name).values()))["steps"]
        guard = next(i for i, step in enumerate(first) if step.get("id") == "ready")
        assert first[guard]["run"] == ".github/scripts/ready.sh"
        assert all("checkout" in step["uses"] for step in first[:guard])
        for step in first[guard + 1 :]:
            assert "steps.ready.outputs.ready == 'true'" in step["if"] or "steps.update.outcome != 'skipped'" in step["if"]
        for job in list(jobs(name).values())[1:]:
            assert "outputs." in job["if"]

    @pytest.mark.parametrize("name", ["generate.yml", "deploy.yml", "newsletter.yml"])
    def test_the_branch_tip_is_built(self, name: str) -> None:
        checkout = next(step for step in steps(name) if "checkout" in step["uses"])
        assert checkout["with"]["ref"] == "${{ github.ref_name }}"

    @pytest.mark.parametrize("name", NAMES)
    def test_the_shell_is_shell(self, name: str) -> None:
        for step in steps(name):
            if "run" in step:
                subprocess.run(["bash", "-n", "-c", step["run"]], check=True)
                script = step["run"].split()[0]
                if "/scripts/" in script:
                    assert os.access(ROOT / script, os.X_OK), script

    def test_the_commands_exist(self) -> None:
        text = subprocess.run([sys.executable, "-m", "groundwire", "--help"], check=True, capture_output=True, text=True).stdout
        known = set(re.findall(r"^  ([a-z]+)", text, re.MULTILINE))
        asked = {
            command
            for name in NAMES
            for step in steps(name)
            for command in re.findall(r"groundwire ([a-z]+)", step.get("run", ""))
        }
        assert asked
        assert asked <= known


class TestJudges:
    """Tools made for it find nothing."""

    def test_schema(self) -> None:
        tool = [str(BIN / "check-jsonschema"), "--builtin-schema"]
        workflows = [str(path) for path in FILES]
        for schema in ("vendor.github-workflows", "custom.github-workflows-require-timeout"):
            done = subprocess.run([*tool, schema, *workflows], capture_output=True, text=True, check=False)
            assert done.returncode == 0, done.stdout + done.stderr
        forms = [str(path) for path in sorted((GITHUB / "ISSUE_TEMPLATE").glob("*.yml")) if path.name != "config.yml"]
        done = subprocess.run([*tool, "vendor.github-issue-forms", *forms], capture_output=True, text=True, check=False)
        assert len(forms) == 4
        assert done.returncode == 0, done.stdout + done.stderr
        done = subprocess.run(
            [*tool, "vendor.dependabot", str(GITHUB / "dependabot.yml")], capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr

    def test_zizmor(self) -> None:
        command = [str(BIN / "zizmor"), "--offline", "--no-progress", "--quiet", "--min-severity", "medium", str(GITHUB)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr


@dataclass(frozen=True)
class Shell:
    """Runs things the way a runner would: no configuration of this machine, outputs in files."""

    home: Path
    more: dict[str, str] = field(default_factory=dict)

    def env(self) -> dict[str, str]:
        return {
            "PATH": os.environ["PATH"],
            "HOME": str(self.home),
            "LC_ALL": "C",
            "GIT_CONFIG_GLOBAL": str(self.home / "gitconfig"),
            "GIT_CONFIG_NOSYSTEM": "1",
            "GIT_TERMINAL_PROMPT": "0",
            "GITHUB_OUTPUT": str(self.home / "output"),
            "GITHUB_STEP_SUMMARY": str(self.home / "summary"),
            "PUSH_PAUSE": "0",
        } | self.more

    def run(self, *command: str | Path, at: Path, code: int = 0) -> str:
        done = subprocess.run(
            [str(part) for part in command], cwd=at, env=self.env(), capture_output=True, text=True, check=False, timeout=60
        )
        assert done.returncode == code, f"{command}: {done.returncode}\n{done.stdout}{done.stderr}"
        return done.stdout + done.stderr

    def git(self, *arguments: str | Path, at: Path) -> str:
        return self.run("git", *arguments, at=at).strip()

    def outputs(self) -> dict[str, str]:
        path = self.home / "output"
        return dict(line.split("=", 1) for line in path.read_text().splitlines()) if path.exists() else {}


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    home = tmp_path / "home"
    home.mkdir()
    (home / "gitconfig").write_text(
        "[user]\n\tname = A Person\n\temail = person@example.org\n[init]\n\tdefaultBranch = main\n"
        "[safe]\n\tdirectory = *\n[advice]\n\tdetachedHead = false\n"
    )
    return Shell(home)


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


class TestReady:
    """The guard."""

    @pytest.mark.parametrize(
        "text",
        [
            "title: X\nurl: https://newsletter.example/\n",
            "url: 'https://newsletter.example/'  # where it lives\n",
            "title: X\n",
            "url:\n",
            "url: https://newsletter.example/ # delete this line, and ...\n",
            "# url: https://news.example.org/\n",
            None,
        ],
    )
    def test_unedited(self, shell: Shell, tmp_path: Path, text: str | None) -> None:
        if text is not None:
            write(tmp_path / "newsletter.yml", text)
        told = shell.run(SCRIPTS / "ready.sh", at=tmp_path)
        assert shell.outputs() == {"ready": "false"}
        assert told.startswith("::notice ")
        assert "newsletter.yml" in told
        assert "newsletter.yml" in (shell.home / "summary").read_text()

    @pytest.mark.parametrize(
        "url", ["https://me.github.io/briefing/", '"https://news.example.org"', "'https://news.example.com/a/' # ours"]
    )
    def test_edited(self, shell: Shell, tmp_path: Path, url: str) -> None:
        write(tmp_path / "newsletter.yml", f"title: X\nurl: {url}\nfeeds:\n- url: https://newsletter.example/feed\n")
        assert "::notice" not in shell.run(SCRIPTS / "ready.sh", at=tmp_path)
        assert shell.outputs() == {"ready": "true"}

    def test_without_a_url_it_is_that_of_github_pages(self, shell: Shell, tmp_path: Path) -> None:
        write(tmp_path / "newsletter.yml", "title: X\nfeeds: []\n")
        told = Shell(shell.home, {"GITHUB_REPOSITORY": "me/briefing"}).run(SCRIPTS / "ready.sh", at=tmp_path)
        assert shell.outputs() == {"ready": "true"}
        assert "me/briefing" in told

    def test_it_knows_the_placeholder(self, shell: Shell) -> None:
        url = load_settings(ROOT).url
        assert url in shell.run(SCRIPTS / "ready.sh", at=ROOT)
        assert shell.outputs() == {"ready": "false" if url == PLACEHOLDER_URL else "true"}


@dataclass(frozen=True)
class Site:
    """A bare repository, the runner's shallow clone of it, and a rival with a clone of their own."""

    shell: Shell
    bare: Path
    runner: Path
    rival: Path

    def push(self, code: int = 0, **env: str) -> str:
        return Shell(self.shell.home, env).run(SCRIPTS / "push.sh", "main", at=self.runner, code=code)

    def rival_commits(self, file: str, text: str, *, push: bool = True) -> None:
        write(self.rival / file, text)
        self.shell.git("add", "--all", at=self.rival)
        self.shell.git("commit", "--quiet", "--message", f"edit {file}", at=self.rival)
        if push:
            self.shell.git("push", "--quiet", "origin", "main", at=self.rival)

    def published(self, file: str) -> str:
        return self.shell.git("show", f"main:{file}", at=self.bare)

    def tip(self) -> str:
        return self.shell.git("rev-parse", "main", at=self.bare)


PAGE = "content/articles/2026/11/one.md"
LEDGER = "content/.ledger/2026-11.jsonl"


@pytest.fixture
def site(shell: Shell, tmp_path: Path) -> Site:
    site = Site(shell, tmp_path / "bare.git", tmp_path / "runner", tmp_path / "rival")
    shell.git("init", "--quiet", "--bare", site.bare, at=tmp_path)
    shell.git("clone", "--quiet", site.bare, site.rival, at=tmp_path)
    write(site.rival / ".gitattributes", (ROOT / ".gitattributes").read_text())
    write(site.rival / "newsletter.yml", "title: X\n")
    write(site.rival / PAGE, "one\n")
    site.rival_commits(LEDGER, '{"n": 1}\n')
    shell.git("clone", "--quiet", "--depth", "1", site.bare.as_uri(), site.runner, at=tmp_path)
    return site


class TestPush:
    """What a scheduled run does with what it wrote."""

    def test_lib_is_sourced_and_not_run(self) -> None:
        assert not os.access(SCRIPTS / "lib.sh", os.X_OK)
        for script in SCRIPTS.glob("*.sh"):
            subprocess.run(["bash", "-n", script], check=True)

    def test_pushed(self, site: Site) -> None:
        write(site.runner / "content/articles/2026/11/two.md", "two\n")
        write(site.runner / "scratch.txt", "not content\n")
        assert "attempt 1" in site.push()
        assert site.shell.outputs() == {"changed": "true", "issues": "0"}
        assert site.published("content/articles/2026/11/two.md") == "two"
        assert "scratch.txt" not in site.shell.git("ls-tree", "-r", "--name-only", "main", at=site.bare)
        assert (
            site.shell.git("log", "-1", "--format=%an: %s", "main", at=site.bare) == "github-actions[bot]: Publish: new pages: 1"
        )

    def test_nothing_changed(self, site: Site) -> None:
        before = site.tip()
        assert "nothing to push" in site.push()
        assert site.shell.outputs() == {"changed": "false"}
        assert site.tip() == before

    def test_no_content_at_all(self, site: Site) -> None:
        site.shell.git("rm", "-r", "--quiet", "content", at=site.rival)
        site.rival_commits("newsletter.yml", "title: Y\n")
        site.shell.git("pull", "--quiet", at=site.runner)
        assert not (site.runner / "content").exists()
        site.push()
        assert site.shell.outputs() == {"changed": "false"}

    def test_behind_at_the_start(self, site: Site) -> None:
        site.rival_commits("newsletter.yml", "title: Y\n")
        write(site.runner / PAGE, "one, better\n")
        assert "attempt 1" in site.push()
        assert site.published(PAGE) == "one, better"
        assert site.published("newsletter.yml") == "title: Y"

    def test_race_won_at_a_later_attempt(self, site: Site) -> None:
        """Twice somebody pushes after our fetch and before our push arrives."""
        write(site.runner / PAGE, "one, better\n")
        hook = site.runner / ".git/hooks/pre-push"
        hook.write_text(
            "#!/bin/sh\nunset GIT_DIR GIT_WORK_TREE GIT_INDEX_FILE\n"
            f'cd "{site.rival}" && n=$(git rev-list --count main) && [ "$n" -lt 3 ] || exit 0\n'
            'echo "$n" >"rival-$n.txt" && git add --all && git commit -qm rival && git push -q origin main\n'
        )
        hook.chmod(0o755)
        told = site.push()
        assert "attempt 2 of 5 did not succeed" in told
        assert "pushed to main at attempt 3" in told
        assert site.shell.outputs() == {"changed": "true", "issues": "0"}
        assert site.published(PAGE) == "one, better"
        assert site.published("rival-2.txt") == "2"
        assert site.shell.git("rev-list", "--merges", "--count", "main", at=site.bare) == "0"

    def test_conflict(self, site: Site) -> None:
        site.rival_commits(PAGE, "one, by a person\n")
        before = site.tip()
        write(site.runner / PAGE, "one, by the machine\n")
        told = site.push(code=1)
        assert "::error" in told
        assert "same lines" in told
        assert "changed" not in site.shell.outputs()
        assert site.tip() == before
        assert site.published(PAGE) == "one, by a person"
        assert not (site.runner / ".git/rebase-merge").exists()

    def test_ledgers_are_joined(self, site: Site) -> None:
        site.rival_commits(LEDGER, '{"n": 1}\n{"n": 2}\n')
        write(site.runner / LEDGER, '{"n": 1}\n{"n": 3}\n')
        site.push()
        assert sorted(site.published(LEDGER).splitlines()) == ['{"n": 1}', '{"n": 2}', '{"n": 3}']

    def test_somebody_pushed_the_very_same(self, site: Site) -> None:
        site.rival_commits(PAGE, "one, better\n")
        write(site.runner / PAGE, "one, better\n")
        site.push()
        assert site.shell.outputs() == {"changed": "false"}

    def test_a_protected_branch_is_named(self, site: Site) -> None:
        hook = site.bare / "hooks/pre-receive"
        hook.write_text("#!/bin/sh\necho protected >&2\nexit 1\n")
        hook.chmod(0o755)
        before = site.tip()
        write(site.runner / PAGE, "one, better\n")
        told = site.push(code=1)
        assert "attempt 5 of 5" in told
        assert "protected" in told.splitlines()[-1]
        assert site.tip() == before

    def test_the_token_travels_in_the_header(self, site: Site, requests: list[str], server: str) -> None:
        write(site.runner / PAGE, "one, better\n")
        site.shell.git("remote", "set-url", "origin", f"{server}/me/briefing.git", at=site.runner)
        told = site.push(code=1, GITHUB_TOKEN="t0ken", GITHUB_SERVER_URL=server)
        assert set(requests) == {"basic " + base64.b64encode(b"x-access-token:t0ken").decode()}
        assert "t0ken" not in told
        assert "t0ken" not in (site.runner / ".git/config").read_text()


@pytest.fixture
def requests() -> list[str]:
    """The Authorization header of each request that `server` got."""
    return []


@pytest.fixture
def server(requests: list[str]) -> Iterator[str]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            requests.append(self.headers.get("Authorization", ""))
            self.send_error(404)

        def log_message(self, format: str, *args: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Handler) as http:
        thread = threading.Thread(target=http.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{http.server_address[1]}"
        http.shutdown()
        thread.join()


class TestScope:
    """Whether a pull request touches the machinery."""

    @pytest.mark.parametrize(
        ("files", "code"),
        [
            (["content/articles/2026/11/ein schöner tag.md", "newsletter.yml"], "false"),
            (["categories/space.yml", ".github/CONTRIBUTING.md"], "false"),
            (["content/x.md", "generator/groundwire/cli/main.py"], "true"),
            ([".github/workflows/pr.yml"], "true"),
            (["requirements/run.txt"], "true"),
        ],
    )
    def test_scope(self, site: Site, files: list[str], code: str) -> None:
        for file in files:
            site.rival_commits(file, "x\n", push=False)
        site.shell.run(SCRIPTS / "scope.sh", f"HEAD~{len(files)}", at=site.rival)
        assert site.shell.outputs() == {"code": code}


class TestReport:
    """One issue a workflow; `gh` is a stand-in that notes what it is asked."""

    @pytest.mark.parametrize(
        ("failed", "open_issue", "asked"),
        [
            ("true", "", ["issue list", "issue create --title The workflow Generate fails"]),
            ("true", "7", ["issue list", "issue comment 7 --body It failed again: https://run"]),
            ("false", "7", ["issue list", "issue comment 7 --body It works again: https://run", "issue close 7"]),
            ("false", "", ["issue list"]),
        ],
    )
    def test_report(self, shell: Shell, tmp_path: Path, failed: str, open_issue: str, asked: list[str]) -> None:
        gh = tmp_path / "bin/gh"
        write(gh, f'#!/bin/sh\necho "$*" >>"{tmp_path}/asked"\n[ "$2" != list ] || echo "{open_issue}"\n')
        gh.chmod(0o755)
        env = {"PATH": f"{gh.parent}:{os.environ['PATH']}", "WORKFLOW": "Generate", "FAILED": failed, "RUN_URL": "https://run"}
        Shell(shell.home, env).run(SCRIPTS / "report.sh", at=tmp_path)
        calls = [line for line in (tmp_path / "asked").read_text().splitlines() if line.startswith("issue ")]
        assert len(calls) == len(asked)
        for call, start in zip(calls, asked, strict=True):
            assert call.startswith(start)


def test_a_story_is_mended_with_words_as_data(tmp_path: Path) -> None:
    told = tmp_path / "told"
    command = tmp_path / "groundwire"
    command.write_text(f'#!/bin/sh\nfor word in "$@"; do echo "$word"; done > {told}\n')
    command.chmod(0o755)
    script = Path(__file__).parents[1] / ".github" / "scripts" / "story.sh"
    environment = {**os.environ, "GROUNDWIRE": str(command)}
    cases = {
        ("withdraw", "--by=x", "--now=1 $(id)"): ["story", "withdraw", "--reason=--now=1 $(id)", "--", "--by=x"],
        ("release", "s-0123456789", "A. Editor"): ["story", "release", "--by=A. Editor", "--", "s-0123456789"],
        ("split", "a b", "https://x.example/?a=1&b=2"): ["story", "split", "--", "a b", "https://x.example/?a=1&b=2"],
    }
    for words, wanted in cases.items():
        subprocess.run([str(script), *words], check=True, env=environment)
        assert told.read_text().splitlines() == wanted
    refused = subprocess.run([str(script), "erase", "x", "y"], env=environment, capture_output=True, text=True, check=False)
    assert refused.returncode == 1
