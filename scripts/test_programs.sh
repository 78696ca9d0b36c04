#!/usr/bin/env bash
# See that the programs that only the tests need are there; ask to install them otherwise.
set -euo pipefail
cd "$(dirname "$0")/.."

missing=()
command -v chromium >/dev/null || missing+=("chromium: opens our pages as a person would, and checks them for accessibility")
compgen -G "/usr/lib/postgresql/*/bin/initdb" >/dev/null || command -v initdb >/dev/null || missing+=("postgresql: a database server that the tests start for themselves, to run on both databases")
command -v pdftoppm >/dev/null || missing+=("poppler-utils: turns our PDF documents into pictures and text, to check what a reader sees")
if [[ ${#missing[@]} != 0 ]]; then
    scripts/debian_packages.sh "${missing[@]}" || {
        echo "    Without them: 'make check fast' runs all checks and tests that need no browser." >&2
        exit 1
    }
fi
