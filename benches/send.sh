#!/usr/bin/env bash
# Prints one table: letters a second into smtp-sink and into a real Postfix, by lettre's own transport, by ours
# with its durable states in an SQLite file, and by smtp-source, which keeps none.
#
#   benches/send.sh
#
# Needs the Debian packages postfix, dovecot-core and openssl, and root or sudo for Postfix.
set -euo pipefail
cd "$(dirname "$0")/.."
export PATH="$PATH:/usr/sbin:/sbin"
cargo bench --locked --quiet --no-run --bench send
work=$(mktemp -d)
chmod 755 "$work"
sink=
as_root() { if [ "$(id -u)" = 0 ]; then "$@"; else sudo -n "$@"; fi; }
clean_up() {
    [ -z "$sink" ] || kill "$sink" 2>/dev/null || true
    as_root bash tests/relay/postfix.sh down "$work/postfix"
    as_root rm -rf "$work"
}
trap clean_up EXIT
openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost -keyout "$work/key" -out "$work/certificate" 2>/dev/null
port() { python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'; }
sink_port=$(port) postfix_port=$(port)
mkdir -p "$work/postfix"
owner=$(id -u)
[ "$owner" != 0 ] || owner=nobody
as_root bash tests/relay/postfix.sh up "$work/postfix" "$(port)" "$(port)" "$postfix_port" "$owner" "$work/certificate" "$work/key"
smtp-sink $([ "$(id -u)" != 0 ] || echo -u nobody) "inet:127.0.0.1:$sink_port" 1024 >/dev/null 2>&1 &
sink=$!
echo "load before: $(cut -d' ' -f1-3 /proc/loadavg), $(nproc) cores"
cargo bench --locked --quiet --bench send -- "$sink_port" "$postfix_port" "$work/postfix/queue"
echo "load after: $(cut -d' ' -f1-3 /proc/loadavg)"
