#!/usr/bin/env bash
# Says whether a pull request touches the machinery or only what a publication says: scope.sh BASE_SHA
# Output: code=false when all its files are pages, settings, categories, branding or prose, else code=true.
set -euo pipefail

base=${1:?"usage: scope.sh BASE_SHA"}
output=${GITHUB_OUTPUT:-/dev/null}
code=false
while IFS= read -r -d '' file; do
    case $file in
        content/* | categories/* | branding/* | newsletter.yml | LICENSE | README.md | CHANGELOG.md | .github/*.md) ;;
        *)
            code=true
            echo "touches the machinery: $file"
            ;;
    esac
done < <(git diff --name-only -z "$base" HEAD)
echo "code=$code" >>"$output"
