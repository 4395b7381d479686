"""What a machine says about a guest: the record that record.S writes, or how the machine stopped."""
import struct

FIELDS = ["ipsr", "exc_return", "cfsr", "hfsr", "mmfar", "bfar", "shcsr", "icsr", "control", "primask", "basepri", "faultmask", "msp",
          "psp", "r4", "r5", "r6", "r7", "r8", "r9", "r10", "r11", "r0", "r1", "r2", "r3", "r12", "lr", "pc", "xpsr",
          "fpccr", "fpcar", "fpdscr", "hash"]
EVENT = ["exception", "cfsr", "hfsr", "pc", "address", "xpsr", "icsr", "exc_return"]
MARK = 0xCA5E


class Record:
    """fields {name: word}, changed {address: word}, events [[word] as EVENT], fp [FPSCR, s0-s31] or []."""

    def __init__(self, words):
        head = 2 + len(FIELDS)
        self.fields = dict(zip(FIELDS, words[2:head]))
        at_events = head + 1 + 2 * words[head]
        self.changed = {words[i]: words[i + 1] for i in range(head + 1, at_events, 2)}
        size = len(EVENT)
        self.events = [list(words[at_events + 1 + size * i:at_events + 1 + size * (i + 1)]) for i in range(words[at_events])]
        self.fp = list(words[at_events + 1 + size * len(self.events):])

    def copy(self):
        other = object.__new__(Record)
        other.fields, other.changed = dict(self.fields), dict(self.changed)
        other.events, other.fp = [list(event) for event in self.events], list(self.fp)
        return other


class Stop:
    """A guest after which the machine did not go on. how: 'lockup', 'hang' or 'crash'; state {name: word} as far as it is told."""

    def __init__(self, how, state=None, text=""):
        self.how, self.state, self.text = how, state or {}, text

    def copy(self):
        return Stop(self.how, dict(self.state), self.text)


def parse(data):
    """The whole records at the beginning of a log, in order."""
    words = struct.unpack(f"<{len(data) // 4}I", data[:len(data) // 4 * 4])
    records, at = [], 0
    while at + 2 <= len(words) and words[at] >> 16 == MARK and at + words[at + 1] <= len(words):
        records.append(Record(words[at:at + words[at + 1]]))
        at += words[at + 1]
    return records
