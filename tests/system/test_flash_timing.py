#!/usr/bin/env python3
"""--flash-timing and the property of the flash's node: wait states, and the instruction cache that the firmware switches."""
import os
import tempfile
import unittest

from sandglass import guest, run, sandglass

BOARD = os.path.join(os.path.dirname(__file__), "../../sim/boards/nrf52dk.dts")
ROUNDS, NOPS, LINES = 1000, 100, 13  # of tests/guests/flash_timing.c; a round enters 13 lines of 16 bytes
FAST = ROUNDS * (NOPS + 1 + 2)  # nops, subs, a branch taken
SLOW = FAST + ROUNDS * LINES * 2
AROUND = 40  # the code around the loop


class FlashTiming(unittest.TestCase):
    def cycles(self, *words):
        result = run(*words, guest("flash_timing.elf"), seconds=0.1)
        self.assertEqual(result.status, 0, result.stderr)
        lines = result.stdout.splitlines()
        self.assertEqual([line.split()[0] for line in lines], ["off", "on", "off"])
        return [int(line.split()[1], 16) for line in lines]

    def check(self, words, expected):
        for seen, wanted in zip(self.cycles(*words), expected):
            self.assertTrue(wanted <= seen <= wanted + AROUND, f"{words}: {seen}, not {wanted} and a bit")

    def test_modes(self):
        self.check([], [FAST, FAST, FAST])
        self.check(["--flash-timing", "cached"], [FAST, FAST, FAST])
        self.check(["--flash-timing", "ideal"], [FAST, FAST, FAST])
        self.check(["--flash-timing", "uncached"], [SLOW, SLOW, SLOW])
        self.check(["--flash-timing", "icache"], [SLOW, FAST, SLOW])

    def test_same_code_same_cycles(self):
        before, _, after = self.cycles("--flash-timing", "icache")
        self.assertEqual(before, after)

    def test_a_board_may_say_it(self):
        with open(BOARD, encoding="utf-8") as file:
            source = file.read()
        node = "&flash0 {"
        self.assertIn(node, source)
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "slow.dts")
            with open(path, "w", encoding="utf-8") as file:
                file.write(source.replace(node, node + ' sandglass,timing = "uncached";'))
            self.check(["-b", path], [SLOW, SLOW, SLOW])
            self.check(["-b", path, "--flash-timing", "ideal"], [FAST, FAST, FAST])
            with open(path, "w", encoding="utf-8") as file:
                file.write(source.replace(node, node + ' sandglass,timing = "quick";'))
            result = sandglass("run", "--headless", "-b", path, guest("flash_timing.elf"))
            self.assertEqual(result.status, 2)
            self.assertIn(f"{path}: /soc/flash-controller@4001e000/flash@0: sandglass,timing of the flash is cached, uncached, ideal or icache", result.stderr)

    def test_a_wrong_mode_is_refused(self):
        result = sandglass("run", "--headless", "--flash-timing", "fast", guest("flash_timing.elf"))
        self.assertEqual(result.status, 2)
        self.assertIn("--flash-timing is cached, uncached, ideal or icache, not 'fast'", result.stderr)


if __name__ == "__main__":
    unittest.main()
