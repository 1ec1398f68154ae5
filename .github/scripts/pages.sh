#!/usr/bin/env bash
# Says in one line where to click when GitHub Pages is not set to take a site from a workflow. Any other doubt is for the deployment itself.
# Environment: GH_TOKEN and GH_REPO for gh.
set -euo pipefail
here=$(dirname "${BASH_SOURCE[0]}")
# shellcheck source=lib.sh
source "$here/lib.sh"

where="Settings, Pages, Build and deployment, Source: choose GitHub Actions. Then run the workflow Deploy."
if said=$(gh api "repos/${GH_REPO:?}/pages" --jq .build_type 2>&1); then
    if [[ $said != workflow ]]; then
        fail "Pages takes its site from a branch" "GitHub Pages is set to build from a branch. $where"
    fi
elif [[ $said == *"HTTP 404"* ]]; then
    fail "Pages is off" "GitHub Pages is not turned on for this repository. $where"
fi
