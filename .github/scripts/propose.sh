#!/usr/bin/env bash
# Proposes content/ as a pull request instead of pushing it to the branch that is published.
#
#   propose.sh take BRANCH [afresh]        before the work: goes on where BRANCH's open pull request stands, with what was published since
#   propose.sh open BRANCH TITLE [PATH…]   after it: commits PATH (content/), pushes BRANCH, opens the pull request or brings it up to date
#
# A run starts from the open pull request, so that what is proposed already is known, and what people changed in it stays. `afresh`: where the
# two cannot be merged and nobody but the machine has worked on BRANCH, it starts anew. GitHub starts no workflow for a pull request that a
# workflow opened; so the run that opens it has done the checks, and their results stand in its text.
#
# Environment: BASE (the branch that is published), GH_TOKEN and GH_REPO for gh, GITHUB_TOKEN for git; for the text CHECK and BUILD
# (success, failure, …), SITE and RUN_URL (addresses), NOTE (a paragraph).
set -euo pipefail
here=$(dirname "${BASH_SOURCE[0]}")
# shellcheck source=lib.sh
source "$here/lib.sh"

usage="usage: propose.sh take|open BRANCH …"
order=${1:?$usage}
branch=${2:?$usage}
start=refs/groundwire/start # where this run began: what is published

number() {
    gh pr list --head "$branch" --state open --json number --jq '.[0].number // empty'
}

take() {
    git update-ref "$start" HEAD
    if [[ -z $(number) ]]; then
        echo "no pull request from $branch is open; a new one starts from what is published"
        return
    fi
    if [[ $(git rev-parse --is-shallow-repository) == true ]]; then
        git fetch --quiet --unshallow origin
    fi
    git fetch --quiet origin "+refs/heads/$branch:refs/remotes/origin/$branch"
    git checkout --quiet -B "$branch" "refs/remotes/origin/$branch"
    if git merge --quiet --no-edit "$start"; then
        echo "goes on where the pull request from $branch stands"
        return
    fi
    git merge --abort || true
    if [[ ${1:-} == afresh && -z $(by_people) ]]; then
        git checkout --quiet -B "$branch" "$start"
        echo "starts anew: what $branch proposed no longer fits what is published"
        return
    fi
    fail "The pull request has conflicts" "The pull request from $branch and what was published meanwhile change the same lines. Open the pull request, Resolve conflicts, then run the workflow again."
}

by_people() { # the commits on BRANCH that are not the machine's
    git log --format=%ae "$start..refs/remotes/origin/$branch" | grep -Fvx "$GIT_AUTHOR_EMAIL" || true
}

open() {
    local title=${1:?$usage}
    shift
    git rev-parse --quiet --verify "$start" >/dev/null || git update-ref "$start" HEAD
    if [[ $(git branch --show-current) != "$branch" ]]; then
        git checkout --quiet -B "$branch"
    fi
    git add --all -- "${@:-content}"
    git diff --cached --quiet || git commit --quiet --message "$title"
    local known
    known=$(git ls-remote origin "refs/heads/$branch" | cut -f 1)
    if [[ -z $(git diff --name-only "$start" HEAD) || $(git rev-parse HEAD) == "$known" ]]; then
        echo "proposed=false" >>"$output"
        echo "nothing new to propose"
        return
    fi
    # What somebody pushed to an open pull request since `take` is not written over.
    if [[ -n $(number) && $known != "$(git rev-parse --quiet --verify "refs/remotes/origin/$branch")" ]]; then
        fail "Nothing was pushed" "Somebody pushed to $branch while this run worked. Run the workflow again: it starts from the new state."
    fi
    git push --quiet --force-with-lease="refs/heads/$branch:$known" origin "HEAD:refs/heads/$branch"
    echo "proposed=true" >>"$output"
    tell "$title"
}

tell() { # title
    local open text
    text=$(mktemp)
    body >"$text"
    open=$(number)
    if [[ -n $open ]]; then
        gh pr edit "$open" --body-file "$text"
    elif ! said=$(gh pr create --head "$branch" --base "${BASE:?}" --title "$1" --body-file "$text" 2>&1); then
        echo "$said"
        fail "No pull request was opened" "The branch $branch is pushed, but GitHub Actions may not open pull requests here. Settings, Actions, General, Workflow permissions: tick 'Allow GitHub Actions to create and approve pull requests'. Then run the workflow again."
    else
        echo "$said"
    fi
    rm -f "$text"
}

body() {
    local file
    echo "${NOTE:-Merging this publishes it. To refuse a page, delete its file here; it does not come back.}"
    echo
    echo "| checked in the run that proposes it | |"
    echo "|---|---|"
    echo "| every page, setting and category | ${CHECK:-not run} |"
    echo "| the site builds | ${BUILD:-not run} |"
    echo
    if [[ -n ${SITE:-} ]]; then
        echo "[The site as this makes it]($SITE), a zip file; unpack it, then \`python3 -m http.server\` in its folder."
        echo
    fi
    if [[ -n ${RUN_URL:-} ]]; then
        echo "GitHub starts no checks of its own for a pull request of a workflow; [the run]($RUN_URL) has their output."
        echo
    fi
    git diff --name-status --no-renames "$start" HEAD -- content ':!content/.ledger' | while IFS=$'\t' read -r kind file; do
        case $kind in
            A) echo "- new: \`$file\`" ;;
            D) echo "- gone: \`$file\`" ;;
            *) echo "- changed: \`$file\`" ;;
        esac
    done | head -n 200
}

case $order in
    take) take "${3:-}" ;;
    open) open "${@:3}" ;;
    *) fail "Unknown order" "$usage" ;;
esac
