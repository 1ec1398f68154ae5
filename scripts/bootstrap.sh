#!/bin/sh
# Makes .venv from the lock: `sh scripts/bootstrap.sh run` (what a publication needs) or `dev` (what the tests need, too).
#
# .venv/.made-KIND holds what the environment was made from. So a second call does nothing, a changed lock is installed over the
# old one, and an environment whose Python is gone, or whose folder was moved, is made anew.
# POSIX sh, because it runs before anything is known about the machine (hence no pipefail).
set -eu

kind=${1:?"usage: sh scripts/bootstrap.sh run|dev"}
lock=requirements/$kind.txt
cd "$(dirname "$0")/.."
here=$(pwd -P)

say() { printf 'groundwire: %s\n' "$*" >&2; }
fail() { say "$@" && exit 1; }
have() { command -v "$1" >/dev/null 2>&1; }
wanted() { printf '%s\n' "$here" && cat "requirements/$1.txt" pyproject.toml; }
made() { [ -f ".venv/.made-$1" ] && wanted "$1" | cmp -s - ".venv/.made-$1"; }
recent() { "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; }

# Sets python to the first Python that will do; venv says whether it can make environments by itself.
find_python() {
    python='' venv=no
    for name in ${PYTHON:-} python3 python3.13 python3.12 python3.11 python3.14; do
        if ! have "$name" || ! recent "$name"; then continue; fi
        python=${python:-$name}
        if "$name" -c 'import ensurepip, venv' >/dev/null 2>&1; then
            python=$name venv=yes
            return
        fi
    done
}

# Ends with one line that names everything missing and the command that brings it.
stop_for() { # what, Debian packages, Homebrew formulas
    if have apt-get; then
        how="apt-get install $2"
        if have sudo; then how="sudo $how"; fi
    elif have brew; then
        how="brew install $3"
    else
        how="your system's package manager (on Debian: apt-get install $2)"
    fi
    fail "missing: $1. Bring it with: $how"
}

check_system() {
    what='' debian='' brew=''
    if [ -z "$python" ] && ! have uv; then
        what="Python 3.11 or newer" brew=python@3.13
        # Where python3 is an old one, a newer one has its own name.
        if have python3; then debian="python3.11 python3.11-venv"; else debian="python3 python3-venv"; fi
    elif [ "$venv" = no ] && ! have uv; then
        what="Python's venv module" brew=python@3.13
        case $python in
            python3.*) debian=$python-venv ;;
            *) debian=python3-venv ;;
        esac
    fi
    if [ "$kind" = dev ] && ! have git; then
        what="${what:+$what, }git" debian="${debian:+$debian }git" brew="${brew:+$brew }git"
    fi
    if [ -n "$what" ]; then stop_for "$what" "$debian" "$brew"; fi
}

moved() { # a stamp from another folder: the scripts in .venv/bin name that folder's Python
    for stamp in .venv/.made-run .venv/.made-dev; do
        [ -f "$stamp" ] || continue
        read -r place <"$stamp"
        if [ "$place" != "$here" ]; then return 0; fi
    done
    return 1
}

usable() { # is there an environment that can be installed into?
    if [ ! -x .venv/bin/python ] || ! recent .venv/bin/python || moved; then return 1; fi
    have uv || .venv/bin/python -m pip --version >/dev/null 2>&1
}

make_venv() {
    rm -rf .venv
    if have uv; then
        uv venv --quiet --python "${python:->=3.11}" .venv
    else
        "$python" -m venv .venv
    fi
}

# The lock first, each file checked against its hash; then ourselves, with the build backend that the lock brought.
install() {
    if have uv; then
        uv pip install --quiet --python .venv/bin/python --require-hashes -r "$lock" &&
            uv pip install --quiet --python .venv/bin/python --no-deps --no-build-isolation -e .
    else
        .venv/bin/python -m pip install -qq --no-input --disable-pip-version-check --require-hashes -r "$lock" &&
            .venv/bin/python -m pip install -qq --no-input --disable-pip-version-check --no-deps --no-build-isolation -e .
    fi
}

if [ ! -f "$lock" ]; then fail "there is no $lock; the kinds are run and dev"; fi
if usable; then
    # dev holds all that run needs
    if made dev || made "$kind"; then exit 0; fi
    python=.venv/bin/python venv=yes
    check_system
else
    find_python
    check_system
    say "making .venv (once; about a minute)"
    make_venv || fail "the environment could not be made; the reason is above"
fi
rm -f ".venv/.made-$kind"
say "installing $lock"
install || fail "$lock could not be installed; the reason is above. Is there a network? Run the same command again"
wanted "$kind" >".venv/.made-$kind"
