#!/usr/bin/env bash
# Keeps one pull request that releases every held page: review.sh REVIEWER
#
# A held page is published as a draft: it is in the repository and in no output. (Drafts that people began are theirs and stay.) The pull request takes the hold off and records who read it, so
# merging it is the release. Run again, pages that were held since join it. Environment: as for propose.sh; GROUNDWIRE, the command.
set -euo pipefail
here=$(dirname "${BASH_SOURCE[0]}")
reviewer=${1:?"usage: review.sh REVIEWER"}
groundwire=${GROUNDWIRE:-.venv/bin/groundwire}
branch=groundwire/review

held=$("$groundwire" story held)
if [[ -z $held ]]; then
    echo "no page is held"
    exit 0
fi
"$here/propose.sh" take "$branch" afresh
held=$("$groundwire" story held)
while IFS= read -r page; do
    [[ -z $page ]] || "$groundwire" story release "--by=$reviewer" -- "$page"
done <<<"$held"
NOTE="These pages are held: drafts, in no output. Merging this releases them and records that $reviewer has read them; where somebody else has, change the name in \`reviewed:\`.
Edit them here as you like. To refuse one, delete its file here; it does not come back." \
    "$here/propose.sh" open "$branch" "Held pages, to be read"
