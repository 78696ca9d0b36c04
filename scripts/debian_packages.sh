#!/usr/bin/env bash
# Install Debian packages, and say which and why:  scripts/debian_packages.sh "PACKAGE: what it is for" ...
# Asks once for all of them where somebody can answer; in CI, or as root with nobody there, it installs without asking.
# The caller names only packages that are missing. Ends with 1 when they are still missing, and says what to do by hand.
set -euo pipefail

packages=()
for wanted in "$@"; do packages+=("${wanted%%:*}"); done
by_hand="apt-get install --no-install-recommends ${packages[*]}"

stop() {
    echo "    $1" >&2
    exit 1
}

echo "==> Missing on this machine:"
printf '    %s\n' "$@"

command -v apt-get >/dev/null || stop "This is no Debian system: please install these programs the way your system does, then try again."

as_root=()
if [[ $(id -u) != 0 ]]; then
    command -v sudo >/dev/null || stop "Ask an administrator to run:  $by_hand"
    as_root=(sudo)
fi

if [[ ${CI:-} != true && -t 0 && -t 1 ]]; then
    read -r -p "    Install now with '${as_root[*]:+sudo }$by_hand'? [y/N] " answer
    [[ $answer == [yY]* ]] || stop "Nothing was installed. Later, by hand:  ${as_root[*]:+sudo }$by_hand"
elif [[ ${#as_root[@]} != 0 ]]; then
    as_root=(sudo -n) # nobody is there to type a password
fi

run_as_root() { ${as_root[@]+"${as_root[@]}"} env DEBIAN_FRONTEND=noninteractive "$@" </dev/null; }
log=$(mktemp)
trap 'rm -f "$log"' EXIT
if ! { run_as_root apt-get -qq update && run_as_root apt-get -qq --yes install --no-install-recommends "${packages[@]}"; } >"$log" 2>&1; then
    tail -n 15 "$log" >&2
    stop "The installation did not work. By hand:  ${as_root[*]:+sudo }$by_hand"
fi
echo "    installed: ${packages[*]}"
