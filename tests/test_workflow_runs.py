"""The workflows run: their own shell, step by step, on clones of local bare repositories. Only GitHub itself is a stand-in (`gh`)."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from actions import Job, load, runner_environment
from groundwire.scaffolding.scaffold import init
from support import FeedServer, rss, snapshot

ROOT = Path(__file__).resolve().parents[1]
BIN = Path(sys.executable).parent
REPOSITORY = "me/briefing"

# What `gh` is asked here: the open pull request of a branch, a new one, another text. A file a branch is its open pull request.
GH = """#!/bin/bash
echo "$*" >>"$STATE/asked"
while (($#)); do
    case $1 in
        --head) head=${2//\\//_} ;;
        --body-file) body=$2 ;;
        create | edit | list) order=$1 ;;
        [0-9]*) head=$(cat "$STATE/number-$1") ;;
        repos/*/pages) [[ -f $STATE/pages ]] && cat "$STATE/pages" && exit 0; echo "gh: Not Found (HTTP 404)" >&2; exit 1 ;;
    esac
    shift
done
case $order in
    list) [[ ! -f $STATE/pr-$head ]] || echo "${#head}" ;;
    create) [[ ! -f $STATE/forbidden ]] || { echo "pull request create failed: GitHub Actions is not permitted to create or approve pull requests" >&2; exit 1; }
        cp "$body" "$STATE/pr-$head"; echo "$head" >"$STATE/number-${#head}"; echo "https://github.example/pull/${#head}" ;;
    edit) cp "$body" "$STATE/pr-$head" ;;
esac
"""
# A command that publishes what lies in $FEED, for flows in which what is published is not the point.
STUB = """#!/bin/bash
set -e
case $1 in
    update) mkdir -p content/articles content/.ledger; cp -Rn "$FEED/articles/." content/articles/ 2>/dev/null || true; ;;
    issue) if [[ -f $FEED/issue.md && ! -f content/.ledger/issues-2026-11.jsonl ]]; then mkdir -p content/issues; cp "$FEED/issue.md" content/issues/2026-w48.md; echo '{"event": "composed"}' >content/.ledger/issues-2026-11.jsonl; fi ;;
    check) ! grep -rl broken content/articles ;;
    build) mkdir -p site ;;
    story) if [[ $2 == held ]]; then grep -rl '^in_review: ' content/articles || true; else sed -i '/^status: draft$/d; /^in_review: /d; s/^id: .*/&\\nreviewed: {by: '"${3#--by=}"'}/' "${@: -1}"; fi ;;
    send) echo "$*" >"$FEED/sent" ;;
esac
"""


@dataclass
class GitHub:
    """A repository on GitHub as its workflows know it: a bare repository, its pull requests, variables and Pages."""

    folder: Path
    variables: dict[str, str] = field(default_factory=dict)

    @property
    def bare(self) -> Path:
        return self.folder / "bare.git"

    @property
    def state(self) -> Path:
        return self.folder / "state"

    @property
    def feed(self) -> Path:
        return self.folder / "feed"

    def git(self, *words: str | Path, at: Path | None = None, check: bool = True) -> str:
        env = runner_environment(self.folder / "home")
        done = subprocess.run(
            ["git", *map(str, words)], cwd=at or self.bare, env=env, capture_output=True, text=True, check=False
        )
        assert not check or done.returncode == 0, done.stdout + done.stderr
        return done.stdout.strip()

    def person(self) -> Path:
        """A clone of somebody's, up to date."""
        clone = self.folder / "person"
        if not clone.exists():
            self.git("clone", "--quiet", self.bare, clone, at=self.folder)
        self.git("fetch", "--quiet", "--prune", at=clone)
        return clone

    def commits(self, branch: str, file: str, text: str | None) -> None:
        """A person changes or deletes a file on a branch."""
        clone = self.person()
        self.git("checkout", "--quiet", "-B", branch, f"origin/{branch}", at=clone)
        path = clone / file
        if text is None:
            path.unlink()
        else:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        self.git("add", "--all", at=clone)
        self.git("commit", "--quiet", "--message", f"edit {file}", at=clone)
        self.git("push", "--quiet", "origin", branch, at=clone)

    def merges(self, branch: str) -> None:
        """A person merges a pull request, squashed, and leaves the branch where it is."""
        clone = self.person()
        self.git("checkout", "--quiet", "-B", "main", "origin/main", at=clone)
        self.git("merge", "--quiet", "--squash", f"origin/{branch}", at=clone)
        self.git("commit", "--quiet", "--message", "merged", at=clone)
        self.git("push", "--quiet", "origin", "main", at=clone)
        (self.state / f"pr-{branch.replace('/', '_')}").unlink()

    def shows(self, branch: str) -> set[str]:
        """The files of a branch."""
        return set(self.git("ls-tree", "-r", "--name-only", branch).splitlines())

    def text(self, branch: str, file: str) -> str:
        return self.git("show", f"{branch}:{file}")

    def pull_request(self, branch: str) -> str:
        """The text of the branch's open pull request; '' where there is none."""
        path = self.state / f"pr-{branch.replace('/', '_')}"
        return path.read_text() if path.exists() else ""

    def run(
        self,
        workflow: str,
        job: str,
        *,
        inputs: dict[str, Any] | None = None,
        needs: dict[str, Any] | None = None,
        ref: str = "main",
        **env: str,
    ) -> Job:
        """Run one job of a workflow on a fresh runner."""
        runner = self.folder / "runner" / "work"
        shutil.rmtree(runner.parent, ignore_errors=True)
        runner.parent.mkdir()
        self.git("clone", "--quiet", "--depth", "1", "--branch", ref, self.bare.as_uri(), runner, at=self.folder)
        self.equip(runner)
        contexts = {
            "github": {
                "ref_name": "main", "repository": REPOSITORY, "repository_owner": "me", "token": "", "run_id": "7",
                "server_url": "https://github.example", "workflow": "Generate",
            },
            "inputs": {"dry_run": False, **(inputs or {})},
            "vars": self.variables,
            "secrets": {},
            "needs": needs or {},
        }  # fmt: skip
        shell = runner_environment(self.folder / "home")
        shell |= {"STATE": str(self.state), "FEED": str(self.feed), "GITHUB_REPOSITORY": REPOSITORY, **env}
        shell["PATH"] = f"{self.folder / 'bin'}:{shell['PATH']}"
        given = {"site": {"artifact-url": "https://github.example/artifact"}}
        spec = load(ROOT / ".github" / "workflows" / workflow)["jobs"][job]
        return Job(spec, runner, shell, contexts, given).run()

    def equip(self, runner: Path) -> None:
        """An environment in .venv, as bootstrap.sh leaves it."""
        venv = runner / ".venv"
        (venv / "bin").mkdir(parents=True)
        for tool in ("python", "mkdocs"):
            (venv / "bin" / tool).symlink_to(BIN / tool)
        command = self.folder / "bin" / "groundwire-stub"
        (venv / "bin" / "groundwire").symlink_to(command if command.exists() else BIN / "groundwire")
        wanted = [(runner / name).read_text() for name in ("requirements/run.txt", "pyproject.toml")]
        (venv / ".made-run").write_text(f"{runner}\n{''.join(wanted)}")


@pytest.fixture
def github(tmp_path: Path) -> GitHub:
    hub = GitHub(tmp_path)
    for folder in (hub.state, hub.feed / "articles", tmp_path / "bin"):
        folder.mkdir(parents=True)
    (tmp_path / "bin" / "gh").write_text(GH)
    (tmp_path / "bin" / "gh").chmod(0o755)
    (hub.state / "pages").write_text("workflow\n")
    hub.git("init", "--quiet", "--bare", hub.bare, at=tmp_path)
    return hub


def use_this_template(hub: GitHub) -> Path:
    """The template's files as they are here, in a new repository with one commit; the answer is its owner's clone."""
    clone = hub.folder / "person"
    files = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    ).stdout.split("\0")
    for name in filter(None, files):
        if (ROOT / name).exists():
            (clone / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, clone / name)
    hub.git("init", "--quiet", at=clone)
    hub.git("remote", "add", "origin", hub.bare, at=clone)
    hub.git("add", "--all", at=clone)
    hub.git("commit", "--quiet", "--message", "Initial commit", at=clone)
    hub.git("push", "--quiet", "origin", "main", at=clone)
    return clone


@pytest.fixture
def small(github: GitHub) -> GitHub:
    """A repository with what the scripts read, and the stub for the command."""
    stub = github.folder / "bin" / "groundwire-stub"
    stub.write_text(STUB)
    stub.chmod(0o755)
    clone = github.folder / "person"
    for name in (".github/scripts", "scripts", "requirements"):
        shutil.copytree(ROOT / name, clone / name)
    for name in ("pyproject.toml", ".gitattributes", ".gitignore"):
        shutil.copy2(ROOT / name, clone / name)
    (clone / "newsletter.yml").write_text("title: T\nurl: https://me.github.io/briefing/\n")
    github.git("init", "--quiet", at=clone)
    github.git("remote", "add", "origin", github.bare, at=clone)
    (clone / "content").mkdir()
    (clone / "content" / "about.md").write_text("# About\n")
    github.git("add", "--all", at=clone)
    github.git("commit", "--quiet", "--message", "Initial commit", at=clone)
    github.git("push", "--quiet", "origin", "main", at=clone)
    return github


def write(hub: GitHub, name: str, text: str = "id: s-1\n") -> str:
    """A page that the next run publishes."""
    (hub.feed / "articles" / name).write_text(text)
    return f"content/articles/{name}"


class TestByPush:
    """The usual mode: a run pushes."""

    def test_pages_are_pushed_and_the_site_is_called_for(self, small: GitHub) -> None:
        page = write(small, "one.md")
        job = small.run("generate.yml", "generate")
        assert job.result == "success", job.told
        assert job.outputs | {"ready": "true", "changed": "true", "issue": ""} == job.outputs
        assert page in small.shows("main")
        assert small.run("generate.yml", "generate").outputs["changed"] == "false"

    def test_an_issue_that_is_pushed_calls_the_newsletter(self, small: GitHub) -> None:
        condition = load(ROOT / ".github/workflows/generate.yml")["jobs"]["newsletter"]["if"]
        write(small, "one.md")
        (small.feed / "issue.md").write_text("---\nid: 2026-w48\n---\n")
        for wanted in (True, False):
            job = small.run("generate.yml", "generate")
            needs = {"generate": {"result": job.result, "outputs": job.outputs}, "deploy": {"result": "success"}}
            assert Job({"steps": []}, small.folder, {}, {"needs": needs}).holds(condition) is wanted

    def test_a_dry_run_pushes_nothing_and_keeps_the_site(self, small: GitHub) -> None:
        page = write(small, "one.md")
        job = small.run("generate.yml", "generate", inputs={"dry_run": True})
        assert page not in small.shows("main")
        assert "Keep the site to look at" in job.done

    def test_what_was_done_before_a_failure_is_pushed_and_not_deployed(self, small: GitHub) -> None:
        page = write(small, "one.md", "broken\n")
        job = small.run("generate.yml", "generate")
        assert job.result == "failure"
        assert page in small.shows("main")
        generate = {"result": job.result, "outputs": job.outputs}
        report = Job(load(ROOT / ".github/workflows/generate.yml")["jobs"]["report"], small.folder, {}, {"needs": {"generate": generate, "proof": {"result": "skipped"}, "deploy": {"result": "skipped"}}, "github": {"workflow": "Generate"}})  # fmt: skip
        assert report.holds(report.spec["if"])
        assert report.fill(report.spec["with"]["failed"]) == "true"

    def test_held_pages_are_released_by_one_pull_request(self, small: GitHub) -> None:
        one, two = write(small, "one.md", "id: s-1\nstatus: draft\nin_review: x\n"), write(small, "two.md")
        begun = write(small, "begun.md", "id: s-4\nstatus: draft\n")
        job = small.run("generate.yml", "generate")
        assert job.result == "success", job.told
        text = small.pull_request("groundwire/review")
        assert f"- changed: `{one}`" in text
        assert two not in text
        assert begun not in text
        assert "status: draft" in small.text("groundwire/review", begun)
        assert "status: draft" in small.text("main", one)
        assert "reviewed: {by: me}" in small.text("groundwire/review", one)
        # A person edits it there; another page is held; the edit stays.
        small.commits("groundwire/review", one, "id: s-1\nreviewed: {by: A. Editor}\nread\n")
        three = write(small, "three.md", "id: s-3\nstatus: draft\nin_review: x\n")
        small.run("generate.yml", "generate")
        assert "read" in small.text("groundwire/review", one)
        assert f"- changed: `{three}`" in small.pull_request("groundwire/review")
        small.merges("groundwire/review")
        assert "no page is held" in small.run("generate.yml", "generate").told
        assert not small.pull_request("groundwire/review")

    def test_held_pages_start_anew_where_main_went_another_way(self, small: GitHub) -> None:
        one = write(small, "one.md", "id: s-1\nstatus: draft\nin_review: x\ntext\n")
        small.run("generate.yml", "generate")
        small.commits("main", one, "id: s-1, the same\nstatus: draft\nin_review: x\nanother text\n")
        job = small.run("generate.yml", "generate")
        assert "starts anew" in job.told
        assert "another text" in small.text("groundwire/review", one)

    def test_where_pull_requests_are_forbidden_the_site_is_deployed_and_somebody_is_told(self, small: GitHub) -> None:
        write(small, "one.md", "id: s-1\nstatus: draft\nin_review: x\n")
        (small.state / "forbidden").touch()
        job = small.run("generate.yml", "generate")
        assert job.result == "success"
        assert job.outputs["changed"] == "true"
        assert job.outputs["review"] == "failure"
        errors = [line for line in job.told.splitlines() if line.startswith("::error")]
        assert len(errors) == 1
        assert "Settings, Actions, General, Workflow permissions" in errors[0]


class TestByPullRequest:
    """For a protected branch: a run proposes."""

    @pytest.fixture(autouse=True)
    def mode(self, small: GitHub) -> None:
        small.variables["PUBLISH_BY"] = "pull-request"

    def test_runs_go_on_in_one_pull_request(self, small: GitHub) -> None:
        before = small.git("rev-parse", "main")
        one = write(small, "one.md")
        job = small.run("generate.yml", "generate")
        assert job.result == "success", job.told
        assert job.outputs["changed"] == "", "nothing to deploy"
        text = small.pull_request("groundwire/pages")
        assert f"- new: `{one}`" in text
        assert "| every page, setting and category | success |" in text
        assert "https://github.example/artifact" in text
        # A person edits the page in the pull request and something on main; the next run keeps both.
        small.commits("groundwire/pages", one, "id: s-1\nmended\n")
        small.commits("main", "content/about.md", "# About us\n")
        two = write(small, "two.md")
        small.run("generate.yml", "generate")
        assert "mended" in small.text("groundwire/pages", one)
        assert "About us" in small.text("groundwire/pages", "content/about.md")
        assert two in small.shows("groundwire/pages")
        assert "about.md" not in small.pull_request("groundwire/pages")
        assert small.git("rev-list", "--count", f"{before}..main") == "1"

    def test_merged_squashed_and_on(self, small: GitHub) -> None:
        one = write(small, "one.md")
        small.run("generate.yml", "generate")
        small.merges("groundwire/pages")
        assert "nothing new to propose" in small.run("generate.yml", "generate").told
        two = write(small, "two.md")
        small.run("generate.yml", "generate")
        assert f"`{two}`" in small.pull_request("groundwire/pages")
        assert one not in small.pull_request("groundwire/pages")

    def test_a_quiet_run_leaves_the_pull_request_alone(self, small: GitHub) -> None:
        write(small, "one.md")
        small.run("generate.yml", "generate")
        tip = small.git("rev-parse", "groundwire/pages")
        small.run("generate.yml", "generate")
        assert small.git("rev-parse", "groundwire/pages") == tip

    def test_a_failed_check_stands_in_its_text(self, small: GitHub) -> None:
        write(small, "one.md", "broken\n")
        job = small.run("generate.yml", "generate")
        assert job.result == "failure"
        assert "| every page, setting and category | failure |" in small.pull_request("groundwire/pages")

    def test_a_conflict_stops_before_anything_is_done(self, small: GitHub) -> None:
        one = write(small, "one.md")
        small.run("generate.yml", "generate")
        small.commits("main", one, "another\n")
        tip = small.git("rev-parse", "groundwire/pages")
        job = small.run("generate.yml", "generate")
        assert job.result == "failure"
        assert "Resolve conflicts" in job.told
        assert "Feeds to pages" not in job.done
        assert small.git("rev-parse", "groundwire/pages") == tip

    def test_what_somebody_pushed_meanwhile_is_not_written_over(self, small: GitHub) -> None:
        one = write(small, "one.md")
        small.run("generate.yml", "generate")
        write(small, "two.md")
        hook = small.folder / "bin" / "groundwire-stub"
        other = small.person()
        small.git("checkout", "--quiet", "-B", "groundwire/pages", "origin/groundwire/pages", at=other)
        (other / one).write_text("mended\n")
        small.git("commit", "--quiet", "-am", "mended", at=other)
        hook.write_text(STUB + f'\n[[ $1 != build ]] || git -C "{other}" push --quiet origin groundwire/pages\n')
        job = small.run("generate.yml", "generate")
        assert job.result == "failure"
        assert "Somebody pushed" in job.told
        assert small.text("groundwire/pages", one) == "mended"

    def test_where_they_are_forbidden_one_line_says_where_to_click(self, small: GitHub) -> None:
        write(small, "one.md")
        (small.state / "forbidden").touch()
        job = small.run("generate.yml", "generate")
        assert job.result == "failure"
        assert job.told.count("::error") == 1
        assert "Allow GitHub Actions to create and approve pull requests" in job.told
        (small.state / "forbidden").unlink()

    def test_a_story_is_mended_by_pull_request_too(self, small: GitHub) -> None:
        small.commits("main", "content/articles/one.md", "id: s-1\nstatus: draft\nin_review: x\n")
        inputs = {"command": "release", "page": "content/articles/one.md", "argument": "A. Editor"}
        job = small.run("story.yml", "story", inputs=inputs)
        assert job.result == "success", job.told
        assert "status: draft" in small.text("main", "content/articles/one.md")
        assert "A. Editor" in small.text("groundwire/pages", "content/articles/one.md")


class TestIssueByPullRequest:
    """The weekly issue is proposed, its editor gets a test mail, the pages are pushed."""

    def test_it_is_proposed_once(self, small: GitHub) -> None:
        small.variables |= {"ISSUE_BY": "pull-request", "EDITOR_EMAIL": "editor@example.org"}
        page = write(small, "one.md")
        (small.feed / "issue.md").write_text("---\nid: 2026-w48\n---\n")
        job = small.run("generate.yml", "generate")
        assert job.result == "success", job.told
        branch = job.outputs["issue"]
        assert branch == "groundwire/issue-2026-w48"
        assert small.shows(branch) - small.shows("main") == {"content/issues/2026-w48.md"}
        assert {page, "content/.ledger/issues-2026-11.jsonl"} <= small.shows("main")
        assert "mailed" in small.pull_request(branch)
        needs = {"generate": {"result": "success", "outputs": job.outputs}}
        proof = small.run("generate.yml", "proof", needs=needs, ref=branch)
        assert proof.result == "success", proof.told
        assert (small.feed / "sent").read_text() == "send --test editor@example.org\n"
        again = small.run("generate.yml", "generate")
        assert again.outputs["issue"] == ""


class TestDeploy:
    """What stands between a built site and its address."""

    @pytest.mark.parametrize(
        ("pages", "title"), [("", "Pages is off"), ("legacy\n", "Pages takes its site from a branch"), ("workflow\n", "")]
    )
    def test_pages_off_says_where_to_click(self, small: GitHub, pages: str, title: str) -> None:
        (small.state / "pages").unlink()
        if pages:
            (small.state / "pages").write_text(pages)
        job = small.run("deploy.yml", "deploy", needs={"build": {"outputs": {"ready": "true"}}})
        assert job.result == ("failure" if title else "success")
        assert [line.split("::")[1] for line in job.told.splitlines() if line.startswith("::error")] == (
            [f"error title={title}"] if title else []
        )
        if title:
            assert "Settings, Pages" in job.told


class TestAlive:
    """GitHub stops schedules after sixty quiet days."""

    DAY = 86400

    @pytest.mark.parametrize(("days", "commits"), [(3, 0), (49, 0), (51, 1)])
    def test_an_empty_commit_now_and_then(self, small: GitHub, days: int, commits: int) -> None:
        tip = small.git("rev-parse", "main")
        now = int(small.git("log", "-1", "--format=%ct", "main")) + days * self.DAY
        job = small.run("generate.yml", "generate", NOW=str(now))
        assert job.result == "success", job.told
        assert job.outputs["changed"] == "false", "no site is built for it"
        assert small.git("rev-list", "--count", f"{tip}..main") == str(commits)
        assert small.git("diff", "--name-only", tip, "main") == ""

    def test_a_protected_branch_is_told_of(self, small: GitHub) -> None:
        hook = small.bare / "hooks" / "pre-receive"
        hook.write_text("#!/bin/sh\nexit 1\n")
        hook.chmod(0o755)
        job = small.run("generate.yml", "generate", NOW="9999999999")
        assert job.result == "success"
        assert "::warning title=The schedule ends soon::" in job.told


def test_every_line_of_shell_ran() -> None:
    """Each `run` of these workflows is reached by a test above or beside; one that is new must be added here with its test."""
    known = {
        ".github/scripts/ready.sh", ".github/scripts/propose.sh", ".github/scripts/push.sh", ".github/scripts/issue.sh", ".github/scripts/review.sh",
        ".github/scripts/pages.sh", ".github/scripts/report.sh", ".github/scripts/story.sh", "sh scripts/bootstrap.sh run", ".venv/bin/groundwire update",
        ".venv/bin/groundwire issue", ".venv/bin/groundwire check", ".venv/bin/groundwire build", '.venv/bin/groundwire send --test "$EDITOR_EMAIL"',
    }  # fmt: skip
    for name in ("generate.yml", "deploy.yml", "story.yml", "report-failure.yml"):
        for job in load(ROOT / ".github" / "workflows" / name)["jobs"].values():
            for step in job.get("steps", []):
                if "run" in step:
                    line = step["run"].strip()
                    assert line in known or line.split()[0] in known, line


@pytest.mark.slow
def test_use_this_template_edit_one_file_run(github: GitHub, server: FeedServer) -> None:
    """An unedited copy does nothing and ends well; edited, its first run makes pages and the sample is gone; the next changes nothing."""
    clone = use_this_template(github)
    sample = {name for name in github.shows("main") if name.startswith("content/articles/")}
    assert sample
    quiet = github.run("generate.yml", "generate")
    assert quiet.result == "success"
    assert quiet.outputs["ready"] == "false"
    assert quiet.done == ["Check out the branch's tip", "Has this copy been set up?"]
    assert github.git("rev-list", "--count", "main") == "1"

    item = {"title": "Ferries to the islands are late for a week", "link": "https://one.example/a", "pubDate": "Sun, 12 Apr 2026 10:00:00 +0000"}  # fmt: skip
    item["description"] = (
        "Ferries to the islands are late for a week, the harbour office says, and asks travellers to call before they set out."
    )
    feed = server.put("/feed.xml", rss(item))
    settings = f"title: Ours\nfetch: {{allow_networks: [127.0.0.0/8]}}\nselect: {{max_age_days: 365}}\nsite: {{credit: false}}\nfeeds:\n- {{url: '{feed}', name: One}}\n"
    github.commits("main", "newsletter.yml", settings)
    shutil.rmtree(clone)
    first = github.run("generate.yml", "generate")
    assert first.result == "success", first.told
    assert first.outputs["changed"] == "true"
    pages = {name for name in github.shows("main") if name.startswith("content/articles/")}
    assert pages == {"content/articles/2026/04/ferries-to-the-islands-are-late-for-a-week.md"}
    assert not {name for name in github.shows("main") if name.startswith("content/outlets")}
    site = github.folder / "runner" / "work" / "site"
    address = "articles/2026/04/ferries-to-the-islands-are-late-for-a-week/"
    assert f"https://me.github.io/briefing/{address}" in (site / address / "index.html").read_text()
    # Nothing of ours in what readers see: no sample, and no name without the credit.
    assert not [path for path in site.rglob("*.html") if "Groundwire" in path.read_text()]
    deploy = github.run("deploy.yml", "build")
    assert deploy.result == "success", deploy.told
    again = github.run("generate.yml", "generate")
    assert again.outputs["changed"] == "false"


def test_init_in_a_copy_takes_the_sample_away_and_a_second_one_changes_nothing(github: GitHub) -> None:
    clone = use_this_template(github)
    words = {
        "title": "Ours",
        "url": "https://news.example.org/",
        "feeds": ("https://one.example/f",),
        "language": "en",
        "timezone": "UTC",
    }
    init(clone, **words)  # type: ignore[arg-type]  # one dictionary for both calls
    before = snapshot(clone)
    assert not [name for name in before if name.startswith("content/")]
    assert b"Groundwire" not in before["newsletter.yml"]
    assert "as it was" in init(clone, **words)  # type: ignore[arg-type]  # as above
    assert snapshot(clone) == before


def test_what_a_test_waits_for(make_job: Callable[[str], Job]) -> None:
    """The stand-in itself: conditions as GitHub reads them."""
    job = make_job("success")
    assert job.holds("${{ inputs.dry_run && steps.a.outputs.x == 'true' }}") is False
    assert job.holds("steps.a.outputs.x == 'true'") is True
    assert job.holds("${{ !cancelled() && steps.missing.outcome != 'skipped' }}") is True
    assert job.fill("${{ contains(needs.*.result, 'failure') || vars.X == 'y' }}") == "true"
    job.failed = True
    assert job.holds("steps.a.outputs.x == 'true'") is False
    assert job.holds("${{ failure() && steps.a.outputs.x == 'true' }}") is True


@pytest.fixture
def make_job(tmp_path: Path) -> Callable[[str], Job]:
    def make(result: str) -> Job:
        contexts = {"inputs": {"dry_run": False}, "needs": {"one": {"result": result}}, "vars": {"X": "y"}}
        return Job({"steps": []}, tmp_path, {}, contexts, steps={"a": {"outcome": "success", "outputs": {"x": "true"}}})

    return make
