#!/usr/bin/env python3
"""Measures what the project claims: speed beside QEMU on the same ELF in the same run, sizes, the cost of a system call.

Usage: bench/run.py --build BUILD [--runs N] [--only NAME] [--json FILE] [--markdown] [--quick]
BUILD is a build folder without sanitizers (build/default). Needs qemu-system-arm for the comparison.
Exit status: 0 measured, 2 wrong use, something is missing, or a guest found its own result wrong (one line says what).
"""
import argparse
import json
import os
import platform
import sys
import tempfile

sys.dont_write_bytecode = True
from cases import CASES, Bench  # noqa: E402 (after the line above)
from machines import QEMU, Machines, Run, fail  # noqa: E402
from report import markdown  # noqa: E402


def host_name():
    """What the figures were seen on: processor and number of CPUs."""
    model = platform.machine()
    if os.path.exists("/proc/cpuinfo"):
        with open("/proc/cpuinfo", encoding="utf-8", errors="replace") as file:
            names = [line.split(":", 1)[1].strip() for line in file if line.startswith("model name")]
        model = names[0] if names else model
    return f"{model}, {os.cpu_count()} CPUs, load {os.getloadavg()[0]:.1f}"


class OneLineParser(argparse.ArgumentParser):
    def error(self, message):
        fail(f"{message}; see --help")


def options_from(arguments):
    parser = OneLineParser(description=__doc__.splitlines()[0])
    parser.add_argument("--build", required=True, help="a build folder without sanitizers, e.g. build/default")
    parser.add_argument("--runs", type=int, default=None, help="how often each program is timed (5; 1 with --quick)")
    parser.add_argument("--only", action="append", metavar="NAME", help="measure this alone; may be given again: " + ", ".join(CASES))
    parser.add_argument("--json", metavar="FILE", help="write the figures there, too")
    parser.add_argument("--markdown", action="store_true", help="print the table that docs/performance.md has")
    parser.add_argument("--quick", action="store_true", help="next to no work: shows that everything runs; nothing is judged")
    options = parser.parse_args(arguments)
    if options.runs is None:
        options.runs = 1 if options.quick else 5
    if options.runs < 1:
        fail(f"--runs {options.runs}: at least 1")
    for name in options.only or []:
        if name not in CASES:
            fail(f"--only {name}: there is no such case; there are {', '.join(CASES)}")
    return options


def write_json(path, figures, options, qemu):
    content = {"host": host_name(), "qemu": qemu, "runs": options.runs, "quick": options.quick,
               "figures": [figure.as_json() for figure in figures]}
    try:
        with open(path, "w", encoding="utf-8") as file:
            json.dump(content, file, indent=1)
            file.write("\n")
    except OSError as error:
        fail(f"cannot write {path}: {error.strerror}")


def main():
    options = options_from(sys.argv[1:])
    if options.json is not None and not os.path.isdir(os.path.dirname(os.path.abspath(options.json))):
        fail(f"--json {options.json}: there is no such folder")
    figures = []
    with tempfile.TemporaryDirectory() as folder:
        machines = Machines(options.build, folder)
        if not machines.has_qemu and not options.quick:
            fail(f"{QEMU} is not there; run: sh tools/setup.sh --tests")
        qemu = Run([QEMU, "--version"]).output.splitlines()[0] if machines.has_qemu else None
        bench = Bench(machines, options.runs, options.quick)
        if not options.markdown:
            print(f"{host_name()}; {qemu}; {options.runs} {'run' if options.runs == 1 else 'runs'} each in turn: median (min-max)")
            if options.quick:
                print("quick: next to no work is done, so times and speeds say nothing")
        for name in options.only or CASES:
            for figure in CASES[name](bench):
                figures.append(figure)
                if not options.markdown:
                    print("\n".join(figure.lines()), flush=True)
    if options.markdown:
        print("\n".join(markdown(figures)))
    missed = [figure.name for figure in figures if figure.met is False]
    if not options.quick and not options.markdown:
        print(f"expectations not met: {', '.join(missed) if missed else 'none'}")
    if options.json is not None:
        write_json(options.json, figures, options, qemu)
    return 0


if __name__ == "__main__":
    sys.exit(main())
