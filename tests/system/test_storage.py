#!/usr/bin/env python3
"""Nonvolatile storage over SPI (the watch) and QSPI: a power cut at every single operation of the flash leaves old bytes
or new ones, whatever an app was writing. A flash that fails: storage.lua. Takes some seconds."""
import re
import unittest

from sandglass import CPU_HZ, app, run

SAID = re.compile(r"^cut: prefix (\w\w), generations (-?\d+) (-?\d+)$")
# The flash, and how long a program and an erase take, in us; the moments to cut at are in their middles.
FLASHES = {"pinetime": ("xt25f32b", 400, 70_000), "nrf52840dk": ("mx25r64", 850, 40_000)}
APPS = [app("tests/storage_cut"), app("diary")]


def found(result):
    """(prefix, generation of the first block, of the second) at each start."""
    return [(m.group(1), int(m.group(2)), int(m.group(3))) for m in map(SAID.match, result.lines("^cut: prefix"))]


class Cuts(unittest.TestCase):
    def check(self, board):
        flash, program_us, erase_us = FLASHES[board]
        cut = "power.power-cut=1@{}us"
        # The first start writes the prefix and generation 1, the second one generation 2. That is cut.
        begin = ["-b", board, *APPS, "--fault", cut.format(1_500_000)]
        whole = run(*begin, "--fault", cut.format(3_000_000), seconds=4)
        self.assertEqual(whole.status, 0, whole.stderr)
        self.assertEqual(found(whole), [("ff", 0, 0), ("5a", 1, 1), ("5a", 2, 2)])
        self.assertEqual(whole.lines("^diary: start"), [f"diary: start number {i}" for i in (1, 2, 3)])
        ends = [(cycle * 1_000_000 // CPU_HZ, fields[1]) for cycle, fields in whole.events("note", flash)
                if 1_500_000 < cycle * 1_000_000 // CPU_HZ < 3_000_000]
        self.assertGreater(len(ends), 25)  # two blocks of the one app, one of the other
        seen = set()
        for end_us, what in ends:
            at = end_us - (program_us if what == "program" else erase_us) // 2
            with self.subTest(board=board, at=at, what=what):
                result = run(*begin, "--fault", cut.format(at), seconds=at / 1e6 + 1.5)
                (_, before, after), diary = found(result), result.lines("^diary: start")
                self.assertEqual(before, ("5a", 1, 1))
                # The blocks are written one after the other.
                self.assertIn(after, [("5a", 1, 1), ("5a", 2, 1), ("5a", 2, 2)])
                self.assertIn(diary, [["diary: start number 1", "diary: start number 2", f"diary: start number {n}"]
                                      for n in (2, 3)] + [["diary: start number 1", "diary: start number 2"],
                                                          # It was written, and had not yet been said.
                                                          ["diary: start number 1", "diary: start number 3"]])
                seen.add(after[1:])
        # The last operation is to strike out the seal that the second block had.
        self.assertEqual(seen, {(1, 1), (2, 1), (2, 2)})

    def test_spi(self):
        self.check("pinetime")

    def test_qspi(self):
        self.check("nrf52840dk")


if __name__ == "__main__":
    unittest.main()
