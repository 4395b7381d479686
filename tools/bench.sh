#!/bin/sh
# Set-up, the optimised build, then the benchmarks. Usage: sh tools/bench.sh [bench/run.py's options]
set -eu
cd "$(dirname "$0")/.."
sh tools/setup.sh --tests
cmake --preset default > build/configure.log 2>&1 || { tail -n 20 build/configure.log >&2; exit 1; }
cmake --build --preset default > build/build.log 2>&1 || { tail -n 40 build/build.log >&2; exit 1; }
exec python3 bench/run.py --build build/default "$@"
