"""Loads and stores of every form, and the addresses that they go to."""
from asm import DEST, LOW, NOWHERE, ZONE, ZONE_SIZE, load


class Places:
    """Addresses for accesses: the zone, and near the edges that the MPU layout has."""

    def __init__(self, rng, edges=(), unaligned=True, nowhere=0.02):
        self.rng, self.edges, self.unaligned, self.nowhere = rng, list(edges), unaligned, nowhere
        self.code = []  # addresses of instructions that must stay

    def pick(self, size, count=1, aligned=None):
        """Where `count` things of `size` bytes go; `aligned`: how often."""
        if aligned is None:
            aligned = 0.6 if count == 1 else 0.94
        for _ in range(100):
            address = self.pick_any(size, count, aligned)
            if not any(code - 44 < address < code + 44 for code in self.code):
                break
        return address

    def pick_any(self, size, count, aligned):
        rng = self.rng
        if rng.random() < self.nowhere:
            return NOWHERE + 4 * rng.randrange(64)
        if self.edges and rng.random() < 0.75:
            address = rng.choice(self.edges) + rng.randrange(-4 * count - 8, 12)
        else:
            address = ZONE + rng.randrange(0x100, ZONE_SIZE - 0x100)
        if not self.unaligned or rng.random() < aligned:
            address &= -(4 if count > 1 else size)
        return min(max(address, ZONE + 0x80), ZONE + ZONE_SIZE - 0x80)


def access(rng, places):
    """A load or store of any form; the base register is set before it."""
    d, e = rng.sample(DEST, 2)
    low = rng.choice(LOW)
    base, narrow = rng.choice(["r6", "r7", "r8", "r9", "r10"]), rng.choice(["r6", "r7"])
    size = rng.choice([1, 2, 4, 4, 4])
    suffix = {1: "b", 2: "h", 4: ""}[size]
    kind = rng.randrange(20)
    loads = rng.random() < 0.55
    op = ("ldr" if loads else "str") + (rng.choice(["", "s"]) if loads and size < 4 else "") + suffix
    offset = rng.randrange(0, 256)
    if kind in (0, 1):
        big = rng.randrange(0, 4096)
        return f"{op}{{c}}.w {d}, [{base}, #{big}]", load(base, places.pick(size) - big)
    if kind == 2:
        return f"{op}{{c}} {d}, [{base}, #-{offset}]", load(base, places.pick(size) + offset)
    if kind == 3:
        sign = rng.choice([-1, 1])
        return f"{op}{{c}} {d}, [{base}, #{sign * offset}]!", load(base, places.pick(size) - sign * offset)
    if kind == 4:
        return f"{op}{{c}} {d}, [{base}], #{rng.choice([-1, 1]) * offset}", load(base, places.pick(size))
    if kind == 5:
        shift, index = rng.randrange(4), rng.randrange(1024)
        other = rng.choice([x for x in ["r8", "r9", "r10"] if x != base])
        return (f"{op}{{c}}.w {d}, [{base}, {other}, lsl #{shift}]",
                load(base, places.pick(size) - (index << shift)) + load(other, index))
    if kind == 6 and "s" not in op[3:4]:
        step = rng.randrange(32) * size
        return f"{op}{{c}}.n {low}, [{narrow}, #{step}]", load(narrow, places.pick(size) - step)
    if kind == 7:
        return f"{op}t{{c}} {d}, [{base}, #{offset}]", load(base, places.pick(size) - offset)
    if kind == 8:
        step = 4 * rng.randrange(-64, 64)
        form = rng.choice([f"[{base}, #{step}]", f"[{base}, #{step}]!", f"[{base}], #{step}"])
        back = 0 if form.endswith(f"], #{step}") else step
        return f"{'ldrd' if loads else 'strd'}{{c}} {d}, {e}, {form}", load(base, places.pick(4, 2) - back)
    if kind in (9, 10):
        count = rng.randrange(2, 8)
        registers = ", ".join(sorted(rng.sample(DEST, count), key=lambda r: int(r[1:])))
        mode, bang = rng.choice(["ia", "db"]), rng.choice(["", "!"])
        return (f"{'ldm' if loads else 'stm'}{mode}{{c}} {base}{bang}, {{{{{registers}}}}}",
                load(base, places.pick(4, count) + (4 * count if mode == "db" else 0)))
    if kind == 11:
        return f"ldrex{rng.choice(['', 'b', 'h'])}{{c}} {d}, [{base}]", load(base, places.pick(4, aligned=0.9))
    if kind == 12:
        f = rng.choice([x for x in DEST if x not in (d, e)])
        width = rng.choice(["", "b", "h"])
        return f"strex{width}{{c}} {f}, {e}, [{base}]", load(base, places.pick(4, aligned=1)) + [
            rng.choice([f"ldrex{width} {d}, [{base}]"] * 3 + ["clrex"])]
    if kind == 13:
        return f"{rng.choice(['pld', 'pli'])} [{base}, #{offset}]", load(base, places.pick(4) - offset)
    if kind == 14:
        words = ", ".join(sorted(rng.sample(DEST, rng.randrange(1, 6)), key=lambda r: int(r[1:])))
        return f"{rng.choice(['push', 'pop'])}{{c}} {{{{{words}}}}}", []
    if kind == 15:
        return f"{op}{{c}} {low}, [{narrow}, {rng.choice(['r8', 'r9'])}]", load(narrow, places.pick(size) - 8) + load("r8", 8) + load("r9", 8)
    if kind == 16:
        return f"{'ldr' if loads else 'str'}{{c}} {low}, [sp, #{4 * rng.randrange(32)}]", []
    if kind == 17:
        count = rng.randrange(2, 6)
        registers = ", ".join(sorted(rng.sample(LOW, count)))
        return f"{'ldm' if loads else 'stm'}ia{{c}} {narrow}!, {{{{{registers}}}}}", load(narrow, places.pick(4, count))
    if kind == 18:  # the base among what is loaded
        return f"ldmia{{c}} {base}, {{{{{d}, {base}}}}}" if int(d[1:]) < int(base[1:]) else f"ldmia{{c}} {base}, {{{{{base}, {d}}}}}", load(
            base, places.pick(4, 2))
    literal = rng.choice(["ldr", "ldrh", "ldrsh", "ldrb", "ldrsb"])  # the code itself: the same on both machines
    return f"{literal}{{c}}.w {d}, . + {4 * rng.randrange(1, 8)}", []
