"""Runs the real program for whole-system tests. ctest sets SANDGLASS_BUILD to the build folder."""
import os
import re
import subprocess
import tempfile

BUILD = os.environ.get("SANDGLASS_BUILD", os.path.join(os.path.dirname(__file__), "../../build/check"))
PROGRAM = os.path.join(BUILD, "sim/sandglass")
CPU_HZ = 64_000_000  # of the nRF52
# With sanitizers: what libraries of others leak is not ours to judge.
os.environ.setdefault("LSAN_OPTIONS", "print_suppressions=0:suppressions=" + os.path.join(os.path.dirname(os.path.abspath(__file__)), "lsan.supp"))
# Runs that are not headless stay in the terminal, also on a desktop.
for name in ("DISPLAY", "WAYLAND_DISPLAY"):
    os.environ.pop(name, None)
HOST_SECONDS = 300  # only against a hang; nothing here depends on host time


class Result:
    """What a run left: exit status, both outputs, and the event trace when it was asked for."""

    def __init__(self, status, stdout, stderr, trace):
        self.status, self.stdout, self.stderr, self.trace = status, stdout, stderr, trace

    def events(self, kind, *words):
        """Trace lines of one kind as (cycle, [fields after the kind]), those that begin with `words`."""
        for line in self.trace.splitlines():
            cycle, what, *fields = line.split()
            if what == kind and fields[:len(words)] == list(words):
                yield int(cycle), fields

    def summary_number(self, pattern):
        found = re.search(pattern, self.stderr)
        if not found:
            raise AssertionError(f"the summary has nothing like {pattern}:\n{self.stderr}")
        return int(found.group(1).replace(",", ""))


    def lines(self, pattern):
        """The lines of stdout, where processes and the kernel write, that have `pattern` in them."""
        return [line for line in self.stdout.splitlines() if re.search(pattern, line)]


def app(name):
    """An app's TBF; those that are there for tests only are called tests/NAME."""
    return os.path.join(BUILD, "firmware/apps", name + ".tbf")


def guest(name):
    return os.path.join(BUILD, "firmware/guests", name)


def sandglass(*arguments, stdin=None):
    """Any subcommand, no trace."""
    done = subprocess.run([PROGRAM, *arguments], input=stdin, capture_output=True, timeout=HOST_SECONDS, check=False)
    return Result(done.returncode, done.stdout.decode("utf-8", "replace"), done.stderr.decode("utf-8", "replace"), "")


def typed(*lines):
    """Arguments that type (seconds, line) at the console, Return included."""
    return [word for at, line in lines for word in ("--uart-in", f"{line}\\n@{round(at * 1000)}ms")]


def run(*arguments, seconds):
    """`sandglass run --headless` for so many virtual seconds, with the event trace."""
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "trace")
        result = sandglass("run", "--headless", "--for", f"{round(seconds * 1000000)}us", "--trace", path, *arguments)
        if os.path.exists(path):
            with open(path, encoding="ascii") as file:  # whatever the names of the apps are
                result.trace = file.read()
        return result
