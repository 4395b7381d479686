#!/usr/bin/env python3
"""Runs capsule_check over the small capsules in refused/ and accepted/.

Usage: run_suites.py --check CAPSULE_CHECK --root ROOT [--keep DIR] [NAME...]

Each refused/RULE-what.c must be refused by RULE (the longest rule id that its name begins with) in exactly the lines
that end in `// REFUSED`, or by another in those that end in `// REFUSED by OTHER`, and in no other line by any rule.
`// REFUSED BELOW` stands above a line that takes no comment.
What stands in a header RULE-what*.h is marked there. Each accepted/*.c must pass. NAME runs only the files whose name contains it. With --keep the preprocessed files stay in DIR.
Exit status: 0 all as said, 1 not, 2 wrong use.
"""
import argparse
import concurrent.futures
import functools
import json
import os
import re
import subprocess
import sys
import tempfile

COMPILER = "arm-none-eabi-gcc"
MARK = re.compile(r"// REFUSED( BELOW)?(?: by ([a-z-]+))?$")


@functools.cache
def compiler_headers():
    run = subprocess.run([COMPILER, "-print-file-name=include"], capture_output=True, text=True, check=True)
    return run.stdout.strip()


def preprocess(source, root, to):
    """The text that the build would compile, or what the preprocessor says against it."""
    command = [COMPILER, "-E", "-std=c11", "-mcpu=cortex-m4", "-mthumb", "-ffreestanding", "-nostdinc", "-DCAPSULE_C",
               "-I", root, "-isystem", compiler_headers(), "-o", to, source]
    return subprocess.run(command, capture_output=True, text=True)


def marked_lines(path, rule):
    """(line, rule) of each mark."""
    with open(path, encoding="utf-8") as file:
        found = [(number, MARK.search(line.rstrip("\\\n "))) for number, line in enumerate(file, 1)]
    return {(number + (1 if mark.group(1) else 0), mark.group(2) or rule) for number, mark in found if mark}


def shown(path, root):
    return os.path.relpath(os.path.realpath(path), os.path.realpath(root))


def expected_of(source, root, rule):
    """(file, line, rule) of each mark in the source and in the headers that lie beside it under its name."""
    folder, name = os.path.split(source)
    stem = name[:-2]
    marks = set()
    for other in sorted(os.listdir(folder)):
        if other == name or (other.startswith(stem) and other.endswith(".h")):
            path = os.path.join(folder, other)
            marks |= {(shown(path, root), line, by) for line, by in marked_lines(path, rule)}
    return marks


def run_check(check, root, text):
    run = subprocess.run([check, "source", "--json", "--root", root, text], capture_output=True, text=True)
    if run.returncode not in (0, 1):
        return None, f"exit status {run.returncode}: {run.stderr.strip()}"
    return json.loads(run.stdout), None


def rule_of(name, rules):
    stem = name[:-2]
    fitting = [rule for rule in rules if stem == rule or stem.startswith(rule + "-")]
    return max(fitting, key=len, default=None)


def show(found):
    return [f"    {one['file']}:{one['line']}: {one['rule']}: {one['seen']}" for one in found]


def judge_refused(source, root, rules, found):
    rule = rule_of(os.path.basename(source), rules)
    if rule is None:
        return ["  its name begins with no rule's id"]
    expected = expected_of(source, root, rule)
    if not expected:
        return ["  no line ends in '// REFUSED'"]
    by_rule = {(shown(one["file"], root), one["line"], one["rule"]) for one in found}
    marked = {(file, line) for file, line, _ in expected}
    problems = [f"  {file}:{line} is not refused by {by}" for file, line, by in sorted(expected - by_rule)]
    problems += [f"  {file}:{line} is refused without a mark" for file, line, _ in sorted(by_rule)
                 if (file, line) not in marked]
    return problems + show(found) if problems else []


def judge(source, arguments, rules, folder):
    text = os.path.join(folder, os.path.basename(source)[:-1] + "i")
    made = preprocess(source, arguments.root, text)
    if made.returncode != 0:
        return ["  the preprocessor refuses it:"] + made.stderr.splitlines()
    found, problem = run_check(arguments.check, arguments.root, text)
    if problem:
        return ["  " + problem]
    if os.path.basename(os.path.dirname(source)) == "accepted":
        return show(found)
    return judge_refused(source, arguments.root, rules, found)


def suite(name, only):
    folder = os.path.join(os.path.dirname(os.path.abspath(__file__)), name)
    names = sorted(os.listdir(folder)) if os.path.isdir(folder) else []
    return [os.path.join(folder, one) for one in names
            if one.endswith(".c") and (not only or any(part in one for part in only))]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--check", required=True)
    parser.add_argument("--root", required=True)
    parser.add_argument("--keep")
    parser.add_argument("names", nargs="*")
    arguments = parser.parse_args()
    rules = [line.split()[0] for line in subprocess.run(
        [arguments.check, "--rules"], capture_output=True, text=True, check=True).stdout.splitlines()]
    sources = suite("refused", arguments.names) + suite("accepted", arguments.names)
    failed = 0
    with tempfile.TemporaryDirectory() as folder, concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        to = arguments.keep or folder
        for source, problems in zip(sources, pool.map(lambda one: judge(one, arguments, rules, to), sources)):
            if problems:
                failed += 1
                print("\n".join([os.path.relpath(source, os.path.dirname(os.path.abspath(__file__)))] + problems))
    print(f"{len(sources) - failed} of {len(sources)} capsules are judged as they should be")
    return 1 if failed or not sources else 0


if __name__ == "__main__":
    sys.exit(main())
