#!/usr/bin/env bash
# A day of a country's attendance imported and 51,000 outcomes held against it, how both grow with the rows, and files
# that mean harm refused: seconds and peak memory, with other programs beside it in the same run.
#
#   benches/attendance.sh
#
# With Debian's sqlite3, python3 and time. Set SPOTCHECK_TEST_POSTGRES to postgres://USER@HOST/postgres to measure
# PostgreSQL and psql beside SQLite. DuckDB and Polars are measured where `python3` can import them (PYTHON=…).
set -euo pipefail
cd "$(dirname "$0")/.."
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python=${PYTHON:-python3}
cargo bench --locked --quiet --bench attendance --no-run
bench() { cargo bench --locked --quiet --bench attendance -- "$@"; }
bench generate "$work"
wc -lc "$work"/*.csv

# Seconds and peak of one command.
timed() {
    local what=$1
    shift
    /usr/bin/time -f "$what: %e s, peak %M KiB" "$@" >"$work/said"
}

bench import "$work"
bench reconcile
bench growth

columns='official text, time text, direction text, origin text, in_range text, device text, filed text, filed_by text'
for key in '' ', primary key (official, time)'; do
    rm -f "$work"/a.db*
    without=; named='no key'
    [ -z "$key" ] || { without='without rowid'; named='with its key'; }
    timed "sqlite3 .import, $named" sqlite3 "$work/a.db" 'pragma journal_mode=wal' 'pragma synchronous=full' \
        "create table a ($columns$key) $without" '.mode csv' ".import --skip 1 $work/attendance.csv a"
done
if [ -n "${SPOTCHECK_TEST_POSTGRES:-}" ]; then
    typed=${columns/time text/time timestamp}
    for key in '' ', primary key (official, time)'; do
        named='no key'
        [ -z "$key" ] || named='with its key'
        psql -q "$SPOTCHECK_TEST_POSTGRES" -c 'drop table if exists a' -c "create table a ($typed$key)"
        timed "psql \\copy, $named" psql -q "$SPOTCHECK_TEST_POSTGRES" -c "\\copy a from '$work/attendance.csv' with (format csv, header)"
    done
    psql -q "$SPOTCHECK_TEST_POSTGRES" -c 'drop table a'
fi
if "$python" -c 'import duckdb' 2>/dev/null; then
    timed 'DuckDB, read_csv into a table on disk' "$python" -c "import duckdb; duckdb.connect('$work/a.duck').sql(\"create table a as from read_csv('$work/attendance.csv')\")"
    timed 'DuckDB, the same with its key' "$python" -c "import duckdb; c = duckdb.connect('$work/b.duck'); c.sql('create table a (official text, time timestamp, direction text, origin text, in_range text, device text, filed text, filed_by text, primary key (official, time))'); c.sql(\"insert into a from read_csv('$work/attendance.csv')\")"
else
    echo 'DuckDB: not installed for' "$python"
fi
if "$python" -c 'import polars' 2>/dev/null; then
    timed 'Polars, read and nothing stored' "$python" -c "import polars; print(polars.read_csv('$work/attendance.csv').height)"
else
    echo 'Polars: not installed for' "$python"
fi

# Files that mean harm, each read by a process of its own; the last is an honest file beside them.
"$python" - "$work" <<'PY'
import sys, zipfile
folder = sys.argv[1]
relation = '<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/%s" Target="%s"/></Relationships>'
book = '<?xml version="1.0"?><workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="s" sheetId="1" r:id="r1"/></sheets></workbook>'
cell = '<c r="%s" t="inlineStr"><is><t>%s</t></is></c>'

def workbook(name, body):
    with zipfile.ZipFile(f"{folder}/{name}", "w", zipfile.ZIP_DEFLATED, compresslevel=9) as z:
        z.writestr("_rels/.rels", relation % ("officeDocument", "xl/workbook.xml"))
        z.writestr("xl/workbook.xml", book)
        z.writestr("xl/_rels/workbook.xml.rels", relation % ("worksheet", "worksheets/sheet1.xml"))
        with z.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as sheet:
            sheet.write(b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>')
            for piece in body():
                sheet.write(piece)
            sheet.write(b"</sheetData></worksheet>")

def endless():
    yield b'<row r="1"><c r="A1" t="inlineStr"><is><t>'
    for _ in range(2048):
        yield b"A" * (1 << 20)
    yield b"</t></is></c></row>"

def rows(count, row):
    yield ('<row r="1">' + cell % ("A1", "official") + cell % ("B1", "time") + "</row>").encode()
    for first in range(2, count + 2, 1000):
        yield "".join(row(r) for r in range(first, min(first + 1000, count + 2))).encode()

workbook("far-cell.xlsx", lambda: [b'<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>2</v></c></row>'])
workbook("gigabytes.xlsx", endless)
workbook("empty-rows.xlsx", lambda: rows(10**6, lambda r: f'<row r="{r}"/>'))
workbook("honest.xlsx", lambda: rows(1000, lambda r: f'<row r="{r}">' + cell % (f"A{r}", "O1") + cell % (f"B{r}", f"2026-03-02 08:{r % 60:02}") + "</row>"))
with open(f"{folder}/empty-rows.csv", "w") as f:
    f.write("official,time\n" + ",\n" * 10**6)
with zipfile.ZipFile(f"{folder}/inner.zip", "w", zipfile.ZIP_DEFLATED) as z:
    z.write(f"{folder}/gigabytes.xlsx", "gigabytes.xlsx")
with zipfile.ZipFile(f"{folder}/zips.xlsx", "w", zipfile.ZIP_DEFLATED) as z:
    z.write(f"{folder}/inner.zip", "inner.zip")
PY
cargo build --locked --quiet --release
program=$(cargo metadata --no-deps --format-version 1 | "$python" -c 'import json, sys; print(json.load(sys.stdin)["target_directory"])')/release/spotcheck
for file in far-cell.xlsx gigabytes.xlsx empty-rows.xlsx empty-rows.csv zips.xlsx honest.xlsx; do
    size=$(stat -c %s "$work/$file")
    (cd "$work" && SPOTCHECK_LANGUAGE=en /usr/bin/time -f "$file, $size bytes: %e s, peak %M KiB" "$program" mappings test "$file" 2>&1 >/dev/null | cut -c -160) || true
done
