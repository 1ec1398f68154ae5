#!/usr/bin/env bash
# Says whether this copy has been set up, so that a workflow in an unedited one does nothing and ends well.
# Reads nothing but the line `url:` of newsletter.yml: whether the rest is right is for `groundwire check` to say.
# Without that line the address is the one that GitHub Pages has for this repository, as in generator/groundwire/settings.py.
# Output: ready=true or ready=false.
set -euo pipefail

output=${GITHUB_OUTPUT:-/dev/null}
summary=${GITHUB_STEP_SUMMARY:-/dev/null}

not_yet() {
    echo "ready=false" >>"$output"
    echo "::notice title=Nothing to do yet::$1"
    echo "$1" >>"$summary"
    exit 0
}

if [[ ! -f newsletter.yml ]]; then
    not_yet "There is no newsletter.yml. Write one (README.md, \"A publication of your own\"), and this workflow starts working."
fi
url=$(sed -nE "s/^url:[[:space:]]*['\"]?([^'\"#[:space:]]+).*/\1/p" newsletter.yml | head -n 1)
if [[ -z $url && -z ${GITHUB_REPOSITORY:-} ]]; then
    not_yet "newsletter.yml has no url. Write where the site will live, for example: url: https://me.github.io/briefing/"
fi
host=${url#*://}
host=${host%%/*}
# .example is a name that no site can have (RFC 2606): the template's placeholder
if [[ $host == *.example ]]; then
    not_yet "newsletter.yml still has the template's url, $url. Write where the site will live, for example: url: https://me.github.io/briefing/ - and a title and feeds of your own."
fi
echo "ready=true" >>"$output"
echo "This publication lives at ${url:-the address that GitHub Pages has for $GITHUB_REPOSITORY}"
