"""Runs `sandglass test` on scenarios that a test writes, and reads its TAP."""
import os
import re
import tempfile

from sandglass import BUILD, sandglass

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../..")
APPS = os.path.join(BUILD, "firmware/apps/scenarios")


class Case:
    """One line of TAP with what follows it."""

    def __init__(self, passed, number, name):
        self.passed, self.number, self.name, self.fields, self.state = passed, number, name, {}, ""


def read_tap(text):
    """The cases of a TAP stream; fails when it is none."""
    lines = text.splitlines()
    assert lines[0] == "TAP version 14", text
    count = int(re.fullmatch(r"1\.\.(\d+)", lines[1]).group(1))
    cases, in_block, in_state = [], False, False
    for line in lines[2:]:
        found = re.fullmatch(r"(not )?ok (\d+) - (.*)", line)
        if found and not in_block:
            cases.append(Case(not found.group(1), int(found.group(2)), found.group(3)))
        elif line == "  ---":
            assert not cases[-1].passed, line
            in_block = True
        elif line == "  ...":
            in_block = in_state = False
        elif in_block and line.startswith("    "):
            assert in_state, line
            cases[-1].state += line[4:] + "\n"
        elif in_block:
            key, value = re.fullmatch(r"  (\w+): (.*)", line).groups()
            in_state = value == "|"
            if not in_state:
                assert value[0] == value[-1] == '"', line
                cases[-1].fields[key] = re.sub(r"\\(.)", lambda m: "\n" if m.group(1) == "n" else m.group(1), value[1:-1])
        else:
            assert line.startswith("#"), line
    assert [case.number for case in cases] == list(range(1, count + 1)), text
    return cases


class Folder:
    """A folder of scenarios that goes away."""

    def __init__(self):
        self.folder = tempfile.TemporaryDirectory()

    def __enter__(self):
        return self

    def __exit__(self, *exc):
        self.folder.cleanup()

    def path(self, name):
        return os.path.join(self.folder.name, name)

    def write(self, name, source):
        with open(self.path(name), "w" if isinstance(source, str) else "wb") as file:
            file.write(source)
        return self.path(name)

    def read(self, name):
        with open(self.path(name), "rb") as file:
            return file.read()


def run(source, *options):
    """A scenario given as text: the run's result, and its cases."""
    with Folder() as folder:
        result = sandglass("test", *options, folder.write("it.lua", source))
        return result, read_tap(result.stdout) if result.stdout.startswith("TAP") else []
