"""Branches of every form, and IT blocks."""
from asm import CONDITIONS, DEST, INVERSE, LOW, load, written
from data_ops import arithmetic
from float_ops import floating
from guest import Op
from memory_ops import access


def plain(line, before=()):
    return Op(list(before) + [line.format(c="")])


def branch(rng):
    """Some way to get behind a few instructions that must not run."""
    skipped = [arithmetic(rng)[0].format(c="") for _ in range(rng.randrange(1, 3))]
    low, d, index = rng.choice(LOW), rng.choice(DEST), rng.randrange(3)
    table = [f"movs r0, #{index}"]
    to = [f"adr.w {d}, 1f", f"orr {d}, {d}, #1"]
    ways = [
        [f"b{rng.choice(CONDITIONS)}{rng.choice(['.n', '.w'])} 1f"],
        [f"b{rng.choice(['.n', '.w'])} 1f"],
        [f"{rng.choice(['cbz', 'cbnz'])} {low}, 1f"],
        ["bl 1f"],
        to + [f"{rng.choice(['bx', 'blx'])} {d}"],
        [f"adr.w {d}, 1f", f"mov pc, {d}"],
        to + [f"push {{{d}}}", "pop {pc}"],
        to + [f"push {{{d}}}", "ldr pc, [sp], #4"],
        to + [f"push {{r4, {d}}}", "ldmia sp!, {r4, pc}"] if int(d[1:]) > 4 else to + [f"push {{{d}}}", "ldr pc, [sp], #4"],
        table + ["tbb [pc, r0]", "2:", ".byte (1f - 2b) / 2, (1f - 2b) / 2, (1f - 2b) / 2, 0"],
        table + ["tbh [pc, r0, lsl #1]", "2:", ".hword (1f - 2b) / 2, (1f - 2b) / 2, (1f - 2b) / 2"],
        ["ldr.w r0, 2f", "adr.w r1, 2f", "add r0, r1", "orr r0, r0, #1", "bx r0", ".align 2", "2:", ".word 1f - 2b"],
    ]
    if rng.random() < 0.03:
        ways = [[f"adr.w {d}, 1f", f"bic {d}, {d}, #1", f"{rng.choice(['bx', 'blx'])} {d}"]]  # INVSTATE
    way = rng.choice(ways)
    return Op(way + skipped + ["1:"], [Op(way + ["nop", "1:"])])


def it_block(rng, places, fp=False):
    """One to four conditional instructions, the last one perhaps a branch."""
    count = rng.randrange(1, 5)
    condition = rng.choice(CONDITIONS)
    parts, bases = [], set()  # (then or else, instruction, what comes before the block)
    for which in "t" + "".join(rng.choice("te") for _ in range(count - 1)):
        for _ in range(30):
            dice = rng.random()
            line, setup = access(rng, places) if dice < 0.45 else floating(rng, places) if fp and dice < 0.7 else arithmetic(rng)
            if "{c}" in line and not written(setup) & bases and not any("ldrex" in s or s == "clrex" for s in setup) and not (
                    which == "e" and "adr" in line):
                break
        else:
            line, setup = "add{c} r0, r0, r1", []
        bases |= written(setup)
        parts.append((which, line, setup))
    tail = []
    if rng.random() < 0.15:
        parts[-1] = (parts[-1][0], "b{c} 1f", [])
        tail = [arithmetic(rng)[0].format(c=""), "1:"]
    smaller = [it_of(condition, [("t", *part[1:])], tail) for part in parts] if count > 1 else []
    if count > 2:
        smaller += [it_of(condition, parts[:-1], []), it_of(condition, parts[1:], tail)]
    return Op(it_of(condition, parts, tail).lines, smaller)


def it_of(condition, parts, tail):
    if parts[0][0] == "e":
        parts = [("t" if which == "e" else "e", line, setup) for which, line, setup in parts]
    lines = [s for _, _, setup in parts for s in setup]
    lines.append(f"it{''.join(which for which, _, _ in parts[1:])} {condition}")
    for which, line, _ in parts:
        lines.append(line.format(c=condition if which == "t" else INVERSE[condition]))
    return Op(lines + (tail if any("1f" in line for _, line, _ in parts) else []))


def body(rng, places, length, fp=False, branches=True):
    """Ops of every kind that needs no privilege."""
    ops = []
    for _ in range(length):
        dice = rng.random()
        if dice < 0.35:
            ops.append(plain(*access(rng, places)))
        elif dice < 0.55 and fp:
            ops.append(plain(*floating(rng, places)))
        elif dice < 0.68 or not branches:
            ops.append(plain(*arithmetic(rng)))
        elif dice < 0.82:
            ops.append(it_block(rng, places, fp))
        else:
            ops.append(branch(rng))
    return ops


def stub_call(rng, target, quiet=()):
    """A call of code at an address in RAM, by one of the ways to get there; `quiet` comes right before the branch."""
    base = rng.choice(["r6", "r8"])
    back = ["adr.w lr, 1f", "orr lr, lr, #1"]
    there = load(base, target | 1)
    return Op(rng.choice([
        there + [*quiet, f"blx {base}"],
        there + back + [*quiet, f"bx {base}", "1:"],
        there + back + [*quiet, f"mov pc, {base}", "1:"],
        back + [*quiet, "ldr.w pc, 2f", ".align 2", "2:", f".word {target | 1:#x}", "1:"],
    ]))
