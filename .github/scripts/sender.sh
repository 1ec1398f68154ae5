#!/usr/bin/env bash
# Says whether a service that has the subscribers (listmonk, Buttondown) sends this publication's issues, so that the workflow Newsletter
# does nothing where a machine of the owner's does, and ends well.
# Output: service=true or service=false.
set -euo pipefail

output=${GITHUB_OUTPUT:-/dev/null}
summary=${GITHUB_STEP_SUMMARY:-/dev/null}

transport=$(.venv/bin/python -c 'from pathlib import Path; from groundwire.settings import load_settings; print(load_settings(Path()).email.transport)')
case $transport in
listmonk | buttondown)
    echo "service=true" >>"$output"
    echo "$transport sends"
    ;;
*)
    case $transport in
    smtp) said="email.transport is smtp: the machine with the subscribers' database sends (groundwire subscribers serve, or groundwire send)." ;;
    *) said="email.transport is $transport: nobody is mailed. docs/pages/mail.md says how to choose." ;;
    esac
    echo "service=false" >>"$output"
    echo "::notice title=Nothing to send from here::$said"
    echo "$said" >>"$summary"
    ;;
esac
