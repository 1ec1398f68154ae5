#!/usr/bin/env bash
# One mend of one story, with the words that a person typed as data, never as options: story.sh COMMAND PAGE ARGUMENT
set -euo pipefail

groundwire=${GROUNDWIRE:-.venv/bin/groundwire}
command=${1:?"usage: story.sh COMMAND PAGE ARGUMENT"}
page=${2:?"which page?"}
argument=${3:?"what with?"}

case $command in
    withdraw) exec "$groundwire" story withdraw "--reason=$argument" -- "$page" ;;
    release) exec "$groundwire" story release "--by=$argument" -- "$page" ;;
    join | split) exec "$groundwire" story "$command" -- "$page" "$argument" ;;
    *)
        echo "::error title=Unknown command::$command is none of withdraw, release, join, split"
        exit 1
        ;;
esac
