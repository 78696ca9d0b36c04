#!/usr/bin/env bash
# Write requirements/*.txt from pyproject.toml: every version pinned, every file hashed, no addresses.
# Pins that a lock already holds stay; `scripts/lock.sh --upgrade` takes the newest that pyproject.toml allows.
set -euo pipefail
cd "$(dirname "$0")/.."

# One version of each package for all Pythons and systems ("fewest"), so that everybody computes with the same code.
# The user's own uv settings are left out: a private mirror's hashes would not be everybody's.
compile() {
    .venv/bin/uv pip compile --quiet --no-config --universal --python-version 3.11 --fork-strategy fewest \
        --generate-hashes --no-emit-index-url --no-annotate --no-header "$@" >/dev/null
}

compile "$@" pyproject.toml --output-file requirements/lock.txt
compile "$@" pyproject.toml --extra web --constraints requirements/lock.txt --output-file requirements/lock-web.txt
compile "$@" pyproject.toml --all-extras --constraints requirements/lock-web.txt --output-file requirements/lock-dev.txt
compile "$@" --group build --constraints requirements/lock-dev.txt --output-file requirements/lock-build.txt
compile "$@" --group uv --output-file requirements/lock-uv.txt
.venv/bin/python scripts/check_locks.py
