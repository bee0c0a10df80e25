# Prepares the machine: packages, and a PostgreSQL of our own in a temporary folder.

work=      # temporary folder of this run
server=    # process id of our PostgreSQL

axe=target/tools/axe-core/axe.min.js
axe_version=4.14.1
axe_sha256=29348999450cdf2849a8e70b7912fc2da85a849da39c0d0d5394f51d4a9ed95c

# What a first build writes, with some room for the tests.
build_gib=12

say() { printf '%s\n' "$*"; }
complain() { printf 'tests/run: %s\n' "$*" >&2; }

as_root() {
    if [ "$(id -u)" = 0 ]; then "$@"; else sudo -n "$@"; fi
}

# Installs Debian packages without starting their services.
install_packages() {
    say "installing: $*"
    local policy=/usr/sbin/policy-rc.d ours=
    if [ ! -e $policy ]; then
        printf '#!/bin/sh\nexit 101\n' | as_root tee $policy >/dev/null && as_root chmod 755 $policy && ours=yes
    fi
    printf 'postfix postfix/main_mailer_type select No configuration\n' | as_root debconf-set-selections
    as_root apt-get update -qq && as_root env DEBIAN_FRONTEND=noninteractive \
        apt-get install -y -qq --no-install-recommends "$@" >/dev/null
    local done=$?
    [ -z "$ours" ] || as_root rm -f $policy
    return $done
}

# A linker on a full disk dies without saying why.
need_room() {
    local target=${CARGO_TARGET_DIR:-target} free
    [ -d "$target/debug/deps" ] && return 0
    mkdir -p "$target" && free=$(df --output=avail -B1G "$target" | tail -n 1) || return 1
    [ "$free" -ge "$build_gib" ] && return 0
    complain "the build takes $build_gib GiB and $free are free here: make room, or let CARGO_TARGET_DIR name another disk"
    return 1
}

postgres_bin() {
    local found
    found=$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -n 1)
    [ -x "$found/initdb" ] && printf '%s' "$found"
}

need_tools() {
    local missing=()
    command -v cc >/dev/null || missing+=(gcc libc6-dev)
    [ -n "${SPOTCHECK_TEST_POSTGRES:-}" ] || [ -n "$(postgres_bin)" ] || missing+=(postgresql)
    # Mail servers of the tests: smtp-sink, and Postfix with Dovecot for its passwords, each in a folder of its
    # own; what the packages bring stays unconfigured and stopped.
    command -v smtp-sink >/dev/null || missing+=(postfix)
    # The mail server whose mailboxes are read, keys and certificates as providers have them, and a mail program for scripts.
    [ -x /usr/sbin/dovecot ] && [ -x /usr/lib/dovecot/imap ] || missing+=(dovecot-imapd)
    command -v openssl >/dev/null || missing+=(openssl)
    command -v swaks >/dev/null || missing+=(swaks)
    # For sheets on paper: a font with Chinese characters, and what shows the pages.
    command -v pdftotext >/dev/null || missing+=(poppler-utils)
    find /usr/share/fonts -iname 'NotoSansCJK-Regular.ttc' -o -iname 'wqy-microhei.ttc' 2>/dev/null | grep -q . || missing+=(fonts-wqy-microhei)
    # For the independent verifier of draws, with its time zones.
    python3 -c 'import zoneinfo; zoneinfo.ZoneInfo("Asia/Shanghai")' 2>/dev/null || missing+=(python3 tzdata)
    # The browser that opens the console, and its driver.
    command -v chromium >/dev/null || missing+=(chromium)
    command -v chromedriver >/dev/null || missing+=(chromium-driver)
    [ -e "$axe" ] || command -v npm >/dev/null || missing+=(npm)
    # What judges the unit of the service, without ever starting one; what reads the container's files and makes archives.
    command -v systemd-analyze >/dev/null || missing+=(systemd)
    python3 -c 'import yaml' 2>/dev/null || missing+=(python3-yaml)
    command -v objdump >/dev/null || missing+=(binutils)
    # What lets single calls of the system fail.
    command -v strace >/dev/null || missing+=(strace)
    if [ ${#missing[@]} -gt 0 ] && ! install_packages "${missing[@]}"; then
        complain "could not install ${missing[*]}: run as root, or as a user with sudo, on Debian"
        return 1
    fi
    local wanted
    wanted=$(sed -n 's/^rust-version = "\(.*\)"/\1/p' Cargo.toml)
    if ! command -v cargo >/dev/null; then
        complain "cargo is missing: install Rust $wanted or later (https://rustup.rs)"
        return 1
    fi
    if ! cargo fmt --version >/dev/null 2>&1 || ! cargo clippy --version >/dev/null 2>&1; then
        complain "rustfmt or clippy is missing: rustup component add rustfmt clippy"
        return 1
    fi
}

# The checker of accessible pages, as its authors publish it; the browser tests read it there.
need_axe() {
    printf '%s  %s\n' "$axe_sha256" "$axe" | sha256sum --check --status 2>/dev/null && return 0
    local folder
    folder=$(mktemp -d) || return 1
    say "fetching axe-core $axe_version"
    (cd "$folder" && npm pack --silent "axe-core@$axe_version" >/dev/null && tar xzf "axe-core-$axe_version.tgz") \
        && mkdir -p "$(dirname "$axe")" && cp "$folder/package/axe.min.js" "$axe"
    rm -rf "$folder"
    if ! printf '%s  %s\n' "$axe_sha256" "$axe" | sha256sum --check --status 2>/dev/null; then
        complain "axe-core $axe_version could not be fetched with npm, or is another file than it was"
        return 1
    fi
}

# Whoever runs PostgreSQL must not be root: then it runs as the package's own user.
without_root() {
    if [ "$(id -u)" = 0 ]; then
        exec setpriv --reuid=postgres --regid=postgres --init-groups "$@"
    else
        exec "$@"
    fi
}

need_postgres() {
    [ -z "${SPOTCHECK_TEST_POSTGRES:-}" ] || return 0
    local bin
    bin=$(postgres_bin)
    work=$(mktemp -d /tmp/spotcheck-tests.XXXXXX) || return 1
    [ "$(id -u)" != 0 ] || chown postgres: "$work"
    # A locale that does not sort by bytes: a key column without COLLATE "C" must fail here, not at a user's.
    if ! (cd "$work" && without_root "$bin/initdb" -D "$work/data" -U spotcheck -A trust -E UTF8 -N \
        --locale-provider=icu --icu-locale=en-US >"$work/initdb.log" 2>&1); then
        complain "initdb failed:"
        tail -n 20 "$work/initdb.log" >&2
        return 1
    fi
    # No network: a socket in our own folder cannot be in anybody's way. Nothing here outlives the run: no fsync.
    (cd "$work" && without_root "$bin/postgres" -D "$work/data" -k "$work" -c listen_addresses= \
        -c fsync=off -c synchronous_commit=off -c full_page_writes=off -c max_connections=200) \
        >"$work/postgres.log" 2>&1 &
    server=$!
    local tries
    for tries in $(seq 300); do
        if "$bin/pg_isready" -q -h "$work" -U spotcheck; then
            export SPOTCHECK_TEST_POSTGRES="postgres://spotcheck@localhost/postgres?host=$work"
            return 0
        fi
        kill -0 "$server" 2>/dev/null || break
        sleep 0.1
    done
    complain "PostgreSQL did not start:"
    tail -n 20 "$work/postgres.log" >&2
    return 1
}

versions() {
    say "$(cargo --version), $(rustc --version)"
    [ -z "$server" ] || say "$("$(postgres_bin)/postgres" --version)"
    say "$(. /etc/os-release 2>/dev/null && printf '%s' "$PRETTY_NAME"), $(nproc) cores, prepared in $SECONDS s"
}

clean_up() {
    if [ -n "$server" ] && kill -INT "$server" 2>/dev/null; then
        wait "$server" 2>/dev/null
    fi
    [ -z "$work" ] || rm -rf "$work"
}
