#!/usr/bin/env python3
"""Checks that every C file of the tree is formatted as .clang-format says, and that branches have braces.

Usage: check_format.py ROOT CLANG_FORMAT
Exit status: 0 fine, 1 a file is not (each is named), 2 wrong use.
"""
import os
import re
import subprocess
import sys

ROOTS = ["mpu_model", "peripherals", "sim", "kernel", "apps", "tools", "bench", "tests"]
EVIL = "tools/capsule_check/tests/refused"  # some of it hides behind its layout
# if, for, while and else whose statement stands on the next line without a brace.
BRACELESS = re.compile(r"^\s*(?:\} )?(?:(?:else )?if \(.*\)|for \(.*\)|else)$")


def c_files(root):
    for top in ROOTS:
        for folder, folders, files in os.walk(os.path.join(root, top)):
            folders.sort()
            if os.path.relpath(folder, root) == EVIL:
                continue
            for name in sorted(files):
                if name.endswith((".c", ".h")):
                    yield os.path.join(folder, name)


def main():
    if len(sys.argv) != 3 or not os.path.isdir(sys.argv[1]):
        print("usage: check_format.py ROOT CLANG_FORMAT", file=sys.stderr)
        return 2
    root, clang_format = sys.argv[1:]
    files = list(c_files(root))
    bad = 0
    result = subprocess.run([clang_format, "--dry-run", "--ferror-limit=1", *files], cwd=root,
                            stderr=subprocess.PIPE, text=True, check=False)
    for line in result.stderr.splitlines():
        if "clang-format-violations" in line:
            print(os.path.relpath(line, root) + f" (run: {clang_format} -i FILE)")
            bad += 1
    for path in files:
        with open(path, encoding="utf-8") as file:
            in_macro = False  # a macro may end with the head of a loop whose body its user writes
            for number, line in enumerate(file, 1):
                if BRACELESS.match(line.rstrip("\n")) and not in_macro:
                    print(f"{os.path.relpath(path, root)}:{number}: braces are missing")
                    bad += 1
                in_macro = line.endswith("\\\n")
    return 1 if bad or result.returncode else 0


if __name__ == "__main__":
    sys.exit(main())
