"""Data processing: every instruction of ARMv7-M and its DSP extension that only works on core registers and flags."""
from asm import DEST, LOW, constant


# One instruction, its condition as {c}; the second value is what must come before it (never inside an IT block).
def arithmetic(rng):
    d, n, m, a = (rng.choice(DEST) for _ in range(4))
    low, low2 = rng.choice(LOW), rng.choice(LOW)
    hi = rng.choice([x for x in DEST if x != d])
    s = rng.choice(["", "s"])
    shift = rng.choice(["", f", lsl #{rng.randrange(32)}", f", lsr #{rng.randrange(1, 33)}", f", asr #{rng.randrange(1, 33)}",
                        f", ror #{rng.randrange(1, 32)}", ", rrx"])
    small = rng.randrange(8)
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
        lambda: f"{rng.choice(['addw', 'subw'])}{{c}} {d}, {n}, #{rng.randrange(4096)}",
        lambda: f"{rng.choice(['lsl', 'lsr', 'asr', 'ror'])}{s}{{c}} {low}, {low2}, #{rng.randrange(1, 32)}",
        lambda: f"{rng.choice(['add', 'sub', 'mov', 'cmp'])}{{c}} {low}, #{rng.randrange(256)}",
        lambda: f"{rng.choice(['add', 'sub'])}{{c}} {low}, {low2}, #{small}",
        lambda: f"rrx{s}{{c}} {d}, {n}",
        lambda: f"add{{c}} {d}, sp, #{4 * rng.randrange(256)}",
        lambda: f"movw{{c}} {d}, #{rng.getrandbits(16):#x}",
        lambda: f"adr{{c}}.w {d}, . + {4 * rng.randrange(8)}",
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
        lambda: f"{rng.choice(['udiv', 'sdiv'])}{{c}} {d}, {n}, {m}",
        lambda: f"ssat{{c}} {d}, #{rng.randrange(1, 33)}, {n}, lsl #{rng.randrange(32)}",
        lambda: f"usat{{c}} {d}, #{rng.randrange(32)}, {n}, asr #{rng.randrange(1, 32)}",
        lambda: f"ssat{{c}} {d}, #{rng.randrange(1, 33)}, {n}, asr #{rng.randrange(1, 32)}",
        lambda: f"usat{{c}} {d}, #{rng.randrange(32)}, {n}, lsl #{rng.randrange(32)}",
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
        lambda: f"{rng.choice(['sxtb', 'sxth', 'uxtb', 'uxth', 'rev', 'rev16', 'revsh', 'mvn'])}{{c}} {low}, {low2}",
        lambda: f"{rng.choice(['sxtab', 'sxtah', 'uxtab', 'uxtah', 'sxtab16', 'uxtab16'])}{{c}} {d}, {n}, {m}{rng.choice(['', ', ror #8', ', ror #24'])}",
        lambda: f"bfi{{c}} {d}, {n}, #{lsb}, #{width}",
        lambda: f"bfc{{c}} {d}, #{lsb}, #{width}",
        lambda: f"{rng.choice(['ubfx', 'sbfx'])}{{c}} {d}, {n}, #{lsb}, #{width}",
        lambda: f"{rng.choice(['clz', 'rbit', 'rev', 'rev16', 'revsh'])}{{c}} {d}, {n}",
        lambda: f"movt{{c}} {d}, #{rng.getrandbits(16):#x}",
        lambda: f"mrs{{c}} {d}, {rng.choice(['apsr', 'apsr', 'xpsr', 'ipsr', 'primask', 'basepri', 'faultmask', 'control', 'msp', 'psp'])}",
        lambda: f"msr{{c}} apsr_{rng.choice(['nzcvqg', 'nzcvq', 'g'])}, {n}",
        lambda: f"{rng.choice(['add', 'mov', 'cmp'])}{{c}} {d}, {m}",
        lambda: f"{rng.choice(['and', 'eor', 'adc', 'sbc', 'orr', 'mul', 'bic', 'tst', 'cmn'])}{{c}} {low}, {low2}",
    ]
    line = rng.choice(kinds)()
    # At a trapped division QEMU may still have an older value in the destination: it sets it in the same translation block.
    return line, ["isb"] if "div" in line else []
