#!/usr/bin/env bash
# What the console costs over a year of a nation: every page alone, then 50 readers at once while the daemon's turns go on.
#
#   benches/console.sh FOLDER [--counties N] [--days N] [--readers N] [--seconds N] [--pause MS] [--moments 09:40,12:31,18:06]
#
# The nation (255,780 teams, 245 workdays by default) is made once and stays in FOLDER; the next run looks at it again.
# --moments: times of the day to which the clock jumps, each with its own readers: at 12:31 a window is drawn, at 18:06
# those of the next day are sealed. --postgres URL of an empty database puts the nation there.
# Of punches there are those that a page reads, one page a flag.
set -euo pipefail
[ $# -gt 0 ] || { sed -n '2,10s/^# \{0,1\}//p' "$0"; exit 2; }
folder=$(realpath -m "$1")
shift
cd "$(dirname "$0")/.."
cargo bench --locked --bench console -- "$folder" "$@"
