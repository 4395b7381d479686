#!/usr/bin/env python3
"""How many basic blocks of a kernel have run, by what `sandglass fuzz --blocks FILE` writes.

Usage: kernel_blocks.py KERNEL.elf FILE...    several files are taken together
Prints a line for each part of the kernel, and the functions none of whose blocks ran with --functions.
A block begins at a function's start, at a branch's target and after a branch; it has run when its first instruction has.
"""
import re
import subprocess
import sys

BRANCH = re.compile(r"^(b|bl|blx|bx|cbz|cbnz|b(eq|ne|cs|hs|cc|lo|mi|pl|vs|vc|hi|ls|ge|lt|gt|le)|tbb|tbh|udf|svc|bkpt)(\.[nw])?$")
CALL = re.compile(r"^(bl|blx|svc)(\.[nw])?$")
LINE = re.compile(r"^\s*([0-9a-f]+):\t[0-9a-f ]+\t(\S+)\s*(.*)$")


def blocks_of(kernel):
    """{function: [addresses at which a block begins]} and where the function's source is."""
    text = subprocess.run(["arm-none-eabi-objdump", "-d", kernel], capture_output=True, text=True, check=True).stdout
    functions, leaders, known, name, after = {}, set(), {}, None, True
    for line in text.splitlines():
        head = re.match(r"^([0-9a-f]+) <(.+)>:$", line)
        if head:
            name, after = head[2], True
            continue
        found = LINE.match(line)
        if not found or name is None or found[2].startswith("."):
            continue
        address, operation, rest = int(found[1], 16), found[2], found[3]
        known[address] = name
        if after:
            leaders.add(address)
        after = bool(BRANCH.match(operation)) and not CALL.match(operation) or "pc" in re.findall(r"\bpc\b", rest.split(";")[0]) and operation.startswith(("pop", "ldm", "mov"))
        target = re.search(r"\b([0-9a-f]+) <", rest)
        if BRANCH.match(operation) and not CALL.match(operation) and target:
            leaders.add(int(target[1], 16))
    for address in sorted(leaders):
        if address in known:
            functions.setdefault(known[address], []).append(address)
    return functions


def parts_of(kernel, functions):
    """The folder of each function's source."""
    addresses = {name: blocks[0] for name, blocks in functions.items()}
    lines = "\n".join(f"{address:x}" for address in addresses.values())
    out = subprocess.run(["arm-none-eabi-addr2line", "-e", kernel], input=lines, capture_output=True, text=True, check=True).stdout
    found = {}
    for name, place in zip(addresses, out.splitlines()):
        match = re.search(r"kernel/(core|capsules|chips|arch|boards|hil|capsule)/", place)
        found[name] = match[1] if match else "other"
    return found


def main(arguments):
    show = "--functions" in arguments
    arguments = [a for a in arguments if a != "--functions"]
    if len(arguments) < 2:
        print(__doc__, file=sys.stderr)
        return 2
    functions = blocks_of(arguments[0])
    parts = parts_of(arguments[0], functions)
    ran = set()
    for path in arguments[1:]:
        with open(path, encoding="ascii") as file:
            ran |= {int(line, 16) for line in file}
    totals = {}
    for name, blocks in functions.items():
        covered = sum(block in ran for block in blocks)
        for part in (parts[name], "all"):
            have, of = totals.get(part, (0, 0))
            totals[part] = (have + covered, of + len(blocks))
        if show and covered == 0:
            print(f"  never: {name} ({parts[name]}, {len(blocks)} blocks)")
    for part, (have, of) in sorted(totals.items(), key=lambda item: item[0] == "all"):
        print(f"{part:10} {have:6} of {of:6} blocks, {100 * have / of:.1f} %")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
