#!/bin/sh
# The packer and the real tool chain: an app built as the SDK says is packed, and each usual way to build it
# wrong is refused with a line that names the trouble.
# Usage: test_real_elf.sh TBF_PACK SDK NEWLIB
set -u
pack=$1 sdk=$2 newlib=$3
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1
failed=0

cat > main.c << 'END'
#include <stdio.h>
static int counter;
int *const table[] = {&counter};
int main(void)
{
    printf("%d\n", counter++ + *table[0]);
    return 0;
}
END
pic="-fPIC -msingle-pic-base -mpic-register=r9 -mno-pic-data-is-text-relative"
relocs=-Wl,--emit-relocs
script="-T $sdk/app.ld"

# build OUTPUT FLAGS...
build() {
    out=$1
    shift
    arm-none-eabi-gcc -mcpu=cortex-m4 -mthumb -Os -isystem "$newlib/include" "$@" main.c \
        -nostdlib -nostartfiles -Wl,--gc-sections -o "$out" \
        -Wl,--start-group "$sdk/lib/libapp.a" "$newlib/lib/libc.a" -lgcc -Wl,--end-group || exit 1
}
# refused ELF WORDS [OPTIONS...]: one line with these words, exit status 1, no output.
refused() {
    elf=$1 words=$2
    shift 2
    rm -f out.tbf
    line=$("$pack" "$@" -o out.tbf "$elf" 2>&1)
    status=$?
    if [ "$status" != 1 ] || [ -e out.tbf ] || [ "$(printf '%s\n' "$line" | wc -l)" != 1 ]; then
        echo "$elf: status $status, said: $line"
        failed=1
    fi
    case $line in
    *"$words"*) ;;
    *)
        echo "$elf: wanted '$words', got: $line"
        failed=1
        ;;
    esac
}

# shellcheck disable=SC2086 # lists of options
{
    build good.elf $pic $relocs $script
    build absolute.elf $relocs $script
    build plain_pic.elf -fPIC $relocs $script
    build no_relocations.elf $pic $script
    sed 's/0x80000000/0x00030000/' "$sdk/app.ld" > fixed.ld
    build fixed.elf $pic $relocs -T fixed.ld
}
arm-none-eabi-strip -o stripped.elf good.elf
arm-none-eabi-gcc -mcpu=cortex-m4 -mthumb -isystem "$newlib/include" -c -o object.elf main.c
head -c 3000 good.elf > truncated.elf

if ! "$pack" --ram-limit 65536 -o good.tbf good.elf || [ ! -s good.tbf ]; then
    echo "good.elf was refused"
    failed=1
fi
refused absolute.elf "(function main) has the absolute address of"
refused plain_pic.elf "(function main) has the distance between flash and RAM to .bss"
refused no_relocations.elf "--emit-relocs"
refused stripped.elf "do not strip it"
refused fixed.elf "linked for a fixed address"
refused object.elf "link it first"
refused truncated.elf "truncated"
refused good.elf "the board has 1000" --ram-limit 1000
refused "$pack" "64-bit"
refused missing.elf "No such file"

# The template of the SDK, in a folder of its own.
cp -r "$sdk/template" my_app
sed -i "s|@APP_NAME@|my_app|g; s|@SANDGLASS_SDK@|$sdk|g" my_app/*
if ! make -s -C my_app || [ ! -s my_app/build/my_app.tbf ]; then
    echo "the template does not build"
    failed=1
fi
exit "$failed"
