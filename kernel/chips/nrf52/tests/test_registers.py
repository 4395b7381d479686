#!/usr/bin/env python3
"""Checks every register offset, base address and interrupt number in kernel/chips/nrf52 against the vendor's description.

The descriptions (nrf52.svd of the nRF52832, nrf52840.svd) are not part of this tree: they are looked for in $SVD_DIR,
beside the project, and in a folder `reference` of a folder beside it. Exit status 77 (skipped) when they are in none of
them. What both chips have must be right for both.
"""
import glob
import os
import re
import sys
import xml.etree.ElementTree as ElementTree

HERE = os.path.dirname(os.path.abspath(__file__))
CHIP = os.path.dirname(HERE)
ROOT = os.path.abspath(os.path.join(CHIP, "..", "..", ".."))
CHIPS = ["nrf52.svd", "nrf52840.svd"]
PERIPHERAL = {"GPIO": "P0", "RTC": "RTC1", "UARTE": "UARTE0", "SPIM": "SPIM0", "TWIM": "TWIM0", "PWM": "PWM0"}  # where our prefix is not the vendor's name
ENUM = re.compile(r"^\s+([A-Z0-9]+)_([A-Z0-9_]+) = (0x[0-9A-Fa-f]+),", re.M)
BASE = re.compile(r"^#define NRF52_([A-Z0-9]+)_BASE\s+(0x[0-9A-Fa-f]+)u", re.M)
IRQN = re.compile(r"^\s+NRF52_IRQN_([A-Z0-9]+) = (\d+),", re.M)


def find_descriptions():
    beside = os.path.join(ROOT, "..")
    folders = [os.environ.get("SVD_DIR", ""), beside, *sorted(glob.glob(os.path.join(beside, "*", "reference")))]
    for folder in folders:
        paths = [os.path.join(folder, name) for name in CHIPS]
        if folder and all(os.path.exists(path) for path in paths):
            return paths
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
    paths = find_descriptions()
    if paths is None:
        print(f"skipped: {' and '.join(CHIPS)} are not in $SVD_DIR nor beside the project")
        return 77
    chips = {os.path.basename(path): read_description(path) for path in paths}
    problems, checked = [], 0

    def check(what, peripheral, find, value):
        """find(description of the peripheral), where it finds anything, must be `value`; on one chip it must."""
        nonlocal checked
        checked += 1
        having = {name: find(chip[peripheral]) for name, chip in chips.items() if peripheral in chip}
        having = {name: found for name, found in having.items() if found is not None}
        if not having:
            problems.append(f"{what}: no chip has it")
        for name, found in having.items():
            if found != number(value):
                problems.append(f"{what}: {name} says {found:#x}")

    for name in sorted(os.listdir(CHIP)):
        if not name.endswith((".c", ".h")):
            continue
        with open(os.path.join(CHIP, name), encoding="utf-8") as file:
            text = file.read()
        for prefix, register, value in ENUM.findall(text):
            check(f"{name}: {prefix}_{register} is {value}", PERIPHERAL.get(prefix, prefix),
                  lambda p, register=register: p["registers"].get(register), value)
        for peripheral, value in BASE.findall(text):
            check(f"{name}: the base of {peripheral} is {value}", peripheral, lambda p: p["base"], value)
        for peripheral, value in IRQN.findall(text):
            check(f"{name}: the interrupt of {peripheral} is {value}", peripheral,
                  lambda p, value=value: int(value) if int(value) in p["irqs"] else -1, value)
    for problem in problems:
        print(problem)
    print(f"{checked} numbers checked, {len(problems)} wrong")
    return 1 if problems or checked < 60 else 0


if __name__ == "__main__":
    sys.exit(main())
