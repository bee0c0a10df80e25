# Runs steps one after another, all of them, and tells at the end how each went.

results=()
failed=0

step() {
    local name=$1 began=$SECONDS
    shift
    printf '\n== %s: %s\n' "$name" "$*"
    if "$@"; then
        results+=("ok      $name ($((SECONDS - began)) s)")
    else
        results+=("FAILED  $name ($((SECONDS - began)) s)")
        failed=1
    fi
}

# The tests inside a room and the test binary of the same name, whichever of them there are.
area_tests() {
    local area=$1 found=
    if [ -e "src/$area" ] || [ -e "src/$area.rs" ]; then
        found=yes
        step "$area (inside)" cargo test --locked --lib "$area::"
    fi
    if [ -e "tests/$area.rs" ] || [ -e "tests/$area/main.rs" ]; then
        found=yes
        step "$area" cargo test --locked --test "$area"
    fi
    if [ -z "$found" ]; then
        results+=("FAILED  $area: neither src/$area nor tests/$area.rs")
        failed=1
    fi
}

summary() {
    printf '\n'
    printf '%s\n' "${results[@]}"
    printf 'in all %d s\n' "$SECONDS"
    exit "$failed"
}
