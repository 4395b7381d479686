#!/usr/bin/env python3
"""Checks that every path that README and docs/ name exists in the tree.

A path is anything between backticks, or a link's target, that begins with a folder of the top level.
Usage: check_docs.py ROOT
Exit status: 0 fine, 1 a path is missing (each is named), 2 wrong use.
"""
import glob
import os
import re
import sys

TOP = ("sim/", "kernel/", "mpu_model/", "peripherals/", "apps/", "tools/", "docs/", "tests/", "bench/", "cmake/", ".ci/")
TICKED = re.compile(r"`([^`\s]+)`")
LINK = re.compile(r"\]\(([^)#:\s]+)(?:#[^)]*)?\)")


def named_paths(text):
    for path in TICKED.findall(text):
        if path.startswith(TOP):
            yield path.split(":")[0]


def main():
    if len(sys.argv) != 2 or not os.path.isdir(sys.argv[1]):
        print("usage: check_docs.py ROOT", file=sys.stderr)
        return 2
    root, missing = sys.argv[1], 0
    pages = ["README.md"] + sorted(glob.glob("docs/**/*.md", root_dir=root, recursive=True))
    for page in pages:
        with open(os.path.join(root, page), encoding="utf-8") as file:
            text = file.read()
        wanted = [(p, p) for p in named_paths(text)]
        wanted += [(l, os.path.join(os.path.dirname(page), l)) for l in LINK.findall(text)]
        for shown, path in wanted:
            if not glob.glob(os.path.join(root, path)):
                print(f"{page}: {shown} does not exist")
                missing += 1
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main())
