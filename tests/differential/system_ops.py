"""Exceptions raised, masked, prioritised and returned from, and the registers of the System Control Space."""
from asm import (AIRCR, BARRIERS, CCR, CFSR, CPACR, FPCCR, FPCCR_ASPEN, FPCCR_LSPEN, FPDSCR, HFSR, ICSR, IRQS, MPU_CTRL, MPU_RNR, NVIC_IABR, NVIC_ICER,
                 NVIC_ICPR, NVIC_IPR, NVIC_ISER, NVIC_ISPR, SCR, SHCSR, SHPR1, SHPR2, SHPR3, STIR, SVC, VTOR, load, poke)
from guest import Body, Op

RESULTS = ["r5", "r6", "r7", "r8", "r9", "r10", "r11"]  # not what exceptions stack
NOT_PENDING = "bfc {0}, #12, #11"  # ICSR.ISRPENDING may be sampled late; VECTPENDING is compared where exceptions are logged


def some_irqs(rng):
    return 1 << rng.choice(IRQS) | 1 << rng.choice(IRQS)


def raise_one(rng, privileged=True, svc=True):
    """Pends something; what is enabled and not masked comes before the barriers are over."""
    if svc and (not privileged or rng.random() < 0.25):
        return Op([f"svc #{rng.randrange(256)}"])
    lines = rng.choice([
        lambda: poke(ICSR, 1 << 28),
        lambda: poke(ICSR, 1 << 26),
        lambda: poke(ICSR, rng.choice([1 << 31, 1 << 28, 1 << 26])),
        lambda: poke(STIR, rng.choice(IRQS)),
        lambda: poke(NVIC_ISPR, some_irqs(rng)),
        lambda: poke(NVIC_ISPR, some_irqs(rng) | some_irqs(rng)),
        lambda: poke(NVIC_ICPR, some_irqs(rng)),
        lambda: poke(ICSR, rng.choice([1 << 27, 1 << 25, 5 << 26, 1 << 28 | 1 << 26])),
        lambda: load("r0", SHCSR) + ["ldr r1, [r0]", f"orr r1, r1, #{1 << rng.randrange(12, 16):#x}", "str r1, [r0]"],  # others stay active
    ])()
    return Op(lines + BARRIERS)


def priority_play(rng):
    """Changes what may come now."""
    level = rng.randrange(8) << 5
    quiet = rng.choice([(ICSR, 1 << 28), (ICSR, 1 << 26), (NVIC_ISPR, 1 << rng.choice(IRQS))])
    return Op(rng.choice([
        lambda: load("r0", level) + ["msr basepri, r0", "isb"],
        lambda: load("r0", level) + ["msr basepri_max, r0", "isb"],
        lambda: [f"cpsi{rng.choice('de')} i", "isb"],
        lambda: [f"movs r0, #{rng.randrange(2)}", "msr primask, r0", "isb"],
        lambda: ["cpsid f"] + poke(*quiet) + BARRIERS + ["cpsie f", "isb"],
        lambda: ["cpsid i"] + poke(*quiet) + BARRIERS + ["cpsie i", "isb"],
        lambda: poke(NVIC_IPR + rng.choice(IRQS), level, size=1) + BARRIERS,
        lambda: poke(rng.choice([SHPR1, SHPR1 + 1, SHPR1 + 2, SHPR2 + 3, SHPR3 + 2, SHPR3 + 3]), level, size=1) + BARRIERS,
        lambda: poke(rng.choice([NVIC_ISER, NVIC_ICER]), 1 << rng.choice(IRQS)) + BARRIERS,
        lambda: poke(AIRCR, 0x05FA0000 | rng.choice([0, 4, 5, 6, 7]) << 8) + BARRIERS,
    ])())


LOOK = [ICSR, SHCSR, NVIC_ISPR, NVIC_IABR, NVIC_ISER, NVIC_ICER, NVIC_ICPR, AIRCR, SHPR1, SHPR2, SHPR3, NVIC_IPR + 20, CCR, VTOR, CFSR, HFSR, SCR,
        MPU_CTRL, MPU_CTRL - 4, MPU_RNR, MPU_RNR + 4, MPU_RNR + 8, CPACR, FPDSCR]
LANES = [CFSR, CFSR + 1, CFSR + 2, SHPR1, SHPR1 + 1, SHPR2 + 3, SHPR3 + 2, NVIC_IPR + 20, NVIC_IPR + 21]


def look(rng):
    """Reads a register of the System Control Space."""
    register = rng.choice(RESULTS)
    if rng.random() < 0.2:
        address = rng.choice(LANES)
        return Op(load("r0", address) + [f"ldr{'b' if address & 1 or rng.random() < 0.5 else 'h'} {register}, [r0]"])
    address = rng.choice(LOOK)
    return Op(load("r0", address) + [f"ldr {register}, [r0]"] + ([NOT_PENDING.format(register)] if address == ICSR else []))


def change(rng):
    """Writes a register of the System Control Space with something that has no exception for consequence."""
    word = rng.getrandbits(32)
    return Op(rng.choice([
        lambda: poke(CCR, rng.choice([0x200, 0x218, 0x210, 0x208, 0x201, 0x202])),
        lambda: poke(SHCSR, rng.randrange(8) << 16),
        lambda: poke(SCR, rng.choice([0, 0x10])),
        lambda: poke(rng.choice([CFSR, HFSR]), word),
        lambda: poke(rng.choice([SHPR1, SHPR2, SHPR3, NVIC_IPR + 20]), word & 0xE0E0E0E0),
        lambda: poke(MPU_RNR, rng.randrange(8)),
        lambda: poke(MPU_RNR + 4, rng.randrange(8) | 0x10 | word & 0xFFFFFF00),
        lambda: poke(FPDSCR, word & 0x07C00000),
        lambda: poke(CPACR, rng.choice([0, 0x500000, 0xF00000])),
        lambda: poke(AIRCR, word & 0xFFFF | 0x12340000),
    ])() + BARRIERS)


def special(rng):
    """MSR and CPS, privileged or not."""
    register = rng.choice(["r0", "r1", "r2"])
    return Op(rng.choice([
        lambda: load(register, rng.getrandbits(32) & 0xE0) + [f"msr basepri, {register}", "isb"],
        lambda: [f"movs {register}, #{rng.randrange(2)}", f"msr primask, {register}", "isb"],
        lambda: [f"movs {register}, #{rng.randrange(4)}", f"msr control, {register}", "isb"],
        lambda: load(register, 0x20000000 + 4 * rng.randrange(0x900, 0xE00)) + [f"msr psp, {register}"],
        lambda: [f"cpsi{rng.choice('de')} {rng.choice(['i', 'if'])}", "cpsie f", "isb"],
        lambda: [f"mrs {register}, {rng.choice(['iapsr', 'eapsr', 'iepsr', 'xpsr', 'epsr', 'basepri_max', 'control', 'psp', 'msp'])}"],
    ])())


RETURNS = [0xFFFFFFF1, 0xFFFFFFF9, 0xFFFFFFFD, 0xFFFFFFF3, 0xFFFFFFFF, 0xFFFFFFF5, 0xFFFFFFE9, 0xFFFFFFED, 0xFFFFFFE1]
ENDS = [["pop {r4, pc}"], ["ldmia sp!, {r4, pc}"], ["ldr r4, [sp], #4", "ldr pc, [sp], #4"], ["pop {r4, lr}", "bx lr"],
        ["pop {r4, lr}", "mov r3, lr", "bx r3"]]


def handler(rng, nests, extra, damages):
    """What an exception does. `extra`: makers of further Ops; `damages`: it may return by another EXC_RETURN."""
    ops = []
    for _ in range(rng.randrange(0, 4)):
        dice = rng.random()
        if extra and dice < 0.3:
            ops.append(rng.choice(extra)())
        elif dice < 0.5:
            ops.append(priority_play(rng))
        elif dice < 0.75 and nests:
            ops.append(raise_one(rng, svc=False))
        elif dice < 0.82:
            ops.append(Op([f"movs r0, #{rng.randrange(4)}", "msr control, r0", "isb"]))
        elif dice < 0.88:
            ops.append(Op(["sev", "wfe"]))
        else:
            ops.append(look(rng))
    if damages and rng.random() < 0.05:
        return Body(ops, end=["pop {r4, lr}"] + load("lr", rng.choice(RETURNS[:6])) + ["bx lr"])
    return Body(ops, end=rng.choice(ENDS))


FIND_FRAME = ["tst lr, #4", "ite eq", "mrseq r0, msp", "mrsne r0, psp"]


def damage(rng, fp, aligned, fpccr):
    """Spoils the frame at r0, or LR, before an exception returns. Without STKALIGN QEMU takes bit 9 of the stacked xPSR too seriously."""
    flip = lambda offset, change_of: [f"ldr r1, [r0, #{offset}]"] + change_of + [f"str r1, [r0, #{offset}]"]
    condition = rng.randrange(14) << 4
    state = condition | rng.choice([8, 4, 12])  # one or two instructions left of an IT block
    return Op(rng.choice([
        lambda: flip(28, ["bic r1, r1, #0x1000000"]),
        lambda: flip(28, ["orr r1, r1, #0x200"] if aligned else ["nop"]),
        lambda: flip(28, ["eor r1, r1, #0xF0000000"]),
        lambda: flip(28, ["bic r1, r1, #0x1F", f"orr r1, r1, #{rng.choice([1, 3, 11, 14, 20])}"]),
        lambda: flip(28, load("r2", (state >> 2) << 10 | (state & 3) << 25) + ["orr r1, r1, r2"]),
        lambda: flip(4 * rng.randrange(6), load("r1", rng.getrandbits(32))),
        lambda: load("lr", rng.choice(RETURNS[:6] + RETURNS[6:] * fp)),
        lambda: [f"movs r1, #{rng.randrange(4)}", "msr control, r1", "isb"],
        lambda: poke(CCR, rng.choice([0x200, 0x201]), ("r1", "r2")),
        lambda: poke(FPCCR, fpccr & FPCCR_ASPEN | rng.choice([0, FPCCR_LSPEN]), ("r1", "r2")) if fp else ["nop"],
        lambda: poke(CPACR, rng.choice([0, 0x5 << 20]), ("r1", "r2")) if fp else ["nop"],
    ])())
