#!/usr/bin/env bash
# Proposes the issue that this run has written, as a pull request of its own instead of with the pages: issue.sh
#
# The ledger's row about it is pushed with the pages, so no later run writes the issue again. Environment: as for propose.sh.
# Output: issue=BRANCH where one was proposed.
set -euo pipefail
here=$(dirname "${BASH_SOURCE[0]}")
# shellcheck source=lib.sh
source "$here/lib.sh"

file=$(git ls-files --others --exclude-standard -- 'content/issues/*.md' | tail -n 1)
if [[ -z $file ]]; then
    echo "no new issue"
    exit 0
fi
id=$(basename "$file" .md)
git update-ref refs/groundwire/start HEAD
NOTE="The week's issue, to be read and edited here. Once this is merged it is mailed, as soon as its front matter says \`status: ready\` and its pages are on the site.
To drop it, close this pull request; its stories are then in no issue." \
    "$here/propose.sh" open "groundwire/issue-$id" "Issue $id, to be read" "$file"
git checkout --quiet "${BASE:?}"
echo "issue=groundwire/issue-$id" >>"$output"
