#!/usr/bin/env python3
"""Checks every register offset, base address and interrupt number in kernel/chips/nrf52 against the vendor's description.

The description (nrf52.svd) is not part of this tree: it is looked for in $SVD_DIR, beside the project, and in a folder
`reference` of a folder beside it. Exit status 77 (skipped) when it is in none of them.
"""
import glob
import os
import re
import sys
import xml.etree.ElementTree as ElementTree

HERE = os.path.dirname(os.path.abspath(__file__))
CHIP = os.path.dirname(HERE)
ROOT = os.path.abspath(os.path.join(CHIP, "..", "..", ".."))
PERIPHERAL = {"GPIO": "P0", "RTC": "RTC1", "UARTE": "UARTE0"}  # where our prefix is not the vendor's name
ENUM = re.compile(r"^\s+([A-Z0-9]+)_([A-Z0-9_]+) = (0x[0-9A-Fa-f]+),", re.M)
BASE = re.compile(r"^#define NRF52_([A-Z0-9]+)_BASE\s+(0x[0-9A-Fa-f]+)u", re.M)
IRQN = re.compile(r"^\s+NRF52_IRQN_([A-Z0-9]+) = (\d+),", re.M)


def find_description():
    beside = os.path.join(ROOT, "..")
    folders = [os.environ.get("SVD_DIR", ""), beside, *sorted(glob.glob(os.path.join(beside, "*", "reference")))]
    for folder in folders:
        path = os.path.join(folder, "nrf52.svd")
        if folder and os.path.exists(path):
            return path
    return None


def number(text):
    return int(text, 0)


def registers_of(node, prefix, offset, found):
    """Adds NAME -> offset; an array is there under its bare name and under each NAMEn."""
    for child in node:
        if child.tag not in ("register", "cluster"):
            continue
        name = prefix + child.findtext("name")
        at = offset + number(child.findtext("addressOffset"))
        count = number(child.findtext("dim") or "1")
        step = number(child.findtext("dimIncrement") or "0")
        for i in range(count):
            plain = name.replace("[%s]", str(i) if count > 1 else "")
            places = [plain] + ([name.replace("[%s]", "")] if i == 0 else [])
            for place in places:
                if child.tag == "cluster":
                    registers_of(child, place + "_", at + i * step, found)
                else:
                    found[place] = at + i * step


def read_description(path):
    peripherals = {}
    elements = {p.findtext("name"): p for p in ElementTree.parse(path).getroot().iter("peripheral")}
    for name, element in elements.items():
        source = element
        while source.find("registers") is None and source.get("derivedFrom"):
            source = elements[source.get("derivedFrom")]
        registers = {}
        if source.find("registers") is not None:
            registers_of(source.find("registers"), "", 0, registers)
        peripherals[name] = {
            "base": number(element.findtext("baseAddress")),
            "registers": registers,
            "irqs": {number(i.findtext("value")) for i in element.findall("interrupt")},
        }
    return peripherals


def main():
    path = find_description()
    if path is None:
        print("skipped: nrf52.svd is not in $SVD_DIR nor beside the project")
        return 77
    peripherals = read_description(path)
    problems, checked = [], 0
    for name in sorted(os.listdir(CHIP)):
        if not name.endswith((".c", ".h")):
            continue
        with open(os.path.join(CHIP, name), encoding="utf-8") as file:
            text = file.read()
        for prefix, register, value in ENUM.findall(text):
            registers = peripherals[PERIPHERAL.get(prefix, prefix)]["registers"]
            checked += 1
            if registers.get(register) != number(value):
                problems.append(f"{name}: {prefix}_{register} is {value}, the vendor says {registers.get(register)}")
        for peripheral, value in BASE.findall(text):
            checked += 1
            if peripherals[peripheral]["base"] != number(value):
                problems.append(f"{name}: the base of {peripheral} is not {value}")
        for peripheral, value in IRQN.findall(text):
            checked += 1
            if int(value) not in peripherals[peripheral]["irqs"]:
                problems.append(f"{name}: the interrupt of {peripheral} is not {value}")
    for problem in problems:
        print(problem)
    print(f"{checked} numbers checked, {len(problems)} wrong")
    return 1 if problems or checked < 60 else 0


if __name__ == "__main__":
    sys.exit(main())
