#!/bin/sh
# Gets what Sandglass needs: packages with apt, Unicorn and the apps' C library into build/deps.
# Usage: sh tools/setup.sh             what building and running needs
#        sh tools/setup.sh --tests     and what the tests need on top
# As root, through sudo, or as a user who may use sudo. Does nothing, quickly, when all is there.
set -eu
cd "$(dirname "$0")/.."
deps=$PWD/build/deps

fail() { echo "setup: $1" >&2; exit 1; }

# The compiler's recommended newlib is left out: apps use their own, and the kernel uses none.
packages="cmake ninja-build gcc libc6-dev make pkg-config xz-utils debian-archive-keyring
    gcc-arm-none-eabi newlib-source device-tree-compiler
    libcapstone-dev libfdt-dev libelf-dev libdw-dev libclang-dev libjansson-dev libssl-dev
    libsdl2-dev libsdl2-ttf-dev libpng-dev fonts-dejavu-core liblua5.4-dev"
test_packages="libcmocka-dev openssl oathtool xvfb xauth xdotool gdb-multiarch qemu-system-arm clang-format clang libclang-rt-dev python3 tshark"
case "${1-}" in
"") ;;
--tests) packages="$packages $test_packages" ;;
*) fail "unknown option $1; the only one is --tests" ;;
esac

missing=
for package in $packages; do
    case "$(dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null)" in
    installed) ;;
    *) missing="$missing $package" ;;
    esac
done
if [ -n "$missing" ]; then
    command -v apt-get > /dev/null || fail "this is not Debian; install by hand:$missing"
    if [ "$(id -u)" = 0 ]; then
        as_root="env"
    elif command -v sudo > /dev/null; then
        as_root="sudo env"
    else
        fail "not root and no sudo; run as root: apt-get install$missing"
    fi
    log=$(mktemp)
    trap 'rm -f "$log"' EXIT
    echo "setup: installing$missing"
    $as_root apt-get -q -o APT::Update::Error-Mode=any update > "$log" 2>&1 || {
        tail -n 3 "$log" >&2
        fail "apt-get update failed; check the network and /etc/apt/sources.list"
    }
    # shellcheck disable=SC2086 # a list of words
    $as_root DEBIAN_FRONTEND=noninteractive apt-get -q -y install --no-install-recommends $missing \
        > "$log" 2>&1 || {
        tail -n 3 "$log" >&2
        fail "apt-get install failed; try it by hand: apt-get install$missing"
    }
fi

mkdir -p "$deps"
# Half a minute of compiling beside a download.
newlibs() {
    sh tools/build_newlib.sh "$deps/newlib-pic" || return 1
    # For apps that ask for it only (docs/writing-an-app.md), and for the tests.
    [ "${1-}" != --tests ] || sh tools/build_newlib.sh "$deps/newlib-pic-hard" hard
}
newlibs "$@" &
newlib=$!
status=0
sh tools/get_unicorn.sh "$deps/unicorn" || status=1
wait "$newlib" || status=1

# Through sudo: what was made belongs to the user who builds with it.
if [ "$(id -u)" = 0 ] && [ -n "${SUDO_UID-}" ]; then
    chown -R "$SUDO_UID:${SUDO_GID-$SUDO_UID}" build
fi
[ "$status" = 0 ] || fail "not complete; see the line above, then run this again"
