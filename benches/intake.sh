#!/usr/bin/env bash
# Replies taken in: a table of mails a second, with Python's email package and imaplib in the same run beside it.
#
#   benches/intake.sh
#
# As root, with Debian's dovecot-imapd. Dovecot runs on a free port of this machine, without TLS, with its mails in
# a temporary folder. Set SPOTCHECK_TEST_POSTGRES to postgres://USER@HOST/postgres to measure PostgreSQL beside SQLite.
set -euo pipefail
cd "$(dirname "$0")/.."
work=$(mktemp -d)
chmod 755 "$work"
dovecot=
trap '[ -z "$dovecot" ] || kill "$dovecot"; wait; rm -rf "$work"' EXIT
mkdir -p "$work"/mail/{cur,new,tmp} "$work/eml"
chown -R dovecot: "$work/mail"
port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
cat >"$work/dovecot.conf" <<CF
base_dir = $work/run
state_dir = $work/state
log_path = $work/log
protocols = imap
listen = 127.0.0.1
ssl = no
disable_plaintext_auth = no
mail_location = maildir:$work/mail
mail_uid = dovecot
first_valid_uid = 1
service imap-login {
  inet_listener imap {
    port = $port
  }
  inet_listener imaps {
    port = 0
  }
}
passdb {
  driver = static
  args = password=t
}
userdb {
  driver = static
  args = uid=dovecot gid=dovecot home=$work/mail
}
CF
cargo bench --locked --quiet --bench intake --no-run
dovecot -F -c "$work/dovecot.conf" &
dovecot=$!
cargo bench --locked --quiet --bench intake -- "$port" "$work/mail" "$(id -u dovecot)" "$(id -g dovecot)" "$work/eml"
python3 - "$work/eml" "$port" <<'PY'
import email, email.policy, glob, imaplib, sys, time

def row(what, number, seconds):
    print(f"{what:<62} {number:>7} {seconds:>8.2} s {number / seconds:>9.0f} /s")

mails = [open(file, "rb").read() for file in sorted(glob.glob(sys.argv[1] + "/*.eml"))]
start = time.perf_counter()
for raw in mails:
    mail = email.message_from_bytes(raw, policy=email.policy.default)
    (mail.get_body(("plain", "html")).get_content(), mail["subject"], mail["from"])
row("Python: parts and text only, email.policy.default", len(mails), time.perf_counter() - start)
start = time.perf_counter()
for raw in mails:
    mail = email.message_from_bytes(raw, policy=email.policy.compat32)
    part = mail.get_payload()[0] if mail.is_multipart() else mail
    part.get_payload(decode=True).decode(part.get_content_charset() or "utf-8", "replace")
row("Python: parts and text only, email.policy.compat32", len(mails), time.perf_counter() - start)
imaplib._MAXLINE = 10**7
box = imaplib.IMAP4("127.0.0.1", int(sys.argv[2]))
box.login("t", "t")
box.select("INBOX", readonly=True)
uids = box.uid("search", "ALL")[1][0].split()
start = time.perf_counter()
for at in range(0, len(uids), 100):
    box.uid("fetch", b",".join(uids[at:at + 100]).decode(), "(UID BODY.PEEK[])")
row("Python: fetched by imaplib, 100 at a time, nothing stored", len(uids), time.perf_counter() - start)
PY
