#!/bin/sh
# A board's kernel, just linked: stays only if it keeps the board's rules.
# Usage: check_board.sh CHECKER ROOT KERNEL.elf BOARD
set -eu
checker=$1 root=$2 kernel=$3 board=$4

refuse() {
    rm -f "$kernel"
    exit 1
}
cd "$root"
echo "== $board"
"$checker" board "$kernel" kernel/boards/capsules.manifest "kernel/boards/$board/capsules.manifest" || refuse
"$checker" stack --root "$root" --facts "${kernel%.elf}.calls.json" "$kernel" "${kernel%.elf}.inputs" || refuse
# All of it in a file; here, a line for each folder.
"$checker" trusted --root "$root" "${kernel%.elf}.inputs" > "${kernel%.elf}.trusted" || refuse
sed '/^       /d; s/:$//' "${kernel%.elf}.trusted"
echo "  file by file: ${kernel%.elf}.trusted"
