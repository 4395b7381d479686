#!/bin/sh
# Builds the C library of the apps: newlib's nano variant, position-independent (data reached through a
# table at r9), from Debian's package newlib-source. The packaged binary is not position-independent.
# Usage: sh tools/build_newlib.sh FOLDER [soft|hard]    makes FOLDER/include and FOLDER/lib/libc.a, libm.a
# hard: for apps whose functions take floating-point numbers in the registers of the FPU.
set -eu
folder=${1:?"usage: build_newlib.sh FOLDER [soft|hard]"}
case "${2-soft}" in
soft) float="-mfloat-abi=soft" ;;
hard) float="-mfloat-abi=hard -mfpu=fpv4-sp-d16" ;;
*) echo "build_newlib: float ABI ${2}? soft or hard" >&2; exit 2 ;;
esac
# Change this when the recipe below changes.
recipe=1

if [ "$(cat "$folder/.complete" 2>/dev/null)" = "$recipe" ]; then
    exit 0
fi

fail() { echo "build_newlib: $1" >&2; exit 1; }

source=
for archive in /usr/src/newlib/newlib-*.tar.xz; do
    source=$archive
done
[ -e "$source" ] || fail "/usr/src/newlib is missing; run: apt-get install newlib-source"

mkdir -p "$(dirname "$folder")"
work=$(mktemp -d "$(dirname "$folder")/newlib-build.XXXXXX")
work=$(cd "$work" && pwd)
log=$(dirname "$work")/newlib-build-${2-soft}.log
trap 'rm -rf "$work"' EXIT
mkdir "$work/source" "$work/build"
tar xf "$source" -C "$work/source" --strip-components=1

flags="-Os -ffunction-sections -fdata-sections -mcpu=cortex-m4 -mthumb $float"
flags="$flags -fPIC -msingle-pic-base -mpic-register=r9 -mno-pic-data-is-text-relative"
build() {
    cd "$work/build" &&
    ../source/configure --target=arm-none-eabi --prefix="$work/out" \
        --disable-multilib --disable-libgloss --disable-nls --disable-newlib-supplied-syscalls \
        --enable-newlib-reent-small --enable-newlib-nano-malloc --enable-newlib-nano-formatted-io \
        --enable-newlib-global-atexit --enable-lite-exit --enable-newlib-retargetable-locking=no \
        --disable-newlib-fvwrite-in-streamio --disable-newlib-fseek-optimization \
        --disable-newlib-wide-orient --disable-newlib-unbuf-stream-opt \
        MAKEINFO=true CFLAGS_FOR_TARGET="$flags" &&
    make -j2 all-target-newlib &&
    make install-target-newlib
}
echo "setup: building the apps' C library, ${2-soft} float (half a minute)"
(build) > "$log" 2>&1 || { tail -n 3 "$log" >&2; fail "building newlib failed; see $log"; }

rm -rf "$folder"
mv "$work/out/arm-none-eabi" "$folder"
echo "$recipe" > "$folder/.complete"
