#!/bin/sh
# Fuzzes the simulator: builds the targets with clang, libFuzzer and the sanitizers, and runs one or all of them.
# Usage: sh tools/fuzz.sh [--board BOARD] [TARGET [SECONDS]]     TARGET: all (default) or one of tests/fuzz (guest, devices, ...)
# BOARD: the one that guest, devices, gdb and snapshot run on, nrf52dk without it.
# Inputs that are new go to build/fuzz/inputs/TARGET, findings to build/fuzz/findings. Exit status 1: something was found.
set -u
cd "$(dirname "$0")/.." || exit 1
root=$PWD
build=$root/build/fuzz
targets="guest devices loader app tree gdb values snapshot"
fail() { echo "fuzz: $1" >&2; exit 2; }

board=nrf52dk
if [ "${1-}" = --board ]; then
    board=${2-}
    [ -f "sim/boards/$board.dts" ] || fail "there is no board '$board' in sim/boards"
    [ $# -ge 2 ] && shift 2
fi
target=${1-all}
seconds=${2-60}

case " all $targets " in
*" $target "*) ;;
*) fail "no target $target; there are: all $targets" ;;
esac
case $seconds in
'' | *[!0-9]*) fail "$seconds is no number of seconds" ;;
esac
command -v clang > /dev/null || fail "clang is not installed; run: sh tools/setup.sh --tests"
[ "$target" = all ] || targets=$target

mkdir -p "$build/findings"
cmake -G Ninja -S "$root" -B "$build" -DCMAKE_BUILD_TYPE=RelWithDebInfo -DCMAKE_C_COMPILER=clang \
    -DSANDGLASS_FUZZ=ON -DSANDGLASS_TESTS=OFF > "$build/configure.log" 2>&1 || {
    tail -n 5 "$build/configure.log" >&2
    fail "configuring failed"
}
for name in $targets; do
    cmake --build "$build" --target "fuzz_$name" > "$build/build.log" 2>&1 || {
        tail -n 20 "$build/build.log" >&2
        fail "the build failed"
    }
done
python3 tests/fuzz/make_seeds.py "$build/seeds" || fail "the seeds could not be made"

# What bytes mean depends on the board: inputs for one are no good for another.
tag=
[ "$board" = nrf52dk ] || tag=-$board
export FUZZ_BOARD="$board"
found=0
for name in $targets; do
    inputs=$build/inputs/$name$tag
    log=$build/$name$tag.log
    mkdir -p "$inputs" "$build/seeds/$name" "tests/fuzz/corpus/fuzz_$name"
    before=$(ls "$build/findings" | wc -l)
    # Findings that take too long are told by the target's own limit, in processor time.
    "$build/tests/fuzz/fuzz_$name" -max_total_time="$seconds" -max_len=4096 -len_control=0 -timeout=300 \
        -print_final_stats=1 -detect_leaks=0 -artifact_prefix="$build/findings/$name$tag-" \
        "$inputs" "tests/fuzz/corpus/fuzz_$name" "$build/seeds/$name" > "$log" 2>&1
    count=$(sed -n 's/^stat::number_of_executed_units: *//p' "$log")
    new=$(($(ls "$build/findings" | wc -l) - before))
    echo "$name$tag: ${count:-0} executions, $new findings"
    if [ "$new" != 0 ] || [ -z "$count" ]; then
        grep -m 3 -E '^finding:|^SUMMARY:|ERROR:|runtime error' "$log"
        found=1
    fi
done
exit "$found"
