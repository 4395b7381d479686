#!/usr/bin/env python3
"""Checks that every path that README and docs/ name exists in the tree, and that every driver has its page.

A path is anything between backticks, or a link's target, that begins with a folder of the top level.
A driver is a capsule with a number, `.number = ABI_DRIVER_...` of its struct driver_ops: docs/syscalls/NNNNN_name.md is its page, and docs/syscalls/README.md lists it.
Usage: check_docs.py ROOT
Exit status: 0 fine, 1 a path or a page is missing (each is named), 2 wrong use.
"""
import glob
import os
import re
import sys

TOP = ("sim/", "kernel/", "mpu_model/", "peripherals/", "apps/", "tools/", "docs/", "tests/", "bench/", "cmake/", ".ci/")
TICKED = re.compile(r"`([^`\s]+)`")
CAPSULE = re.compile(r"^    \.number = (ABI_DRIVER_\w+),", re.M)
NUMBER = re.compile(r"^#define (ABI_DRIVER_\w+)\s+0x([0-9A-Fa-f]+)u", re.M)
LINK = re.compile(r"\]\(([^)#:\s]+)(?:#[^)]*)?\)")


def named_paths(text):
    for path in TICKED.findall(text):
        if path.startswith(TOP):
            yield path.split(":")[0]


def read(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


def drivers_without_a_page(root):
    """What is missing, a line each. Without capsules, nothing."""
    capsules = sorted(glob.glob(os.path.join(root, "kernel/capsules/*.c")))
    numbers = dict(NUMBER.findall(read(os.path.join(root, "kernel/abi/drivers.h")))) if capsules else {}
    found = [(capsule, name) for capsule in capsules for name in CAPSULE.findall(read(capsule))]
    if capsules and not found:
        yield "kernel/capsules: no capsule with a driver number"
    for capsule, name in found:
        pages = glob.glob(os.path.join(root, "docs/syscalls", f"{numbers[name]}_*.md"))
        if not pages:
            yield f"{os.path.relpath(capsule, root)}: docs/syscalls/{numbers[name]}_*.md does not exist"
        elif os.path.basename(pages[0]) not in read(os.path.join(root, "docs/syscalls/README.md")):
            yield f"docs/syscalls/README.md: {os.path.basename(pages[0])} is not listed"


def main():
    if len(sys.argv) != 2 or not os.path.isdir(sys.argv[1]):
        print("usage: check_docs.py ROOT", file=sys.stderr)
        return 2
    root, missing = sys.argv[1], 0
    pages = ["README.md"] + sorted(glob.glob("docs/**/*.md", root_dir=root, recursive=True))
    for page in pages:
        text = read(os.path.join(root, page))
        wanted = [(p, p) for p in named_paths(text)]
        wanted += [(l, os.path.join(os.path.dirname(page), l)) for l in LINK.findall(text)]
        for shown, path in wanted:
            if not glob.glob(os.path.join(root, path)):
                print(f"{page}: {shown} does not exist")
                missing += 1
    for line in drivers_without_a_page(root):
        print(line)
        missing += 1
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main())
