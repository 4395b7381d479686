"""Floating point: arithmetic, conversions, moves, loads and stores of the FPv4-SP unit."""
from asm import DEST, load

WORDS = [0x3F800000, 0xBF800000, 0x00000000, 0x80000000, 0x7F800000, 0xFF800000, 0x7FC00000, 0xFFC12345, 0x7F800001, 0xFFA00000,
         0x00000001, 0x807FFFFF, 0x00800000, 0x00800001, 0x7F7FFFFF, 0x4F000000, 0xCF000000, 0x4F800000, 0x4EFFFFFF, 0x3F7FFFFF,
         0x3FC00000, 0x40200000, 0x34000000, 0x33800000, 0x477FE000, 0x477FF000, 0x38800000, 0x33000000, 0x41200000, 0x3EAAAAAB]


RMODE = 3 << 22


def fp_word(rng):
    """An edge value, a number near one, anything."""
    choice = rng.random()
    if choice < 0.5:
        return rng.choice(WORDS)
    if choice < 0.7:
        return rng.randrange(110, 145) << 23 | rng.getrandbits(23) | rng.getrandbits(1) << 31
    return rng.getrandbits(32)


def fpscr(rng):
    """Rounding mode, flush to zero, default NaN, alternative half precision; now and then flags."""
    if rng.random() < 0.4:
        return 0
    return rng.randrange(4) << 22 | rng.choice([0, 1]) << 24 | rng.choice([0, 1]) << 25 | rng.choice([0, 0, 1]) << 26 | rng.choice(
        [0, rng.getrandbits(4) << 28 | rng.getrandbits(5) | rng.getrandbits(1) << 7])


def floating_in_handler(rng, places):
    """The same where S0-S15 and FPSCR may be UNKNOWN because they have been stacked: they are set before."""
    line = "vpush"
    while line.startswith(("vpush", "vpop")):  # what the handler has pushed stays on top
        line, before = floating(rng, places)
    return line, [f"vmov s{i}, r{i % 3}" for i in range(16)] + load("r3", fpscr(rng)) + ["vmsr fpscr, r3"] + before


def floating(rng, places):
    """One instruction, its condition as {c}, and what comes before it."""
    s = lambda: f"s{rng.randrange(32)}"
    base, d, e = rng.choice(["r6", "r7", "r8"]), *rng.sample(DEST, 2)
    first, count = rng.randrange(28), rng.randrange(1, 5)
    some = "{{" + ", ".join(f"s{first + i}" for i in range(count)) + "}}"
    pair, pairs = rng.randrange(12), rng.randrange(1, 4)
    doubles = "{{" + ", ".join(f"d{pair + i}" for i in range(pairs)) + "}}"
    loads = rng.choice(["ldr", "str"])
    step = 4 * rng.randrange(-20, 20)
    same = rng.randrange(32)
    kinds = [
        lambda: (f"{rng.choice(['vadd', 'vsub', 'vmul', 'vdiv', 'vnmul'])}{{c}}.f32 {s()}, {s()}, {s()}", []),
        lambda: (f"{rng.choice(['vadd', 'vsub', 'vmul', 'vdiv'])}{{c}}.f32 {s()}, {s()}, {s()}", []),
        lambda: (f"{rng.choice(['vmla', 'vmls', 'vnmla', 'vnmls', 'vfma', 'vfms', 'vfnma', 'vfnms'])}{{c}}.f32 {s()}, {s()}, {s()}", []),
        lambda: (f"{rng.choice(['vabs', 'vneg', 'vsqrt', 'vmov'])}{{c}}.f32 {s()}, {s()}", []),
        lambda: (f"vsqrt{{c}}.f32 {s()}, {s()}", []),
        lambda: (f"vcmp{rng.choice(['', 'e'])}{{c}}.f32 {s()}, {rng.choice([s(), s(), '#0.0'])}", []),
        lambda: (f"vmrs{{c}} {rng.choice(DEST + ['APSR_nzcv'])}, fpscr", []),
        lambda: (f"vmsr{{c}} fpscr, {base}", load(base, fpscr(rng))),
        lambda: (f"vmov{{c}} {s()}, {d}", []),
        lambda: (f"vmov{{c}} {d}, {s()}", []),
        lambda: (f"vmov{{c}} s{first}, s{first + 1}, {d}, {e}", []),
        lambda: (f"vmov{{c}} {d}, {e}, s{first}, s{first + 1}", []),
        lambda: (f"vmov{{c}}.32 d{pair}[{rng.randrange(2)}], {d}", []),
        lambda: (f"vmov{{c}}.32 {d}, d{pair}[{rng.randrange(2)}]", []),
        lambda: (f"{rng.choice(['vcvt', 'vcvtr'])}{{c}}.{rng.choice(['s32', 'u32'])}.f32 {s()}, {s()}", []),
        lambda: (f"vcvt{{c}}.f32.{rng.choice(['s32', 'u32'])} {s()}, {s()}", []),
        lambda: (f"vcvt{{c}}.{rng.choice(['s32', 'u32', 's16', 'u16'])}.f32 s{same}, s{same}, #{rng.randrange(1, 17)}", []),
        # Rounds to nearest whatever FPSCR says; Unicorn 2.1.4 rounds as FPSCR says. So never in another mode, nor in an IT block.
        lambda: (f"vcvt.f32.{rng.choice(['s32', 'u32', 's16', 'u16'])} s{same}, s{same}, #{rng.randrange(1, 17)}",
                 load(base, fpscr(rng) & ~RMODE) + [f"vmsr fpscr, {base}"]),
        lambda: (f"vcvt{rng.choice('bt')}{{c}}.{rng.choice(['f16.f32', 'f32.f16'])} {s()}, {s()}", []),
        lambda: (f"v{loads}{{c}} {s()}, [{base}, #{step}]", load(base, places.pick(4, 2) - step)),
        lambda: (f"v{loads}{{c}} d{pair}, [{base}, #{step}]", load(base, places.pick(4, 2) - step)),
        lambda: (f"{rng.choice(['vldmia', 'vstmia'])}{{c}} {base}{rng.choice(['', '!'])}, {some}", load(base, places.pick(4, count + 1))),
        lambda: (f"{rng.choice(['vldmdb', 'vstmdb'])}{{c}} {base}!, {some}", load(base, places.pick(4, count + 1) + 4 * count)),
        lambda: (f"{rng.choice(['vldmia', 'vstmia'])}{{c}} {base}!, {doubles}", load(base, places.pick(4, 2 * pairs))),
        lambda: (f"{rng.choice(['vpush', 'vpop'])}{{c}} {rng.choice([some, doubles])}", []),
        lambda: (f"vmov{{c}}.f32 {s()}, #{rng.choice(['1.0', '-2.5', '0.125', '31.0'])}", []),
    ]
    return rng.choice(kinds)()
