"""The kinds of guests. Each makes one from a random generator; nothing UNPREDICTABLE, and no address that only one machine has."""
import asm
import layout
from asm import CCR, IRQS, SHCSR, SVC, ZONE, ZONE_SIZE, interesting, load, poke
from flow_ops import body, it_block, plain, stub_call
from float_ops import floating_in_handler, fp_word, fpscr
from guest import Body, Guest, Op
from memory_ops import Places, access
from system_ops import FIND_FRAME, change, damage, handler, look, priority_play, raise_one, special


def traps(rng, aligned):
    """A value for CCR, with STKALIGN or perhaps not. Without it QEMU differs where an FP frame is aligned in any case."""
    ccr = 0x200 if rng.random() < 0.5 else rng.choice([0, 0x200]) | rng.choice([0, asm.CCR_UNALIGN_TRP]) | rng.choice([0, asm.CCR_DIV_0_TRP])
    if rng.random() < 0.1:
        ccr |= asm.CCR_NONBASETHRDENA
    if aligned:
        ccr |= asm.CCR_STKALIGN
    return ccr | rng.choice([0, asm.CCR_USERSETMPEND])


def basics(rng, kind, resume, ccr, near=(), fp=False):
    """A guest with traps, stacks, flags and registers."""
    guest = Guest(kind)
    guest.flags = asm.FLAG_RESUME | (asm.FLAG_RESUME_HARD if rng.random() < 0.7 else 0) if resume else 0
    enabled = 7 if resume and rng.random() < 0.9 else rng.choice([0, 7, rng.randrange(8)])
    guest.config = [Op(poke(SHCSR, enabled << 16)), Op(poke(CCR, ccr))]
    guest.registers = [interesting(rng) for _ in range(13)]
    guest.apsr = interesting(rng)

    def stack(low, high):
        edges = [edge for edge in near if low <= edge <= high]
        if edges and rng.random() < 0.6:
            return (rng.choice(edges) + 4 * rng.randrange(-2, 28)) & ~3
        return rng.randrange(low, high) & ~(3 if rng.random() < 0.3 else 7)
    guest.msp, guest.psp = stack(ZONE + 0x800, ZONE + 0x1C00), stack(ZONE + 0x2000, ZONE + 0x3C00)
    if fp:
        guest.fp_on = True
        guest.flags |= asm.FLAG_FP
        lazy = rng.choice([0xC0000000, 0xC0000000, 0x80000000, 0, 0x40000000])
        guest.fpccr = lazy
        guest.fp = {i: fp_word(rng) for i in range(rng.randrange(3), 32, rng.randrange(1, 4))}
        guest.fpscr = fpscr(rng)
        guest.control = 4
        if rng.random() < 0.4:
            # A new FP context comes with the first instruction. QEMU misses it where an IT block skips that one, and clears
            # the flags of FPSCR: so a certain one begins, and there are no flags.
            guest.control = 0
            guest.fpscr &= 0x07C00000
            guest.ops.append(Op(["vmov.f32 s1, s1"]))
    return guest


def plain_guest(rng):
    """Instructions, traps, fault status; no MPU."""
    fp = rng.random() < 0.35
    guest = basics(rng, "plain", rng.random() < 0.6, traps(rng, fp), fp=fp and rng.random() < 0.9)
    if not guest.control:
        guest.cpacr = rng.choice([0xF << 20, 0xF << 20, 0x5 << 20])
    guest.control |= rng.randrange(4)
    guest.ops += body(rng, Places(rng), rng.randrange(4, 24), fp)
    return guest


STACKS = layout.Region(6, ZONE + 0x3C00, 10, 3)


def with_stacks(guest, regions):
    """Both stacks in a region that all may use, so that faults can be resumed."""
    guest.msp, guest.psp = STACKS.base + 0x280 + guest.msp % 0x40 & ~3, STACKS.base + 0x120 + guest.psp % 0x40 & ~3
    return [region for region in regions if region.number != STACKS.number] + [STACKS]


def mpu_guest(rng):
    """Accesses near the edges of an MPU layout, from both privileges; faults are resumed.

    QEMU keeps what it found for one address of a page even where a disabled sub-region cuts the page. So with small ones
    each access comes after an SVC, whose handler rewrites MPU_CTRL, at which QEMU forgets, and accesses one place only.
    Layouts without a cut page are free of that: there all accesses may be unaligned and cross edges.
    """
    style = rng.choice(["small", "regions", "pages"])
    small = style == "small"
    regions = layout.random_layout(rng, rng.randrange(1, 7), 10 if style == "pages" else 5, 8 if small else 13)
    edges = layout.edges_of(regions)
    guest = basics(rng, "mpu", rng.random() < 0.9, traps(rng, True), edges if rng.random() < 0.3 else ())
    guest.flags |= asm.FLAG_QUIET_SVC if small else 0
    if rng.random() < 0.8:
        regions = with_stacks(guest, regions)
    guest.config += [region.op() for region in regions]
    guest.mpu_ctrl = 1 | rng.choice([0, 2]) | rng.choice([0, 4, 4])
    guest.control = rng.choice([0, 1, 2, 3, 3, 3])
    places = Places(rng, edges, unaligned=style == "pages", nowhere=0.01)
    places.code = plant_code(rng, guest, edges, style == "pages")
    for _ in range(rng.randrange(4, 16)):
        quiet = ["svc #0"] * small
        if places.code and rng.random() < 0.25:
            guest.ops.append(stub_call(rng, rng.choice(places.code), quiet))
        elif rng.random() < 0.15 and not small:
            guest.ops.append(it_block(rng, places))
        else:
            line, before = access(rng, places)
            while small and any(x.startswith(("ldm", "stm", "push", "pop", "ldrd", "strd", "ldrex", "strex", "pld", "pli")) for x in [line] + before):
                line, before = access(rng, places)
            guest.ops.append(plain(line, before + quiet))
    return guest


def switch_guest(rng):
    """The MPU rewritten, switched off and on, and privileges dropped and regained, between accesses: what a kernel does."""
    pages = rng.random() < 0.5
    smallest = 10 if pages else 5
    guest = basics(rng, "switch", True, traps(rng, True))
    regions = layout.random_layout(rng, rng.randrange(1, 5), smallest, 13)
    later = [region for _ in range(3) for region in layout.random_layout(rng, 2, smallest, 13)[:-1] if region.number != STACKS.number]
    if rng.random() < 0.9:
        regions = with_stacks(guest, regions)
    guest.config += [region.op() for region in regions]
    guest.mpu_ctrl = 5 | rng.choice([0, 2])
    guest.control = rng.choice([0, 2])
    edges = layout.edges_of(regions + later)
    places = Places(rng, edges, unaligned=pages, nowhere=0.01)
    places.code = plant_code(rng, guest, edges, pages)
    barriers = asm.BARRIERS
    for _ in range(rng.randrange(6, 24)):
        dice = rng.random()
        if dice < 0.5:
            guest.ops.append(plain(*access(rng, places)))
        elif dice < 0.6 and places.code:
            guest.ops.append(stub_call(rng, rng.choice(places.code)))
        elif dice < 0.7:
            guest.ops.append(Op(["svc #0"]))
        elif dice < 0.8:
            guest.ops.append(Op([f"movs r0, #{rng.randrange(4)}", "msr control, r0", "isb"]))
        elif dice < 0.92 and later:
            guest.ops.append(Op(rng.choice(later).lines() + barriers))
        elif dice < 0.96:
            guest.ops.append(Op(poke(asm.MPU_CTRL, rng.choice([0, 5, 5, 7])) + barriers))
        else:
            guest.ops.append(raise_one(rng, svc=False))
    change = [Op(rng.choice(later).lines() + barriers)] if later and rng.random() < 0.7 else []
    guest.bodies[SVC] = Body([Op([f"movs r0, #{rng.choice([0, 2])}", "msr control, r0", "isb"])] + change)
    if rng.random() < 0.5 and later:
        guest.bodies[asm.PENDSV] = Body([Op(rng.choice(later).lines() + barriers)])
    return guest


def plant_code(rng, guest, edges, wide):
    """Puts some code near edges, away from the stacks and from each other. Returns where."""
    targets = []
    for edge in rng.sample(edges, min(3, len(edges))):
        target = min(max(edge + 2 * rng.randrange(-4, 4), ZONE + 0x80), ZONE + ZONE_SIZE - 0x80)
        if not any(sp - 0x180 < target < sp + 0x40 for sp in (guest.msp, guest.psp)) and all(abs(target - other) > 16 for other in targets):
            targets.append(target)
            guest.planted += stub(rng, target, wide)
    return targets


def stub(rng, target, wide):
    """Code at an address near an edge: a return, perhaps behind a long instruction that an edge may cut."""
    code = [0xF8DD, 0x7000, 0x4770] if wide and rng.random() < 0.3 else [0xF04F, 0x0007, 0x4770] if wide and rng.random() < 0.5 else [0x4770]
    lines = load("r0", target)
    for half in code:
        lines += load("r1", half) + ["strh r1, [r0], #2"]
    return lines


def exceptions_guest(rng):
    """SVCall, PendSV, SysTick, NMI, interrupts and faults, nested, masked, with priorities changed on the way."""
    fp = rng.random() < 0.3
    guest = basics(rng, "exceptions", rng.random() < 0.7, traps(rng, fp), fp=fp)
    guest.config.append(Op(poke(asm.NVIC_ISER, sum(1 << irq for irq in IRQS if rng.random() < 0.8))))
    for irq in IRQS:
        guest.config.append(Op(poke(asm.NVIC_IPR + irq, rng.randrange(8) << 5, size=1)))
    for register in (asm.SHPR1, asm.SHPR2, asm.SHPR3):
        guest.config.append(Op(poke(register, rng.getrandbits(32) & 0xE0E0E0E0)))
    if rng.random() < 0.3:
        guest.config.append(Op(poke(asm.AIRCR, 0x05FA0000 | rng.choice([4, 5, 6, 7]) << 8)))
    guest.control |= rng.choice([0, 0, 2, 2, 1, 3])
    places = Places(rng)
    for _ in range(rng.randrange(2, 9)):
        dice = rng.random()
        if dice < 0.45:
            guest.ops.append(raise_one(rng, not guest.control & 1))
        elif dice < 0.65:
            guest.ops.append(priority_play(rng))
        elif dice < 0.8:
            guest.ops += body(rng, places, 2, fp)
        else:
            guest.ops.append(look(rng))
    extra = [lambda: plain(*floating_in_handler(rng, places))] * fp + [lambda: Op(rng.choice(FAULTS))] * (rng.random() < 0.25)
    faults = [3, 4, 5, 6] if guest.flags & asm.FLAG_RESUME else []
    for number in faults + [SVC, asm.PENDSV, asm.SYSTICK] + [16 + irq for irq in IRQS]:
        if rng.random() < (0.75 if number > 10 else 0.15):
            guest.bodies[number] = handler(rng, number != SVC or rng.random() < 0.5, extra, not fp)  # S0-S15 would be UNKNOWN
    if guest.damages_return():
        guest.planted += frame_at(guest.msp, rng.choice([0, 0, 11, 14])) + frame_at(guest.psp, 0)
    return guest


def frame_at(address, status):
    """What a return that finds no frame of an exception there takes for one: else it would go anywhere."""
    return load("r0", address) + ["ldr r1, =landing", "str r1, [r0, #24]"] + load("r1", 0x01000000 | status) + ["str r1, [r0, #28]"]


FAULTS = [["udf #1"], ["udf.w #0x123"], load("r0", asm.NOWHERE) + ["ldr r1, [r0]"], load("r0", asm.NOWHERE) + ["bx r0"],
          ["movs r0, #1", "ldrd r0, r1, [r0]"], ["movs r0, #1", "ldrex r1, [r0]"],
          ["ldc p7, c0, [r0]"], ["svc #3"], ["bkpt #0x12"], ["adr.w r0, 1f", "bx r0", "1:"],
          ["cpsid f", "udf #2", "cpsie f"]]


def stacking_guest(rng):
    """Exception entry and return where the MPU, alignment, floating point or damage make them fail or differ."""
    regions = layout.random_layout(rng, rng.randrange(0, 4), 5, 13)
    log2 = rng.randrange(5, 10)
    regions.insert(0, layout.Region(rng.choice([number for number in range(7) if number not in [region.number for region in regions]]),
                                    ZONE + rng.randrange(0xC00, 0x3800) & -(1 << log2), log2, rng.choice([0, 1, 2, 3, 5, 6])))
    edges = layout.edges_of(regions)
    fp = rng.random() < 0.4
    ccr = traps(rng, fp)
    guest = basics(rng, "stacking", False, ccr, edges, fp)
    guest.config += [region.op() for region in regions]
    guest.mpu_ctrl = rng.choice([0, 1 | rng.choice([0, 2]) | 4, 1 | rng.choice([0, 2]) | 4])
    guest.control |= rng.choice([0, 2, 3, 3, 3])
    if fp and rng.random() < 0.4:  # the FP words of a frame, and no others, in that first region
        guest.psp = regions[0].base + 8 * rng.randrange(1, 10)
        guest.msp = guest.msp if guest.control & 2 else guest.psp
    if fp and rng.random() < 0.2 and not guest.control & 1:
        guest.ops.append(Op(poke(asm.CPACR, rng.choice([0, 0x5 << 20])) + asm.BARRIERS))
    if rng.random() < 0.5:
        guest.ops.append(Op(["svc #1"] + ["nop"] * 2))
    if fp and rng.random() < 0.5:
        guest.ops.append(Op(["vmov s3, r2"]))
    guest.ops.append(Op(["svc #2", "nop", "nop"]))
    ops = []
    if rng.random() < 0.4 and edges:  # returns with another frame: reads may be refused
        frame = min(max(rng.choice(edges) + 4 * rng.randrange(-10, 4), ZONE), ZONE + ZONE_SIZE - 0x200) & ~3
        if min(abs(frame - guest.msp), abs(frame - guest.psp)) < 0xC0:  # not over the frame that the SVC makes
            frame = ZONE + 0x3D00
        guest.planted += frame_at(frame, rng.choice([0, ccr & asm.CCR_STKALIGN]))
        ops.append(Op(load("r1", frame) + ["msr psp, r1"]))
    if fp and rng.random() < 0.5:
        ops.append(Op(["vmov s1, r0"]))  # what was there is UNKNOWN now
    if rng.random() < 0.6:
        ops.append(damage(rng, fp, ccr & asm.CCR_STKALIGN, guest.fpccr))
    guest.bodies[SVC] = Body(ops, FIND_FRAME, ["bx lr"])
    if guest.damages_return():  # FP registers may be UNKNOWN from then on: nothing may stack them
        guest.ops = guest.ops[-1:] if guest.control & 4 else guest.ops[:1] + guest.ops[-1:]
    guest.planted = frame_at(guest.msp, rng.choice([0, 0, 11])) + frame_at(guest.psp, 0) + guest.planted
    return guest


def system_guest(rng):
    """The System Control Space and the special registers, from both privileges."""
    guest = basics(rng, "system", rng.random() < 0.9, traps(rng, True))
    guest.control = rng.randrange(4)
    for _ in range(rng.randrange(4, 16)):
        dice = rng.random()
        guest.ops.append(look(rng) if dice < 0.45 else change(rng) if dice < 0.7 else special(rng) if dice < 0.9 else raise_one(rng, svc=False))
    return guest


def edges_guest(rng):
    """One access over an edge of a region or sub-region, wherever it lies in a page: what the manual says is `guest.access`."""
    regions = layout.random_layout(rng, rng.randrange(1, 5), 5, 8)
    edges = layout.edges_of(regions) or [ZONE + 0x1000]
    guest = basics(rng, "edges", False, asm.CCR_STKALIGN)
    stack = layout.Region(6, ZONE + 0x3E00, 8, 3)  # exceptions find it
    regions = [region for region in regions if region.number != stack.number] + [stack]
    guest.config = [Op(poke(SHCSR, 7 << 16) + [line for region in regions for line in region.lines()])]  # one: `access` knows of it
    guest.mpu_ctrl = 1 | rng.choice([0, 2]) | rng.choice([0, 4])
    guest.control = rng.choice([0, 1])
    guest.msp = ZONE + 0x3F00
    line, size, back, unprivileged = crossing(rng)
    start = min(max(rng.choice(edges) - rng.randrange(size + 1), ZONE + 0x80), guest.msp - 0x200)
    start &= ~3 if size > 4 else ~0
    guest.ops.append(Op(load("r6", start + back) + [line]))
    guest.access = (regions, start, size, line[0] == "s" or line.startswith("vs"), not guest.control & 1 and not unprivileged)
    if line.startswith("v"):
        guest.fp_on, guest.fpccr = True, 0
    return guest


def crossing(rng):
    """An access at r6: (instruction, bytes, what r6 is behind them, whether it is an unprivileged one)."""
    count = rng.randrange(2, 7)
    listed = "{" + ", ".join(["r0", "r1", "r2", "r3", "r4", "r5"][:count]) + "}"
    floats = "{" + ", ".join(f"s{i}" for i in range(count)) + "}"
    op = rng.choice(["ld", "st"])
    vector = "vldm" if op == "ld" else "vstm"
    return rng.choice([
        (f"{op}r r0, [r6]", 4, 0, False), (f"{op}rh r0, [r6]", 2, 0, False), (f"{op}r r0, [r6, #8]!", 4, -8, False),
        (f"{op}r r0, [r6], #-4", 4, 0, False), (f"{op}rt r0, [r6]", 4, 0, True), (f"{op}rht r0, [r6]", 2, 0, True),
        (f"{op}mia r6, {listed}", 4 * count, 0, False), (f"{op}mia r6!, {listed}", 4 * count, 0, False),
        (f"{op}mdb r6!, {listed}", 4 * count, 4 * count, False), (f"{op}rd r0, r1, [r6]", 8, 0, False),
        (f"{op}rd r0, r1, [r6, #-16]!", 8, 16, False), (f"{vector}ia r6!, {floats}", 4 * count, 0, False),
        (f"{vector}db r6!, {floats}", 4 * count, 4 * count, False)])


KINDS = {"plain": plain_guest, "mpu": mpu_guest, "exceptions": exceptions_guest, "stacking": stacking_guest, "system": system_guest,
         "edges": edges_guest, "switch": switch_guest}
