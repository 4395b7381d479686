#!/usr/bin/env python3
"""Runs the same random guests in the simulator and in qemu-system-arm -M mps2-an386, and compares what they did.

QEMU is an independent Cortex-M4 with an MPU of 8 regions. Where the two differ, the ARMv7-M manual decides; the situations
in which QEMU is wrong, or the architecture leaves the choice, are named in deviations.py. docs/differential-testing.md says more.

    differential.py --seed 7 --count 2000            any number of guests
    differential.py --seed 7 --only 123              one of them again, shrunk if it differs
"""
import argparse
import os
import random
import shutil
import sys

import kinds
from compare import differences
from deviations import DEVIATIONS
from machines import run_both
from shrink import shrink

HERE = os.path.dirname(os.path.abspath(__file__))
BATCH = 200
SHRUNK_AT_MOST = 3
SKIPPED = 77  # what ctest is told to take for it


def make(seed, index, wanted):
    """Guest `index` of a seed: the same for the same arguments, whatever else is made."""
    rng = random.Random(f"sandglass {seed} {index}")
    return kinds.KINDS[rng.choice(wanted)](rng)


def show(arguments, index, guest, outcome):
    """Prints a guest that differs, and how to get it again."""
    reproduce = f"tests/differential/differential.py --seed {arguments.seed} --only {index}"
    if arguments.kinds != list(kinds.KINDS):
        reproduce += f" --kinds {','.join(arguments.kinds)}"
    print(f"guest {index} ({guest.kind}) of seed {arguments.seed} differs; again: {reproduce}")
    found = differences(guest, *outcome)
    if arguments.shrink:
        guest, outcome = shrink(guest, outcome, arguments.program)
        print(guest.readable())
        found = differences(guest, *outcome)
    print("\n".join(line for _, line in found[:arguments.lines]), flush=True)


class OneLineParser(argparse.ArgumentParser):
    def error(self, message):
        self.exit(2, f"{self.prog}: {message}; see --help\n")


def parse_arguments():
    parser = OneLineParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seed", type=int, default=1, metavar="N", help="what the guests are made from (1)")
    parser.add_argument("--count", type=int, default=200, metavar="N", help="how many guests (200)")
    parser.add_argument("--only", type=int, metavar="INDEX", help="one guest, printed whole when it does not differ")
    parser.add_argument("--kinds", type=lambda s: s.split(","), default=list(kinds.KINDS), help=",".join(kinds.KINDS))
    parser.add_argument("--lines", type=int, default=16, metavar="N", help="how many differences of a guest are printed (16)")
    parser.add_argument("--no-shrink", dest="shrink", action="store_false", help="print what differs as it is")
    parser.add_argument("--keep", metavar="DIR", help="a folder for the ELFs and logs")
    parser.add_argument("--program", type=os.path.abspath, default=os.path.join(os.environ.get("SANDGLASS_BUILD", os.path.join(HERE, "../../build/check")),
                                                          "sim/sandglass"), metavar="FILE",
                        help="the simulator (sim/sandglass in $SANDGLASS_BUILD, else in build/check)")
    arguments = parser.parse_args()
    for name, least in (("count", 1), ("only", 0), ("lines", 1)):
        value = getattr(arguments, name)
        if value is not None and value < least:
            parser.error(f"--{name} {value}: at least {least}")
    unknown = [kind for kind in arguments.kinds if kind not in kinds.KINDS]
    if unknown:
        parser.error(f"--kinds: no kind '{unknown[0]}'; there are {', '.join(kinds.KINDS)}")
    return arguments


def main():
    arguments = parse_arguments()
    for tool in ("qemu-system-arm", "arm-none-eabi-as"):
        if shutil.which(tool) is None:
            print(f"skipped: {tool} is missing: sh tools/setup.sh --tests")
            return SKIPPED
    if not os.path.exists(arguments.program):
        print(f"differential.py: there is no simulator at {arguments.program}: build it, or say --program or SANDGLASS_BUILD", file=sys.stderr)
        return 2
    if arguments.keep:
        try:
            os.makedirs(arguments.keep, exist_ok=True)
        except OSError as error:
            print(f"differential.py: --keep {arguments.keep}: {error.strerror}: give a folder", file=sys.stderr)
            return 2
    indexes = range(arguments.count) if arguments.only is None else [arguments.only]
    compared, failed, counts, stopped = 0, 0, {}, {}
    for start in range(0, len(indexes), BATCH):
        batch = indexes[start:start + BATCH]
        guests = [make(arguments.seed, index, arguments.kinds) for index in batch]
        for index, guest, outcome in zip(batch, guests, run_both(guests, arguments.program, arguments.keep)):
            how = getattr(outcome[1], "how", None)
            if how == "hang":
                print(f"guest {index} ({guest.kind}) of seed {arguments.seed}: QEMU hangs")
            if how:
                stopped[how] = stopped.get(how, 0) + 1
            compared += how != "hang"
            if differences(guest, *outcome, counts):
                failed += 1
                if failed <= SHRUNK_AT_MOST or arguments.only is not None:
                    show(arguments, index, guest, outcome)
                else:
                    print(f"guest {index} ({guest.kind}) of seed {arguments.seed} differs too: --only {index}")
    if arguments.only is not None and not failed:
        print(guests[0].readable())
    for deviation in DEVIATIONS:
        if deviation.__name__ in counts:
            print(f"{counts[deviation.__name__]:6} x {deviation.__name__}")
    print("not needed: " + (", ".join(deviation.__name__ for deviation in DEVIATIONS if deviation.__name__ not in counts) or "none"))
    print("QEMU stopped: " + (", ".join(f"{how} {count} x" for how, count in sorted(stopped.items())) or "never"))
    print(f"{compared} guests compared, {failed} differ")
    return 1 if failed or compared == 0 else 0


if __name__ == "__main__":
    sys.exit(main())
