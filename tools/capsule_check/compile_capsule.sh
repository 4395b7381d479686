#!/bin/sh
# One capsule: preprocessed once; that text is checked, that same text is compiled, the object is checked. The object
# appears when all of it went well; a capsule that is refused leaves none behind, so that nothing stale is linked.
# Usage: compile_capsule.sh CHECKER COMPILER ROOT SOURCE NAME
# in the folder that has the capsules' include root and the compiler's options (preprocess.options, compile.options).
# Makes NAME.o there and beside it .i (the text), .ci (frames and calls, for the kernel's stack), .d (for the build).
set -eu
checker=$1 compiler=$2 root=$3 source=$4 name=$5

rm -f "$name.o"
if ! LC_ALL=C "$compiler" -E @preprocess.options -MD -MF "$name.d" -MT "$name.o" "$source" -o "$name.raw" 2> "$name.why"
then
    # A header that does not exist and one that is not for capsules are the same to the preprocessor.
    sees="a capsule includes headers of kernel/capsule, kernel/hil, kernel/abi and kernel/capsules, and stdbool.h, stddef.h, stdint.h, limits.h"
    there="s|^\([^:]*:[0-9]*\):[0-9]*: fatal error: \(.*: No such file or directory\)$|\1: include: \2; $sees|p"
    sed -n "$there" "$name.why" | grep . || cat "$name.why"
    rm "$name.why"
    exit 1
fi
rm "$name.why"
# In the markers of lines: what the include root is called is no part of a file's name.
sed 's|^\(# [0-9]* "\)\./|\1|' "$name.raw" > "$name.i"
rm "$name.raw"
"$checker" source --root "$root" "$name.i"
"$compiler" -fpreprocessed @compile.options -c "$name.i" -o "$name.unchecked" -dumpbase "$name" -dumpbase-ext ""
"$checker" object --root "$root" --text "$name.i" "$name.unchecked"
mv "$name.unchecked" "$name.o"
