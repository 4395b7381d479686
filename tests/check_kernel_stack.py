#!/usr/bin/env python3
"""check_kernel_stack.py KERNEL.elf FACTS.json: the deepest that the kernel's stack can get, from the machine code.

Frames are what each function pushes and subtracts; calls are its branches. Where one calls through a pointer, FACTS (of
`capsule_check stack --facts`) says who can be there. Handlers come on top: two at a time (an interrupt or a fault during
SVC or PendSV), the second with the long frame of a core whose floating point was in use. What capsule_check has added up
from the compiler's records must be no less.
"""
import json
import re
import subprocess
import sys

HANDLER_FRAMES = 36 + 36 + 108  # with the word that aligns; the first may belong to the kernel's own SVC
TRAP = 128  # TRAP_STACK there: what a fault leaves for looking whether it is a capsule's trap
FAULT_REPORT = 704  # REPORT_STACK of kernel/arch/cortex_m/switch.S: with less, the report of a fault starts over

FUNCTION = re.compile(r"^([0-9a-f]+) <(.+)>:$")
LINE = re.compile(r"^\s*([0-9a-f]+):\s+(?:[0-9a-f]{4} ?){1,2}\s+(\S+)\s*(.*)$")


def frame_bytes(name, operands):
    """What one instruction takes from the stack."""
    if name in ("push", "push.w", "stmdb") and (name != "stmdb" or operands.startswith("sp!")):
        count = 0
        for part in operands[operands.index("{") + 1:operands.index("}")].split(","):
            ends = part.strip().split("-")
            order = [f"r{i}" for i in range(10)] + ["sl", "fp", "ip", "sp", "lr", "pc"]
            count += order.index(ends[-1]) - order.index(ends[0]) + 1
        return 4 * count
    match = re.match(r"(?:sp, )?(?:sp, )?#(\d+)", operands)
    if name in ("sub", "sub.w", "subw") and operands.startswith("sp") and match:
        return int(match.group(1))
    match = re.match(r"\w+, (?:\w+, )?\[sp, #-(\d+)\]!", operands)
    return int(match.group(1)) if match else 0


def labels(elf):
    """Functions by address: where each ends, and its name, with "file.c:" in front when it is static."""
    text = subprocess.run(["arm-none-eabi-readelf", "-sW", elf], capture_output=True, text=True, check=True).stdout
    found, file = {}, ""
    for line in text.splitlines():
        word = line.split()
        if len(word) < 8 or not word[0].endswith(":"):
            continue
        if word[3] == "FILE":
            file = word[7]
        elif word[3] == "FUNC":
            at = int(word[1], 16) & ~1
            found[at] = at + int(word[2], 0), f"{file}:{word[7]}" if word[4] == "LOCAL" else word[7]
    return found


class Code:
    """Functions by address: name, frame, calls to addresses, whether it calls through pointers."""

    def __init__(self, text, label, facts):
        self.name, self.frame, self.calls, self.indirect = {}, {}, {}, {}
        self.facts, self.known = facts, {}
        at, end = None, 0
        for line in text.splitlines():
            if found := FUNCTION.match(line):
                begin = int(found.group(1), 16)
                if begin not in label and begin < end:
                    continue  # a label within assembly
                at = begin
                end, self.name[at] = label.get(at, (at, found.group(2)))
                self.frame[at], self.calls[at], self.indirect[at] = 0, set(), False
                self.left = False  # its stack: what it goes on with after it has set sp is no call
            elif (found := LINE.match(line)) and at is not None:
                self.read(at, found.group(2), found.group(3))
        self.calls = {at: {target for target in calls if target != at and target in self.name}
                      for at, calls in self.calls.items()}
        self.at = {}
        for at, name in self.name.items():
            self.at.setdefault(name, []).append(at)
        # Assembly that calls what its caller hands it.
        self.handed = {at for of_one in facts.values() if isinstance(of_one, dict) for name in of_one
                       if name != "pointers" for at in self.at[name]}

    def read(self, at, name, operands):
        self.frame[at] += frame_bytes(name, operands)
        if name in ("blx", "bx") and operands.strip() != "lr":
            self.indirect[at] = True
        if name == "mov" and operands.startswith("sp,"):
            self.left = True
        if not self.left and re.match(r"(bl?|b[a-z]{2}|cbn?z)(\.[nw])?$", name):
            if target := re.search(r"([0-9a-f]+) <", operands):
                self.calls[at].add(int(target.group(1), 16))

    def behind(self, at, what):
        names = self.facts.get(self.name[at], {}).get(what)
        if names is None:
            raise SystemExit(f"{self.name[at]} calls through a pointer ({what}), and capsule_check does not know of it")
        gone = [name for name in names if name not in self.at]  # the linker has left them out
        for name in self.at:
            if any(name.startswith(one + ".") for one in gone):
                raise SystemExit(f"{self.name[at]} may call {name}, which capsule_check knows by another name")
        return {target for name in names for target in self.at.get(name, ())}

    def ways(self, at):
        """(frame on top, function) of everything that it may call."""
        targets = self.calls[at] - self.handed
        if self.indirect[at] and at not in self.handed:
            targets = targets | self.behind(at, "pointers")
        found = {(0, target) for target in targets}
        for handed in self.calls[at] & self.handed:
            below = self.behind(at, self.name[handed]) | self.calls[handed]
            found |= {(self.frame[handed], target) for target in below} | {(self.frame[handed], None)}
        return found

    def deepest(self, at, above=()):
        """(bytes, path, whether a function was met again) from this function on. Each function comes once on a path: one
        field of a struct type stands for all structs of that type, and that makes circles that no call takes."""
        if at in self.known:
            return self.known[at]
        best, path, circular = 0, [], False
        for on_top, target in self.ways(at):
            depth, way = on_top, [("guarded", on_top)]
            if target is not None:
                if target == at or target in above:
                    circular = True
                    continue
                below, rest, again = self.deepest(target, (*above, at))
                circular |= again
                depth, way = on_top + below, [*([("guarded", on_top)] if on_top else []), *rest]
            if depth > best:
                best, path = depth, way
        result = best + self.frame[at], [(self.name[at], self.frame[at]), *path], circular
        if not circular:
            self.known[at] = result
        return result


def main():
    elf = sys.argv[1]
    with open(sys.argv[2], encoding="utf-8") as file:
        facts = json.load(file)
    text = subprocess.run(["arm-none-eabi-objdump", "-d", elf], capture_output=True, text=True, check=True).stdout
    symbols = subprocess.run(["arm-none-eabi-nm", elf], capture_output=True, text=True, check=True).stdout
    value = {line.split()[2]: int(line.split()[0], 16) for line in symbols.splitlines()}
    room = value["kernel_stack_top"] - value["kernel_stack_bottom"]
    code = Code(text, labels(elf), facts)
    depth, path, _ = code.deepest(value["arch_reset_handler"] & ~1)
    total = depth + max(HANDLER_FRAMES, 36 + TRAP)
    print(f"{depth} by the machine code, {facts['(depth)']} by capsule_check; with handlers {total} of {room} bytes")
    print("  " + " > ".join(f"{name} {frame}" for name, frame in path if frame))
    status = total > room or depth > facts["(depth)"]
    # What the fault handler pushes first is part of what it has.
    for function, pushed, most in (("arch_kernel_trapped", 8, TRAP), ("kernel_resume", 0, room - (total - depth)),
                                   ("arch_kernel_faulted", 32, FAULT_REPORT)):
        depth = code.deepest(value[function] & ~1)[0] + pushed
        print(f"{function}: {depth} of {most} bytes")
        status |= depth > most
    return int(status)


if __name__ == "__main__":
    sys.exit(main())
