#!/usr/bin/env python3
"""Measures what the project claims: speed beside QEMU in the same run, sizes, the cost of a system call.

Usage: bench/run.py --build BUILD [--runs N]
BUILD is a build folder without sanitizers (build/default). Needs qemu-system-arm for the comparison.
Exit status: 0 measured, 2 wrong use or something is missing (one line says what).
"""
import argparse
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

QEMU = "qemu-system-arm"
SIZE = "arm-none-eabi-size"
NM = "arm-none-eabi-nm"


def fail(message):
    print(f"bench: {message}", file=sys.stderr)
    sys.exit(2)


def need(path, remedy):
    if not (os.path.exists(path) or shutil.which(path)):
        fail(f"{path} is not there; {remedy}")
    return path


def wall_seconds(command):
    start = time.monotonic()
    done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          text=True, check=False)
    return time.monotonic() - start, done.stdout


def number(pattern, text, what):
    found = re.search(pattern, text)
    if not found:
        fail(f"the run's summary does not say {what}")
    return int(found.group(1).replace(",", ""))


def speed(build, guest, what, runs):
    """The same CPU-bound ELF in turn on both, so that a drifting machine hurts both alike."""
    elf = need(os.path.join(build, "firmware/guests", guest), "build first: cmake --build")
    sandglass = [os.path.join(build, "sim/sandglass"), "run", "--headless", "--for", "600s", elf]
    qemu = [QEMU, "-M", "mps2-an386", "-nographic", "-no-reboot", "-kernel", elf]
    ours, icount, plain = [], [], []
    for _ in range(runs):
        seconds, output = wall_seconds(sandglass)
        instructions = number(r"([\d,]+) instructions", output, "how many instructions it was")
        ours.append(instructions / seconds / 1e6)
        icount.append(instructions / wall_seconds([*qemu, "-icount", "shift=0"])[0] / 1e6)
        plain.append(instructions / wall_seconds(qemu)[0] / 1e6)
    print(f"{guest} ({what}), {instructions:,} instructions, whole process, {runs} runs each (median; min-max), MIPS:")
    for name, values in (("sandglass", ours), ("qemu-system-arm -icount shift=0", icount), ("qemu-system-arm", plain)):
        print(f"  {name:34} {statistics.median(values):7.0f}   ({min(values):.0f}-{max(values):.0f})")
    ratios = [a / b for a, b in zip(ours, icount)]
    print(f"  sandglass / qemu -icount, pairwise {statistics.median(ratios):7.2f}   ({min(ratios):.2f}-{max(ratios):.2f})")


def kernel_size(build):
    elf = need(os.path.join(build, "firmware/kernel/nrf52dk.elf"), "build first: cmake --build")
    sections = {}
    for line in subprocess.run([SIZE, "-A", elf], capture_output=True, text=True, check=True).stdout.splitlines():
        fields = line.split()
        if len(fields) == 3 and fields[0].startswith(".") and fields[1].isdigit():
            sections[fields[0]] = (int(fields[1]), int(fields[2]))
    ram = sum(size for size, address in sections.values() if 0x20000000 <= address < 0x20010000)
    flash = sum(size for name, (size, address) in sections.items() if address < 0x30000 and not name.startswith(".debug")
                and name not in (".comment", ".ARM.attributes", ".sandglass.info", ".capsule.manifest"))
    flash += sections.get(".data", (0, 0))[0]
    stack = sections.get(".stack", (0, 0))[0]
    print(f"kernel: {flash:,} bytes of flash, {ram:,} bytes of RAM (of which the stack {stack:,})")


def trace_of(build, app, seconds):
    with tempfile.NamedTemporaryFile(mode="r", suffix=".trace") as trace:
        _, output = wall_seconds([os.path.join(build, "sim/sandglass"), "run", "--headless", "--for", seconds,
                                  "--trace", trace.name, need(os.path.join(build, "firmware/apps", app),
                                                              "build first: cmake --build")])
        return trace.read().splitlines(), output


def null_command(build):
    lines, output = trace_of(build, "null_command.tbf", "2s")
    record = number(r"grants +([\d,]+) ", output, "what the kernel keeps for a process")
    print(f"RAM overhead per process, no grant entered: {record:,} bytes (Tock 2.1 with 14 grants: 1,352 published)")
    costs, called, back = [], None, None
    for line in lines:
        fields = line.split()
        if fields[1] == "call" and fields[3] == "2":
            called, back = int(fields[0]), fields[-1]
        elif fields[1] == "resume" and called is not None and fields[2] == back:
            costs.append(int(fields[0]) - called)
            called = None
    if len(costs) < 900:
        fail(f"only {len(costs)} null commands were seen in the trace; the app did not run")
    print(f"null command (LED, command 0), SVC to the app's next instruction: {statistics.median(costs):.0f} cycles "
          f"(min {min(costs)}, max {max(costs)}, {len(costs)} calls)")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--build", required=True, help="a build folder without sanitizers, e.g. build/default")
    parser.add_argument("--runs", type=int, default=5, help="how often each program is timed (5)")
    options = parser.parse_args()
    need(os.path.join(options.build, "sim/sandglass"), "build first: sh tools/quickstart.sh")
    need(QEMU, "run: sh tools/setup.sh --tests")
    kernel_size(options.build)
    null_command(options.build)
    speed(options.build, "cpu_bound.elf", "sorting, sieve, checksums, matrices: 3.6 instructions a block", options.runs)
    speed(options.build, "hashing.elf", "SHA-256: 31 instructions a block", options.runs)
    return 0


if __name__ == "__main__":
    sys.exit(main())
