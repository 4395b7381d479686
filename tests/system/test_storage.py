#!/usr/bin/env python3
"""Nonvolatile storage over SPI (the watch) and QSPI: a power cut at every single operation of the flash leaves old bytes
or new ones, whatever an app was writing; and a flash that fails. Takes some seconds."""
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


class Failures(unittest.TestCase):
    def go(self, *faults, board="pinetime", seconds=2):
        words = [word for fault in faults for word in ("--fault", fault)]
        return run("-b", board, app("diary"), "--fault", "power.power-cut=1@1s", *words, seconds=seconds)

    def test_a_flash_that_is_dead_is_an_error_and_one_that_comes_back_is_taken(self):
        for board, (flash, *_) in FLASHES.items():
            with self.subTest(board=board):
                result = self.go(f"{flash}.no-answer=1@1ms", f"{flash}.no-answer=0@990ms", board=board)
                self.assertEqual(result.lines("^diary"), ["diary: nothing can be read, 0",
                                                          "diary: a new diary of 30720 bytes", "diary: start number 1"])

    def test_what_the_flash_did_not_keep_is_noticed(self):
        """And written anew, elsewhere: no start is lost."""
        for fault in ("write-drop", "write-torn", "erase-partial"):
            with self.subTest(fault=fault):
                result = run("-b", "pinetime", app("diary"), *[w for s in (1, 2) for w in
                             ("--fault", f"power.power-cut=1@{s}s")], "--fault", f"xt25f32b.{fault}=1@1010ms", seconds=3)
                self.assertEqual(result.lines("^diary: [sn]"), [f"diary: start number {i}" for i in (1, 2, 3)])

    def test_an_operation_that_does_not_end_is_given_up_after_two_seconds(self):
        """READY is lost at each step of the write, and comes again: the block goes to another sector."""
        for n in range(1, 8):
            with self.subTest(n=n):
                result = run("-b", "nrf52840dk", app("diary"), "--fault", f"qspi.ready-lost={n}@300ms", seconds=3)
                self.assertEqual(result.lines("^diary: start"), ["diary: start number 1"])
                late = result.summary_number(r"summary: ([0-9]+)\.") >= 2
                self.assertTrue(late)

    def test_a_bit_that_is_wrong_on_the_way_back_is_noticed(self):
        """While it is read what was written, and while an app reads: its page is read again."""
        whole = run("-b", "pinetime", app("diary"), seconds=1)
        ends = [cycle * 1_000_000 // CPU_HZ for cycle, _ in whole.events("note", "xt25f32b")]
        result = run("-b", "pinetime", app("diary"), "--fault", f"spi1.rx-corrupt=20@{ends[1]}us", "--fault",
                     "power.power-cut=1@1s", seconds=2)
        # Two blocks and an old seal; the first block twice, but its seal.
        self.assertEqual(len(list(result.events("note", "xt25f32b"))), 3 + 3 + 1 + 2)
        self.assertEqual(result.lines("^diary: start"), ["diary: start number 1", "diary: start number 2"])
        # All that the second start reads first: the seals, then its page.
        for byte in (*range(10, 240, 46), *range(300, 64 * 80 + 500, 1201)):
            with self.subTest(byte=byte):
                result = run("-b", "pinetime", app("diary"), "--fault", "power.power-cut=1@1s", "--fault",
                             f"spi1.rx-corrupt={byte}@1050ms", seconds=2)
                self.assertEqual(result.lines("^diary: start"), ["diary: start number 1", "diary: start number 2"])

    def test_a_worn_sector_is_passed_over(self):
        """The first write goes to the pool's first sector, which keeps some of the zeros that it gets."""
        first = 0x400000 // 4096 - 64
        cuts = [word for second in range(1, 6) for word in ("--fault", f"power.power-cut=1@{second}s")]
        result = run("-b", "pinetime", app("diary"), "--fault", f"xt25f32b.worn-page={first + 1}@1ms", *cuts, seconds=6)
        numbers = [int(line.split()[-1]) for line in result.lines("^diary: start")]
        self.assertEqual(numbers, [1, 2, 3, 4, 5, 6])

    def test_each_app_has_its_own(self):
        result = run("-b", "pinetime", *APPS, seconds=1)
        self.assertEqual(found(result), [("ff", 0, 0)])
        self.assertEqual(result.lines("^diary"), ["diary: a new diary of 30720 bytes", "diary: start number 1"])


if __name__ == "__main__":
    unittest.main()
