#!/usr/bin/env bash
# Make or refresh the environment in .venv:  scripts/setup.sh run   what the program and the app need
#                                            scripts/setup.sh dev   that, and all that the tests need
# A stamp in .venv says for which files it was made; while they are unchanged this script ends at once.
set -euo pipefail
cd "$(dirname "$0")/.."

what=${1:-run}
case $what in
    run) locks=(requirements/lock-build.txt requirements/lock-web.txt) ;;
    dev) locks=(requirements/lock-build.txt requirements/lock-dev.txt) ;;
    *) echo "usage: scripts/setup.sh run|dev" >&2; exit 64 ;;
esac

# The folder is part of the mark: an environment that was moved or copied does not work.
checksum() { if command -v sha256sum >/dev/null; then sha256sum; else shasum -a 256; fi; }
mark=$( { pwd; cat pyproject.toml requirements/*.txt; } | checksum)
is_made_for() { [[ -f .venv/made-for-$1 && $(<".venv/made-for-$1") == "$mark" ]]; }
if is_made_for "$what" || { [[ $what == run ]] && is_made_for dev; }; then
    exit 0
fi

# Two set-ups at once in one folder would spoil each other: the second waits, then finds the work done.
if [[ -z ${FIVEFOLD_SETUP_LOCKED:-} ]] && command -v flock >/dev/null; then
    mkdir -p build
    FIVEFOLD_SETUP_LOCKED=yes exec flock build/setup.lock "$0" "$what"
fi

is_new_enough() { "$1" -c 'import sys; raise SystemExit(sys.version_info < (3, 11))' 2>/dev/null; }

find_python() {
    local candidate
    for candidate in ${PYTHON:-python3 python3.13 python3.12 python3.11}; do
        if is_new_enough "$candidate"; then
            echo "$candidate"
            return
        fi
    done
    echo "Fivefold needs Python 3.11 or newer, and none was found (looked for: ${PYTHON:-python3, python3.13, python3.12, python3.11})." >&2
    echo "Install one, or name it: make run PYTHON=/path/to/python3" >&2
    return 1
}

make_environment() {
    local python
    if [[ -x .venv/bin/python ]] && is_new_enough .venv/bin/python && .venv/bin/python -m pip --version >/dev/null 2>&1; then
        return
    fi
    python=$(find_python)
    # Debian ships Python without the part that makes environments.
    if ! "$python" -c 'import ensurepip, venv' 2>/dev/null; then
        scripts/debian_packages.sh "python3-venv: makes the separate environment .venv, so that your system's Python stays as it is"
    fi
    "$python" -m venv --clear .venv
}

pip_install() { .venv/bin/python -m pip install -qq --disable-pip-version-check "$@"; }
uv_install() { .venv/bin/uv pip install --quiet --compile-bytecode --python .venv/bin/python "$@"; }

with_locks() {
    local installer=$1 lock
    local -a named=()
    for lock in "${locks[@]}"; do named+=(--requirement "$lock"); done
    "$installer" --require-hashes "${named[@]}" && "$installer" --no-deps --no-build-isolation --editable .
}

install_packages() {
    # uv is quicker, pip is everywhere. FIVEFOLD_NO_UV=1 leaves uv out.
    if [[ -z ${FIVEFOLD_NO_UV:-} ]] && pip_install --require-hashes --requirement requirements/lock-uv.txt 2>/dev/null && with_locks uv_install; then
        return
    fi
    [[ -n ${FIVEFOLD_NO_UV:-} ]] || echo "    uv cannot be used here; going on with pip, which takes a little longer"
    with_locks pip_install
}

echo "==> Setting up .venv ($what; once, about half a minute)"
TIMEFORMAT='    set-up: %1R s'
time {
    make_environment
    rm -f .venv/made-for-*
    install_packages
    # Where Python is told to write no bytecode by itself, every start would compile everything anew.
    .venv/bin/python -m compileall -q src
    echo "$mark" >".venv/made-for-$what"
} 2>&1
