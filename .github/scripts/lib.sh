# Sourced by the scripts beside it: who commits, how they reach the repository, how they speak to GitHub.
# shellcheck shell=bash

output=${GITHUB_OUTPUT:-/dev/null}
summary=${GITHUB_STEP_SUMMARY:-/dev/null}

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

# The run ends here; the title stands at the top of its page, the text says where to click.
fail() { # title, text
    echo "::error title=$1::$2"
    printf '%s\n' "$2" >>"$summary"
    exit 1
}
