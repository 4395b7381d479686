"""The simulator's reports of faults, from its stderr."""
import re

REPORT = re.compile(r"""^\[\s*(?P<seconds>[\d.]+)\]\ process\ (?P<process>\S+)\ faulted:\ (?P<fault>[A-Za-z ]+?)
    (?:,\ (?P<access>read\ of|write\ to|fetch\ from)\ 0x(?P<address>[0-9a-f]{8}))?\n
    \s+(?:in|called\ from)\ (?P<function>\S+)\ \((?P<file>[^:]+):(?P<line>\d+)\),\ pc\ 0x(?P<pc>[0-9a-f]{8})\n
    (?:\s+address\ 0x(?P<owned>[0-9a-f]{8})\ belongs\ to:\ (?P<owner>.*)\n
    \s+refused\ by:\ (?P<refuser>.*)\n)?""", re.MULTILINE | re.VERBOSE)


def reports(stderr):
    """All reports in order, as dictionaries; addresses are numbers."""
    found = []
    for match in REPORT.finditer(stderr):
        report = match.groupdict()
        for key in ("address", "owned", "pc"):
            report[key] = None if report[key] is None else int(report[key], 16)
        found.append(report)
    return found


class Layout:
    """Where the kernel says it put each process."""

    def __init__(self, stdout):
        self.ram, self.flash = {}, {}
        for match in re.finditer(r"^App (\S+): slot \d+, flash 0x(\w+)-0x(\w+), RAM 0x(\w+)-0x(\w+)", stdout, re.MULTILINE):
            name, *numbers = match.groups()
            flash, flash_end, ram, ram_end = (int(number, 16) for number in numbers)
            self.flash[name], self.ram[name] = (flash, flash_end), (ram, ram_end)

    def next_in_ram(self, name):
        """The process whose RAM begins where that of `name` ends."""
        return next((other for other, ram in self.ram.items() if ram[0] == self.ram[name][1]), None)
