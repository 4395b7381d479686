#!/usr/bin/env python3
"""docs/example-apps.md: each of its commands shows something; each app of the tree has a row, and a scenario beside it."""
import glob
import os
import re
import shlex
import subprocess
import unittest

from sandglass import HOST_SECONDS, PROGRAM

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../..")
NO_EXAMPLES = {"template", "trespass"}  # what `sandglass new` copies; one source of seven apps
NO_SCENARIO = {"fuzz", "fuzz_witness", "switch_calls", "float_command"}  # of `sandglass fuzz` and of tests/test_switch.c
KERNEL_LINE = re.compile(r"^(Sandglass |App \S+: slot|Initialization complete|sandglass\$|$)")
PART_NOTE = re.compile(r"^\[ *[0-9.]+\] (led\d|motor) on$", re.M)


def page():
    with open(os.path.join(ROOT, "docs/example-apps.md"), encoding="utf-8") as file:
        return file.read()


def apps():
    folder = os.path.join(ROOT, "apps")
    return {name for name in os.listdir(folder) if os.path.exists(os.path.join(folder, name, "main.c"))}


class ExampleApps(unittest.TestCase):
    def test_every_command_shows_something(self):
        commands = re.findall(r"`sandglass (run .*?)`", page().split("\n## ", 1)[1])
        self.assertGreater(len(commands), 20)
        for command in commands:
            words = shlex.split(command)
            limit = [] if "--for" in words else ["--for", "3s"]
            with self.subTest(command):
                done = subprocess.run([PROGRAM, *words, "--headless", *limit], cwd=ROOT, capture_output=True, text=True,
                                      stdin=subprocess.DEVNULL, timeout=HOST_SECONDS, check=False)
                self.assertEqual(done.returncode, 0, done.stderr)
                said = [line for line in done.stdout.splitlines() if not KERNEL_LINE.match(line)]
                self.assertTrue(said or PART_NOTE.search(done.stderr), done.stdout)
                self.assertNotRegex(done.stdout, r"error -|not loaded")

    def test_every_app_has_a_row(self):
        named = set(re.findall(r"\w+", " ".join(re.findall(r"(?m)^\| ([^|]+) \|", page()))))
        missing = {name for name in apps() - NO_EXAMPLES if not any(word.startswith(name) for word in named)}
        self.assertEqual(missing, set())

    def test_every_app_has_a_scenario(self):
        missing = {name for name in apps() - {"template"} if not os.path.exists(os.path.join(ROOT, "apps", name, f"{name}.lua"))}
        self.assertEqual(missing, set())

    def test_every_app_of_the_tests_is_in_a_scenario(self):
        """Beside it, or of tests/system: under one of its names, of which those that a list makes end in what differs."""
        with open(os.path.join(ROOT, "apps/tests/CMakeLists.txt"), encoding="utf-8") as file:
            built = re.findall(r"sandglass_app\((\S+) SOURCES (\w+)/", file.read())
        scenarios = ""
        for path in glob.glob("tests/system/*.lua", root_dir=ROOT) + glob.glob("apps/tests/*/*.lua", root_dir=ROOT):
            with open(os.path.join(ROOT, path), encoding="utf-8") as file:
                scenarios += file.read()
        found = {folder for name, folder in built if '"' + name.split("${")[0] in scenarios}
        self.assertGreater(len(found), 30)
        self.assertEqual({folder for _, folder in built} - found - NO_SCENARIO, set())


if __name__ == "__main__":
    unittest.main()
