"""Makes the cases: assembler text from a seed. A case sets the core up, runs a few random instructions and ends with UDF.

Nothing UNPREDICTABLE is made, and no address outside what both machines have. Registers: r0-r5, r11 and r12 are results,
r6-r10 hold addresses for the access that comes next.
"""
import random

ZONE, ZONE_SIZE = 0x20000000, 0x4000
NOWHERE = 0x30000000  # a BusFault on both machines
DEST, LOW = ["r0", "r1", "r2", "r3", "r4", "r5", "r11", "r12"], ["r0", "r1", "r2", "r3", "r4", "r5"]
UNALIGN_TRP = 8
MULTIPLE = ("ldm", "stm", "push", "pop", "ldrd", "strd", "ldrex", "strex", "pld")
CONDITIONS = ["eq", "ne", "cs", "cc", "mi", "pl", "vs", "vc", "hi", "ls", "ge", "lt", "gt", "le"]
INVERSE = dict(zip(CONDITIONS, ["ne", "eq", "cc", "cs", "pl", "mi", "vc", "vs", "ls", "hi", "lt", "ge", "le", "gt"]))
IRQS = [20, 21, 22, 23]  # software interrupts of the nRF52; no line of the mps2-an386 is ever high
SVC, PENDSV, SYSTICK, NMI = 11, 14, 15, 2
CTRL, RNR, CCR, SHCSR, ICSR, CPACR, FPCCR = (
    0xE000ED94, 0xE000ED98, 0xE000ED14, 0xE000ED24, 0xE000ED04, 0xE000ED88, 0xE000EF34)
FPCCR_EAGER = 0x80000000  # the simulator does not stack lazily


def load(register, value):
    value &= 0xFFFFFFFF
    lines = [f"movw {register}, #{value & 0xFFFF:#x}"]
    return lines + ([f"movt {register}, #{value >> 16:#x}"] if value >> 16 else [])


def poke(address, value, scratch=("r0", "r1")):
    return load(scratch[0], address) + load(scratch[1], value) + [f"str {scratch[1]}, [{scratch[0]}]"]


def interesting(rng):
    return rng.choice([0, 1, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF, 0xFFFF8000, 0x00FF00FF, rng.getrandbits(32), rng.getrandbits(32),
                       rng.getrandbits(8), 1 << rng.randrange(32)])


def constant(rng):
    byte = rng.randrange(128, 256)
    return rng.choice([rng.randrange(256), byte << rng.randrange(1, 24), byte * 0x00010001, byte * 0x01000100, byte * 0x01010101])


# One instruction, its condition as {c}; the second value is what must come before it (never inside an IT block).
def arithmetic(rng):
    d, n, m, a = (rng.choice(DEST) for _ in range(4))
    low, low2 = rng.choice(LOW), rng.choice(LOW)
    hi = rng.choice([x for x in DEST if x != d])
    s = rng.choice(["", "s"])
    shift = rng.choice(["", f", lsl #{rng.randrange(32)}", f", lsr #{rng.randrange(1, 33)}", f", asr #{rng.randrange(1, 33)}",
                        f", ror #{rng.randrange(1, 32)}", ", rrx"])
    lsb = rng.randrange(32)
    width = rng.randrange(1, 33 - lsb)
    half = lambda: rng.choice("bt")
    x = rng.choice(["", "x"])
    kinds = [
        lambda: f"{rng.choice(['add', 'sub', 'adc', 'sbc', 'rsb', 'and', 'orr', 'eor', 'bic', 'orn'])}{s}{{c}} {d}, {n}, {m}{shift}",
        lambda: f"{rng.choice(['add', 'sub', 'adc', 'sbc', 'rsb', 'and', 'orr', 'eor', 'bic', 'orn'])}{s}{{c}} {d}, {n}, #{constant(rng):#x}",
        lambda: f"{rng.choice(['cmp', 'cmn', 'tst', 'teq'])}{{c}} {n}, #{constant(rng):#x}",
        lambda: f"{rng.choice(['cmp', 'cmn', 'tst', 'teq'])}{{c}}.w {n}, {m}{shift}",
        lambda: f"{rng.choice(['mov', 'mvn'])}{s}{{c}} {d}, #{constant(rng):#x}",
        lambda: f"mvn{s}{{c}} {d}, {m}{shift}",
        lambda: f"{rng.choice(['lsl', 'lsr', 'asr', 'ror'])}{s}{{c}} {d}, {n}, {m}",
        lambda: f"{rng.choice(['lsr', 'asr'])}{s}{{c}} {d}, {n}, #{rng.randrange(1, 33)}",
        lambda: f"addw{{c}} {d}, {n}, #{rng.randrange(4096)}",
        lambda: f"mul{{c}} {d}, {n}, {m}",
        lambda: f"{rng.choice(['mla', 'mls'])}{{c}} {d}, {n}, {m}, {a}",
        lambda: f"{rng.choice(['umull', 'smull', 'umlal', 'smlal', 'umaal'])}{{c}} {d}, {hi}, {n}, {m}",
        lambda: f"smul{half()}{half()}{{c}} {d}, {n}, {m}",
        lambda: f"smla{half()}{half()}{{c}} {d}, {n}, {m}, {a}",
        lambda: f"smlal{half()}{half()}{{c}} {d}, {hi}, {n}, {m}",
        lambda: f"smulw{half()}{{c}} {d}, {n}, {m}",
        lambda: f"smlaw{half()}{{c}} {d}, {n}, {m}, {a}",
        lambda: f"{rng.choice(['smlad', 'smlsd'])}{x}{{c}} {d}, {n}, {m}, {a}",
        lambda: f"{rng.choice(['smlald', 'smlsld'])}{x}{{c}} {d}, {hi}, {n}, {m}",
        lambda: f"{rng.choice(['smuad', 'smusd'])}{x}{{c}} {d}, {n}, {m}",
        lambda: f"smmul{rng.choice(['', 'r'])}{{c}} {d}, {n}, {m}",
        lambda: f"{rng.choice(['smmla', 'smmls'])}{rng.choice(['', 'r'])}{{c}} {d}, {n}, {m}, {a}",
        lambda: f"{rng.choice(['udiv', 'sdiv'])}{{c}} {d}, {n}, {m}",
        lambda: f"ssat{{c}} {d}, #{rng.randrange(1, 33)}, {n}, lsl #{rng.randrange(32)}",
        lambda: f"usat{{c}} {d}, #{rng.randrange(32)}, {n}, asr #{rng.randrange(1, 32)}",
        lambda: f"{rng.choice(['ssat16', 'usat16'])}{{c}} {d}, #{rng.randrange(1, 16)}, {n}",
        lambda: f"{rng.choice(['qadd', 'qsub', 'qdadd', 'qdsub'])}{{c}} {d}, {n}, {m}",
        lambda: (rng.choice(["s", "q", "sh", "u", "uq", "uh"]) + rng.choice(["add8", "add16", "sub8", "sub16", "asx", "sax"])
                 + f"{{c}} {d}, {n}, {m}"),
        lambda: f"sel{{c}} {d}, {n}, {m}",
        lambda: f"usad8{{c}} {d}, {n}, {m}",
        lambda: f"usada8{{c}} {d}, {n}, {m}, {a}",
        lambda: f"pkhbt{{c}} {d}, {n}, {m}, lsl #{rng.randrange(1, 32)}",
        lambda: f"pkhtb{{c}} {d}, {n}, {m}, asr #{rng.randrange(1, 33)}",
        lambda: f"{rng.choice(['sxtb', 'sxth', 'uxtb', 'uxth', 'sxtb16', 'uxtb16'])}{{c}} {d}, {n}, ror #{rng.choice([8, 16, 24])}",
        lambda: f"{rng.choice(['sxtab', 'sxtah', 'uxtab', 'uxtah', 'sxtab16', 'uxtab16'])}{{c}} {d}, {n}, {m}",
        lambda: f"bfi{{c}} {d}, {n}, #{lsb}, #{width}",
        lambda: f"bfc{{c}} {d}, #{lsb}, #{width}",
        lambda: f"{rng.choice(['ubfx', 'sbfx'])}{{c}} {d}, {n}, #{lsb}, #{width}",
        lambda: f"{rng.choice(['clz', 'rbit', 'rev', 'rev16', 'revsh'])}{{c}} {d}, {n}",
        lambda: f"movt{{c}} {d}, #{rng.getrandbits(16):#x}",
        lambda: f"mrs{{c}} {d}, apsr",
        lambda: f"msr{{c}} apsr_nzcvqg, {n}",
        lambda: f"{rng.choice(['add', 'mov', 'cmp'])}{{c}} {d}, {m}",
        lambda: f"{rng.choice(['add', 'sub', 'lsl', 'lsr', 'asr', 'mov', 'cmp', 'rsb'])}{{c}} {low}, {low2}, #0"
        if rng.random() < 0 else f"{rng.choice(['and', 'eor', 'adc', 'sbc', 'orr', 'mul', 'bic', 'tst', 'cmn'])}{{c}} {low}, {low2}",
    ]
    line = rng.choice(kinds)()
    # At a trapped division QEMU may still have an older value in the destination: it sets it in the same translation block.
    return line, ["isb"] if "div" in line else []


class Places:
    """Addresses for accesses: the zone, and near the edges that the MPU layout has."""

    def __init__(self, rng, edges=(), unaligned=True, nowhere=0.02, multiples=False):
        self.rng, self.edges, self.unaligned, self.nowhere = rng, list(edges), unaligned, nowhere
        self.multiples = multiples  # may be unaligned
        self.code = []  # addresses of instructions that must stay

    def pick(self, size, count=1):
        for _ in range(100):
            address = self.pick_any(size, count)
            if not any(code - 44 < address < code + 44 for code in self.code):
                break
        return address

    def pick_any(self, size, count):
        rng = self.rng
        if rng.random() < self.nowhere:
            return NOWHERE + 4 * rng.randrange(64)
        if self.edges and rng.random() < 0.75:
            address = rng.choice(self.edges) + rng.randrange(-4 * count - 8, 12)
        else:
            address = ZONE + rng.randrange(0x100, ZONE_SIZE - 0x100)
        if not self.unaligned or count > 1 and (not self.multiples or rng.random() < 0.95) or rng.random() < 0.6:
            address &= -(4 if count > 1 else size)
        return min(max(address, ZONE + 0x80), ZONE + ZONE_SIZE - 0x80)


def access(rng, places, wide_only=False):
    """A load or store of any form; the base register is set before it."""
    d, e = rng.sample(DEST, 2)
    low = rng.choice(LOW)
    base, narrow = rng.choice(["r6", "r7", "r8", "r9", "r10"]), rng.choice(["r6", "r7"])
    size = rng.choice([1, 2, 4, 4, 4])
    suffix = {1: "b", 2: "h", 4: ""}[size]
    kind = rng.randrange(16)
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
    if kind == 6 and not wide_only and "s" not in op[3:4]:
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
        return f"ldrex{rng.choice(['', 'b', 'h'])}{{c}} {d}, [{base}]", load(base, places.pick(4) & ~3)
    if kind == 12:
        f = rng.choice([x for x in DEST if x not in (d, e)])
        width = rng.choice(["", "b", "h"])
        return f"strex{width}{{c}} {f}, {e}, [{base}]", load(base, places.pick(4) & ~3) + [f"ldrex{width} {d}, [{base}]"]
    if kind == 13:
        return f"{rng.choice(['pld', 'pldw', 'pli']) if False else 'pld'} [{base}]", load(base, places.pick(4))
    if kind == 14:
        words = ", ".join(sorted(rng.sample(DEST, rng.randrange(1, 6)), key=lambda r: int(r[1:])))
        return f"{rng.choice(['push', 'pop'])}{{c}} {{{{{words}}}}}", []
    return f"{op}{{c}} {low}, [{narrow}, {rng.choice(['r8', 'r9'])}]", load(narrow, places.pick(size) - 8) + load("r8", 8) + load("r9", 8)


def floating(rng, places):
    s = lambda: f"s{rng.randrange(32)}"
    base, d = rng.choice(["r6", "r7", "r8"]), rng.choice(DEST)
    first = rng.randrange(28)
    kinds = [
        lambda: (f"{rng.choice(['vadd', 'vsub', 'vmul', 'vdiv', 'vnmul', 'vmla', 'vmls', 'vfma', 'vfms'])}{{c}}.f32 {s()}, {s()}, {s()}", []),
        lambda: (f"{rng.choice(['vabs', 'vneg', 'vsqrt', 'vmov'])}{{c}}.f32 {s()}, {s()}", []),
        lambda: (f"vcmp{rng.choice(['', 'e'])}{{c}}.f32 {s()}, {s()}", []),
        lambda: (f"vmrs{{c}} {rng.choice(DEST + ['APSR_nzcv'])}, fpscr", []),
        lambda: (f"vmov{{c}} {s()}, {d}", []),
        lambda: (f"vmov{{c}} {d}, {s()}", []),
        lambda: (f"vcvt{{c}}.{rng.choice(['s32', 'u32'])}.f32 {s()}, {s()}", []),
        lambda: (f"vcvt{{c}}.f32.{rng.choice(['s32', 'u32'])} {s()}, {s()}", []),
        lambda: (f"{rng.choice(['vldr', 'vstr'])}{{c}} {s()}, [{base}, #16]", load(base, (places.pick(4) & ~3) - 16)),
        lambda: (f"{rng.choice(['vldmia', 'vstmia'])}{{c}} {base}!, {{{{s{first}-s{first + rng.randrange(1, 4)}}}}}",
                 load(base, places.pick(4, 4) & ~3)),
        lambda: (f"vmov{{c}}.f32 {s()}, #{rng.choice(['1.0', '-2.5', '0.125'])}", []),
    ]
    return rng.choice(kinds)()


def branch(rng, tag):
    """Some way to get to a label behind a few instructions that must not run."""
    skipped = [arithmetic(rng)[0].format(c="") for _ in range(rng.randrange(1, 3))]
    there, low, d = f".L{tag}", rng.choice(LOW), rng.choice(DEST)
    index = rng.randrange(3)
    table = ["movs r0, #%d" % index]
    ways = [
        [f"b{rng.choice(CONDITIONS)} {there}"],
        [f"b {there}"],
        [f"{rng.choice(['cbz', 'cbnz'])} {low}, {there}"],
        [f"bl {there}"],
        load(d, 0) + [f"adr.w {d}, {there}", f"orr {d}, {d}, #1", f"{rng.choice(['bx', 'blx'])} {d}"],
        [f"adr.w {d}, {there}", f"mov pc, {d}"],
        [f"adr.w {d}, {there}", f"orr {d}, {d}, #1", f"push {{{d}}}", "pop {pc}"],
        [f"adr.w {d}, {there}", f"orr {d}, {d}, #1", f"push {{{d}}}", "ldr pc, [sp], #4"],
        table + ["tbb [pc, r0]", f"{there}t:", f".byte ({there} - {there}t) / 2, ({there} - {there}t) / 2, ({there} - {there}t) / 2, 0"],
        table + ["tbh [pc, r0, lsl #1]", f"{there}t:", f".hword ({there} - {there}t) / 2, ({there} - {there}t) / 2, ({there} - {there}t) / 2"],
    ]
    if rng.random() < 0.03:
        ways = [[f"adr.w {d}, {there}", f"bic {d}, {d}, #1", f"bx {d}"]]  # INVSTATE
    return rng.choice(ways) + skipped + [f"{there}:"]


def it_block(rng, places, tag, fp=False):
    count = rng.randrange(1, 5)
    condition = rng.choice(CONDITIONS)
    pattern = "".join(rng.choice("te") for _ in range(count - 1))
    before, inside, bases = [], [], []
    for which in "t" + pattern:
        for _ in range(30):
            dice = rng.random()
            line, setup = access(rng, places) if dice < 0.45 else floating(rng, places) if fp and dice < 0.7 else arithmetic(rng)
            used = [s.split()[1].rstrip(",") for s in setup if s.startswith("movw")]
            if "pld" in line or set(used) & set(bases) or any("ldrex" in s for s in setup):
                continue
            break
        else:
            line, used, setup = "add{c} r0, r0, r1", [], []
        bases += used
        before += setup
        inside.append(line.format(c=condition if which == "t" else INVERSE[condition]))
    if rng.random() < 0.15:
        inside[-1] = f"b{condition if ('t' + pattern)[-1] == 't' else INVERSE[condition]} .L{tag}i"
        return before + [f"it{pattern} {condition}"] + inside + [arithmetic(rng)[0].format(c=""), f".L{tag}i:"]
    return before + [f"it{pattern} {condition}"] + inside


def body(rng, places, tag, length, fp=False):
    lines = []
    for i in range(length):
        dice = rng.random()
        if dice < 0.35:
            line, before = access(rng, places)
        elif dice < 0.5 and fp:
            line, before = floating(rng, places)
        elif dice < 0.65:
            line, before = arithmetic(rng)
        elif dice < 0.8:
            lines += it_block(rng, places, f"{tag}_{i}", fp)
            continue
        else:
            lines += branch(rng, f"{tag}_{i}")
            continue
        lines += before + [line.format(c="")]
    return lines


def mpu_layout(rng, count, small):
    """Register writes, and the edges of what they make; with sub-regions below QEMU's page of 1 kB or not."""
    lines, edges = [], []
    numbers = rng.sample(range(7), count)
    for number in numbers:
        log2 = rng.choice([5, 5, 6, 7, 8, 8, 9, 10, 10, 11, 12, 14, 16, 32])
        size = 1 << log2
        base = (ZONE + rng.randrange(0, ZONE_SIZE, min(size, ZONE_SIZE))) & -size if log2 < 32 else 0
        disabled = rng.choice([0, 0, rng.getrandbits(8)]) if log2 >= (8 if small else 13) else 0
        ap, xn = rng.choice([0, 1, 2, 3, 3, 3, 5, 6, 7]), rng.randrange(4) == 0
        memory = rng.choice([0b000110, 0b001011, 0b000010, 0b001001])  # TEX S C B: normal memory
        rasr = xn << 28 | ap << 24 | memory << 16 | disabled << 8 | (log2 - 1) << 1 | 1
        if rng.random() < 0.5:
            lines += poke(RNR, number) + poke(RNR + 4, base) + poke(RNR + 8, rasr)
        else:
            lines += load("r0", RNR + 4) + load("r2", base | 16 | number) + load("r3", rasr) + ["stm r0, {r2, r3}"]
        if log2 < 16:
            edges += [base, base + size]
            if disabled:
                edges += [base + size // 8 * i for i in range(1, 8)]
    # Flash: readable and executable for everyone, whatever the others say.
    lines += poke(RNR, 7) + poke(RNR + 4, 0) + poke(RNR + 8, 0x06020000 | 18 << 1 | 1)
    return lines, [e for e in edges if ZONE <= e <= ZONE + ZONE_SIZE]


def traps(rng, aligned):
    """A value for CCR, with STKALIGN or perhaps not.

    Without it QEMU differs where an FP frame is aligned in any case, and at a return to a frame whose xPSR has bit 9 set.
    """
    ccr = 0x200 if rng.random() < 0.7 else rng.choice([0, 0x200]) | rng.choice([0, UNALIGN_TRP]) | rng.choice([0, 0x10])
    if rng.random() < 0.1:
        ccr |= 1
    if aligned:
        ccr |= 0x200
    return ccr | rng.choice([0, 2])


def setup(rng, flags, handlers=None, ccr=None):
    lines = poke(0x2000F010, flags)
    if handlers:
        lines += [f"ldr r1, ={handlers}"] + load("r0", 0x2000F00C) + ["str r1, [r0]"]
    enabled = rng.choice([0, 7, 7, rng.randrange(8)]) << 16 if not flags & 1 else 7 << 16
    lines += poke(SHCSR, enabled)
    lines += poke(CCR, traps(rng, False) if ccr is None else ccr)
    return lines


def stacks(rng, near=()):
    def one(low, high):
        if near and rng.random() < 0.5:
            return min(max(rng.choice(near) + 4 * rng.randrange(-2, 12), low), high) & ~3
        return rng.randrange(low, high) & ~(3 if rng.random() < 0.3 else 7)
    return one(ZONE + 0x800, ZONE + 0x1C00), one(ZONE + 0x2000, ZONE + 0x3C00)


def enter(rng, msp, psp, control):
    lines = load("r0", msp) + ["mov sp, r0"] + load("r0", psp) + ["msr psp, r0"]
    lines += load("r0", interesting(rng)) + ["msr apsr_nzcvqg, r0"]
    if control:
        lines += [f"movs r0, #{control}", "msr control, r0", "isb"]
    # The flags are of the MOVS above or random; registers come last, with instructions that keep flags.
    for register in range(13):
        lines += load(f"r{register}", interesting(rng))
    return lines


def case_plain(rng, tag):
    """Instructions, traps, fault status; no MPU."""
    fp = rng.random() < 0.35
    ccr = traps(rng, fp)
    # The simulator does not trap unaligned LDM, STM, LDRD, STRD and VLDM unless UNALIGN_TRP is set.
    places = Places(rng, multiples=bool(ccr & UNALIGN_TRP))
    lines = setup(rng, (2 if fp else 0) | rng.choice([0, 1]), ccr=ccr)
    if fp and rng.random() < 0.9:
        lines += poke(CPACR, 0xF << 20) + poke(FPCCR, FPCCR_EAGER) + ["dsb", "isb"]
        for i in range(0, 32, 3):
            lines += load("r0", rng.choice([0x3F800000, 0x7F800000, 0x7FC00001, 0x00000001, 0x80000000, rng.getrandbits(32)])) + [
                f"vmov s{i}, r0"]
    elif fp:
        lines = setup(rng, 0, ccr=ccr)  # NOCP; nothing to log
    msp, psp = stacks(rng)
    return lines + enter(rng, msp, psp, rng.randrange(4)) + body(rng, places, tag, rng.randrange(4, 20), fp), {}


def case_mpu(rng, tag):
    """Accesses near the edges of an MPU layout, from both privileges; faults are resumed.

    QEMU keeps what it found for one address of a page even where a disabled sub-region cuts the page. So with small ones
    each access comes after an SVC, whose handler rewrites MPU_CTRL, at which QEMU forgets, and accesses one place only.
    """
    small = rng.random() < 0.5
    layout, edges = mpu_layout(rng, rng.randrange(1, 7), small)
    resumed = rng.random() < 0.85
    places = Places(rng, edges, unaligned=False, nowhere=0.01)
    stubs = []
    lines = setup(rng, (1 if resumed else 0) | (4 if small else 0)) + layout
    targets = [e + 2 * rng.randrange(-4, 4) for e in rng.sample(edges, min(3, len(edges)))]
    targets = [min(max(t, ZONE + 0x80), ZONE + ZONE_SIZE - 0x80) for t in targets]
    msp, psp = stacks(rng, edges if rng.random() < 0.3 else ())
    targets = [t for t in targets if not any(sp - 0x180 < t < sp + 0x40 for sp in (msp, psp))]
    places.code = targets
    for target in targets:
        stubs += load("r0", target) + load("r1", 0x4770) + ["strh r1, [r0]"]
    lines = stubs + lines
    lines += poke(CTRL, 1 | rng.choice([0, 2]) | rng.choice([0, 4, 4])) + ["dsb", "isb"]
    lines += enter(rng, msp, psp, rng.choice([0, 1, 2, 3, 3, 3]))
    for i in range(rng.randrange(4, 16)):
        if targets and rng.random() < 0.2:
            base = rng.choice(["r6", "r8"])
            lines += load(base, rng.choice(targets) | 1) + ["svc #0"] * small + [f"blx {base}"]
        elif rng.random() < 0.12 and not small:
            lines += it_block(rng, places, f"{tag}_{i}")
        else:
            line, before = access(rng, places)
            while small and any(x.startswith(MULTIPLE) for x in [line] + before):
                line, before = access(rng, places)
            lines += before + ["svc #0"] * small + [line.format(c="")]
    return lines, {}


def raise_one(rng, privileged=True):
    if not privileged or rng.random() < 0.25:
        return [f"svc #{rng.randrange(256)}"]
    choice = rng.randrange(7)
    if choice == 0:
        return poke(ICSR, 1 << 28) + ["dsb", "isb"]
    if choice == 1:
        return poke(ICSR, 1 << 26) + ["dsb", "isb"]
    if choice == 2 and rng.random() < 0.4:
        return poke(ICSR, 1 << 31) + ["dsb", "isb"]
    if choice == 3:
        return poke(0xE000EF00, rng.choice(IRQS)) + ["dsb", "isb"]  # STIR
    if choice == 4:
        both = 1 << rng.choice(IRQS) | 1 << rng.choice(IRQS)
        return poke(0xE000E200, both) + ["dsb", "isb"]
    if choice == 5:
        return poke(rng.choice([0xE000E280]), 1 << rng.choice(IRQS)) + ["dsb", "isb"]
    return poke(ICSR, rng.choice([1 << 27, 1 << 25, 5 << 26, 1 << 28 | 1 << 26])) + ["dsb", "isb"]


def priority_play(rng):
    choice = rng.randrange(8)
    level = rng.randrange(8) << 5
    if choice == 0:
        return load("r0", level) + ["msr basepri, r0", "isb"]
    if choice == 1:
        return load("r0", level) + ["msr basepri_max, r0", "isb"]
    if choice == 2:
        return [f"cpsi{rng.choice('de')} i", "isb"]
    if choice == 3:
        return ["cpsid f"] + raise_one_quiet(rng) + ["cpsie f", "isb"]
    if choice == 4:
        return load("r0", 0xE000E400 + rng.choice(IRQS)) + load("r1", level) + ["strb r1, [r0]", "dsb", "isb"]
    if choice == 5:
        return load("r0", rng.choice([0xE000ED1F, 0xE000ED22, 0xE000ED23])) + load("r1", level) + ["strb r1, [r0]", "dsb", "isb"]
    if choice == 6:
        return poke(rng.choice([0xE000E100, 0xE000E180]), 1 << rng.choice(IRQS)) + ["dsb", "isb"]
    return poke(0xE000ED0C, 0x05FA0000 | rng.choice([0, 4, 5, 6, 7]) << 8) + ["dsb", "isb"]


def raise_one_quiet(rng):
    return poke(*rng.choice([(ICSR, 1 << 28), (ICSR, 1 << 26), (0xE000E200, 1 << rng.choice(IRQS))])) + ["dsb", "isb"]


LOOK = [ICSR, SHCSR, 0xE000E200, 0xE000E300, 0xE000E100, 0xE000ED0C, 0xE000ED18, 0xE000ED1C, 0xE000ED20, 0xE000E414, CCR, 0xE000ED08,
        0xE000ED28, 0xE000ED2C]


def look(rng, register):
    """Reads a register of the System Control Space into `register`."""
    lines = load("r0", rng.choice(LOOK)) + [f"ldr {register}, [r0]"]
    return lines + [f"bic {register}, {register}, #0x400000"]  # ICSR.ISRPENDING may be sampled late


def handler(rng, depth, fp):
    """What an exception does; it returns by EXC_RETURN in lr, unless it spoils it."""
    lines = ["push {r4, lr}"]
    for i in range(rng.randrange(0, 3)):
        dice = rng.random()
        if dice < 0.4:
            lines += priority_play(rng)
        elif dice < 0.7 and depth:
            lines += [x for x in raise_one(rng) if not x.startswith("svc")]
        elif dice < 0.8:
            lines += [f"movs r0, #{rng.randrange(4)}", "msr control, r0", "isb"]
        elif dice < 0.9:
            lines += ["sev", "wfe"]
        else:
            lines += look(rng, rng.choice(["r5", "r6", "r7", "r8", "r9", "r10", "r11"]))
    if rng.random() < 0.06:
        value = rng.choice([0xFFFFFFF1, 0xFFFFFFF9, 0xFFFFFFFD, 0xFFFFFFF3, 0xFFFFFFFF, 0xFFFFFFE9 if fp else 0xFFFFFFFD, 0xFFFFFFF5])
        return lines + ["pop {r4, lr}"] + load("lr", value) + ["bx lr"]
    return lines + [rng.choice(["pop {r4, pc}", "ldmia sp!, {r4, pc}", "ldr r4, [sp], #4\n    ldr pc, [sp], #4",
                                "pop {r4, lr}\n    bx lr", "pop {r4, lr}\n    mov r3, lr\n    bx r3"])]


def case_exceptions(rng, tag):
    """SVCall, PendSV, SysTick, NMI and interrupts, nested, masked, with priorities changed on the way."""
    resumed = rng.random() < 0.6
    fp = rng.random() < 0.25
    lines = setup(rng, 1 if resumed else 0, f"{tag}_bodies", traps(rng, True))
    enable = sum(1 << irq for irq in IRQS if rng.random() < 0.8)
    lines += poke(0xE000E100, enable)
    for irq in IRQS:
        lines += load("r0", 0xE000E400 + irq) + load("r1", rng.randrange(8) << 5) + ["strb r1, [r0]"]
    for register in (0xE000ED18, 0xE000ED1C, 0xE000ED20):
        lines += poke(register, rng.getrandbits(32) & 0xE0E0E0E0)
    if rng.random() < 0.3:
        lines += poke(0xE000ED0C, 0x05FA0000 | rng.choice([4, 5, 6, 7]) << 8)
    if fp:
        lines += poke(CPACR, 0xF << 20) + poke(FPCCR, rng.choice([FPCCR_EAGER, FPCCR_EAGER, 0])) + ["dsb", "isb"]
        lines += ["vmov s0, r0", "vmov s15, r1"]
    msp, psp = stacks(rng)
    control = rng.choice([0, 0, 2, 2, 1, 3])
    lines += enter(rng, msp, psp, control)
    places = Places(rng)
    for i in range(rng.randrange(2, 8)):
        dice = rng.random()
        if dice < 0.45:
            lines += raise_one(rng, not control & 1)
        elif dice < 0.65:
            lines += priority_play(rng)
        elif dice < 0.8:
            lines += body(rng, places, f"{tag}_{i}", 2)
        else:
            lines += look(rng, rng.choice(["r5", "r6", "r7", "r8", "r9", "r10", "r11"]))
    # FAULTMASK and the like would turn the end into a lockup.
    bodies, table = [], {}
    for number in [SVC, PENDSV, SYSTICK] + [16 + irq for irq in IRQS]:
        if rng.random() < 0.75:
            bodies += [".thumb_func", f"{tag}_h{number}:"] + handler(rng, number != SVC or rng.random() < 0.5, fp)
            table[number] = f"{tag}_h{number}"
    return lines, {"bodies": bodies, "table": table}


def case_stacking(rng, tag):
    """Exception entry and return where the MPU, alignment or floating point make them fail or differ."""
    layout, edges = mpu_layout(rng, rng.randrange(1, 4), False)
    fp = rng.random() < 0.4
    lines = layout + setup(rng, 0, f"{tag}_bodies", traps(rng, True))
    if fp:
        lines += poke(CPACR, 0xF << 20) + poke(FPCCR, rng.choice([FPCCR_EAGER, FPCCR_EAGER, 0])) + ["dsb", "isb"]
        lines += ["vmov s0, r0", "vmov s15, r1"]
    msp, psp = stacks(rng, edges)
    lines += poke(CTRL, 1 | rng.choice([0, 2]) | 4) + ["dsb", "isb"]
    lines += enter(rng, msp, psp, rng.choice([0, 2, 3, 3, 3]))
    lines += rng.choice([["svc #1"], ["svc #1"], ["nop"]])
    lines += ["vmov s3, r2" if fp and rng.random() < 0.5 else "nop", "svc #2"]
    bodies = [".thumb_func", f"{tag}_svc:", "mrs r0, psp"]
    if rng.random() < 0.5 and edges:  # returns with another frame: reads may be refused
        frame = max(rng.choice(edges) + 4 * rng.randrange(-10, 4), ZONE)
        bodies += load("r1", frame) + ["bic r1, r1, #3", "msr psp, r1"]
    if fp and rng.random() < 0.5:
        bodies += ["vmov s1, r0"]
    if rng.random() < 0.2:  # not to handler mode: with some exception number that is not active, QEMU hangs
        bodies += load("lr", rng.choice([0xFFFFFFF9, 0xFFFFFFFD] + [0xFFFFFFE9, 0xFFFFFFED] * fp))
    return lines, {"bodies": bodies + ["bx lr"], "table": {SVC: f"{tag}_svc"}}


KINDS = {"plain": case_plain, "mpu": case_mpu, "exceptions": case_exceptions, "stacking": case_stacking}


def make(seed, index, kinds):
    """Case `index` of a seed: (kind, assembler text). The same for the same arguments, whatever else is made."""
    rng = random.Random(f"sandglass {seed} {index}")
    kind = rng.choice(kinds)
    tag = f"case_{index}"
    lines, more = KINDS[kind](rng, tag)
    text = [".align 2", ".thumb_func", f"{tag}:"]
    for line in lines:
        text.append(line if line.endswith(":") else "    " + line)
    text += ["    cpsie f", "    udf #0xEE", "    udf.w #0xEEE", "    .pool"]
    if more:
        text += [line if line.endswith(":") or line.startswith(".thumb") else "    " + line for line in more["bodies"]]
        text += ["    .pool", "    .align 2", f"{tag}_bodies:"]
        text += [f"    .word {more['table'][n] + ' + 1' if n in more['table'] else 0}" for n in range(48)]
    return kind, "\n".join(text)
