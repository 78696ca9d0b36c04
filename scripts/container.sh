#!/usr/bin/env bash
# Build deploy/Containerfile and see the image work, without a daemon:  scripts/container.sh [ARGUMENTS FOR buildah bud...]
# Needs root and Debian's buildah. Where no registry is reachable, the base is made with debootstrap from this machine's own
# package sources and says so: then all of the file but its first line is tried. Everything it makes is thrown away.
set -euo pipefail
cd "$(dirname "$0")/.."

say() { printf '==> %s\n' "$*"; }
fail() { printf '    %s\n' "$*" >&2; exit 1; }
[[ $(id -u) == 0 ]] || fail "This needs root."
command -v buildah >/dev/null || fail "This needs buildah: apt-get install --no-install-recommends buildah debootstrap"

work=$(mktemp -d /var/tmp/fivefold-container-XXXXXX) port=""
# The app is no child of this script: it is the parent of whoever listens at the port that was chosen for it.
end_app() {
    local worker=""
    [[ -z $port ]] || worker=$(ss -ltnpH "sport = :$port" | grep -o 'pid=[0-9]*' | cut -d= -f2 | sed -n 1p)
    [[ -z $worker ]] || kill "$(ps -o ppid= -p "$worker" | tr -d ' ')"
}
cleanup() {
    end_app || true
    buildah_here umount --all >/dev/null 2>&1 || true
    rm -rf --one-file-system "$work"
}
trap cleanup EXIT
buildah_here() { buildah --root "$work/images" --runroot "$work/run" --storage-driver vfs "$@"; }

base=$(sed -n 's/^FROM \([^ ]*\) AS build$/\1/p' deploy/Containerfile)
make_base() {
    local mirror container
    mirror=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' | sed -n 1p)
    debootstrap --variant=minbase --include=python3,python3-venv,ca-certificates bookworm "$work/base" "$mirror" >"$work/debootstrap.log" || fail "$(tail -n 5 "$work/debootstrap.log")"
    ln -s python3 "$work/base/usr/bin/python"
    rm -rf "$work/base/etc/apt/sources.list" "$work/base/etc/apt/sources.list.d" "$work/base/etc/apt/apt.conf.d"
    cp -r /etc/apt/sources.list* /etc/apt/apt.conf.d "$work/base/etc/apt/"
    container=$(buildah_here from scratch)
    buildah_here copy -q "$container" "$work/base" / >/dev/null
    buildah_here config --env PATH=/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin "$container"
    buildah_here commit -q "$container" "$base" >/dev/null
    buildah_here rm "$container" >/dev/null
    rm -rf "$work/base"
}
if buildah_here pull --quiet "$base" >/dev/null 2>&1; then
    say "base: $base, from its registry"
else
    say "base: made with debootstrap, because no registry is reachable (NOT PROVEN: $base itself)"
    make_base
fi

say "build"
# In the format of Docker: the other one knows no HEALTHCHECK and leaves it out.
buildah_here bud --format docker --isolation chroot --pull-never --tag fivefold --file deploy/Containerfile "$@" . >"$work/build.log" 2>&1 || fail "$(tail -n 30 "$work/build.log")"
mapfile -d '' -t health < <(
    buildah_here inspect --type image fivefold |
        python3 -c 'import json, sys; [print(word, end="\0") for word in json.load(sys.stdin)["Docker"]["config"]["Healthcheck"]["Test"][1:]]'
)
[[ ${#health[@]} != 0 ]] || fail "The image has no health check."
container=$(buildah_here from --pull-never localhost/fivefold)
port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
settings=(--env "PORT=$port" --env FIVEFOLD_PUBLIC_URL=https://fivefold.clinic.example --env "FIVEFOLD_SECRET_KEY=$(head -c 36 /dev/urandom | base64 -w 0)")
inside() { buildah_here run --isolation chroot "${settings[@]}" "$container" -- "$@"; }
is_healthy() { inside "${health[@]}" >/dev/null 2>&1; }

say "look into it"
[[ $(inside id -un) == fivefold ]] || fail "It does not run as the user fivefold."
if inside touch /opt/fivefold/.venv/changed 2>/dev/null; then fail "The app could change its own code."; fi
inside pg_dump --version
inside fivefold --version
is_healthy && fail "The health check says yes before the app runs."

say "begin a clinic, run the app, ask the health check"
inside fivefold admin init --clinic "Practice by the river" --lead-name "Lea Winter" --lead-email lea@clinic.example >/dev/null
inside fivefold admin run >"$work/app.log" 2>&1 &
server=$!
healthy=""
for _ in {1..180}; do if is_healthy; then healthy=yes; break; fi; sleep 1; done
[[ -n $healthy ]] || fail "$(tail -n 20 "$work/app.log")"
inside fivefold admin backup --keep 3 | tail -n 1
inside fivefold admin doctor | grep -v '^  ok' || true
end_app
wait "$server" || fail "It did not end well when it was asked to."
say "the image builds, runs as its own user, answers its health check, and its backup restores"
