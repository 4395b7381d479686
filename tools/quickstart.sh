#!/bin/sh
# From a fresh clone to the demo: set up, build, run. Usage: sh tools/quickstart.sh [sandglass run's options]
set -eu
cd "$(dirname "$0")/.."
sh tools/setup.sh
cmake --preset default > build/configure.log 2>&1 || {
    tail -n 20 build/configure.log >&2
    echo "quickstart: configuring failed; all of it is in build/configure.log" >&2
    exit 1
}
echo "quickstart: building"
cmake --build --preset default > build/build.log 2>&1 || {
    tail -n 40 build/build.log >&2
    echo "quickstart: the build failed; all of it is in build/build.log" >&2
    exit 1
}
exec build/default/sim/sandglass run "$@"
