#!/usr/bin/env python3
"""Runs capsule_check object over the files of objects/.

Usage: run_objects.py --check CAPSULE_CHECK --root ROOT --options COMPILE.OPTIONS [NAME...]

Each RULE-what.c or .S is compiled, and must be refused by RULE (the longest rule id that its name begins with); fixture.c
must pass. All are held against the text of fixture.c. Then what is no object for this machine: cut short, another file,
another machine's, a linked program. Exit status: 0 all as said, 1 not.
"""
import argparse
import json
import os
import subprocess
import sys
import tempfile

COMPILER = "arm-none-eabi-gcc"
RULES = ["object-file", "object-section", "object-symbol", "object-relocation", "object-instruction"]


class Runner:
    def __init__(self, arguments, folder):
        self.check, self.root, self.folder = arguments.check, arguments.root, folder
        self.objects = os.path.join(arguments.root, "tools/capsule_check/tests/objects")
        self.options = "@" + arguments.options
        self.bad = self.count = 0

    def compile(self, source, to, *options):
        if source.endswith(".S"):
            options = ("-mcpu=cortex-m4", "-mthumb", "-c", "-Wa,-W", *options)
        else:
            options = (self.options, "-DCAPSULE_C", "-w", *options)
        subprocess.run([COMPILER, *options, "-I", self.root, source, "-o", to], check=True, cwd=self.folder)

    def preprocess(self, source, to):
        headers = subprocess.run([COMPILER, "-print-file-name=include"], capture_output=True, text=True, check=True)
        subprocess.run([COMPILER, "-E", "-std=c11", "-mcpu=cortex-m4", "-mthumb", "-ffreestanding", "-nostdinc", "-isystem",
                        headers.stdout.strip(), "-DCAPSULE_C", "-I", self.root, source, "-o", to], check=True)

    def rules(self, path):
        """The rules by which the object is refused."""
        done = subprocess.run([self.check, "object", "--json", "--root", self.root, "--text",
                               os.path.join(self.folder, "fixture.i"), path], capture_output=True, text=True)
        if done.returncode not in (0, 1) or done.stderr:
            return f"status {done.returncode}: {done.stderr}"
        found = sorted({one["rule"] for one in json.loads(done.stdout)})
        return found if (done.returncode == 1) == bool(found) else f"status {done.returncode} with {found}"

    def expect(self, name, path, rule):
        self.count += 1
        found = self.rules(path)
        if isinstance(found, str) or (rule not in found if rule else found):
            self.bad += 1
            print(f"{name}: {found}, not {rule or 'accepted'}")

    def run(self, names):
        good = os.path.join(self.folder, "fixture.o")
        self.preprocess(os.path.join(self.objects, "fixture.c"), os.path.join(self.folder, "fixture.i"))
        for file in sorted(os.listdir(self.objects)):
            if not file.endswith((".c", ".S")) or (names and not any(name in file for name in names)):
                continue
            stem = os.path.splitext(file)[0]
            to = good if file == "fixture.c" else os.path.join(self.folder, "x.o")
            self.compile(os.path.join(self.objects, file), to, *([] if file.endswith(".S") else ["-c"]))
            self.expect(file, to, next((rule for rule in RULES if stem.startswith(rule + "-")), None))
        if not names:
            self.no_objects(good)

    def no_objects(self, good):
        with open(good, "rb") as file:
            image = file.read()
        machine = bytearray(image)
        machine[18] = 62  # x86-64
        kind = bytearray(image)
        kind[16] = 2  # a program
        for name, content in (("empty", b""), ("text", b"void fixture_init(void);\n"), ("half", image[:len(image) // 2]),
                              ("header only", image[:52]), ("machine", machine), ("program", kind)):
            path = os.path.join(self.folder, "x.o")
            with open(path, "wb") as file:
                file.write(content)
            self.expect(name, path, "object-file")
        self.expect("no file", os.path.join(self.folder, "absent.o"), "object-file")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--check", required=True)
    parser.add_argument("--root", required=True)
    parser.add_argument("--options", required=True)
    parser.add_argument("names", nargs="*")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        runner = Runner(arguments, folder)
        runner.run(arguments.names)
    print(f"{runner.count - runner.bad} of {runner.count} objects are judged as they should be")
    return 1 if runner.bad else 0


if __name__ == "__main__":
    sys.exit(main())
