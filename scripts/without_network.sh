#!/usr/bin/env bash
# Run a command in a place without a network:  scripts/without_network.sh COMMAND...
# There are the loopback address and one wire that ends nowhere. Whatever is sent to anywhere else, a look-up of a name included,
# goes into that wire and is counted: one packet, and this ends with 1. It needs root (or CI's container); without, it says so
# loudly and runs the command as it is. TESTS_WITHOUT_NETWORK tells the tests that they are in there.
set -euo pipefail

sent() { cat /sys/class/net/out/statistics/tx_packets; }

if [[ ${1:-} != --inside ]]; then
    if [[ $(id -u) == 0 ]] && unshare --net --mount "$0" --inside true 2>/dev/null; then
        exec unshare --net --mount "$0" --inside "$@"
    fi
    printf '    %s\n' "NOT PROVEN HERE: that nothing leaves this machine. A place without a network needs root, unshare and iproute2." >&2
    exec "$@"
fi
shift

# The namespace sees its own cards under /sys only when /sys is mounted anew in it.
mount -t sysfs none /sys
# Who this machine is need not be asked elsewhere: mail libraries look their own host's name up before they greet a server,
# and browsers ask for its address of the newer kind.
hosts=$(mktemp)
{ cat /etc/hosts && printf '127.0.0.1 localhost %s\n::1 localhost\n' "$(uname -n)"; } >"$hosts"
chmod 644 "$hosts"
trap 'rm -f "$hosts"' EXIT
mount --bind "$hosts" /etc/hosts
for setting in all default; do echo 1 >"/proc/sys/net/ipv6/conf/$setting/disable_ipv6"; done
ip link set lo up
ip link add out type veth peer name nowhere
ip addr add 192.0.2.1/24 dev out
ip link set nowhere up
ip link set out up
ip route add default via 192.0.2.254
ip neigh add 192.0.2.254 lladdr 02:00:00:00:00:01 dev out nud permanent

# A counter that cannot count proves nothing: one packet is sent on purpose.
before=$(sent)
(echo >/dev/udp/198.51.100.1/9) 2>/dev/null || true
if (($(sent) != before + 1)); then
    echo "    The wire of the place without a network does not count." >&2
    exit 1
fi

before=$(sent) status=0
TESTS_WITHOUT_NETWORK=1 "$@" || status=$?
left=$(($(sent) - before))
echo "    without a network: $left packets were sent to anywhere but this machine" >&2
exit $((status ? status : left != 0))
