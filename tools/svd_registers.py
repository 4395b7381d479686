#!/usr/bin/env python3
"""Derives our own tables from a vendor's CMSIS-SVD file of an nRF52 chip.

Usage: svd_registers.py registers FILE.svd             the registers of the modelled peripherals, as text
       svd_registers.py interrupts FILE.svd            the interrupts of all peripherals, as text
       svd_registers.py absent nrf52.svd nrf52840.svd  the peripherals that are not modelled, as C
       svd_registers.py check DIRECTORY                are the committed tables up to date, and is docs/fidelity/registers.md complete?
       svd_registers.py write DIRECTORY                writes the committed tables anew (then clang-format absent.c)

`check` and `write` look for nrf52.svd and nrf52840.svd in $SVD_DIR and beside the project; where there are none they
say so and succeed. Exit status: 0 fine, 1 a table differs, 2 wrong use.
"""
import glob
import os
import re
import sys
import xml.etree.ElementTree as ElementTree

MODELLED = ["CLOCK", "POWER", "APPROTECT", "BPROT", "FICR", "UICR", "NVMC", "ACL", "RNG", "TEMP", "WDT", "P0", "P1",
            "GPIOTE", "PPI", "UARTE0", "UARTE1", "UART0", "TIMER0", "TIMER1", "TIMER2", "TIMER3", "TIMER4", "RTC0",
            "RTC1", "RTC2",
            "ECB", "RADIO", "CCM", "AAR",
            "SPI0", "SPIM0", "SPIS0", "TWI0", "TWIM0", "TWIS0", "SPI1", "SPIM1", "SPIS1", "TWI1", "TWIM1", "TWIS1",
            "SPI2", "SPIM2", "SPIS2", "SPIM3", "QSPI",
            "EGU0", "EGU1", "EGU2", "EGU3", "EGU4", "EGU5", "SAADC", "COMP", "LPCOMP", "MWU", "USBD", "PWM0", "PWM1", "PWM2", "PWM3", "QDEC"]
# What identifies chip and revision for start-up code that looks for errata: nRF52832 revision 2, nRF52840
# revision 2. From the vendor's errata documents; the SVD files do not have these addresses.
PART_NUMBER = {"nrf52832": {0xFE0: 0x6, 0xFE8: 0x60}, "nrf52840": {0xFE0: 0x8, 0xFE8: 0x30}}
FILES = [("nrf52.svd", "nrf52832"), ("nrf52840.svd", "nrf52840")]


class Peripheral:
    def __init__(self, node, by_name):
        source = by_name.get(node.get("derivedFrom"), node)
        self.name = node.findtext("name")
        self.base = int(node.findtext("baseAddress"), 0)
        self.source = source.findtext("name")
        self.irqn = node.findtext("interrupt/value") or source.findtext("interrupt/value")
        self.registers = []  # (name, offset, reset value, access)
        self._walk(source.find("registers"), 0, "")
        self.registers.sort(key=lambda register: register[1])

    def _walk(self, parent, base, prefix):
        for node in parent:
            if node.tag not in ("register", "cluster"):
                continue
            count = int(node.findtext("dim") or "1", 0)
            step = int(node.findtext("dimIncrement") or "0", 0)
            for index in range(count):
                name = prefix + node.findtext("name").replace("[%s]", "%s").replace("%s", str(index))
                offset = base + int(node.findtext("addressOffset"), 0) + index * step
                if node.tag == "cluster":
                    self._walk(node, offset, name + ".")
                else:
                    self.registers.append((name, offset, int(node.findtext("resetValue") or "0", 0),
                                           node.findtext("access") or "read-write"))


def read_svd(path):
    nodes = ElementTree.parse(path).getroot().find("peripherals")
    by_name = {node.findtext("name"): node for node in nodes}
    return [Peripheral(node, by_name) for node in nodes]


def registers_text(path):
    lines = ["# peripheral base register offset reset access; written by tools/svd_registers.py"]
    for peripheral in read_svd(path):
        if peripheral.name in MODELLED:
            lines += ["%s 0x%08X %s 0x%03X 0x%08X %s" % (peripheral.name, peripheral.base, name, offset, reset, access)
                      for name, offset, reset, access in peripheral.registers]
    return "\n".join(lines) + "\n"


def interrupts_text(path):
    lines = ["# peripheral base interrupt; written by tools/svd_registers.py"]
    lines += ["%s 0x%08X %s" % (peripheral.name, peripheral.base, peripheral.irqn) for peripheral in read_svd(path)
              if peripheral.irqn is not None and peripheral.name in MODELLED]
    return "\n".join(lines) + "\n"


def absent_windows(path):
    """(names, base, {offset: reset value that is not 0}) for each 4 kB window without a modelled peripheral."""
    everything = read_svd(path)
    modelled_bases = {peripheral.base for peripheral in everything if peripheral.name in MODELLED}
    windows = {}
    for peripheral in everything:
        if peripheral.base not in modelled_bases:
            windows.setdefault(peripheral.base, []).append(peripheral)
    for base, peripherals in sorted(windows.items()):
        values = {}
        for peripheral in peripherals:
            for _, offset, reset, _ in peripheral.registers:
                if reset != 0:
                    values.setdefault(offset, reset)
        yield "/".join(peripheral.name for peripheral in peripherals), base, values


def absent_c(paths):
    """Windows with the same reset values share a table."""
    tables, entries = {}, []
    for path, (_, chip) in zip(paths, FILES):
        extra = [("undocumented", 0x4006E000, {}), ("undocumented", 0x4007C000, {}),
                 ("part number", 0xF0000000, PART_NUMBER[chip])]
        for names, base, values in list(absent_windows(path)) + extra:
            table = "NULL, 0"
            if values:
                rows = ", ".join("{0x%03X, 0x%X}" % item for item in sorted(values.items()))
                name = "%s_%s" % (chip, names.split("/")[0].lower().replace(" ", "_"))
                name = tables.setdefault(rows, name)
                table = "%s, COUNT(%s)" % (name, name)
            entries.append('    {"%s", "%s", 0x%08X, 0x1000, %s},' % (chip, names, base, table))
    arrays = ["static const struct catalogue_absent_register %s[] = {%s};" % (name, rows) for rows, name in
              tables.items()]
    return ("/* Written by tools/svd_registers.py from the vendor's register descriptions. */\n"
            '#include "peripherals/catalogue.h"\n\n'
            "#define COUNT(array) (sizeof(array) / sizeof((array)[0]))\n\n"
            "%s\n\n"
            "static const struct catalogue_absent absent[] = {\n%s\n};\n\n"
            "const struct catalogue_absent *catalogue_absent_entries(size_t *count)\n{\n"
            "    *count = COUNT(absent);\n    return absent;\n}\n"
            % ("\n\n".join(arrays), "\n".join(entries)))


def squeeze(text):
    return "".join(text.split()).replace(",}", "}")  # clang-format moves blanks and trailing commas


def find_files(directory):
    """The two SVD files; fewer: they are not there."""
    beside = os.path.join(directory, "..")
    places = [os.environ.get("SVD_DIR", ""), beside, *sorted(glob.glob(os.path.join(beside, "*", "reference")))]
    found = []
    for file, _ in FILES:
        found += [path for path in (os.path.join(place, file) for place in places if place)
                  if os.path.exists(path)][:1]
    if len(found) < len(FILES):
        print("svd_registers: no nrf52.svd and nrf52840.svd in $SVD_DIR or beside the project: nothing done")
    return found


def tables(directory, found):
    """{path: text} of all that is committed."""
    folder = os.path.join(directory, "peripherals")
    data = os.path.join(folder, "nrf52", "tests", "data")
    wanted = {os.path.join(folder, "absent.c"): absent_c(found)}
    for path, (_, chip) in zip(found, FILES):
        wanted[os.path.join(data, chip + "_registers.txt")] = registers_text(path)
        wanted[os.path.join(data, chip + "_interrupts.txt")] = interrupts_text(path)
    return wanted


def without_index(name):
    return re.sub(r"\d+", "", name)


def fidelity_mistakes(page, found):
    """What is wrong with the table of docs/fidelity/registers.md."""
    registers = {}
    for path in found:
        for peripheral in read_svd(path):
            names = registers.setdefault(peripheral.name, set())
            names |= {without_index(name) for name, _, _, _ in peripheral.registers}
    rows = {}
    with open(page, encoding="utf-8") as file:
        for line in file:
            cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
            if line.startswith("|") and len(cells) == 5 and cells[1] in ("modelled", "absent"):
                for name in cells[0].split(", "):
                    if name in rows:
                        yield "%s has two rows" % name
                    rows[name] = (cells[1], re.findall("`([^`]+)`", cells[2] + cells[3]), cells[0].split(", "))
    for name in sorted(set(registers) - set(rows)):
        yield "%s has no row" % name
    for name, (how, exceptions, group) in sorted(rows.items()):
        known = set().union(*[registers.get(other, set()) for other in group])
        modelled = name in MODELLED or registers.get(name) == {"UNUSED"}  # an interrupt and no more
        if name not in registers:
            yield "there is no %s" % name
        elif modelled != (how == "modelled"):
            yield "%s is called %s, and is %s" % (name, how, "modelled" if modelled else "absent")
        for exception in exceptions:
            if exception not in known:
                yield "%s has no register %s" % (name, exception)


def check(directory):
    found = find_files(directory)
    if len(found) < len(FILES):
        return 0
    mistakes = []
    for path, text in tables(directory, found).items():
        with open(path, encoding="utf-8") as committed:
            if squeeze(committed.read()) != squeeze(text):
                mistakes.append("%s differs from what the vendor's files say: svd_registers.py write" % path)
    page = os.path.join(directory, "docs", "fidelity", "registers.md")
    mistakes += ["%s: %s" % (page, mistake) for mistake in fidelity_mistakes(page, found)]
    for mistake in mistakes:
        print("svd_registers: %s" % mistake)
    print("svd_registers: all tables checked")
    return 1 if mistakes else 0


def write(directory):
    found = find_files(directory)
    if len(found) == len(FILES):
        for path, text in tables(directory, found).items():
            with open(path, "w", encoding="utf-8") as file:
                file.write(text)
    return 0


def main(arguments):
    if len(arguments) == 2 and arguments[0] == "registers":
        sys.stdout.write(registers_text(arguments[1]))
        return 0
    if len(arguments) == 2 and arguments[0] == "interrupts":
        sys.stdout.write(interrupts_text(arguments[1]))
        return 0
    if len(arguments) == 2 and arguments[0] == "write":
        return write(arguments[1])
    if len(arguments) == 3 and arguments[0] == "absent":
        sys.stdout.write(absent_c(arguments[1:]))
        return 0
    if len(arguments) == 2 and arguments[0] == "check":
        return check(arguments[1])
    sys.stderr.write(__doc__)
    return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
