#!/usr/bin/env python3
"""The tables of docs/app-memory.md: what the kernel takes for apps, asked of the kernel, beside Tock's algorithm.

test_app_memory.py --markdown prints both tables anew. The kernel's own part of a block grows by a few bytes with every
driver and the apps change with their library, so figures in the page may be a little off.
"""
import functools
import os
import re
import struct
import sys
import tempfile
import unittest

import tbf
from faults import Layout
from sandglass import app, run

PAGE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../docs/app-memory.md")
RAM = 0x20000000
SIZES = (1024, 1500, 2048, 2150, 3072, 3333, 4096, 5000, 6144, 8192, 9999, 12288, 16384, 20001, 24576, 32768, 40000, 49152)
DEMO = ("blink", "hello", "buttons", "touch", "sensors", "hog", "glutton", "trespass-kernel", "trespass-neighbour",
        "trespass-grants", "trespass-flash", "trespass-peripheral", "trespass-scs", "trespass-code", "diary")
TOCK_KERNEL_BYTES = 1352  # a process with 14 grants: table 112, queue 320, control block 920
GRAINS = 64  # bytes
# How much a figure may be off, one part in so many: where a block begins decides what the regions can express of a size
# that is no whole number of kilobytes; and apps change.
SIZES_SHARE, DEMO_SHARE = 25, 8
YIELD = b"\x01\x20\x00\xdf\xfc\xe7"  # movs r0, #1; svc 0; again


def power_of_two(number):
    power = 1
    while power < number:
        power *= 2
    return power


def round_up(number, multiple):
    return -(-number // multiple) * multiple


def tock_block(free, minimum_ram):
    """Where the block starts and ends that Tock's Cortex-M MPU driver takes from `free` on: two regions of equal size, a
    power of two, of eight sub-regions each, aligned to their size."""
    total = max(power_of_two(max(minimum_ram, 32) + TOCK_KERNEL_BYTES), 512)
    start = round_up(free, total // 2)
    reached = start + (32 * 8 // (total // 2) + 1) * (total // 16)  # whole sub-regions, for the first 32 bytes
    if reached > start + total - TOCK_KERNEL_BYTES:
        total *= 2
        start = round_up(free, total // 2)
    return start, start + total


def tock_reach(minimum_ram):
    """How far the app in such a block can move its break: whole sub-regions below the kernel's part."""
    start, end = tock_block(0, minimum_ram)
    grain = (end - start) // 16
    return (end - start - TOCK_KERNEL_BYTES) // grain * grain


def minimum_ram(image):
    for kind, offset, _ in tbf.elements(image):
        if kind in (tbf.MAIN, tbf.PROGRAM):
            return struct.unpack_from("<I", image, offset + 8)[0]
    raise AssertionError("neither Main nor Program")


def tock_flash(sizes):
    """Bytes of flash, with each app in a power of two at a multiple of itself: in falling order there are no holes."""
    return sum(power_of_two(size) for size in sizes)


@functools.lru_cache(None)
def one_size(size):
    """The block of an app that asks for so many bytes."""
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "app.tbf")
        with open(path, "wb") as file:
            file.write(tbf.image(YIELD, minimum_ram=size, name=b"app"))
        start, end = Layout(run("--board", "nrf52840dk", path, seconds=1).stdout).ram["app"]
    return end - start


@functools.lru_cache(None)
def demo_layout():
    return Layout(run(*(app(name) for name in DEMO), seconds=1).stdout)


def sizes_table():
    rows = ["| the app asks for | block | of it not asked for | Tock's block | of it not asked for | the app reaches there |", "|---|---|---|---|---|---|"]
    for asked in SIZES:
        start, end = tock_block(0, asked)
        short = "all" if tock_reach(asked) >= asked else f"{asked - tock_reach(asked):,} less"
        rows.append(f"| {asked:,} | {one_size(asked):,} | {one_size(asked) - asked:,} | {end - start:,} | {end - start - asked:,} | {short} |")
    return rows


def demo_table():
    layout = demo_layout()
    rows = ["| app | asks for | block | Tock's block | flash | Tock's flash |", "|---|---|---|---|---|---|"]
    asked, free, first = {}, None, min(start for start, _ in layout.ram.values())
    totals = {"asked": 0, "ours": 0, "tock": 0, "flash": 0}
    free = first
    for name in sorted(DEMO, key=lambda name: layout.flash[name]):  # as they lie in flash, which is how they are loaded
        with open(app(name), "rb") as file:
            image = file.read()
        start, end = layout.ram[name]
        asked[name] = minimum_ram(image)
        tock_start, tock_end = tock_block(free, asked[name])
        free = tock_end
        totals["asked"] += asked[name]
        totals["ours"] += end - start
        totals["tock"] += tock_end - tock_start
        totals["flash"] += len(image)
        rows.append(f"| {name} | {asked[name]:,} | {end - start:,} | {tock_end - tock_start:,} | {len(image):,} | {power_of_two(len(image)):,} |")
    last = max(end for _, end in layout.ram.values())
    flash = tock_flash(os.path.getsize(app(name)) for name in DEMO)
    rows.append(f"| all | {totals['asked']:,} | {totals['ours']:,} | {totals['tock']:,} | {totals['flash']:,} | {flash:,} |")
    rows.append(f"| all, with the holes between | | {last - first:,} | {free - first:,} | "
                f"{max(end for _, end in layout.flash.values()) - min(start for start, _ in layout.flash.values()):,} | {flash:,} |")
    return rows


def numbers(row):
    return [int(word.replace(",", "")) for word in re.findall(r"\d[\d,]*", row.split("|", 2)[2])]


class Page(unittest.TestCase):
    def compare(self, rows, columns, slack):
        with open(PAGE, encoding="utf-8") as file:
            page = file.read().splitlines()
        self.assertIn(rows[0], page)
        at = page.index(rows[0])
        for wanted, written in zip(rows[2:], page[at + 2:at + len(rows)]):
            told = f"{written}\n{wanted}\npython3 tests/system/test_app_memory.py --markdown"
            self.assertEqual(wanted.split("|")[1], written.split("|")[1], told)
            for right, said in list(zip(numbers(wanted), numbers(written)))[:columns]:
                self.assertAlmostEqual(right, said, delta=slack(right), msg=told)

    def test_sizes(self):
        self.compare(sizes_table(), 1, lambda right: max(GRAINS, right // SIZES_SHARE))

    def test_demo(self):
        self.compare(demo_table(), 2, lambda right: right // DEMO_SHARE)


class Claims(unittest.TestCase):
    """What the page says of the tables."""

    def test_never_more_than_there(self):
        for size in SIZES:
            self.assertLessEqual(one_size(size), tock_block(0, size)[1])

    def test_a_block_has_little_that_nobody_asked_for(self):
        kernel = one_size(1024) - 1024
        for size in SIZES:
            self.assertLessEqual(one_size(size) - size - kernel, max(size // 25, 32), size)

    def test_the_demo_leaves_no_holes(self):
        """And takes less than half of Tock's blocks, which would not fit."""
        layout = demo_layout()
        blocks = sum(end - start for start, end in layout.ram.values())
        last, first = max(end for _, end in layout.ram.values()), min(start for start, _ in layout.ram.values())
        self.assertLessEqual(last - first - blocks, blocks // 50)
        there = numbers(demo_table()[-1])[1]
        self.assertLess(2 * (last - first), there)
        self.assertGreater(there, RAM + 65536 - first)


if __name__ == "__main__":
    if "--markdown" in sys.argv:
        print("\n".join(sizes_table() + [""] + demo_table()))
    else:
        unittest.main()
