#!/usr/bin/env bash
# Keeps one issue a workflow: opened at its first failure, a comment at each further one, closed when it works again.
# Environment: WORKFLOW (its name), FAILED (true or false), RUN_URL; GH_TOKEN and GH_REPO for gh.
set -euo pipefail

title="The workflow $WORKFLOW fails"
open=$(gh issue list --state open --app github-actions --limit 100 --json number,title \
    --jq "[.[] | select(.title == \"$title\") | .number][0] // empty")

if [[ $FAILED == true && -n $open ]]; then
    gh issue comment "$open" --body "It failed again: $RUN_URL"
elif [[ $FAILED == true ]]; then
    gh issue create --title "$title" --body "What went wrong is at the end of the step with the red mark: $RUN_URL

The site stays as it was. This issue gets a comment each time the workflow fails and closes itself when it works again."
elif [[ -n $open ]]; then
    gh issue comment "$open" --body "It works again: $RUN_URL"
    gh issue close "$open"
fi
