#!/usr/bin/env bash
# Builds a release archive, and says what it needs: spotcheck-VERSION-MACHINE.tar.gz with its SHA-256.
#
#   packaging/release.sh [--static | --binary FILE] [FOLDER]      (default folder: target/release-archive)
#
# --static builds a program that needs no C library and so runs on any Linux of this machine's kind, however old; without
# it the program needs the C library of the machine that built it, or a newer one. --binary takes a program that is built
# already. The same program and commit give the same archive, byte by byte.

set -euo pipefail
cd "$(dirname "$(readlink -f "$0")")/.."
export LC_ALL=C.UTF-8 TZ=UTC

binary=
static=
out=
while [ $# -gt 0 ]; do
    case $1 in
        --static) static=1; shift ;;
        --binary) binary=${2:?--binary needs a file}; shift 2 ;;
        -*) printf 'release.sh: unknown option %s\n' "$1" >&2; exit 2 ;;
        *) out=$1; shift ;;
    esac
done
out=${out:-target/release-archive}
if [ -z "$binary" ] && [ -n "$static" ]; then
    target=$(uname -m)-unknown-linux-musl
    command -v musl-gcc >/dev/null || { printf 'release.sh: musl-gcc is missing: install musl-tools\n' >&2; exit 2; }
    [ -d "$(rustc --print sysroot)/lib/rustlib/$target" ] || { printf 'release.sh: run: rustup target add %s\n' "$target" >&2; exit 2; }
    export "CC_${target//-/_}=musl-gcc"
    cargo build --locked --release --bin spotcheck --target "$target"
    binary=target/$target/release/spotcheck
elif [ -z "$binary" ]; then
    cargo build --locked --release --bin spotcheck
    binary=target/release/spotcheck
fi
for tool in strip objdump tar gzip sha256sum; do
    command -v $tool >/dev/null || { printf 'release.sh: %s is missing: install binutils, tar, gzip, coreutils\n' $tool >&2; exit 2; }
done

version=$(sed -n 's/^version = "\(.*\)"/\1/p' Cargo.toml | head -n 1)
name=spotcheck-$version-$(uname -m)-linux
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
tree=$work/$name
mkdir -p "$tree/completions" "$out"

install -m 755 "$binary" "$tree/spotcheck"
strip "$tree/spotcheck"
"$tree/spotcheck" man >"$tree/spotcheck.1"
for shell in bash zsh fish; do
    "$tree/spotcheck" completions $shell >"$tree/completions/spotcheck.$shell"
done
cp README.md CHANGELOG.md LICENSE-APACHE LICENSE-MIT "$tree/"
cp -r docs config "$tree/"
cp packaging/README.md "$tree/INSTALL.md"
cp packaging/spotcheck.service packaging/spotcheck.sysusers "$tree/"
find "$tree" -name __pycache__ -prune -exec rm -rf {} +
chmod -R u=rwX,go=rX "$tree"

# Of the commit, not of this day.
moment=$(git log -1 --format=%ct 2>/dev/null || printf 0)
tar -C "$work" --sort=name --mtime="@$moment" --owner=0 --group=0 --numeric-owner --format=ustar -cf - "$name" \
    | gzip -n >"$out/$name.tar.gz"
(cd "$out" && sha256sum "$name.tar.gz" >"$name.tar.gz.sha256")

# The newest symbol of the C library that is asked for: what the oldest machine must have. None: static.
glibc=$(objdump -T "$tree/spotcheck" 2>/dev/null | grep -o 'GLIBC_[0-9.]*' | sort -Vu | tail -n 1 || true)
# Best of five, in milliseconds.
best=
for _ in 1 2 3 4 5; do
    began=${EPOCHREALTIME/./}
    "$tree/spotcheck" --version >/dev/null
    took=$((${EPOCHREALTIME/./} - began))
    if [ -z "$best" ] || [ "$took" -lt "$best" ]; then best=$took; fi
done
printf 'archive   %s (%s bytes)\n' "$out/$name.tar.gz" "$(stat -c %s "$out/$name.tar.gz")"
printf 'sha256    %s\n' "$(cut -d' ' -f1 "$out/$name.tar.gz.sha256")"
printf 'program   %s bytes, starts in %d.%03d ms\n' "$(stat -c %s "$tree/spotcheck")" $((best / 1000)) $((best % 1000))
printf 'needs     %s\n' "${glibc:-no C library (static)}"
