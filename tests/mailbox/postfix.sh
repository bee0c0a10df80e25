#!/usr/bin/env bash
# A Postfix of its own on loopback, delivering into Maildirs.
#
#   postfix.sh up DIR PORT MAIL UID GID
#   postfix.sh down DIR
#
# Takes mail on PORT for desk@ and head@yunling.example and zhaoxin@field.example into MAIL/desk, MAIL/head and
# MAIL/zhaoxin, owned by UID and GID. As an office's server does, it writes on top of what the inspector's provider
# sent that its sender is proven.
set -euo pipefail
export PATH="$PATH:/usr/sbin:/sbin"
dir=$2
if [ "$1" = down ]; then
    postfix -c "$dir/etc" stop >/dev/null 2>&1 || true
    exit 0
fi
port=$3 mail=$4 uid=$5 gid=$6
command -v postfix >/dev/null || { echo "Debian's postfix is missing: tests/run installs it" >&2; exit 1; }
mkdir -p "$dir"/{etc,queue,data}
chmod 755 "$dir" "$dir/queue"
chown postfix "$dir/data"
touch "$dir/data/log"
chmod 666 "$dir/data/log"
cat >"$dir/etc/main.cf" <<CF
compatibility_level = 3.6
queue_directory = $dir/queue
data_directory = $dir/data
command_directory = /usr/sbin
daemon_directory = /usr/lib/postfix/sbin
mail_owner = postfix
setgid_group = postdrop
maillog_file = $dir/data/log
maillog_file_prefixes = $dir, /var, /dev
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
myhostname = mx.yunling.example
mydestination =
mynetworks = 127.0.0.0/8
alias_maps =
alias_database =
smtpd_peername_lookup = no
smtpd_sender_restrictions = check_sender_access inline:{ { zhaoxin@field.example = PREPEND Authentication-Results: mx.yunling.example; dkim=pass header.d=field.example; dmarc=pass header.from=field.example } }
virtual_mailbox_domains = field.example, yunling.example
virtual_mailbox_base = $mail
virtual_mailbox_maps = inline:{ { desk@yunling.example = desk/ }, { head@yunling.example = head/ }, { zhaoxin@field.example = zhaoxin/ } }
virtual_minimum_uid = 1
virtual_uid_maps = static:$uid
virtual_gid_maps = static:$gid
CF
cat >"$dir/etc/master.cf" <<CF
127.0.0.1:$port inet n - n - - smtpd
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
proxymap unix - - n - - proxymap
error unix - - n - - error
retry unix - - n - - error
virtual unix - n n - - virtual
anvil unix - - n - 1 anvil
postlog unix-dgram n - n - 1 postlogd
CF
postfix -c "$dir/etc" start >"$dir/data/start" 2>&1 || { cat "$dir/data/start" "$dir/data/log" >&2; exit 1; }
