#!/usr/bin/env bash
# Keeps one pull request that releases every held page: review.sh REVIEWER
#
# A held page is published as a draft: it is in the repository and in no output. The pull request takes the hold off and records who read it, so
# merging it is the release. Run again, pages that were held since join it. Environment: as for propose.sh; GROUNDWIRE, the command.
set -euo pipefail
here=$(dirname "${BASH_SOURCE[0]}")
reviewer=${1:?"usage: review.sh REVIEWER"}
groundwire=${GROUNDWIRE:-.venv/bin/groundwire}
branch=groundwire/review

drafts() {
    git grep -lze '^status: draft' -- 'content/articles/*.md' || true
}

if [[ -z $(drafts | tr -d '\0') ]]; then
    echo "no page is held"
    exit 0
fi
"$here/propose.sh" take "$branch" afresh
while IFS= read -r -d '' page; do
    "$groundwire" story release "--by=$reviewer" -- "$page"
done < <(drafts)
NOTE="These pages are held: drafts, in no output. Merging this releases them and records that $reviewer has read them; where somebody else has, change the name in \`reviewed:\`.
Edit them here as you like. To refuse one, delete its file here; it does not come back." \
    "$here/propose.sh" open "$branch" "Held pages, to be read"
