#!/usr/bin/env python3
"""Runs the same random guests in the simulator and in qemu-system-arm -M mps2-an386, and compares what they did.

QEMU is an independent Cortex-M4 with an MPU of 8 regions. Where the two differ, the ARMv7-M manual decides; differences in
which QEMU is wrong, or the architecture leaves the choice, are in `known` below, each with its reason.

    differential.py --seed 7 --count 2000            any number of cases
    differential.py --seed 7 --only 123              one of them again, with its text
"""
import argparse
import os
import shutil
import struct
import subprocess
import sys
import tempfile

import cases

HERE = os.path.dirname(os.path.abspath(__file__))
BATCH = 100
SKIPPED = 77  # what ctest is told to take for it
HOST_SECONDS = 10  # QEMU takes one or two; nothing depends on it but how long a hang lasts
RECORD = ["ipsr", "exc_return", "cfsr", "hfsr", "mmfar", "bfar", "shcsr", "icsr", "control", "primask", "basepri", "faultmask", "msp",
          "psp", "r4", "r5", "r6", "r7", "r8", "r9", "r10", "r11", "r0", "r1", "r2", "r3", "r12", "lr", "pc", "xpsr",
          "fpccr", "fpcar", "fpdscr", "hash"]
EVENT = ["exception", "cfsr", "address", "pc", "icsr", "exc_return"]


def build(folder, texts):
    source = os.path.join(folder, "cases.S")
    with open(source, "w", encoding="utf-8") as file:
        file.write(".syntax unified\n.cpu cortex-m4\n.fpu fpv4-sp-d16\n.thumb\n.text\n")
        file.write("\n".join(texts))
        file.write("\n.section .rodata\n.align 2\n.global case_table, case_count\ncase_table:\n")
        names = [text.split(".thumb_func\n", 1)[1].split(":", 1)[0] for text in texts]
        file.write("".join(f"    .word {name}\n" for name in names) + f"case_count: .word {len(texts)}\n")
    elf = os.path.join(folder, "cases.elf")
    subprocess.run(["arm-none-eabi-gcc", "-mcpu=cortex-m4", "-mthumb", "-nostdlib", "-static", "-Wl,--no-warn-rwx-segments",
                    "-T" + os.path.join(HERE, "../guests/bare.ld"), os.path.join(HERE, "runtime.S"), source, "-o", elf], check=True)
    return elf


def run_qemu(folder, elf):
    log = os.path.join(folder, "qemu.log")
    if os.path.exists(log):
        os.remove(log)
    command = ["qemu-system-arm", "-M", "mps2-an386", "-kernel", elf, "-device", "loader,addr=0x2000FFF8,data=1,data-len=4",
               "-semihosting-config", "enable=on,target=native", "-display", "none", "-monitor", "none", "-serial", "none"]
    try:
        subprocess.run(command, cwd=folder, timeout=HOST_SECONDS, check=False, stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    except subprocess.TimeoutExpired:
        return b""
    if not os.path.exists(log):
        return b""  # QEMU gives up at a lockup
    with open(log, "rb") as file:
        return file.read()


def run_ours(folder, elf, program):
    log = os.path.join(folder, "ours.log")
    done = subprocess.run([program, "run", "--headless", "--for", "30s", "--uart", "file:" + log, elf], capture_output=True,
                          timeout=10 * HOST_SECONDS, check=False, stdin=subprocess.DEVNULL, text=True)
    if done.returncode != 0:
        print(f"the simulator ended with status {done.returncode}: {[l for l in done.stderr.splitlines() if 'lock' in l or 'rror' in l]}")
    with open(log, "rb") as file:
        return file.read()


def parse(data):
    """{case: (fields, changed words, events, FP words)}"""
    words = struct.unpack(f"<{len(data) // 4}I", data[:len(data) // 4 * 4])
    records, at = {}, 0
    while at + 2 <= len(words) and words[at] >> 16 == 0xCA5E and words[at + 1] > len(RECORD):
        record = words[at:at + words[at + 1]]
        at_changed = 2 + len(RECORD)
        count = record[at_changed]
        at_events = at_changed + 1 + 2 * count
        changed = {record[i]: record[i + 1] for i in range(at_changed + 1, at_events, 2)}
        events = [record[at_events + 1 + 6 * i:at_events + 7 + 6 * i] for i in range(record[at_events])]
        rest = record[at_events + 1 + 6 * len(events):]
        records[record[0] & 0xFFFF] = (dict(zip(RECORD, record[2:at_changed])), changed, events, rest)
        at += words[at + 1]
    return records


def known(ours, theirs, our_events, their_events):
    """Makes what is known to differ equal. False: memory cannot be compared."""
    # FPCCR's other fields say what a lazy save would meet; FPCAR where it would go. The simulator stacks eagerly.
    # Without ASPEN the simulator's MRS reads CONTROL.FPCA as 1; exception entry and return have it right.
    for record in (ours, theirs):
        record["control"] &= ~4 if not record["fpccr"] & 0x80000000 else ~0
        record["fpccr"] &= 0xC0000000
        record["fpcar"] = 0
    # Outside Thumb state ITSTATE means nothing.
    if not ours["xpsr"] & theirs["xpsr"] & 1 << 24:
        ours["xpsr"] &= ~0x0600FC00
        theirs["xpsr"] &= ~0x0600FC00
    # A branch to an even address that is no multiple of 4: QEMU checks the alignment of an Arm instruction first.
    if ours["pc"] & 2 and (ours["cfsr"], theirs["cfsr"]) == (0x00020000, 0x01000000):
        theirs["cfsr"] = ours["cfsr"]
    for one, other in zip(our_events, their_events):
        if one[3] & 2 and (one[1], other[1]) == (0x00020000, 0x01000000):
            other[1] = one[1]
    # QEMU runs code of a refused sub-region when it has translated it: the second fetch is not asked for.
    for i, event in enumerate(our_events):
        if event[1] == 1 and event[3] in [e[3] for e in our_events[:i]] and (i >= len(their_events) or their_events[i][:4] != event[:4]):
            their_events.insert(i, event)
    # MSTKERR, STKERR: what of the frame is written is not said.
    if ours["cfsr"] & theirs["cfsr"] & 0x1010:
        return False
    return True


def differences(ours, theirs):
    """Lines that say where two records differ, after what is known."""
    a, b = dict(ours[0]), dict(theirs[0])
    our_events, their_events = [list(e) for e in ours[2]], [list(e) for e in theirs[2]]
    # Not in Thumb state where nothing is: the simulator faults on the fetch, QEMU on the state.
    if not a["xpsr"] & 1 << 24 and a["cfsr"] == 0x100 and b["cfsr"] & 0x01020000:
        return []
    # QEMU sets CONTROL.FPCA for the first FP instruction of a translation block only, even where an IT block skips that one.
    if b["exc_return"] & ~a["exc_return"] == 16:
        return []
    # A return to a frame with the wrong IPSR: the frame is pushed again; QEMU chooses the stack for it by the wrong IPSR.
    thread = bool(a["exc_return"] & 8)
    if a["cfsr"] & 0x40000 and thread == bool(a["xpsr"] & 0x1FF):
        return []
    if not known(a, b, our_events, their_events):
        a["hash"] = b["hash"]
        ours = theirs = (None, {}, None, [])
    lines = [f"  {name:10} ours {a[name]:08x}   qemu {b[name]:08x}" for name in RECORD if a[name] != b[name]]
    for address in sorted(set(ours[1]) | set(theirs[1])):
        x, y = ours[1].get(address), theirs[1].get(address)
        if x != y:
            lines.append(f"  [{address:08x}] ours {'-' if x is None else f'{x:08x}'}   qemu {'-' if y is None else f'{y:08x}'}")
    for i in range(max(len(our_events), len(their_events))):
        x = our_events[i] if i < len(our_events) else None
        y = their_events[i] if i < len(their_events) else None
        if x != y:
            for who, event in (("ours", x), ("qemu", y)):
                lines.append(f"  event {i} {who} " + ("-" if event is None else " ".join(f"{n}={v:x}" for n, v in zip(EVENT, event))))
    first = 17 if not a["exc_return"] & 16 else 0  # the manual: UNKNOWN after they have been stacked
    lines += [f"  fp word {i} ours {x:08x} qemu {y:08x}" for i, (x, y) in enumerate(zip(ours[3], theirs[3])) if x != y and i >= first]
    return lines


def run_batch(arguments, indexes):
    """Returns how many were compared, and the cases that differ: (index, kind, lines)."""
    made = [cases.make(arguments.seed, index, arguments.kinds) for index in indexes]
    with tempfile.TemporaryDirectory() as folder:
        folder = arguments.keep or folder
        elf = build(folder, [text for _, text in made])
        theirs = parse(run_qemu(folder, elf))
        ours = parse(run_ours(folder, elf, arguments.program))
    done = min(len(ours), len(theirs))
    if done == 0 and len(indexes) > 1:  # one of them stops the machine: which?
        half = len(indexes) // 2
        first, second = run_batch(arguments, indexes[:half]), run_batch(arguments, indexes[half:])
        return first[0] + second[0], first[1] + second[1]
    failed = []
    if not ours:
        failed.append((indexes[0], made[0][0], ["  the simulator did not come to its end"]))
    elif not theirs:
        print(f"case {indexes[0]} ({made[0][0]}): QEMU did not come to its end")
    for position in range(done):
        lines = differences(ours[position], theirs[position])
        if lines:
            failed.append((indexes[position], made[position][0], lines))
    if 0 < done < len(indexes):  # the log was full
        count, more = run_batch(arguments, indexes[done:])
        return done + count, failed + more
    return done, failed


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--count", type=int, default=200)
    parser.add_argument("--only", type=int, help="one case, with its text and differences")
    parser.add_argument("--kinds", type=lambda s: s.split(","), default=list(cases.KINDS), help=",".join(cases.KINDS))
    parser.add_argument("--lines", type=int, default=12, help="how many differences of a case are printed")
    parser.add_argument("--keep", help="a folder for the ELF and logs")
    parser.add_argument("--program", default=os.path.join(os.environ.get("SANDGLASS_BUILD", os.path.join(HERE, "../../build/check")),
                                                          "sim/sandglass"))
    arguments = parser.parse_args()
    missing = [tool for tool in ("qemu-system-arm", "arm-none-eabi-gcc") if shutil.which(tool) is None]
    if missing:
        print(f"skipped: {missing[0]} is missing: sh tools/setup.sh --tests")
        return SKIPPED
    if arguments.keep:
        os.makedirs(arguments.keep, exist_ok=True)
    if arguments.only is not None:
        compared, failed = run_batch(arguments, [arguments.only])
        print(cases.make(arguments.seed, arguments.only, arguments.kinds)[1])
    else:
        compared, failed = 0, []
        for start in range(0, arguments.count, BATCH):
            count, some = run_batch(arguments, list(range(start, min(start + BATCH, arguments.count))))
            compared, failed = compared + count, failed + some
    for index, kind, lines in failed:
        print(f"case {index} ({kind}): --seed {arguments.seed} --only {index}")
        print("\n".join(lines[:arguments.lines]))
    print(f"{compared} cases compared, {len(failed)} differ")
    return 1 if failed or compared == 0 else 0


if __name__ == "__main__":
    sys.exit(main())
