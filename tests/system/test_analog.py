#!/usr/bin/env python3
"""Analogue devices and the parts on them, by a bare guest (tests/guests/analog.c). Takes a second or so."""
import os
import re
import unittest

from sandglass import CPU_HZ, guest, run

BOARD = os.path.join(os.path.dirname(__file__), "../boards/analog.dts")
MS = CPU_HZ // 1000
# What is turned and when: the knob in the third buffer, the wheel while QDEC
# counts, the level while the chip is off.
INPUTS = ("--set", "knob.percent=75@20500us", "--set", "wheel.turn=5@80ms", "--set", "level.percent=90@300ms")


def saadc(volts):
    """12 bits, gain 1/6, reference 0.6 V."""
    return round(volts / 6 / 0.6 * 4096)


class Analog(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.result = run("-b", BOARD, *INPUTS, guest("analog.elf"), seconds=0.5)
        cls.lines = cls.result.stdout.splitlines()

    def values(self, what):
        return [int(value, 16) for value in re.findall(r"^%s ([0-9a-f]{8})$" % what, self.result.stdout, re.M)]

    def test_the_guest_came_to_its_end(self):
        self.assertEqual(self.result.status, 0, self.result.stderr)
        self.assertNotIn("guest error", self.result.stderr)
        self.assertEqual(self.lines[-1], "woken 00020000")  # RESETREAS.LPCOMP

    def test_a_timer_samples_into_two_buffers_without_the_cpu(self):
        low, high = saadc(0.25 * 3), saadc(0.75 * 3)
        # Eight samples a buffer, one a millisecond: the knob is turned after the 20th.
        self.assertEqual(self.values("first"), [low, low, low, high, high, high])
        self.assertEqual(self.values("last"), [low, low, high, high, high, high])

    def test_the_fade_has_its_duty_in_each_period(self):
        edges = [(cycle, fields[1]) for cycle, fields in self.result.events("note", "lamp")]
        lit = [off - on for (on, what), (off, _) in zip(edges, edges[1:]) if what == "on"]
        # Each value for two periods; the first is dark. STOP comes in the first period of the last value.
        self.assertEqual(lit, [MS * step // 10 for step in range(1, 9) for _ in range(2)] + [MS * 9 // 10])
        starts = [cycle for cycle, what in edges if what == "on"]
        self.assertEqual({after - before for before, after in zip(starts, starts[1:])}, {MS})

    def test_qdec_counts_the_steps(self):
        self.assertEqual(self.values("turned"), [5])

    def test_lpcomp_wakes_the_chip_when_the_level_rises(self):
        self.assertIn("off", self.lines)
        woken = [cycle for cycle, _ in self.result.events("reset")]
        self.assertEqual(len(woken), 1, self.result.trace[-500:])
        self.assertLess(abs(woken[0] - 300 * MS), MS // 10)

    def test_the_same_again(self):
        again = run("-b", BOARD, *INPUTS, guest("analog.elf"), seconds=0.5)
        self.assertEqual(again.trace, self.result.trace)


if __name__ == "__main__":
    unittest.main()
