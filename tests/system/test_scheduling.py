#!/usr/bin/env python3
"""Who runs, under each scheduler and under interrupts that do not end; the kernels are the boards' own."""
import os
import tempfile
import unittest

from sandglass import BUILD, CPU_HZ, app, run, sandglass, typed


class Scheduling(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name

    def packed(self, elf, number, name):
        """The ELF reads the number at the end of its name."""
        path = os.path.join(self.folder, f"{name}{number}.tbf")
        result = sandglass("pack", os.path.join(BUILD, f"firmware/apps/tests/{elf}.elf"), "-o", path, "-n", f"{name}{number}")
        self.assertEqual(result.status, 0, result.stderr)
        return path

    def turns(self, *numbers):
        """One app under many names, so that flash has them in this order: 0, 10, ... never wait; 1 and 2 tick."""
        return [self.packed("turns", number, "turns") for number in numbers]

    def run_on(self, kernel, *words, seconds=1, statuses=(0,)):
        result = run(os.path.join(BUILD, "firmware/kernel", kernel + ".elf"), *words, seconds=seconds)
        self.assertIn(result.status, statuses, result.stderr)
        self.assertEqual(result.lines("Kernel panic"), [])
        return result

    def ticks(self, result, number):
        """The cycles at which its LED changed."""
        return [cycle for cycle, _ in result.events("note", f"led{number - 1}")]

    def states(self, result):
        """What `list` said: name -> (quanta, state)."""
        rows = [line.split() for line in result.lines(r"^ \d+ +Unique ")]
        return {row[2]: (int(row[3]), row[-1]) for row in rows}


class RoundRobin(Scheduling):
    def test_those_that_never_wait_share_with_those_that_do(self):
        result = self.run_on("nrf52dk", *self.turns(1, 0, 10, 2), *typed((0.9, "list")))
        # Their turn comes after two slices of 10 ms at the latest.
        for number in (1, 2):
            self.assertGreaterEqual(len(self.ticks(result, number)), 650 // (20 + 20), number)
        states = self.states(result)
        self.assertAlmostEqual(states["turns0"][0], states["turns10"][0], delta=1)  # slice for slice
        self.assertGreater(states["turns0"][0], 25)


class Cooperative(Scheduling):
    def test_one_that_never_waits_keeps_the_processor(self):
        result = self.run_on("nrf52dk_cooperative", *self.turns(1, 0, 2), *typed((0.9, "list")), statuses=(1,))
        # Who was first had its turn; interrupts and the kernel's console go on.
        self.assertEqual(len(self.ticks(result, 1)), 1)
        self.assertEqual(self.ticks(result, 2), [])
        self.assertEqual(self.states(result), {"turns1": (0, "Running"), "turns0": (0, "Running"), "turns2": (0, "Running")})

    def test_those_that_wait_get_along(self):
        result = self.run_on("nrf52dk_cooperative", *self.turns(1, 2))
        for number in (1, 2):
            self.assertGreaterEqual(len(self.ticks(result, number)), 30, number)


class Priority(Scheduling):
    def test_the_lower_index_does_not_wait(self):
        result = self.run_on("nrf52dk_priority", *self.turns(1, 0, 2), *typed((0.9, "list")), statuses=(1,))
        ticks = self.ticks(result, 1)
        self.assertGreaterEqual(len(ticks), 30)
        for first, second in zip(ticks, ticks[1:]):
            self.assertAlmostEqual(second - first, CPU_HZ // 50, delta=CPU_HZ // 1000)
        # The one behind it is never reached.
        self.assertEqual(self.ticks(result, 2), [])
        self.assertEqual(list(result.events("call", "turns2")), [])
        self.assertEqual(self.states(result)["turns0"], (0, "Running"))  # no slices

    def test_the_highest_index_of_all(self):
        result = self.run_on("nrf52dk_priority", *self.turns(0, 1), *typed((0.9, "list")), statuses=(1,))
        self.assertEqual(self.ticks(result, 1), [])
        self.assertEqual(self.states(result)["turns1"], (0, "Running"))


class Storm(Scheduling):
    """An app drives a pin of the watch at 160 kHz and wants to be told of each edge: more than the kernel can serve."""

    def test_others_keep_time(self):
        for number in range(3):
            with self.subTest(number):
                storm = self.packed("attack_storm", number, "storm")
                result = self.run_on("pinetime", "-b", "pinetime", app("tests/witness"), *self.turns(1), storm,
                                     *typed((1, "status")), seconds=1.25)
                self.assertEqual(len(result.lines("^(sandglass\\$ )?PASS (the pin moves|each edge is told|and is seen)")), 3)
                interrupts = result.summary_number(r"exceptions \(([\d,]+) interrupts\)")
                self.assertGreater(interrupts, 10000)
                # It computes for 31 ms of each 52; of a storm's time it has a quarter at least.
                self.assertGreaterEqual(len(result.lines(r"witness \d+: untouched")), 5)
                self.assertGreaterEqual(len(list(result.events("call", "turns1"))), 80)
                self.assertEqual(result.lines("TOUCHED"), [])
                self.assertEqual(len(result.lines("^Total processes: 3")), 1)  # typed bytes are not lost


if __name__ == "__main__":
    unittest.main()
