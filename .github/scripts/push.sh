#!/usr/bin/env bash
# Commits content/ and pushes it to BRANCH, on top of whatever others pushed meanwhile: push.sh BRANCH
#
# Three outcomes: pushed (changed=true, issues=how many files of issues; a lost race is tried again, five times in all); nothing to push (changed=false); somebody
# changed the same lines, or every attempt was refused: exit 1, and the branch is as it was. Ledger files never conflict: they are
# joined line by line (.gitattributes). With GITHUB_TOKEN set it pushes in that name; checkouts keep no credentials.
# NOW (seconds since 1970) stands in for the clock in tests.
set -euo pipefail

here=$(dirname "${BASH_SOURCE[0]}")
# shellcheck source=lib.sh
source "$here/lib.sh"

branch=${1:?"usage: push.sh BRANCH"}
attempts=5
pause=${PUSH_PAUSE:-3} # seconds, times the attempt
quiet_days=50          # GitHub stops the schedules of a repository in which nothing happens for 60

unchanged() {
    echo "changed=false" >>"$output"
    echo "content/ is as it was; nothing to push"
    stay_alive
    exit 0
}

# An empty commit now and then, so that a publication whose feeds are silent for two months still runs in the third.
stay_alive() {
    local last
    last=$(git log -1 --format=%ct)
    if ((${NOW:-$(date +%s)} - last < quiet_days * 86400)); then
        return
    fi
    git commit --quiet --allow-empty --message "Still here: nothing new in $quiet_days days"
    if git push --quiet origin "HEAD:refs/heads/$branch"; then
        echo "nothing has happened for $quiet_days days; pushed an empty commit, so that GitHub keeps the schedule on"
    else
        echo "::warning title=The schedule ends soon::Nothing has happened for $quiet_days days. After 60 GitHub stops the schedule; Actions, Generate, Enable workflow starts it again."
    fi
}

if [[ ! -d content ]]; then
    unchanged
fi
git add --all content
if git diff --cached --quiet; then
    unchanged
fi
issues=$(git diff --cached --name-only -- content/issues | grep -c '\.md$' || true)
pages=$(git diff --cached --name-only --diff-filter=A -- content/articles | grep -c '\.md$' || true)
git commit --quiet --message "Publish: new pages: $pages"

for ((attempt = 1; attempt <= attempts; attempt++)); do
    if git fetch --quiet origin "$branch"; then
        if ! git rebase --quiet FETCH_HEAD; then
            git rebase --abort || true # the failure is told below, whatever state the rebase was left in
            fail "Nothing was pushed" "What this run wrote and what was pushed to $branch meanwhile change the same lines. Run the workflow again: it starts from the new state."
        fi
        if [[ $(git rev-parse HEAD) == $(git rev-parse FETCH_HEAD) ]]; then
            unchanged # others pushed the very same
        fi
        if git push --quiet origin "HEAD:refs/heads/$branch"; then
            echo "changed=true" >>"$output"
            echo "issues=$issues" >>"$output"
            echo "pushed to $branch at attempt $attempt; new pages: $pages"
            exit 0
        fi
    fi
    echo "attempt $attempt of $attempts did not succeed"
    if ((attempt < attempts)); then
        sleep $((pause * attempt))
    fi
done
fail "Nothing was pushed" "$branch took none of $attempts attempts. If it is protected, either let GitHub Actions push to it (Settings, Rules, the rule for $branch, Bypass list) or let every run open a pull request (Settings, Secrets and variables, Actions, Variables: PUBLISH_BY with the value pull-request)."
