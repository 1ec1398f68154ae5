#!/usr/bin/env bash
# Commits content/ and pushes it to BRANCH, on top of whatever others pushed meanwhile: push.sh BRANCH
#
# Three outcomes: pushed (changed=true; a lost race is tried again, five times in all); nothing to push (changed=false); somebody
# changed the same lines, or every attempt was refused: exit 1, and the branch is as it was. Ledger files never conflict: they are
# joined line by line (.gitattributes). With GITHUB_TOKEN set it pushes in that name; checkouts keep no credentials.
set -euo pipefail

branch=${1:?"usage: push.sh BRANCH"}
attempts=5
pause=${PUSH_PAUSE:-3} # seconds, times the attempt
output=${GITHUB_OUTPUT:-/dev/null}

unchanged() {
    echo "changed=false" >>"$output"
    echo "content/ is as it was; nothing to push"
    exit 0
}

fail() {
    echo "::error title=Nothing was pushed::$1"
    exit 1
}

export GIT_AUTHOR_NAME=${GIT_AUTHOR_NAME:-github-actions[bot]}
export GIT_AUTHOR_EMAIL=${GIT_AUTHOR_EMAIL:-41898282+github-actions[bot]@users.noreply.github.com}
export GIT_COMMITTER_NAME=$GIT_AUTHOR_NAME GIT_COMMITTER_EMAIL=$GIT_AUTHOR_EMAIL
if [[ -n ${GITHUB_TOKEN:-} ]]; then
    # through the environment: an argument would show in the list of processes, a file would stay behind
    export GIT_CONFIG_COUNT=1
    export GIT_CONFIG_KEY_0="http.${GITHUB_SERVER_URL:?}/.extraheader"
    GIT_CONFIG_VALUE_0="AUTHORIZATION: basic $(printf 'x-access-token:%s' "$GITHUB_TOKEN" | base64 | tr -d '\n')"
    export GIT_CONFIG_VALUE_0
fi

if [[ ! -d content ]]; then
    unchanged
fi
git add --all content
if git diff --cached --quiet; then
    unchanged
fi
pages=$(git diff --cached --name-only --diff-filter=A -- content/articles | grep -c '\.md$' || true)
git commit --quiet --message "Publish: new pages: $pages"

for ((attempt = 1; attempt <= attempts; attempt++)); do
    if git fetch --quiet origin "$branch"; then
        if ! git rebase --quiet FETCH_HEAD; then
            git rebase --abort || true # the failure is told below, whatever state the rebase was left in
            fail "What this run wrote and what was pushed to $branch meanwhile change the same lines. Run the workflow again: it starts from the new state."
        fi
        if [[ $(git rev-parse HEAD) == $(git rev-parse FETCH_HEAD) ]]; then
            unchanged # others pushed the very same
        fi
        if git push --quiet origin "HEAD:refs/heads/$branch"; then
            echo "changed=true" >>"$output"
            echo "pushed to $branch at attempt $attempt; new pages: $pages"
            exit 0
        fi
    fi
    echo "attempt $attempt of $attempts did not succeed"
    if ((attempt < attempts)); then
        sleep $((pause * attempt))
    fi
done
fail "$branch took none of $attempts attempts. If it is protected, let GitHub Actions push to it: Settings, Rules, the rule for $branch, Bypass list."
