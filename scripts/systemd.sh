#!/usr/bin/env bash
# Follow docs/operation/server.md under a real systemd, in a machine that is thrown away:  scripts/systemd.sh
# Needs root, Debian's systemd-container and postgresql. The machine is this one under an overlay: nothing here is changed. It has no
# network but itself. Tried: units, timers, the app's restart, the nightly commands, what the app may not touch. Not tried: nginx, TLS.
set -euo pipefail
cd "$(dirname "$0")/.."

fail() { printf '    %s\n' "$*" >&2; exit 1; }
[[ $(id -u) == 0 ]] || fail "This needs root."
command -v systemd-nspawn >/dev/null || fail "This needs: apt-get install --no-install-recommends systemd-container postgresql"

work=$(mktemp -d /var/tmp/fivefold-systemd-XXXXXX)
cleanup() {
    mountpoint -q "$work/machine" && umount "$work/machine"
    umount "$work/disk" && rm -r "$work"
}
mkdir "$work/disk" "$work/machine" "$work/trial"
mount -t tmpfs -o size=2g tmpfs "$work/disk"
trap cleanup EXIT
mkdir "$work/disk/changed" "$work/disk/aside"
mount -t overlay overlay -o "lowerdir=/,upperdir=$work/disk/changed,workdir=$work/disk/aside" "$work/machine"

echo "==> the program at /opt/fivefold"
mkdir -p "$work/machine/opt/fivefold"
git archive HEAD | tar -x -C "$work/machine/opt/fivefold"
chroot "$work/machine" bash -c 'cd /opt/fivefold && PYTHON=/usr/bin/python3 scripts/setup.sh run'

cat >"$work/trial/run.sh" <<'INSIDE'
set -eEuo pipefail
exec >/trial/log 2>&1
ended=1
end() { systemctl --failed --no-legend; echo "$ended" >/trial/ended; systemctl poweroff 2>/dev/null; }
trap end EXIT
trap 'echo "    went wrong at line $LINENO: $BASH_COMMAND"; journalctl --no-pager -n 30' ERR
ready() { for _ in {1..90}; do curl -fsS http://127.0.0.1:8000/readyz 2>/dev/null && return; sleep 1; done; return 1; }
pid() { systemctl show -P MainPID fivefold.service; }
refused() { if "$@" 2>/dev/null; then echo "    allowed: $*"; return 1; fi; }

# 1 to 3: program, user, folders, database, settings, clinic
useradd --system --home-dir /var/lib/fivefold --shell /usr/sbin/nologin fivefold
cd /opt/fivefold
install -m 0755 deploy/fivefold-admin /usr/local/sbin/
install -d -o fivefold -g fivefold -m 0700 /var/lib/fivefold /var/lib/fivefold-keys
install -d -o root -g fivefold -m 0750 /etc/fivefold
pg_lsclusters --no-header | grep -q . || pg_createcluster 15 main
systemctl start "postgresql@$(pg_lsclusters --no-header | awk 'NR == 1 {print $1 "-" $2}').service"
runuser -u postgres -- createuser --createdb fivefold
runuser -u postgres -- createdb --owner fivefold --encoding UTF8 --template template0 fivefold
install -o root -g fivefold -m 0640 deploy/fivefold.env.example /etc/fivefold/fivefold.env
sed -i "s|^FIVEFOLD_SECRET_KEY=.*|FIVEFOLD_SECRET_KEY='$(openssl rand -base64 48 | tr -d '\n')'|" /etc/fivefold/fivefold.env
fivefold-admin init --clinic "Practice by the river" --lead-name "Lea Winter" --lead-email lea@clinic.example >/dev/null

# 4: services, as the page says
steps=$(sed -n '/^## 4\. /,/^## 5\. /p' docs/operation/server.md | sed -n '/^```sh$/,/^```$/{/^```/!p}')
eval "$steps"
ready
echo "==> runs as $(ps -o user= -p "$(pid)")"
[[ $(systemctl list-timers --all --no-legend 'fivefold-*' | wc -l) == $(grep -o '[^ ]*\.timer' <<<"$steps" | sort -u | wc -l) ]]
for night in backup rebuild signals verify-audit; do systemctl start "fivefold-daily@$night.service"; echo "==> fivefold-daily@$night ended well"; done
systemctl start fivefold-signals.service
journalctl --no-pager -o cat -u fivefold-daily@backup.service | grep ' restores ('

# What it does not need, it does not get.
inside=(nsenter --target "$(pid)" --mount --)
refused "${inside[@]}" touch /opt/fivefold/changed
refused "${inside[@]}" touch /etc/fivefold/changed
[[ -z $("${inside[@]}" ls -A /root) && -z $("${inside[@]}" ls -A /home) ]]
"${inside[@]}" touch /var/lib/fivefold/may-write
grep -E '^(NoNewPrivs:\s+1|Seccomp:\s+2|CapBnd:\s+0+)$' "/proc/$(pid)/status"

# Killed, it comes back; stopped, it ends by itself.
before=$(pid)
kill -KILL "$before"
for _ in {1..60}; do
    now=$(pid)
    if [[ $now != 0 && $now != "$before" ]]; then break; fi
    sleep 1
done
[[ $now != 0 && $now != "$before" ]]
ready
systemctl stop fivefold.service
[[ $(systemctl show -P Result fivefold.service) == success ]]
echo "==> came back after a kill and ended when asked"
[[ -z $(systemctl --failed --no-legend) ]]
fivefold-admin doctor | grep -v '^  ok' || true
ended=0
INSIDE
printf '[Unit]\nAfter=basic.target\n[Service]\nType=oneshot\nExecStart=/bin/bash /trial/run.sh\n' >"$work/machine/etc/systemd/system/trial.service"

echo "==> the machine"
timeout 900 systemd-nspawn --quiet --directory "$work/machine" --private-network --register=no --keep-unit --bind="$work/trial:/trial" --boot -- --unit=trial.service >"$work/trial/console" 2>&1 || true
cat "$work/trial/log"
[[ $(cat "$work/trial/ended" 2>/dev/null) == 0 ]] || fail "$(tail -n 5 "$work/trial/console")"
echo "==> the units run, restart and are kept in their bounds under systemd"
