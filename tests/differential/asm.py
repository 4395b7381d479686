"""Words shared by the generators: registers, addresses, and the small instruction sequences that everything is made of.

Registers of a guest: r0-r5, r11 and r12 are results; r6-r10 hold addresses for the access that comes next.
An instruction that may stand in an IT block has its condition as {c}; str.format fills it, so braces are doubled.
"""
ZONE, ZONE_SIZE = 0x20000000, 0x4000  # the RAM that guests use; runtime.S fills and compares it
NOWHERE = 0x30000000  # a BusFault on both machines
DEST, LOW = ["r0", "r1", "r2", "r3", "r4", "r5", "r11", "r12"], ["r0", "r1", "r2", "r3", "r4", "r5"]
CONDITIONS = ["eq", "ne", "cs", "cc", "mi", "pl", "vs", "vc", "hi", "ls", "ge", "lt", "gt", "le"]
INVERSE = dict(zip(CONDITIONS, ["ne", "eq", "cc", "cs", "pl", "mi", "vc", "vs", "ls", "hi", "lt", "ge", "le", "gt"]))

FLAG_RESUME, FLAG_FP, FLAG_QUIET_SVC, FLAG_RESUME_HARD = 1, 2, 4, 8  # as in runtime.inc
V_BODIES, V_FLAGS = 0x2000F00C, 0x2000F010

NMI, HARD_FAULT, MEM_MANAGE, BUS_FAULT, USAGE_FAULT, SVC, PENDSV, SYSTICK = 2, 3, 4, 5, 6, 11, 14, 15
IRQS = [20, 21, 22, 23]  # software interrupts of the nRF52; no line of the mps2-an386 is ever high

NVIC_ISER, NVIC_ICER, NVIC_ISPR, NVIC_ICPR, NVIC_IABR, NVIC_IPR = (
    0xE000E100, 0xE000E180, 0xE000E200, 0xE000E280, 0xE000E300, 0xE000E400)
ICSR, VTOR, AIRCR, SCR, CCR, SHPR1, SHPR2, SHPR3, SHCSR, CFSR, HFSR, MMFAR, BFAR = (
    0xE000ED04, 0xE000ED08, 0xE000ED0C, 0xE000ED10, 0xE000ED14, 0xE000ED18, 0xE000ED1C, 0xE000ED20, 0xE000ED24, 0xE000ED28,
    0xE000ED2C, 0xE000ED34, 0xE000ED38)
CPACR, MPU_CTRL, MPU_RNR, STIR, FPCCR, FPCAR, FPDSCR = (
    0xE000ED88, 0xE000ED94, 0xE000ED98, 0xE000EF00, 0xE000EF34, 0xE000EF38, 0xE000EF3C)
CCR_NONBASETHRDENA, CCR_USERSETMPEND, CCR_UNALIGN_TRP, CCR_DIV_0_TRP, CCR_STKALIGN = 1, 2, 8, 0x10, 0x200
FPCCR_ASPEN, FPCCR_LSPEN = 0x80000000, 0x40000000
BARRIERS = ["dsb", "isb"]


def load(register, value):
    """Sets a register and keeps the flags."""
    value &= 0xFFFFFFFF
    lines = [f"movw {register}, #{value & 0xFFFF:#x}"]
    return lines + ([f"movt {register}, #{value >> 16:#x}"] if value >> 16 else [])


def poke(address, value, scratch=("r0", "r1"), size=4):
    op = {1: "strb", 2: "strh", 4: "str"}[size]
    return load(scratch[0], address) + load(scratch[1], value) + [f"{op} {scratch[1]}, [{scratch[0]}]"]


def interesting(rng):
    return rng.choice([0, 1, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF, 0xFFFF8000, 0x00FF00FF, rng.getrandbits(32), rng.getrandbits(32),
                       rng.getrandbits(8), 1 << rng.randrange(32)])


def constant(rng):
    """What a data-processing instruction can hold."""
    byte = rng.randrange(128, 256)
    return rng.choice([rng.randrange(256), byte << rng.randrange(1, 24), byte * 0x00010001, byte * 0x01000100, byte * 0x01010101])


def written(lines):
    """The registers that LOAD sequences among these lines set."""
    return {line.split()[1].rstrip(",") for line in lines if line.startswith("movw")}
