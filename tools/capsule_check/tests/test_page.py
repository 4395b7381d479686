#!/usr/bin/env python3
"""The examples of docs/capsule-c.md: each is put where the page's capsule says FILE or HERE, and judged.

Usage: test_page.py --check CAPSULE_CHECK --root ROOT
What stands in the column "refused" is refused by that rule, what stands in "instead" passes and compiles. Every rule
that capsule_check knows is named on the page. Exit status: 0 all so, 1 not.
"""
import argparse
import os
import re
import subprocess
import sys
import tempfile

import run_suites

BLOCK = re.compile(r"^```c\n(.*?)^```$", re.M | re.S)
ROW = re.compile(r"^\| `([a-z-]+)` \| `(.*?)` \| `(.*?)`.*\|$", re.M)
HERE, FILE = "    /* HERE */\n", "/* FILE */\n"


def examples(page):
    """(rule, whether it is to be refused, how the page shows it, text of a capsule)."""
    capsule = BLOCK.search(page).group(1)
    assert capsule.count(HERE) == 1 and capsule.count(FILE) == 1
    yield None, False, "the capsule", capsule
    in_function, at_file_scope = page.split("\nAt file scope", 1)
    for place, part in ((HERE, in_function), (FILE, at_file_scope)):
        for rule, refused, instead in ROW.findall(part):
            for is_refused, code in ((True, refused), (False, instead)):
                yield rule, is_refused, code, capsule.replace(place, place + code.replace("\\|", "|") + "\n")
    for block in BLOCK.findall(page)[1:]:
        comment = re.match(r"/\* (?:Accepted|Refused: ([a-z-]+))", block)
        assert comment, f"a block says neither Accepted nor Refused: {block.splitlines()[0]}"
        yield comment.group(1), comment.group(1) is not None, block.splitlines()[0], block


def compile_errors(text):
    command = [run_suites.COMPILER, "-fpreprocessed", "-mcpu=cortex-m4", "-mthumb", "-std=gnu11", "-ffreestanding",
               "-Wall", "-Wno-attributes", "-Werror", "-fsyntax-only", text]
    return subprocess.run(command, capture_output=True, text=True, check=False).stderr.splitlines()


def judge(check, root, folder, number, example):
    rule, is_refused, _, capsule = example
    source = os.path.join(folder, f"lamp{number}.c")
    with open(source, "w", encoding="utf-8") as file:
        file.write(capsule)
    text = source[:-1] + "i"
    made = run_suites.preprocess(source, root, text)
    if made.returncode != 0:
        return made.stderr.splitlines()
    found, problem = run_suites.run_check(check, root, text)
    if problem:
        return [problem]
    if is_refused:
        return [] if any(one["rule"] == rule for one in found) else ["is not refused"] + run_suites.show(found)
    return run_suites.show(found) + compile_errors(text)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--check", required=True)
    parser.add_argument("--root", required=True)
    arguments = parser.parse_args()
    with open(os.path.join(arguments.root, "docs/capsule-c.md"), encoding="utf-8") as file:
        page = file.read()
    listed = subprocess.run([arguments.check, "--rules"], capture_output=True, text=True, check=True).stdout
    failed = [f"rule {rule} is not on the page" for rule in (line.split()[0] for line in listed.splitlines())
              if f"`{rule}`" not in page]
    count = 0
    with tempfile.TemporaryDirectory() as folder:
        for count, example in enumerate(examples(page), 1):
            problems = judge(arguments.check, arguments.root, folder, count, example)
            if problems:
                failed += [f"{example[0]}, {'refused' if example[1] else 'instead'}: {example[2]}"] + problems
    print("\n".join(failed + [f"{count} examples"]))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
