#!/usr/bin/env bash
# A Postfix of its own on loopback, with Dovecot asking for the password.
#
#   postfix.sh up DIR SUBMISSION SMTPS PLAIN OWNER CERTIFICATE KEY
#   postfix.sh down DIR
#
# Takes letters for @field.example into DIR/box/new, owned by OWNER. SUBMISSION wants STARTTLS and a login (desk,
# s3cret), SMTPS the same with TLS from the first byte; PLAIN takes from this machine without either.
set -euo pipefail
export PATH="$PATH:/usr/sbin:/sbin"
dir=$2
if [ "$1" = down ]; then
    postfix -c "$dir/etc" stop >/dev/null 2>&1 || true
    if [ -e "$dir/run/master.pid" ]; then
        dovecot=$(cat "$dir/run/master.pid")
        kill "$dovecot" 2>/dev/null || true
        while kill -0 "$dovecot" 2>/dev/null; do sleep 0.02; done
    fi
    exit 0
fi
submission=$3 smtps=$4 plain=$5 owner=$6 certificate=$7 key=$8
for tool in postfix dovecot; do
    command -v $tool >/dev/null || { echo "$tool is missing: install the Debian packages postfix and dovecot-core" >&2; exit 1; }
done
mkdir -p "$dir"/{etc,queue,data,run,box}
chmod 755 "$dir" "$dir/queue"
chown postfix "$dir/data"
chown "$owner" "$dir/box"
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
myhostname = relay.example
mydestination =
mynetworks = 127.0.0.0/8
alias_maps =
alias_database =
default_process_limit = 100
smtpd_client_connection_count_limit = 0
smtpd_peername_lookup = no
smtp_host_lookup = native
smtpd_tls_cert_file = $certificate
smtpd_tls_key_file = $key
smtpd_sasl_type = dovecot
smtpd_sasl_path = $dir/run/sasl
virtual_mailbox_domains = field.example, yunling.example
virtual_mailbox_base = $dir
virtual_mailbox_maps = static:box/
virtual_minimum_uid = 1
virtual_uid_maps = static:$(id -u "$owner")
virtual_gid_maps = static:$(id -g "$owner")
virtual_mailbox_limit = 0
CF
login="-o smtpd_sasl_auth_enable=yes -o smtpd_tls_auth_only=yes -o smtpd_recipient_restrictions=permit_sasl_authenticated,reject -o smtpd_relay_restrictions=permit_sasl_authenticated,reject"
{
    echo "127.0.0.1:$submission inet n - n - - smtpd -o smtpd_tls_security_level=encrypt $login"
    echo "127.0.0.1:$smtps inet n - n - - smtpd -o smtpd_tls_wrappermode=yes $login"
    echo "127.0.0.1:$plain inet n - n - - smtpd -o smtpd_recipient_restrictions=permit_mynetworks,reject"
    for service in "cleanup unix n - n - 0 cleanup" "qmgr unix n - n 300 1 qmgr" "tlsmgr unix - - n 1000? 1 tlsmgr" \
        "rewrite unix - - n - - trivial-rewrite" "bounce unix - - n - 0 bounce" "defer unix - - n - 0 bounce" \
        "trace unix - - n - 0 bounce" "verify unix - - n - 1 verify" "flush unix n - n 1000? 0 flush" \
        "proxymap unix - - n - - proxymap" "smtp unix - - n - - smtp" "relay unix - - n - - smtp" \
        "showq unix n - n - - showq" "error unix - - n - - error" "retry unix - - n - - error" \
        "discard unix - - n - - discard" "local unix - n n - - local" "virtual unix - n n - - virtual" \
        "anvil unix - - n - 1 anvil" "scache unix - - n - 1 scache" "postlog unix-dgram n - n - 1 postlogd"; do
        echo "$service"
    done
} >"$dir/etc/master.cf"
echo 'desk:{PLAIN}s3cret' >"$dir/etc/users"
cat >"$dir/etc/dovecot.conf" <<CF
base_dir = $dir/run
state_dir = $dir/run
log_path = $dir/data/dovecot.log
protocols =
listen = 127.0.0.1
ssl = no
auth_mechanisms = plain login
service auth {
  unix_listener sasl {
    mode = 0666
  }
}
passdb {
  driver = passwd-file
  args = $dir/etc/users
}
userdb {
  driver = static
  args = uid=$(id -u "$owner") gid=$(id -g "$owner") home=$dir
}
CF
# Whatever runs on must not hold the ends of our output open.
dovecot -c "$dir/etc/dovecot.conf" >"$dir/data/start" 2>&1 </dev/null || { cat "$dir/data/start" >&2; exit 1; }
postfix -c "$dir/etc" start >"$dir/data/start" 2>&1 </dev/null || { cat "$dir/data/start" "$dir/data/log" >&2; exit 1; }
