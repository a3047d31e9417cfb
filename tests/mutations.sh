#!/usr/bin/env bash
# Proves the net: breaks the core on purpose, one patch of tests/mutations after the other, in a copy of the tree, and says
# which seed of the search saw it, and by what. Not part of CI, since each takes a build. Fails if one is not caught.
#
#   tests/mutations.sh [SEEDS] [NAME ...]     SEEDS of each kind of schedule (200), only these mutations (all)
#
# MUTATIONS_TARGET is a folder for the build that is kept from run to run.
set -euo pipefail
cd "$(dirname "$0")/.."

seeds=${1:-200}
shift || true
names=("$@")
if [ ${#names[@]} -eq 0 ]; then
    for patch in tests/mutations/*.patch; do names+=("$(basename "$patch" .patch)"); done
fi

copy=$(mktemp -d)
trap 'rm -rf "$copy"' EXIT
git ls-files -z --cached --others --exclude-standard | xargs -0 cp --parents -t "$copy"
export CARGO_TARGET_DIR=${MUTATIONS_TARGET:-$copy/target} CARGO_INCREMENTAL=1
patches=$PWD/tests/mutations
cd "$copy"

missed=0
for name in "${names[@]}"; do
    printf '%-22s %s\n' "$name" "$(head -1 "$patches/$name.patch")"
    patch -s -p0 <"$patches/$name.patch"
    if ! cargo build --locked -q -p twitchwire-sim --bin twitchwire-sim 2>build.log; then
        cat build.log
        exit 1
    fi
    found=
    searches=("--kind sockets" "--kind conduits" "--kind processes")
    count=$seeds
    if grep -q '^Needs ' "$patches/$name.patch"; then
        # What shows so seldom is looked for where it shows.
        read -r _ count _ kind <<<"$(grep -m1 '^Needs ' "$patches/$name.patch")"
        searches=("--kind $kind")
    fi
    for search in "${searches[@]}"; do
        # shellcheck disable=SC2086
        "$CARGO_TARGET_DIR/debug/twitchwire-sim" search $search --seeds "$count" --shorten no --trace 0 \
            >search.log 2>&1 || found=${search#--kind }
        if [ -n "$found" ]; then break; fi
    done
    if [ -n "$found" ]; then
        seed=$(grep -m1 -o -- '--from [0-9]*' search.log | cut -d' ' -f2)
        rule=$(grep -m1 -A1 '^What broke:' search.log | tail -1 | cut -c1-160)
        printf '    caught by %s, seed %s:%s\n' "$found" "$seed" "$rule"
    else
        printf '    NOT CAUGHT by %s seeds of each kind\n' "$count"
        missed=$((missed + 1))
    fi
    patch -s -R -p0 <"$patches/$name.patch"
done
printf '%s of %s mutations caught\n' $((${#names[@]} - missed)) ${#names[@]}
[ "$missed" -eq 0 ]
