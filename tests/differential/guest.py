"""A guest: what a generator makes, the shrinker takes apart, and the assembler gets as text."""
import copy
import re

from asm import BARRIERS, CPACR, FPCCR, MPU_CTRL, V_BODIES, V_FLAGS, load, poke


class Op:
    """Some instructions that only make sense together; `smaller` lists Ops that may stand for it."""

    def __init__(self, lines, smaller=()):
        self.lines, self.smaller = lines, list(smaller)

    def __len__(self):
        return len(self.lines)


class Guest:
    def __init__(self, kind):
        self.kind = kind
        self.flags = 0
        self.planted = []     # lines, before everything else: code and frames in RAM that the rest relies on; shrinking leaves them
        self.config = []      # Ops, privileged, without MPU: what is set up
        self.mpu_ctrl = 0     # written behind the configuration
        self.fp_on = False
        self.cpacr = 0xF << 20
        self.fp = {}          # {register number: word}
        self.fpccr = 0x80000000
        self.fpscr = 0
        self.registers = [0] * 13
        self.apsr = 0
        self.msp, self.psp, self.control = 0x20001800, 0x20003800, 0  # control: with FPCA, bit 2
        self.ops = []
        self.access = None    # (regions, start, bytes, whether it stores, whether privileged): the one access of the kind `edges`
        self.bodies = {}      # {exception: Body}

    def weight(self):
        """What shrinking makes less."""
        bodies = sum(3 + sum(len(op) for op in body.ops) for body in self.bodies.values())
        state = sum(1 for value in self.registers + [self.apsr, self.control, self.mpu_ctrl, self.fpscr] if value) + len(self.fp)
        return 4 * sum(len(op) for op in self.config + self.ops) + 4 * bodies + state

    def text(self, tag):
        lines = list(self.planted)
        for op in self.config:
            lines += op.lines
        if self.fp_on:
            lines += poke(CPACR, self.cpacr) + poke(FPCCR, self.fpccr) + BARRIERS
            for number, word in sorted(self.fp.items()):
                lines += load("r0", word) + [f"vmov s{number}, r0"]
            if self.fpscr:
                lines += load("r0", self.fpscr) + ["vmsr fpscr, r0"]
        if self.bodies:
            lines += [f"ldr r1, ={tag}_bodies"] + load("r0", V_BODIES) + ["str r1, [r0]"]
        lines += poke(V_FLAGS, self.flags)
        if self.mpu_ctrl:
            lines += poke(MPU_CTRL, self.mpu_ctrl) + BARRIERS
        lines += load("r0", self.msp) + ["mov sp, r0"] + load("r0", self.psp) + ["msr psp, r0"]
        lines += load("r0", self.apsr) + ["msr apsr_nzcvqg, r0"]
        if self.control != 4 * self.fp_on:
            lines += load("r0", self.control) + ["msr control, r0", "isb"]
        for number, value in enumerate(self.registers):
            lines += load(f"r{number}", value)
        for op in self.ops:
            lines += op.lines
        text = [".align 2", ".thumb_func", f"{tag}:"] + indented(lines) + ["    cpsie f", "    udf #0xEE", "    udf.w #0xEEE", "    .pool"]
        for number, body in sorted(self.bodies.items()):
            text += [".thumb_func", f"{tag}_h{number}:"] + indented(body.lines())
        if self.bodies:
            text += ["    .pool", "    .align 2", f"{tag}_bodies:"]
            text += [f"    .word {f'{tag}_h{n} + 1' if n in self.bodies else 0}" for n in range(48)]
        return "\n".join(text)

    def masks(self):
        """Whether BASEPRI or FAULTMASK may be set."""
        return any(word in self.text("guest") for word in ("basepri", "cpsid f", "cpsid if"))

    def damages_return(self):
        """Whether a handler returns by another EXC_RETURN than it got."""
        return any(line.startswith("movw lr") for body in self.bodies.values() for line in body.lines())

    def may_skip_fp(self):
        """Whether an FP instruction lies in an IT block."""
        lines = [line for op in self.ops for line in op.lines] + [line for body in self.bodies.values() for line in body.lines()]
        blocks = [lines[i + 1:i + len(line.split()[0])] for i, line in enumerate(lines) if line.startswith("it")]
        return any(line.startswith("v") for block in blocks for line in block)

    def readable(self):
        """The same for people: the state that it begins in, then the instructions."""
        state = [f"msp={self.msp:#x} psp={self.psp:#x} control={self.control} apsr={self.apsr:#x} flags={self.flags:#x} mpu_ctrl={self.mpu_ctrl}"]
        state.append("registers, if not 0: " + (" ".join(f"r{i}={value:#x}" for i, value in enumerate(self.registers) if value) or "none"))
        if self.fp_on:
            state.append(f"fp on, cpacr={self.cpacr:#x} fpccr={self.fpccr:#x} fpscr={self.fpscr:#x}"
                         + "".join(f" s{i}={word:#x}" for i, word in sorted(self.fp.items())))
        sections = [("in RAM:", [], self.planted, []), ("set up:", self.config, [], []), ("then, with that state:", self.ops, [], ["udf #0xEE"])]
        sections += [(f"handler of exception {number}:", body.ops, body.begin, body.end) for number, body in sorted(self.bodies.items())]
        for title, ops, begin, end in sections:
            lines = begin + [line for op in ops for line in op.lines] + end
            if lines:
                state += [title] + ["    " + line for line in short(lines)]
        return "\n".join("  " + line for line in state)

    def copy(self):
        return copy.deepcopy(self)


class Body:
    """A handler: LR at its end is the EXC_RETURN to return by."""

    def __init__(self, ops, begin=("push {r4, lr}",), end=("pop {r4, pc}",)):
        self.begin, self.ops, self.end = list(begin), ops, list(end)

    def lines(self):
        return self.begin + [line for op in self.ops for line in op.lines] + self.end + ["udf #0xEE"]


def short(lines):
    """Constants in one line."""
    text = re.sub(r"movw (r\d+), #0x([0-9a-f]+)\nmovt r\d+, #0x([0-9a-f]+)",
                  lambda found: f"ldr {found[1]}, =0x{found[3]}{found[2]:>04}", "\n".join(lines))
    return text.split("\n")


def indented(lines):
    return [line if line.endswith(":") else "    " + line for line in lines]
