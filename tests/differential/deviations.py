"""The situations in which QEMU 7.2 is known to differ, or the architecture leaves the choice: one function each.

A deviation gets a guest and the two records. Where it meets exactly its situation it makes the two equal in what follows
from it, and returns true; else it touches nothing. The name is printed with how often it was needed. Reference: the
ARMv7-M Architecture Reference Manual (DDI 0403E).
"""
from layout import refused_byte
from record import EVENT

STACKING = 0x3030  # MSTKERR, STKERR, MLSPERR, LSPERR
INVPC, UNDEFINSTR, MEMMANAGE_DATA = 0x40000, 0x10000, 0x82
UNSTACKING = 0x0808  # MUNSTKERR, UNSTKERR
VECTPENDING = 0x1FF000
T_BIT = 1 << 24
MOST_CHANGED = 48  # words that a record lists; the hash is of all
DEVIATIONS = []


def deviation(function):
    DEVIATIONS.append(function)
    return function


def give_up(ours, theirs):
    """What follows cannot be compared."""
    theirs.__dict__.update(ours.copy().__dict__)
    return True


def first_different_event(ours, theirs):
    """(its number, our event or None, their event or None)"""
    for i in range(max(len(ours.events), len(theirs.events))):
        x, y = (events[i] if i < len(events) else None for events in (ours.events, theirs.events))
        if x != y:
            return i, x, y
    return None, None, None


@deviation
def arm_alignment_before_state(_guest, ours, theirs):
    """A branch to an even address that is no multiple of 4: QEMU checks the alignment of an Arm instruction before INVSTATE."""
    met = False
    if ours.fields["pc"] & 2 and (ours.fields["cfsr"], theirs.fields["cfsr"]) == (0x00020000, 0x01000000):
        theirs.fields["cfsr"], met = ours.fields["cfsr"], True
    for one, other in zip(ours.events, theirs.events):
        if one[3] & 2 and (one[1], other[1]) == (0x00020000, 0x01000000):
            other[1], met = one[1], True
    return met


@deviation
def breakpoint_as_forced(_guest, ours, theirs):
    """BKPT without debugger and DebugMonitor is a HardFault with HFSR.DEBUGEVT; QEMU sets FORCED."""
    met = False
    for one, other, key in [(ours.fields, theirs.fields, "hfsr")] + [(x, y, 2) for x, y in zip(ours.events, theirs.events)]:
        if one[key] & 0x80000000 and one[key] ^ other[key] == 0xC0000000:
            other[key], met = one[key], True
    return met


@deviation
def page_asked_once(guest, ours, theirs):
    """QEMU asks the MPU about one address of an access, or of a page: an edge within goes unseen. The manual asks for each byte (B3.5).

    Met only where the simulator did what the manual says.
    """
    if guest.access is None or (ours.fields["cfsr"], ours.fields["mmfar"]) == (theirs.fields["cfsr"], theirs.fields["mmfar"]):
        return False
    refused = refused_byte(guest)
    expected = (UNDEFINSTR, 0) if refused is None else (MEMMANAGE_DATA, refused)
    return (ours.fields["cfsr"], ours.fields["mmfar"]) == expected and give_up(ours, theirs)


@deviation
def frame_after_stacking_error(_guest, ours, theirs):
    """What of a frame is written when a part of it is refused is not said (B1.5.14): QEMU stops at the first word."""
    if not ours.fields["cfsr"] & theirs.fields["cfsr"] & STACKING or (
            ours.fields["hash"] == theirs.fields["hash"] and ours.changed == theirs.changed):
        return False
    theirs.fields["hash"], theirs.changed = ours.fields["hash"], dict(ours.changed)
    return True


@deviation
def part_of_an_unaligned_store(_guest, ours, theirs):
    """A store over the edge of a page of QEMU's that is refused behind it: the simulator has stored the bytes before the edge, as the
    manual's MemU does, QEMU none."""
    addresses = [event[4] for event in ours.events] + [ours.fields["mmfar"]]
    words = {address - 4 for address in addresses if address and not address & 0x3FF}
    different = {address for address in set(ours.changed) | set(theirs.changed) if ours.changed.get(address) != theirs.changed.get(address)}
    if not different or not different <= words or max(len(ours.changed), len(theirs.changed)) >= MOST_CHANGED:
        return False
    theirs.fields["hash"], theirs.changed = ours.fields["hash"], dict(ours.changed)
    return True


@deviation
def fetch_before_state(_guest, ours, theirs):
    """Not in Thumb state where nothing is: INVSTATE, or the fault of the fetch. The manual lets the fetch come first."""
    if not ours.fields["xpsr"] & T_BIT and ours.fields["cfsr"] == 0x100 and theirs.fields["cfsr"] & 0x01020000:
        return give_up(ours, theirs)
    return False


@deviation
def fpca_of_a_skipped_instruction(guest, ours, theirs):
    """QEMU sets CONTROL.FPCA for the first FP instruction of a translation block only, even where an IT block skips that one."""
    if guest.may_skip_fp() and theirs.fields["exc_return"] & ~ours.fields["exc_return"] == 16:
        return give_up(ours, theirs)
    return False


@deviation
def frame_of_the_wrong_mode(_guest, ours, theirs):
    """A return to a frame with the wrong IPSR: the frame is pushed again (B1.5.8); QEMU chooses the stack for it by the wrong IPSR."""
    fields = ours.fields
    if fields["cfsr"] & INVPC and bool(fields["exc_return"] & 8) == bool(fields["xpsr"] & 0x1FF):
        return give_up(ours, theirs)
    return False


@deviation
def fp_registers_after_stacking(guest, ours, theirs):
    """S0-S15 and FPSCR are UNKNOWN while their values are on the stack, and for good where a damaged EXC_RETURN leaves them there."""
    fields = ours.fields
    nested = fields["cfsr"] & INVPC or not fields["exc_return"] & 8 or guest.damages_return()
    stacked = not fields["exc_return"] & 16 or nested and any(not event[7] & 16 for event in ours.events)
    if not stacked or ours.fp[:17] == theirs.fp[:17]:
        return False
    theirs.fp[:17] = ours.fp[:17]
    return True


@deviation
def fpccr_of_armv8(_guest, ours, theirs):
    """QEMU keeps UFRDY, bit 10, which ARMv7-M does not have."""
    if ours.fields["fpccr"] ^ theirs.fields["fpccr"] != 0x400 or ours.fields["fpccr"] & 0x400:
        return False
    theirs.fields["fpccr"] = ours.fields["fpccr"]
    return True


@deviation
def flags_of_a_new_fp_context(_guest, ours, theirs):
    """A new FP context takes FPSCR<26:22> from FPDSCR and keeps the rest; QEMU, as ARMv8-M, clears the rest."""
    if not ours.fp or not ours.fields["exc_return"] & 16 or ours.fp[0] == theirs.fp[0] or theirs.fp[0] != ours.fields["fpdscr"] or (
            (ours.fp[0] ^ ours.fields["fpdscr"]) & 0x07C00000):
        return False
    theirs.fp[0] = ours.fp[0]
    return True


@deviation
def double_word_split_at_eight(_guest, ours, theirs):
    """VLDR, VLDM of doubles at an address that is a multiple of 4 only, where nothing is: QEMU makes two accesses of eight bytes of it,
    and BFAR shows the first one; the manual makes accesses of four bytes."""
    met = False
    pairs = [(ours.fields, theirs.fields, "cfsr", "bfar")] + [(x, y, 1, 4) for x, y in zip(ours.events, theirs.events)]
    for one, other, status, address in pairs:
        if one[status] & other[status] & 0x8000 and one[address] & 7 == 4 and other[address] == one[address] - 4:
            other[address], met = one[address], True
    return met


@deviation
def vectpending_without_masks(guest, ours, theirs):
    """ICSR.VECTPENDING includes the effect of BASEPRI and FAULTMASK (B3.2.4); QEMU's does not."""
    met = False
    pairs = [(ours.fields, theirs.fields, "icsr")] + [(x, y, EVENT.index("icsr")) for x, y in zip(ours.events, theirs.events)]
    if not guest.masks():
        return False
    for x, y, key in pairs:
        if x[key] & VECTPENDING == 0 and x[key] != y[key] and (x[key] ^ y[key]) & ~VECTPENDING == 0:
            y[key], met = x[key], True
    return met


@deviation
def fault_behind_the_basic_frame(_guest, ours, theirs):
    """MUNSTKERR or UNSTKERR at the FP words: the return is abandoned (B1.5.8); QEMU goes on with what it has popped, and stacks anew."""
    if ours.fields["cfsr"] & theirs.fields["cfsr"] & UNSTACKING and not ours.fields["exc_return"] & 16 and any(
            ours.fields[name] != theirs.fields[name] for name in ("pc", "fpccr")):
        return give_up(ours, theirs)
    return False
