"""Random MPU layouts, and the manual's rule for what they allow (PMSAv7, ARMv7-M B3.5), one byte at a time."""
from asm import MPU_RNR, ZONE, ZONE_SIZE, load, poke
from guest import Op

SIZES = [5, 5, 6, 7, 8, 8, 9, 10, 10, 11, 12, 14, 16, 32]
ACCESSES = [0, 1, 2, 3, 3, 3, 5, 6, 7]  # AP; 4 is reserved
NORMAL = [0b000110, 0b001011, 0b000010, 0b001001, 0b001000]  # TEX S C B: normal memory, where unaligned accesses may go
CTRL_ENABLE, CTRL_HFNMIENA, CTRL_PRIVDEFENA = 1, 2, 4


class Region:
    def __init__(self, number, base, log2, ap, xn=0, disabled=0, memory=NORMAL[0], by_alias=False):
        self.number, self.base, self.log2, self.ap, self.xn = number, base, log2, ap, xn
        self.disabled, self.memory, self.by_alias = disabled, memory, by_alias

    @property
    def rasr(self):
        return self.xn << 28 | self.ap << 24 | self.memory << 16 | self.disabled << 8 | (self.log2 - 1) << 1 | 1

    def op(self):
        smaller = []
        for change in ({"disabled": 0}, {"xn": 0}, {"ap": 3}, {"memory": NORMAL[0]}, {"by_alias": False}):
            other = Region(**{**vars(self), **change})
            if vars(other) != vars(self):
                smaller.append(Op(other.lines(), ()))
        return Op(self.lines(), smaller)

    def lines(self):
        if self.by_alias:
            return load("r0", MPU_RNR + 4) + load("r2", self.base | 16 | self.number) + load("r3", self.rasr) + ["stm r0, {r2, r3}"]
        return poke(MPU_RNR, self.number) + poke(MPU_RNR + 4, self.base) + poke(MPU_RNR + 8, self.rasr)

    def covers(self, address):
        offset = address - self.base
        return 0 <= offset < 1 << self.log2 and not self.disabled >> (offset >> self.log2 - 3) & 1

    def edges(self):
        if self.log2 >= 16:
            return []
        edges = [self.base, self.base + (1 << self.log2)]
        return edges + ([self.base + (1 << self.log2 - 3) * i for i in range(1, 8)] if self.disabled else [])


# Flash: readable and executable for everyone, whatever the others say.
FLASH = Region(7, 0, 19, 6)


def random_layout(rng, count, smallest=5, smallest_cut=13):
    """Regions in the zone, none smaller than 2^smallest, none with disabled sub-regions below 2^smallest_cut."""
    regions = []
    for number in rng.sample(range(7), count):
        log2 = rng.choice([size for size in SIZES if size >= smallest])
        size = 1 << log2
        base = (ZONE + rng.randrange(0, ZONE_SIZE, min(size, ZONE_SIZE))) & -size if log2 < 32 else 0
        disabled = rng.choice([0, 0, rng.getrandbits(8)]) if log2 >= max(smallest_cut, 8) else 0
        regions.append(Region(number, base, log2, rng.choice(ACCESSES), int(rng.randrange(4) == 0), disabled, rng.choice(NORMAL),
                              rng.random() < 0.5))
    return regions + [FLASH]


def edges_of(regions):
    return [edge for region in regions for edge in region.edges() if ZONE <= edge <= ZONE + ZONE_SIZE]


def allows(regions, ctrl, address, write, privileged):
    """Whether one byte of the zone may be loaded or stored."""
    if not ctrl & CTRL_ENABLE:
        return True
    for region in sorted(regions, key=lambda region: -region.number):
        if region.covers(address):
            read_ok, write_ok = {0: (0, 0), 1: (1, 1), 2: (1, 1), 3: (1, 1), 5: (1, 0), 6: (1, 0), 7: (1, 0)}[region.ap] if privileged \
                else {0: (0, 0), 1: (0, 0), 2: (1, 0), 3: (1, 1), 5: (0, 0), 6: (1, 0), 7: (1, 0)}[region.ap]
            return bool(write_ok if write else read_ok)
    return privileged and bool(ctrl & CTRL_PRIVDEFENA)


def refused_byte(guest):
    """The first byte of the guest's one access that the manual refuses, or None."""
    regions, start, size, write, privileged = guest.access
    return next((start + i for i in range(size) if not allows(regions, guest.mpu_ctrl, start + i, write, privileged)), None)
