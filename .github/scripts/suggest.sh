#!/usr/bin/env bash
# Opens the pull request of a suggested feed: suggest.sh NUMBER
#
# Environment: ISSUE_BODY, the text of the issue form "Suggest a feed", which anybody may have written: data, never options or commands;
# otherwise as for propose.sh; GROUNDWIRE, the command.
set -euo pipefail
here=$(dirname "${BASH_SOURCE[0]}")
# shellcheck source=lib.sh
source "$here/lib.sh"
number=${1:?"usage: suggest.sh NUMBER"}
groundwire=${GROUNDWIRE:-.venv/bin/groundwire}
branch=groundwire/feed-$number

if [[ ! $number =~ ^[0-9]+$ ]]; then
    fail "No issue" "The number of an issue has nothing but digits."
fi

answer() { # the first line that stands under a heading of the form, without control characters
    printf '%s\n' "${ISSUE_BODY:-}" | tr -d '\r' | awk -v wanted="### $1" '
        $0 == wanted { found = 1; next }
        found && /^### / { exit }
        found && NF { print; exit }
    ' | tr -d '\000-\037\177' | sed 's/^_No response_$//; s/^[[:space:]]*//; s/[[:space:]]*$//' | cut -c 1-500
}

url=$(answer Address)
name=$(answer Name)
if [[ ! $url =~ ^https?://[^[:space:]]+$ ]]; then
    fail "No address" "The issue names no address under “Address”. Edit it there, take the label off and put it on again."
fi

"$here/propose.sh" take "$branch" afresh
brought=$(mktemp)
if ! "$groundwire" feeds add "--name=${name:0:60}" -- "$url" >"$brought" 2>&1; then
    said=$(tail -n 5 "$brought" | tr '\n' ' ')
    said=${said//%/%25}
    fail "The feed was not added" "${said//$'\r'/ }"
fi
# four blanks before each line: what a feed says of itself stands there as it is, no link, no mention
NOTE="Suggested in #$number. What it would bring:

$(sed 's/^/    /' "$brought")

Merging this adds it to \`newsletter.yml\`; the next run reads it. Closes #$number." \
    "$here/propose.sh" open "$branch" "Feed suggested in #$number" newsletter.yml
