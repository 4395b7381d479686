#!/bin/sh
# Set-up, build with sanitizers, every test. The last line says 'N passed, N failed'.
set -u
cd "$(dirname "$0")/.." || exit 1

give_up() {
    echo "check: $1" >&2
    echo "0 passed, 1 failed"
    exit 1
}
if [ $# -gt 0 ]; then
    echo "check: takes no arguments, not '$1'; some of the tests: ctest --preset check -R NAME" >&2
    exit 2
fi
sh tools/setup.sh --tests || give_up "set-up failed"
cmake --preset check || give_up "configuring failed"
cmake --build --preset check || give_up "the build failed"

results=$PWD/build/check/results.xml
rm -f "$results"
ctest --preset check -j2 --output-junit "$results"
status=$?
[ -e "$results" ] || give_up "ctest left no results"

# <testsuite ... tests="31" failures="1" disabled="0" skipped="2" ...>
count() { sed -n "s/.*[[:space:]]$1=\"\([0-9]*\)\".*/\1/p" "$results" | head -n 1; }
tests=$(count tests) failures=$(count failures) skipped=$(count skipped) disabled=$(count disabled)
[ -n "$tests" ] && [ "$tests" -gt 0 ] || give_up "no test ran"
left_out=$((skipped + disabled))
[ "$left_out" = 0 ] || echo "$left_out not run"
echo "$((tests - failures - left_out)) passed, $failures failed"
exit "$status"
